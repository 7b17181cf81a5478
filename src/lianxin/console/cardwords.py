"""Cards, boxes and scenes in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lianxin.cards.scenes import CLASSES, RIGHTS, SCENES, Pair

Words = str | Promise

STATES: dict[str, Words] = {
    "applied": pgettext_lazy("preferential card", "applied for"),
    "reviewed": pgettext_lazy("preferential card", "reviewed"),
    "filed": pgettext_lazy("preferential card", "filed with the province"),
    "made": pgettext_lazy("preferential card", "made, on its way"),
    "received": pgettext_lazy("preferential card", "to be fetched"),
    "missing": pgettext_lazy("preferential card", "missing in its box"),
    "delivered": pgettext_lazy("preferential card", "handed over"),
    "active": pgettext_lazy("preferential card", "activated"),
    "lost": pgettext_lazy("preferential card", "lost"),
    "suspended": pgettext_lazy("preferential card", "suspended"),
    "turned-down": pgettext_lazy("preferential card", "turned down by the province"),
    "replaced": pgettext_lazy("preferential card", "replaced"),
    "left": pgettext_lazy("preferential card", "moved to another province"),
    "cancelled": pgettext_lazy("preferential card", "cancelled"),
    "ended": pgettext_lazy("preferential card", "ended by death"),
}
TONES = {
    "filed": "sky",
    "made": "sky",
    "received": "amber",
    "missing": "red",
    "delivered": "pine",
    "active": "pine",
    "lost": "red",
    "suspended": "red",
}
KINDS: dict[str, Words] = {"veteran": _("card of veterans"), "bereaved": _("card of the bereaved")}
VERBS: dict[str, Words] = {
    "take-over": _("Taken over from before"),
    "file": _("Filed with the province"),
    "agree": _("The province agreed; the bank makes it"),
    "turn-down": _("Turned down by the province"),
    "make": _("Made; on the bank's list"),
    "receive": _("Counted"),
    "miss": _("Not found in its box"),
    "find": _("Found again"),
    "pack": _("Packed on"),
    "make-again": _("To be made again"),
    "hand": pgettext_lazy("preferential card", "handed over"),
    "activate": _("Activated"),
    "lose": _("Reported lost"),
    "recover": _("Found again by its holder"),
    "replace": _("Replaced by a new one"),
    "leave": _("Ended: moved to another province"),
    "suspend": _("Suspended"),
    "resume": _("Counts again"),
    "cancel": _("Cancelled"),
    "die": _("Ended by death"),
    "destroy": _("Sent back to the bank"),
}
SIGNERS: dict[str, Words] = {
    "self": _("the holder signed"),
    "guardian": _("a guardian signed"),
    "proxy": _("somebody with a mandate signed"),
}
BOXES: dict[str, Words] = {
    "packed": _("on its way"),
    "differs": _("differs, to be explained"),
    "settled": _("counted"),
}
BOX_TONES = {"packed": "sky", "differs": "red", "settled": "pine"}
FAULTS: dict[str, Words] = {
    "missing": _("is missing"),
    "unreadable": _("cannot be read"),
    "twice": _("stands here twice"),
    "unknown": _("is nobody on file"),
    "elsewhere": _("is no area of yours"),
    "not-waiting": _("has no card waiting to be made"),
    "not-filed": _("was not filed in this filing"),
    "other-filing": _("is that of another filing"),
    "contradicts": _("belongs to somebody else than the file number"),
    "no-card": _("is the number of no card of your area"),
    "not-handed": _("is of a card that nobody has handed over yet"),
    "not-held": _("is of a card that does not count any more, or not now"),
    "before-handing": _("is before the day on which the card was handed over"),
    "future": _("has not come yet"),
}
HEADS = {
    "box": "箱号", "file_number": "档案编号", "id_number": "身份证号", "number": "卡号", "area": "收件区划",
    "filing": "备案批次", "answer": "办理结果", "reason": "不予制发原因", "day": "激活日期",
}  # fmt: skip
DONE: dict[str, Words] = {
    "agree": _("The province agreed"),
    "make": _("Cards made"),
    "turn-down": pgettext_lazy("preferential card", "turned down"),
    "activate": pgettext_lazy("preferential card", "activated"),
}
EDITIONS: dict[str, Words] = {
    "draft": _("draft"),
    "handed-in": _("handed in"),
    "published": _("published"),
    "dropped": _("dropped"),
}


def said(table: Mapping[str, Words], code: str) -> str:
    """A code in words; itself where it is none of ours."""
    return str(table.get(code, code))


def of_pair(pair: Pair) -> str:
    """A pair of words in the page's language."""
    return pair[0] if (get_language() or "zh").startswith("zh") else pair[1]


def scene(code: str) -> str:
    """A scene by its name."""
    return of_pair(SCENES.get(code, (code, code)))


def right(code: str) -> str:
    """A right by its name."""
    return of_pair(RIGHTS.get(code, (code, code)))


def classes(codes: list[str]) -> str:
    """For whom."""
    comma = "、" if (get_language() or "zh").startswith("zh") else ", "
    return comma.join(of_pair(CLASSES[code]) for code in codes if code in CLASSES)
