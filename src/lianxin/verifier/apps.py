"""App configuration."""

from django.apps import AppConfig


class VerifierConfig(AppConfig):
    name = "lianxin.verifier"
    label = "verifier"
