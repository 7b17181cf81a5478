"""Files for tests: persons with particulars, written through the journal; a clerk and a colleague who may work on them."""

import datetime as dt

from lianxin.access import seal
from lianxin.engine.scope import Actor, over
from lianxin.journal import actions as journal
from lianxin.people import actions, models
from lianxin.people.facts import frame

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 6)
HOME = "419902001001"
MAY = frozenset({"people.edit", "people.view", "people.reveal", "case.open", "people.search"})
CLERK = Actor(account=7, name="周", area="419902001", scope=over("419902001"), permissions=MAY)
COLLEAGUE = Actor(account=9, name="吴", area="419902001", scope=over("419902001"), permissions=MAY)
SIBLING = Actor(account=8, name="李", area="419902002", scope=over("419902002"), permissions=MAY)


def day(text):
    return dt.date.fromisoformat(text)


def person(number, name="甲乙", home=HOME, **given):
    """A file with one row of particulars; ``born_on``, ``died_on`` and ``sex`` as given."""
    salt = seal.salt()
    kept = {key: value for key, value in given.items() if key in {"born_on", "died_on", "sex"}}
    one = models.Person.objects.create(file_number=f"CC{number:08d}", salt=salt, name=name, home=home, entry=1, **kept)
    with journal.entry(action="test", by=Actor(), at=AT) as writing:
        writing.add([models.Particulars(person=one, name=name, home=home, hukou=home, recorded_at=AT, **kept)])
    return one


def record(one, group, says, since=None, *, by=CLERK, at=AT, paper="户口簿", **more):
    if isinstance(since, str):
        since = day(since)
    return actions.record(person=one.pk, group=group, says=says, valid_from=since, paper=paper, by=by, at=at, **more)


def fact(one, code, on=DAY, **given):
    on = day(on) if isinstance(on, str) else on
    return frame(subject="person", day=on, ids=[one.pk], codes=[code], **given)[code][0]
