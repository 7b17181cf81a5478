"""Addresses of this face. Each module of pages ends with its own ``urls``; they are only gathered here."""

from django.urls import URLPattern

from lianxin.console import (
    accounts,
    background,
    cases,
    catalogue,
    desk,
    figures,
    finding,
    gaps,
    giving,
    handed,
    home,
    imports,
    journal,
    moneylines,
    notices,
    payments,
    people,
    publicity,
    reviews,
    secrecy,
)

app_name = "console"
urlpatterns: list[URLPattern] = [
    *home.urls,
    *figures.urls,
    *reviews.urls,
    *catalogue.urls,
    *journal.urls,
    *background.urls,
    *accounts.urls,
    *finding.urls,
    *people.urls,
    *imports.urls,
    *notices.urls,
    *cases.urls,
    *desk.urls,
    *gaps.urls,
    *handed.urls,
    *publicity.urls,
    *payments.urls,
    *moneylines.urls,
    *giving.urls,
    *secrecy.urls,
]
