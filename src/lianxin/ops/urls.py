"""Addresses for machines that watch the house."""

from django.urls import path

from lianxin.ops import views

urlpatterns = [
    path("healthz", views.healthz),
    path("texts/receipts/", views.receipts, name="text-receipts"),
    path("metrics", views.metrics),
    path("checkpoints.jsonl", views.checkpoints, name="checkpoints"),
]
