"""What `desk.yaml` may say about promises and ladders beyond the simplest, and the mistakes that are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.reaching import holes
from escalation.dispatch import on_duty, recipients
from escalation.policy import HOUR, MINUTE, Contract, Rung, Target
from escalation.priority import Priority
from tests.rules.test_organisation_file import SMALL, mistakes, read

P3 = "      P3: {window: office, response: 4h, resolution: 5 working days, update: 1 working day}\n"
LADDERS = "    P4: *ladder\n"
MARKS = "  marks:\n"


def changed(*pairs: tuple[str, str]) -> str:
    """The small file with these lines exchanged, each of which stands there once."""
    text = SMALL
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_each_clock_may_run_in_a_window_of_its_own(tmp_path: Path) -> None:
    """A working day is as long as the clock's own window; the time on site may be promised too."""
    row = (
        "      P3: {window: office, windows: {response: always}, response: 2d, resolution: 5 working days, "
        "update: 1 working day, on_site: 3h}\n"
    )
    target = read(changed((P3, row)), tmp_path).policy.target("incident", Priority.P3)
    assert target == Target(
        48 * HOUR, 36 * HOUR, 36 * HOUR // 5, "office", on_site=3 * HOUR, windows={"response": "always"}
    )


def test_a_contract_names_what_it_covers_and_what_differs(tmp_path: Path) -> None:
    contract = """\
  contracts:
    gold:
      services: [vpn]
      groups: [desk]
      targets:
        incident:
          P2: {window: always, response: 30m, on_site: 3h, resolution: 5h, update: 1h}
"""
    policy = read(changed((MARKS, contract + MARKS)), tmp_path).policy
    promised = Target(30 * MINUTE, 5 * HOUR, HOUR, "always", on_site=3 * HOUR)
    assert policy.contracts == {"gold": Contract(("vpn",), ("desk",), {"incident:P2": promised})}
    assert policy.target("incident", Priority.P2, policy.contract_of("vpn", "desk")) == promised


def test_a_kind_and_a_group_may_have_ladders_of_their_own_or_none(tmp_path: Path) -> None:
    special = """\
    complaint:
      P1: *ladder
    groups:
      desk:
        P1: &own
          window: always
          rungs:
            - {who: [on_call], channels: [telegram, slack], times: 3, every: 2m}
            - {who: [lead], after: 10m}
          acknowledged_for: 15m
          answer_within: 5m
          on_my_way: 1h
          alarm_every: 15m
          alarms: 3
"""
    policy = read(changed((LADDERS, LADDERS + special)), tmp_path).policy
    assert sorted(policy.ladders) == ["P1", "P2", "P3", "P4", "complaint:P1", "desk/P1"]
    own = policy.ladders["desk/P1"]
    assert own.rungs == (
        Rung(("on_call",), 0, ("telegram", "slack"), 3, 2 * MINUTE),
        Rung(("lead",), 10 * MINUTE),
    )
    assert (own.answer_within, own.on_my_way) == (5 * MINUTE, HOUR)
    assert policy.unladdered == ()
    none = read(changed((LADDERS, LADDERS + "    groups: {desk: none}\n")), tmp_path).policy
    assert none.unladdered == ("desk",)


def test_a_tier_has_a_ladder_of_its_own_which_says_only_what_differs(tmp_path: Path) -> None:
    own = """\
    groups:
      desk:
        P2:
          window: always
          rungs: [{who: [on_call]}]
          acknowledged_for: 15m
          answer_within: 5m
          alarm_every: 15m
          alarms: 3
          tiers:
            2:
              rungs: [{who: ["on_call:2"]}, {who: [lead, manager], after: 10m}]
              acknowledged_for: 30m
"""
    ladders = read(changed((LADDERS, LADDERS + own)), tmp_path).policy.ladders
    first, second = ladders["desk/P2"], ladders["desk/P2@2"]
    rungs = (Rung(("on_call:2",), 0), Rung(("lead", "manager"), 10 * MINUTE))
    assert second == replace(first, rungs=rungs, acknowledged_for=30 * MINUTE, tier=2)
    (wrong,) = mistakes(changed((LADDERS, LADDERS + own.replace("            2:", "            1:"))), tmp_path)
    assert wrong.endswith("tickets start with tier 1 here and climb the rungs above: name a higher tier")


