"""App configuration."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "lianxin.notices"
    label = "notices"

    def ready(self) -> None:
        from lianxin.notices import effects  # noqa: F401
