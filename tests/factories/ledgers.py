"""Ledgers of made-up people for the benchmarks: as many as asked, the same for the same seed, in area 4199 only."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path

from lianxin.engine.identity import check_digit

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "建国伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉红春梅文斌辉鹏玲松云飞翔宇欣怡子涵浩然梓轩"
HEADER = (
    "姓名", "身份证号", "性别", "出生日期", "联系电话", "居住地", "详细地址", "户籍地", "户编号", "与户主关系", "配偶身份证号",
    "父亲身份证号", "母亲身份证号", "服役类别", "入伍时间", "退役时间", "安置方式", "入伍时农村户籍", "优抚类别", "残疾等级",
    "残疾性质", "立功等级", "立功时间", "就业状况", "失业登记", "月收入", "开户银行", "银行账号", "账户已核验", "去世日期",
    "已核实",
)  # fmt: skip


def villages(counties: int = 6, townships: int = 17, per: int = 20) -> list[str]:
    """Codes of villages under 4199."""
    return [
        f"4199{county:02d}{town:03d}{village:03d}"
        for county in range(1, counties + 1)
        for town in range(1, townships + 1)
        for village in range(1, per + 1)
    ]


def areas() -> list[tuple[str, str, str]]:
    """The whole made-up tree."""
    made = [("4199", "澄川市", "Chengchuan")]
    for code in villages():
        made += [(code[:6], f"{code[4:6]}号县", ""), (code[:9], f"{code[6:9]}号镇", ""), (code, f"{code[9:]}号村", "")]
    return list(dict.fromkeys(made))


def write(path: Path, people: int, seed: int = 1) -> int:
    """A csv of ``people`` rows in households of a veteran, a spouse and sometimes a child; returns the rows."""
    draw = random.Random(seed)
    homes = villages()
    serial = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        household = 0
        while serial < people:
            household += 1
            home = draw.choice(homes)
            size = min(draw.choices((1, 2, 3), (50, 35, 15))[0], people - serial)
            numbers: list[str] = []
            for place in range(size):
                serial += 1
                year = draw.randrange(1945, 2002) if place < 2 else draw.randrange(2005, 2020)
                born = dt.date(year, 1, 1) + dt.timedelta(days=draw.randrange(365))
                male = place != 1
                order = (serial // 2 % 500) * 2 + (1 if male else 0)
                first = f"{home[:6]}{born:%Y%m%d}{order % 1000:03d}"
                number = first + check_digit(first)
                if number in numbers:
                    continue
                numbers.append(number)
                out.writerow(_row(draw, place, number, born, male, home, household, numbers))
    return serial


def _row(
    draw: random.Random, place: int, number: str, born: dt.date, male: bool, home: str, household: int, kin: list[str]
) -> list[str]:
    name = draw.choice(SURNAMES) + "".join(draw.choice(GIVEN) for _ in range(draw.choice((1, 2, 2))))
    veteran = place == 0
    enlisted = dt.date(born.year + 18, 12, 1) if veteran else None
    served = draw.choice((2, 3, 5, 12)) if veteran else 0
    discharged = dt.date(born.year + 18 + served, 12, 1) if enlisted else None
    disabled = veteran and draw.random() < 0.05
    merit = veteran and draw.random() < 0.1
    work = draw.choice(("在职", "失业", "退休", "务农")) if place < 2 else "学生"
    return [
        name, number, "男" if male else "女", born.isoformat() if draw.random() < 0.5 else f"{born:%Y.%m.%d}",
        f"13{draw.randrange(10**9):09d}" if place < 2 else "", home, f"{draw.randrange(1, 200)}号", home,
        f"H{household:08d}", ("户主", "配偶", "子女")[place], kin[0] if place == 1 else "",
        kin[0] if place == 2 else "", kin[1] if place == 2 and len(kin) > 2 else "",
        draw.choice(("义务兵", "军士", "军官")) if veteran else "", enlisted.isoformat() if enlisted else "",
        discharged.isoformat() if discharged else "", "自主就业" if veteran else "",
        draw.choice(("农村", "城镇")) if veteran else "", "参战" if veteran and draw.random() < 0.05 else "",
        str(draw.randrange(1, 11)) if disabled else "", "因公" if disabled else "",
        draw.choice(("三等功", "二等功", "嘉奖")) if merit else "",
        f"{born.year + 19}-08-01" if merit else "", work, "是" if work == "失业" else "",
        str(draw.randrange(0, 9000)) if place < 2 else "", "澄川农商银行" if place < 2 else "",
        f"62{draw.randrange(10**14):014d}" if place < 2 else "", "是" if place < 2 else "", "", "是",
    ]  # fmt: skip


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
TITLE = "某某县优抚对象台账（2026年）"


def _dirty(draw: random.Random, row: list[str]) -> list[str]:
    """The same row as somebody typed it; one in a hundred cannot be read."""
    made = list(row)
    name, number, born, phone = (HEADER.index(one) for one in ("姓名", "身份证号", "出生日期", "联系电话"))
    spoil = draw.random()
    if spoil < 0.1:
        made[number] = made[number].translate(_WIDE)
    elif spoil < 0.2:
        made[name] = f" {made[name][0]} {made[name][1:]}　"
    elif spoil < 0.3 and made[phone]:
        made[phone] = f"{made[phone][:3]} {made[phone][3:7]}-{made[phone][7:]}"
    elif spoil < 0.4:
        made[born] = "" if draw.random() < 0.5 else made[born].replace("-", "/")
    elif spoil < 0.405:
        made[number] = f"{made[number][:1]}.{made[number][1:15]}E+17"
    elif spoil < 0.41:
        made[name] = ""
    return made


def _changed(draw: random.Random, row: list[str]) -> list[str]:
    """One row in ten says something new."""
    made = list(row)
    if draw.random() < 0.1:
        made[HEADER.index("联系电话")] = f"15{draw.randrange(10**9):09d}"
        made[HEADER.index("就业状况")] = draw.choice(("在职", "失业", "退休"))
    return made


def written(folder: Path, people: int, narrow: int, form: str) -> dict[str, Path]:
    """The benchmark's ledgers: people (dirty), the same with a tenth changed, deaths and accounts of some of them."""
    clean = folder / "clean.csv"
    write(clean, people)
    with clean.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    draw = random.Random(7)
    dirty = [_dirty(draw, row) for row in rows]
    dirty[1000:1000] = [["合计", *[""] * (len(HEADER) - 1)]]
    dirty += dirty[5:500]  # typed twice
    name, number = HEADER.index("姓名"), HEADER.index("身份证号")
    some = rows[:: max(1, len(rows) // narrow)][:narrow]
    deaths = [[row[name], row[number], "2026年3月1日"] for row in some]
    accounts = [[row[name], row[number], "澄川银行", f"62{draw.randrange(10**14):014d}"] for row in some]
    return {
        "people": _file(folder / "people", form, HEADER, dirty),
        "changed": _file(folder / "changed", form, HEADER, [_changed(draw, row) for row in dirty]),
        "deaths": _file(folder / "deaths", form, ("姓名", "身份证号", "死亡日期"), deaths),
        "accounts": _file(folder / "accounts", form, ("姓名", "身份证号", "开户银行", "银行账号"), accounts),
    }


def _file(path: Path, form: str, header: tuple[str, ...], rows: list[list[str]]) -> Path:
    path = path.with_suffix(f".{form}")
    if form == "xlsx":
        import xlsxwriter

        with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
            page = book.add_worksheet()
            for line, row in enumerate([[TITLE], list(header), *rows]):
                for place, cell in enumerate(row):
                    if cell:
                        page.write_string(line, place, cell)
        return path
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[TITLE], header, *rows])
    return path
