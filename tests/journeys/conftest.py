"""Where every story plays: a desk of its own, empty unless its file says how it begins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.stage import Stage, play_on


@pytest.fixture(scope="session")
def begun(sqlite_template: Path) -> Path:
    """The database a story begins with: nothing but its tables. A file whose stories share a beginning has its own."""
    return sqlite_template


@pytest.fixture
async def stage(begun: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    async with play_on(begun, tmp_path) as playing:
        yield playing
