"""A home of its own for every test run, set before Django reads its settings."""

import atexit
import os
import shutil
import tempfile

if not os.environ.get("LIANXIN_TEST_HOME"):
    home = tempfile.mkdtemp(prefix="lianxin-test-")
    os.environ["LIANXIN_TEST_HOME"] = home
    atexit.register(shutil.rmtree, home, ignore_errors=True)
os.environ["LIANXIN_HOME"] = os.environ["LIANXIN_TEST_HOME"]

# The shell first: the whole browser, which draws its own windows too, takes several times as long for the same pages.
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)
