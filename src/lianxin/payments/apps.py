"""App configuration."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "lianxin.payments"
    label = "payments"
