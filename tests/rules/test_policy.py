"""A policy is one frozen value, stored by the hash of its content."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from escalation import promises
from escalation.calendar import always
from escalation.clocks import Clock
from escalation.policy import DAY, HOUR, MINUTE, Contract, Ladder, Mark, Policy, Rung, Target
from escalation.priority import Priority
from tests.rules.escalating import POLICY, a_ticket

P1, P2 = Priority.P1, Priority.P2


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
    "contracts": {"gold": Contract(("vpn",), ("network",), {"incident:P1": Target(1, 2, 3, "office")})},
    "unladdered": ("servers",),
    "quiet_window": "office",
    "quiet_priorities": ("P4",),
}


@pytest.mark.parametrize("name", [field.name for field in fields(Policy) if field.init])
def test_every_number_counts_in_the_hash_and_survives_json(name: str) -> None:
    """A field that `to_json` forgets would bend the clocks of tickets already open."""
    changed = replace(POLICY, **{name: DIFFERENT[name]})
    assert changed.digest() != POLICY.digest()
    assert Policy.from_json(changed.to_json()) == changed


@pytest.mark.parametrize("name", [field.name for field in fields(Ladder)])
def test_every_number_of_a_ladder_counts_as_well(name: str) -> None:
    different: dict[str, Any] = {"rungs": (Rung(("lead",), 0, ("telegram",), 3, 60),), "window": "office"}
    ladder = replace(POLICY.ladders["P2"], **{name: different.get(name, 7)})
    changed = replace(POLICY, ladders={**POLICY.ladders, "P2": ladder})
    assert changed.digest() != POLICY.digest()
    assert Policy.from_json(changed.to_json()) == changed


def test_a_kind_and_a_priority_find_their_promise_window_and_ladder() -> None:
    ticket = a_ticket(Priority.P1)
    assert promises.seconds(ticket, POLICY) == {
        "response": 900,
        "resolution": 4 * HOUR,
        "update": 1800,
        "on_site": 2 * HOUR,
    }
    assert promises.window_of(a_ticket(Priority.P2), POLICY, Clock("response", 900)).name == "7x12"
    assert POLICY.ladder(Priority.P1).tier == 2


def test_each_clock_may_have_a_window_of_its_own() -> None:
    """Answered from nine to nine every day, mended in office hours."""
    target = Target(15 * MINUTE, 4 * HOUR, HOUR, "office", windows={"response": "long"})
    policy = replace(POLICY, targets={**POLICY.targets, "incident:P3": target})
    ticket = a_ticket(Priority.P3, policy=policy)
    windows = {clock.name: promises.window_of(ticket, policy, clock).name for clock in ticket.clocks}
    assert windows == {"response": "7x12", "resolution": "5x8", "update": "5x8", "on_site": "5x8"}
    assert Policy.from_json(policy.to_json()) == policy


def test_a_contract_covers_its_services_before_its_groups_and_leaves_the_rest_as_it_was() -> None:
    swift, calm = Target(1, 2, 3, "always"), Target(4, 5, 6, "office")
    policy = replace(
        POLICY,
        contracts={
            "by-group": Contract((), ("network",), {"incident:P1": calm}),
            "by-service": Contract(("vpn",), (), {"incident:P1": swift}),
        },
    )
    assert [policy.contract_of(*each) for each in (("vpn", "network"), ("", "network"), ("vpn", "servers"))] == [
        "by-service",
        "by-group",
        "by-service",
    ]
    assert policy.contract_of("erp", "database") == ""
    assert policy.target("incident", Priority.P1, "by-service") == swift
    assert policy.target("incident", Priority.P2, "by-service") == POLICY.target("incident", Priority.P2)


def test_a_group_has_its_own_ladder_before_a_kind_and_a_kind_before_the_priority() -> None:
    steps = POLICY.ladders["P1"]
    policy = replace(POLICY, ladders={**POLICY.ladders, "incident:P1": steps, "network/P1": steps})
    kinds_and_groups = (("incident", "network"), ("incident", ""), ("request", ""))
    assert [policy.ladder_key(kind, P1, group) for kind, group in kinds_and_groups] == [
        "network/P1",
        "incident:P1",
        "P1",
    ]


def test_a_tier_has_its_own_ladder_and_lends_it_to_those_above_it() -> None:
    """Looked for within the ladder that the ticket climbs: of its group, its kind or its priority."""
    steps = POLICY.ladders["P2"]
    own = dict.fromkeys(("P2@2", "network/P2", "network/P2@3"), steps)
    policy = replace(POLICY, ladders={**POLICY.ladders, **own})
    assert [policy.ladder_key("incident", P2, "servers", tier) for tier in (1, 2, 3)] == ["P2", "P2@2", "P2@2"]
    assert [policy.ladder_key("incident", P2, "network", tier) for tier in (1, 2, 3)] == [
        "network/P2",
        "network/P2",
        "network/P2@3",
    ]
    assert Policy.from_json(policy.to_json()) == policy


def test_a_policy_kept_by_an_earlier_version_is_read_as_it_was_meant() -> None:
    """Written before there were contracts, visits, questions and windows for single clocks."""
    plain = {key: replace(target, on_site=0) for key, target in POLICY.targets.items()}
    once = {
        key: replace(steps, rungs=tuple(Rung(rung.who, rung.after) for rung in steps.rungs), answer_within=0)
        for key, steps in POLICY.ladders.items()
    }
    earlier = replace(POLICY, targets=plain, ladders=once)
    written = earlier.to_json()
    for late in ("contracts", "unladdered", "quiet"):
        del written[late]
    written["targets"] = {key: value[:4] for key, value in written["targets"].items()}
    for steps in written["ladders"].values():
        steps["rungs"] = [rung[:2] for rung in steps["rungs"]]
        del steps["answer_within"], steps["on_my_way"]
    assert Policy.from_json(json.loads(json.dumps(written))) == earlier


def test_without_a_promise_of_updates_a_day_of_silence_is_the_limit() -> None:
    silent = replace(POLICY, targets={"incident:P1": Target(900, 3600, 0, "always")})
    assert promises.seconds(a_ticket(Priority.P1), silent)["update"] == DAY


def test_the_marks_of_a_clock_come_lowest_first() -> None:
    assert [mark.percent for mark in POLICY.marks_of("resolution")] == [50, 80, 100]
    assert POLICY.marks_of("nothing") == ()


def test_the_last_mark_of_updates_is_there_even_when_nobody_wrote_it() -> None:
    early = Mark("update", 50, ("lead",))
    assert replace(POLICY, marks=(early,)).marks_of("update") == (early, Mark("update", 100, ("owner",)))
    assert POLICY.marks_of("update") == (Mark("update", 100, ("owner",)),)
