"""What holds of working time for every window, zone and moment."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from escalation.calendar import Span, Window

ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]
ZONES += ["America/Havana", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns"]
MINUTE = timedelta(minutes=1)
NOTHING = timedelta(0)
few = settings(max_examples=40, deadline=None)

minutes_of_a_day = st.integers(0, 1440)
spans = st.tuples(minutes_of_a_day, minutes_of_a_day).map(lambda pair: Span(min(pair), max(pair)))
days = st.lists(spans, max_size=3).map(tuple)
dates = st.dates(date(2026, 6, 1), date(2027, 6, 1))
moments = st.integers(0, 500 * 86_400_000_000).map(
    lambda micros: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(microseconds=micros)
)
# Days on which some of these zones turn their clocks.
TURNS = [
    "2026-03-08",
    "2026-11-01",
    "2026-03-29",
    "2026-10-25",
    "2026-04-05",
    "2026-10-04",
    "2026-02-15",
    "2026-03-22",
]
changes = st.sampled_from([*TURNS, "2026-12-31", "2028-02-29"]).map(date.fromisoformat)
stretches = st.integers(0, 40 * 86_400_000_000).map(lambda micros: timedelta(microseconds=micros))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Any window that has an open minute in its week."""
    window = Window(
        name="any",
        zone=draw(st.sampled_from(ZONES)),
        weekdays=tuple(draw(days) for _ in range(7)),
        holidays=draw(st.frozensets(dates, max_size=5)),
        workdays=draw(st.dictionaries(dates, days, max_size=5)),
    )
    assume(window.has_weekly_hours)
    return window


def open_by_the_wall(window: Window, at: datetime) -> bool:
    """The definition, taken at its word: read the clock on the wall and look it up in the plan."""
    local = at.astimezone(ZoneInfo(window.zone))
    plan = window.workdays.get(local.date())
    if plan is None:
        plan = () if local.date() in window.holidays else window.weekdays[local.weekday()]
    minute = local.hour * 60 + local.minute
    return any(span.start_minute <= minute < span.end_minute for span in plan)


@few
@given(windows(), moments, moments, moments)
def test_the_way_there_is_the_sum_of_its_parts(window: Window, a: datetime, b: datetime, c: datetime) -> None:
    assert window.between(a, c) == window.between(a, b) + window.between(b, c)


@few
@given(windows(), moments, stretches)
def test_what_is_added_has_passed(window: Window, start: datetime, working: timedelta) -> None:
    assert window.between(start, window.add(start, working)) == working


@few
@given(windows(), moments, stretches)
def test_it_has_passed_then_and_not_a_moment_sooner(window: Window, start: datetime, working: timedelta) -> None:
    assume(working)
    due = window.add(start, working)
    assert window.between(start, due - timedelta(microseconds=1)) < working


@few
@given(windows(), moments, stretches, stretches)
def test_more_work_is_never_done_sooner(window: Window, start: datetime, one: timedelta, other: timedelta) -> None:
    less, more = sorted((one, other))
    assert window.add(start, less) <= window.add(start, more)


@few
@given(windows(), moments, stretches, stretches)
def test_work_may_be_added_in_two_steps(window: Window, start: datetime, first: timedelta, second: timedelta) -> None:
    assume(second)
    assert window.add(window.add(start, first), second) == window.add(start, first + second)


@few
@given(windows(), moments, moments)
def test_working_time_lies_between_nothing_and_all_the_time_there_was(window: Window, a: datetime, b: datetime) -> None:
    a, b = sorted((a, b))
    assert NOTHING <= window.between(a, b) <= b - a
    assert window.between(b, a) == -window.between(a, b)


@few
@given(windows(), moments)
def test_the_next_opening_is_open_and_nothing_is_open_before_it(window: Window, at: datetime) -> None:
    opening = window.next_open(at)
    assert opening >= at
    assert window.is_open(opening)
    assert window.between(at, opening) == NOTHING


@few
@given(windows(), moments)
def test_a_window_stays_open_up_to_its_closing(window: Window, at: datetime) -> None:
    closing = window.next_close(at)
    assume(closing is not None)
    assert closing is not None
    assert not window.is_open(closing)
    assert window.between(at, closing) == closing - at


@few
@given(windows())
def test_json_loses_nothing(window: Window) -> None:
    assert Window.from_json(window.to_json()) == window


@few
@given(windows(), changes, st.integers(0, 1439), st.integers(0, 2160))
def test_sums_agree_with_counting_the_minutes_on_the_wall(
    window: Window, day: date, first_minute: int, length: int
) -> None:
    """Around the days on which clocks turn, counting minute by minute gives the same."""
    start = datetime.combine(day - timedelta(days=1), time(), UTC) + first_minute * MINUTE
    minutes = [start + n * MINUTE for n in range(length)]
    open_minutes = [minute for minute in minutes if open_by_the_wall(window, minute)]
    assert window.between(start, start + length * MINUTE) == len(open_minutes) * MINUTE
    assert [minute for minute in minutes if window.is_open(minute)] == open_minutes
    if open_minutes:
        assert window.add(start, len(open_minutes) * MINUTE) == open_minutes[-1] + MINUTE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sentence", "given_any"),
    [
        (test_the_way_there_is_the_sum_of_its_parts, (windows(), moments, moments, moments)),
        (test_what_is_added_has_passed, (windows(), moments, stretches)),
        (test_it_has_passed_then_and_not_a_moment_sooner, (windows(), moments, stretches)),
        (test_work_may_be_added_in_two_steps, (windows(), moments, stretches, stretches)),
    ],
)
def test_it_holds_five_thousand_times(sentence: Any, given_any: tuple[Any, ...]) -> None:
    """The sums again, with five thousand examples each."""
    given_those: Any = given(*given_any)
    settings(max_examples=5000, deadline=None)(given_those(sentence.hypothesis.inner_test))()
