"""People of one tier agree who covers which hours, and the rota says so."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from escalation.dispatch import Group, Tier, on_duty
from escalation.rota import Rota, Rotation
from escalation.swaps import Handover, Hours, Swap, coming_shifts, handover_at, handovers, with_swaps

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 9:00 in Tianjin, when the week changes hands
WEEK = timedelta(weeks=1)
ROTATION = Rotation(("ann", "bo"), date(2026, 11, 23), 7, time(9), "Asia/Shanghai")
FIRST = Tier(1, ("ann", "bo"), Rota((ROTATION,)))
NETWORK = Group("network", {"en": "Network"}, "lead", "manager", (FIRST, Tier(2, ("cy",))))
GROUPS = {"network": NETWORK}
NIGHT = Hours(MONDAY + timedelta(hours=12), MONDAY + timedelta(hours=24))


def on_call_at(groups: dict[str, Group], at: datetime) -> tuple[str, ...]:
    return on_duty(groups["network"], 1, at)


def test_a_colleague_covers_one_night_and_nothing_else_changes() -> None:
    swapped = with_swaps(GROUPS, [Swap("network", 1, "ann", "bo", NIGHT)])
    assert on_call_at(swapped, NIGHT.start - timedelta(seconds=1)) == ("ann",)
    assert on_call_at(swapped, NIGHT.start) == ("bo",)
    assert on_call_at(swapped, NIGHT.end) == ("ann",)
    assert GROUPS["network"] is NETWORK


def test_a_night_against_a_night() -> None:
    back = Hours(NIGHT.start + WEEK, NIGHT.end + WEEK)
    swapped = with_swaps(GROUPS, [Swap("network", 1, "ann", "bo", NIGHT, back)])
    assert on_call_at(swapped, NIGHT.start) == ("bo",)
    assert on_call_at(swapped, back.start) == ("ann",)
    assert on_call_at(swapped, back.end) == ("bo",)


def test_the_later_agreement_counts() -> None:
    swaps = [Swap("network", 1, "ann", "bo", NIGHT), Swap("network", 1, "bo", "ann", NIGHT)]
    assert on_call_at(with_swaps(GROUPS, swaps), NIGHT.start) == ("ann",)


def test_an_agreement_of_people_or_groups_that_are_gone_changes_nothing() -> None:
    gone = [
        Swap("network", 1, "ann", "zoe", NIGHT),
        Swap("network", 2, "cy", "bo", NIGHT),
        Swap("printing", 1, "ann", "bo", NIGHT),
    ]
    assert with_swaps(GROUPS, gone) == GROUPS


def test_a_persons_coming_shifts_begin_with_the_running_one() -> None:
    tuesday = MONDAY + timedelta(days=1)
    mine = coming_shifts(FIRST, "ann", tuesday, timedelta(days=21))
    assert [(shift.start, shift.end) for shift in mine] == [
        (MONDAY, MONDAY + WEEK),
        (MONDAY + 2 * WEEK, MONDAY + 3 * WEEK),
    ]
    assert coming_shifts(Tier(2, ("cy",)), "cy", tuesday) == ()


def test_the_last_shift_on_offer_is_a_whole_one() -> None:
    """Half a shift could not be chosen: a second later it would be another half."""
    tuesday = MONDAY + timedelta(days=1)
    for minutes in (0, 1, 600):
        shifts = coming_shifts(FIRST, "bo", tuesday + timedelta(minutes=minutes), timedelta(days=8))
        assert [(shift.start, shift.end) for shift in shifts] == [(MONDAY + WEEK, MONDAY + 2 * WEEK)]


def test_a_change_of_hands_is_found_once_at_its_very_moment() -> None:
    change = Handover("network", 1, MONDAY + WEEK, "ann", "bo")
    assert handovers(GROUPS, MONDAY + WEEK - timedelta(seconds=1), MONDAY + WEEK) == (change,)
    assert handovers(GROUPS, MONDAY + WEEK, MONDAY + WEEK + timedelta(hours=1)) == ()
    assert handovers(GROUPS, MONDAY, MONDAY + WEEK - timedelta(seconds=1)) == ()
    assert handover_at(NETWORK, 1, MONDAY + WEEK) == change
    assert handover_at(NETWORK, 1, MONDAY + WEEK + timedelta(seconds=1)) is None
    assert handover_at(NETWORK, 2, MONDAY + WEEK) is None


@given(st.lists(st.integers(0, 60 * 24 * 21), min_size=2, max_size=12))
def test_however_time_is_cut_every_change_of_hands_is_found_exactly_once(minutes: list[int]) -> None:
    cuts = [MONDAY + timedelta(minutes=each) for each in sorted(set(minutes))]
    swapped = with_swaps(GROUPS, [Swap("network", 1, "ann", "bo", NIGHT)])
    pieces = [found for a, b in pairwise(cuts) for found in handovers(swapped, a, b)]
    assert tuple(pieces) == handovers(swapped, cuts[0], cuts[-1])
