"""One way into every archive: what it unpacks to is counted, whatever it claims."""

import io
import zipfile
import zlib

import pytest

from lianxin.catalogue import draftfiles
from lianxin.engine.refusal import Refusal
from lianxin.people import archives, workbook
from lianxin.people.errors import TooLarge
from tests.people.ledgers import FAMILY, as_xlsx, swollen


def packed(texts, claims=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
            if claims is not None:
                part = archive.getinfo(name)
                part.file_size, part.CRC = claims, zlib.crc32(text[:claims].encode())
    return out.getvalue()


def test_a_folder_that_unpacks_to_more_than_it_claims_is_refused_in_a_sentence():
    bomb = packed({"a/service.yaml": "a" * (draftfiles.LARGEST + 1)}, claims=10)
    with pytest.raises(Refusal) as refused:
        draftfiles.unzipped(bomb)
    assert "2" in refused.value.sentence
    assert draftfiles.unzipped(packed({"a/service.yaml": "code: a", "a/no.txt": "b"})).keys()


def test_a_ledger_is_held_to_what_a_machine_of_two_gigabytes_can_read(tmp_path, monkeypatch):
    assert workbook.MOST_UNPACKED <= 1024**3
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 100_000)
    monkeypatch.setattr(workbook.bounded, "__kwdefaults__", {"cells": workbook.MOST_CELLS, "unpacked": 100_000})
    assert workbook.open_book(as_xlsx(tmp_path / "a.xlsx", FAMILY)).kind == "xlsx"
    with pytest.raises(TooLarge):
        workbook.open_book(swollen(as_xlsx(tmp_path / "b.xlsx", FAMILY), 200_000))


def test_too_many_parts_are_too_much():
    many = packed({f"a/{number}.yaml": "" for number in range(draftfiles.MOST + 1)})
    with pytest.raises(TooLarge), archives.opened(io.BytesIO(many), most=1024, parts=draftfiles.MOST):
        pass
