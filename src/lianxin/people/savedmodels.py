"""Saved lists of people, and which columns somebody takes away."""

from __future__ import annotations

from django.db import models


class SavedList(models.Model):
    """A list under a name: filters as an address (``asks``), or *fixed*, its members picked or frozen on a day."""

    name = models.CharField(max_length=80)
    account = models.BigIntegerField()  # whose it is
    office = models.BigIntegerField(null=True)  # theirs when it was made: whom a shared list is shared with
    by_name = models.CharField(max_length=80)
    shared = models.BooleanField(default=False)
    fixed = models.BooleanField(default=False)
    asks = models.CharField(max_length=400, blank=True)
    frozen_on = models.DateField(null=True)  # a fixed list that was taken from filters: on which day
    made_at = models.DateTimeField()

    class Meta:
        app_label = "people"
        indexes = [
            models.Index(fields=["account", "-id"], name="people_list_mine"),
            models.Index(fields=["office", "-id"], name="people_list_ours"),
        ]


class ListMember(models.Model):
    """Somebody on a fixed list, put there by whom and when."""

    list = models.ForeignKey(SavedList, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    by_account = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "people"
        constraints = [models.UniqueConstraint(fields=["list", "person"], name="people_list_once")]


class TakenColumns(models.Model):
    """The columns, in their order, that an account last took away."""

    account = models.BigIntegerField(unique=True)
    codes = models.CharField(max_length=400)

    class Meta:
        app_label = "people"
