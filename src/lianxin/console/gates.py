"""Validators, gates and counting keys: registered with a code, looked after, revoked; and what they counted."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access.gate import Request, page
from lianxin.access.queries import offices
from lianxin.cards import devices, usequeries
from lianxin.console import cardwords, lists, usewords
from lianxin.console.acting import attempt
from lianxin.console.dayfield import DayInput
from lianxin.engine import clock
from lianxin.engine.asked import number_of

LISTING = lists.Listing(
    "gates", _("Validators and gates"),
    (
        lists.Column("name", _("Device"), head=True, value=lambda row: row["name"],
                     href=lambda row: reverse("console:gate", args=[row["id"]])),
        lists.Column("form", pgettext_lazy("device", "What it is"), value=lambda row: cardwords.said(usewords.FORMS, row["form"])),
        lists.Column("office", _("Operator"), value=lambda row: usewords.office(row["office"])),
        lists.Column("scene", _("Where"), value=lambda row: cardwords.scene(row["scene"])),
        lists.Column("lines", _("Lines or gates"), value=lambda row: "、".join(row["lines"])),
        lists.Column("state", _("State"), value=lambda row: cardwords.said(usewords.DEVICE, row["state"]),
                     tone=lambda row: usewords.DEVICE_TONES[row["state"]]),
        lists.Column("until", _("Believed until"), "day"),
    ),
    (
        lists.Filter("state", _("State"), tuple(usewords.DEVICE.items())),
        lists.Filter("scene", _("Where"), usewords.SCENE_CHOICES, kind="select"),
        lists.Filter("q", _("Called"), kind="text"),
    ),
    words=_("Each device has a key of its own, hands in signed counts, and can read nothing."),
    empty=_("No device yet"),
    empty_words=_("Register one; its keeper types the code once, and it counts from then on."),
    export="gate.keep", template="console/cards/gates.html",
)  # fmt: skip


@page("gate.keep")
def gates(request: Request) -> HttpResponse:
    """Devices of one's area, the newest first."""

    def fetch(asked: lists.Asked) -> lists.Page:
        rows = devices.listed(
            request.actor.scope, state=asked.get("state"), scene=asked.get("scene"), text=asked.get("q"), day=clock.today(),
            after=number_of(asked.after), limit=asked.limit,
        )  # fmt: skip
        return lists.Rows(rows, str(rows[-1]["id"]) if len(rows) == asked.limit else "")

    return lists.show(request, LISTING, fetch)


