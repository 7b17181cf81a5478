"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "lianxin.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        import_module("lianxin.catalogue.effects")
