"""The catalogue and the areas that this room's tests count over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.insight import city


@pytest.fixture
def figures_catalogue(tmp_path: Path, settings: Any) -> Path:
    settings.CATALOGUE = city.catalogue(tmp_path / "catalogue")
    return Path(settings.CATALOGUE)
