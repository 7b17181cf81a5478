"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class CardsConfig(AppConfig):
    name = "lianxin.cards"
    label = "cards"

    def ready(self) -> None:
        import_module("lianxin.cards.effects")
