"""Words of the table of scenes: where a card gives a right, to whom, and which right."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Pair = tuple[str, str]  # Chinese, English

SCENES: Mapping[str, Pair] = MappingProxyType({
    "bus": ("公交", "bus"),
    "scenic": ("景区场馆", "parks and museums"),
    "hospital": ("医院窗口", "hospital window"),
    "shop": ("门店优惠", "shop offer"),
    "window": ("办事窗口优先", "priority at a window"),
})  # fmt: skip
CLASSES: Mapping[str, Pair] = MappingProxyType({
    "veteran": ("退役军人", "veterans"),
    "bereaved": ("烈士、因公牺牲、病故军人遗属", "the bereaved"),
    "disabled": ("残疾军人", "soldiers disabled in service"),
    "serving": ("现役军人", "serving soldiers"),
    "family": ("军人家属", "families of serving soldiers"),
})  # fmt: skip
RIGHTS: Mapping[str, Pair] = MappingProxyType({
    "free": ("免费", "free"),
    "discount": ("优惠", "reduced"),
    "first": ("优先", "first"),
})  # fmt: skip
