"""Two counties, side by side, with the same things in each; and one of every role in the first."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings

from lianxin.access import actions as access
from lianxin.access import guarding, seal
from lianxin.access.models import Account, Office, SetAside
from lianxin.access.roles import ROLES
from lianxin.campaigns import actions as campaigns
from lianxin.campaigns import events, visiting, visitsync
from lianxin.campaigns.models import Picture
from lianxin.cards.models import Box, Card, Device, Filing, Statement, StatementStep, Step
from lianxin.casework import actions as casework
from lianxin.casework import papers, sheets
from lianxin.casework.models import Paper
from lianxin.catalogue import actions as catalogue
from lianxin.catalogue.queries import in_force as published_on
from lianxin.engine.openings import Opening
from lianxin.engine.scope import Actor, over
from lianxin.insight import actions as insight
from lianxin.insight import figures, trees
from lianxin.insight.assessmodels import TreeRuling
from lianxin.insight.models import Draw, Publication
from lianxin.journal import actions as journal
from lianxin.journal import guard, looks
from lianxin.journal.models import Entry
from lianxin.notices import actions as notices
from lianxin.notices.models import Notice
from lianxin.outcomes import attesting
from lianxin.partners import gifts, places
from lianxin.payments.actions import batches
from lianxin.payments.models import Batch
from lianxin.payments.replaymodels import Replay
from lianxin.people import models as people
from tests.factories.access import named

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
OPERATOR = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")
LEVEL = {
    "worker": "419902001001",
    "clerk": "419902001",
    "reviewer": "419902",
    "operator": "419902",
    "security": "419902",
    "audit": "419902",
    "auditor": "419902",
}


@dataclass
class World:
    """``objects`` by place (own, sibling, parent) and kind; ``staff`` by role."""

    areas: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    objects: dict[str, dict[str, int]] = field(default_factory=dict)
    staff: dict[str, Account] = field(default_factory=dict)
    resident: Account | None = None

    @classmethod
    def build(cls, at: dt.datetime) -> World:
        """The world, made through the rooms' own doors."""
        made = cls()
        made.areas = {"own": "419902001001", "sibling": "419903001001", "parent": "419902"}
        made.names = {"own": "甲子丑", "sibling": "乙寅卯", "parent": "丙辰巳"}
        access.add_areas(areas=[(code, "", "") for code in made.areas.values()], by=OPERATOR, at=at)
        catalogue.publish(path=settings.CATALOGUE, by=OPERATOR, at=at, approved_by="test")
        made._tree(at)
        for place, area in made.areas.items():
            made.objects[place] = made._objects(place, area, at)
        for role in sorted(set(ROLES) - {"resident"}):
            made.staff[role] = access.seat(
                username=f"own-{role}", name=role, role=role, area=made.area_of(role), by=OPERATOR, at=at
            )
        named(made.staff.values(), at)
        made.resident = access.open_accounts(
            accounts=[(Account(username="resident", name="甲", person=made.objects["own"]["person"]), "")],
            by=OPERATOR, at=at,
        )[0]  # fmt: skip
        return made

    @staticmethod
    def area_of(role: str) -> str:
        """Where the one of this role sits."""
        return LEVEL.get(role, "419902001001")

    def _objects(self, place: str, area: str, at: dt.datetime) -> dict[str, int]:
        number = len(self.objects) + 1
        salt = seal.salt()
        person = people.Person.objects.create(
            file_number=f"CC{number:08d}", salt=salt, name=self.names[place], home=area, entry=1,
            phone_mark=seal.mark(f"1390000000{number}", "phone"),
        )  # fmt: skip
        with journal.entry(action="test", by=OPERATOR, at=at) as writing:
            writing.add([people.Particulars(person=person, name=self.names[place], home=area, recorded_at=at)])
            bank = writing.add([people.BankAccount(
                person=person, bank="甲", number_sealed=seal.seal("6222000000000000", salt, "account"),
                number_mark=b"1" * 16, holder=self.names[place], recorded_at=at)])[0]  # fmt: skip
            row = writing.add([people.Livelihood(person=person, employment="employed", recorded_at=at)])[0]
            mandate = writing.add([people.Mandate(person=person, kind="clerk", valid_to=dt.date(2199, 1, 1),
                                                  recorded_at=at)])[0]  # fmt: skip
            kept = papers.keep(b"%PDF-1.4\n%%EOF\n")
            scan = writing.add([people.Scan(person=person, kind="paper", content_type=kept.content_type, size=kept.size,
                                            digest=kept.digest, recorded_at=at)])[0]  # fmt: skip
        notices.send(notices=[notices.Message("case-opened", person=person.pk, area=area)], by=OPERATOR, at=at)
        seat = access.seat(username=f"{place}-seat", name="甲", role="worker", area=area, by=OPERATOR, at=at)
        days = (dt.date(at.year, 1, 1), at.date())
        draft, _ = insight.save_draft(
            code="annual", from_on=days[0], to_on=days[1], area=area, text="# 甲", by=OPERATOR, at=at
        )
        case, offer = self._asked(person, area, at)
        batch = Batch.objects.create(number=f"T{number}", service="accomp-subsidy", area=area, state="made", count=0,
                                     total=0, maker=seat.pk, made_at=at)  # fmt: skip
        with journal.entry(action="test", by=OPERATOR, at=at) as writing:
            batches.signed([batch], writing)
        replay = Replay.objects.create(service="accomp-subsidy", area=area, version_id=published_on(at.date())[
            "accomp-subsidy"].version_id, from_on=days[0], to_on=days[1], reason="甲", state="proposed", maker=seat.pk,
            made_at=at)  # fmt: skip
        return {
            "batch": batch.pk, "replay": replay.pk,
            "case": case, "dispatch": offer, "family": people.Person.objects.get(pk=person.pk).family_id, "paper": self._paper(case, at),
            **self._visited(area, seat, at),
            "need": self._need(area, at),
            "sheet": sheets.print_sheets(wanted=[sheets.Wanted("status", case=case)], by=OPERATOR, at=at)[0].id,
            "attestation": attesting.attest(achievements=[attesting.Said(
                figure="titles-nation", title=f"甲{place}", paper="乙", kind="honour", service="honour-register", area=area,
                happened_on=days[0], scan=kept.digest, scan_type=kept.content_type)], by=OPERATOR, at=at)[0].pk,
            "publication": self._published(place, area, at),
            "draw": Draw.objects.get(publication__area=area).pk,
            "row": row.pk, "mandate": mandate.pk, "scan": scan.pk,
            "person": person.pk, "bank": bank.pk, "seat": seat.pk, "office": seat.office_id,
            "disposal": people.Disposal.objects.create(
                person=person, kind="delete", due_on=at.date(), area=area, state="due").pk,
            "look": self._look(person, seat, at),
            "double": self._double(person, at),
            "aside": self._aside(place, area, at),
            "place": self._mapped(place, area, at),
            "run": people.Import.objects.create(run=f"people-{number}", ledger="people", file_name="甲.csv", area=area,
                                                at=at, state="done").pk,
            **self._event(area, at), **self._given(area, at), **self._carded(person, seat, at),
            "notice": Notice.objects.filter(person=person.pk).earliest("pk").pk, "draft": draft.pk, "area": int(area),
        }  # fmt: skip

    @staticmethod
    def _look(person: people.Person, seat: Account, at: dt.datetime) -> int:
        """A colleague opened the file: the entry that says so."""
        looks.opened(person=person.pk, area=person.home, by=Actor(account=seat.pk, name="甲"), at=at, way="search")
        return int(Entry.objects.latest("pk").pk)

    @staticmethod
    def _published(place: str, area: str, at: dt.datetime) -> int:
        """A review that was published over the area."""
        value = figures.evaluate(codes=["titles-nation"], from_on=None, to_on=at.date(), area=area, scope=over("4199"))[
            0
        ]
        with journal.entry(action="test", by=OPERATOR, at=at) as writing:
            made = writing.add([Publication(review="annual", title=f"甲{place}", area=area, from_on=at.date(), to_on=at.date(),
                                            text="# 甲", known_at=at, figures={value.code: {**insight.kept(value), "root": "0" * 64, "leaves": 1}})])[0]  # fmt: skip
            writing.add([Draw(publication=made, code=value.code, size=1, source="甲", by_name="乙", announced_at=at)])
        return int(made.pk)

    @staticmethod
    def _tree(at: dt.datetime) -> None:
        """A tree of one indicator, published."""
        line = (
            "{code: titles, name: {zh: 甲, en: a}, points: 1, formula: titles_nation * 1, evidence: [attestation], owner: 甲, "
            'due: "11-30", standing: illustrative}'
        )
        text = ("code: model-city\nname: {zh: 甲, en: a}\nfrom: 2020-01-01\nstanding: illustrative\ngroups:\n"
                f"  - {{code: one, name: {{zh: 甲, en: a}}, standing: illustrative, indicators: [{line}]}}\n")  # fmt: skip
        made = trees.hand_in(text=text, by=OPERATOR, at=at)
        with journal.entry(action="test", by=OPERATOR, at=at) as writing:
            writing.add([TreeRuling(tree=made, verb="publish", by_name="乙", at=at)])

    @staticmethod
    def _need(area: str, at: dt.datetime) -> int:
        """A need of the locality in the two lists."""
        access.seat(username=f"studies-{area}", name="丁", role="approver", area="4199", by=OPERATOR, at=at)
        published = published_on(at.date())["locality-support"]
        opening = Opening("locality-support", published.version_id, area=area, kind="school", form={"need": "甲"})
        return int(casework.open_cases(openings=[opening], by=OPERATOR, at=at)[0].pk)

    def _asked(self, person: people.Person, area: str, at: dt.datetime) -> tuple[int, int]:
        """An ask of the person's household, offered to a volunteer near by: its case and its offer."""
        with journal.entry(action="test", by=OPERATOR, at=at) as writing:
            family = writing.add([people.Family(code=f"CC-TEST{person.pk}", home=area)])[0]
            writing.add([people.Membership(person=person, family=family, recorded_at=at)])
        people.Person.objects.filter(pk=person.pk).update(family=family)
        helper = access.seat(username=f"helper-{person.pk}", name="乙", role="volunteer", area=area, by=OPERATOR, at=at)
        published = published_on(at.date())["household-help"]
        opening = Opening("household-help", published.version_id, family=family.pk, area=area, kind="repair",
                          channel="phone", words="甲")  # fmt: skip
        case = casework.open_cases(openings=[opening], by=OPERATOR, at=at)[0]
        offer = casework.dispatch(case=case.pk, office=helper.office_id, by=OPERATOR, at=at)
        return case.pk, offer.pk

    @staticmethod
    def _given(area: str, at: dt.datetime) -> dict[str, int]:
        """An offer of a giver and a gift of a donor of the area, neither of whom anybody of the staff sits with."""
        level = "village" if len(area) == 12 else "county"
        team = Office.objects.create(name="丁", kind="volunteer", level=level, area_id=area)
        offer = campaigns.offer(office=team.pk, kinds=["repair"], area=area, by=OPERATOR, at=at)[0]
        gifts.donor(name="戊", area=area, by=OPERATOR, at=at)
        donor = gifts.donor(name="己", area=area, by=OPERATOR, at=at)
        gift = gifts.receive(office=donor.pk, quantity=100, purpose="甲", area=area, by=OPERATOR, at=at)
        return {"offer": offer.pk, "gift": gift.pk}

    @staticmethod
    def _event(area: str, at: dt.datetime) -> dict[str, int]:
        """A programme of the area with an event ahead and a picture of it."""
        office = Office.objects.filter(area=area).earliest("pk")
        made = events.begin(kind="class", name="甲", area=area, office=office.pk, by=OPERATOR, at=at)
        said = events.Said(
            title="甲", place="甲", starts_at=at + dt.timedelta(days=1), ends_at=at + dt.timedelta(days=2)
        )
        event = events.plan(programme=made.pk, said=said, by=OPERATOR, at=at)[0]
        kept = papers.keep(b"%PDF-1.4\n%%EOF\n")
        row = Picture(
            event=event, caption="甲", digest=kept.digest, content_type=kept.content_type, size=kept.size, at=at
        )
        with journal.entry(action="test", by=OPERATOR, at=at) as writing:
            picture = writing.add([row])[0]
        return {"programme": made.pk, "event": event.pk, "picture": picture.pk}

    @staticmethod
    def _carded(person: people.Person, seat: Account, at: dt.datetime) -> dict[str, int]:
        """A box on its way to the office of the area, and in it the person's card."""
        with journal.entry(action="test", by=OPERATOR, at=at) as writing:
            box = writing.add([Box(number=f"T{person.pk}", office=seat.office, area=seat.office.area_id, listed=1, packed_at=at,
                                   state="packed")])[0]  # fmt: skip
            filed = writing.add([Filing(number=f"F{person.pk}", area=seat.office.area_id, filed_on=at.date(), due_on=at.date(),
                                        count=1, at=at)])[0]  # fmt: skip
            card = Card.objects.create(person=person, holder=person, kind="veteran", area=person.home, state="made",
                                       since=at.date(), box=box, filing=filed, moved_at=at)  # fmt: skip
            writing.add([Step(card=card, at=at, on=at.date(), verb="make", to_state="made", into=box.pk, by_name="甲")])
        published = published_on(at.date())["refusal-report"]
        opening = Opening(
            "refusal-report",
            published.version_id,
            person=person.pk,
            area=person.home,
            kind="shop",
            form={"place": "甲"},
        )
        refusal = casework.open_cases(openings=[opening], by=OPERATOR, at=at)[0]
        return {
            "card": card.pk,
            "box": box.pk,
            "filing": filed.pk,
            "refusal": refusal.pk,
            **World._counted(person, seat, at),
        }

    @staticmethod
    def _counted(person: people.Person, seat: Account, at: dt.datetime) -> dict[str, int]:
        """A validator of an operator of the area, and a statement for a month of it."""
        with journal.entry(action="test", by=OPERATOR, at=at) as writing:
            device = writing.add([Device(office=seat.office, area=person.home, form="validator", scene="bus", name="甲", lines=["8"],
                                         made_at=at, until=at.date())])[0]  # fmt: skip
            one = Statement.objects.create(number=f"T{person.pk}", office=seat.office, area=person.home, month=at.date(),
                                           state="made", uses=0, total=0, maker=seat.pk, maker_name="甲", made_at=at)  # fmt: skip
            writing.add(
                [StatementStep(statement=one, at=at, verb="make", to_state="made", uses=0, total=0, by_name="甲")]
            )
        return {"device": device.pk, "statement": one.pk}

    @staticmethod
    def _double(person: people.Person, at: dt.datetime) -> int:
        """Another file that may be the same person's, in the same area."""
        other = people.Person.objects.create(file_number=f"CC{900 + person.pk:08d}", salt=seal.salt(), name="壬癸",
                                             home=person.home, entry=1)  # fmt: skip
        return int(people.Double.objects.create(one=person, other=other, area=person.home, score=80, signs=["name"],
                                                state="open", found_at=at).pk)  # fmt: skip

    @staticmethod
    def _mapped(place: str, area: str, at: dt.datetime) -> int:
        """A public place of the area on the map."""
        said = places.Said(kind="station", name=f"{place}站", area=area, latitude=35_000_000, longitude=122_000_000)
        return places.put(places=[said], by=OPERATOR, at=at).ids[0]

    @staticmethod
    def _aside(place: str, area: str, at: dt.datetime) -> int:
        """A doubtful text of somebody of this area, set aside."""
        text = f"{place}：他在三连服役"
        found = guard.look(text)
        assert found is not None
        guarding.set_aside(doubts=[guard.Doubt(found, text)], where="/", by=Actor(name="甲", area=area), at=at)
        return int(SetAside.objects.latest("pk").pk)

    @staticmethod
    def _visited(area: str, seat: Account, at: dt.datetime) -> dict[str, int]:
        """A list of visits of the area with one household, to which somebody went and where somebody signed."""
        family = people.Family.objects.filter(home=area).latest("pk").pk
        listed = visiting.plan(name="甲", occasion="asked", area=area, account=seat.pk, for_on=at.date(),
                               stops={family: ("asked", "")}, by=OPERATOR, at=at)  # fmt: skip
        stop = listed.stops.get()
        drawn = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
        visitsync.receive(by=OPERATOR, at=at, reports=[visitsync.Said(
            f"report-{area}-000000", stop.pk, "met", at, at, f"visit-{area}-000000", words="甲", signature=drawn)])  # fmt: skip
        return {"visits": listed.pk, "stop": stop.pk, "report": stop.reports.get().pk}

    @staticmethod
    def _paper(case: int, at: dt.datetime) -> int:
        """A paper handed in for a case."""
        kept = papers.keep(b"%PDF-1.4\n%%EOF\n")
        row = Paper(case_id=case, code="photo", name="甲", content_type=kept.content_type, size=kept.size,
                    digest=kept.digest, at=at)  # fmt: skip
        with journal.entry(action="test", by=OPERATOR, at=at) as writing:
            return int(writing.add([row])[0].pk)
