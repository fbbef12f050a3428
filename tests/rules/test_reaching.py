"""Does every ladder reach somebody? Each hour of the coming week is asked before it comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.messages import Identity
from bot.organisation import Organisation
from bot.organisation_file import load, sample_path
from bot.reaching import Account, guessed_holidays, holes, out_of_reach
from escalation.policy import Rung
from tests.rules.test_organisation_file import SELF, SMALL, read

MONDAY = datetime(2026, 2, 2, 0, 30, tzinfo=UTC)
WITHOUT = "      - people: [ben]\n    rooms"
SECOND = "      - people: [ben]\n        rota:\n          layers: [{starts: 2026-02-04, zone: UTC}]\n    rooms"


@pytest.fixture
def small(tmp_path: Path) -> Organisation:
    return read(SMALL.replace(WITHOUT, SECOND), tmp_path)


def test_the_sample_has_no_hole_in_the_week_it_is_first_tried() -> None:
    sample = load(sample_path(), years=(2026, 2027), self_address=SELF)
    assert holes(sample, datetime(2026, 11, 23, 6, 30, tzinfo=UTC)) == ()


def test_a_rota_that_begins_on_wednesday_is_a_hole_until_then(small: Organisation) -> None:
    """Hours that follow one another are one hole; it says who is asked instead, and its group's lead should know."""
    (hole,) = holes(small, MONDAY)
    assert str(hole) == (
        "group desk: nobody is on call in tier 2 from 2026-02-02 00:00 to 2026-02-04 09:00 UTC (asked instead: ben)"
    )
    assert hole.lead == "ann"


def test_every_ladder_of_every_kind_and_group_is_walked(small: Organisation) -> None:
    """A rung for somebody who has left is found in each of the nine stretches the office is open in a week."""
    gone = {key: person for key, person in small.people.items() if key != "cem"}
    policy = small.policy
    lonely = replace(policy.ladders["P2"], rungs=policy.ladders["P2"].rungs[1:], window="office")
    lonely = replace(lonely, rungs=(replace(lonely.rungs[0], who=("person:cem",), after=0),))
    left = replace(small, people=gone, policy=replace(policy, ladders={**policy.ladders, "complaint:P2": lonely}))
    silent = [hole for hole in holes(left, MONDAY) if "complaint:P2" in hole.what]
    assert [hole.what for hole in silent] == [
        "rung 1 of ladder complaint:P2 (person:cem) reaches nobody"
    ] * 14 or silent
    assert all(left.policy.windows["office"].is_open(hole.start) for hole in silent)


def test_a_ladder_is_walked_for_every_tier_a_ticket_can_come_to(small: Organisation) -> None:
    """Ben alone is the second tier: a rung that means the ticket's tier is a hole only for who was escalated there."""
    policy = small.policy
    asked = replace(policy.ladders["P3"], rungs=(Rung(("on_call",), 0), Rung(("person:cem",), 60)), tier=1)
    without = replace(small, policy=replace(policy, ladders={**policy.ladders, "P3": asked}))
    assert {hole.what for hole in holes(without, MONDAY, frozenset({"ben"})) if "P3" in hole.what} == {
        "rung 1 of ladder P3 once escalated to tier 2 (on_call) reaches nobody"
    }
    second = {"P3@2": replace(asked, rungs=(Rung(("tier:2",), 0), Rung(("lead",), 60)), tier=2)}
    with_own = replace(small, policy=replace(without.policy, ladders={**without.policy.ladders, **second}))
    assert {hole.what for hole in holes(with_own, MONDAY, frozenset({"ben"})) if "P3" in hole.what} == {
        "rung 1 of ladder P3 for tier 2 (tier:2) reaches nobody"
    }


def test_outside_its_window_a_ladder_waits_and_needs_nobody(small: Organisation) -> None:
    """P1's two rungs at every hour, and the first once more for who was escalated; P3 only while the office is open."""
    gone = replace(small, people={})
    hours = sum(((hole.end - hole.start) for hole in holes(gone, MONDAY) if "P1" in hole.what), timedelta())
    assert hours == 3 * timedelta(days=7)
    office = small.policy.windows["office"]
    waiting = replace(small.policy.ladders["P3"], window="office")
    closed = replace(gone, policy=replace(small.policy, ladders={**small.policy.ladders, "P3": waiting}))
    told = [hole for hole in holes(closed, MONDAY) if "P3" in hole.what]
    assert told
    assert all(office.is_open(hole.start) for hole in told)


def test_holidays_that_are_only_a_guess_are_told_for_this_year_and_the_next(small: Organisation) -> None:
    guessed = replace(small, guessed_holidays={"CN": frozenset({2027, 2028}), "DE": frozenset()})
    (sentence,) = guessed_holidays(guessed, MONDAY)
    assert sentence.startswith("the holidays of CN in 2027 are only a guess")
    assert len(guessed_holidays(guessed, MONDAY + timedelta(days=400))) == 2


def test_the_file_remembers_of_which_years_nothing_is_published_yet(tmp_path: Path) -> None:
    text = SMALL.replace("always: {preset: 24x7}", "always: {preset: 24x7}\n  chinese: {preset: 5x8, holidays: CN}")
    path = tmp_path / "desk.yaml"
    path.write_text(text, encoding="utf-8")
    read_for = load(path, years=(2026, 2060), self_address=SELF, flows=("vpn",))
    assert 2060 in read_for.guessed_holidays["CN"]
    assert 2026 not in read_for.guessed_holidays["CN"]


SLACK, TELEGRAM = Identity("slack", "T024BE7LD", "U023BECGF"), Identity("telegram", "", "123456789")


def test_whoever_has_lost_every_account_is_out_of_reach(small: Organisation) -> None:
    """Cem has two accounts in the file; Ann linked one herself; Ben has only the web desk, and nobody expects more."""
    ann = Account("ann", Identity("slack", "T024BE7LD", "U777"), lost=True)
    one_lost = (Account("cem", SLACK, lost=True), ann)
    assert out_of_reach(small, one_lost) == {"ann"}
    assert out_of_reach(small, (*one_lost, Account("cem", TELEGRAM, lost=True))) == {"ann", "cem"}
    assert out_of_reach(small, ()) == frozenset()


def test_where_a_chat_is_connected_whoever_has_no_account_there_is_out_of_reach(small: Organisation) -> None:
    assert out_of_reach(small, (), frozenset({"telegram"})) == {"ann", "ben", "dee"}
    ann = Account("ann", Identity("telegram", "", "5"))
    assert out_of_reach(small, (ann,), frozenset({"telegram"})) == {"ben", "dee"}
    lost = Account("cem", TELEGRAM, lost=True)
    assert out_of_reach(small, (ann, lost), frozenset({"slack", "telegram"})) == {"ben", "dee"}


def test_a_rung_of_people_no_message_reaches_is_a_hole(small: Organisation) -> None:
    """The second rung pages Ann, who leads the desk, and Cem: one is enough."""
    assert not any("rung 2" in hole.what for hole in holes(small, MONDAY, frozenset({"ann"})))
    silent = holes(small, MONDAY, frozenset({"ann", "cem"}))
    assert {hole.what for hole in silent if "rung 2" in hole.what} == {
        f"rung 2 of ladder P{number} (lead, person:cem) reaches nobody" for number in (1, 2, 3, 4)
    }
