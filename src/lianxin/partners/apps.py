"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "lianxin.partners"
    label = "partners"

    def ready(self) -> None:
        import_module("lianxin.partners.effects")
