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
