"""What all tests share: Hypothesis profiles, and a plain word about what was not run."""

import copy
import os
import shutil
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import TransactionTestCase, override_settings
from django.utils import translation
from hypothesis import HealthCheck, settings

from tests.environment import CHROMIUM

settings.register_profile("ci", max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("again", max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("deep", max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

_NEEDS = {
    "browser": (CHROMIUM is not None, "Chromium is not installed"),
    "postgresql": (os.environ.get("DATABASE_URL", "").startswith("postgres"), "DATABASE_URL names no PostgreSQL"),
    "hledger": (shutil.which("hledger") is not None, "hledger is not installed"),
}


def _asks_a_database(item: pytest.Item) -> bool:
    """Whether a test could fare differently on another database."""
    asked = {"db", "transactional_db", "django_db_setup", "client", "admin_client", "live_server"}
    return bool(
        asked & set(getattr(item, "fixturenames", ()))
        or item.get_closest_marker("django_db")
        or item.get_closest_marker("postgresql")
        or issubclass(getattr(item, "cls", None) or object, TransactionTestCase)
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that ask a database are marked; those whose tool is absent are skipped by name, and counted at the end."""
    for item in items:
        if _asks_a_database(item):
            item.add_marker("database")
        for mark, (there, because) in _NEEDS.items():
            if item.get_closest_marker(mark) and not there:
                item.add_marker(pytest.mark.skip(reason=because))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not run and how to run it."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"not run: {count} tests, {reason}")


@pytest.fixture(autouse=True)
def _versions_of_this_database():
    """Published versions are kept in memory by id; every test's database starts its ids anew."""
    from lianxin.catalogue import queries

    queries.forget()


@pytest.fixture(autouse=True)
def _nobodys_language():
    """A page leaves its visitor's language behind in this process; every test begins with the city's own."""
    translation.deactivate()


@contextmanager
def _once(blocker, build):
    """A place built once for a module: each of its tests gets a copy, and leaves the rows as they were."""
    with blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True), translation.override("zh-hans"):
            made = build()
        yield lambda: copy.deepcopy(made)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def kept_world(django_db_setup, django_db_blocker):
    """Makes copies of the two counties of the access matrix."""
    from tests.house.world import AT, World

    with _once(django_db_blocker, lambda: World.build(AT)) as made:
        yield made


@pytest.fixture(scope="module")
def kept_town(django_db_setup, django_db_blocker):
    """Makes copies of the town of cases."""
    from tests.factories import casework

    with _once(django_db_blocker, casework.town) as made:
        yield made
