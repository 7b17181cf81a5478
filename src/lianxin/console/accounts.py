"""Accounts and roles for whoever keeps them: who may do what, where, until when."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianxin.access import actions, behind, handing, queries, visits
from lianxin.access.gate import Request, page
from lianxin.access.roles import PERMISSIONS, ROLES, gives
from lianxin.access.templatetags.ui import moment
from lianxin.console import lists, words
from lianxin.console.acting import attempt
from lianxin.console.areafield import AreaField, ScopedForm
from lianxin.console.dayfield import DayInput
from lianxin.console.offices import HELD
from lianxin.engine import clock, identity, masking
from lianxin.engine.asked import number_of
from lianxin.people import behind as people

GIVEN = [code for code in ROLES if code != "resident"]


def role_name(code: str) -> str:
    """A role in the page's language."""
    role = ROLES.get(code)
    return code if role is None else role.zh if get_language() == "zh-hans" else role.en


def _role_names(seat: queries.Seat) -> str:
    return " · ".join(role_name(code) for code in seat.roles) or gettext("no role")


def _locked(seat: queries.Seat) -> bool:
    return seat.locked_until is not None and seat.locked_until > clock.now()


def _state(seat: queries.Seat) -> str:
    """Closed, or locked after failed tries and until when; blank for an account that simply works."""
    if not seat.active:
        return gettext("closed")
    return gettext("locked until %(at)s") % {"at": moment(seat.locked_until)} if _locked(seat) else ""


def _tone(seat: queries.Seat) -> str:
    return "amber" if seat.active and _locked(seat) else ""


def _listing() -> lists.Listing:
    return lists.Listing(
        "accounts", _("Accounts and roles"),
        (
            lists.Column("name", _("Name"), head=True, href=lambda seat: reverse("console:account", args=[seat.id])),
            lists.Column("username", _("Sign-in name")),
            lists.Column("office", _("Office")),
            lists.Column("area", _("Area"), "area"),
            lists.Column("roles", _("Roles"), value=_role_names),
            lists.Column("active", _("State"), value=_state, tone=_tone),
            lists.Column("last_login", _("Last signed in"), "day"),
        ),
        (
            lists.Filter("role", _("Role"), [(code, role_name(code)) for code in GIVEN], kind="select"),
            lists.Filter("text", _("Name begins with"), kind="text"),
        ),
        words=_("Only accounts of your own area; what ends here works from the next click on."),
        template="console/access/accounts.html",
    )  # fmt: skip


class Whose(forms.Form):
    """Which person stands behind an account."""

    file_number = forms.CharField(
        label=_("File number of the person"), required=False, max_length=20,
        help_text=_("Whoever has two accounts is one pair of hands: who agreed in the panel does not approve, who made a batch "
                    "neither checks nor approves it, under either."),
    )  # fmt: skip
    number = forms.CharField(
        label=_("Or the ID number, where there is no file"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Kept sealed and shown to nobody; it only tells whether two accounts are one person's."),
    )  # fmt: skip
    person: int | None = None

    def clean(self) -> dict[str, Any]:
        """The person's id, where a file was named. Only the number is asked for; nothing of the file is shown."""
        given: dict[str, Any] = super().clean() or {}
        number = given.get("file_number", "")
        if number:
            self.person = people.numbered(number)
            if self.person is None:
                self.add_error("file_number", gettext("There is no file with this number. Nothing was changed."))
        given["number"] = "".join(given.get("number", "").split()).upper()
        if given["number"] and number:
            self.add_error("number", gettext("Either the number of the file, or the ID number."))
        elif given["number"] and identity.fault(given["number"]):
            self.add_error("number", gettext("This is not a valid ID number: 18 characters, as on the card."))
        return given

    @property
    def answered(self) -> bool:
        """Whether it was said who it is."""
        return bool(self.cleaned_data.get("file_number") or self.cleaned_data.get("number"))

    @property
    def who(self) -> dict[str, Any]:
        """As :func:`actions.name_person` takes it."""
        return {"person": self.person, "number": self.cleaned_data["number"]}


class NewAccount(Whose, ScopedForm):
    """An account with its first role."""

    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("As colleagues say it, for example: Comrade Zhou")
    )
    username = forms.SlugField(label=_("Sign-in name"), max_length=40, help_text=_("Letters, digits, - and _"))
    role = forms.ChoiceField(label=_("Role"))
    area = AreaField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        roles = kwargs.pop("roles")
        super().__init__(*args, **kwargs)
        field: Any = self.fields["role"]
        field.choices = [(code, role_name(code)) for code in GIVEN if code in roles]
        self.order_fields(["name", "username", "role", "area", "file_number", "number"])

    def clean(self) -> dict[str, Any]:
        """Whoever signs for money or decides is somebody."""
        given = super().clean()
        if (
            behind.signs(given.get("role", ""))
            and not self.answered
            and not {"file_number", "number"} & set(self.errors)
        ):
            self.add_error("file_number", str(behind.WHO))
        return given