class DeviceForm(forms.Form):
    """A device, as it is registered or changed."""

    office = forms.TypedChoiceField(
        label=_("Operator"), coerce=int, help_text=_("Keep operators under offices and desks.")
    )
    form = forms.ChoiceField(label=pgettext_lazy("device", "What it is"), choices=tuple(usewords.FORMS.items()))
    scene = forms.ChoiceField(label=_("Where"), choices=())
    name = forms.CharField(label=_("What the operator calls it"), max_length=60)
    lines = forms.CharField(
        label=_("Lines or gates it may count for"),
        max_length=400,
        help_text=_("By their public names, with blanks between."),
    )
    until = forms.DateField(label=_("Believed until"), widget=DayInput())
    key = forms.CharField(
        label=_("Its public key, where the maker gave one"), max_length=120, required=False,
        help_text=_("Ed25519 in base64 or hexadecimal. Empty: it enrols itself with a code, which is shown once."),
    )  # fmt: skip

    def __init__(self, *args: Any, request: Request, changes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if changes:
            for name in ("office", "form", "scene", "key"):
                del self.fields[name]
            return
        known = [(pk, f"{name} · {area}") for pk, name, area in offices(request.actor.scope)]
        self.fields["office"].choices = known  # type: ignore[attr-defined]
        self.fields["scene"].choices = usewords.scenes()  # type: ignore[attr-defined]

    def clean_key(self) -> tuple[str, bytes] | None:
        """The key's bytes."""
        text = self.cleaned_data["key"].strip()
        if not text:
            return None
        try:
            found = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text, altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            raise forms.ValidationError(_("This is no public key of Ed25519 (32 bytes) or ES256 (33 bytes).")) from None
        return "Ed25519" if len(found) == 32 else "ES256", found


@page("gate.keep")
def gate_new(request: Request) -> HttpResponse:
    """Register a device; its code is shown once, on the page that answers."""
    ahead = clock.today() + dt.timedelta(days=365)
    form = DeviceForm(request.POST or None, request=request, initial={"until": ahead})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made: list[tuple[devices.Device, str]] = []
        attempt(request, lambda: made.append(devices.register(
            office=said["office"], form=said["form"], scene=said["scene"], name=said["name"], lines=said["lines"].split(),
            until=said["until"], key=said["key"], by=request.actor, at=clock.now())), _("Registered."))  # fmt: skip
        if made:
            return _shown(request, made[0][0].pk, code=made[0][1])
    return render(request, "console/cards/gate_new.html", {"form": form}, status=422 if form.errors else 200)


@page("gate.keep")
def gate(request: Request, device: int) -> HttpResponse:
    """One device, what it may count for, and what happened to it."""
    return _shown(request, device)


def _shown(request: Request, device: int, *, code: str = "", form: DeviceForm | None = None) -> HttpResponse:
    found = devices.one(request.actor.scope, device, clock.today())
    if found is None:
        raise Http404
    one, steps = found
    lists.know_codes(request, [one["area"]])
    given = {
        "one": one, "state": cardwords.said(usewords.DEVICE, one["state"]), "tone": usewords.DEVICE_TONES[one["state"]],
        "what": cardwords.said(usewords.FORMS, one["form"]), "scene": cardwords.scene(one["scene"]),
        "operator": usewords.office(one["office"]), "code": "-".join(code[at : at + 4] for at in range(0, len(code), 4)),
        "waits": one["algorithm"] and one["state"] != "revoked" and not devices.sure(device),
        "steps": [(cardwords.said(usewords.VERBS, step.verb), step) for step in steps],
        "keys": request.build_absolute_uri(reverse("verifier-count")), "api": request.build_absolute_uri(reverse("api")),
        "form": form or DeviceForm(request=request, changes=True, initial={
            "name": one["name"], "lines": " ".join(one["lines"]), "until": one["until"]}),
    }  # fmt: skip
    return render(request, "console/cards/gate.html", given, status=422 if form else 200)


@page("gate.keep")
@require_POST
def gate_do(request: Request, device: int, what: str) -> HttpResponse:
    """Give another code, confirm, change, or revoke."""
    by, at = request.actor, clock.now()
    if devices.one(by.scope, device, clock.day(at)) is None:
        raise Http404
    if what == "code":
        made: list[str] = []
        attempt(request, lambda: made.append(devices.code(device=device, by=by, at=at)))
        return _shown(request, device, code=made[0] if made else "")
    if what == "change":
        form = DeviceForm(request.POST, request=request, changes=True)
        if not form.is_valid():
            return _shown(request, device, form=form)
        said = form.cleaned_data
        name, lines, until = said["name"], said["lines"].split(), said["until"]
        attempt(
            request,
            lambda: devices.change(device=device, name=name, lines=lines, until=until, by=by, at=at),
            _("Changed."),
        )
    elif what == "confirm":
        attempt(
            request, lambda: devices.confirm(device=device, by=by, at=at), _("Confirmed: what it counts is settled.")
        )
    elif what == "revoke":
        reason = request.POST.get("reason", "")
        attempt(
            request,
            lambda: devices.revoke(device=device, reason=reason, by=by, at=at),
            _("Revoked: nothing it sends counts."),
        )
    else:
        raise Http404
    return redirect("console:gate", device=device)


def _few(row: dict[str, Any]) -> str:
    return gettext("fewer than %(n)d") % {"n": settings.SMALL_CELL} if row["few"] else str(row["n"])


USES = lists.Listing(
    "uses", _("Uses of cards"),
    (
        lists.Column("day", _("Day"), "day", head=True),
        lists.Column("hour", _("Hour"), value=lambda row: f"{row['hour']:02d}:00–{row['hour'] + 1:02d}:00", whole=True),
        lists.Column("line", _("Line or gate")),
        lists.Column("scene", _("Where"), value=lambda row: cardwords.scene(row["scene"])),
        lists.Column("operator", _("Operator"), value=lambda row: usewords.office(row["operator"])),
        lists.Column("uses", pgettext_lazy("card", "Uses"), value=_few),
    ),
    (
        lists.Filter("scene", _("Where"), usewords.SCENE_CHOICES, kind="select"),
        lists.Filter("line", _("Line or gate"), kind="text"),
        lists.Filter("day", _("Day"), kind="day"),
    ),
    words=_("By hour and line, never by card: nobody can ask where a person went. Small numbers are not said exactly."),
    empty=_("Nothing was counted yet"), empty_words=_("Counts come from validators, gates and counting keys."),
    export="batch.view", template="console/cards/uses.html",
)  # fmt: skip


@page("batch.view")
def uses(request: Request) -> HttpResponse:
    """What was counted, hour by hour."""

    def fetch(asked: lists.Asked) -> lists.Page:
        day = dt.date.fromisoformat(asked.get("day")) if asked.get("day") else None
        rows, after = usequeries.hours(
            request.actor.scope,
            scene=asked.get("scene"),
            line=asked.get("line"),
            day=day,
            after=asked.after,
            limit=asked.limit,
        )
        return lists.Rows(rows, after)

    return lists.show(request, USES, fetch, often=usequeries.often(), most=settings.CARD_USES)


urls: list[URLPattern] = [
    path("gates/", gates, name="gates"),
    path("gates/new/", gate_new, name="gate-new"),
    path("gates/<int:device>/", gate, name="gate"),
    path("gates/<int:device>/do/<slug:what>/", gate_do, name="gate-do"),
    path("uses/", uses, name="uses"),
]
