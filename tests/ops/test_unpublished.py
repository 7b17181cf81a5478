"""A folder that is newer than the books is told, once per contents; an older one is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lianxin.catalogue import actions, folders
from lianxin.ops import city, policy, start
from tests.factories.casework import AT, ROOT, SYSTEM

NAMES = ("nursing", "job-fair")


@pytest.fixture
def catalogue(db, tmp_path, monkeypatch) -> Path:
    made = tmp_path / "catalogue"
    for name in NAMES:
        shutil.copytree(ROOT / "catalogue" / "services" / name, made / "services" / name)
    shutil.copy(ROOT / "catalogue" / "attributes.yaml", made / "attributes.yaml")
    monkeypatch.setattr(policy, "catalogue", lambda: made)
    monkeypatch.setattr(start, "home", lambda: tmp_path)
    return made


def test_services_of_the_folder_that_no_version_says_are_told_with_the_command(catalogue, tmp_path, capsys):
    assert folders.unpublished(catalogue, tmp_path) == [], "a page reads no folder"
    city.tell_unpublished()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    for words in ("2 services", "2 个事项", "job-fair, nursing", "lianxin catalogue publish"):
        assert words in said
    assert folders.unpublished(catalogue, tmp_path) == sorted(NAMES), "read once, a page says it too"
    actions.publish(path=catalogue, by=SYSTEM, at=AT, approved_by="tests")
    city.tell_unpublished()
    assert capsys.readouterr().err == ""
    file = catalogue / "services" / "nursing" / "service.yaml"
    old = file.read_text(encoding="utf-8")
    file.write_text(old.replace("summary: {zh: ", "summary: {zh: 新写的，", 1), encoding="utf-8")
    assert folders.unpublished(catalogue, tmp_path, read_anew=True) == ["nursing"]
    actions.publish(path=catalogue, by=SYSTEM, at=AT, approved_by="tests")
    file.write_text(old, encoding="utf-8")
    assert folders.unpublished(catalogue, tmp_path, read_anew=True) == [], "an older text is no news"
    file.write_text("code: [", encoding="utf-8")
    city.tell_unpublished()
    assert capsys.readouterr().err == ""
