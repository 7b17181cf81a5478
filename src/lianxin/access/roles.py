"""The one readable file of who may do what. A role names permissions; *where* is the scope's business.

Read a line as: staff in this role, inside the area of their grant, may do these things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its names, its reach, its permissions; after how many idle minutes and hours in all it signs out."""

    zh: str
    en: str
    reach: Literal["area", "assigned", "self"]
    may: frozenset[str]
    idle: int = 30
    hours: int = 12


PERMISSIONS: dict[str, str] = {
    "home": "open one's own pages, messages and settings",
    "own.view": "see one's own file, household, cases and papers",
    "own.ask": "ask, apply, confirm, supplement, withdraw, rate for oneself or under a mandate",
    "people.search": "find persons and households",
    "people.view": "open a person's file, masked",
    "people.reveal": "unmask one sealed value with a reason",
    "people.edit": "record facts in a file",
    "people.import": "load ledgers of people",
    "people.export": "export lists of people, masked",
    "people.export.whole": "export lists of people in full, with a reason",
    "merge.propose": "say that two files are one person's, or that they are not",
    "merge.approve": "merge files where money or an account is concerned, after somebody else; take a merge back",
    "case.view": "see cases and the inbox",
    "sheet.scan": "scan a printed sheet that leads to a page one may open",
    "case.open": "open a case for a person at the counter or on the phone",
    "case.accept": "accept, verify and return cases at the township or village",
    "case.review": "verify and review cases at the county",
    "case.approve": "approve or refuse cases at the city",
    "case.panel": "sit on an internal panel",
    "case.publicise": "run publicity and receive objections",
    "case.dispatch": "hand an ask to a volunteer, a partner or a unit",
    "case.deliver": "record a delivery (visit, errand, advice, record)",
    "case.visit": "plan visits to households, take one's own list along, record what was found",
    "case.callback": "call back and record what was said",
    "case.attest": "attest facts for the forces",
    "case.respond": "answer what was dispatched to one's own office",
    "case.sealed": "work on sealed cases one is listed on",
    "gap.view": "see who is entitled and has not received",
    "calls.view": "work the call list",
    "batch.view": "see batches and lines",
    "batch.make": "gather lines into a batch",
    "batch.check": "check a batch",
    "batch.approve": "approve a batch",
    "batch.bank": "write the bank's file and read its return",
    "ledger.view": "see the double-entry books",
    "figures.view": "see figures and reviews",
    "figures.rows": "open the rows behind a figure",
    "screens.keep": "make and revoke the links of hall screens",
    "review.draft": "draft and publish a review",
    "sample.draw": "announce a sample of a published number and record its seed",
    "sample.answer": "record what the recipient of a drawn row said",
    "assess.view": "see the binders of an assessment: points, evidence, gaps",
    "assess.keep": "keep a binder: bind evidence, name who closes a gap and who reviews",
    "assess.review": "review a binder as the assessors would, where one is named",
    "assess.write": "hand in a tree of indicators",
    "assess.publish": "publish a tree of indicators that somebody else handed in",
    "data.prepare": "prepare a release of open data",
    "data.publish": "publish a release of open data that somebody else prepared, or withdraw one",
    "attest.view": "see achievements that no case produced, with their papers",
    "attest.write": "write down an achievement from its paper",
    "attest.rule": "agree to an achievement that somebody else wrote down, turn it down or take it back",
    "catalogue.view": "see services, versions and what they say",
    "catalogue.drafts": "see services being written and what they would change",
    "catalogue.write": "write services in the workbench and hand them in",
    "catalogue.approve": "publish or give back a service that others wrote",
    "catalogue.try": "try changed numbers of a service on the city, before anybody signs them",
    "catalogue.withdraw": "withdraw a version of a service before its first day, with a reason",
    "journal.view": "read the journal",
    "audit.take": "take whole tables with their vouchers, or samples of them",
    "inquiry.open": "open a file for an audit or a discipline inquiry, masked; the person is told later",
    "retention.decide": "propose and decide what is archived or deleted, two people for each",
    "restricted.view": "open the restricted lists",
    "restricted.keep": "keep the restricted lists",
    "restricted.confirm": "confirm lines of the restricted lists and attest their count",
    "personal.view": "see which personal data is held, why and how long; the impact assessment",
    "queue.view": "see background work",
    "accounts.manage": "make accounts, give roles, unlock, hand over",
    "roles.view": "see who may do what where, and who signed in",
    "areas.manage": "keep the tree of areas",
    "offices.manage": "keep offices, desks and who sits at them",
    "texts.view": "see what became of text messages, without what they said",
    "circle.hand": "hand over the page of a family circle on paper",
    "circle.unit": "see what families show to the unit, and counts without names",
    "need.view": "see the two lists of needs, of the forces and of the locality",
    "need.unit": "bring a unit's need into the two lists, and say what came of it",
    "need.place": "bring a need of the locality into the two lists, and say what came of it",
    "people.bind": "print the code that binds a phone to a file, and end such a binding",
    "duty.keep": "keep the duty roster of a community or an office",
    "review.community": "see a community's own review, and print it",
    "event.keep": "keep events: places, sign-ups, attendance, pictures",
    "gift.keep": "take gifts, print receipts, say what became of them",
    "gift.own": "see what one's own office gave and what became of it",
    "offer.own": "keep what one's own office offers, see its hours and thanks, certify them",
    "card.view": "see where cards stand, and the boxes they lie in",
    "card.keep": "count boxes, pack them on, hand cards over, note a card as lost",
    "card.file": "file with the province, read the bank's lists, carry out the province's notices about cards",
    "card.key": "change the keys that sign credentials, by command",
    "gate.keep": "register validators, gates and counting keys of operators, confirm, change and revoke them",
    "tariff.keep": "write down with which rate a use of a card is paid",
    "tariff.agree": "agree to a rate that somebody else wrote down",
    "scene.keep": "draw up the table of where a card gives which right",
    "scene.publish": "publish the table of rights that somebody else drew up",
    "map.view": "see the one map of public places",
    "map.keep": "enter, change and close public places of the map",
    "secrecy.decide": "decide on texts set aside because they may speak of the forces",
}

