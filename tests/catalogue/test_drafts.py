"""Drafts: the folder's own text, saved by section without losing what another wrote; two people to publish."""

import datetime as dt
import io
import shutil
import subprocess
import sys
import zipfile

import pytest
from django.conf import settings as django_settings

from lianxin.access import actions as access
from lianxin.access import behind
from lianxin.access.permissions import Refused
from lianxin.access.queries import actor_of
from lianxin.catalogue import actions, drafted, draftfiles, drafting, handing, queries, scheduling
from lianxin.catalogue.models import Draft, Version
from lianxin.engine import checking, documents
from lianxin.engine.refusal import Refusal
from lianxin.engine.scope import Actor, over
from lianxin.journal.models import Entry
from lianxin.journal.queries import verify
from tests.catalogue.town import broken_zip

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(hours=2)
SYSTEM = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199", name="operator")
ACCOMP = "accomp-subsidy"


@pytest.fixture
def desk(db, tmp_path, settings):
    """A city whose catalogue has two services, and who sits at its desks."""
    shipped = settings.CATALOGUE
    settings.CATALOGUE = tmp_path / "catalogue"
    for code in (ACCOMP, "rights-case"):
        shutil.copytree(shipped / "services" / code, settings.CATALOGUE / "services" / code)
    shutil.copy(shipped / "attributes.yaml", settings.CATALOGUE)
    access.add_areas(areas=[("4199", "澄川市", "Chengchuan"), ("419902", "东城区", "Dongcheng")], by=SYSTEM, at=AT)
    seats = {}
    for name, role, area in (("ann", "policy", "4199"), ("ben", "policy", "4199"), ("chief", "approver", "4199"),
                             ("county", "approver", "419902"), ("small", "policy", "419902")):  # fmt: skip
        account = access.seat(username=name, name=name, role=role, area=area, by=SYSTEM, at=AT)
        behind.begin(numbers={account.pk: f"41990219900101{len(seats):04}"}, by=SYSTEM, at=AT)
        seats[name] = actor_of(account, AT)
    actions.publish(path=settings.CATALOGUE, by=SYSTEM, at=AT, approved_by="two people")
    return seats


def began(desk, who="ann", service=ACCOMP):
    return drafting.begin(service=service, by=desk[who], at=AT)


def save(draft, section, wanted, by, *, base=None, **more):
    draft.refresh_from_db()
    base = drafted.digest(drafted.seen(draft, section)) if base is None else base
    return drafting.save(draft=draft.pk, section=section, wanted=wanted, base=base, by=by, at=LATER, **more)


def money(draft):
    draft.refresh_from_db()
    return drafted.seen(draft, "amount")


def raised(draft, by, fen=120000, since="2026-06-01"):
    wanted = money(draft)
    wanted["parameters"]["monthly_rate"]["values"][since] = fen
    return save(draft, "amount", wanted, by)


def exemplified(draft, by):
    draft.refresh_from_db()
    cases = drafted.seen(draft, "examples")
    new = {**cases[0], "name": {"zh": "新标准", "en": "the new rate"}, "day": "2026-06-15",
           "expect": {"verdict": "entitled", "amount": 120000}}  # fmt: skip
    return save(draft, "examples", [*cases, new], by)


def ready(desk):
    draft = began(desk)
    raised(draft, desk["ann"])
    exemplified(draft, desk["ann"])
    for what in ("citations", "preview"):
        drafting.look(draft=draft.pk, what=what, by=desk["ann"], at=LATER)
    return draft


def handed_in(desk):
    draft = ready(desk)
    handing.submit(draft=draft.pk, words="提高标准", from_on=None, by=desk["ann"], at=LATER)
    draft.refresh_from_db()
    return draft


def test_a_draft_begins_with_the_text_of_the_folder_and_is_begun_once(desk):
    draft = began(desk)
    folder = django_settings.CATALOGUE / "services" / ACCOMP
    assert draft.declaration == (folder / "service.yaml").read_text()
    assert draft.examples == (folder / "examples.yaml").read_text()
    assert began(desk, "ben").pk == draft.pk
    assert not drafted.read(draft).errors


