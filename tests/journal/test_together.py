"""A fresh home makes its tables in few steps, an old one by the steps it had: both end with the same tables."""

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def _drawn(state: ProjectState) -> dict:
    """Every model of a state as plain data: its columns in no order, what it is unique by, its indexes."""
    return {
        key: (
            {name: field.deconstruct()[1:] for name, field in model.fields.items()},
            {
                name: sorted(map(repr, value)) if isinstance(value, list) else value
                for name, value in model.options.items()
                if value not in ([], False)
            },
            [str(base) for base in model.bases],
        )
        for key, model in state.models.items()
    }


def test_both_ways_end_with_the_same_tables():
    fresh = MigrationLoader(None).project_state()
    steps = MigrationLoader(None, replace_migrations=False)
    ends = [end for end in steps.graph.leaf_nodes() if not steps.get_migration(*end).replaces]
    assert _drawn(fresh) == _drawn(steps.project_state(ends))


@pytest.mark.django_db
def test_every_model_has_its_table():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
