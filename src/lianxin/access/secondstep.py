"""The second step's form: six digits of a wrong code are counted like a wrong password; a right one opens once."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianxin.access import tries
from lianxin.access.adapter import window
from lianxin.access.models import Account
from lianxin.engine import clock
from lianxin.engine.scope import Actor
from lianxin.journal import actions as journal

ONCE = dt.timedelta(minutes=5)  # longer than any code is right


class _Counted:
    """Counts wrong codes of an account and locks it when there were too many. A code opens once, over all processes."""

    user: Account

    def clean_code(self) -> str:
        """The code where it is right. Raises ``ValidationError`` in the same words for every cause."""
        at, what = clock.now(), f"second:{self.user.pk}"
        wrong = gettext("This code is not right, or there were too many tries. Wait for the next code; after several "
                        "wrong ones the account waits a quarter of an hour.")  # fmt: skip
        if tries.made(what, at, window()) >= settings.LOCK_TRIES:
            raise ValidationError(wrong)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as error:
            if tries.count(what, at, window()) >= settings.LOCK_TRIES:
                Account.objects.filter(pk=self.user.pk).update(locked_until=at + window())
                journal.note(action="access.locked", by=Actor(name="-"), at=at, account=self.user.pk)
            raise ValidationError(wrong) from error
        digits = "".join(one for one in code if one.isalnum())
        if tries.count(f"used:{self.user.pk}:{digits}", at, ONCE) > 1:  # seen before, by whatever process
            raise ValidationError(wrong)
        return code


class SecondStep(_Counted, AuthenticateForm):  # type: ignore[misc]
    """When signing in."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Authenticator code")


class SecondStepAgain(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """Before a sensitive act."""
