"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "lianxin.payments"
    label = "payments"

    def ready(self) -> None:
        import_module("lianxin.payments.effects")
