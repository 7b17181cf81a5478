"""Background work as the queue keeps it: what waits, runs, is done, has failed; and trying a failed one again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django_q.models import Failure, OrmQ, Schedule, Success, Task
from django_q.tasks import async_task

from lianxin.access.gate import Request, page
from lianxin.console import words
from lianxin.console.acting import attempt
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of background work. ``state`` is waiting, running, done or failed."""

    id: str
    name: str
    state: str
    at: dt.datetime | None
    until: dt.datetime | None = None
    tries: int = 0
    result: Any = None


def start(function: str, group: str, *args: Any, **given: Any) -> None:
    """Put a function on the queue, unless one of the same group is still there."""
    if latest_state(group) not in {"waiting", "running"}:
        async_task(function, *args, group=group, task_name=group, **given)


def _queued() -> list[tuple[OrmQ, dict[str, Any]]]:
    return [(row, row.task()) for row in OrmQ.objects.order_by("id")[:SHOWN]]


def latest_state(group: str) -> str:
    """The state of the newest work of a group; blank where there was none."""
    found = latest(group)
    return found.state if found else ""


def latest(group: str) -> Job | None:
    """The newest work of a group."""
    for row, task in _queued():
        if task.get("group") == group:
            return _waiting(row, task)
    done = Task.objects.filter(group=group).order_by("-stopped").first()
    return _ended(done) if done else None


def _waiting(row: OrmQ, task: dict[str, Any]) -> Job:
    running = row.lock is not None and row.lock > clock.now()
    return Job(task["id"], words.job(task["func"]), "running" if running else "waiting", row.lock if running else None)


def _ended(task: Task) -> Job:
    state = "done" if task.success else "failed"
    return Job(task.pk, words.job(task.func), state, task.stopped, tries=task.attempt_count,
               result=task.result if task.success else None)  # fmt: skip


def retry(*, job: str, by: Actor, at: dt.datetime) -> None:
    """Put failed work on the queue again; doing it twice does no harm, every job is made so."""
    found = Failure.objects.filter(pk=job).first()
    if found is None:
        raise Refusal(str(_("This work is not among the failed ones any more.")))
    async_task(found.func, *(found.args or ()), group=found.group, task_name=found.name, **(found.kwargs or {}))
    journal.note(action="queue.retry", by=by, at=at, job=str(found.func)[:100])
    found.delete()


@page("queue.view")
def queue(request: Request) -> HttpResponse:
    """Everything at a glance."""
    jobs = [_waiting(row, task) for row, task in _queued()]
    given = {
        "running": [job for job in jobs if job.state == "running"],
        "waiting": [job for job in jobs if job.state == "waiting"],
        "failed": [_ended(task) for task in Failure.objects.order_by("-stopped")[:SHOWN]],
        "done": [_ended(task) for task in Success.objects.order_by("-stopped")[:SHOWN]],
        "waiting_count": OrmQ.objects.count(),
        "repeating": [(words.job(row.func), row.next_run) for row in Schedule.objects.order_by("next_run")[:SHOWN]],
    }
    return render(request, "console/queue/queue.html", given)


@page("queue.view")
@require_POST
def again(request: Request, job: str) -> HttpResponse:
    """Try failed work again."""
    if len(job) > 40:
        raise Http404
    attempt(request, lambda: retry(job=job, by=request.actor, at=clock.now()), _("It is on the queue again."))
    return redirect("console:queue")


urls: list[URLPattern] = [
    path("queue/", queue, name="queue"),
    path("queue/<str:job>/again/", again, name="queue-again"),
]
