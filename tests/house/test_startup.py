"""A desk starts at once and weighs little: a small office runs it on whatever machine is left over."""

import sys
from pathlib import Path

import pytest

from benchmarks.startup import Start, measure

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="time and memory of a process are read from /proc"),
]

READY_WITHIN = 6.0  # seconds; it takes 1 to 2 on a machine with nothing else to do
RESIDENT_AT_MOST = 130  # MiB


@pytest.fixture(scope="module")
def later_start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """A start that finds its database, as every start but the first does."""
    folder: Path = tmp_path_factory.mktemp("desk")
    measure(folder)
    return measure(folder, idle=10)


def test_a_later_start_is_ready_within_seconds(later_start: Start) -> None:
    assert later_start.ready < READY_WITHIN


def test_an_idle_desk_stays_small(later_start: Start) -> None:
    assert 0 < later_start.resident < RESIDENT_AT_MOST
