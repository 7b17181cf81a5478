"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "lianxin.casework"
    label = "casework"

    def ready(self) -> None:
        import_module("lianxin.casework.effects")
