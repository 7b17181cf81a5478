"""The key ring: list it, change the key."""

from __future__ import annotations

import argparse

from lianxin.ops import start


def listed(_: argparse.Namespace) -> int:
    """One line for each key: id, state, cipher, day; and how far a change has come."""
    start.django_ready(create=False)
    from lianxin.access import keyring, queries

    for key in keyring.ring(fresh=True).keys.values():
        print(f"{key.id} {key.state} {key.cipher} {key.created or '-'}")
    running = queries.rotation()
    if running is not None:
        print(f"sealing anew under key {running.key}: {running.values} values done")
    return 0


def rotate(given: argparse.Namespace) -> int:
    """Everything under a new key. Stopped and started again, it goes on."""
    from django.conf import settings

    start.django_ready(create=False)
    from lianxin.access import resealing

    done = resealing.run(cipher=given.cipher or settings.CIPHER, by=start.operator(), progress=start.progress)
    print(f"key {done.key} ({done.cipher}) seals; key {done.before} is retired; {done.values} values sealed anew. "
          "Copy keys.json to where you keep it, and keep the old one as long as backups from before")  # fmt: skip
    return 0
