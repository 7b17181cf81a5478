"""Public draws over published numbers: announced, drawn by a seed that nobody chose, asked of the recipients, summed up."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lianxin.access import actions as access
from lianxin.access.permissions import Refused, require
from lianxin.engine import commitments
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, Scope
from lianxin.insight import definitions, sealing
from lianxin.insight import rows as opened
from lianxin.insight.models import Asked, Draw, Drawn, Publication
from lianxin.insight.register import View
from lianxin.insight.sealing import Committed
from lianxin.journal import actions as journal
from lianxin.notices import actions as notices

__all__ = ["Draw", "Drawn", "Shown", "State", "announce", "answer", "ask", "indices", "listed", "one", "opening", "published",
           "record", "seed_of", "shown_rows", "state", "tree"]  # fmt: skip
SAID = ("confirmed", "denied", "unreached")
WAYS = ("call", "slip", "paper")


def announce(*, publication: int, code: str, size: int, source: str, by: Actor, at: dt.datetime) -> Draw:
    """Announce a draw of ``size`` rows of a published number, and where its seed will come from.

    Raises :class:`Refusal` for a number without a root, with sealed rows or without rows, for a sample of nothing or of more than
    ``commitments.LARGEST``, and where no source is named; ``Refused`` outside the area.
    """
    found = Publication.objects.filter(pk=publication).first()
    if found is None or code not in found.figures:
        raise Refused("sample.draw")
    require(by, "sample.draw", area=found.area)
    kept = found.figures[code]
    if kept.get("sealed"):
        raise Refusal(_("This number is not open to drawing, because sealed matters are in it."))
    if sealing.root_of(kept) is None:
        raise Refusal(_("This number was published before numbers committed to their rows; publish the review again."))
    if not kept["leaves"]:
        raise Refusal(_("This number counted no row that may be drawn."))
    if not 1 <= size <= commitments.LARGEST:
        raise Refusal(_("Draw between 1 and %(most)s rows.") % {"most": commitments.LARGEST})
    if not source.strip():
        raise Refusal(_("Say where the seed will come from, so that nobody can choose it: a public lottery of a day."))
    with journal.entry(action="insight.draw", by=by, at=at, area=found.area, code=code, size=size) as writer:
        return writer.add([Draw(publication=found, code=code, size=min(size, kept["leaves"]), source=source.strip()[:200],
                                by_name=by.name[:80], account=by.account, announced_at=at)])[0]  # fmt: skip


def record(*, draw: int, seed: str, by: Actor, at: dt.datetime) -> Drawn:
    """Record the seed of a draw, once. The rows follow from it and from the published root alone."""
    found = _held(draw, by, "sample.draw")
    if not seed.strip():
        raise Refusal(_("Write the seed as it was drawn."))
    if at <= found.announced_at:
        raise Refusal(_("A seed is drawn after the draw was announced."))
    if Drawn.objects.filter(draw=found).exists():
        raise Refusal(_("This draw has its seed; announce another one."))
    with journal.entry(action="insight.drawn", by=by, at=at, area=found.publication.area, draw=draw) as writer:
        return writer.add(
            [Drawn(draw=found, seed=seed.strip()[:200], by_name=by.name[:80], account=by.account, at=at)]
        )[0]


def answer(*, draw: int, outcome: int, way: str, said: str, by: Actor, at: dt.datetime) -> Asked:
    """Record what a recipient said about a drawn row of one's own area. Raises :class:`Refusal` where who wrote that the
    recipient denied it would write the contrary: that takes another person."""
    found = _held(draw, by, "sample.answer", inside=False)
    if way not in WAYS or said not in SAID:
        raise Refusal(_("Say by which way they were asked and what they said."))
    shown = {one.row.id: one for one in shown_rows(found, by.scope)}
    if outcome not in shown:
        raise Refused("sample.answer")
    if said == "confirmed" and shown[outcome].said == "denied":
        denied = Asked.objects.filter(draw=found, outcome=outcome, said="denied").values_list("account", flat=True)
        if _same_hand(by.account, set(denied)):
            raise Refusal(
                _("That they did not receive it stands until another person has asked them and writes otherwise.")
            )
    area = shown[outcome].row.area
    with journal.entry(action="insight.asked", by=by, at=at, area=area, draw=draw, said=said) as writer:
        return writer.add([Asked(draw=found, outcome=outcome, way=way, said=said, by_name=by.name[:80], account=by.account,
                                 at=at)])[0]  # fmt: skip


def ask(*, draw: int, by: Actor, at: dt.datetime) -> int:
    """Send word to the recipients of drawn rows in one's area whom nobody asked yet; how many. Who has no phone and no
    app stands on the call list or gets a printed slip, as with every message."""
    found = _held(draw, by, "sample.answer", inside=False)
    open_ = [one for one in shown_rows(found, by.scope) if not one.said and one.row.person is not None]
    sent = [
        notices.Message("figure-check", person=one.row.person, area=one.row.area,
                        given={"day": one.row.happened_on.isoformat(), "draw": found.pk})
        for one in open_
    ]  # fmt: skip
    notices.send(notices=sent, by=by, at=at)
    return len(sent)


def _held(draw: int, by: Actor, permission: str, *, inside: bool = True) -> Draw:
    found = Draw.objects.filter(pk=draw).select_related("publication").first()
    if found is None:
        raise Refused(permission)
    require(by, permission, area=found.publication.area if inside else by.area)
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A drawn row for those who may open it; ``said`` blank: nobody asked yet."""

    place: int  # the order in which it was drawn
    index: int  # its place among the leaves
    row: opened.Opened
    way: str
    said: str


