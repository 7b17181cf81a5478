"""What can be counted about the background work."""

from __future__ import annotations

from django_q.models import Failure, OrmQ, Success


def readings() -> dict[str, int]:
    """Queue length, finished and failed tasks."""
    return {
        "queue_waiting": OrmQ.objects.count(),
        "queue_done": Success.objects.count(),
        "queue_failed": Failure.objects.count(),
    }
