"""A major incident goes through its stages in order, and its numbers are the plan's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import major
from escalation.errors import OutOfOrder
from escalation.major import Major, Plan, Stage, nearness, spikes

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PLAN = Plan(update_every=timedelta(minutes=20), spike=3)
PROPOSED = major.proposed(1, "wang.fang", NOON, similar=(1, 2, 3))
ACTIVE = major.approved(PROPOSED, "zhang.wei", "wang.fang", NOON)
OVER = major.over(ACTIVE)


def test_an_approved_incident_owes_its_first_update_at_once_and_then_in_rhythm() -> None:
    assert PROPOSED.similar == (2, 3)
    assert (ACTIVE.stage, ACTIVE.commander, ACTIVE.manager, ACTIVE.update_due) == (
        Stage.ACTIVE,
        "wang.fang",
        "zhang.wei",
        NOON,
    )
    told = major.told(ACTIVE, "wang.fang", "A switch burnt out", NOON, PLAN)
    assert told.update_due == NOON + timedelta(minutes=20)
    again = major.reminded(told, NOON + timedelta(minutes=20), PLAN)
    assert again.update_due == NOON + timedelta(minutes=40)
    assert again.updates == told.updates


def test_what_was_rejected_or_is_over_cannot_be_told_about() -> None:
    for ended in (major.rejected(PROPOSED, "zhang.wei"), OVER):
        with pytest.raises(OutOfOrder):
            major.told(ended, "wang.fang", "More", NOON, PLAN)
    with pytest.raises(OutOfOrder):
        major.approved(ACTIVE, "zhang.wei", "wang.fang", NOON)


def test_a_review_comes_after_the_end_and_a_reopened_one_owes_updates_again() -> None:
    with pytest.raises(OutOfOrder):
        major.reviewed(ACTIVE, "Buy a second switch")
    assert major.reviewed(OVER, "Buy a second switch").review == "Buy a second switch"
    assert OVER.update_due is None
    assert major.again(OVER, NOON).update_due == NOON


def test_nothing_goes_upward_unless_asked_for_and_allowed() -> None:
    with pytest.raises(OutOfOrder):
        major.report_decided(ACTIVE, send=True)
    asked = major.report_asked(ACTIVE, "Berlin has no network")
    assert not asked.report_sent
    assert major.report_decided(asked, send=True).report_sent
    assert major.report_decided(asked, send=False).report == ""
    with pytest.raises(OutOfOrder):
        major.report_decided(major.report_decided(asked, send=True), send=True)


def test_reports_of_one_service_go_together_unless_their_words_speak_against_it() -> None:
    together = Plan().alike
    assert nearness("vpn", "vpn", 0.0, 0.0) >= together  # nothing is known of the words
    assert nearness("vpn", "vpn", 0.05, 0.8) < together  # a paper jam, and an empty toner
    assert nearness("vpn", "", 0.9, 0.0) >= together
    assert nearness("vpn", "", 0.3, 0.0) < together
    assert nearness("", "", 0.2, 0.0) < together
    assert nearness("vpn", "internet", 0.5, 0.0) < together
    assert nearness("vpn", "internet", 0.95, 0.0) >= together


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["", "vpn", "mail"]), st.sampled_from(["", "vpn", "mail"]))
def test_nearness_is_the_same_both_ways_and_grows_with_likeness(likeness: float, apart: float, a: str, b: str) -> None:
    near = nearness(a, b, likeness, apart)
    assert near == nearness(b, a, likeness, apart)
    assert 0 <= near <= 1
    assert near <= nearness(a, b, min(1.0, likeness + 0.1), apart)


def test_the_fault_most_people_report_stands_for_its_service_and_its_crowd_is_around_one_report() -> None:
    reports = [(number, "vpn" if number % 4 else "", f"person {number}") for number in range(1, 9)]
    jams, toner = {1, 2, 3, 4, 5}, {6, 7, 8}

    def near(one: int, other: int) -> float:
        return float({one, other} <= jams or {one, other} <= toner)

    assert spikes(reports, PLAN, near) == {"vpn": (1, 2, 3, 4, 5)}
    assert spikes(reversed(reports), PLAN, near) == {"vpn": (1, 2, 3, 4, 5)}
    assert spikes(reports, PLAN, lambda one, other: 0.0) == {}
    nowhere = [(number, "", f"person {number}") for number in (1, 2, 3)]
    assert spikes(nowhere, PLAN, near) == {"": (1, 2, 3)}
    assert spikes(nowhere, PLAN) == {}


def test_a_spike_is_many_people_not_one_persons_many_reports() -> None:
    reports = [(4, "vpn", "a"), (2, "vpn", "b"), (3, "vpn", "a"), (5, "mail", "c"), (6, "", "d")]
    assert spikes(reports, PLAN) == {}
    assert spikes([*reports, (9, "vpn", "e")], PLAN) == {"vpn": (2, 3, 4, 9)}


STAGES = st.sampled_from([PROPOSED, ACTIVE, OVER, major.told(ACTIVE, "a", "文字", NOON, PLAN)])


@given(STAGES, st.text())
def test_what_is_stored_is_what_comes_back(stage: Major, report: str) -> None:
    if stage.stage in (Stage.ACTIVE, Stage.OVER):
        stage = major.report_asked(stage, report)
    assert Major.from_json(stage.to_json()) == stage
