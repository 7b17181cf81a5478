"""The doors through which cards are written. What each does stands in its own module."""

from lianxin.cards.answers import read_activations, read_answer
from lianxin.cards.boxes import count, destroy, explain, make_again, pack, read_list
from lianxin.cards.filing import take_over, turn_down
from lianxin.cards.hearing import find
from lianxin.cards.living import activate, hand, lose, notice, recover

__all__ = [
    "activate", "count", "destroy", "explain", "find", "hand", "lose", "make_again", "notice", "pack", "read_activations",
    "read_answer", "read_list", "recover", "take_over", "turn_down",
]  # fmt: skip
