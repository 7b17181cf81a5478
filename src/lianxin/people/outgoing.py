"""Files as rows of a ledger: the other direction of the import, for whoever must feed another system.

One row a person, one column for each code of the ledger of people; what it answers is read back by the import as it
stands. Set-based; as known at an instant, so that what changed since can be told from what was there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from lianxin.access import seal
from lianxin.journal.models import Dated
from lianxin.people import models
from lianxin.people.dated import Asked, last, rows_of
from lianxin.people.identities import some
from lianxin.people.models import BankAccount, Particulars, Person

Frame = pl.DataFrame
_PLAIN: dict[type[Dated], dict[str, str]] = {
    models.Particulars: {code: code for code in ("name", "former_name", "sex", "born_on", "died_on", "home", "address",
                                                 "hukou", "verified", "photo")},
    models.Service: {"service_kind": "kind", **{code: code for code in ("enlisted_on", "discharged_on", "settlement",
                                                                       "rural_at_enlistment", "expelled")}},
    models.Livelihood: {**{code: code for code in ("employment", "unemployment_registered", "employer_insured",
                                                   "monthly_income", "education_stage", "in_education", "able_to_work",
                                                   "school", "graduates_on")},
                        "livelihood_from": "valid_from", "enrolled_on": "valid_from"},
    models.Suspension: {"suspension": "state", "suspended_on": "valid_from", "political_rights": "political_rights"},
}  # fmt: skip
_FLAGS = ("combat", "nuclear_test", "returned_sick", "enlisted_before_1954")
_STANDINGS: dict[str, dict[str, str]] = {
    **{code: {code: ""} for code in _FLAGS},
    "disabled_soldier": {"disability_grade": "grade", "disability_cause": "cause", "disabled_from": "valid_from"},
    "bereaved": {"bereaved_of": "cause", "bereaved_as": "role", "bereaved_from": "valid_from"},
    "accompanying": {"accompanying": "", "accompanying_from": "valid_from"},
    "fallen": {"fallen": "cause"},
}
_AWARDS = ("merit", "merit_on", "merit_wartime")
_SEALED = {"id_number": ("id_sealed", "id"), "phone": ("phone_sealed", "phone")}
_ACCOUNT = ("bank", "account", "holder", "account_verified")
CODES = (
    "file_number", "id_number", "phone", "household", "unit_stationed_here", *_AWARDS, *_ACCOUNT,
    *(code for names in (*_PLAIN.values(), *_STANDINGS.values()) for code in names),
)  # fmt: skip


def rows(ids: Sequence[int], codes: Iterable[str], day: dt.date, known_at: dt.datetime | None = None) -> Frame:
    """A frame of ``id`` (in the order given) and ``codes``, numbers in full: whoever calls has the right to them."""
    asked = Asked(day, known_at, tuple(ids))
    wanted = set(codes)
    base = pl.DataFrame({"id": pl.Series(list(ids), dtype=pl.Int64)})
    for part in _parts(asked, wanted):
        base = base.join(part, left_on="id", right_on="person_id", how="left", maintain_order="left")
    absent = [pl.lit(None, dtype=pl.String).alias(code) for code in wanted if code not in base.columns]
    return base.with_columns(absent).select("id", *sorted(wanted))


def _parts(asked: Asked, wanted: set[str]) -> Iterable[Frame]:
    sources: list[Callable[[Asked, set[str]], Frame]] = [
        _files,
        _sealed,
        _standings,
        _awards,
        _accounts,
        _homes,
        _attested,
    ]
    offered: list[set[str]] = [{"file_number"}, set(_SEALED), {code for names in _STANDINGS.values() for code in names},
                               set(_AWARDS), set(_ACCOUNT), {"household"}, {"unit_stationed_here"}]  # fmt: skip
    for model, names in _PLAIN.items():
        mine = {code: name for code, name in names.items() if code in wanted}
        if mine:
            found = last(rows_of(model, list(dict.fromkeys(["person_id", *mine.values()])), asked))
            yield found.select("person_id", *(_blank(pl.col(name)).alias(code) for code, name in mine.items()))
    for source, codes in zip(sources, offered, strict=True):
        if codes & wanted:
            yield source(asked, wanted)


def _blank(column: Any) -> Any:
    """Nothing instead of an empty text."""
    return pl.when(column.cast(pl.String, strict=False) != "").then(column)


def _files(asked: Asked, wanted: set[str]) -> Frame:
    del wanted
    found = [pair for part in some(asked.ids or ()) for pair in
             Person.objects.filter(pk__in=part).values_list("pk", "file_number")]  # fmt: skip
    return pl.DataFrame(found, schema={"person_id": pl.Int64, "file_number": pl.String}, orient="row")


def _then(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """The rows of a dated model valid on the day, as known then, oldest valid first."""
    rows = rows.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=asked.day))
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=asked.day))
    if asked.known_at is None:
        rows = rows.filter(superseded_at__isnull=True)
    else:
        late = Q(superseded_at__isnull=True) | Q(superseded_at__gt=asked.known_at)
        rows = rows.filter(late, recorded_at__lte=asked.known_at)
    return rows.order_by("valid_from", "pk")


def _sealed(asked: Asked, wanted: set[str]) -> Frame:
    codes = [code for code in _SEALED if code in wanted]
    names = [_SEALED[code][0] for code in codes]
    held: dict[int, list[str | None]] = {}
    for part in some(asked.ids or ()):
        found = _then(Particulars.objects.filter(person_id__in=part), asked)
        for person, salt, *values in found.values_list("person_id", "person__salt", *names):
            held[person] = [
                seal.unseal(value, salt, _SEALED[code][1]) if value else None
                for code, value in zip(codes, values, strict=True)
            ]
    return _table(held, codes)


def _table(held: dict[int, list[str | None]], codes: Sequence[str]) -> Frame:
    columns = list(zip(*held.values(), strict=True)) if held else [()] * len(codes)
    return pl.DataFrame({
        "person_id": pl.Series(list(held), dtype=pl.Int64),
        **{code: pl.Series(column, dtype=pl.String) for code, column in zip(codes, columns, strict=True)},
    })  # fmt: skip


def _standings(asked: Asked, wanted: set[str]) -> Frame:
    found = rows_of(models.Standing, ["person_id", "code", "grade", "cause", "role", "valid_from"], asked)
    made = found.select("person_id").unique()
    for standing, names in _STANDINGS.items():
        mine = {code: name for code, name in names.items() if code in wanted}
        if mine:
            some_rows = last(found.filter(pl.col("code") == standing))
            said = [(pl.lit(True) if not name else _blank(pl.col(name))).alias(code) for code, name in mine.items()]
            made = made.join(some_rows.select("person_id", *said), on="person_id", how="left")
    return made


def _awards(asked: Asked, wanted: set[str]) -> Frame:
    """All awards in one cell, joined by ``;``, in the order of their days; one without a day cannot be read back."""
    found = rows_of(models.Award, ["person_id", "merit", "wartime", "valid_from"], asked)
    found = found.filter(pl.col("valid_from").is_not_null())
    said = {"merit": pl.col("merit"), "merit_on": pl.col("valid_from").dt.to_string("%Y-%m-%d"),
            "merit_wartime": pl.when("wartime").then(pl.lit("是")).otherwise(pl.lit("否"))}  # fmt: skip
    return found.group_by("person_id", maintain_order=True).agg(
        column.str.join(";").alias(code) for code, column in said.items() if code in wanted
    )


def _accounts(asked: Asked, wanted: set[str]) -> Frame:
    """The account that money goes to: the verified one, else the newest."""
    del wanted
    held: dict[int, tuple[bool, list[str | None]]] = {}
    for part in some(asked.ids or ()):
        found = _then(BankAccount.objects.filter(person_id__in=part), asked)
        for person, salt, bank, number, holder, verified in found.values_list(
            "person_id", "person__salt", "bank", "number_sealed", "holder", "verified"
        ):
            if verified or not held.get(person, (False,))[0]:
                said = [bank, seal.unseal(number, salt, "account"), holder, "true" if verified else None]
                held[person] = (verified, said)
    table = _table({person: said for person, (_verified, said) in held.items()}, _ACCOUNT)
    return table.with_columns(pl.col("account_verified").is_not_null())


def _homes(asked: Asked, wanted: set[str]) -> Frame:
    del wanted
    found = last(rows_of(models.Membership, ["person_id", "family_id"], asked))
    codes = {
        pk: code for part in some(found["family_id"].to_list())
        for pk, code in models.Family.objects.filter(pk__in=part).values_list("pk", "code")
    }  # fmt: skip
    said = [codes.get(pk) for pk in found["family_id"].to_list()]
    return found.select("person_id").with_columns(pl.Series("household", said, dtype=pl.String))


def _attested(asked: Asked, wanted: set[str]) -> Frame:
    del wanted
    found = rows_of(models.Attested, ["person_id", "code", "holds"], asked)
    mine = last(found.filter(pl.col("code") == "unit_stationed_here"))
    return mine.select("person_id", pl.col("holds").alias("unit_stationed_here"))


DATED = (models.Particulars, models.Service, models.Standing, models.Award, models.Livelihood, models.Suspension,
         models.Attested, models.BankAccount, models.Membership)  # fmt: skip


def touched(ids: Sequence[int], since: dt.datetime, before: dt.date, day: dt.date) -> list[int]:
    """Those of ``ids`` of whom anything was recorded or superseded since, or began or ended to hold between two days."""
    found: set[int] = set()
    moved = Q(recorded_at__gt=since) | Q(superseded_at__gt=since)
    if day > before:
        moved |= Q(valid_from__gt=before, valid_from__lte=day) | Q(valid_to__gte=before, valid_to__lt=day)
    wanted = set(ids)
    for model in DATED:
        found.update(model._base_manager.filter(moved).values_list("person_id", flat=True).distinct().iterator())
    return sorted(found & wanted)
