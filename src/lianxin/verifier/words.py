"""What the verifier says: one word, and what to do. The page carries all of it, for it works without a line."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

Said = dict[str, dict[str, str]]


def verdicts() -> Said:
    """Word and advice by the codes of verdict.js."""
    look = _("Look at the card and the identity card. In doubt let them pass, and tell the city.")
    return {
        "free": {"word": pgettext("verdict", "Free"), "do": ""},
        "half": {"word": pgettext("verdict", "Half price"), "do": ""},
        "discount": {"word": pgettext("verdict", "Pays {n} %"), "do": ""},
        "first": {"word": pgettext("verdict", "Goes first"), "do": ""},
        "usual": {
            "word": pgettext("verdict", "As everybody"),
            "do": _("The card is good. Here and now it gives no right of its own."),
        },
        "genuine": {
            "word": pgettext("verdict", "Good"),
            "do": _("The card counts. Say where you stand to see what it gives there."),
        },
        "lost": {
            "word": pgettext("verdict", "Reported lost"),
            "do": _("Do not let it pass. Whoever found it can hand it in at any service station."),
        },
        "withdrawn": {
            "word": pgettext("verdict", "Does not count"),
            "do": _("It was withdrawn. The holder can ask at any service station why."),
        },
        "forged": {
            "word": pgettext("verdict", "Not genuine"),
            "do": _("The city did not sign this. Ask for the card itself."),
        },
        "algorithm": {
            "word": pgettext("verdict", "Not genuine"),
            "do": _("The city does not sign like this. Ask for the card itself."),
        },
        "expired": {
            "word": pgettext("verdict", "Expired"),
            "do": _(
                "The code has run out, perhaps not the card: look at the card itself. In the app it is renewed by itself."
            ),
        },
        "not-yet": {
            "word": pgettext("verdict", "Not yet"),
            "do": _("This code counts from a later day. Look at the card itself."),
        },
        "copied": {
            "word": pgettext("verdict", "A copy"),
            "do": _("This is not the phone's own code. Ask the holder to open it in the app."),
        },
        "stale": {
            "word": pgettext("verdict", "Too old"),
            "do": _(
                "A code on the phone counts for a minute; a screenshot does not. Ask the holder to open it in the app."
            ),
        },
        "again": {
            "word": pgettext("verdict", "Just seen"),
            "do": _("This very code was read here a moment ago. The next one appears within seconds."),
        },
        "ahead": {
            "word": pgettext("verdict", "Clocks differ"),
            "do": _("This phone or the holder's is wrong about the time. Set the time to automatic.") + " " + look,
        },
        "other-city": {
            "word": pgettext("verdict", "Another city"),
            "do": _("This phone knows only its own city's cards.") + " " + look,
        },
        "unknown-key": {
            "word": pgettext("verdict", "Cannot tell"),
            "do": _("It names a key that this phone does not have. Open this page once with a line.") + " " + look,
        },
        "old-list": {
            "word": pgettext("verdict", "Cannot tell"),
            "do": _(
                "The code is genuine, but this phone has not heard for too long which cards are lost. "
                "Open this page once with a line."
            )
            + " "
            + look,
        },
        "no-keys": {
            "word": pgettext("verdict", "Cannot tell"),
            "do": _("This phone has never fetched the city's keys. Open this page once with a line.") + " " + look,
        },
        "no-line": {
            "word": pgettext("verdict", "Cannot tell"),
            "do": _("A typed code is looked up, and there is no line now.") + " " + look,
        },
        "no-code": {
            "word": pgettext("verdict", "Mistyped"),
            "do": _("There is no such code. Nine letters and digits stand under the picture; type them once more."),
        },
        "too-many": {
            "word": pgettext("verdict", "Wait a little"),
            "do": _("Too many codes were typed. Scan, or try again in a few minutes.") + " " + look,
        },
        "garbage": {
            "word": pgettext("verdict", "Cannot read"),
            "do": _("This is not a whole code of a card. Scan it once more, closer and with light."),
        },
        "oversized": {
            "word": pgettext("verdict", "Cannot read"),
            "do": _("This is some other code, not one of a card."),
        },
        "empty": {"word": pgettext("verdict", "Cannot read"), "do": _("There is no code in this. Scan it once more.")},
    }


def rest() -> dict[str, str]:
    """Everything else that the script says."""
    return {
        "photo": _("Compare the photo on the sheet with the person."),
        "id": _("Look at the identity card as well."),
        "ageing": _("The list of lost cards is {n} days old: give this phone a line soon."),
        "alone": _("The holder alone"),
        "with": _("With up to {n} others"),
        "list_now": _("List: just now"),
        "list_minutes": _("List: {n} min old"),
        "list_hours": _("List: {n} h old"),
        "list_days": _("List: {n} days old"),
        "list_none": _("No list yet"),
        "offline": _("No line; works without"),
        "everywhere": _("anywhere in {place}"),
        "no_table": _("The city has not published its table of rights yet."),
        "no_camera": _(
            "The camera could not be opened. Allow it for this page, take a photo of the code, or type the short code."
        ),
        "insecure": _(
            "The camera opens only where the address begins with https. Take a photo of the code, or type the short code."
        ),
        "no_photo": _("No code was found in the photo. Try closer, flat and with light."),
        "old_browser": _(
            "This browser is too old to check cards. Bring it up to date, or look at the card and the identity card."
        ),
    }


def scenes() -> dict[str, str]:
    """The scenes by their codes (lianxin.cards)."""
    return {
        "bus": pgettext("scene", "Bus"), "scenic": pgettext("scene", "Park or museum"),
        "hospital": pgettext("scene", "Hospital window"), "shop": pgettext("scene", "Shop"),
        "window": pgettext("scene", "Service window"),
    }  # fmt: skip


def kinds() -> list[dict[str, str]]:
    """What is counted with one key each. The serving show their own identity card, which is counted unnamed."""
    return [
        {"code": "veteran", "name": pgettext("counting", "Veteran")},
        {"code": "bereaved", "name": pgettext("counting", "Bereaved")},
        {"code": "disabled", "name": pgettext("counting", "Disabled soldier")},
        {"code": "family", "name": pgettext("counting", "Soldier's family")},
        {"code": "military", "name": pgettext("counting", "Military identity card")},
    ]


def counting() -> dict[str, str]:
    """Everything else that the counting keys say."""
    return {
        "waits": _("{n} counted, not handed in yet"), "none": _("Everything is handed in"),
        "sent": _("Handed in."), "offline": _("No line: it is kept here and handed in later."),
        "wrong": _("This code does not count. Ask for another one."),
        "old_browser": _("This browser is too old to count. Bring it up to date."),
        "insecure": _("Counting keys need an address that begins with https."),
        "undone": _("The last one is taken back."),
    }  # fmt: skip