class NewRole(ScopedForm):
    """One more role for an account."""

    role = forms.ChoiceField(label=_("Role"))
    area = AreaField()
    since = forms.DateField(label=_("From"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Until"), required=False, widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        roles = kwargs.pop("roles")
        super().__init__(*args, **kwargs)
        field: Any = self.fields["role"]
        field.choices = [(code, role_name(code)) for code in GIVEN if code in roles]


@page("accounts.manage")
def accounts(request: Request) -> HttpResponse:
    """Who has an account here."""

    def fetch(asked: lists.Asked) -> lists.Page:
        return queries.seats(
            request.actor.scope, text=asked.get("text"), role=asked.get("role"), after=asked.after, limit=asked.limit
        )

    return lists.show(request, _listing(), fetch)


@page("accounts.manage", fresh=True)
def new(request: Request) -> HttpResponse:
    """Open an account; its first password is shown once."""
    form = NewAccount(request.POST or None, scope=request.actor.scope, roles=gives(request.actor.roles))
    if request.method == "POST" and form.is_valid():
        password = secrets.token_urlsafe(9)
        given = {name: form.cleaned_data[name] for name in ("name", "username", "role", "area")}

        def act() -> None:
            with transaction.atomic():
                made = actions.seat(**given, password=password, by=request.actor, at=clock.now())
                if form.answered:
                    actions.name_person(account=made.pk, **form.who, by=request.actor, at=clock.now())

        if attempt(request, act):
            messages.success(request, gettext("The account is open. First password, shown only now: %s") % password)
            return redirect("console:accounts")
    return render(request, "console/access/new.html", {"form": form}, status=422 if form.errors else 200)


@page("accounts.manage", fresh=True)
def account(request: Request, account: int) -> HttpResponse:
    """One account: what it holds, what it held, what it may do."""
    seat = queries.seat(request.actor.scope, account)
    if seat is None:
        raise Http404
    form = NewRole(request.POST or None, initial={"area": seat.area}, scope=request.actor.scope,
                   roles=gives(request.actor.roles))  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt(
            request,
            lambda: actions.give_role(account=seat.id, **given, by=request.actor, at=clock.now()),
            _("The role is given; it works from the next click on."),
        ):  # fmt: skip
            return redirect("console:account", account=seat.id)
    return _shown(request, seat, form, Whose(), bool(form.errors))


def _shown(request: Request, seat: queries.Seat, form: NewRole, whose: Whose, wrong: bool) -> HttpResponse:
    known = people.named([seat.person] if seat.person else [])
    held = handing.in_hands([seat.id], clock.today()).get(seat.id, {})
    may = sorted(frozenset[str]().union(*(ROLES[code].may for code in seat.roles)))
    given = {
        "seat": seat,
        "form": form,
        "may": [PERMISSIONS[code] for code in may],
        "own": seat.id == request.actor.account,
        "visits": visits.of(seat.id),
        "held": [(words.of(HELD, kind), count) for kind, count in held.items()],
        "colleagues": [(pk, name) for pk, name in queries.colleagues(seat.office_id) if pk != seat.id],
        "account": seat.id,
        "whose": whose,
        "person": masking.name(next(iter(known.values()), "")),
    }
    return render(request, "console/access/account.html", given, status=422 if wrong else 200)


@page("accounts.manage", fresh=True)
@require_POST
def change(request: Request, account: int, what: str) -> HttpResponse:
    """End a role, close or reopen the account, or give it a new password that is shown once."""
    by, at = request.actor, clock.now()
    if what == "end":
        grant = request.POST.get("grant", "")
        if number_of(grant) is None:
            raise Http404
        attempt(request, lambda: actions.end_role(grant=int(grant), by=by, at=at), _("The role has ended."))
    elif what == "person":
        return _name(request, account)
    elif what == "unlock":
        attempt(request, lambda: actions.unlock(account=account, by=by, at=at), _("They may try again."))
    elif what in {"close", "reopen"}:
        attempt(request, lambda: actions.close_account(account=account, open_again=what == "reopen", by=by, at=at),
                _("The account is closed.") if what == "close" else _("The account is open again."))  # fmt: skip
    elif what == "password":
        password = secrets.token_urlsafe(9)
        attempt(request, lambda: actions.new_password(account=account, password=password, by=by, at=at),
                gettext("New password, shown only now: %s") % password)  # fmt: skip
    else:
        raise Http404
    return redirect("console:account", account=account)


def _name(request: Request, account: int) -> HttpResponse:
    """Say who stands behind an account; what cannot be is said beside what was typed."""
    form = Whose(request.POST)
    seat = queries.seat(request.actor.scope, account)
    if seat is None:
        raise Http404
    if form.is_valid() and form.answered:
        attempt(request, lambda: actions.name_person(account=account, **form.who, by=request.actor, at=clock.now()),
                _("Kept. Whoever stands behind two accounts signs nothing twice."))  # fmt: skip
        return redirect("console:account", account=account)
    if not form.errors:
        form.add_error("file_number", str(behind.WHO))
    role = NewRole(initial={"area": seat.area}, scope=request.actor.scope, roles=gives(request.actor.roles))
    return _shown(request, seat, role, form, wrong=True)


@page("roles.view")
def powers(request: Request) -> HttpResponse:
    """Who may do what here: by office and by permission; what should not be (duties that met, hands that are gone)."""
    permission = request.GET.get("may", "")
    roles = [code for code in GIVEN if permission in ROLES[code].may]
    scope = request.actor.scope
    given = {
        "permission": permission, "permissions": sorted((words_, code) for code, words_ in PERMISSIONS.items()),
        "holders": queries.holders(scope, roles) if permission in PERMISSIONS else [],
        "roles": [(role_name(code), [PERMISSIONS[one] for one in sorted(ROLES[code].may)]) for code in GIVEN],
        "clashes": [(name, role_name(one), role_name(other)) for name, one, other in queries.clashes(scope)],
        "unnamed": queries.unnamed(scope), "keeps": request.actor.may("accounts.manage"),
        "orphans": [(one, [(words.of(HELD, kind), count) for kind, count in one.held.items()])
                    for one in handing.orphans(scope, clock.today())],
    }  # fmt: skip
    return render(request, "console/access/powers.html", given)


urls: list[URLPattern] = [
    path("powers/", powers, name="powers"),
    path("accounts/", accounts, name="accounts"),
    path("accounts/new/", new, name="account-new"),
    path("accounts/<int:account>/", account, name="account"),
    path("accounts/<int:account>/<slug:what>/", change, name="account-change"),
]