def test_raising_a_rate_touches_one_line_and_keeps_the_rest_letter_by_letter(desk):
    draft = began(desk)
    before = draft.declaration
    raised(draft, desk["ann"])
    draft.refresh_from_db()
    assert draft.declaration == before.replace("2023-01-01: 90000}", "2023-01-01: 90000, 2026-06-01: 120000}")
    assert [one.problem.word for one in drafted.read(draft).errors] == ["monthly_rate"]  # no example of the new period
    exemplified(draft, desk["ann"])
    draft.refresh_from_db()
    assert not drafted.read(draft).errors


def test_two_people_write_different_sections_and_nothing_is_lost(desk):
    draft = began(desk)
    stale = {part: drafted.digest(drafted.seen(draft, part)) for part in ("amount", "materials")}
    raised(draft, desk["ben"])
    drafting.save(draft=draft.pk, section="materials", wanted={"materials": []}, base=stale["materials"], by=desk["ann"],
                  at=LATER)  # fmt: skip
    draft.refresh_from_db()
    assert "120000" in draft.declaration
    assert drafted.seen(draft, "materials") == {"materials": []}


def test_two_people_in_the_same_section_are_told_and_nothing_is_overwritten(desk):
    draft = began(desk)
    stale = drafted.digest(drafted.seen(draft, "amount"))
    raised(draft, desk["ben"])
    with pytest.raises(drafting.Conflict) as conflict:
        save(draft, "amount", {"amount": ":monthly_rate + 1", "parameters": {}}, desk["ann"], base=stale)
    assert conflict.value.by == "ben"
    assert "120000" in conflict.value.theirs
    assert ":monthly_rate + 1" not in Draft.objects.get().declaration
    save(draft, "amount", {**money(draft), "amount": ":monthly_rate + 1"}, desk["ann"], base=stale, force=True)
    assert ":monthly_rate + 1" in Draft.objects.get().declaration


def test_the_same_saved_twice_is_once(desk):
    draft = began(desk)
    stale = drafted.digest(drafted.seen(draft, "amount"))
    wanted = {**money(draft), "amount": ":monthly_rate * 2"}
    assert save(draft, "amount", wanted, desk["ann"], base=stale).changed
    number = Draft.objects.get().number
    assert not save(draft, "amount", wanted, desk["ann"], base=stale).changed
    assert Draft.objects.get().number == number


def test_a_text_that_cannot_be_read_is_kept_and_the_builders_wait(desk):
    draft = began(desk)
    save(draft, "text", draft.declaration + "\nwho: [", desk["ann"])
    draft.refresh_from_db()
    assert draft.declaration.endswith("who: [")
    with pytest.raises(Refusal):
        save(draft, "materials", {"materials": []}, desk["ann"], base="x", force=True)
    assert drafted.checks(draft)[0].good is False


def test_an_author_cannot_publish_what_they_wrote_and_another_can(desk):
    draft = handed_in(desk)
    with pytest.raises(Refused):
        handing.publish(draft=draft.pk, number=draft.number, by=desk["ann"], at=LATER)
    with pytest.raises(Refused):
        handing.publish(draft=draft.pk, number=draft.number, by=desk["county"], at=LATER)
    draft.refresh_from_db()
    handing.publish(draft=draft.pk, number=draft.number, by=desk["chief"], at=LATER)
    version = Version.objects.filter(service=ACCOMP).order_by("-number").first()
    assert (version.number, version.approved_by) == (2, "ann · chief")
    draft.refresh_from_db()
    assert (draft.state, draft.version_id) == ("published", version.pk)
    said = {one.action: one for one in Entry.objects.filter(action__startswith="catalogue.")}
    assert said["catalogue.submit"].by_name == "ann"
    assert said["catalogue.approve"].by_name == "chief"
    assert said["catalogue.approve"].detail["by_author"] == desk["ann"].account
    assert verify().broken is None
    handing.publish(draft=draft.pk, number=draft.number, by=desk["chief"], at=LATER)  # a second click
    assert Version.objects.filter(service=ACCOMP).count() == 2
    assert (
        queries.in_force(dt.date(2026, 6, 2))[ACCOMP].service.parameters["monthly_rate"].on(dt.date(2026, 6, 2))
        == 120000
    )


