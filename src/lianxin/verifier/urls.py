"""Addresses of this face. They are short and in capitals, for codes hold them: a small picture is read from farther."""

from django.urls import URLPattern, path

from lianxin.verifier import views

urlpatterns: list[URLPattern] = [
    path("", views.verifier, name="verifier"),
    path("count", views.count, name="verifier-count"),
    path("worker.js", views.worker, name="verifier-worker"),
    path("keys", views.published_keys, name="verifier-keys"),
    path("lists", views.lists, name="verifier-lists"),
    path("table", views.table, name="verifier-table"),
    path("poster.pdf", views.printed, name="verifier-poster"),
    path("typed", views.typed, name="verifier-typed"),
]
