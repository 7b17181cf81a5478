"""What others made and we carry is exactly what we took."""

import hashlib
from pathlib import Path

VENDORED = Path(__file__).resolve().parents[2] / "static" / "vendored"


def test_every_vendored_file_has_its_checksum() -> None:
    said = dict(reversed(line.split("  ", 1)) for line in (VENDORED / "CHECKSUMS").read_text().splitlines() if line)
    held = {
        str(path.relative_to(VENDORED)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDORED.rglob("*")
        if path.is_file() and path.name != "CHECKSUMS"
    }
    assert held == said
