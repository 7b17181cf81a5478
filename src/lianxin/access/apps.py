"""App configuration."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "lianxin.access"
    label = "access"

    def ready(self) -> None:
        from lianxin.access import guarding  # noqa: F401  it handles "public-names"
