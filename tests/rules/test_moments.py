"""Dates and times as people type them into a form."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.moments import BadMoment, moment_within, parse_moment

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # Tuesday, 14:00 in Tianjin


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("15:30", "2026-11-24T07:30"),
        ("9:00", "2026-11-25T01:00"),
        ("tomorrow 9:00", "2026-11-25T01:00"),
        ("Tomorrow at 9", "2026-11-25T01:00"),
        ("tomorrow", "2026-11-25T01:00"),
        ("明天 9:00", "2026-11-25T01:00"),
        ("明天9点半", "2026-11-25T01:30"),
        ("后天", "2026-11-26T01:00"),
        ("2h", "2026-11-24T08:00"),
        ("in 3 days", "2026-11-27T06:00"),
        ("2小时后", "2026-11-24T08:00"),
        ("3天", "2026-11-27T06:00"),
        ("2026-12-01", "2026-12-01T01:00"),
        ("2026-12-01 14:30", "2026-12-01T06:30"),
        ("2026/12/01 14:30", "2026-12-01T06:30"),
        ("2026-12-01T14:30+01:00", "2026-12-01T13:30"),
        ("tomorrow morning", "2026-11-25T01:00"),
        ("this evening", "2026-11-24T10:00"),
        ("tonight at 9", "2026-11-24T13:00"),
        ("明天上午", "2026-11-25T01:00"),
        ("明天下午3点", "2026-11-25T07:00"),
        ("今晚8点半", "2026-11-24T12:30"),
        ("yesterday", "2026-11-23T01:00"),
        ("this morning", "2026-11-24T01:00"),
        ("昨天下午", "2026-11-23T05:00"),
        ("三天前", "2026-11-21T06:00"),
    ],
)
def test_people_are_understood(typed: str, meant: str) -> None:
    """A clock time that has passed today means tomorrow's; words without a zone are in the person's."""
    assert parse_moment(typed, NOW, "Asia/Shanghai") == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["", "soon", "25:00", "tomorrow 9:99", "32.13.2026", "2026-02-30", "明天吧", "today 25:00", "3/4", "this"]
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    """Better a question than a guess."""
    with pytest.raises(BadMoment):
        parse_moment(typed, NOW, "Asia/Shanghai")


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(typed: str) -> None:
    """Nothing else can come of it."""
    with contextlib.suppress(BadMoment):
        assert parse_moment(typed, NOW, "Europe/Berlin").tzinfo is not None


@pytest.mark.parametrize(
    ("promised", "meant"),
    [
        ("call back by 15:30", "2026-11-24T07:30"),
        ("somebody comes tomorrow at 9:15, with a new cable", "2026-11-25T01:15"),
        ("a technician within 2 hours, or in 2 hours", "2026-11-24T08:00"),
        ("下午 15:30 前回电", "2026-11-24T07:30"),
        ("明天9点半上门", "2026-11-25T01:30"),
        ("2小时内有人联系", "2026-11-24T08:00"),
        ("on 2026-12-01 14:00 with two people", "2026-12-01T06:00"),
    ],
)
def test_a_promise_in_words_names_its_moment(promised: str, meant: str) -> None:
    found = moment_within(promised, NOW, "Asia/Shanghai")
    assert found is not None
    assert found.isoformat().startswith(meant)


@pytest.mark.parametrize("promised", ["", "soon", "as always", "room 305", "25:99", "2020-01-01"])
def test_words_without_a_moment_ahead_promise_none(promised: str) -> None:
    assert moment_within(promised, NOW, "Asia/Shanghai") is None