_DESK = {"home", "people.search", "people.view", "people.reveal", "case.view", "case.open", "sheet.scan", "gap.view",
         "calls.view",          "case.callback", "catalogue.view", "people.bind"}  # fmt: skip

ROLES: dict[str, Role] = {
    "resident": Role("居民", "resident", "self", frozenset({"home", "own.view", "own.ask"}), 7 * 24 * 60, 30 * 24),
    "worker": Role("社区工作者", "community worker", "area", frozenset(
        _DESK | {"case.accept", "case.dispatch", "case.deliver", "case.visit", "case.respond", "people.edit", "duty.keep",
                 "review.community", "event.keep", "card.view", "card.keep", "map.view"})),
    "clerk": Role("窗口受理岗", "intake clerk", "area", frozenset(
        _DESK | {"case.accept", "case.dispatch", "case.deliver", "case.visit", "case.respond", "case.publicise", "people.edit",
                 "people.import", "duty.keep", "review.community", "event.keep", "gift.keep",
                 "people.export", "people.export.whole", "figures.view", "figures.rows", "merge.propose", "sample.answer",
                 "card.view", "card.keep", "map.view", "map.keep"})),
    "reviewer": Role("县级审核岗", "county reviewer", "area", frozenset(
        _DESK | {"case.review", "case.panel", "case.deliver", "case.respond", "case.publicise", "people.edit",
                 "people.import", "duty.keep", "review.community", "event.keep", "gift.keep",
                 "people.export", "people.export.whole", "figures.view", "figures.rows", "batch.view", "merge.propose",
                 "merge.approve", "retention.decide", "need.view", "need.place", "card.view", "card.keep", "gate.keep",
                 "attest.view", "attest.write", "sample.answer", "map.view", "map.keep", "assess.view", "assess.keep",
                 "assess.review"})),
    "approver": Role("市级审批岗", "city approver", "area", frozenset(
        _DESK | {"case.approve", "case.panel", "case.deliver", "case.respond", "duty.keep", "review.community",
                 "event.keep", "gift.keep", "figures.view", "figures.rows", "batch.view",
                 "people.export", "people.export.whole", "review.draft", "merge.propose", "merge.approve",
                 "retention.decide", "catalogue.drafts", "catalogue.approve", "catalogue.try",
                 "catalogue.withdraw", "need.view", "need.place", "card.view", "card.keep", "card.file",
                 "scene.publish", "gate.keep", "tariff.agree", "attest.view", "attest.write", "attest.rule",
                 "sample.draw", "sample.answer", "map.view", "map.keep", "assess.view", "assess.keep",
                 "assess.review", "assess.publish", "data.prepare", "data.publish"})),
    "policy": Role("政策岗", "policy clerk", "area", frozenset(
        {"home", "sheet.scan", "catalogue.view", "catalogue.drafts", "catalogue.write", "catalogue.try", "gap.view", "figures.view",
         "scene.keep", "gate.keep", "tariff.keep", "map.view", "assess.view", "assess.write", "data.prepare"})),
    "payment-maker": Role("发放经办", "payment maker", "area", frozenset(
        {"home", "sheet.scan", "batch.view", "batch.make", "batch.bank", "ledger.view"})),
    "payment-checker": Role("发放复核", "payment checker", "area", frozenset(
        {"home", "sheet.scan", "batch.view", "batch.check", "ledger.view"})),
    "payment-approver": Role("发放审批", "payment approver", "area", frozenset(
        {"home", "sheet.scan", "batch.view", "batch.approve", "ledger.view"})),
    "liaison": Role("军地联络员", "military liaison", "assigned", frozenset(
        {"home", "sheet.scan", "case.attest", "case.open", "case.view", "circle.hand",
         "need.view", "need.unit"})),
    "political-officer": Role("部队政工干部", "unit's political officer", "assigned", frozenset(
        {"home", "sheet.scan", "circle.unit", "need.view", "need.unit"})),
    "mediator": Role("调解员", "mediator", "assigned", frozenset(
        {"home", "case.view", "case.sealed", "case.respond", "case.deliver"})),
    "counsellor": Role("心理服务人员", "counsellor", "assigned", frozenset({"home", "case.view", "case.sealed"})),
    "volunteer": Role("志愿者", "volunteer", "assigned", frozenset({"home", "case.respond", "offer.own"})),
    "partner": Role("拥军门店", "partner shop", "assigned", frozenset({"home", "case.respond", "offer.own", "gift.own"})),
    "unit": Role("共建单位", "unit next door", "assigned", frozenset({"home", "case.respond", "offer.own"})),
    "donor": Role("捐赠方", "donor", "assigned", frozenset({"home", "gift.own"})),
    "auditor": Role("审计", "auditor", "area", frozenset(
        {"home", "journal.view", "audit.take", "inquiry.open", "ledger.view", "batch.view", "case.view", "catalogue.view",
         "figures.view", "figures.rows", "personal.view", "attest.view", "sample.draw", "assess.view", "assess.review"})),
    "list-keeper": Role("名单保管员", "keeper of restricted lists", "assigned", frozenset(
        {"home", "restricted.view", "restricted.keep"})),
    "list-confirmer": Role("名单核对员", "liaison for restricted lists", "assigned", frozenset(
        {"home", "restricted.view", "restricted.confirm"})),
    "leader": Role("领导", "leader", "area", frozenset(
        {"home", "sheet.scan", "figures.view", "review.draft", "review.community", "catalogue.try", "need.view", "assess.view",
         "map.view"})),
    # Three administrators apart (三员分立): nobody is two of them, and none does the city's business.
    "operator": Role("系统管理员", "system administrator", "area", frozenset(
        {"home", "card.key", "queue.view", "areas.manage", "offices.manage", "texts.view", "catalogue.view",
         "roles.view", "screens.keep"}), 15, 10),
    "security": Role("安全管理员", "security administrator", "area", frozenset(
        {"home", "accounts.manage", "roles.view", "secrecy.decide", "journal.view", "personal.view"}), 15, 10),
    "audit": Role("审计管理员", "audit administrator", "area", frozenset(
        {"home", "journal.view", "roles.view", "personal.view"}), 15, 10),
}  # fmt: skip

