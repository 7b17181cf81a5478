# ruff: noqa: E501  (a table is read by its lines)
"""Why a row came back and how to mend it, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# reason → (what is wrong, what to do)
REASONS: dict[str, tuple[Any, Any]] = {
    "name-missing": (_("no name"), _("fill in the name")),
    "name": (_("this cannot be a name"), _("write only the name: letters, or a dot between its parts")),
    "too-long": (_("longer than fits"), _("shorten it")),
    "code": (_("a code has only letters, digits and dashes"), _("remove the other characters")),
    "choice": (_("not one of the words this column knows"), _("write one of: %(words)s")),
    "yes-no": (_("neither yes nor no"), _("write 是 or 否")),
    "grade": (_("no disability grade"), _("write 1 to 10, or 一级 to 十级")),
    "amount": (_("no amount of money"), _("write yuan in digits, such as 1200.50")),
    "number": (_("not a number"), _("write it in digits")),
    "date": (_("not a day"), _("write year, month and day, such as 1958-03-12")),
    "year-only": (_("only the year"), _("add the month, such as 1958-03")),
    "year-short": (_("the year has two digits"), _("write the year in four digits, such as 1958-03-12")),
    "future": (_("this day has not come yet"), _("check the year")),
    "lost-digits": (_("Excel has lost the last digits of this number"), _("format the column as text and type the number again")),
    "id-length": (_("an ID number has 18 characters"), _("type it again from the identity card")),
    "id-characters": (_("an ID number has 17 digits and a digit or X"), _("type it again from the identity card")),
    "id-date": (_("the birth date inside this ID number does not exist"), _("type it again from the identity card")),
    "id-check": (_("the last character does not fit the others: one is wrong"), _("type it again from the identity card")),
    "differs-from-id": (_("differs from the ID number"), _("correct whichever is wrong, or leave this cell blank")),
    "phone": (_("no phone number"), _("write one number: 11 digits, or area code and number")),
    "account": (_("a bank account has 8 to 32 digits"), _("type it again from the bank card")),
    "bank-missing": (_("an account without its bank"), _("fill in the bank")),
    "area-unknown": (_("no area of this city has this name or code"), _("write the 12-digit code, or county/township/village in full")),
    "area-ambiguous": (_("several areas have this name"), _("write county/township/village in full, or the code")),
    "area-short": (_("only a county"), _("add the township and the village")),
    "outside": (_("lives outside your area"), _("send it to the office of that area")),
    "key-missing": (_("cannot be told from others without an ID number"), _("fill in the ID number; or birth date, residence and phone or household code")),
    "ambiguous": (_("several people on file look like this one"), _("fill in the ID number or the file number")),
    "file-unknown": (_("there is no file with this number"), _("clear the file number, or correct it")),
    "file-differs": (_("this file belongs to another ID number"), _("clear the file number, or correct the ID number")),
    "twice": (_("another row is the same person"), _("keep one of the rows")),
    "contradicts": (_("another row of this person says otherwise"), _("correct whichever is wrong and send both again")),
    "before-birth": (_("before the birth date"), _("check both days")),
    "before-enlisted": (_("before enlistment"), _("check both days")),
    "too-young": (_("younger than twelve at enlistment"), _("check both days")),
    "grade-missing": (_("a cause without a grade"), _("fill in the grade")),
    "bereaved-as-missing": (_("no word on whose relative"), _("fill in what this person was to the deceased")),
    "bereaved-of-missing": (_("no word on how they died"), _("fill in 烈士, 因公牺牲 or 病故")),
    "merit-missing": (_("a day without an award"), _("fill in the class of the award")),
    "merit-day": (_("an award without its day"), _("fill in the day of the award")),
    "kin-kind": (_("a relative without a relation"), _("fill in what this person is to them")),
    "kin-number": (_("a relation without a relative"), _("fill in the relative's ID number")),
    "self": (_("this is the person's own number"), _("fill in the relative's ID number")),
    "shifted": (_("more cells than the header has columns"), _("a comma inside a cell moved the others: save as xlsx")),
    "secret": (_("speaks of a unit, place, strength, equipment or task of the forces"), _("such things may not be kept: write “部队” instead")),
    "doubtful": (_("may speak of the forces; set aside for the security administrator"), _("write it without unit, place, number or task, or wait for the decision")),
    "relative-unknown": (_("loaded, but this relative is neither in the ledger nor on file"), _("add a row for them and send it again")),
}  # fmt: skip