@dataclass(frozen=True, slots=True)
class State:
    """How a draw stands. ``holds``: the register still gives the published root."""

    draw: Draw
    drawn: Drawn | None
    holds: bool
    leaves: int
    indices: tuple[int, ...]
    confirmed: int
    denied: int
    waiting: int
    at_most: int | None  # false rows at 95 % confidence, once every drawn row was answered

    @property
    def share(self) -> float | None:
        """The bound as a share in percent."""
        return None if self.at_most is None else self.at_most * 100 / self.leaves


def tree(draw: Draw) -> Committed:
    """The tree of the drawn number as the register gives it today."""
    return sealing.of(draw.publication, draw.code, definitions.one(draw.code))


def one(pk: int) -> Draw | None:
    """A draw; that there is one is public."""
    return Draw.objects.filter(pk=pk).select_related("publication").first()


def listed(limit: int = 50, after: int | None = None) -> list[Draw]:
    """Draws, the newest first."""
    rows = Draw.objects.select_related("publication", "drawn").order_by("-pk")
    return list((rows.filter(pk__lt=after) if after is not None else rows)[:limit])


def seed_of(draw: Draw) -> Drawn | None:
    """The recorded seed, None before it is drawn."""
    return Drawn.objects.filter(draw=draw).first()


def indices(draw: Draw, seed: str) -> list[int]:
    """The drawn places: from the published root, never from the register as it is."""
    kept = draw.publication.figures[draw.code]
    return commitments.draw(bytes.fromhex(kept["root"]), seed, kept["leaves"], draw.size)


def _answers(draw: Draw) -> dict[int, tuple[str, str]]:
    """What stands about each row: the newest answer, but "denied" until another person than who wrote it was told
    otherwise; that somebody was not reached tells nothing otherwise."""
    found: dict[int, tuple[str, str]] = {}
    deniers: dict[int, set[int | None]] = {}
    same: dict[tuple[int | None, frozenset[int | None]], bool] = {}  # asked once for each pair of hands
    rows = Asked.objects.filter(draw=draw).order_by("pk").values_list("outcome", "way", "said", "account")
    for outcome, way, said, account in rows:
        if said == "denied":
            deniers.setdefault(outcome, set()).add(account)
        elif outcome in deniers:
            hands = frozenset(deniers[outcome])
            if said != "confirmed" or same.setdefault((account, hands), _same_hand(account, hands)):
                continue
            del deniers[outcome]
        found[outcome] = (way, said)
    return found


