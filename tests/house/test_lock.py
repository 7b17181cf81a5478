"""The locked environment names public hosts only, and the hash-pinned lists match it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = {"https://pypi.org", "https://files.pythonhosted.org"}


def test_lock_names_only_the_public_index():
    assert set(re.findall(r"https?://[^/\"\s]+", (ROOT / "uv.lock").read_text())) == PUBLIC


def test_requirements_are_pinned_by_hash_and_match_the_lock():
    lock = (ROOT / "uv.lock").read_text()
    versions = dict(re.findall(r'\[\[package\]\]\nname = "([^"]+)"\nversion = "([^"]+)"', lock))
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-spark.txt"):
        text = (ROOT / name).read_text()
        assert "http" not in text
        pins = re.findall(r"^([a-zA-Z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", text, re.M)
        assert len(pins) > 30
        for package, version in pins:
            assert versions[package] == version, package
        assert text.count("--hash=sha256:") >= len(pins)
