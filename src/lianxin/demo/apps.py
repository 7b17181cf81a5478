"""App configuration."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "lianxin.demo"
    label = "demo"

    def ready(self) -> None:
        from lianxin.demo import effects  # noqa: F401
