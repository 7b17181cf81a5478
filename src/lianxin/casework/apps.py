"""App configuration."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "lianxin.casework"
    label = "casework"
