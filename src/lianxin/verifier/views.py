"""The verifying page and the signed files that it keeps. A scanned code never comes here."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from lianxin.access import statics, tries
from lianxin.access.adapter import address
from lianxin.access.gate import public
from lianxin.cards import credentials, keys, status
from lianxin.cards.status import Published
from lianxin.engine import clock
from lianxin.engine.scope import Actor, over
from lianxin.verifier import poster, words

SCRIPTS = ("verifier/token.js", "verifier/verdict.js", "verifier/camera.js", "verifier/verifier.js")
STYLES = ("ui/tokens.css", "verifier/verifier.css")
LIBRARIES = {"ed25519": "vendored/noble-ed25519/index.js", "sm2": "vendored/sm-crypto-v2/index.umd.js",
             "reader": "vendored/jsqr/jsQR.js"}  # fmt: skip
PICTURES = ("ui/icon.svg",)
COUNTING = "verifier/count.js"
WINDOW, MOST = dt.timedelta(minutes=10), 2000  # wrong ones in the whole city: one guess in four million hits
MOST_HERE = 40  # wrong ones from one address: who guesses stops themselves, and the city's gates go on
HOUR, PAPERS = dt.timedelta(hours=1), 120  # PDFs an hour for one account or address, counted with the companion's


def _system() -> Actor:
    """Who signs what anybody may fetch."""
    return Actor(name="verifier", area=settings.CITY, scope=over(settings.CITY), permissions=frozenset({"*"}))


@public
@require_GET
def verifier(request: HttpRequest) -> HttpResponse:
    """The page: everything it needs to say stands in it."""
    given = {
        "city": settings.CITY, "verdicts": words.verdicts(), "rest": words.rest(), "scenes": words.scenes(),
        "libraries": {name: static(path) for name, path in LIBRARIES.items()},
        "addresses": {name: reverse(f"verifier-{name}") for name in ("keys", "lists", "table", "typed")},
        "worker": reverse("verifier-worker"),
    }  # fmt: skip
    context = {"given": given, "scripts": [static(one) for one in SCRIPTS], "styles": [static(one) for one in STYLES]}
    response = render(request, "verifier/verifier.html", context)
    response.headers["Cache-Control"] = "no-cache"
    return response


@public
@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """Counting keys, for a driver or a door where nobody may touch a phone at a scan: one large button a kind, offline."""
    given = {
        "kinds": words.kinds(), "said": words.counting(), "scenes": words.scenes(),
        "addresses": {"enrol": reverse("api-enrol"), "uses": reverse("api-uses")}, "worker": reverse("verifier-worker"),
    }  # fmt: skip
    context = {"given": given, "scripts": [static(COUNTING)], "styles": [static(one) for one in STYLES]}
    response = render(request, "verifier/count.html", context)
    response.headers["Cache-Control"] = "no-cache"
    return response


@public
@require_GET
def short(request: HttpRequest) -> HttpResponse:
    """The address as somebody types it."""
    return HttpResponsePermanentRedirect(reverse("verifier"))


@public
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The worker that keeps the page and its files for days."""
    path = finders.find("verifier/worker.js")
    if not isinstance(path, str):
        raise Http404
    files = [*SCRIPTS, COUNTING, *STYLES, *LIBRARIES.values(), *PICTURES]
    version = "-".join(statics.digest(one)[:4] for one in (*files, "verifier/worker.js"))
    named = {
        "FILES": [static(one) for one in files], "SHELL": f"verifier-{version}",
        "PAGES": [reverse("verifier"), reverse("verifier-count")],
        "DATA": [reverse(f"verifier-{name}") for name in ("keys", "lists", "table")],
    }  # fmt: skip
    said = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in named.items())
    body = said + Path(path).read_text(encoding="utf-8")
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@public
@require_GET
def printed(request: HttpRequest) -> HttpResponse:
    """The poster, and the lesson on its back; so many an hour from one address, for each is typeset anew."""
    who = f"account:{request.user.pk}" if request.user.is_authenticated else address(request)
    if tries.count(f"paper-{who}", clock.now(), HOUR) > PAPERS:
        said = gettext("This was asked for very often within the hour, from here. Nothing is wrong with your matter; it opens "
                       "again in an hour.")  # fmt: skip
        return HttpResponse(said, status=429, content_type="text/plain; charset=utf-8")
    data = poster.pdf(request.build_absolute_uri(reverse("verifier")), at=clock.now())
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="poster.pdf"'
    return response


@public
@require_GET
def published_keys(request: HttpRequest) -> HttpResponse:
    """The keys that count, as a JWK set: for verifiers, and for anybody who wants to check with a library of their own."""
    at = clock.now()
    keys.signing(by=_system(), at=at)
    response = JsonResponse(keys.published(at))
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@public
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """The signed lists of credentials that count no more."""
    return _signed(request, status.lists(by=_system(), at=clock.now()), "application/statuslist+cwt")


@public
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The signed table of who has which right where."""
    return _signed(request, status.table(by=_system(), at=clock.now()), "application/cose")


def _signed(request: HttpRequest, found: Published, kind: str) -> HttpResponse:
    tag = f'"{found.tag}"'
    known = request.headers.get("If-None-Match", "").removeprefix("W/") == tag
    response = HttpResponse(status=304) if known else HttpResponse(found.data, content_type=kind)
    response.headers["ETag"], response.headers["Cache-Control"] = tag, "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@csrf_exempt
@public
@require_POST
def typed(request: HttpRequest) -> HttpResponse:
    """How the credential behind a typed code stands: no name, no number. Nothing is kept of who asked or about whom.

    Wrong ones are counted for the address first, so that one guesser does not stop everybody, and for the whole city.
    """
    at, here = clock.now(), f"typed-{address(request)}"
    if tries.made(here, at, WINDOW) >= MOST_HERE or tries.made("typed", at, WINDOW) >= MOST:
        return JsonResponse({"state": "too-many"}, status=429)
    found = credentials.typed(request.POST.get("code", "")[:40], at=at)
    if found.state == "unknown":
        tries.count(here, at, WINDOW)
        tries.count("typed", at, WINDOW)
    return JsonResponse({"state": found.state, "form": found.form, "classes": found.classes})
