"""A clock: seconds of window time that no pause, plan or priority can lose."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from escalation import clocks
from escalation.calendar import Window, always, five_by_eight
from escalation.clocks import Clock
from escalation.policy import HOUR, MINUTE
from tests.rules.escalating import at

OFFICE, ROUND_THE_CLOCK = five_by_eight("Asia/Shanghai"), always()


def running(since: str, target: int = 4 * HOUR) -> Clock:
    """A clock of four hours that runs since then."""
    return clocks.start(Clock("resolution", target), at(since))


def test_a_clock_uses_only_the_time_its_window_is_open() -> None:
    """From 11:00 over lunch to 14:00 is an hour and a half."""
    assert clocks.used(running("11:00"), OFFICE, at("14:00")) == 1.5 * HOUR
    assert clocks.used(running("11:00"), ROUND_THE_CLOCK, at("14:00")) == 3 * HOUR


@pytest.mark.parametrize(
    ("since", "target", "due"),
    [
        ("10:00", 1 * HOUR, "11:00"),
        ("11:00", 1 * HOUR, "12:00"),
        ("11:30", 1 * HOUR, "14:00"),
        ("12:30", 1 * HOUR, "14:30"),
        ("17:00", 4 * HOUR, "2026-11-25 11:30"),
        ("2026-11-27 17:30", 1 * HOUR, "2026-11-30 09:00"),
        ("2026-11-28 12:00", 8 * HOUR, "2026-11-30 18:00"),
    ],
)
def test_when_a_promise_breaks(since: str, target: int, due: str) -> None:
    """To the second: within a morning, over lunch, from lunch, over night, over a weekend, from a weekend."""
    assert clocks.due(running(since, target), OFFICE) == at(due)


def test_a_paused_clock_stands_still_and_goes_on_where_it_stood() -> None:
    paused = clocks.pause(running("10:00"), OFFICE, at("11:30"))
    assert (paused.spent, paused.running) == (1.5 * HOUR, False)
    assert clocks.used(paused, OFFICE, at("2027-11-24 10:00")) == 1.5 * HOUR
    assert clocks.due(paused, OFFICE) is None
    assert clocks.due(clocks.start(paused, at("14:00")), OFFICE) == at("16:30")


def test_pausing_and_starting_twice_is_pausing_and_starting_once() -> None:
    paused = clocks.pause(running("10:00"), OFFICE, at("11:00"))
    assert clocks.pause(paused, OFFICE, at("15:00")) == paused
    again = clocks.start(paused, at("14:00"))
    assert clocks.start(again, at("17:00")) == again


def test_a_hundred_pauses_add_up_to_the_microsecond() -> None:
    clock, now, sliver = Clock("resolution", HOUR), at("10:00"), timedelta(microseconds=100_001)
    for _ in range(100):
        clock = clocks.pause(clocks.start(clock, now), ROUND_THE_CLOCK, now + sliver)
        now += sliver + timedelta(seconds=1)
    assert clock.spent == 10.0001


def test_a_stopped_clock_never_runs_again() -> None:
    stopped = clocks.stop(running("10:00"), OFFICE, at("10:20"))
    assert (stopped.spent, stopped.stopped_at, stopped.running) == (20 * MINUTE, at("10:20"), False)
    assert clocks.start(stopped, at("11:00")) == stopped
    assert clocks.stop(stopped, OFFICE, at("11:00")) == stopped
    assert clocks.due(stopped, OFFICE) is None


@pytest.mark.parametrize(("stopped_at", "missed"), [("13:59:59", False), ("14:00", False), ("14:00:01", True)])
def test_to_the_second_is_in_time(stopped_at: str, missed: bool) -> None:
    stopped = clocks.stop(running("10:00"), ROUND_THE_CLOCK, at(stopped_at))
    assert clocks.missed(stopped, ROUND_THE_CLOCK, at("20:00")) is missed


def test_a_rewound_clock_begins_anew_with_its_marks_before_it() -> None:
    marked = Clock("update", HOUR, spent=50.0, running_since=at("10:00"), marked=80)
    assert clocks.rewind(marked, at("10:30")) == Clock("update", HOUR, running_since=at("10:30"))
    assert clocks.reset(marked) == Clock("update", HOUR)


@pytest.mark.parametrize(("percent", "due"), [(50, "11:00"), (80, "11:36"), (100, "12:00")])
def test_a_share_of_the_target_is_reached_when_that_much_is_used(percent: int, due: str) -> None:
    assert clocks.reaches(running("10:00", 2 * HOUR), OFFICE, percent) == at(due)


def test_a_share_used_up_before_the_clock_started_is_due_at_the_start() -> None:
    clock = Clock("resolution", HOUR, spent=2 * HOUR, running_since=at("10:00"))
    assert clocks.reaches(clock, OFFICE, 100) == at("10:00")


def test_a_target_of_zero_promises_nothing_but_keeps_the_time() -> None:
    clock = running("10:00", target=0)
    assert clocks.due(clock, OFFICE) is None
    assert not clocks.missed(clock, OFFICE, at("17:00"))
    promised = clocks.retarget(clock, HOUR, OFFICE, at("10:45"))
    assert clocks.due(promised, OFFICE) == at("11:00")


@pytest.mark.parametrize(
    ("old", "new", "due"),
    [(OFFICE, ROUND_THE_CLOCK, "15:00"), (ROUND_THE_CLOCK, OFFICE, "15:00"), (OFFICE, OFFICE, "15:00")],
)
def test_a_new_target_counts_what_the_old_window_has_measured(old: Window, new: Window, due: str) -> None:
    """An hour used by 11:00 in either window; from there the new window counts."""
    aimed = clocks.retarget(running("10:00"), 3 * HOUR + 30 * MINUTE if new is OFFICE else 5 * HOUR, old, at("11:00"))
    assert aimed.spent == 1 * HOUR
    assert clocks.due(aimed, new) == at(due)


@pytest.mark.parametrize(
    ("marked", "target", "left"),
    [(80, 2 * HOUR, 80), (80, 4 * HOUR, 40), (0, 1 * HOUR, 0), (100, 8 * HOUR, 20), (80, 0, 0)],
)
def test_marks_that_a_new_target_puts_ahead_again_may_act_again(marked: int, target: int, left: int) -> None:
    """96 minutes used: 80 % of two hours, 40 % of four."""
    clock = Clock("resolution", 2 * HOUR, spent=96 * MINUTE, marked=marked)
    assert clocks.retarget(clock, target, OFFICE, at("10:00")).marked == left


def test_a_new_target_neither_starts_a_paused_clock_nor_touches_a_stopped_one() -> None:
    paused = clocks.pause(running("10:00"), OFFICE, at("11:00"))
    assert not clocks.retarget(paused, HOUR, OFFICE, at("12:00")).running
    stopped = clocks.stop(running("10:00"), OFFICE, at("11:00"))
    assert clocks.retarget(stopped, 1, OFFICE, at("12:00")) == stopped


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(0)])
def test_a_wall_clock_set_back_takes_no_time_away(jump: timedelta) -> None:
    since: datetime = at("10:00")
    assert clocks.used(running("10:00"), OFFICE, since + jump) == 0
