"""Facts: one row per subject as of a day, derived from the dated file. One person uses the same code as everyone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from lianxin.engine.facts import VOCABULARY, Fact
from lianxin.people import identities, kinfacts, models
from lianxin.people.dated import FEW, Asked, award_rows, joined, last, read, rows_of, service_rows

if TYPE_CHECKING:
    import polars as pl

Frame = Any


def frame(
    *,
    subject: str,
    day: dt.date,
    known_at: dt.datetime | None = None,
    ids: Sequence[int] | None = None,
    codes: Sequence[str] | None = None,
    service: str | None = None,
    facts: Mapping[str, Fact] = VOCABULARY,
    asked: Asked | None = None,
) -> pl.DataFrame:
    """A frame with ``id`` (in ascending order) and one typed column per code of ``codes`` (None: all of the subject).

    ``subject`` is person, family, organisation or unit; ``ids`` None means everyone whose file is open to work.
    ``known_at`` answers with what was on file at that instant. Facts without a row take the value the vocabulary
    declares; facts that higher rooms supply (``received_count`` …) come out at that value here. ``service`` is
    accepted for symmetry with the providers and does not change what the file says. ``asked`` is the question with
    what was read for it already, where a source asks on.
    """
    import polars as pl

    del service
    wanted = list(codes) if codes is not None else [c for c, fact in facts.items() if subject in fact.subjects]
    if asked is None:
        asked = Asked(day, known_at, None if ids is None else tuple(ids))
    kin = [code for code in wanted if code in _OF_KIN] if subject == "person" else []
    alone = [code for code in wanted if code not in kin]
    near = kinfacts.around(asked) if kin and asked.few else asked
    wide = near is not asked and near.few  # what is asked of kin is read together with what is asked of themselves
    near, asked = (near, replace(asked, wider=near)) if wide else (asked, asked)
    together = kinfacts.asks_of_all(kin) if asked.ids is None else wide and kin != ["unit_stationed_here"]
    own = list(dict.fromkeys([*alone, *(kinfacts.KNOWN if together else ())]))
    made = _own(subject, near, own, facts)
    if not kin:
        return made[["id", *wanted]]
    about = made[["id", *kinfacts.KNOWN]] if together else None
    parts = [(one, [code for code in kin if code in one.columns]) for one in _kin(asked, kin, about)]
    if wide and len(near.ids or ()) > len(asked.ids or ()):
        made = made.filter(pl.col("id").is_in(list(asked.ids or ())))
    made, present = joined(made, parts, few=asked.few)
    return made.select(
        "id", *(_typed(facts[code], subject, code in present) if code in kin else code for code in wanted)
    )


def _kin(asked: Asked, codes: Sequence[str], about: Frame | None) -> Iterator[Frame]:
    """What follows from kin; ``about`` is what is known of them, where it was read."""
    of_kin = [code for code in codes if code in kinfacts.CODES]
    if of_kin:
        yield kinfacts.of_kin(asked, of_kin, about, frame)
    if "unit_stationed_here" in codes:
        yield _stationed(asked)


def _own(subject: str, asked: Asked, wanted: Sequence[str], facts: Mapping[str, Fact]) -> pl.DataFrame:
    """The facts that do not follow from kin."""

    asked.memo.setdefault("wanted", {*wanted})
    parts: dict[int, list[str]] = {}
    sources = _PERSON if subject == "person" else _FAMILY if subject == "family" else []
    for code in wanted:
        for place, (offered, _) in enumerate(sources):
            if code in offered:
                parts.setdefault(place, []).append(code)
    found = [(sources[place][1](asked, some), some) for place, some in parts.items()]
    city = [code for code in wanted if facts[code].group == "city"]
    if city and subject == "person":
        found.append((_attributes(asked, city, facts), city))
    base, present = joined(_subjects(subject, asked), found, few=asked.few)
    return base.select("id", *(_typed(facts[code], subject, code in present) for code in wanted))


def _columns(asked: Asked, codes: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """The columns that ``codes``, and whatever else is asked of the same rows, are made of."""
    wanted = {*codes, *asked.memo.get("wanted", ())}
    return ["person_id", *dict.fromkeys(column for code, column in columns.items() if code in wanted)]


@lru_cache(maxsize=1024)
def _typed(fact: Fact, subject: str, present: bool) -> Any:
    """The column as the vocabulary types it, with its value where the file has no row."""
    import polars as pl

    kinds = {"bool": pl.Boolean, "int": pl.Int64, "decimal": pl.Float64, "text": pl.String, "date": pl.Date}
    kind = kinds[fact.type]
    absent = fact.absent_for(subject)  # type: ignore[arg-type]
    column = pl.col(fact.code).cast(kind) if present else pl.lit(None, dtype=kind)
    if fact.type == "text":
        column = pl.when(column != "").then(column)
    return (column if absent is None else column.fill_null(pl.lit(absent, dtype=kind))).alias(fact.code)


def _subjects(subject: str, asked: Asked) -> Frame:
    import polars as pl

    if subject not in {"person", "family"}:
        return pl.DataFrame({"id": list(asked.ids or [])}, schema={"id": pl.Int64})
    key = ("subjects", subject)
    if key in asked.memo:
        return asked.memo[key]
    model: Any = models.Person if subject == "person" else models.Family
    where = ["visible AND survivor_id IS NULL"] if subject == "person" else []
    if subject == "person" and asked.known_at is not None:  # whose files were one then, not today
        gone = ",".join(str(pk) for pk in identities.survivors(asked.known_at))
        where = [f"visible AND id NOT IN ({gone or 'NULL'})"] if gone else ["visible"]
    if asked.ids is not None:
        where.append(f"id IN ({','.join(str(int(one)) for one in asked.ids) or 'NULL'})")
    rest = f'FROM "{model._meta.db_table}"' + (f" WHERE {' AND '.join(where)}" if where else "") + " ORDER BY id"
    asked.memo[key] = read(model, ["id"], rest, few=asked.ids is not None and len(asked.ids) <= FEW)
    return asked.memo[key]


def _years(since: Any, until: Any) -> Any:
    """Full years between two days: a birthday on 29 February counts from 1 March."""
    import polars as pl

    def place(day: Any) -> Any:
        return day.dt.month().cast(pl.Int32) * 100 + day.dt.day()

    return until.dt.year() - since.dt.year() - (place(since) > place(until)).cast(pl.Int32)


def _who(asked: Asked, codes: Sequence[str]) -> Frame:
    import polars as pl

    day, here = pl.lit(asked.day), settings.CITY
    home, hukou = pl.col("home"), pl.col("hukou")
    died = pl.when(pl.col("died_on") <= day).then(pl.col("died_on"))
    said = {
        "age": pl.when(pl.col("born_on") <= day).then(_years(pl.col("born_on"), day)),
        "sex": pl.col("sex"),
        "alive": died.is_null(),
        "died_on": died,
        "residence": home,
        "residence_county": pl.when(home.str.len_bytes() >= 6).then(home.str.slice(0, 6)),
        "resident_here": home.str.starts_with(here),
        "hukou_county": pl.when(hukou.str.len_bytes() >= 6).then(hukou.str.slice(0, 6)),
        "hukou_here": hukou.str.starts_with(here),
        "file_verified": pl.col("verified"),
        "photo_on_file": pl.col("photo"),
    }
    rows = last(rows_of(models.Particulars, _columns(asked, codes, _WHO), asked))
    return rows.select(pl.col("person_id").alias("id"), *(said[code].alias(code) for code in codes))


def _service(asked: Asked, codes: Sequence[str]) -> Frame:
    import polars as pl

    day = pl.lit(asked.day)
    gone = pl.when(pl.col("discharged_on") <= day).then(pl.col("discharged_on"))
    said = {
        "service_kind": pl.col("kind"),
        "discharged_on": gone,
        "service_years": _years(pl.col("enlisted_on"), pl.coalesce(gone, day)),
        "days_since_discharge": (day - gone).dt.total_days(),
    }
    rows = service_rows(asked)
    return rows.select(pl.col("person_id").alias("id"), *(said.get(code, pl.col(code)).alias(code) for code in codes))


def _standing(asked: Asked, codes: Sequence[str]) -> Frame:
    import polars as pl

    rows = kinfacts.standings(asked)
    if rows.is_empty():
        return rows
    made = rows.select(pl.col("person_id").alias("id")).unique(maintain_order=True)
    by = {code: last(rows.filter(pl.col("code") == code)) for code in rows["code"].unique().to_list()}
    marks = [(code, pl.lit(True), code) for code in _MARKS]
    details = [(code, pl.col(column), name) for code, column, name in _DETAILS]
    for code, said, name in (*marks, *details):
        if name in codes:
            if code in by:
                held = by[code].select(pl.col("person_id").alias("id"), said.alias(name))
                made = made.join(held, on="id", how="left")
            else:
                made = made.with_columns(pl.lit(None).alias(name))
    return made


_MARKS = ("combat", "nuclear_test", "returned_sick", "disabled_soldier")
_DETAILS = (
    ("disabled_soldier", "grade", "disability_grade"),
    ("disabled_soldier", "cause", "disability_cause"),
)


def _before_1954(asked: Asked, _: Sequence[str]) -> Frame:
    import polars as pl

    marked = kinfacts.standings(asked).lazy().filter(pl.col("code") == "enlisted_before_1954")
    served = service_rows(asked).lazy().filter(pl.col("enlisted_on") <= dt.date(1954, 10, 31))
    both = pl.concat([marked.select("person_id"), served.select("person_id")]).unique()
    said = both.select(pl.col("person_id").alias("id"), pl.lit(True).alias("enlisted_before_1954"))
    return said.collect(optimizations=pl.QueryOptFlags.none())


def _awards(asked: Asked, _: Sequence[str]) -> Frame:
    import polars as pl

    rows = award_rows(asked)
    if rows.is_empty():
        return rows
    best = last(rows.sort("rank", descending=True, maintain_order=True)).select(
        "person_id", pl.col("merit").alias("best_merit"), pl.col("wartime").alias("best_merit_wartime")
    )
    newest = last(rows.sort("valid_from", nulls_last=False, maintain_order=True)).select(
        "person_id",
        pl.col("merit").alias("newest_merit"),
        pl.col("valid_from").alias("newest_merit_on"),
        (pl.lit(asked.day) - pl.col("valid_from")).dt.total_days().alias("days_since_newest_merit"),
    )
    return best.join(newest, on="person_id", how="left").rename({"person_id": "id"})


def _livelihood(asked: Asked, codes: Sequence[str]) -> Frame:
    """Work, income and schooling; who has graduated by the day is no longer in education."""
    import polars as pl

    columns = _columns(asked, codes, {code: code for code in _LIVING})
    rows = last(rows_of(models.Livelihood, [*columns, "graduates_on"], asked))
    if "in_education" in columns and rows.height:
        done = (pl.col("graduates_on") <= pl.lit(asked.day)).fill_null(False)
        rows = rows.with_columns(pl.col("in_education") & ~done)
    return rows.select(pl.col("person_id").alias("id"), *codes)


def _capacity(asked: Asked, _: Sequence[str]) -> Frame:
    return last(rows_of(models.Capacity, ["person_id", "capacity"], asked)).rename({"person_id": "id"})


def _suspension(asked: Asked, _: Sequence[str]) -> Frame:
    import polars as pl

    rows = rows_of(models.Suspension, ["person_id", "state", "political_rights"], asked)
    return rows.group_by("person_id").agg(
        pl.when((pl.col("state") == "cancelled").any()).then(pl.lit("cancelled"))
        .when((pl.col("state") == "suspended").any()).then(pl.lit("suspended")).alias("suspension"),
        pl.col("political_rights").all(),
    ).rename({"person_id": "id"})  # fmt: skip


def _bank(asked: Asked, _: Sequence[str]) -> Frame:
    import polars as pl

    rows = rows_of(models.BankAccount, ["person_id", "verified"], asked).filter(pl.col("verified"))
    return rows.select(pl.col("person_id").alias("id"), pl.lit(True).alias("bank_verified")).unique()


def _stationed(asked: Asked) -> Frame:
    import polars as pl

    code = "unit_stationed_here"
    if asked.wider is not None and _said_stationed(asked.wider).is_empty():
        return pl.DataFrame(schema={"id": pl.Int64})
    own = _said_stationed(asked)
    spouses = kinfacts.linked(asked).filter(pl.col("role") == "spouse").select("self", "other")
    near = asked.only(None if asked.ids is None else sorted(set(spouses["other"].to_list())))
    theirs = spouses.join(_said_stationed(near), left_on="other", right_on="id")
    if theirs.is_empty():
        return own
    theirs = theirs.group_by("self").agg(pl.col(code).any())
    both = own.join(theirs, left_on="id", right_on="self", how="full", coalesce=True, suffix="_spouse")
    return both.select("id", pl.coalesce(code, f"{code}_spouse").alias(code))


def _said_stationed(asked: Asked) -> Frame:
    """What was attested of each person's own row."""
    rows = kinfacts.attested(asked, "unit_stationed_here")
    return rows.rename({"person_id": "id", "holds": "unit_stationed_here"})


