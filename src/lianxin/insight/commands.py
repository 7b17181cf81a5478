"""What the ``lianxin figures`` and ``lianxin review`` commands do: count, print, write a file."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from lianxin.access import queries as access
from lianxin.engine import clock, money
from lianxin.engine.refusal import WrongUsage
from lianxin.engine.scope import Scope
from lianxin.engine.tongue import say
from lianxin.insight import figures as counting
from lianxin.insight import printing
from lianxin.insight import review as reviews
from lianxin.insight.figures import FigureValue


def figures(
    *,
    from_on: dt.date | None,
    to_on: dt.date | None,
    area: str,
    known_at: dt.datetime | None,
    as_json: bool,
    scope: Scope,
) -> int:
    """Print every figure of the catalogue: exact values with their days, null where too few people stand behind it. As JSON
    money is in fen."""
    area = _area(area)
    to_on = to_on or _last_day(known_at)
    _ordered(from_on, to_on)
    found = counting.evaluate(
        from_on=from_on, to_on=to_on, area=area, scope=scope, known_at=known_at, opens=True, override=True
    )
    if as_json:
        rows = [{"code": value.code, "value": value.value, "unit": value.unit,
                 "from": value.window.from_on.isoformat() if value.window.from_on else None,
                 "to": value.window.to_on.isoformat()} for value in found]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for value in found:
        print(line(value))
    return 0


def line(value: FigureValue) -> str:
    """A figure as people read it: money in yuan, and the days it was counted over."""
    money_ = value.definition.money
    said = "-" if value.value is None else money.yuan(value.value) if money_ else str(value.value)
    unit = say("yuan" if money_ else value.unit, "元" if money_ else value.definition.unit.zh)
    name, days = (
        say(value.definition.name.en, value.definition.name.zh),
        printing.days(value.window, say("en", "zh-hans")),
    )
    return f"{value.code:32}{said:>18} {unit}  {name}{say(f' ({days})', f'（{days}）')}"


def review(
    *,
    code: str,
    from_on: dt.date | None,
    to_on: dt.date | None,
    area: str,
    known_at: dt.datetime | None,
    out: Path | None,
    scope: Scope,
) -> int:
    """Build a review into a file whose ending says what it is: .html, .pdf or .docx. Without a code: the codes there are."""
    if not code:
        for one in reviews.codes():
            print(f"{one:16}{reviews.title(one, say('en', 'zh-hans'))}")
        print(say("lianxin: lianxin review CODE --out FILE.pdf builds one (CODE.en in English)",
                  "lianxin: lianxin review 代码 --out 文件.pdf 生成其中一份（英文写 代码.en）"), file=sys.stderr)  # fmt: skip
        return 0
    if out is None:
        raise WrongUsage(say(f"say where to write it: lianxin review {code[:40]} --out FILE.pdf (or .html, .docx)",
                             f"请写明写到哪里：lianxin review {code[:40]} --out 文件.pdf（或 .html、.docx）"))  # fmt: skip
    ending = out.suffix.lower()
    if ending not in (".html", ".pdf", ".docx"):
        raise WrongUsage(
            say(
                f"{out.name}: write to a file that ends in .html, .pdf or .docx",
                f"{out.name}：请写到以 .html、.pdf 或 .docx 结尾的文件",
            )
        )
    area = _area(area)
    to_on = to_on or _last_day(known_at)
    from_on = from_on or dt.date(to_on.year, 1, 1)
    _ordered(from_on, to_on)
    code, _, tongue = code.partition(".")
    built = reviews.build(
        code, from_on=from_on, to_on=to_on, area=area, scope=scope, known_at=known_at, opens=True,
        language="en" if tongue == "en" else "zh-hans",
    )  # fmt: skip
    at = known_at or clock.now()
    if ending == ".pdf":
        data = printing.pdf(built, at=at, link=_link, code=None)
        for character, instead in printing.spelled(built):
            code = f"U+{ord(character):04X}"
            print(
                say(
                    f"lianxin: {character} ({code}) is not in the paper's font; {instead} is printed",
                    f"lianxin: 印刷字体里没有“{character}”（{code}），印成 {instead}",
                ),
                file=sys.stderr,
            )
    elif ending == ".docx":
        data = printing.docx(built, at=at)
    else:
        given = printing.data(built, at=at, link=_link)
        data = render_to_string("console/insight/paper.html", {"paper": given, "alone": True}).encode()
    _write(out, data)
    count = len(built.values)
    print(say(f"{out}: {count} numbers", f"{out}：{count} 个数"), file=sys.stderr)
    return 0


def _write(out: Path, data: bytes) -> None:
    """Write all or nothing."""
    draft = out.with_name(f".{out.name}.part")
    draft.write_bytes(data)
    draft.replace(out)


def _area(area: str) -> str:
    """The area asked for, the city by default; raises for a code that there is not."""
    area = area or str(settings.CITY)
    if area != settings.CITY and area not in access.area_names([area]):
        raise WrongUsage(say(f"there is no area {area[:20]}", f"没有 {area[:20]} 这个地区"))
    return area


def _ordered(from_on: dt.date | None, to_on: dt.date) -> None:
    if from_on is not None and to_on < from_on:
        raise WrongUsage(say("--from lies after --to", "--from 在 --to 之后"))


def _last_day(known_at: dt.datetime | None) -> dt.date:
    return clock.day(known_at) if known_at else clock.today()


def _link(value: FigureValue) -> str:
    """Where the rows behind a number open."""
    try:
        path = reverse("console:figure-rows", args=[value.code])
    except NoReverseMatch:
        return ""
    asked = {"area": value.area, "to": value.window.to_on.isoformat()}
    if value.window.from_on:
        asked["from"] = value.window.from_on.isoformat()
    origin = settings.CSRF_TRUSTED_ORIGINS[0] if settings.CSRF_TRUSTED_ORIGINS else "http://127.0.0.1:8000"
    return f"{origin}{path}?{urlencode(asked)}"
