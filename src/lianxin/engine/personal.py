"""What is declared of every field of every table: whether it says something about a person, and how it is kept.

Each room says so in its ``personal.py``. From these declarations follow the page of personal data, sealing anew, the copy
that a person may take, and deletion: a table that is not declared fails the test of the house, so none is forgotten.

Kinds of fields, given as names in one text each:

- ``plain``: says nothing about a person (ids, counts, technical marks);
- ``said``: ordinary personal data (个人信息保护法 art. 4);
- ``sensitive``: sensitive personal data (art. 28): health, accounts, special status, whereabouts, children under 14;
- ``words``: free words, in which anything may stand: treated as sensitive;
- ``others``: about somebody else or about the staff who acted; never in the person's own copy.

Sealed columns are sensitive and named in ``sealed`` with the field that is bound into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Pair = tuple[str, str]  # Chinese, English

PURPOSES: Mapping[str, Pair] = MappingProxyType({
    "identify": ("认出本人、避免重复建档", "to know who somebody is, once"),
    "file": ("建档立卡，确认身份和应享待遇", "to keep the file from which entitlements follow"),
    "entitle": ("判断应享什么、已享什么", "to find what somebody is entitled to and has received"),
    "case": ("办理诉求和事项", "to get asks and applications done"),
    "pay": ("把钱发到本人账户", "to pay into the person's own account"),
    "tell": ("通知本人", "to tell the person"),
    "account": ("登录和分清职责", "to sign in, and to keep duties apart"),
    "prove": ("证明做过什么、谁做的", "to prove what was done and by whom"),
    "protect": ("保守秘密、保护个人信息", "to keep secrets and protect personal data"),
    "honour": ("表彰和慰问", "to honour and to visit"),
    "run": ("系统运行", "to run the system"),
})  # fmt: skip

# The article by which the data may be handled at all.
BASES: Mapping[str, Pair] = MappingProxyType({
    "duty": ("《个人信息保护法》第十三条第一款第三项、第三十四条（履行法定职责）；《退役军人保障法》第八条",
             "个人信息保护法 art. 13(1)(3) and 34: a duty by law; 退役军人保障法 art. 8"),
    "consent": ("《个人信息保护法》第十三条第一款第一项、第二十九条（本人单独同意）",
                "个人信息保护法 art. 13(1)(1) and 29: separate consent"),
    "records": ("《个人信息保护法》第五十一条、第五十五条（处理记录）", "个人信息保护法 art. 51 and 55: records of handling"),
    "staff": ("《个人信息保护法》第十三条第一款第二项（人力资源管理）", "个人信息保护法 art. 13(1)(2): staff"),
})  # fmt: skip

# How long: the end of a term is a fact of the file, its length is a setting of the city (catalogue/retention.yaml).
TERMS: Mapping[str, Pair] = MappingProxyType({
    "file": ("随档案", "with the file"),
    "case": ("办结后", "after the case ended"),
    "money": ("会计档案期限", "as books must be kept"),
    "notice": ("发出后", "after it was sent"),
    "journal": ("随日志，不含内容", "with the journal, which holds no values"),
    "account": ("账号停用后", "after the account was closed"),
    "run": ("用完即删", "until the work is done"),
    "register": ("长期，去标识", "for good, under a number only"),
})  # fmt: skip

KINDS = ("plain", "said", "sensitive", "words", "others")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column: the field bound into it, the way to its salt, and the mark columns that search for it."""

    column: str
    field: str
    salt: str = "person__salt"
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``of`` is the way to the person's id (blank: rows belong to nobody); ``household`` the way to the
    household's id of rows that belong to all of it. ``file`` names a stored file.

    ``apart`` rows are never in a person's copy (why must be said in ``why``); ``keeps`` rows stay after a deletion,
    under a number only. ``blanks`` names what a deletion blanks where days and states stay for the counts.
    """

    model: str
    purpose: str = "run"
    basis: str = "duty"
    keep: str = "file"
    see: str = ""
    of: str = ""
    household: str = ""
    plain: str = ""
    said: str = ""
    sensitive: str = ""
    words: str = ""
    others: str = ""
    sealed: tuple[Sealed, ...] = ()
    file: str = ""
    blanks: str | None = None
    apart: bool = False
    keeps: bool = False
    why: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        found: dict[str, str] = {}
        for kind in KINDS:
            for name in str(getattr(self, kind)).split():
                if name in found:
                    raise ValueError(f"{self.model}.{name} is declared twice")
                found[name] = kind
        found.update({one.column: "sealed" for one in self.sealed})
        object.__setattr__(self, "kinds", MappingProxyType(found))

    @property
    def personal(self) -> bool:
        """Whether the table says anything about persons."""
        return any(kind != "plain" for kind in self.kinds.values())


_TABLES: dict[str, Table] = {}
_FIXED = "id entry_id valid_from valid_to recorded_at superseded_at superseded_by"


def declare(*tables: Table) -> None:
    """Add a room's tables; a second declaration of a model is an error of the source."""
    for table in tables:
        if _TABLES.get(table.model, table) != table:
            raise ValueError(f"{table.model} is declared twice")
        for name, known in ((table.purpose, PURPOSES), (table.basis, BASES), (table.keep, TERMS)):
            if name not in known:
                raise ValueError(f"{table.model}: there is no {name}")
        _TABLES[table.model] = table


def tables() -> tuple[Table, ...]:
    """Everything declared, in the order of rooms."""
    return tuple(_TABLES.values())


def table(model: str) -> Table:
    """The declaration of a model."""
    return _TABLES[model]


def fixed() -> frozenset[str]:
    """Columns of covered and dated rows that every such table has; they need no word."""
    return frozenset(_FIXED.split())