_YES_NO = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}


def _attributes(asked: Asked, codes: Sequence[str], facts: Mapping[str, Fact]) -> Frame:
    """The city's own facts: text read by the declared type."""
    import polars as pl

    rows = rows_of(models.Attribute, ["person_id", "code", "value"], asked)
    if rows.is_empty():
        return rows
    made = rows.select(pl.col("person_id").alias("id")).unique(maintain_order=True)
    for code in codes:
        said = last(rows.filter(pl.col("code") == code)).select(pl.col("person_id").alias("id"), "value")
        value = pl.col("value")
        read_as = {
            "bool": value.replace_strict(_YES_NO, default=None, return_dtype=pl.Boolean),
            "int": value.cast(pl.Int64, strict=False),
            "decimal": value.cast(pl.Float64, strict=False),
            "date": value.str.to_date("%Y-%m-%d", strict=False),
            "text": value,
        }[facts[code].type]  # fmt: skip
        made = made.join(said.select("id", read_as.alias(code)), on="id", how="left")
    return made


def members_of(asked: Asked) -> Frame:
    """Who belongs to the households asked about on the day: person_id, family_id."""
    import polars as pl

    members = rows_of(models.Membership, ["person_id", "family_id"], asked, by="family_id")
    if asked.ids is None or asked.few:
        return members
    return members.filter(pl.col("family_id").is_in(list(asked.ids)))


