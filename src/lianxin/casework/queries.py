"""Read cases: the inbox, lists, one case, helpers' offers, public notices. Always scoped."""

from lianxin.casework.filed import Filed, papers_of
from lianxin.casework.inbox import Filters, cases, counts, household, inbox, numbered, of_person
from lianxin.casework.missing import Missing, missing_of
from lianxin.casework.offers import dispatched_to, givers, offer
from lianxin.casework.public import publicities, publicity
from lianxin.casework.rated import Rated, ratings
from lianxin.casework.reasons import REASONS, reasons_for
from lianxin.casework.recognising import Recognised, recognised
from lianxin.casework.shown import CaseRow, CaseView, DispatchShown, Page, PublicityShown
from lianxin.casework.viewing import case, may_be_missing, paper

__all__ = [
    "REASONS", "CaseRow", "CaseView", "DispatchShown", "Filed", "Filters", "Missing", "Page", "PublicityShown", "Rated",
    "Recognised", "case", "cases", "counts", "dispatched_to", "givers", "household", "inbox", "may_be_missing",
    "missing_of", "numbered", "of_person", "offer", "paper", "papers_of", "publicities", "publicity", "ratings",
    "reasons_for", "recognised",
]  # fmt: skip
