"""No service cites an article that nobody read: every citation stands in the list of those that were."""

import re
from pathlib import Path

import pytest

from lianxin.engine import attributes
from lianxin.engine.declaring import load_service

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "docs" / "reference" / "cited-articles.md"
ROW = re.compile(r"^\| (\S+) \| \d{4} \| (\d+) \| \S.* \|$", re.MULTILINE)
FOLDERS = sorted((ROOT / "catalogue" / "services").iterdir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_cited_article_was_read(folder):
    read = set(ROW.findall(LIST.read_text(encoding="utf-8")))
    service = load_service(folder, facts=attributes.vocabulary_for(folder))
    cites = [
        *service.basis,
        *(one.cite for one in (*service.who, *service.unless, *service.parameters.values()) if one.cite),
    ]
    unread = {(one.law, one.article) for one in cites if one.law and one.article} - read
    assert not unread, f"read the article, then add its row to {LIST.relative_to(ROOT)}"


def test_a_found_number_says_where():
    for folder in FOLDERS:
        service = load_service(folder, facts=attributes.vocabulary_for(folder))
        for parameter in service.parameters.values():
            assert parameter.standing != "found" or (parameter.cite and parameter.cite.article), (
                folder.name,
                parameter.code,
            )