def _household(asked: Asked, codes: Sequence[str]) -> Frame:
    """Facts of families (户): counted over who belongs to them on the day."""
    import polars as pl

    members = members_of(asked)
    people = None if asked.ids is None else members["person_id"].to_list()
    looked = [_MEMBERS[code] for code in codes if code in _MEMBERS]
    read_before = asked.memo.get("persons")
    if read_before is not None and read_before[0].issuperset(people or ()):
        known = read_before[1][["id", "alive", *looked]]
    else:
        known = frame(subject="person", day=asked.day, known_at=asked.known_at, ids=people, codes=["alive", *looked],
                      asked=asked if people is None else None)  # fmt: skip
    living = members.join(known, left_on="person_id", right_on="id").filter(pl.col("alive"))
    said = {
        "members": pl.len(),
        "has_serving": pl.col("serving").any(),
        "has_veteran": pl.col("veteran").any(),
        "has_bereaved": pl.col("bereaved").any(),
        "has_minor": (pl.col("age") < 18).any().fill_null(False),
    }
    counted = living.group_by("family_id").agg(said[code].alias(code) for code in codes)
    return counted.rename({"family_id": "id"})


def _family_home(asked: Asked, _: Sequence[str]) -> Frame:
    import polars as pl

    rest = f'FROM "{models.Family._meta.db_table}"'
    if asked.ids is not None:
        rest += f" WHERE id IN ({','.join(str(int(one)) for one in asked.ids) or 'NULL'})"
    rows = read(models.Family, ["id", "home"], rest, few=asked.ids is not None and len(asked.ids) <= FEW)
    home = pl.col("home")
    return rows.select("id", home.alias("residence"), home.str.starts_with(settings.CITY).alias("resident_here"))


