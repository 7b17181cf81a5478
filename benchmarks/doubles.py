"""Doubles planted in the generated city: how many are found, how many of those found are doubles (limits below).

Runs in a copy of ``LIANXIN_BENCH_HOME``, or in a small city of its own. Planted are second files with one slip each, and
as many pairs that only look alike: twins, and people of one name and birth date in two counties.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PLANTED, HOLDERS = 600, 2000
LIMITS = {"recall": 0.95, "precision": 0.95, "seconds": 20.0}
SLIPS = ("digit of the number", "no number", "birth date turned", "birth date, a digit", "name that sounds alike", "former name",
         "moved to another county")  # fmt: skip
ALIKE = ("twins", "same name, two counties")


def ready() -> None:
    """A copy of the city that was named, or a small one."""
    kept = os.environ.get("LIANXIN_BENCH_HOME", "")
    os.environ["LIANXIN_HOME"] = tempfile.mkdtemp(prefix="lianxin-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "lianxin.site.settings"
    if kept:
        shutil.copytree(kept, os.environ["LIANXIN_HOME"], dirs_exist_ok=True)
    else:
        command = [sys.executable, "-m", "lianxin.ops.main", "demo", "--people", str(HOLDERS), "--no-serve"]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")})
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def number(home: str, born: dt.date, order: int) -> str:
    """An ID number of the unallotted prefix."""
    from lianxin.engine import identity

    first = f"4199{home[4:6] or '00'}{born:%Y%m%d}{order % 1000:03}"
    return first + identity.check_digit(first)


class Planting:
    """Files written beside those of the city."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.wrong: dict[int, str] = {}
        self.twins: dict[int, str] = {}
        self.homes: list[str] = []
        self.rows: list[tuple[Any, ...]] = []  # name, born, sex, home, number, former, phone

    def plant(self) -> None:
        """The pairs, each half of them written under the next file numbers."""
        from lianxin.people import names
        from lianxin.people.models import Person

        some = list(Person.objects.filter(survivor=None, born_on__isnull=False, home__startswith="4199").order_by("pk")
                    .values_list("name", "born_on", "sex", "home"))  # fmt: skip
        self.homes = homes = sorted({home for *_, home in some})
        alike = _alike({name for name, *_ in some}, names)
        for place, (name, born, sex, home) in enumerate(self.chance.sample(some, PLANTED)):
            slip = SLIPS[place % len(SLIPS)]
            first = number(home, born, 600 + place)
            self._pair(self.wrong, slip, (name, born, sex, home, first, "", f"1370{place:07}"),
                       self._slipped(slip, name, born, sex, home, first, place, alike))  # fmt: skip
        for place, (name, born, sex, home) in enumerate(self.chance.sample(some, PLANTED)):
            if place % 2:
                other = next(one for one in self.chance.sample(homes, len(homes)) if one[:6] != home[:6])
                self._pair(self.twins, ALIKE[1], (name, born, sex, home, number(home, born, 700 + place), "", ""),
                           (name, born, sex, other, number(other, born, 710 + place), "", ""))  # fmt: skip
            else:
                brother = name[:-1] + self.chance.choice([one for one in "伟强军平" if one != name[-1]])
                self._pair(self.twins, ALIKE[0], (name, born, sex, home, number(home, born, 800 + place), "", ""),
                           (brother, born, sex, home, number(home, born, 801 + place), "", ""))  # fmt: skip

    def _slipped(self, slip: str, name: str, born: dt.date, sex: str, home: str, first: str, place: int,
                 alike: dict[str, str]) -> tuple[Any, ...]:  # fmt: skip
        """The second file of the same person with one slip; where the slip is impossible, without the number."""
        phone = f"1370{place:07}"
        if slip == "digit of the number":
            return name, born, sex, home, number(home, born, 600 + place + 100), "", phone
        if slip == "birth date turned" and born.day <= 12 and born.day != born.month:
            return name, born.replace(month=born.day, day=born.month), sex, home, "", "", phone
        if slip == "birth date, a digit":
            return name, born.replace(year=born.year - 1 if born.year % 10 else born.year + 1), sex, home, "", "", phone
        if slip == "name that sounds alike" and name in alike:
            return alike[name], born, sex, home, "", "", phone
        if slip == "former name":
            return f"{name[0]}改{name[-1]}", born, sex, home, "", name, phone
        if slip == "moved to another county":
            return name, born, sex, self.chance.choice([one for one in self.homes if one[:6] != home[:6]]), "", "", ""
        return name, born, sex, home, "", "", ""

    def _pair(self, kept: dict[int, str], kind: str, one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
        self.rows += [one, other]
        kept[len(self.rows) - 2] = kind

    def write(self) -> list[int]:
        """The files; answers their ids in the order of the rows."""
        from lianxin.access import seal
        from lianxin.engine.scope import Actor, over
        from lianxin.journal import actions as journal
        from lianxin.people import names
        from lianxin.people.models import Particulars, Person

        by, at = Actor(area="4199", scope=over("4199"), permissions=frozenset({"*"})), dt.datetime.now(dt.UTC)
        made = []
        with journal.entry(action="bench", by=by, at=at) as writing:
            taken: set[str] = set()
            for place, (name, born, sex, home, said, former, phone) in enumerate(self.rows):
                salt, given = seal.salt(), said if said not in taken else ""
                taken.add(given)
                held = given and not Person.objects.filter(id_mark__in=seal.marks(given, "id")).exists()
                person = Person.objects.create(
                    file_number=f"CC{90_000_000 + place}", salt=salt, name=name, sex=sex, born_on=born, home=home, entry=writing.id,
                    pinyin=names.sounds(name)[0], id_mark=seal.mark(given, "id") if held else None,
                    phone_mark=seal.mark(phone, "phone") if phone else None,
                )  # fmt: skip
                writing.add([Particulars(person=person, name=name, sex=sex, born_on=born, home=home, former_name=former,
                                         recorded_at=at, id_sealed=seal.seal(given, salt, "id") if held else None)])  # fmt: skip
                made.append(person.pk)
        return made


def _alike(whole: set[str], names: Any) -> dict[str, str]:
    """Name → another name of the city with the same sound."""
    by_sound: dict[str, list[str]] = {}
    for name in sorted(whole):
        by_sound.setdefault(names.sounds(name)[0], []).append(name)
    return {some[0]: some[1] for some in by_sound.values() if len(some) > 1}


def main() -> int:
    """Print what was found of each kind, and how long everybody took."""
    ready()
    from lianxin.people import doubles
    from lianxin.people.models import Person

    before = set(doubles.candidates())
    planting = Planting(random.Random(20261125))
    planting.plant()
    ids = planting.write()
    began = time.perf_counter()
    found = doubles.candidates()
    spent = time.perf_counter() - began
    pair = {kind: {(ids[place], ids[place + 1]): slip for place, slip in rows.items()}
            for kind, rows in (("wrong", planting.wrong), ("alike", planting.twins))}  # fmt: skip
    for slips, kind in ((SLIPS, "wrong"), (ALIKE, "alike")):
        for slip in slips:
            every = [one for one, name in pair[kind].items() if name == slip]
            listed = [found[one][0] for one in every if one in found]
            print(
                f"{slip:26} {len(listed):4} of {len(every):4} listed   likeness {sum(listed) / max(1, len(listed)):5.1f}"
            )
    # The city's own people stand beside the planted ones of the same name and birth date: those pairs are doubles too.
    true = sum(one in found for one in pair["wrong"])
    false = sum(one in found for one in pair["alike"]) + sum(
        one not in before and one not in pair["wrong"] and one not in pair["alike"] and not (set(one) & set(ids))
        for one in found
    )
    measured = {"recall": true / len(pair["wrong"]), "precision": true / max(1, true + false), "seconds": spent}
    print(f"{Person.objects.count()} persons, {len(found)} pairs listed")
    bad = 0
    for name, value in measured.items():
        good = value <= LIMITS[name] if name == "seconds" else value >= LIMITS[name]
        bad += not good
        print(f"{name:10} {value:8.3f}   limit {LIMITS[name]:6.2f}   {'' if good else 'BEYOND'}")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
