"""What everybody may see: the front page, accessibility, the offline page, the manifest and the small worker."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.translation import gettext as _

from lianxin.access.gate import public
from lianxin.access.queries import actor_of
from lianxin.companion import home, lean
from lianxin.companion.shell import show_public
from lianxin.engine import clock


@public
def front(request: HttpRequest) -> HttpResponse:
    """Strangers read what 连心 is; households meet their home; staff and givers go to their work."""
    if not request.user.is_authenticated:
        return show_public(request, "front")
    actor = actor_of(request.user, clock.now())
    if actor.office is not None or not actor.may("own.view"):
        return redirect("/console/")
    return home.home(request)


@public
def access(request: HttpRequest) -> HttpResponse:
    """What was done so that everybody can use it, and the way without a screen."""
    return show_public(request, "access")


@public
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone shows when there is no line: the number to call, and that nothing is lost."""
    return show_public(request, "offline")


@public
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the app beside its others."""
    body = {
        "name": settings.APP_NAME, "short_name": settings.APP_NAME, "lang": "zh-CN", "start_url": "/", "scope": "/",
        "description": _("Families of servicemen and veterans ask here for help and follow it until it is done."),
        "display": "standalone", "background_color": "#f6f7f3", "theme_color": "#235540",
        "icons": [
            {"src": static(f"companion/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png",
             "purpose": "any maskable"}
            for size in (192, 512)
        ],
    }  # fmt: skip
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/manifest+json")


@public
def waiting(request: HttpRequest) -> HttpResponse:
    """What was asked without a line and has not gone out yet: it stands on the phone only, so the phone fills it in."""
    return show_public(request, "waiting")


@public
def worker(request: HttpRequest) -> HttpResponse:
    """The small worker, from the root so that it may keep every page of this face; it names the files that it keeps."""
    path = finders.find("companion/worker.js")
    if not isinstance(path, str):
        raise Http404
    named = {"FILES": lean.addresses(), "SHELL": f"shell-{lean.version()}", "OUTBOX": static("companion/outbox.js")}
    said = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in named.items())
    body = said + Path(path).read_text(encoding="utf-8")
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
