"""Whatever an address is asked with, it answers: digits that are none, numbers beyond every database, NUL."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.house.test_deny_by_default import PLAIN, signed_in, staff, walkers  # noqa: F401  (a fixture)

NAMES = ("after", "area", "as-of", "case", "day", "down", "everywhere", "figure", "for", "from", "house", "kind", "known-at",
         "list", "mine", "number", "office", "page", "q", "role", "service", "sort", "state", "step", "template", "text",
         "to", "visits")  # fmt: skip
ROUGH = ("²", "9" * 30, "-1", "１２", "\x00", "'\"><script>", "0", "\u202e")


@pytest.mark.parametrize("role", walkers("clerk", "reviewer", "operator", "security", "payment-maker", "auditor"))
def test_no_address_breaks(staff, role):  # noqa: F811
    client = signed_in(staff[role])
    client.raise_request_exception = False
    broken = [
        (route, value)
        for route, entry in PLAIN
        if client.get(f"/{route}").status_code == 200
        for value in ROUGH
        if client.get(f"/{route}", dict.fromkeys(NAMES, value)).status_code >= 500
    ]
    assert broken == []


@pytest.mark.parametrize("name", ["text", "q"])
def test_offices_and_accounts_are_found_by_what_is_typed(staff, name):  # noqa: F811
    assert signed_in(staff["operator"]).get("/console/offices/", {name: "4199"}).status_code == 200
    assert signed_in(staff["security"]).get("/console/accounts/", {name: "甲"}).status_code == 200


@pytest.mark.parametrize("given", [
    {"rows": "x" * 200_000, "on": "2026-01-01"}, {"rows": "419902,甲,A", "on": "no day"}, {"rows": "419902,甲,A"},
])  # fmt: skip
def test_a_list_of_areas_that_the_page_never_sent_is_not_taken(staff, given):  # noqa: F811
    assert signed_in(staff["operator"]).post("/console/areas/list/", given).status_code < 500


def test_an_official_list_with_a_title_and_its_own_order_is_previewed(staff):  # noqa: F811
    text = "某市区划表,,\n序号,名称,区划代码\n1,甲县,419998000000\n2,乙县,4１9997\n"
    given = {"file": SimpleUploadedFile("list.csv", text.encode("gb18030")), "on": "2026-01-01", "paper": "文"}
    shown = signed_in(staff["operator"]).post("/console/areas/list/", given).content.decode()
    assert all(said in shown for said in ("419998", "甲县", "419997", "乙县"))