# Roles whose desk stands at a place, mostly below the city: whoever opens such an account says where.
PLACED = frozenset({"worker", "clerk", "reviewer", "liaison", "political-officer", "mediator", "counsellor", "volunteer",
                    "partner", "unit", "donor"})  # fmt: skip
ADMINISTRATORS = frozenset({"operator", "security", "audit"})
# Duties that never meet in one person: not at once, not one after another over the same days, not over two accounts.
APART: tuple[frozenset[str], ...] = (
    frozenset({"payment-maker", "payment-checker", "payment-approver"}),
    frozenset({"list-keeper", "list-confirmer"}),
    *(frozenset({one, other}) for one in sorted(ADMINISTRATORS) for other in ROLES if other not in {one, "resident"}),
)
# Who gives which roles. The machine's own command gives every role; the other two administrators come from there only.
GIVES: dict[str, frozenset[str]] = {
    "security": frozenset(ROLES) - {"resident", "security", "audit"},
}


def gives(roles: frozenset[str]) -> frozenset[str]:
    """The roles that somebody with these roles may give."""
    return frozenset[str]().union(*(GIVES.get(role, frozenset()) for role in roles))


def together(one: str, other: str) -> bool:
    """Whether two roles may be held by one person."""
    return one == other or not any({one, other} <= group for group in APART)
