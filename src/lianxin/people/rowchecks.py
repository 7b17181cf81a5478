"""Check whole rows of a ledger: what belongs together, what contradicts, what is one person."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import polars as pl

from lianxin.people import cells
from lianxin.people.cells import DTYPES
from lianxin.people.columns import BY_CODE
from lianxin.people.ledgers import EVERY, KEY, Kind
from lianxin.people.reading import ROW, SHEET, UID, Fault, Ledger, Relative, Told

_FLAGS = ("combat", "nuclear_test", "returned_sick", "enlisted_before_1954", "disabled_soldier", "accompanying")
_MANY = ("merit", "merit_on", "merit_wartime", "kin_number", "kin_kind", "categories")
_APART = {"county", "township", "village", *_MANY}
REFS = ("spouse", "father", "mother", "guardian")


def complete(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows with every column of the ledger, and birth date and sex from the ID number where they are blank."""
    absent = [
        pl.lit(None, dtype=pl.String if column.code in _MANY else DTYPES[column.kind]).alias(column.code)
        for column in EVERY.values()
        if column.code not in rows.columns and column.code not in {"county", "township", "village"}
    ]
    rows = rows.with_columns(*absent, pl.lit(None, dtype=pl.Boolean).alias("disabled_soldier"))
    number = pl.col("id_number")
    return rows.with_columns(
        number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False).alias("#born"),
        pl.when(number.is_not_null())
        .then(pl.when(number.str.slice(16, 1).is_in(["1", "3", "5", "7", "9"])).then(pl.lit("male"))
              .otherwise(pl.lit("female"))).alias("#sex"),
    )  # fmt: skip


