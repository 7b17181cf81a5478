"""App configuration."""

from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "lianxin.outcomes"
    label = "outcomes"
