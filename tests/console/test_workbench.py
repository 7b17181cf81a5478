"""The workbench's pages: every part of every shipped service opens and gives back what it shows, letter by letter."""

import datetime as dt
import re
import shutil
from html.parser import HTMLParser

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from lianxin.access import actions as access
from lianxin.access.models import Account
from lianxin.catalogue import actions, drafted, draftfiles, drafting
from lianxin.catalogue.models import Draft
from lianxin.console import workconditions
from lianxin.console.workbench import READ, SHOW
from lianxin.console.workwords import PARTS
from lianxin.engine import clock, documents
from lianxin.engine.scope import Actor, over
from lianxin.engine.sketch import SECTIONS, sketch
from tests.house.test_deny_by_default import signed_in

AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
SYSTEM = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199", name="operator")
ACCOMP = "accomp-subsidy"


class Fields(HTMLParser):
    """What a browser would send of a form as it stands."""

    def __init__(self, body):
        super().__init__()
        self.sent, self.problem, self._select, self._area = {}, [], None, None
        self.feed(body)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in given:
                return
            self.sent.setdefault(name, []).append(given.get("value") or "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.sent:
                self.sent[self._select] = [given.get("value") or ""]
        elif tag == "textarea" and name:
            self._area = name
            self.sent[name] = [""]

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data):
        if self._area:
            self.sent[self._area][0] += data


@pytest.fixture
def city(db, tmp_path, settings):
    shipped = settings.CATALOGUE
    settings.DEMO, settings.CATALOGUE = True, tmp_path / "catalogue"
    for code in (ACCOMP, "household-help", "good-news", "contact-change"):
        shutil.copytree(shipped / "services" / code, settings.CATALOGUE / "services" / code)
    shutil.copy(shipped / "attributes.yaml", settings.CATALOGUE)
    access.add_areas(areas=[("4199", "澄川市", "Chengchuan")], by=SYSTEM, at=AT)
    for name, role in (("ann", "policy"), ("chief", "approver")):
        access.seat(username=name, name=name, role=role, area="4199", by=SYSTEM, at=AT)
    actions.publish(path=settings.CATALOGUE, by=SYSTEM, at=AT, approved_by="two people")
    return {name: signed_in(Account.objects.get(username=name)) for name in ("ann", "chief")}


def began(client, service=ACCOMP):
    answer = client.post(reverse("console:draft-begin"), {"service": service})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return Draft.objects.get(service=service)


