"""Who came is counted once and taken back exactly; pictures wait for a second pair of eyes and for every consent."""

import datetime as dt
import io

import pytest
from PIL import Image

from lianxin.campaigns import attending, calendar, events, pictures, queries, signing
from lianxin.campaigns.models import Hours, Signup
from lianxin.campaigns.refusals import NoSuchEvent, NotNow, Stale, Unfit
from lianxin.engine.scope import over
from lianxin.engine.secrecy import Secret
from lianxin.outcomes.models import Outcome
from tests.campaigns.place import AT, DAY, SYSTEM, Place

THEN = AT + 2 * DAY


@pytest.fixture
def place(db):
    return Place()


@pytest.fixture
def event(place):
    made = place.event(places=5)
    for name in ("安梅", "于川"):
        signing.sign_up(event=made, person=place.people[name].pk, by=place.resident(name), at=AT)
    return made


def counted(kind):
    return sum(row.quantity for row in Outcome.objects.filter(kind=kind, service="community-life"))


def ticks(event):
    return {row.person: row.pk for row in Signup.objects.filter(event=event)}


def test_whoever_came_counts_once_with_their_household(place, event):
    mine = ticks(event)
    both = [mine[place.people["安梅"].pk], mine[place.people["于川"].pk]]
    with pytest.raises(NotNow, match="not begun"):
        attending.attend(event=event, came=both, by=place.keeper, at=AT)
    assert attending.attend(event=event, came=both, by=place.keeper, at=THEN) == 2
    assert attending.attend(event=event, came=both, by=place.keeper, at=THEN) == 2
    row = Outcome.objects.get(person=place.people["安梅"].pk)
    assert (row.kind, row.category, row.family) == ("appointment", "class", place.people["安梅"].family_id)
    assert row.happened_on == dt.date(2026, 5, 8)
    assert counted("appointment") == 2
    with pytest.raises(NoSuchEvent):
        attending.attend(event=event, came=both, by=place.away, at=THEN)


def test_a_wrong_tick_is_reversed_and_a_right_one_counts_again(place, event):
    pk = ticks(event)[place.people["安梅"].pk]
    for came, gone, total in (([pk], [], 1), ([], [pk], 0), ([pk], [], 1), ([], [pk], 0)):
        attending.attend(event=event, came=came, stayed_away=gone, by=place.keeper, at=THEN)
        assert counted("appointment") == total
    assert Outcome.objects.filter(reverses__isnull=False).count() == 2
    assert Signup.objects.get(pk=pk).came is False


def test_somebody_walks_in_named_or_unnamed_and_the_event_counts_once(place, event):
    attending.walk_in(event=event, person=place.people["石西"].pk, by=SYSTEM, at=THEN)
    attending.walk_in(event=event, person=place.people["石西"].pk, by=SYSTEM, at=THEN)
    with pytest.raises(Unfit, match="parent or guardian"):
        attending.walk_in(event=event, person=place.people["小安"].pk, by=place.keeper, at=THEN)
    with pytest.raises(NoSuchEvent):
        attending.walk_in(event=event, person=place.people["远方"].pk, by=place.keeper, at=THEN)
    now = attending.hold(event=event, unnamed=7, by=place.keeper, at=THEN)
    attending.hold(event=event, unnamed=9, by=place.keeper, at=THEN)
    assert (counted("event"), counted("appointment")) == (1, 8)
    with pytest.raises(Stale):
        attending.take_back(event=event, reason="点错", by=place.keeper, at=THEN, expected=now.pk - 1)
    attending.take_back(event=event, reason="点错了", by=place.keeper, at=THEN)
    assert (counted("event"), counted("appointment")) == (0, 1)
    attending.hold(event=event, unnamed=2, by=place.keeper, at=THEN)
    assert (counted("event"), counted("appointment")) == (1, 3)
    with pytest.raises(NotNow):
        signing.sign_up(event=event, person=place.people["石西"].pk, by=place.resident("石西"), at=THEN)
    row = Outcome.objects.get(kind="event", reverses__isnull=True, reversals__isnull=True)
    assert attending.event_of(row.source) == event, "the register's row leads to the event's own page"
    assert attending.event_of("visit:3:x") is attending.event_of("ledger:event:9") is None


def test_a_cancelled_event_counts_nothing(place, event):
    events.cancel(event=event, reason="下雨", by=place.keeper, at=AT)
    for act in (lambda: attending.hold(event=event, by=place.keeper, at=THEN),
                lambda: attending.attend(event=event, came=[], by=place.keeper, at=THEN)):  # fmt: skip
        with pytest.raises(NotNow):
            act()
    assert Outcome.objects.count() == 0


def test_hours_given_at_an_event_are_the_keepers_last_word(place, event):
    team = place.staff("team", "419901001001", "volunteer")
    attending.helped(event=event, office=team.office, minutes=60, by=place.keeper, at=THEN)
    attending.helped(event=event, office=team.office, minutes=90, by=place.keeper, at=THEN)
    day = dt.date(2026, 5, 8)
    [given] = queries.hours(over("4199"), from_on=day, to_on=day)
    assert (given.times, given.minutes) == (1, 90)
    assert Hours.objects.count() == 2


def photo(**extra):
    made = Image.new("RGB", (40, 30), "green")
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    made.save(out, "JPEG", exif=exif)
    return out.getvalue()


def add(place, event, **changes):
    given = {"data": photo(), "caption": "大家在写春联", "shown": [], "no_child": True, "no_secret": True, "by": place.keeper,
             "at": THEN}  # fmt: skip
    return pictures.add(event=event, **{**given, **changes})


def test_a_picture_is_shown_when_a_second_person_has_looked_and_says_nothing_of_where_it_was_taken(place, event):
    row = add(place, event, shown=[ticks(event)[place.people["安梅"].pk]])
    assert calendar.photos(event) == []
    with pytest.raises(NotNow, match="two pairs"):
        pictures.release(picture=row.pk, by=place.keeper, at=THEN)
    with pytest.raises(NoSuchEvent):
        pictures.release(picture=row.pk, by=place.away, at=THEN)
    pictures.release(picture=row.pk, by=place.other, at=THEN)
    assert [one.caption for one in calendar.photos(event)] == ["大家在写春联"]
    kept = pictures.content(row)
    assert b"secret place" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_whoever_takes_consent_back_takes_the_picture_down_for_good(place, event):
    row = add(place, event, shown=[ticks(event)[place.people["安梅"].pk]])
    pictures.release(picture=row.pk, by=place.other, at=THEN)
    with pytest.raises(NoSuchEvent):
        pictures.no_longer(picture=row.pk, by=place.resident("于川"), at=THEN)
    pictures.no_longer(picture=row.pk, by=place.resident("安梅"), at=THEN)
    assert calendar.photos(event) == []
    with pytest.raises(NotNow):
        pictures.release(picture=row.pk, by=place.other, at=THEN)


def test_no_child_no_name_no_camp_in_a_picture(place, event):
    child = signing.sign_up(event=event, person=place.people["小安"].pk, by=place.resident("安梅"), at=AT)
    for changes in ({"shown": [child.pk]}, {"no_child": False}, {"no_secret": False}, {"caption": " "}, {"data": b"%PDF-1.4\n%%EOF\n"},
                    {"caption": "安梅在写春联"}, {"caption": "小安画的画"}):  # fmt: skip
        with pytest.raises(Unfit):
            add(place, event, **changes)
    with pytest.raises(Secret):
        add(place, event, caption="与31676部队官兵共学")
    assert calendar.photos(event, shown=False) == []
