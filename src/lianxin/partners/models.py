"""Supporting enterprises and shops: agreement and plaque."""

from __future__ import annotations

from django.db import models

from lianxin.journal.models import Dated


class Agreement(Dated):
    """A partner's agreement: from when, under which plaque number, what it offers."""

    office = models.ForeignKey("access.Office", on_delete=models.PROTECT, related_name="agreements")
    plaque = models.CharField(max_length=24, blank=True)
    offer = models.CharField(max_length=200, blank=True)
