"""Life of the place: classes and festivals held and ahead, in the personas' township and in every county."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass

from lianxin.campaigns import attending, calendar, events, pictures, signing
from lianxin.campaigns.events import Said
from lianxin.demo import recipe
from lianxin.demo.city import STARS, WIFE_AT
from lianxin.demo.crew import Crew
from lianxin.engine import clock, paper
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.people import listing, wards
from lianxin.people.listing import Wanted


@dataclass(frozen=True, slots=True)
class Made:
    """A programme of the demo: where and by whom kept, what its events are, how many days from today each stands."""

    kind: str
    name: str
    english: str
    title: str
    title_en: str
    place: str
    venue: str
    area: str
    keeper: str
    days: tuple[int, ...]  # negative: held
    hour: int = 14
    places: int | None = 20
    ages: tuple[int | None, int | None] = (None, None)
    words: str = ""


def _programmes() -> list[Made]:
    worker, clerk = f"worker.{WIFE_AT}", f"clerk.{STARS}"
    return [
        Made("class", "八一课堂", "August First Classroom", "书法课", "Calligraphy", "社区活动室二楼", "community", WIFE_AT, worker,
             (-9, -2, 5, 12), places=12, words="笔墨纸社区准备。"),
        Made("study", "共学", "Shared study", "与邻近连队共学：急救常识", "Shared study with the company next door: first aid",
             "市图书馆报告厅", "community", STARS, clerk, (-16, 8), 15, 30, words="官兵和居民一起学，不签到官兵。"),
        Made("outing", "军娃活动", "For the children", "周末故事会", "Story hour", "少年宫小剧场", "school", STARS, clerk, (4,),
             10, 3, (3, 14),
             "由家长报名、陪同。"),
        Made("mixer", "军地联谊", "Mixers", "周末联谊", "Weekend mixer", "滨河公园", "park", STARS, clerk, (13,), 9, 40,
             words="成年人自愿参加，名单不公开，不谈工作单位。"),
        Made("festival", "节日走访与联欢", "Festivals", "邻里联欢", "A neighbourhood feast", "社区广场", "park", WIFE_AT,
             worker, (20,), 18, None),
        Made("wreath", "祭扫", "Wreath days", "敬献花篮", "Laying wreaths", "烈士纪念园", "memorial", STARS, clerk,
             (-23, 27), 9, 60),
    ]  # fmt: skip


def move(crew: Crew) -> None:
    """Plan, sign up, tick and close; in each other county one festival ahead."""
    for made in _programmes():
        _walk(crew, made)
    for county, name, english, *_rest in recipe.COUNTIES:
        if county != STARS[:6]:
            _walk(crew, Made("festival", "节日活动", "Festivals", f"{name}迎新联欢", f"{english} feast", "文化广场", "park", county,
                             f"reviewer.{county}", (15,), 15, 200))  # fmt: skip


def _walk(crew: Crew, made: Made) -> None:
    keeper = crew.actor(made.keeper)
    earliest = min(made.days) - 6
    at = crew.ago(max(2, -earliest))
    programme = events.begin(kind=made.kind, name=made.name, name_en=made.english, area=made.area, by=keeper, at=at)
    for days in made.days:
        starts = clock.midnight(clock.day(crew.now) + dt.timedelta(days=days)) + dt.timedelta(hours=made.hour)
        said = Said(title=made.title, title_en=made.title_en, place=made.place, venue=made.venue, starts_at=starts,
                    ends_at=starts + dt.timedelta(hours=2), places=made.places, age_from=made.ages[0],
                    age_to=made.ages[1], words=made.words)  # fmt: skip
        planned = min(crew.now, starts - dt.timedelta(days=5))
        event = events.plan(programme=programme.pk, said=said, by=keeper, at=planned)[0].pk
        _sign_up(crew, made, event, keeper, min(crew.now, planned + dt.timedelta(hours=3)))
        if days < 0:
            _held(crew, event, keeper, starts + dt.timedelta(hours=2, minutes=10))


def _sign_up(crew: Crew, made: Made, event: int, keeper: Actor, at: dt.datetime) -> None:
    """Some of those who live there; children through who answers for them; the waiting list fills where places are few."""
    day = clock.day(at)
    ages = Wanted(area=made.area, alive="yes", age_from=made.ages[0] or 18, age_to=made.ages[1] or 78)
    found = [hit.id for hit in listing.listed(over(made.area), ages, day=day, limit=60).hits]
    wanted = crew.some(found, 0.45)[: (made.places or 25) + 2]
    answers = wards.guardians(wanted, day) if made.ages[1] is not None else {}
    for person in wanted:
        guardian = next((one.id for one in answers.get(person, [])), None)
        try:
            signing.sign_up(event=event, person=person, guardian=guardian, by=keeper, at=at,
                            channel=crew.rng.choice(("counter", "phone")))  # fmt: skip
        except Refusal:
            continue  # a child of whom nobody is on file


def _held(crew: Crew, event: int, keeper: Actor, at: dt.datetime) -> None:
    rows = [row.id for row in calendar.places(crew.scope, event, state="taken")]
    came = crew.some(rows, 0.85)
    attending.attend(event=event, came=came, stayed_away=[pk for pk in rows if pk not in came], by=keeper, at=at)
    team = crew.keys.get(f"team.{STARS}")
    if team is not None:
        attending.helped(event=event, office=team, minutes=120, by=keeper, at=at)
    made = pictures.add(event=event, data=_picture(), caption="学员写的“福”字", shown=[], no_child=True, no_secret=True,
                        by=keeper, at=at)  # fmt: skip
    if crew.rng.random() < 0.8:
        pictures.release(picture=made.pk, by=crew.by, at=at)
    attending.hold(event=event, unnamed=crew.rng.randrange(0, 9), by=keeper, at=at)


def _picture() -> bytes:
    """A drawn picture: a red sheet with one character. No photograph of anybody stands in a demo."""
    from PIL import Image, ImageDraw, ImageFont

    sheet = Image.new("RGB", (640, 480), "#f6efe2")
    draw = ImageDraw.Draw(sheet)
    draw.polygon([(320, 40), (520, 240), (320, 440), (120, 240)], fill="#b3362b")
    font = ImageFont.truetype(str(next(paper.FONTS.glob("*.ttf"))), 170)
    draw.text((320, 232), "福", font=font, fill="#2b1a12", anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=82)
    return out.getvalue()
