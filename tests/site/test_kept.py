"""What a process counted is kept for as many readers as look at the figures on the same day."""

from __future__ import annotations

from django.core.cache import cache


def test_what_twenty_readers_counted_is_still_there_for_the_first() -> None:
    keys = [f"figure:{reader}:{place}" for reader in range(20) for place in range(200)]
    for key in keys:
        cache.set(key, (1, "", 1, 0), 60)
    assert len(cache.get_many(keys)) == len(keys)
    cache.delete_many(keys)
