"""A rights case: its own people work on it; a sibling county's clerk cannot see it, not even by a count."""

import re

import pytest

from tests.journeys.conftest import case_of

pytestmark = [pytest.mark.browser, pytest.mark.city]
LOOKED_AT = [
    "/console/",
    "/console/inbox/",
    "/console/cases/",
    "/console/cases/?service=rights-case",
    "/console/figures/",
]


def seen(somebody):
    """Everything an office reads in its lists and counts, times left out."""
    texts = []
    for address in LOOKED_AT:
        if somebody.status(address) == 200:
            texts.append(re.sub(r"\d+:\d\d|\d+ ?分钟", "", somebody.go(address).page.inner_text("main")))
    return texts


def test_a_rights_case_is_nobody_elses_business(be, city):
    person = city.personas["wife"]["person"]
    sibling, clerk = be("sibling"), be("clerk")
    before = seen(sibling)

    rights = be("rights").go(f"/console/people/{person}/open/rights-case/")
    page = rights.page
    page.locator('input[name="kind"][value="marriage-family"]').check(force=True)
    page.fill('[name="form_wish"]', "想请人调解")
    page.locator("main form button.primary, main form button").last.click()
    page.wait_for_url("**/console/cases/*/")
    case = case_of(page.url)
    number = re.search(r"\d{4}-[\w-]+", page.inner_text("main")).group(0)

    for outsider in (sibling, clerk, be("auditor"), be("leader")):
        assert outsider.status(f"/console/cases/{case}/") == 404
        assert outsider.status(f"/cases/{case}/") == 404
        for address in LOOKED_AT:
            if outsider.status(address) == 200:
                outsider.go(address).not_reads(number)
    assert seen(sibling) == before

    rights.does(case, "accept")
    be("wife").go(f"/cases/{case}/").reads("涉军维权", number)
    assert be("sibling").status(f"/console/cases/{case}/") == 404
