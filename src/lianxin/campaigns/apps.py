"""App configuration."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "lianxin.campaigns"
    label = "campaigns"
