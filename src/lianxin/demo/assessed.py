"""The assessment of the generated city: the shipped tree published by two, a binder begun, one release of open data."""

from __future__ import annotations

import datetime as dt

from lianxin.demo.crew import Crew
from lianxin.engine import clock
from lianxin.insight import assessing, evidence, releasing, trees
from lianxin.insight.evidence import Binder

CODE, SMALL = "model-city", 20_000
SHOWN = {
    "sites": "attestation",
    "parks-streets": "attestation",
    "covenant": "attestation",
    "cards": "row",
    "pensions": "row",
}
MARKS = {"documents": (150, "制度有了，分工没有写到科室"), "cards": (400, "抽看记录，真实")}


def move(crew: Crew) -> None:
    """The tree, this year's binder of the city with evidence, a gap with an owner and a reviewer; numbers for everybody."""
    policy, approver, panel = crew.actor("policy"), crew.actor("approver"), crew.actor("panel")
    for text in trees.shipped().values():
        made = trees.hand_in(text=text, by=policy, at=crew.ago(20, 10))
        trees.rule(tree=made.pk, verb=trees.PUBLISH, by=approver, at=crew.ago(19, 10))
    today = clock.day(crew.now)
    where = Binder(CODE, today.year, approver.area)
    bound = crew.ago(9, 11)
    for indicator, sort in SHOWN.items():
        found = evidence.offered(where, evidence.line_of(where, indicator), sort, today=clock.day(bound), limit=2)
        if found:
            refs = [piece.ref for piece in found]
            evidence.bind(binder=where, indicator=indicator, sort=sort, refs=refs, by=approver, at=bound)
    assessing.charge(binder=where, indicator="plenary", owner=panel.account or 0, due_on=today + dt.timedelta(days=14),
                     words="年底前再开一次全体会议", by=approver, at=crew.ago(8, 9))  # fmt: skip
    mock = assessing.name_reviewer(binder=where, reviewer=panel.account or 0, by=approver, at=crew.ago(7, 9))
    for indicator, (points, words) in MARKS.items():
        assessing.mark(mock=mock.pk, indicator=indicator, points=points, words=words, by=panel, at=crew.ago(5, 15))
    if crew.holders <= SMALL:  # in a whole city the first night counts them: it takes as long as all that stands above
        assessing.keep_scores(by=crew.by, at=crew.now, areas=[approver.area], months=2)
        _release(crew)


def _release(crew: Crew) -> None:
    """The finished years as open data: prepared by the policy clerk, published by an approver."""
    at = crew.ago(3, 10)
    last = max(releasing.years(at))
    made = releasing.prepare(from_year=last - 2, to_year=last, by=crew.actor("policy"), at=at)
    releasing.rule(release=made.pk, verb=releasing.PUBLISH, by=crew.actor("approver"), at=crew.ago(2, 10))
