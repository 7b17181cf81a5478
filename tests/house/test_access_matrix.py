"""Every address that names an object × every role × own, sibling and parent area: what is elsewhere reads as nothing.

An address with an object in it that is not listed in RULES fails: whoever adds one says here what it shows.
"""

import datetime as dt
import re

import pytest

from lianxin.access.roles import ROLES
from lianxin.engine.scope import Actor, over
from tests.house.test_deny_by_default import ALL, Shut, signed_in, walkers

AT = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
OPERATOR = Actor(permissions=frozenset({"*"}), scope=over("4199"), area="4199")

# The name of an address → which object of the world fills its parts. "open" addresses name nothing that has an area.
RULES: dict[str, dict[str, str]] = {
    **{
        name: {"pk": "case"}
        for name in (
            "again",
            "supplement",
            "say-no",
            "say-yes",
            "rate",
            "received",
            "withdraw",
        )
    },
    "circle-one": {"person": "person"},
    "circle-ask": {"person": "person"},
    "circle-do": {"person": "person", "what": "=leave"},
    "circle-page": {"person": "person"},
    "circle-handed": {"person": "person"},
    "circle-answered": {"sheet": "person"},  # no sheet lies with this office: reads as nothing
    "apply": {"code": "=accomp-subsidy"},
    "object-back": {"service": "=accomp-subsidy"},
    "ask-for": {"code": "=household-help", "kind": "=repair"},
    "door": {"worry": "=home"},
    "why": {"code": "=accomp-subsidy"},
    "wrong": {"code": "=accomp-subsidy", "fact": "=accompanying"},
    **{name: {"batch": "batch"} for name in ("batch", "batch-answer", "batch-file", "batch-sheet")},
    "batch-act": {"batch": "batch", "what": "=check"},
    "replay": {"replay": "replay"},
    "replay-act": {"replay": "replay", "what": "=leave"},
    "person-phone": {"person": "person"},
    "quiet": {"person": "person"},
    "person-card-code": {"person": "person"},
    # nobody of the world holds a card: read as nothing; tests/cards has who may
    "person-card-sheet": {"person": "person", "card": "person"},
    "person-card-end": {"person": "person", "card": "person", "credential": "person"},
    "card-code-renew": {"card": "person"},
    "card-code-paper": {"card": "person"},
    "card-code-end": {"card": "person", "credential": "person"},
    **{
        name: {"event": "event"}
        for name in (
            "event",
            "event-change",
            "event-cancel",
            "event-sheet",
            "event-picture-add",
            "event-join",
            "event-leave",
        )
    },
    "event-do": {"event": "event", "what": "=tick"},
    "event-picture": {"event": "event", "picture": "picture"},
    "event-photo": {"event": "event", "picture": "picture"},
    **{name: {"offer": "offer"} for name in ("offer", "offer-stop", "my-offer-stop")},
    "certificate": {"number": "=ZS-2026-00001-AAAAAA"},
    **{name: {"gift": "gift"} for name in ("gift", "gift-receipt", "my-receipt")},
    "gift-do": {"gift": "gift", "what": "=back"},
    "card": {"card": "card"},
    "card-do": {"card": "card", "what": "=activate"},
    "card-lost": {"card": "card"},
    "refusal": {"case": "refusal"},
    "filing": {"filing": "filing"},
    "filing-leave": {"filing": "filing"},
    "box": {"box": "box"},
    "box-do": {"box": "box", "what": "=count"},
    "gate": {"device": "device"},
    "gate-do": {"device": "device", "what": "=code"},
    **{name: {"statement": "statement"} for name in ("statement", "statement-paper", "statement-differences")},
    "statement-do": {"statement": "statement", "what": "=check"},
    "programme-end": {"programme": "programme"},
    "event-new": {"programme": "programme"},
    "area": {"code": "area"},
    "area-branch": {"code": "area"},
    "area-change": {"code": "area", "what": "=rename"},
    "office": {"office": "office"},
    "office-desk": {"office": "office", "what": "=add"},
    "account": {"account": "seat"},
    "account-change": {"account": "seat", "what": "=end"},
    "case": {"case": "case", "pk": "case"},
    "case-do": {"case": "case", "verb": "=note"},
    "paper": {"case": "case", "paper": "paper", "pk": "paper"},
    "hand-up": {"case": "case"},
    "house-card": {"family": "family"},
    "handed-answer": {"dispatch": "dispatch", "what": "=take"},
    "open-for": {"person": "person"},
    "open-one": {"person": "person", "code": "=household-help"},
    "call": {"notice": "notice"},
    "called": {"notice": "notice"},
    "person": {"person": "person"},
    "person-account": {"person": "person"},
    "person-verify": {"person": "person", "account": "bank"},
    "person-mandate": {"person": "person"},
    "person-record": {"person": "person", "group": "=livelihood"},
    "person-reveal": {"person": "person"},
    **{
        name: {"person": "person", "group": "=livelihood", "row": "row"}
        for name in ("person-row", "person-correct", "person-end", "person-withdraw", "person-verify-row")
    },
    "person-history": {"person": "person", "group": "=livelihood", "name": "=employment"},
    "person-portrait": {"person": "person"},
    "person-picture": {"person": "person", "scan": "scan"},
    "person-mandate-end": {"person": "person", "mandate": "mandate"},
    "figure": {"code": "=good-news-families", "?area": "area"},
    "figure-rows": {"code": "=good-news-families", "?area": "area"},
    "figure-table": {"code": "=good-news-families", "?area": "area"},
    "review": {"code": "=annual", "?area": "area"},
    "review-write": {"code": "=annual", "?area": "area"},
    "review-publish": {"draft": "draft"},
    "draw-new": {"pk": "publication", "code": "=titles-nation"},
    "published-difference": {"pk": "publication", "code": "=titles-nation"},
    **{name: {"attestation": "attestation"} for name in ("attested-one", "attested-scan")},
    "attested-do": {"attestation": "attestation", "what": "=agree"},
    **{name: {"place": "place"} for name in ("place-change", "place-end")},
    **{
        name: {"code": "=model-city", "year": "=2026", "?area": "area"}
        for name in ("binder", "binder-evidence", "binder-paper", "binder-reviewer")
    },
    "binder-line": {"code": "=model-city", "year": "=2026", "indicator": "=titles", "?area": "area"},
    "binder-do": {"code": "=model-city", "year": "=2026", "indicator": "=titles", "what": "=bind", "?area": "area"},
    "set-aside": {"pk": "aside"},
    "import-run": {"run": "run"},
    "import-accounts": {"run": "run"},
    **{name: {"person": "person"} for name in ("person-data", "person-copy", "person-copy-file")},
    "disposal": {"pk": "disposal"},
    "disposal-act": {"pk": "disposal", "what": "=hold"},
    "why-looked": {"entry": "look"},
    "double": {"pair": "double"},
    "double-ahead": {"pair": "double"},
    "double-apart": {"pair": "double"},
    "double-decide": {"pair": "double", "what": "=dismiss"},
    "person-why": {"person": "person", "code": "=accomp-subsidy"},
    "sheet": {"sheet": "sheet"},
    "sheet-answer": {"sheet": "sheet", "what": "=photo"},
    "sheet-photo": {"sheet": "sheet", "photo": "paper"},  # of no case: tests/console/test_sheets_of_all_kinds.py
    "need": {"need": "need"},
    "need-say": {"need": "need"},
    "case-letter": {"case": "case"},
    "counter": {"person": "person"},
    "counter-why": {"person": "person", "entry": "look"},
    "counter-circle": {"person": "person", "relative": "person", "what": "=leave"},
    **{name: {"person": "person"} for name in ("person-later", "person-plan")},
    "counter-end": {"person": "person", "mandate": "mandate"},
    **{name: {"visits": "visits"} for name in ("visit-list", "visit-decide", "visit-print", "device-take")},
    "visit-act": {"visits": "visits", "what": "=end"},
    "visit-record": {"stop": "stop"},
    "visit-signature": {"report": "report"},
}
# What is published may be read by all who may read such; an uploaded ledger is its uploader's alone.
OPEN = {
    "service",
    "service-guide",  # a printed declaration; families read them without signing in
    "service-poster",
    "service-versions",  # as the service itself: law is nobody's secret; sealed services exist for their list only
    "service-compare",
    "service-withdraw",
    "recovery-act",  # names nobody: whose money it is stands in the form, looked up inside the scope
    "queue-again",
    "restricted-act",  # names no object of an area: its two roles are tested in tests/people/test_restricted.py
    # the city's own sheet and what goes out to everybody; who writes and who publishes: tests/insight
    "tree",
    "tree-new",
    "tree-do",
    "release",
    "release-do",
    "open-data-file",
    "published",
    "published-file",  # sealed leaves, seeds and places: nobody is in it
    "published-rows",
    "question",  # whose it is and over which area decides: tests/console/test_exploring.py
    "screen",  # of one's own area: tests/console/test_screens.py
    "screen-revoke",
    "screen-shown",  # a signed link that shows rounded numbers: the same test
    "draw",  # its counts are public; its rows are those of one's own scope: tests/insight/test_drawing.py
    "draw-do",
    "draw-rows",  # nothing where no drawn row lies in one's scope: the same test
    "object",
    "import",
    "import-blank",
    "import-headers",
    "feed-file",
    "import-load",
    "import-returned",
    "people-saved",  # a list is its owner's and their office's; who is on it is narrowed to the reader's scope
    "people-saved-share",
    "people-saved-end",
    "roster-do",  # names what is done; the office it asks for is tested in tests/access/test_duty.py
    "people-taken",
    "people-taken-file",
    "card-file",  # a file is its maker's alone: tests/cards/test_filings.py
    "card-file-fetch",
    "try-service",  # what is in force, like "service"
    "trial",  # a trial is its maker's alone: tests/console/test_preview.py
    "trial-people",
    "trial-file",
    "waiting",
    "short",  # a signed token on paper: tests/console/test_paper.py
    "short-capitals",
    "stand",
    "settle",
    # a draft belongs to the whole city: who sees it and who decides is tested in tests/catalogue/test_drafts.py
    "draft",
    "draft-save",
    "draft-facts",
    "draft-here",
    "draft-export",
    "draft-act",
    "draft-publish",
    "draft-give-back",
    "form-preview",
    # the city's own table of rights, public once it is published; who writes it: tests/cards/test_scenes.py
    "scene-edition",
    "scene-write",
    "scene-decide",
    "place",  # public places: whoever has the map reads all of them; who changes one: place-change
    "rate-do",  # the city's own rates; who writes and who agrees: tests/cards/test_settling.py
}
OBJECTS = [
    (route, entry)
    for route, entry in ALL
    if "<" in route and not route.startswith("sign-in/") and entry.name not in OPEN
]


