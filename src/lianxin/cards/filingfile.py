"""The workbook of a filing as the province reads it: its columns, declared once, for what leaves and what comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from lianxin.access.queries import area_names, within
from lianxin.cards import states
from lianxin.cards.models import Card, Filing
from lianxin.engine.scope import Scope
from lianxin.people import sheet

CHUNK = 5000
KINDS = {"veteran": "退役军人", "bereaved": "烈士、因公牺牲、病故军人遗属"}
SEXES = {"male": "男", "female": "女"}
FIRST, AGAIN = "首次申领", "补领换领"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its code, its header, how a spreadsheet holds it, and what else it may be called when it comes back."""

    code: str
    head: str
    kind: str = "text"
    also: tuple[str, ...] = ()


COLUMNS = (
    Column("place", "序号", "number"),
    Column("filing", "备案批次"),
    Column("file_number", "档案编号", also=("档案号",)),
    Column("name", "姓名"),
    Column("sex", "性别"),
    Column("born_on", "出生日期", "day"),
    Column("id_number", "证件号码", also=("身份证号", "公民身份号码", "证件号")),
    Column("kind", "优待证类别", also=("类别",)),
    Column("ground", "申领类型"),
    Column("home", "常住地区划"),
    Column("home_name", "常住地"),
    # what follows is for the province and the bank to fill in
    Column("answer", "办理结果", also=("审核结果", "结果")),
    Column("reason", "不予制发原因", also=("原因", "退回原因")),
    Column("box", "箱号", also=("批次号", "包裹号")),
    Column("number", "卡号", also=("优待证卡号", "银行卡号")),
    Column("area", "收件区划", also=("县区代码", "区划代码")),
)
WORDS = {one.code: (one.head, *one.also) for one in COLUMNS}


def is_answer(heads: Collection[str]) -> bool:
    """Whether a row of headers is that of an answer."""
    return "answer" in heads and bool({"file_number", "id_number"} & set(heads))


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing as lists show it: how many were filed, wait for the province, were agreed to, made, turned down, handed."""

    id: int
    number: str
    area: str
    filed_on: dt.date
    due_on: dt.date
    count: int
    waiting: int
    agreed: int
    made: int
    turned: int
    handed: int


def filings(scope: Scope, *, pk: int | None = None, after: int | None = None, limit: int = 50) -> list[Filed]:
    """Filings of the area, the newest first."""
    rows = Filing.objects.filter(within(scope, "area"))
    rows = rows if pk is None else rows.filter(pk=pk)
    rows = rows if after is None else rows.filter(pk__lt=after)
    filed, making = Q(cards__state=states.FILED), states.MAKING - {states.FILED}
    found = rows.order_by("-pk")[:limit].annotate(
        waiting=Count("cards", filter=filed & Q(cards__due_on__isnull=False)),
        agreed=Count("cards", filter=filed & Q(cards__due_on__isnull=True)),
        made=Count("cards", filter=Q(cards__state__in=sorted(making))),
        turned=Count("cards", filter=Q(cards__state=states.TURNED_DOWN)),
    )
    return [
        Filed(one.pk, one.number, one.area, one.filed_on, one.due_on, one.count, one.waiting, one.agreed, one.made, one.turned,
              one.count - one.waiting - one.agreed - one.made - one.turned)
        for one in found
    ]  # fmt: skip


def rows(scope: Scope, filing: Filed, *, day: dt.date, whole: bool) -> Iterator[tuple[int, list[Any]]]:
    """Person and cells of every card that still waits in a filing, in the order of its application. ``whole`` says ID
    numbers in full; the caller has checked the permission and journals the reason."""
    found = Card.objects.filter(within(scope, "area"), filing=filing.id, state=states.FILED).order_by("pk")
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        low, high = ids[start], ids[min(start + CHUNK, len(ids)) - 1]
        part = list(found.filter(pk__gte=low, pk__lte=high).select_related("holder"))
        said = _particulars(scope, part, day, whole)
        names = area_names(sorted({card.area for card in part}))
        for place, card in enumerate(part, start + 1):
            yield card.holder_id, _cells(place, card, filing, said.get(card.holder_id, {}), names)


def _particulars(scope: Scope, cards: Sequence[Card], day: dt.date, whole: bool) -> dict[int, sheet.Row]:
    ids = [card.holder_id for card in cards]
    return {row["id"]: row for row in sheet.rows(scope, ids, ("id_number",), day=day, whole=whole)}


def _cells(place: int, card: Card, filing: Filed, said: sheet.Row, names: dict[str, tuple[str, str]]) -> list[Any]:
    holder = card.holder
    known: dict[str, Any] = {
        "place": place, "filing": filing.number, "file_number": holder.file_number, "name": holder.name,
        "sex": SEXES.get(holder.sex, ""), "born_on": holder.born_on, "id_number": said.get("id_number", ""),
        "kind": KINDS[card.kind], "ground": AGAIN if card.replaces_id else FIRST, "home": card.area,
        "home_name": names.get(card.area, ("", ""))[0],
    }  # fmt: skip
    return [known.get(one.code, "") for one in COLUMNS]
