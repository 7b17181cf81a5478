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
