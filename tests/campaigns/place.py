"""A place for tests of events: two villages of a township, one elsewhere; grown-ups, a mother, her child, a keeper."""

import datetime as dt
from dataclasses import dataclass, field

from lianxin.access import actions as access
from lianxin.access.models import Account, Office
from lianxin.access.queries import actor_of
from lianxin.campaigns import events
from lianxin.campaigns.events import Said
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.people import models as people

AT = dt.datetime(2026, 5, 6, 1, tzinfo=dt.UTC)  # a Wednesday, nine in the morning in Shanghai
CITY, HOME, NEIGHBOUR, AWAY = "4199", "419901001001", "419901001002", "419902001001"
SYSTEM = Actor(area=CITY, scope=over(CITY), permissions=frozenset({"*"}))
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass
class Place:
    """``people`` by name; ``resident(name)`` is the person in the app; ``keeper`` keeps events of the first village."""

    people: dict = field(default_factory=dict)
    families: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        access.add_areas(areas=[(code, code, code) for code in (CITY, "419901", "419901001", HOME, NEIGHBOUR, "419902",
                                                                "419902001", AWAY)], by=SYSTEM, at=AT)  # fmt: skip
        self.keeper = self.staff("keeper", HOME)
        self.other = self.staff("other", HOME)
        self.away = self.staff("away", AWAY)
        for name, home, born in (
            ("安梅", HOME, dt.date(1990, 1, 1)), ("小安", HOME, dt.date(2017, 1, 1)), ("于川", HOME, dt.date(1985, 1, 1)),
            ("石西", NEIGHBOUR, dt.date(1950, 1, 1)), ("远方", AWAY, dt.date(1980, 1, 1)), ("小远", AWAY, dt.date(2016, 1, 1)),
        ):  # fmt: skip
            self.person(name, home, born)
        with journal.entry(action="test", by=SYSTEM, at=AT) as writer:
            writer.add(
                [people.Kin(person=self.people["安梅"], relative=self.people["小安"], kind="parent", recorded_at=AT)]
            )

    def person(self, name, home=HOME, born=dt.date(1970, 1, 1)):
        number = len(self.people) + 1
        with journal.entry(action="test", by=SYSTEM, at=AT) as writer:
            family = writer.add([people.Family(code=f"H{number:06d}", home=home)])[0]
        made = people.Person.objects.create(file_number=f"CC{number:08d}", salt=b"0" * 16, name=name, home=home, born_on=born,
                                            entry=1, family=family)  # fmt: skip
        self.people[name] = made
        return made

    def staff(self, name, area, role="worker"):
        account = access.seat(username=name, name=name, role=role, area=area, by=SYSTEM, at=AT)
        return actor_of(Account.objects.select_related("office").get(pk=account.pk), AT)

    def resident(self, name):
        username = f"r-{self.people[name].pk}"
        account = Account.objects.filter(username=username).first()
        if account is None:
            made = Account(username=username, name=name, person=self.people[name].pk)
            account = access.open_accounts(accounts=[(made, "")], by=SYSTEM, at=AT)[0]
        return actor_of(account, AT)

    def programme(self, kind="class", area=HOME, by=None):
        keeper = by or self.keeper
        office = None if keeper.office else Office.objects.filter(area_id=area).first().pk
        return events.begin(kind=kind, name="八一课堂", area=area, by=keeper, at=AT, office=office)

    def event(self, *, programme=None, by=None, at=AT, **changes):
        made = programme or self.programme()
        return events.plan(programme=made.pk, said=said(**changes), by=by or self.keeper, at=at)[0].pk


def said(**changes):
    given = {
        "title": "书法课",
        "place": "东街文化馆二楼",
        "starts_at": AT + 2 * DAY,
        "ends_at": AT + 2 * DAY + 2 * HOUR,
    }
    return Said(**{**given, **changes})