_WHO = {
    "age": "born_on", "sex": "sex", "alive": "died_on", "died_on": "died_on", "residence": "home",
    "residence_county": "home", "resident_here": "home", "hukou_county": "hukou", "hukou_here": "hukou",
    "file_verified": "verified", "photo_on_file": "photo",
}  # fmt: skip
_SERVED = (
    "serving", "veteran", "service_kind", "enlisted_on", "discharged_on", "service_years", "days_since_discharge",
    "settlement", "rural_at_enlistment", "expelled", "rank_class",
)  # fmt: skip
_LIVING = (
    "employment", "unemployment_registered", "employer_insured", "monthly_income", "education_stage", "in_education",
    "able_to_work", "employer_kind", "prior_employer",
)  # fmt: skip
_MERIT = ("best_merit", "best_merit_wartime", "newest_merit", "newest_merit_on", "days_since_newest_merit")


_OF_KIN = (*kinfacts.CODES, "unit_stationed_here")
Sources = list[tuple[Collection[str], Callable[[Asked, Sequence[str]], Frame]]]
_PERSON: Sources = [
    (_WHO, _who),
    (_SERVED, _service),
    ((*_MARKS, *(name for _, _, name in _DETAILS)), _standing),
    (("enlisted_before_1954",), _before_1954),
    (_MERIT, _awards),
    (_LIVING, _livelihood),
    (("suspension", "political_rights"), _suspension),
    (("bank_verified",), _bank),
    (("capacity",), _capacity),
]
_MEMBERS = {"has_serving": "serving", "has_veteran": "veteran", "has_bereaved": "bereaved", "has_minor": "age"}
COUNTED = ("alive", *_MEMBERS.values())  # what a household's facts ask of each of its members
_FAMILY: Sources = [
    (("members", *_MEMBERS), _household),
    (("residence", "resident_here"), _family_home),
]
