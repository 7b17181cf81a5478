"""App configuration."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lianxin.people"
    label = "people"

    def ready(self) -> None:
        from lianxin.people import effects  # noqa: F401