def test_every_address_with_an_object_has_a_rule():
    missing = sorted({str(entry.name) for _, entry in OBJECTS} - set(RULES))
    assert missing == [], "say in RULES what these addresses show"


@pytest.fixture
def world(kept_world, db, settings):
    settings.DEMO = True
    return kept_world()


def filled(route, rule, objects):
    parts = {}
    for part in re.findall(r"<(?:\w+:)?(\w+)>", route):
        kind = rule[part]
        parts[part] = kind[1:] if kind.startswith("=") else objects[kind]
    return parts


def address(route, entry, objects):
    parts = filled(route, RULES[entry.name], objects)
    url = "/" + route
    for part, value in parts.items():
        url = re.sub(rf"<(?:\w+:)?{part}>", str(value), url)
    if "?area" in RULES[entry.name]:
        url += f"?area={objects['area']}"
    return url


@pytest.mark.parametrize("role", walkers(*set(ROLES) - {"resident"}))
def test_own_opens_and_elsewhere_reads_as_nothing(world, role):
    client = signed_in(world.staff[role])
    shut, area = Shut(client, world.staff[role]), world.area_of(role)
    for route, entry in OBJECTS:
        if entry.callback.permission not in ROLES[role].may:  # refused before anything is looked up, wherever it lies
            for method in ("get", "post"):
                status = shut.says(entry, method, **filled(route, RULES[entry.name], world.objects["own"]))
                assert status in {404, 405}, (role, method, route, status)
            continue
        for place, objects in world.objects.items():
            url = address(route, entry, objects)
            covered = ROLES[role].reach == "area" and world.areas[place].startswith(area)
            covered |= (entry.name, role, place) == ("handed-answer", "volunteer", "own")  # offered to their own team
            covered &= entry.name not in {"sheet", "sheet-answer"} or "case.view" in ROLES[role].may  # a case's sheet
            covered &= entry.name != "sheet-photo"  # this sheet is a case's, whose photos lie with the case
            for method in ("get", "post"):
                status = getattr(client, method)(url).status_code
                if not covered:
                    assert status in {404, 405}, (role, method, url, place, status)
                else:
                    assert status in {200, 302, 405} or (method == "post" and status < 500), (role, method, url, status)


