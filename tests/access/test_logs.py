"""No personal data in the application's log, whatever goes wrong: planted numbers never come out."""

import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lianxin.access import logs
from lianxin.engine.identity import check_digit

ID = "41990119580312011" + check_digit("41990119580312011")
PLANTED = [ID, ID.lower(), "13800001234", "6222021234567890123", "４１９９０１１９５８０３１２０１１４"]


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_number_is_scrubbed_from_message_arguments_and_traceback(planted):
    try:
        raise ValueError(f"cannot read {planted}")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "for %s", (planted,), sys.exc_info())
    line = logs.Scrubbed().format(record)
    assert planted not in line
    assert "digits]" in line
    assert "Traceback" in line


@given(
    st.text(max_size=60), st.sampled_from(PLANTED[:4]), st.text(alphabet=" ,。；:：()（）\n", min_size=1, max_size=5)
)
def test_wherever_it_stands(before, planted, gap):
    assert planted not in logs.scrub(f"{before}{gap}{planted}{gap}")


@pytest.mark.parametrize(
    "line", ["took 120 ms", "link 1310 of 231315 rows", "2026-11-25 03:31:20", "page /console/people/39586/"]
)
def test_ordinary_numbers_stay(line):
    assert logs.scrub(line) == line


def test_what_an_address_asks_is_not_written():
    assert "甲子" not in logs.scrub("Not Found: /console/search/?q=甲子&after=3 (404)")


def test_every_handler_of_the_application_is_scrubbed():
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"scrubbed"}
    named = {name for logger in settings.LOGGING["loggers"].values() for name in logger.get("handlers", [])}
    assert named <= set(settings.LOGGING["handlers"])


def test_a_broken_page_logs_no_number(db, caplog, monkeypatch):
    from lianxin.ops import views

    def broken(request):
        raise RuntimeError(f"no such person {ID}")

    broken.permission = "public"
    monkeypatch.setattr(views, "readings", lambda: broken(None))
    client = Client(raise_request_exception=False)
    assert client.get(f"/metrics?id={ID}").status_code == 500
    written = "\n".join(logs.Scrubbed().format(record) for record in caplog.records)
    assert "RuntimeError" in written
    assert ID not in written


def test_the_running_program_writes_what_the_formatter_leaves(tmp_path):
    code = f"import django; django.setup(); import logging; logging.getLogger('django.request').error('x {ID} %s', '13800001234')"
    environment = {**os.environ, "LIANXIN_HOME": str(tmp_path), "PYTHONPATH": "src",
                   "DJANGO_SETTINGS_MODULE": "lianxin.site.settings"}  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True,
                          cwd=settings.ROOT)  # fmt: skip
    assert "[18 digits]" in done.stderr
    assert ID not in done.stderr
    assert "13800001234" not in done.stderr
