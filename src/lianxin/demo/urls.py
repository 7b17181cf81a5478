"""Addresses of this face."""

from django.urls import URLPattern, path

from lianxin.demo import views

app_name = "demo"
urlpatterns: list[URLPattern] = [
    path("", views.cast, name="cast"),
    path("journeys/", views.journeys, name="journeys"),
    path("become/<slug:code>/", views.become, name="become"),
]
