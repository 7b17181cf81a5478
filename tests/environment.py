"""A home of its own for every test run, set before Django reads its settings."""

import atexit
import gc
import os
import shutil
import tempfile

if not os.environ.get("LIANXIN_TEST_HOME"):
    home = tempfile.mkdtemp(prefix="lianxin-test-")
    os.environ["LIANXIN_TEST_HOME"] = home
    atexit.register(shutil.rmtree, home, ignore_errors=True)
os.environ["LIANXIN_HOME"] = os.environ["LIANXIN_TEST_HOME"]

# Commands speak the terminal's language: here it is English, whoever's terminal it is. A test of the other sets its own.
for name in ("LIANXIN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
    os.environ.pop(name, None)
os.environ["LANG"] = "C.UTF-8"

gc.set_threshold(50_000, 20, 20)  # a test leaves little garbage, and much that stays is looked through again and again

# The shell first: the whole browser, which draws its own windows too, takes several times as long for the same pages.
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)
