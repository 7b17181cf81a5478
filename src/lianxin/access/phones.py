"""The pages on which residents sign in: the phone, the code, the slip from the counter; a province's identity service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access import citizens, visits
from lianxin.access.adapter import address
from lianxin.access.gate import public
from lianxin.access.models import Account
from lianxin.engine import clock, masking

BIG = {"inputmode": "numeric", "class": "digits", "autocomplete": "one-time-code", "maxlength": "6"}

TEL = {"inputmode": "tel", "class": "digits", "autocomplete": "tel"}


class PhoneForm(forms.Form):
    """A mobile number."""

    phone = forms.CharField(label=_("Mobile number"), max_length=24, widget=forms.TextInput(attrs=TEL))


class BindForm(PhoneForm):
    """The slip from the counter and a mobile number."""

    slip = forms.CharField(label=_("Code on the slip"), max_length=24,
                           widget=forms.TextInput(attrs={"class": "digits", "autocomplete": "off", "data-hash": ""}))  # fmt: skip
    field_order = ("slip", "phone")


class CodeForm(forms.Form):
    """The six digits that came by text."""

    code = forms.CharField(label=_("Six digits from the message"), max_length=12, widget=forms.TextInput(attrs=BIG))


def _next(request: HttpRequest) -> str:
    """Where somebody goes who has signed in: a page of ours, or nothing."""
    back = request.GET.get("next", "")[:1000]
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else ""


def _ask(request: HttpRequest, phone: str, slip: str) -> HttpResponse:
    citizens.ask_code(phone=phone, slip=slip, asker=address(request), at=clock.now())
    request.session["phone"] = {"phone": phone, "slip": slip}
    if "next" in request.GET:  # where they go afterwards stands in the address until something is sent
        request.session["after"] = _next(request)
    return redirect("phone-code")


@public
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for a code; the answer is the same for every number."""
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _ask(request, form.cleaned_data["phone"], "")
    back = _next(request)
    given = {"form": form, "services": settings.OIDC_APPS, "back": f"?{urlencode({'next': back})}" if back else ""}
    return render(request, "account/phone.html", given, status=422 if form.errors else 200)


@public
def bind(request: HttpRequest) -> HttpResponse:
    """Bind a phone with the slip from the counter."""
    form = BindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _ask(request, form.cleaned_data["phone"], form.cleaned_data["slip"])
    return render(request, "account/bind.html", {"form": form}, status=422 if form.errors else 200)


@public
def code(request: HttpRequest) -> HttpResponse:
    """Type the code; the right one opens the account, or lets a household choose who it is."""
    said: dict[str, str] = request.session.get("phone") or {}
    if not said:
        return redirect("phone")
    if request.method == "POST" and "again" in request.POST:
        return _ask(request, said["phone"], said["slip"])
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = _opened(said, form.cleaned_data["code"])
        if len(found) == 1:
            return enter(request, found[0], "code")
        if found:
            request.session["who"] = [one.pk for one in found]
            return redirect("phone-who")
        form.add_error("code", gettext("This code is not right, or its time is over. Look at the newest message, or ask for "
                                       "another one."))  # fmt: skip
    given = {
        "form": form,
        "phone": masking.phone(citizens.number(said["phone"])),
        "seconds": int(citizens.RESEND.total_seconds()),
    }
    return render(request, "account/phone_code.html", given, status=422 if form.errors else 200)


def _opened(said: dict[str, str], code: str) -> list[Account]:
    at = clock.now()
    if not said["slip"]:
        return citizens.open_by_code(phone=said["phone"], code=code, at=at)
    account = citizens.bind(slip=said["slip"], phone=said["phone"], code=code, at=at)
    return [account] if account is not None else []


@public
def who(request: HttpRequest) -> HttpResponse:
    """Several people of a household share a phone: who is it now?"""
    ids: list[int] = request.session.get("who") or []
    accounts = list(Account.objects.filter(pk__in=ids, is_active=True).order_by("pk"))
    if not accounts:
        return redirect("phone")
    if request.method == "POST":
        chosen = [one for one in accounts if str(one.pk) == request.POST.get("account")]
        if chosen:
            return enter(request, chosen[0], "code")
    return render(request, "account/phone_who.html", {"people": [(one.pk, masking.name(one.name)) for one in accounts]})


def enter(request: HttpRequest, account: Account, how: str, after: str = "") -> HttpResponse:
    """Open the session of a resident. Staff are told the staff's own door: a text message is no second factor."""
    for key in ("phone", "who"):
        request.session.pop(key, None)
    if account.is_staff_member:
        messages.error(request, gettext("You work here: sign in with your password and second step."))
        return redirect("account_login")
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    visits.opened(request, account, how, clock.now())
    after = request.session.pop("after", "") or after
    return redirect(after if url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}) else "/")


@public
def cancelled(request: HttpRequest) -> HttpResponse:
    """The identity service was left without an answer."""
    messages.info(request, gettext("You did not sign in there; nothing was changed."))
    return redirect("phone")


def unknown(request: HttpRequest) -> HttpResponse:
    """The identity service named nobody whom the files hold, or did not verify who it is; the two are not told apart."""
    given: dict[str, Any] = {}
    return render(request, "account/unknown.html", given, status=403)
