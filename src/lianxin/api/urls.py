"""Addresses of this face. The first part says the edition: what devices in the field know stays."""

from django.urls import URLPattern, path

from lianxin.api import views

urlpatterns: list[URLPattern] = [
    path("", views.index, name="api"),
    path("openapi.json", views.openapi, name="api-openapi"),
    path("enrol", views.enrol, name="api-enrol"),
    path("day", views.day, name="api-day"),
    path("uses", views.uses, name="api-uses"),
]