def _same_hand(account: int | None, hands: Collection[int | None]) -> bool:
    """Whether an account is of one of these people, or might be: nobody is named as who wrote it."""
    return account is None or None in hands or access.one_person(account, hands)


def state(draw: Draw) -> State:
    """How a draw stands, in counts; nobody's name is in it."""
    kept, drawn, made = draw.publication.figures[draw.code], seed_of(draw), tree(draw)
    holds = made.root.hex() == kept["root"]
    places = indices(draw, drawn.seed) if drawn else []
    answers = _answers(draw)
    said = [answers.get(made.ids[place], ("", ""))[1] for place in places] if holds else []
    confirmed, denied = said.count("confirmed"), said.count("denied")
    done = bool(places) and confirmed + denied == len(places)
    at_most = commitments.most_false(kept["leaves"], len(places), denied) if done else None
    return State(draw, drawn, holds, kept["leaves"], tuple(places), confirmed, denied, len(places) - confirmed - denied,
                 at_most)  # fmt: skip


def shown_rows(draw: Draw, scope: Scope) -> list[Shown]:
    """The drawn rows that a scope covers, in the order of the draw; none where the register no longer gives the root."""
    drawn, made = seed_of(draw), tree(draw)
    if drawn is None or made.root.hex() != draw.publication.figures[draw.code]["root"]:
        return []
    places = indices(draw, drawn.seed)
    rows = opened.those([made.ids[place] for place in places], View(None, scope.sealed))
    answers = _answers(draw)
    return [
        Shown(number, place, row, *answers.get(row.id, ("", "")))
        for number, place in enumerate(places, 1)
        if (row := rows.get(made.ids[place])) is not None and scope.covers(row.area)
    ]


def published(publication: Publication, code: str) -> Iterator[str]:
    """The file for strangers, a piece at a time: the number, its root, every sealed leaf, and the draws with their seeds."""
    kept, leaves = publication.figures[code], sealing.leaves_of(publication, code, definitions.one(code))
    draws = [
        {"size": draw.size, "source": draw.source, "announced_at": draw.announced_at.isoformat(),
         "seed": seed.seed if seed else None, "drawn_at": seed.at.isoformat() if seed else None,
         "places": indices(draw, seed.seed) if seed else []}
        for draw in Draw.objects.filter(publication=publication, code=code).order_by("pk")
        for seed in [seed_of(draw)]
    ]  # fmt: skip
    head: dict[str, Any] = {
        "format": "lianxin-commitment-1", "figure": code, "name": kept["name"], "value": kept["value"],
        "unit": kept["unit"], "measure": kept["measure"], "where": kept["where"], "version": kept["version"],
        "area": publication.area, "from": kept["from"], "to": kept["to"], "known_at": publication.known_at.isoformat(),
        "root": kept["root"], "count": kept["leaves"], "draws": draws,
    }  # fmt: skip
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "leaves": [\n'
    last = len(leaves) - 1
    for at in range(0, len(leaves), 1000):
        part = leaves[at : at + 1000]
        yield "".join(f'  "{leaf.hex()}"{"," if at + place < last else ""}\n' for place, leaf in enumerate(part))
    yield " ]\n}\n"


def opening(draw: Draw, scope: Scope) -> dict[str, Any]:
    """The file for those who may open drawn rows: what each one's digest is made of, its salt and its way to the root."""
    publication, made = draw.publication, tree(draw)
    return {
        "format": "lianxin-opening-1", "figure": draw.code, "root": publication.figures[draw.code]["root"],
        "count": publication.figures[draw.code]["leaves"],
        "rows": [
            {"place": one.index, "said": sealing.said(one.row.id),
             "salt": sealing.salt(draw.code, publication.area, publication.known_at, one.row.id).hex(),
             "beside": [[side, other.hex()] for side, other in commitments.proof(made.leaves, one.index)]}
            for one in shown_rows(draw, scope)
        ],
    }  # fmt: skip