def test_whoever_wrote_one_word_does_not_publish_even_with_the_role(desk):
    draft = ready(desk)
    both = Actor(account=desk["ben"].account, name="ben", scope=desk["ben"].scope, area="4199",
                 permissions=desk["ben"].permissions | desk["chief"].permissions)  # fmt: skip
    save(draft, "materials", {"materials": []}, both)
    for what in ("citations", "preview"):
        drafting.look(draft=draft.pk, what=what, by=desk["ann"], at=LATER)
    handing.submit(draft=draft.pk, words="少要材料", from_on=None, by=desk["ann"], at=LATER)
    draft.refresh_from_db()
    with pytest.raises(Refusal, match="有你写的内容"):
        handing.publish(draft=draft.pk, number=draft.number, by=both, at=LATER)


def test_it_goes_back_with_a_reason_and_is_handed_in_again(desk):
    draft = handed_in(desk)
    with pytest.raises(Refusal):
        handing.give_back(draft=draft.pk, reason=" ", by=desk["chief"], at=LATER)
    handing.give_back(draft=draft.pk, reason="日期不对", by=desk["chief"], at=LATER)
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("draft", "日期不对")
    with pytest.raises(Refusal):
        handing.publish(draft=draft.pk, number=draft.number, by=desk["chief"], at=LATER)
    handing.submit(draft=draft.pk, words="改好了", from_on=None, by=desk["ann"], at=LATER)
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("submitted", "")


def test_a_page_opened_before_a_later_change_publishes_nothing(desk):
    draft = handed_in(desk)
    draft.refresh_from_db()
    old = draft.number
    handing.take_back(draft=draft.pk, by=desk["ann"], at=LATER)
    raised(draft, desk["ann"], since="2026-06-10")
    drafting_cases = drafted.seen(Draft.objects.get(), "examples")
    drafting_cases[-1] = {**drafting_cases[-1], "day": "2026-06-05"}
    drafting_cases.append({**drafting_cases[-1], "day": "2026-06-20"})
    save(draft, "examples", drafting_cases, desk["ann"])
    for what in ("citations", "preview"):
        drafting.look(draft=draft.pk, what=what, by=desk["ann"], at=LATER)
    handing.submit(draft=draft.pk, words="再改", from_on=None, by=desk["ann"], at=LATER)
    with pytest.raises(Refusal, match="又改过"):
        handing.publish(draft=draft.pk, number=old, by=desk["chief"], at=LATER)
    assert Version.objects.filter(service=ACCOMP).count() == 1


def test_nothing_is_handed_in_while_a_check_is_open_or_after_a_change(desk):
    draft = began(desk)
    with pytest.raises(Refusal):
        handing.submit(draft=draft.pk, words="x", from_on=None, by=desk["ann"], at=LATER)
    draft = ready(desk)
    save(draft, "materials", {"materials": []}, desk["ann"])  # what was looked at is not what stands there now
    with pytest.raises(Refusal, match="核对"):
        handing.submit(draft=draft.pk, words="x", from_on=None, by=desk["ann"], at=LATER)


def test_a_version_published_meanwhile_stops_a_draft_that_would_undo_it(desk, tmp_path):
    draft = handed_in(desk)
    with draftfiles.folder(draft) as path:
        text = (path / "services" / ACCOMP / "service.yaml").read_text().replace("120000", "130000")
        (path / "services" / ACCOMP / "service.yaml").write_text(text)
        examples = (path / "services" / ACCOMP / "examples.yaml").read_text().replace("120000", "130000")
        (path / "services" / ACCOMP / "examples.yaml").write_text(examples)
        actions.publish(path=path, by=SYSTEM, at=LATER, approved_by="operator")
    draft.refresh_from_db()
    with pytest.raises(Refusal, match="起草之后又发布"):
        handing.publish(draft=draft.pk, number=draft.number, by=desk["chief"], at=LATER)
    handing.take_back(draft=draft.pk, by=desk["ann"], at=LATER)
    handing.compared(draft=draft.pk, by=desk["ann"], at=LATER)
    assert drafted.newer(Draft.objects.get()) is None


