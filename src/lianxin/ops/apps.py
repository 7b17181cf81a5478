"""App configuration."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "lianxin.ops"
    label = "ops"
