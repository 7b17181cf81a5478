"""The console's side menu: the seed text's three pillars. A line stands here only for those who may open its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.engine.scope import Actor

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what it is called, the address's name, the permission that its page asks for."""

    title: Words
    url: str
    permission: str
    city: bool = False  # only for offices that cover the whole city


@dataclass(frozen=True, slots=True)
class Link:
    """One line as a page shows it."""

    title: Words
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A section as a page shows it."""

    title: Words
    links: list[Link]


MENU: tuple[tuple[Words, tuple[Item, ...]], ...] = (
    ("", (
        Item(_("My inbox"), "console:inbox", "case.view"),
        Item(_("Handed to me"), "console:handed", "case.respond"),
        Item(_("What we give"), "console:my-giving", "offer.own"),
        Item(_("What we gave"), "console:my-gifts", "gift.own"),
        Item(_("Community desk"), "console:desk", "case.dispatch"),
        Item(_("For a soldier's family"), "console:for-soldier", "case.attest"),
        Item(_("What runs"), "console:board", "case.dispatch"),
        Item(_("Duty roster"), "console:roster", "duty.keep"),
        Item(_("Pages to hand over"), "console:circle-pages", "circle.hand"),
        Item(_("What families show the unit"), "console:circle-unit", "circle.unit"),
        Item(_("Visits"), "console:visits", "case.visit"),
        Item(_("My visits on this phone"), "console:device", "case.visit"),
        Item(_("Find a person or household"), "console:search", "people.search"),
        Item(_("Find a service"), "console:find-service", "catalogue.view"),
        Item(_("People"), "console:people-list", "people.search"),
        Item(_("Lists"), "console:people-lists", "people.search"),
        Item(_("Messages"), "console:messages", "home"),
    )),
    (_("One net"), (
        Item(_("Cases"), "console:cases", "case.view"),
        Item(_("Ratings"), "console:ratings", "case.view"),
        Item(_("Entitled, not received"), "console:gaps", "gap.view"),
        Item(_("Facts we lack"), "console:unknown", "gap.view"),
        Item(_("Contradictions in files"), "console:contradictions", "people.view"),
        Item(_("What ends soon"), "console:endings", "people.view"),
        Item(_("Calls to make"), "console:calls", "calls.view"),
        Item(_("Scan a sheet"), "console:scan", "sheet.scan"),
        Item(_("Publicity and objections"), "console:publicity", "case.publicise"),
        Item(_("Who can help"), "console:givers", "case.dispatch"),
        Item(_("Partners"), "console:partners", "case.dispatch"),
    )),
    (_("Cards"), (
        Item(_("Preferential cards"), "console:cards", "card.view"),
        Item(_("Boxes of cards"), "console:boxes", "card.view"),
        Item(_("Where a card gives what"), "console:scenes", "catalogue.view"),
        Item(_("What a use is paid with"), "console:rates", "catalogue.view"),
        Item(_("Validators and gates"), "console:gates", "gate.keep"),
        Item(_("Uses of cards"), "console:uses", "batch.view"),
        Item(_("Rights refused"), "console:refusals", "case.deliver"),
    )),
    (_("Locality and forces as one"), (
        Item(_("The two lists"), "console:needs", "need.view"),
    )),
    (_("Life of the place"), (
        Item(_("One map"), "console:map", "map.view"),
        Item(_("Classes and events"), "console:events", "event.keep"),
        Item(_("Programmes"), "console:programmes", "event.keep"),
        Item(_("Gifts"), "console:gifts", "gift.keep"),
    )),
    (_("Money"), (
        Item(_("Payment batches"), "console:batches", "batch.view"),
        Item(_("What is due"), "console:due", "batch.view"),
        Item(_("Came back from the bank"), "console:returned", "batch.view"),
        Item(_("Entitlement lines"), "console:lines", "batch.view"),
        Item(_("Corrections of the past"), "console:replays", "batch.view"),
        Item(_("To come back"), "console:recoveries", "batch.view"),
        Item(_("Operators' statements"), "console:statements", "batch.view"),
        Item(_("Books"), "console:books", "ledger.view"),
    )),
    (_("Figures"), (
        Item(_("Today"), "console:today", "figures.view"),
        Item(_("By section"), "console:sections", "figures.view"),
        Item(_("Areas side by side"), "console:counties", "figures.view"),
        Item(_("On one page"), "console:leader", "figures.view"),
        Item(_("Ask the register"), "console:explore", "figures.view"),
        Item(_("Kept questions"), "console:questions", "figures.view"),
        Item(_("Who has what they may have"), "console:reach", "figures.view"),
        Item(_("The community's review"), "console:community", "review.community"),
        Item(_("All figures"), "console:figures", "figures.view"),
        Item(_("Reviews"), "console:reviews", "figures.view"),
        Item(_("Samples of published numbers"), "console:draws", "figures.view"),
        Item(_("Achievements on paper"), "console:attested", "attest.view"),
        Item(_("Assessment"), "console:assess", "assess.view"),
        Item(_("My gaps"), "console:assess-mine", "assess.keep"),
        Item(_("Trees of indicators"), "console:trees", "assess.view"),
        Item(_("Open data"), "console:releases", "figures.view"),
    )),
    (_("Keeping"), (
        Item(_("Load ledgers"), "console:imports", "people.import"),
        Item(_("Ledgers loaded"), "console:import-history", "people.import"),
        Item(_("Feed other systems"), "console:feed", "people.export.whole"),
        Item(_("Possible doubles"), "console:doubles", "merge.propose"),
        Item(_("Services"), "console:services", "catalogue.view"),
        Item(_("Workbench"), "console:drafts", "catalogue.drafts", city=True),
        Item(_("Try a policy"), "console:trials", "catalogue.try"),
        Item(_("Versions of services"), "console:versions", "catalogue.view"),
        Item(_("Journal"), "console:journal", "journal.view"),
        Item(_("Keeping and deleting"), "console:retention", "retention.decide"),
        Item(_("Restricted lists"), "console:restricted", "restricted.view"),
        Item(_("Personal data held"), "console:personal", "personal.view"),
        Item(_("Inquiries"), "console:inquiries", "inquiry.open"),
        Item(_("Text messages"), "console:texts", "texts.view"),
        Item(_("Background work"), "console:queue", "queue.view"),
        Item(_("Hall screens"), "console:screens", "screens.keep"),
        Item(_("Set aside"), "console:set-asides", "secrecy.decide"),
        Item(_("Areas"), "console:areas", "areas.manage"),
        Item(_("Offices and desks"), "console:offices", "offices.manage"),
        Item(_("Accounts and roles"), "console:accounts", "accounts.manage"),
        Item(_("Who may do what"), "console:powers", "roles.view"),
    )),
)  # fmt: skip


MONEY_DESKS = ("batch.make", "batch.check", "batch.approve")
EVERYBODYS = ("home", "catalogue.view")
OFFICES = ("console:accounts", "console:offices", "console:drafts", "console:restricted", "console:today")


def _href(name: str) -> str:
    """The address behind a name; blank while no page answers to it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _allowed(actor: Actor, item: Item) -> bool:
    return actor.may(item.permission) and (not item.city or actor.scope.covers(settings.CITY))


def shown(actor: Actor | None, path: str) -> list[Shown]:
    """The menu of one actor; the link that is the longest beginning of ``path`` is the current page."""
    if actor is None:
        return []
    allowed = [
        (title, [(item, href) for item in items if _allowed(actor, item) and (href := _href(item.url))])
        for title, items in MENU
    ]
    heads = [href for _, items in allowed for _, href in items if path.startswith(href)]
    current = max(heads, key=len, default="")
    return [
        Shown(title, [Link(item.title, href, href == current) for item, href in items])
        for title, items in allowed
        if items
    ]


def first(actor: Actor) -> str:
    """Where this actor's day begins: the money desks at what waits for them, others at the first page of their menu; who has
    nothing there but what everybody has, at the page of their own office."""
    if any(actor.may(one) for one in MONEY_DESKS):
        return reverse("console:due" if actor.may("batch.make") else "console:batches")
    sections = shown(actor, "")
    if not any(actor.may(item.permission) for item in MENU[0][1] if item.permission not in EVERYBODYS):
        mine = {link.href for section in sections for link in section.links}
        for name in OFFICES:
            if (href := reverse(name)) in mine:
                return href
    return sections[0].links[0].href if sections else reverse("console:gallery")