def page(client, draft, part, **more):
    answer = client.get(reverse("console:draft", args=[draft.pk]), {"part": part, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def send(client, draft, part, *, htmx=True, **changes):
    """The part as the page shows it, with some fields changed."""
    body = page(client, draft, part)
    sent = Fields(re.search(r'<form id="part".*?</form>', body, re.S).group()).sent
    for name, value in changes.items():
        sent[name.replace("__", "-")] = [value]
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse("console:draft-save", args=[draft.pk, part]), sent, headers=headers)


@pytest.mark.parametrize("service", [ACCOMP, "household-help", "good-news", "contact-change"])
def test_a_part_that_nobody_changed_changes_no_letter(city, service):
    draft = began(city["ann"], service)
    before = (draft.declaration, draft.examples)
    for part in (*READ, "conditions"):
        answer = send(city["ann"], draft, part)
        assert answer.status_code == 200, (part, answer.content.decode()[:400])
        draft.refresh_from_db()
        assert (draft.declaration, draft.examples) == before, part
    assert draft.number == 1


SHIPPED = sorted(one.name for one in (django_settings.CATALOGUE / "services").iterdir())


@pytest.mark.parametrize("part", [*READ, "conditions"])
def test_every_shipped_service_is_read_back_as_it_was_written(part):
    """Each folder: the part shown and sent back untouched is the same data, conditions taken apart into rows too."""
    known_facts = draftfiles.facts()
    for code in SHIPPED:
        folder = django_settings.CATALOGUE / "services" / code
        known = sketch(code, (folder / "service.yaml").read_text(), (folder / "examples.yaml").read_text(), known_facts)
        given = {**SHOW[part](known), "part": part, "parts": [], "writes": True, "draft": Draft(pk=1, service=code)}
        sent = MultiValueDict(Fields(render_to_string("console/workbench/_inside.html", given)).sent)
        if part == "examples":
            assert READ[part](known, sent, "") == known.cases, code
            continue
        if part == "conditions":
            wanted, turn = workconditions.read_conditions(known, sent, "")
            assert turn.half == {} and not turn.spoken, code
        else:
            wanted = READ[part](known, sent, "")
        was = {key: known.data[key] for key in SECTIONS[part] if key in known.data}
        assert {key: value for key, value in wanted.items() if key in SECTIONS[part]} == was, code


def test_a_value_typed_in_yuan_is_kept_in_fen_and_the_sentence_comes_back(city):
    draft = began(city["ann"])
    answer = send(city["ann"], draft, "amount", p__monthly_rate__v__1="950.50")
    assert answer.headers["X-Saved"] == "2"
    assert "950.50" in answer.content.decode()
    draft.refresh_from_db()
    assert "2023-01-01: 95050}" in draft.declaration
    send(city["ann"], draft, "amount", p__monthly_rate__v__1="lots")
    draft.refresh_from_db()
    assert drafted.read(draft).errors  # kept as typed, and named by the checker
    assert "lots" in draft.declaration


def test_dated_values_tables_and_new_numbers(city):
    draft = began(city["ann"], "good-news")
    for act in ("p-add", "p-number_1-date-add"):
        answer = send(city["ann"], draft, "amount", act=act, new__zh="补贴", new__en="extra", new__unit="fen",
                      new__by="best_merit")  # fmt: skip
        assert answer.status_code == 200
    draft.refresh_from_db()
    made = documents.plain(documents.parse(draft.declaration, "x"))["parameters"]["number_1"]
    assert made["by"] == ["best_merit"]
    assert len(made["values"]) == 2
    assert drafted.read(draft).parameters["number_1"].by == ("best_merit",)
    send(city["ann"], draft, "amount", act="p-number_1-row-del-0")
    send(city["ann"], draft, "amount", act="p-number_1-date-del-1")
    draft.refresh_from_db()
    again = documents.plain(documents.parse(draft.declaration, "x"))["parameters"]["number_1"]
    assert len(again["values"]) == 1
    assert len(next(iter(again["values"].values()))) == len(next(iter(made["values"].values()))) - 1
    send(city["ann"], draft, "amount", act="p-del-number_1")
    draft.refresh_from_db()
    assert "number_1" not in draft.declaration


def test_a_row_of_a_condition_is_built_from_a_chinese_name(city):
    draft = began(city["ann"])
    answer = send(city["ann"], draft, "conditions", **{"who__0__b.0.f": "年龄", "shape": "1"})
    body = answer.content.decode()
    assert 'id="inside"' in body
    assert "年龄不少于1" in body
    draft.refresh_from_db()
    assert "- test: age >= 1\n" in draft.declaration
    answer = send(city["ann"], draft, "conditions", **{"who__0__b.0.f": "年岭"})
    assert "最接近的是“年龄”" in answer.content.decode()
    draft.refresh_from_db()
    assert "- test: age >= 1\n" in draft.declaration  # what says nothing yet takes nothing away


def test_words_go_along_with_their_condition_until_somebody_writes_others(city):
    draft = began(city["ann"])
    send(city["ann"], draft, "conditions", act="who-add")
    place = len(drafted.read(draft := Draft.objects.get(pk=draft.pk)).data["who"]) - 1
    send(city["ann"], draft, "conditions", **{f"who__{place}__b.0.f": "年龄", "shape": "1"})
    field = f"who-{place}-say.zh"

    def fields():
        return Fields(
            re.search(r'<form id="part".*?</form>', page(city["ann"], draft, "conditions"), re.S).group()
        ).sent

    def turn(given, **changes):
        given |= {name: [value] for name, value in changes.items()} | {"base": fields()["base"]}
        answer = city["ann"].post(
            reverse("console:draft-save", args=[draft.pk, "conditions"]), given, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
        return answer.content.decode()

    drawn = fields()
    assert drawn[field] == ["年龄不少于1"]
    answer = turn(dict(drawn), **{f"who-{place}-b.0.v0": "18"})
    assert 'value="年龄不少于18"' in answer  # the page's own fields are drawn anew
    # the next turn leaves before that answer came: what the page still shows is not taken for somebody's words
    turn(dict(drawn), **{f"who-{place}-b.0.v0": "18"})
    assert fields()[field] == ["年龄不少于18"]
    turn(fields(), **{field: "已满十八周岁"})
    answer = turn(fields(), **{f"who-{place}-b.0.v0": "20"})
    assert fields()[field] == ["已满十八周岁"]
    assert f'id="who-{place}-words"' not in answer


def test_groups_rows_and_text_are_one_condition(city):
    draft = began(city["ann"])
    send(city["ann"], draft, "conditions", act="who-0-group-")
    answer = send(city["ann"], draft, "conditions", act="who-0-as-text")
    assert "The condition as text" in answer.content.decode() or "条件的文字写法" in answer.content.decode()
    sent = {"who__0__text": "accompanying OR CASE WHEN serving THEN veteran ELSE alive END"}
    body = page(city["ann"], draft, "conditions")
    fields = Fields(re.search(r'<form id="part".*?</form>', body, re.S).group()).sent
    for name in [name for name in fields if name.startswith("who-0-b")]:
        del fields[name]
    fields |= {"who-0-text": [sent["who__0__text"]], "who-0-view": ["text"]}
    city["ann"].post(reverse("console:draft-save", args=[draft.pk, "conditions"]), fields)
    draft.refresh_from_db()
    assert sent["who__0__text"] in draft.declaration
    rows = page(city["ann"], draft, "conditions")
    assert "CASE WHEN serving THEN veteran ELSE alive END" in rows  # a piece no row can say stays text among rows
    assert 'name="who-0-b.1.t"' in rows
    send(city["ann"], draft, "conditions", act="who-0-cut-1")
    draft.refresh_from_db()
    assert "- test: accompanying\n" in draft.declaration


def test_desks_move_and_a_step_takes_what_it_needs(city):
    draft = began(city["ann"])

    def route():
        draft.refresh_from_db()
        return [one["step"] for one in documents.plain(documents.parse(draft.declaration, "x"))["route"]]

    before = route()
    send(city["ann"], draft, "route", act="route-up-1")
    assert route() == [before[1], before[0], *before[2:]]
    send(city["ann"], draft, "route", act="route-add", route__new="publicise")
    assert route() == [before[1], before[0], *before[2:5], "publicise", "deliver"]
    send(city["ann"], draft, "route", act="route-del-5")
    send(city["ann"], draft, "route", act="route-down-0")
    assert route() == before
    send(city["ann"], draft, "route", **{"route__0__within.n": "1"})
    draft.refresh_from_db()
    assert "within: 1 working day}" in draft.declaration


def test_questions_are_drawn_as_the_app_draws_them(city):
    draft = began(city["ann"])
    send(city["ann"], draft, "form", act="form-add")
    answer = send(city["ann"], draft, "form", form__1__zh="你要哪一种", form__1__kind="choice", form__1__code="way")
    assert answer.status_code == 200
    send(city["ann"], draft, "form", form__1__choices="bus = 公交 | bus\nfoot = 步行 | on foot")
    draft.refresh_from_db()
    assert drafted.read(draft).errors == []
    shown = city["ann"].get(reverse("form-preview", args=[draft.pk]))
    body = shown.content.decode()
    assert "你要哪一种" in body
    assert ">公交</option>" in body
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]


def test_examples_are_judged_as_they_are_typed(city):
    draft = began(city["ann"])
    answer = send(city["ann"], draft, "examples", e__0__g__accompanying="false").content.decode()
    assert "算出来是 not_entitled" in answer
    answer = send(city["ann"], draft, "examples", act="e-take-0")
    draft.refresh_from_db()
    assert documents.plain(documents.parse(draft.examples, "x"))[0]["expect"] == {
        "verdict": "not_entitled",
        "because": [0],
    }
    send(city["ann"], draft, "examples", act="e-copy-1")
    send(city["ann"], draft, "examples", act="e-del-0")
    draft.refresh_from_db()
    assert len(documents.plain(documents.parse(draft.examples, "x"))) == 4


def test_a_stale_page_is_told_and_its_words_stay(city):
    draft = began(city["ann"])
    stale = Fields(re.search(r'<form id="part".*?</form>', page(city["ann"], draft, "amount"), re.S).group()).sent
    send(city["ann"], draft, "amount", p__monthly_rate__v__1="950")
    stale["p-monthly_rate-v-1"] = ["970"]
    address = reverse("console:draft-save", args=[draft.pk, "amount"])
    answer = city["ann"].post(address, stale, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "95000" in answer.content.decode()
    assert city["ann"].post(address, {**stale, "act": "force"}, headers={"HX-Request": "true"}).status_code == 200
    draft.refresh_from_db()
    assert "97000" in draft.declaration


def test_a_stale_text_without_scripts_is_on_the_page_that_refuses_it(city):
    draft = began(city["ann"])
    stale = Fields(re.search(r'<form id="part".*?</form>', page(city["ann"], draft, "text"), re.S).group()).sent
    send(city["ann"], draft, "amount", p__monthly_rate__v__1="950")
    draft.refresh_from_db()
    stale["text"] = ["# 我写的 <b>\n" + draft.declaration]
    answer = city["ann"].post(reverse("console:draft-save", args=[draft.pk, "text"]), stale)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "# 我写的 &lt;b&gt;" in text and text.count("95000") >= 2
    again = Fields(re.search(r'<form class="card stack".*?</form>', text, re.S).group()).sent
    done = city["ann"].post(reverse("console:draft-save", args=[draft.pk, "text"]), {**again, "act": "force"})
    assert done.status_code == 302
    draft.refresh_from_db()
    assert draft.declaration.startswith("# 我写的 <b>")


def test_without_scripts_the_part_is_kept_all_the_same(city):
    draft = began(city["ann"])
    answer = send(city["ann"], draft, "basics", htmx=False, **{"summary.zh": "换一句话"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert "summary: {zh: 换一句话, en:" in draft.declaration


def test_an_unreadable_text_is_kept_and_every_page_still_opens(city):
    draft = began(city["ann"])
    for text in (
        "who: [",
        "- a\n- b\n",
        "",
        "name: 3\nroute: no\nparameters: [1]\nform: {properties: 4}\nwho: {a: b}\nunless: x\n",
    ):
        assert send(city["ann"], draft, "text", text=text).status_code == 200
        draft.refresh_from_db()
        for part in PARTS:
            page(city["ann"], draft, part)
        assert city["ann"].get(reverse("form-preview", args=[draft.pk])).status_code == 200
        for part in (*READ, "conditions"):
            body = page(city["ann"], draft, part)
            if '<form id="part"' in body:
                assert send(city["ann"], draft, part).status_code in {200, 409}, (text, part)
        send(city["ann"], draft, "text", text=text)
    for text in ("- [", "a: b", "- 3\n", "[]"):
        draft.refresh_from_db()
        drafting.save(draft=draft.pk, section="examples-text", wanted=text, base="", force=True, at=clock.now(),
                      by=SYSTEM)  # fmt: skip
        page(city["ann"], draft, "examples")


def test_facts_are_found_by_name_pinyin_and_code(city):
    draft = began(city["ann"])
    for word in ("年龄", "nianling", "nl", "age"):
        answer = city["ann"].get(reverse("console:draft-facts", args=[draft.pk]), {"q": word}).content.decode()
        assert 'data-value="年龄"' in answer, word
    assert 'data-value=":月补助标准"' in city["ann"].get(
        reverse("console:draft-facts", args=[draft.pk]), {"q": "月补"}).content.decode()  # fmt: skip


def test_an_approver_reads_and_decides_and_writes_nothing(city):
    draft = began(city["ann"])
    assert "disabled" in page(city["chief"], draft, "amount")
    assert city["chief"].post(reverse("console:draft-save", args=[draft.pk, "amount"]), {}).status_code == 404
    assert city["chief"].post(reverse("console:draft-act", args=[draft.pk, "submit"]), {}).status_code == 404
    answer = city["ann"].post(reverse("console:draft-publish", args=[draft.pk]), {"number": "1"}, follow=True)
    assert "发布要由另一个人来做" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert city["ann"].post(reverse("console:draft-publish", args=[0]), {}).status_code == 404
    assert city["ann"].post(reverse("console:draft-give-back", args=[draft.pk]), {}).status_code == 404


def test_publishing_asks_for_the_second_step_again(city, settings):
    draft = began(city["ann"])
    client = Client()
    client.force_login(Account.objects.get(username="chief"))
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 1}]
    session.save()
    answer = client.post(reverse("console:draft-publish", args=[draft.pk]), {"number": "1"})
    assert answer.status_code == 302
    assert "reauthenticate" in answer.headers["Location"]


def test_pages_speak_one_language(city):
    draft = began(city["ann"])
    with translation.override("en"):
        city["ann"].cookies.load({"django_language": "en"})
        for part in ("conditions", "examples", "publish"):
            body = page(city["ann"], draft, part)
            text = re.sub(r"<(script|style|textarea|pre|option)[^>]*>.*?</\1>|<[^>]+>", " ", body, flags=re.S)
            words = set(re.findall(r"[\u4e00-\u9fff]{2,}", text)) - {"兵役法", "军人抚恤优待条例", "连心", "中文"}
            assert not words, (part, words)


def test_what_no_page_sends_breaks_nothing(city):
    draft = began(city["ann"], "good-news")
    acts = ["", "x", "who-say-99", "who-say-x", "who-del-99999999", "who-0-cut-", "who-0-cut-9.9", "who-0-higher-0", "who-0-row-0",
            "p-bonus-date-del-x", "p-x-date-add", "p-bonus-row-del-77", "route-up-x", "route-add", "form-copy-3", "e-take-999",
            "e-fact-add", "basics-x", "kinds-add", "p-add", "force"]  # fmt: skip
    counts = {f"{one}-n": "x" for one in ("who", "unless", "basis", "kinds", "route", "materials", "form", "e")}
    odd = (
        {},
        counts,
        dict.fromkeys(counts, "999"),
        {"route-new": "nothing", "new-unit": "?", "new-by": "zz", "act": "p-add"},
    )
    of_part = {"who": "conditions", "p": "amount", "e": "examples", "kinds": "basics"}
    sent_to = [(of_part.get(act.split("-")[0], act.split("-")[0]), {"act": act}) for act in acts]
    for part, sent in [*((part, more) for part in (*READ, "conditions") for more in odd), *sent_to]:
        if part in (*READ, "conditions"):
            status = city["ann"].post(reverse("console:draft-save", args=[draft.pk, part]), sent).status_code
            assert status in {302, 409}, (part, sent, status)
    for file in ("paper:../../x.typ", "nothing", "paper:a", "basics", "amount", "conditions"):
        sent = {"file": file, "text": "x", "base": ""}
        assert city["ann"].post(reverse("console:draft-save", args=[draft.pk, "text"]), sent).status_code == 404
    assert city["ann"].post(reverse("console:draft-save", args=[draft.pk, "nothing"]), {}).status_code == 404
    sent = {"file": "text", "text": "x" * 70_000}
    assert city["ann"].post(reverse("console:draft-save", args=[draft.pk, "text"]), sent).status_code == 409
    for number in ("²", "9" * 5000, "-1"):
        assert city["ann"].get(reverse("console:drafts"), {"after": number}).status_code == 200
        address = reverse("console:draft-publish", args=[draft.pk])
        assert city["chief"].post(address, {"number": number}).status_code == 302
    for part in PARTS:
        page(city["ann"], draft, part)


def test_the_address_of_a_refused_form_opens_the_desk_again(city):
    client = city["ann"]
    broken = SimpleUploadedFile("folder.zip", b"no zip")
    assert client.post(reverse("console:draft-import"), {"folder": broken}).status_code == 422
    assert client.post(reverse("console:draft-new"), {"code": "Nein"}).status_code == 422
    for name in ("console:draft-import", "console:draft-new"):
        again = client.get(reverse(name))
        assert (again.status_code, again.url) == (302, reverse("console:drafts"))
        assert city["chief"].get(reverse(name)).status_code == 404
