"""Whether the house stands: for a supervisor and for a metrics collector."""

from __future__ import annotations

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lianxin.access.gate import public
from lianxin.engine import clock
from lianxin.journal import checkpoints as daily
from lianxin.notices import texts
from lianxin.ops.health import readings


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """``ok`` when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return HttpResponse("ok\n", content_type="text/plain")


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Counters without any personal data, for this machine only: others read nothing."""
    if request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"} or "HTTP_X_FORWARDED_FOR" in request.META:
        return HttpResponse(status=404)
    lines = [f"lianxin_{name} {value}" for name, value in readings().items()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


@public
def checkpoints(request: HttpRequest) -> HttpResponse:
    """The journal's signed daily checkpoints, for anybody to keep: no word about any person, office or deed."""
    return HttpResponse("".join(f"{line}\n" for line in daily.lines()), content_type="application/jsonl")


@csrf_exempt
@public
@require_POST
def receipts(request: HttpRequest) -> HttpResponse:
    """What the provider of text messages reports; what is not signed by it reads as nothing."""
    try:
        texts.reported(headers=request.headers, body=request.body[:65536], at=clock.now())
    except (ValueError, KeyError, TypeError) as error:
        raise Http404 from error
    return HttpResponse("ok", content_type="text/plain")