def test_what_is_exported_is_accepted_byte_for_byte_and_comes_back_the_same(desk, tmp_path):
    draft = ready(desk)
    draft.refresh_from_db()
    packed = draftfiles.packed(draft)
    assert packed == draftfiles.packed(draft)
    with zipfile.ZipFile(io.BytesIO(packed)) as unpacked:
        unpacked.extractall(tmp_path / "out")
    folder = tmp_path / "out" / "services" / ACCOMP
    assert (folder / "service.yaml").read_bytes() == draft.declaration.encode()
    assert checking.check(folder).errors == []
    done = subprocess.run([sys.executable, "-m", "lianxin.ops.main", "catalogue", "check", str(folder)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    handing.drop(draft=draft.pk, by=desk["ann"], at=LATER)
    again = drafting.take_in(data=packed, by=desk["ben"], at=LATER)
    assert (again.declaration, again.examples) == (draft.declaration, draft.examples)


def test_a_draft_from_nothing_is_sound_at_once(desk):
    draft = drafting.begin_new(code="winter-coal", zh="冬季取暖补助: 试行", en="Winter heating", by=desk["ann"], at=AT)
    assert drafted.read(draft).errors == []
    assert documents.plain(documents.parse(draft.declaration, "x"))["name"]["zh"] == "冬季取暖补助: 试行"
    for wrong in ("Winter", "a b", ACCOMP, "winter-coal"):
        with pytest.raises(Refusal):
            drafting.begin_new(code=wrong, zh="甲", en="", by=desk["ann"], at=AT)


@pytest.mark.parametrize(
    "data", [b"", b"PK nothing", None, *map(broken_zip, (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))]
)
def test_a_file_that_is_no_folder_is_refused_with_the_way_out(desk, data):
    if data is None:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as out:
            out.writestr("readme.txt", "x")
        data = made.getvalue()
    with pytest.raises(Refusal):
        drafting.take_in(data=data, by=desk["ann"], at=AT)


def test_an_office_below_the_city_sees_no_draft(desk):
    draft = began(desk)
    assert drafted.one(draft.pk, desk["small"].scope) is None
    assert drafted.listed(desk["county"].scope) == []
    with pytest.raises(Refused):
        drafting.begin(service=ACCOMP, by=desk["small"], at=AT)


def test_a_sealed_service_is_written_by_its_access_list_only(desk):
    with pytest.raises(Refused):
        began(desk, service="rights-case")
    listed = Actor(account=desk["ben"].account, name="ben", permissions=desk["ben"].permissions, area="4199",
                   scope=over("4199", sealed=frozenset({"rights-case"})))  # fmt: skip
    draft = drafting.begin(service="rights-case", by=listed, at=AT)
    assert drafted.one(draft.pk, desk["ann"].scope) is None
    assert drafted.listed(desk["ann"].scope) == []
    assert Entry.objects.get(action="catalogue.draft").service == "rights-case"


def test_who_else_has_the_page_open_is_said(desk):
    draft = began(desk)
    assert drafting.arrive(draft=draft.pk, by=desk["ann"], at=AT) == []
    assert drafting.arrive(draft=draft.pk, by=desk["ben"], at=AT) == ["ann"]
    assert drafting.arrive(draft=draft.pk, by=desk["ben"], at=AT + dt.timedelta(hours=1)) == []


def test_the_journal_has_one_entry_a_sitting(desk):
    draft = began(desk)
    for n in range(3):
        wanted = {**money(draft), "amount": f":monthly_rate + {n}"}
        drafting.save(draft=draft.pk, section="amount", wanted=wanted, base="", force=True, by=desk["ben"],
                      at=LATER + dt.timedelta(minutes=n))  # fmt: skip
    assert Entry.objects.filter(action="catalogue.draft", by_name="ben").count() == 1


@pytest.mark.parametrize(("planned", "after", "since"), [
    (dt.date(2026, 6, 1), 0, dt.date(2026, 6, 1)),
    (dt.date(2026, 5, 8), 5, dt.date(2026, 5, 11)),  # its day came while it lay there: no correction of the past
    (dt.date(2026, 4, 1), 0, dt.date(2026, 4, 1)),  # its author says so: it corrects the past
])  # fmt: skip
def test_a_draft_takes_effect_on_the_day_that_its_author_gave(desk, planned, after, since):
    draft = ready(desk)
    handing.submit(draft=draft.pk, words="notice 7", from_on=planned, by=desk["ann"], at=LATER)
    draft.refresh_from_db()
    at = LATER + dt.timedelta(days=after)
    handing.publish(draft=draft.pk, number=draft.number, by=desk["chief"], at=at)
    version = Version.objects.get(service=ACCOMP, number=2)
    assert (version.in_force_from, version.reason) == (since, "notice 7")
    assert queries.in_force(since - dt.timedelta(days=1))[ACCOMP].number == 1
    assert queries.in_force(since)[ACCOMP].number == 2


def renamed(draft, by, code):
    draft.refresh_from_db()
    return save(draft, "text", draft.declaration.replace(f"code: {draft.service}", f"code: {code}"), by)


def zipped(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for name, text in files.items():
            out.writestr(f"harmless/{name}", text)
    return made.getvalue()


def test_no_draft_takes_the_code_of_a_service(desk):
    draft = drafting.begin_new(code="harmless", zh="甲", en="", by=desk["ann"], at=AT)
    for code in ("rights-case", ACCOMP):
        with pytest.raises(Refusal):
            renamed(draft, desk["ann"], code)
    draft.refresh_from_db()
    assert (draft.service, renamed(draft, desk["ann"], "unheard-of").draft.service) == ("harmless", "unheard-of")
    text = draft.declaration.replace("code: harmless", "code: rights-case")
    with pytest.raises(Refusal):
        drafting.take_in(data=zipped(**{"service.yaml": text}), by=desk["ann"], at=AT)


def test_what_is_sealed_stays_sealed(desk, settings):
    file = settings.CATALOGUE / "services" / "rights-case" / "service.yaml"
    file.write_text("".join(line for line in file.read_text().splitlines(True) if not line.startswith("sealed:")))
    with pytest.raises(Refusal):
        actions.publish(path=file.parent, by=SYSTEM, at=LATER, approved_by="two people")
    assert queries.in_force(LATER.date())["rights-case"].service.sealed


def test_another_first_day_or_other_words_are_signed_anew(desk):
    draft = ready(desk)
    handing.submit(draft=draft.pk, words="from next year", from_on=dt.date(2027, 1, 1), by=desk["ann"], at=LATER)
    draft.refresh_from_db()
    opened = draft.number
    handing.take_back(draft=draft.pk, by=desk["ann"], at=LATER)
    handing.submit(draft=draft.pk, words="the past", from_on=dt.date(2021, 1, 1), by=desk["ann"], at=LATER)
    with pytest.raises(Refusal):
        handing.publish(draft=draft.pk, number=opened, by=desk["chief"], at=LATER)
    assert Version.objects.filter(service=ACCOMP).count() == 1


def test_a_coming_version_is_withdrawn_by_the_city_alone(desk):
    draft = ready(desk)
    handing.submit(draft=draft.pk, words="later", from_on=dt.date(2027, 1, 1), by=desk["ann"], at=LATER)
    draft.refresh_from_db()
    handing.publish(draft=draft.pk, number=draft.number, by=desk["chief"], at=LATER)
    with pytest.raises(Refused):
        scheduling.withdraw(service=ACCOMP, number=2, reason="x", by=desk["county"], at=LATER)
    assert scheduling.withdraw(service=ACCOMP, number=2, reason="x", by=desk["chief"], at=LATER).withdrawn_by == "chief"


def test_a_draft_that_was_published_stands_on_the_newest_version(desk):
    draft = handed_in(desk)
    handing.publish(draft=draft.pk, number=draft.number, by=desk["chief"], at=LATER)
    draft.refresh_from_db()
    assert drafted.newer(draft) is None
    assert drafting.arrive(draft=draft.pk, by=desk["ann"], at=LATER) == []


def test_a_paper_of_a_strange_name_stays_outside(desk):
    sound = draftfiles.skeleton("harmless", "甲", "", "2026-05-06")
    names = {"service.yaml": sound.declaration, "x" * 300 + ".typ": "a", "..\\z.typ": "b", "letter.typ": "c"}
    draft = drafting.take_in(data=zipped(**names), by=desk["ann"], at=AT)
    assert list(draft.papers) == ["letter.typ"]
    assert drafted.checks(draft)
