"""Addresses of this face. Each module of pages ends with its own ``urls``; they are only gathered here."""

from django.urls import URLPattern

from lianxin.console import home

app_name = "console"
urlpatterns: list[URLPattern] = [
    *home.urls,
]
