"""App configuration."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "lianxin.access"
    label = "access"

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        from lianxin.access import guarding  # noqa: F401  it handles "public-names"

        autodiscover_modules("personal")  # what every room declares of its fields
