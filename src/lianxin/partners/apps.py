"""App configuration."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "lianxin.partners"
    label = "partners"
