"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "lianxin.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        import_module("lianxin.campaigns.effects")
