"""Write into files: what is given becomes dated rows, for one person or for thousands in the same form.

A blank never erases. What differs supersedes the row that said otherwise and adds the new one: from the day of the
change where the old value held before, over the whole time where it corrects or completes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from lianxin.access import seal
from lianxin.journal.models import Dated
from lianxin.people.gathered import _MOVING, ABSENT, NO_NUMBER, Anchor, Filing, Given, Held, Row
from lianxin.people.models import (
    Attested,
    Attribute,
    Award,
    BankAccount,
    Livelihood,
    Membership,
    Particulars,
    Service,
    Standing,
    Suspension,
)
from lianxin.people.names import sounds


def file(filing: Filing, given: Given, *, run: str, entry: int, visible: bool) -> None:
    """Plan every row that the given cells ask for."""
    _particulars(filing, given, run, entry, visible)
    _service(filing, given)
    _standings(filing, given)
    _awards(filing, given)
    _livelihood(filing, given)
    _suspension(filing, given)
    _attested(filing, given)
    _attributes(filing, given)
    _accounts(filing, given)
    _memberships(filing, given)


def completed(model: type[Dated], given: Row) -> Row:
    """Given values, with what the file holds where nothing is given."""
    return tuple([absent if value is None else value for value, absent in zip(given, ABSENT[model], strict=True)])


def merged(old: Row, given: Row) -> Row:
    """Given values over old ones: a blank never erases."""
    return tuple(before if value is None else value for before, value in zip(old, given, strict=True))


def _latest(anchor: Anchor, model: type[Dated]) -> Held | None:
    rows = anchor.rows.get(model)
    return max(rows, key=lambda row: (row.valid_from or dt.date.min, row.id)) if rows else None


def _particulars(filing: Filing, given: Given, run: str, entry: int, visible: bool) -> None:
    cells = given.cells
    codes = ("name", "former_name", "sex", "born_on", "died_on", "id_number", "phone", "home", "address", "hukou",
             "verified", "photo", "household", "changed_on", "paper")  # fmt: skip
    for person, *row in zip(given.ids, *(cells[code] for code in codes), strict=True):
        values: Row = tuple(row[:12])
        anchor = given.on_file.get(person)
        family = given.families.get(row[12]) if row[12] else None
        if anchor is not None and anchor.rows.get(Particulars):
            _again(filing, anchor, values, row[13], row[14] or "")
            continue
        salt = anchor.salt if anchor is not None else seal.salt()
        sealed, marks = _numbers(values, salt)
        filled = completed(Particulars, sealed)
        filing.adds[Particulars].append((person, *filled, None, None, filing.at, row[14] or ""))
        name = filled[0]
        said, initials = sounds(name)
        picture = {
            "name": name, "pinyin": said, "initials": initials, "sex": filled[2], "born_on": filled[3],
            "died_on": filled[4], "id_mark": marks[0], "phone_mark": marks[1], "home": filled[7],
            "address": filled[8], "verified": filled[10],
        }  # fmt: skip
        if anchor is not None:
            filing.revived.append(person)
            filing.anchors[person].update(picture, family_id=family, run=run, visible=visible)
            filing.touched.add(person)
        else:
            filing.persons.append(
                (person, f"CC{person:08d}", salt, *picture.values(), family, entry, run, visible)
            )  # fmt: skip


ANCHOR = ("id", "file_number", "salt", "name", "pinyin", "initials", "sex", "born_on", "died_on", "id_mark",
          "phone_mark", "home", "address", "verified", "family_id", "entry", "run", "visible")  # fmt: skip


def _numbers(values: Row, salt: bytes) -> tuple[Row, tuple[bytes | None, bytes | None]]:
    """The values with the ID number and the phone sealed, and their marks."""
    number, phone = values[5], values[6]
    if number is None and phone is None:
        return values, (None, None)
    box = seal.Sealer(salt)
    sealed = (
        *values[:5], box.seal(number, "id") if number else None, box.seal(phone, "phone") if phone else None,
        *values[7:],
    )  # fmt: skip
    return sealed, (seal.mark(number, "id") if number else None, seal.mark(phone, "phone") if phone else None)


def _again(filing: Filing, anchor: Anchor, values: Row, changed_on: dt.date | None, paper: str) -> None:
    """Particulars of somebody on file: correct, complete, or move."""
    old = _latest(anchor, Particulars)
    if old is None:
        return
    held = (anchor.id_mark, anchor.phone_mark)
    marks = tuple(
        seal.mark(value, name, [before]) if value else None
        for value, name, before in zip(values[5:7], ("id", "phone"), held, strict=True)
    )
    same = [mark is None or mark == before for mark, before in zip(marks, held, strict=True)]
    plain = (*values[:5], None, None, *values[7:])
    new = merged(old.values, plain)
    if all(same) and new == old.values:
        return
    box = seal.Sealer(anchor.salt)
    new = (
        *new[:5], old.values[5] if same[0] else box.seal(values[5], "id"),
        old.values[6] if same[1] else box.seal(values[6], "phone"), *new[7:],
    )  # fmt: skip
    moving = any(
        (changed_on is not None or old.values[place] not in (None, "")) and new[place] != old.values[place]
        for place in _MOVING
    )
    since = (changed_on or filing.day) if moving else None
    filing.put(Particulars, anchor.id, old, new, start=None, since=since, paper=paper)
    change = {"sex": new[2], "born_on": new[3], "died_on": new[4], "home": new[7], "address": new[8],
              "verified": new[10]}  # fmt: skip
    if new[0] != old.values[0]:
        change["name"] = new[0]
        change["pinyin"], change["initials"] = sounds(new[0])
    if not same[0]:
        change["id_mark"] = marks[0]
    if not same[1]:
        change["phone_mark"] = marks[1]
    if new[7] != old.values[7]:
        filing.moved.append(anchor.id)
    if new[4] is not None and old.values[4] is None:
        filing.died.append(anchor.id)
    filing.anchors[anchor.id].update(change)


def _service(filing: Filing, given: Given) -> None:
    codes = ("service_kind", "enlisted_on", "discharged_on", "settlement", "rural_at_enlistment", "expelled")
    for person, anchor, paper, changed, *values in given.over(*codes):
        row = (*values, None)
        old = _latest(anchor, Service) if anchor else None
        if old is None:
            filing.add(Service, person, completed(Service, row), None, paper)
            continue
        promoted = bool(values[0] and old.values[0] and values[0] != old.values[0])
        filing.put(Service, person, old, merged(old.values, row), start=None, since=changed if promoted else None,
                   paper=paper)  # fmt: skip


_FLAGS = ("combat", "nuclear_test", "returned_sick", "enlisted_before_1954")


def _standings(filing: Filing, given: Given) -> None:
    codes = (*_FLAGS, "disabled_soldier", "disability_grade", "disability_cause", "disabled_from", "bereaved_of",
             "bereaved_as", "bereaved_from", "accompanying", "accompanying_from", "fallen", "died_on")  # fmt: skip
    for person, anchor, paper, changed, *v in given.over(*codes):
        wanted: list[tuple[bool, dt.date | None, Row]] = [
            (bool(holds), None, (code, None, "", ""))
            for code, holds in zip(_FLAGS, v, strict=False)
            if holds is not None
        ]
        if v[5] is not None or v[4] is not None:
            wanted.append((v[4] is not False, v[7], ("disabled_soldier", v[5], v[6], "")))
        if v[8] is not None:
            wanted.append((True, v[10], ("bereaved", None, v[8], v[9])))
        if v[11] is not None or v[12] is not None:
            wanted.append((v[11] is not False, v[12], ("accompanying", None, "", "")))
        if v[13] is not None:
            wanted.append((True, v[14], ("fallen", None, v[13], "")))
        for holds, start, values in wanted:
            _standing(filing, person, anchor, holds, start, values, changed, paper)


def _standing(filing: Filing, person: int, anchor: Anchor | None, holds: bool, start: dt.date | None, values: Row,
              changed: dt.date | None, paper: str) -> None:  # fmt: skip
    """One category: it begins, it changes (a new grade), or it ends."""
    rows = anchor.rows.get(Standing, []) if anchor else []
    alike = [row for row in rows if row.values[0] == values[0]]
    if values[0] == "bereaved":
        alike = [row for row in alike if row.values[2] == values[2] and values[3] in (None, row.values[3])]
    old = alike[-1] if alike else None
    if not holds:
        if old is not None:
            filing.end(Standing, person, old, changed or filing.day, paper)
        return
    if old is None:
        filing.add(Standing, person, (values[0], values[1], values[2] or "", values[3] or "", *NO_NUMBER), start, paper)
        return
    new = merged(old.values, (*values, *NO_NUMBER))
    if new != old.values:
        filing.put(Standing, person, old, new, start=start, since=changed or start or filing.day, paper=paper)
    elif start is not None and start != old.valid_from:
        filing.supersedes[Standing].append(old.id)
        filing.add(Standing, person, new, start, paper)


def _awards(filing: Filing, given: Given) -> None:
    if not given.awards:
        return
    for person, uid, paper in zip(given.ids, given.cells["uid"], given.cells["paper"], strict=True):
        some = given.awards.get(uid)
        if not some:
            continue
        anchor = given.on_file.get(person)
        held = {(row.values[0], row.valid_from): row for row in (anchor.rows.get(Award, []) if anchor else [])}
        for merit, on, wartime in some:
            old = held.get((merit, on))
            if old is None:
                filing.add(Award, person, (merit, wartime, "", None, None), on, paper or "")
            elif wartime and not old.values[1]:
                filing.put(Award, person, old, (merit, True, *old.values[2:]), start=on, since=None, paper=paper or "")


def _livelihood(filing: Filing, given: Given) -> None:
    codes = ("employment", "unemployment_registered", "employer_insured", "monthly_income", "education_stage",
             "in_education", "able_to_work", "school", "graduates_on")  # fmt: skip
    for person, anchor, paper, changed, *v in given.over(*codes, "livelihood_from"):
        row, start = (*v[:9], None, None), v[9]
        old = _latest(anchor, Livelihood) if anchor else None
        if old is None:
            if any(value is not None for value in row):
                filing.add(Livelihood, person, completed(Livelihood, row), start, paper)
            continue
        new = merged(old.values, row)
        differs = any(
            before not in (None, "") and before != after for before, after in zip(old.values, new, strict=True)
        )
        filing.put(Livelihood, person, old, new, start=start,
                   since=(start or changed or filing.day) if differs else None, paper=paper)  # fmt: skip


def _suspension(filing: Filing, given: Given) -> None:
    for person, anchor, paper, changed, state, start, rights in given.over(
        "suspension", "suspended_on", "political_rights"
    ):
        old = _latest(anchor, Suspension) if anchor else None
        since = start or changed
        if state == "none" and rights is not False:
            if old is not None:
                filing.end(Suspension, person, old, since or filing.day, paper)
        elif state is not None or rights is not None:
            before = old.values if old else ("none", True)
            new = (state or before[0], before[1] if rights is None else rights)
            if old is not None or new != ("none", True):
                filing.put(Suspension, person, old, new, start=since, since=since or filing.day, paper=paper)


def _attested(filing: Filing, given: Given) -> None:
    for person, anchor, paper, changed, holds in given.over("unit_stationed_here"):
        old = [
            row for row in (anchor.rows.get(Attested, []) if anchor else []) if row.values[0] == "unit_stationed_here"
        ]
        filing.put(Attested, person, old[-1] if old else None, ("unit_stationed_here", holds), start=changed,
                   since=changed or filing.day, paper=paper)  # fmt: skip


def _attributes(filing: Filing, given: Given) -> None:
    for code in given.attributes:
        for person, anchor, paper, changed, value in given.over(code):
            said = str(value).lower() if isinstance(value, bool) else str(value)
            old = [row for row in (anchor.rows.get(Attribute, []) if anchor else []) if row.values[0] == code]
            filing.put(Attribute, person, old[-1] if old else None, (code, said), start=changed,
                       since=changed or filing.day, paper=paper)  # fmt: skip


def _accounts(filing: Filing, given: Given) -> None:
    names, salts = {}, {}
    for row in filing.persons:
        names[row[0]], salts[row[0]] = row[3], row[2]
    for person, anchor, paper, changed, bank, number, holder, verified in given.over(
        "bank", "account", "holder", "account_verified"
    ):
        if number is None:
            continue
        held = anchor.rows.get(BankAccount, []) if anchor else []
        mark = seal.mark(number, "account", [row.values[2] for row in held])
        old = next((row for row in held if row.values[2] == mark), None)
        name = holder or names.get(person) or _name(anchor)
        salt = anchor.salt if anchor else salts[person]
        if old is None:
            # At the machine a first account may come verified by the bureau; one that a clerk loads waits for a second
            # person like one that is typed (:mod:`lianxin.people.verifying`), and so does whatever is not the first.
            first = not held
            sealed = seal.Sealer(salt).seal(number, "account")
            filing.add(BankAccount, person, (bank, sealed, mark, name, filing.vouched and first and bool(verified), None),
                       None if first else changed or filing.day, paper)  # fmt: skip
            continue
        first = filing.vouched and len(held) == 1 and old.values[5] is None
        new = (bank or old.values[0], old.values[1], mark, holder or old.values[3],
               old.values[4] or (first and bool(verified)), old.values[5])  # fmt: skip
        filing.put(BankAccount, person, old, new, start=None, since=None, paper=paper)


def _name(anchor: Anchor | None) -> str:
    held = _latest(anchor, Particulars) if anchor else None
    return str(held.values[0]) if held else ""


def _memberships(filing: Filing, given: Given) -> None:
    for person, anchor, paper, changed, code in given.over("household"):
        family = given.families[code]
        old = _latest(anchor, Membership) if anchor else None
        if old is not None and old.values == (family,):
            continue
        filing.put(Membership, person, old, (family,), start=changed if old else None, since=changed or filing.day,
                   paper=paper)  # fmt: skip
        if anchor is not None:
            filing.anchors[person]["family_id"] = family


def people(rows: Iterable[Row]) -> list[int]:
    """The persons of planned rows."""
    return [row[0] for row in rows]
