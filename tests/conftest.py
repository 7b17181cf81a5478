"""What all tests share: Hypothesis profiles, and a plain word about what was not run."""

import os
import shutil

import pytest
from django.utils import translation
from hypothesis import HealthCheck, settings

settings.register_profile("ci", max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("deep", max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_NEEDS = {
    "browser": (CHROMIUM is not None, "Chromium is not installed"),
    "postgresql": (os.environ.get("DATABASE_URL", "").startswith("postgres"), "DATABASE_URL names no PostgreSQL"),
    "hledger": (shutil.which("hledger") is not None, "hledger is not installed"),
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests whose tool is absent are skipped by name, and counted at the end."""
    for item in items:
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