def test_quiet_hours_name_a_window_and_whose_clocks_keep_them(tmp_path: Path) -> None:
    hours = ("  escalate_again_after", "  quiet: {window: office, priorities: [P3, P4]}\n  escalate_again_after")
    policy = read(changed(hours), tmp_path).policy
    assert (policy.quiet_window, policy.quiet_priorities) == ("office", ("P3", "P4"))


def test_somebody_on_holiday_is_not_on_call_and_not_paged(tmp_path: Path) -> None:
    """Ann is away for a week: Cem has her turn, the second tier has Ben, and a page to both reaches one."""
    ann = "  ann: {name: {en: Ann, zh: 安}, office: berlin, roles: [engineer, admin]"
    away = ", away: [{start: 2026-04-13 09:00, end: 2026-04-20 09:00}]"
    organisation = read(changed((ann + "}", ann + away + "}")), tmp_path)
    group, during = organisation.groups["desk"], datetime(2026, 4, 15, tzinfo=UTC)
    assert organisation.people["ann"].is_away(during)
    assert group.tier(1).present(during) == ("cem",)
    assert on_duty(group, 1, during) == ("cem",)
    assert on_duty(group, 1, during + timedelta(days=14)) == ("ann",)
    roles = ("tier:1", "group")
    assert recipients(roles, group=group, tier=1, owner="", admins=(), at=during) == ("cem", "ben")
    gone = "group desk: rung 1 of ladder P1 (person:ann) reaches nobody from 2026-04-13 07:00 to 2026-04-20 07:00 UTC"
    lonely = replace(organisation.policy.ladders["P1"], rungs=(Rung(("person:ann",), 0),))
    alone = replace(
        organisation,
        policy=replace(
            organisation.policy,
            ladders={"P1": lonely} | {name: each for name, each in organisation.policy.ladders.items() if name != "P1"},
        ),
    )
    assert gone in [str(hole) for hole in holes(alone, datetime(2026, 4, 13, 7, tzinfo=UTC))]


WRONG = {
    "a clock there is not": (
        (P3, P3.replace("office,", "office, windows: {respose: always},")),
        "'respose' is not a clock: did you mean 'response'?",
    ),
    "a window there is not": (
        (P3, P3.replace("office,", "office, windows: {response: allways},")),
        "there is no window 'allways' in windows: did you mean 'always'?",
    ),
    "a contract about nothing": (
        (MARKS, "  contracts:\n    gold: {targets: {}}\n" + MARKS),
        "this contract covers nothing: name its services, its groups, or both",
    ),
    "two contracts for one service": (
        (
            MARKS,
            "  contracts:\n    gold: {services: [vpn], targets: {}}\n    iron: {services: [vpn], targets: {}}\n"
            + MARKS,
        ),
        "the service 'vpn' has a contract already, in line 72",
    ),
    "a ladder for a group there is not": (
        (LADDERS, LADDERS + "    groups: {dask: none}\n"),
        "there is no group 'dask' in groups: did you mean 'desk'?",
    ),
    "neither ladders nor none": (
        (LADDERS, LADDERS + "    groups: {desk: nobody}\n"),
        "expected a mapping with keys such as P1, P2, P3, P4, found 'nobody'",
    ),
    "times without every": (
        ("{who: [lead, ", "{times: 2, who: [lead, "),
        "a rung that is paged several times needs both: 'times' (two or more) and 'every'",
    ),
    "a channel there is not": (
        ("{who: [lead, ", "{channels: [fax], who: [lead, "),
        "'fax' is not a channel: choose from slack, telegram, web",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_where_it_stands(case: str, tmp_path: Path) -> None:
    pair, said = WRONG[case]
    (line,) = mistakes(changed(pair), tmp_path)
    assert line.endswith(f": {said}")