def test_a_resident_opens_nothing_of_the_console(world):
    client = signed_in(world.resident)
    shut = Shut(client, world.resident)
    for route, entry in OBJECTS:
        if not route.startswith("console/"):
            continue
        if entry.callback.permission not in ROLES["resident"].may:
            assert shut.says(entry, **filled(route, RULES[entry.name], world.objects["own"])) in {404, 405}, route
            continue
        for objects in world.objects.values():
            assert client.get(address(route, entry, objects)).status_code in {302, 404, 405}, route


def test_search_and_lists_count_nothing_from_elsewhere(world):
    for role in sorted(set(ROLES) - {"resident"}):
        client = signed_in(world.staff[role])
        for url in ("/console/search/?q=" + world.names["sibling"], "/console/calls/", "/console/"):
            body = client.get(url, follow=True).content.decode()
            if not world.areas["sibling"].startswith(world.area_of(role)) or ROLES[role].reach != "area":
                assert world.names["sibling"] not in body.replace(f'value="{world.names["sibling"]}"', ""), (role, url)


def test_a_resident_opens_their_own_matters_and_nobody_elses(world):
    client = signed_in(world.resident)
    for route, entry in OBJECTS:
        if route.startswith("console/") or not {"pk", "case", "entry"} & set(RULES[entry.name]):
            continue
        for place, objects in world.objects.items():
            url = address(route, entry, objects)
            for method in ("get", "post"):
                status = getattr(client, method)(url).status_code
                if place == "own":
                    assert status < 500 and (method == "post" or status in {200, 302, 405}), (method, url, status)
                else:
                    assert status in {404, 405}, (method, url, place, status)
