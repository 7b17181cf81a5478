"""The one recipe of the generated city. Everything that decides how large it is and what its past adds up to is here.

Numbers are those of the default size (``HOLDERS`` card-holders); other sizes scale. What the review of the default
city counts (families brought good news, yuan paid, spouses supported, rights cases) is decided here and nowhere else:
the ledgers of past years are laid out so that counting them gives these figures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

SEED = "澄川"
CITY = "4199"  # not allotted: no identity number with it can be anybody's
HOLDERS = 150_000

COUNTIES: tuple[tuple[str, str, str, str, int, int], ...] = (
    # code, name, English name, kind, townships, share of the people in percent
    ("419902", "东城区", "Dongcheng District", "urban", 14, 17),
    ("419903", "西城区", "Xicheng District", "urban", 13, 15),
    ("419904", "北湖区", "Beihu District", "urban", 12, 13),
    ("419921", "临水县", "Linshui County", "rural", 23, 19),
    ("419922", "石桥县", "Shiqiao County", "rural", 22, 18),
    ("419981", "澄南市", "Chengnan City", "rural", 21, 18),
)
VILLAGES = (13, 25)  # villages or communities of one township, fewest and most

# households by kind: how many, and how many of their members hold a card
HOUSEHOLDS: Mapping[str, tuple[int, int]] = {
    "veteran": (0, 1),  # as many as are still wanting once the others are counted
    "couple": (30_000, 1),
    "young": (12_500, 1),  # with children
    "elder": (14_000, 1),
    "bereaved": (2_800, 1),
    "generations": (1_000, 2),
    "serving": (5_600, 0),
    "accompanying": (640, 0),
}

# the past that the review counts
GOOD_NEWS: Mapping[str, tuple[int, int]] = {  # families, and fen for each
    "first": (5, 1_000_000),
    "second": (150, 500_000),
    "third": (820, 150_000),
}
SPOUSES = 340
SPOUSES_FEN = (370_500_000, 374_500_000)  # paid in past years: with what is paid this month still 370余万 yuan
SPOUSE_RATES: Mapping[int, int] = {2020: 60_000, 2023: 90_000}  # fen a month, from January of the year
CAP_MONTHS = 36
SUBSIDY_FEN = 5_400  # a month for each year of service, in the last year of the ledgers
RIGHTS: Mapping[str, int] = {  # in their five kinds
    "marriage-family": 171,
    "debt-contract": 143,
    "damages": 96,
    "land-contract": 79,
    "military-facilities": 49,
}
SINCE = 2020
UNTIL = 2025  # the last full year that entered as a ledger
SUBSIDIES = 900  # rural veterans over sixty whose subsidy of past quarters is in the ledgers

# the present
RURAL60_SHARE = 0.07  # of veterans over sixty: at enlistment rural, never assigned a job
OPEN_ASKS = 360
OPEN_RIGHTS = 46
NEW_AWARDS = 120  # merits made known this season, not yet brought home
STANDING_SPOUSES = 96  # allowances that stand and have a line each month
NEW_SPOUSES = 44  # entitled and never paid
UNSURE_SPOUSES = 12  # without work, and nothing on file about registration
ASKS_SHARE = 0.1  # of households with someone old, young or away: asked for help once in past years
PARTNERS = 220
PLAQUES = 40  # of them with an agreement
FATES: Mapping[str, int] = {"waits": 12, "offered": 16, "declined": 6, "taken": 22, "done": 26, "thanked": 18}

ASK_KINDS: Mapping[str, int] = {"repair": 30, "errand": 22, "carry": 12, "accompany": 16, "children": 11, "other": 9}
LINE_ASKS = 140  # asks that came another way than by phone or app, or are more than a volunteer's hand
LEAST = {"elder": 12, "serving": 24, "accompanying": 14, "bereaved": 4, "young": 10, "couple": 10, "generations": 2}


def scaled(count: int, holders: int, least: int = 0) -> int:
    """``count`` of the default city in a city of ``holders``, rounded, at least ``least``."""
    return max(least, round(count * holders / HOLDERS))


def split(total: int, parts: Mapping[str, int]) -> dict[str, int]:
    """``total`` divided in the proportions of ``parts``, exactly: the largest remainders take what is left."""
    whole = sum(parts.values())
    shares = {name: total * part // whole for name, part in parts.items()}
    rest = sorted(parts, key=lambda name: (-(total * parts[name] % whole), name))
    for name in rest[: total - sum(shares.values())]:
        shares[name] += 1
    return shares


def deck(holders: int) -> dict[str, int]:
    """Households of each kind for exactly ``holders`` card-holders."""
    counts = {
        kind: scaled(count, holders, LEAST.get(kind, 0) if holders >= 200 else min(2, LEAST.get(kind, 0)))
        for kind, (count, _) in HOUSEHOLDS.items()
    }
    held = sum(counts[kind] * HOUSEHOLDS[kind][1] for kind in counts if kind != "veteran")
    for kind in ("couple", "young", "elder", "generations", "bereaved"):  # a tiny city keeps its number of holders
        while held > holders and counts[kind]:
            counts[kind] -= 1
            held -= HOUSEHOLDS[kind][1]
    counts["veteran"] = holders - held
    return counts


def merits(holders: int) -> list[str]:
    """The merits that were brought home in past years, one for each family."""
    return [merit for merit, (count, _) in GOOD_NEWS.items() for _ in range(scaled(count, holders, 1))]


def spouse_fen(month: dt.date) -> int:
    """What an accompanying spouse was paid for a month."""
    return next(fen for year, fen in sorted(SPOUSE_RATES.items(), reverse=True) if year <= month.year)


def last_ledger_day() -> dt.date:
    """The last day that the ledgers of past years speak of."""
    return dt.date(UNTIL, 12, 31)
