"""App configuration."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "lianxin.catalogue"
    label = "catalogue"
