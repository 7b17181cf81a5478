"""A slow line before a server: so many bits a second for everything together, so long there and back. Measures nothing.

Every byte is counted, headers and what a browser's worker fetches by itself included, which a browser's own emulation
leaves unthrottled. A new connection costs one round trip before its first byte, as TCP does. No encryption.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from dataclasses import dataclass, field

PIECE = 512  # bytes that leave together


@dataclass
class SlowLine:
    """Listens on ``port`` (set by :meth:`start`) and passes on to ``target`` at ``bits`` a second, ``trip`` seconds a trip."""

    target: int
    bits: float
    trip: float
    port: int = 0
    down: int = 0  # bytes towards the browser
    up: int = 0
    cut: bool = False  # no line at all
    _free: dict[str, float] = field(default_factory=lambda: {"down": 0.0, "up": 0.0})

    def start(self) -> SlowLine:
        """Listen in a thread of its own."""
        ready = threading.Event()

        def run() -> None:
            asyncio.run(self._serve(ready))

        threading.Thread(target=run, daemon=True).start()
        ready.wait(10)
        return self

    async def _serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut:
            writer.close()
            return
        await asyncio.sleep(self.trip)
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(self._pass(reader, back, "up"), self._pass(there, writer, "down"), return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                at, piece = await due.get()
                await asyncio.sleep(max(0.0, at - time.monotonic()))
                if not piece or self.cut:
                    writer.close()
                    return
                setattr(self, way, getattr(self, way) + len(piece))
                writer.write(piece)
                with contextlib.suppress(OSError):  # the browser has closed it
                    await writer.drain()

        delivered = asyncio.create_task(deliver())
        while data := await _read(reader):
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                self._free[way] = max(self._free[way], time.monotonic()) + len(piece) * 8 / self.bits
                due.put_nowait((self._free[way] + self.trip / 2, piece))
        due.put_nowait((0.0, b""))
        await delivered


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65536)
    except OSError:
        return b""
