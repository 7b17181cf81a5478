"""What machines may ask: enrol with a code, what to count under today, hand counts in. Nothing else can be read.

The tables that a validator decides by (keys, lists, scenes) are public and signed already; :func:`index` names them.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from lianxin.access import tries
from lianxin.access.adapter import address
from lianxin.access.gate import public
from lianxin.api import description, problems
from lianxin.cards import devices
from lianxin.cards import uses as counting
from lianxin.cards.devices import Device
from lianxin.cards.useread import LARGEST, Unfit, plain
from lianxin.engine import clock
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over

MINUTES = dt.timedelta(minutes=10)
WRONG = 60  # wrong requests of one address in that time
MOST = 600  # requests of one device in that time: a depot sends its night's batches one after another
CODES = 20  # wrong codes of one address in that time; in the whole city ten times as many
# What only a stranger sends: a depot's own devices, which share an address, are counted each for itself.
STRANGE = frozenset({"type", "oversized", "garbage", "signature", "unknown-device", "code", "key"})
Said = dict[str, Any]


def _system(name: str = "api") -> Actor:
    return Actor(name=name, area=settings.CITY, scope=over(settings.CITY), permissions=frozenset({"*"}))


def _asked(
    *keys: str, signed: bool = True
) -> Callable[[Callable[[HttpRequest, Said], HttpResponse]], Callable[[HttpRequest], HttpResponse]]:
    """A POST of JSON with exactly these texts, and problems in words; wrong ones are counted for their address.

    What a device ``signed`` is heard whatever else came from there: a stranger's wrong ones shut out nobody beside them.
    """

    def wrap(view: Callable[[HttpRequest, Said], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @public
        @wraps(view)
        def asked(request: HttpRequest) -> HttpResponse:
            at, here = clock.now(), f"api-wrong-{address(request)}"
            try:
                if request.method != "POST":
                    raise Unfit("method")
                if not signed and tries.made(here, at, MINUTES) >= WRONG:
                    raise Unfit("too-many")
                return view(request, _body(request, keys))
            except Unfit as unfit:
                if unfit.code in STRANGE:
                    if tries.made(here, at, MINUTES) >= WRONG:
                        return problems.answer("too-many")
                    tries.count(here, at, MINUTES)
                return problems.answer(unfit.code)

        return asked

    return wrap


def _body(request: HttpRequest, keys: tuple[str, ...]) -> Said:
    if request.content_type != "application/json":
        raise Unfit("type")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise Unfit("oversized")
    try:
        said = plain(request.body.decode("utf-8"), keys)
    except UnicodeDecodeError:
        raise Unfit("garbage") from None
    if not all(isinstance(value, str) for value in said.values()):
        raise Unfit("garbage")
    return said


def _often(device: object) -> None:
    if tries.made(f"api-device-{device}", clock.now(), MINUTES) >= MOST:
        raise Unfit("too-many")


def _once_more(device: object) -> None:
    """Counted when the device is believed: nobody uses up another's share by naming it."""
    tries.count(f"api-device-{device}", clock.now(), MINUTES)


@public
def index(request: HttpRequest) -> HttpResponse:
    """Where everything is."""
    found = {name: request.build_absolute_uri(reverse(view)) for name, view in (
        ("keys", "verifier-keys"), ("lists", "verifier-lists"), ("table", "verifier-table"), ("enrol", "api-enrol"),
        ("day", "api-day"), ("uses", "api-uses"), ("description", "api-openapi"))}  # fmt: skip
    return JsonResponse({"city": settings.CITY, "edition": 1, **found})


@public
def openapi(request: HttpRequest) -> HttpResponse:
    """The description for whoever builds a validator (OpenAPI 3.1)."""
    return JsonResponse(description.document(request.build_absolute_uri(reverse("api"))))


@_asked("code", "algorithm", "key", signed=False)
def enrol(request: HttpRequest, said: Said) -> HttpResponse:
    """A device gives its public key once, under the code that staff read to its keeper."""
    at, here = clock.now(), f"api-code-{address(request)}"
    if tries.made(here, at, MINUTES) >= CODES or tries.made("api-code", at, MINUTES) >= CODES * 10:
        raise Unfit("too-many")
    try:
        key = base64.b64decode(said["key"].encode("ascii"), altchars=b"-_", validate=True)
        found = devices.enrol(code=said["code"][:40], algorithm=said["algorithm"], key=key, by=_system("device"), at=at)
    except (binascii.Error, UnicodeEncodeError, ValueError, Refusal):
        raise Unfit("key") from None
    if found is None:
        tries.count(here, at, MINUTES)
        tries.count("api-code", at, MINUTES)
        raise Unfit("code")
    return _answer(_of(found))


def _of(found: Device) -> Said:
    return {"device": found.pk, "city": settings.CITY, "form": found.form, "scene": found.scene, "name": found.name,
            "lines": list(found.lines), "until": found.until.isoformat()}  # fmt: skip


def _answer(said: Said) -> HttpResponse:
    response = JsonResponse(said)
    response.headers["Cache-Control"] = "no-store"
    return response


@_asked("ask", "signature")
def day(request: HttpRequest, said: Said) -> HttpResponse:
    """For what the device counts, the keys of today and tomorrow, and the pseudonyms to be looked at by eye today."""
    at = clock.now()
    found, nonce = counting.asks_for_day(said["ask"], said["signature"], at)
    _often(found.pk)
    _once_more(found.pk)
    if tries.count(f"api-nonce-{found.pk}-{nonce}", at, counting.FRESH * 3) > 1:
        raise Unfit("again")
    return _answer({**_of(found), **counting.given_for_day(at)})


@_asked("counts", "rest", "signature")
def uses(request: HttpRequest, said: Said) -> HttpResponse:
    """Counts handed in, once; again is harmless."""
    at = clock.now()
    head = plain(said["counts"], ("device", "batch", "line", "counts", "rest"))
    _often(head["device"])
    taken = counting.take(**said, by=_system("device"), at=at)
    _once_more(head["device"])
    return _answer({"batch": taken.batch, "uses": taken.uses, "state": "known" if taken.again else "taken"})
