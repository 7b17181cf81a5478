"""The doors by which cases are opened, moved, published, delivered and ended. One module each for one noun."""

from lianxin.casework.asking import ask_missing, resume, supplement
from lianxin.casework.confirming import review_unconfirmed
from lianxin.casework.deciding import (
    accept,
    advance,
    confirm_proposed,
    decline,
    note,
    refuse,
    reopen,
    send_back,
    take_up,
    withdraw,
)
from lianxin.casework.delivering import call_back, confirm_received, deliver, rate
from lianxin.casework.giving import answer_dispatch, dispatch, done_dispatch, return_unanswered
from lianxin.casework.homing import bring_home, hand_on
from lianxin.casework.opening import open_cases
from lianxin.casework.papers import Upload
from lianxin.casework.publishing import answer_objection, close_due_publicity, object_to, publicise
from lianxin.casework.sealing import list_off, list_on
from lianxin.casework.standing import end, keep, periods_due
from lianxin.casework.takingover import take_over
from lianxin.casework.turning import hand_up, take_on

__all__ = [
    "Upload", "accept", "advance", "answer_dispatch", "answer_objection", "ask_missing", "bring_home", "call_back",
    "close_due_publicity", "confirm_proposed", "confirm_received", "decline", "deliver", "dispatch", "done_dispatch",
    "end", "hand_on", "hand_up", "keep", "list_off", "list_on", "note", "object_to", "open_cases", "periods_due",
    "publicise", "rate", "refuse", "reopen", "resume", "return_unanswered", "review_unconfirmed", "send_back",
    "supplement", "take_on", "take_over", "take_up", "withdraw",
]  # fmt: skip
