"""Cards of the generated city: those of before taken over in one load, boxes under way, a few lost, refusals reported."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

from lianxin.cards import actions, queries, scening, states
from lianxin.casework import actions as casework
from lianxin.catalogue.queries import in_force
from lianxin.demo.crew import Crew, grouped
from lianxin.engine import clock
from lianxin.engine.openings import Opening

BEGAN = 44  # days ago
LOST = 260  # of the default city
REFUSED = 36
PLACES = {
    "bus": "8路公交", "scenic": "城南湿地公园", "shop": "东门小吃店", "hospital": "市第二医院挂号窗口",
    "window": "政务大厅3号窗口",
}  # fmt: skip
SAID = ("说不认识这个证", "说系统没接到通知", "说只认本地的", "让排普通队")
FIRST_NUMBER = 6217990000000001  # of no bank


def move(crew: Crew) -> None:
    """Everything about cards, as it stands today."""
    actions.take_over(by=crew.by, at=crew.ago(BEGAN, 9))
    _scenes(crew)
    _lost(crew)
    _boxes(crew)
    _refused(crew)


def _scenes(crew: Crew) -> None:
    """The first edition of the table of rights: drawn up by the policy clerk, published by an approver."""
    at, policy, approver = crew.ago(30, 10), crew.actor("policy"), crew.actor("approver")
    table = scening.draft(by=policy, at=at)
    scening.hand_in(table=table.pk, by=policy, at=at)
    scening.publish(table=table.pk, from_on=clock.day(at), by=approver, at=at)


def _boxes(crew: Crew) -> None:
    """What was filed comes from the bank in a box: counted at the city, packed on, counted in a county, one difference."""
    filed = queries.cards(crew.scope, state=states.FILED, limit=2000)
    made = filed[: len(filed) * 2 // 3]
    if not made:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bank.csv"
        lines = [
            f"CC-{clock.day(crew.now):%m%d},{row.file_number},{FIRST_NUMBER + place}" for place, row in enumerate(made)
        ]
        path.write_text("\n".join(["箱号,档案编号,卡号", *lines]), encoding="utf-8")
        taken = actions.read_list(path=path, by=crew.by, at=crew.ago(1, 14))
    for box in taken.boxes:
        actions.count(box=box, by=crew.by, at=crew.ago(1, 15))
        for place, leg in enumerate(actions.pack(box=box, by=crew.by, at=crew.ago(1, 16))):
            if place % 2 == 0:
                _at_the_county(crew, leg.pk, leg.area, short=place == 0)


def _at_the_county(crew: Crew, box: int, area: str, *, short: bool) -> None:
    reviewer = crew.county("reviewer", area)
    lying = [row.id for row in queries.cards(crew.scope, box=box, limit=500)]
    actions.count(box=box, missing=lying[:1] if short and len(lying) > 1 else [], by=reviewer, at=crew.ago(0, 8))
    if short:
        return
    for leg in actions.pack(box=box, by=reviewer, at=crew.ago(0, 9)):
        actions.count(box=leg.pk, by=crew.clerk(leg.area), at=crew.ago(0, 9))


def _lost(crew: Crew) -> None:
    """A few whose card is lost; most of them asked for another one, which is filed with the province by now."""
    rows = queries.cards(crew.scope, state=states.ACTIVE, limit=crew.scaled(LOST, 16) * 3)[::3]
    for row in rows:
        actions.lose(card=row.id, by=crew.by, at=crew.ago(25, 10))
    again = in_force(clock.today())["card-replacement"]
    openings = [Opening("card-replacement", again.version_id, person=row.person, kind="lost", channel="counter", area=row.area)
                for row in rows[: len(rows) * 4 // 5]]  # fmt: skip
    ids = [one.pk for one in casework.open_cases(openings=openings, by=crew.by, at=crew.ago(24, 10))]
    casework.accept(cases=ids, waive=True, words="材料档案里都有", by=crew.by, at=crew.ago(23, 9))
    passed = ids[: len(ids) * 9 // 10]
    casework.advance(cases=passed, by=crew.by, at=crew.ago(20, 10))
    casework.deliver(cases=passed, by=crew.by, at=crew.ago(18, 15))


def _refused(crew: Crew) -> None:
    """Reports of rights refused: some just opened, some heard, a few found upheld."""
    service = in_force(clock.today())["refusal-report"]
    rows = queries.cards(crew.scope, state=states.ACTIVE, limit=crew.scaled(REFUSED, 8))
    at, kinds = crew.ago(2, 10), list(PLACES)
    on = (clock.day(at) - dt.timedelta(days=1)).isoformat()
    openings = [
        Opening("refusal-report", service.version_id, person=row.person, area=row.area, kind=kind, channel="app",
                form={"place": PLACES[kind], "on": on, "asked": SAID[place % len(SAID)]})
        for place, row in enumerate(rows) for kind in [kinds[place % len(kinds)]]
    ]  # fmt: skip
    made = casework.open_cases(openings=openings, by=crew.by, at=at)
    taken = made[: len(made) // 2]
    for county, cases in grouped(taken, lambda one: one.area[:6]).items():
        casework.accept(cases=[one.pk for one in cases], by=crew.county("reviewer", county), at=crew.ago(1, 9))
    heard = taken[: len(taken) // 2]
    if heard:
        casework.advance(
            cases=[one.pk for one in heard], words="店方：店员不熟悉，愿意改正", by=crew.by, at=crew.ago(1, 15)
        )
    for place, one in enumerate(heard[: len(heard) // 2]):
        actions.find(case=one.pk, upheld=place % 3 != 2, words="双方都听了：属实，已当面道歉并补上优待" if place % 3 != 2
                     else "当时没有出示证，已说明", by=crew.by, at=crew.ago(0, 9))  # fmt: skip
