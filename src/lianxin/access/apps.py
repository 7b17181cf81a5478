"""App configuration."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "lianxin.access"
    label = "access"

    def ready(self) -> None:
        from django.conf import settings
        from django.utils.module_loading import autodiscover_modules

        from lianxin.access import guarding  # noqa: F401  it handles "public-names"
        from lianxin.engine import secretfile

        for path in (settings.KEYS_FILE, settings.DAYS_FILE):
            secretfile.sweep(path)  # what a process that was killed left of them
        autodiscover_modules("personal")  # what every room declares of its fields
