"""A policy is one frozen value, stored by the hash of its content."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from escalation.calendar import always
from escalation.policy import DAY, HOUR, Ladder, Mark, Policy, Rung, Target
from escalation.priority import Priority
from tests.rules.escalating import POLICY


def test_a_policy_comes_back_from_json_as_it_was() -> None:
    """Through text, as the database keeps it."""
    again = Policy.from_json(json.loads(json.dumps(POLICY.to_json())))
    assert again == POLICY
    assert again.digest() == POLICY.digest()


def test_the_order_in_which_it_was_written_is_no_difference() -> None:
    shuffled = replace(
        POLICY,
        windows=dict(sorted(POLICY.windows.items(), reverse=True)),
        targets=dict(sorted(POLICY.targets.items(), reverse=True)),
        ladders=dict(sorted(POLICY.ladders.items(), reverse=True)),
    )
    assert shuffled.digest() == POLICY.digest()
    assert len(POLICY.digest()) == 64


DIFFERENT: dict[str, Any] = {
    "windows": {**POLICY.windows, "more": always()},
    "targets": {**POLICY.targets, "incident:P1": Target(1, 2, 3, "office")},
    "ladders": {**POLICY.ladders, "P1": Ladder((Rung(("lead",), 0),), "office", 1, 2, 3)},
    "marks": (*POLICY.marks, Mark("update", 50, ("lead",))),
    "closes_after": 1,
    "closes_window": "always",
    "rating_reminder_after": 1,
    "low_rating": 1,
    "pausing_reasons": ("part",),
    "hold_at_most": 1,
    "escalate_again_after": 1,
}


@pytest.mark.parametrize("name", [field.name for field in fields(Policy)])
def test_every_number_counts_in_the_hash_and_survives_json(name: str) -> None:
    """A field that `to_json` forgets would bend the clocks of tickets already open."""
    changed = replace(POLICY, **{name: DIFFERENT[name]})
    assert changed.digest() != POLICY.digest()
    assert Policy.from_json(changed.to_json()) == changed


@pytest.mark.parametrize("name", [field.name for field in fields(Ladder)])
def test_every_number_of_a_ladder_counts_as_well(name: str) -> None:
    different: dict[str, Any] = {"rungs": (Rung(("lead",), 0),), "window": "office"}
    ladder = replace(POLICY.ladders["P2"], **{name: different.get(name, 7)})
    changed = replace(POLICY, ladders={**POLICY.ladders, "P2": ladder})
    assert changed.digest() != POLICY.digest()
    assert Policy.from_json(changed.to_json()) == changed


def test_a_kind_and_a_priority_find_their_promise_window_and_ladder() -> None:
    assert POLICY.seconds("request", Priority.P1) == {"response": 900, "resolution": 4 * HOUR, "update": 1800}
    assert POLICY.window_of("incident", Priority.P2).name == "7x12"
    assert POLICY.ladder(Priority.P1).tier == 2


def test_without_a_promise_of_updates_a_day_of_silence_is_the_limit() -> None:
    silent = replace(POLICY, targets={"incident:P1": Target(900, 3600, 0, "always")})
    assert silent.seconds("incident", Priority.P1)["update"] == DAY


def test_the_marks_of_a_clock_come_lowest_first() -> None:
    assert [mark.percent for mark in POLICY.marks_of("resolution")] == [50, 80, 100]
    assert POLICY.marks_of("on site") == ()


def test_the_last_mark_of_updates_is_there_even_when_nobody_wrote_it() -> None:
    early = Mark("update", 50, ("lead",))
    assert replace(POLICY, marks=(early,)).marks_of("update") == (early, Mark("update", 100, ("owner",)))
    assert POLICY.marks_of("update") == (Mark("update", 100, ("owner",)),)
