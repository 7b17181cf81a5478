"""App configuration."""

from django.apps import AppConfig


class CompanionConfig(AppConfig):
    name = "lianxin.companion"
    label = "companion"