def categories(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    """The categories column as the flags it stands for; a flag's own column wins."""
    faults: list[Fault] = []
    choose = cells.chooser(BY_CODE["categories"])
    given: dict[str, dict[int, bool]] = defaultdict(dict)
    for uid, text in rows.select(UID, "categories").drop_nulls().iter_rows():
        for word in filter(None, cells.parts(text)):
            code, fault = choose(word)
            if fault:
                faults.append(Fault(uid, "categories", "choice"))
            else:
                given[code][uid] = True
    for code, flags in given.items():
        mark = pl.Series("#flag", [True], dtype=pl.Boolean).new_from_index(0, len(flags))
        table = pl.DataFrame({UID: pl.Series(list(flags), dtype=pl.Int64), "#flag": mark})
        rows = rows.join(table, on=UID, how="left", maintain_order="left")
        rows = rows.with_columns(pl.coalesce(code, "#flag").alias(code)).drop("#flag")
    return rows, faults


Award = tuple[str, dt.date | None, bool]


def awards(rows: pl.DataFrame, day: dt.date) -> tuple[dict[int, list[Award]], list[Fault]]:
    """Each row's awards: class, day, wartime. A day is needed; so many days as classes."""
    found: dict[int, list[Award]] = {}
    faults: list[Fault] = []
    choose = cells.chooser(BY_CODE["merit"])
    some = rows.select(UID, "merit", "merit_on", "merit_wartime").filter(
        pl.any_horizontal(pl.col("merit", "merit_on", "merit_wartime").is_not_null())
    )
    value: Any
    for uid, merit, on, wartime in some.iter_rows():
        merits, days, wars = cells.parts(merit), cells.parts(on), cells.parts(wartime)
        merits = [word for word in merits if word not in {"无", "否"}] if merits in (["无"], ["否"]) else merits
        made: list[Award] = []
        for place in range(max(len(merits), len(days))):
            word, when = _at(merits, place), _at(days, place)
            if not word and not when:
                continue
            value, fault = choose(word) if word else (None, "merit-missing")
            awarded, wrong = cells.day(when) if when else (None, "merit-day")
            war, unclear = cells.yes_no(_at(wars, place)) if _at(wars, place) else ("战" in word, None)
            wrong = wrong or ("future" if awarded is not None and awarded > day else None)
            faults += [
                Fault(uid, column, said)
                for column, said in (("merit", fault), ("merit_on", wrong), ("merit_wartime", unclear))
                if said
            ]
            if not (fault or wrong or unclear):
                made.append((value, awarded, bool(war)))
        if made:
            found[uid] = list(dict.fromkeys(made))
    return found, faults


def _at(values: list[str], place: int) -> str:
    return values[place] if place < len(values) else ""


def kin(rows: pl.DataFrame) -> tuple[dict[int, list[Relative]], list[Fault]]:
    """Each row's named relatives; ``ward`` is whose guardian the relative is."""
    found: dict[int, list[Relative]] = defaultdict(list)
    faults: list[Fault] = []
    told = {
        uid: Told(since, until, ended or "", basis or "", paper or "")
        for uid, since, until, ended, basis, paper in rows.filter(
            pl.any_horizontal(pl.col(*_TOLD).is_not_null())
        ).select(UID, *_TOLD, "paper").iter_rows()
    }  # fmt: skip
    what = {"spouse": "spouse", "father": "child", "mother": "child", "guardian": "ward"}
    kind: Any
    for column, kind in what.items():
        for uid, number in rows.select(UID, column).drop_nulls().iter_rows():
            found[uid].append(Relative(number, kind, column, told.get(uid, Told())))
    choose = cells.chooser(BY_CODE["kin_kind"])
    for uid, numbers, kinds in rows.select(UID, "kin_number", "kin_kind").filter(
        pl.any_horizontal(pl.col("kin_number", "kin_kind").is_not_null())
    ).iter_rows():  # fmt: skip
        who, how = cells.parts(numbers), cells.parts(kinds)
        for place in range(max(len(who), len(how))):
            number, word = _at(who, place), _at(how, place)
            if not number and not word:
                continue
            read, wrong = cells.persons(pl.Series("kin", [number or None], dtype=pl.String))
            kind, unclear = choose(word) if word else (None, "kin-kind")
            fault = wrong[0] or (None if number else "kin-number")
            faults += [
                Fault(uid, column, said) for column, said in (("kin_number", fault), ("kin_kind", unclear)) if said
            ]
            if not (fault or unclear):
                found[uid].append(Relative(read[0], kind, "kin_number", told.get(uid, Told())))
    return dict(found), faults


_TOLD = ("kin_since", "kin_until", "kin_ended_by", "kin_basis")


def rows(frame: pl.DataFrame, day: dt.date, already: set[int], kind: Kind) -> list[Fault]:
    """Rules over several cells of a row, by the cell to mend."""
    missing = {"name-missing", "key-missing", "finds-missing", "needed"}
    broken = frame.select(
        UID, *(rule.fill_null(False).alias(str(place)) for place, (_c, _r, rule) in enumerate(_rules(day, kind)))
    )
    found: list[Fault] = []
    for place, (column, reason, _rule) in enumerate(_rules(day, kind)):
        uids = broken.filter(pl.col(str(place)))[UID].to_list()
        found += [Fault(uid, column, reason) for uid in uids if uid not in already or reason not in missing]
    return found


_TOGETHER = {"grade-missing": "disability_grade", "bereaved-as-missing": "bereaved_as", "bank-missing": "bank",
             "bereaved-of-missing": "bereaved_of"}  # fmt: skip


def _rules(day: dt.date, kind: Kind) -> list[tuple[str, str, pl.Expr]]:
    """The rules of a ledger; what belongs together is asked for only where the ledger has a column for it."""
    return [one for one in _every_rule(day, kind) if _TOGETHER.get(one[1], kind.codes[0]) in kind.codes]


def _every_rule(day: dt.date, kind: Kind) -> list[tuple[str, str, pl.Expr]]:
    today = pl.lit(day)
    born = pl.coalesce("born_on", "#born")
    number = pl.col("id_number").is_not_null()
    file = pl.col("file_number").is_not_null()
    keyed = number | file
    contact = pl.col("phone").is_not_null() | pl.col("household").is_not_null()
    unnamed = pl.col("name").is_null()
    if kind.opens:
        keys = [
            ("name", "name-missing", unnamed),
            ("id_number", "key-missing", ~keyed & (pl.col("born_on").is_null() | pl.col("home").is_null() | ~contact)),
        ]
    else:
        keys = [
            ("id_number", "finds-missing", ~keyed & (unnamed | pl.col("born_on").is_null() | pl.col("home").is_null()))
        ]
    return [
        *keys,
        *((code, "needed", pl.col(code).is_null()) for code in kind.needs),
        ("born_on", "differs-from-id", pl.col("born_on").ne(pl.col("#born")) & (pl.col("born_on").dt.day() != 1)),
        ("born_on", "differs-from-id", pl.col("born_on").dt.truncate("1mo").ne(pl.col("#born").dt.truncate("1mo"))),
        ("sex", "differs-from-id", pl.col("sex").ne(pl.col("#sex"))),
        ("born_on", "future", born > today),
        ("died_on", "future", pl.col("died_on") > today),
        ("died_on", "before-birth", pl.col("died_on") < born),
        ("enlisted_on", "future", pl.col("enlisted_on") > today),
        ("enlisted_on", "too-young", pl.col("enlisted_on") < born.dt.offset_by("12y")),
        ("discharged_on", "before-enlisted", pl.col("discharged_on") < pl.col("enlisted_on")),
        ("disability_grade", "grade-missing", pl.col("disability_grade").is_null() & pl.col("disability_cause").is_not_null()),
        ("bereaved_as", "bereaved-as-missing", pl.col("bereaved_of").is_not_null() & pl.col("bereaved_as").is_null()),
        ("bereaved_of", "bereaved-of-missing", pl.col("bereaved_of").is_null() & pl.col("bereaved_as").is_not_null()),
        ("bank", "bank-missing", pl.col("account").is_not_null() & pl.col("bank").is_null()),
        ("spouse", "self", pl.col("spouse") == pl.col("id_number")),
        ("father", "self", pl.col("father") == pl.col("id_number")),
        ("mother", "self", pl.col("mother") == pl.col("id_number")),
        ("kin_until", "future", pl.col("kin_until") > today),
        ("kin_until", "ends-before", pl.col("kin_until") < pl.col("kin_since")),
        ("moved_on", "future", pl.col("moved_on") > today),
        ("graduates_on", "ends-before", pl.col("graduates_on") < pl.col("enrolled_on")),
    ]  # fmt: skip


_KEPT = {UID, SHEET, ROW, *KEY, "role", "moved_from", "address", "#who"}


def join(book: Ledger) -> None:
    """One row for each person: later rows add what earlier ones left blank; a contradiction comes back."""
    town = pl.col("home").str.slice(0, 9)
    contact = pl.coalesce(pl.format("P{}", "phone"), pl.format("H{}", "household"), pl.lit(""))
    frame = book.rows.with_columns(
        pl.coalesce("born_on", "#born").alias("born_on"), pl.coalesce("sex", "#sex").alias("sex")
    )
    frame = frame.with_columns(
        pl.when(pl.col("born_on").dt.day() == 1).then(pl.coalesce("#born", "born_on")).otherwise("born_on").alias("born_on"),
        pl.coalesce(
            pl.format("I{}", "id_number"), pl.format("F{}", "file_number"),
            pl.format("N{}|{}|{}|{}", "name", "born_on", town, contact),
        ).alias("#who"),
    ).drop("#born", "#sex")  # fmt: skip
    twice = frame["#who"].is_duplicated()
    if twice.any():
        merged = _merged(book, frame.filter(twice))
        # The frame keeps its order by uid: chunks of a repeated run begin at the same rows.
        frame = pl.concat([frame.filter(~twice), merged.select(frame.columns)]).sort(UID)
    # Blank columns go: a city's ledger of 30 columns must not carry 50 empty ones through all that follows.
    blank = [code for code in frame.columns if code not in _KEPT and frame[code].null_count() == frame.height]
    book.rows = frame.drop("#who", *(code for code in blank if code != "#who"))


def _merged(book: Ledger, frame: pl.DataFrame) -> pl.DataFrame:
    kept: dict[str, dict[str, Any]] = {}
    for row in frame.sort(UID).iter_rows(named=True):
        first = kept.get(row["#who"])
        if first is None:
            kept[row["#who"]] = row
            continue
        clash = [
            code
            for code, value in row.items()
            if value is not None and first[code] is not None and value != first[code]
            and code not in {UID, SHEET, ROW, "#who"}
        ]  # fmt: skip
        uid = row[UID]
        if clash:
            book.faults += [Fault(uid, code, "contradicts") for code in clash]
            book.refused.add(uid)
            continue
        for code, value in row.items():
            if first[code] is None:
                first[code] = value
        book.joined += 1
        for held in (book.awards, book.kin):
            _append(held, first[UID], uid)
    return pl.DataFrame(list(kept.values()), schema=frame.schema)


def _append(held: dict[int, list[Any]], first: int, later: int) -> None:
    more = held.pop(later, [])
    if more:
        held[first] = list(dict.fromkeys([*held.get(first, []), *more]))
