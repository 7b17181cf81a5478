"""Read cases: the inbox, lists, one case, helpers' offers, public notices. Always scoped."""

from lianxin.casework.board import Ask, Asked, Board, board, brought_by, line_services, of_household
from lianxin.casework.board import counts as board_counts
from lianxin.casework.filed import Filed, papers_of
from lianxin.casework.homing import Unmanned, may_have, unmanned
from lianxin.casework.inbox import (
    Filters,
    Seats,
    cases,
    counts,
    household,
    inbox,
    numbered,
    of_person,
    rows_numbered,
    seats,
    services_at,
)
from lianxin.casework.missing import Missing, missing_of
from lianxin.casework.offers import dispatched_to, givers, offer
from lianxin.casework.public import publicities, publicity
from lianxin.casework.rated import Rated, ratings
from lianxin.casework.reasons import REASONS, reasons_for
from lianxin.casework.recognising import Recognised, recognised
from lianxin.casework.shown import CaseRow, CaseView, DispatchShown, Page, PublicityShown
from lianxin.casework.turning import ways_up
from lianxin.casework.viewing import case, may_be_missing, paper
from lianxin.casework.words import step_words

__all__ = [
    "REASONS",
    "Ask",
    "Asked",
    "Board",
    "CaseRow",
    "CaseView",
    "DispatchShown",
    "Filed",
    "Filters",
    "Missing",
    "Page",
    "PublicityShown",
    "Rated",
    "Recognised",
    "Seats",
    "Unmanned",
    "board",
    "board_counts",
    "brought_by",
    "case",
    "cases",
    "counts",
    "dispatched_to",
    "givers",
    "household",
    "inbox",
    "line_services",
    "may_be_missing",
    "may_have",
    "missing_of",
    "numbered",
    "of_household",
    "of_person",
    "offer",
    "paper",
    "papers_of",
    "publicities",
    "publicity",
    "ratings",
    "reasons_for",
    "recognised",
    "rows_numbered",
    "seats",
    "services_at",
    "step_words",
    "unmanned",
    "ways_up",
]  # fmt: skip
