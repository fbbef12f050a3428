"""A ticket's one alarm: when it rings next, and what it means then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from escalation import alarm
from escalation.alarm import Close, HoldOver, Marked, next_due, on_due
from escalation.ladder import Page
from escalation.policy import Mark
from escalation.priority import Priority
from escalation.ticket import Action, Status
from tests.rules.escalating import POLICY, Story, a_ticket, at

P1, P2, P3, P4 = Priority


def test_before_it_is_due_nothing_happens_and_nothing_changes() -> None:
    story = Story.opens(P1).does(Action.CLAIM)
    assert story.ticket.due_at == at("10:30")
    assert on_due(story.ticket, POLICY, at("10:29:59")) == (story.ticket, ())


def test_what_was_done_is_not_done_again_at_the_same_moment() -> None:
    """A second ticker that comes a moment later finds nothing to do."""
    once, decisions = on_due(a_ticket(P1), POLICY, at("10:00"))
    assert [type(decision) for decision in decisions] == [Page]
    assert on_due(once, POLICY, at("10:00")) == (once, ())


def test_the_alarm_is_the_earliest_of_all_that_may_come() -> None:
    """P1: the next rung after 5 minutes, the response's mark at 12; held: the hold's end; resolved: closing."""
    story = Story.opens(P1)
    assert story.ticket.due_at == at("10:05")
    assert story.passes(minutes=10).ticket.due_at == at("10:12")
    assert story.does(Action.CLAIM).ticket.due_at == at("10:40")
    assert story.does(Action.HOLD, until=at("18:00").isoformat()).ticket.due_at == at("18:00")
    assert story.does(Action.RESOLVE).ticket.due_at == at("2026-11-27 10:10")


def test_marks_act_once_each() -> None:
    story = Story.opens(P1).does(Action.REPLY).passes(hours=30)
    assert [mark for mark in story.marks if mark[1] == "resolution"] == [
        ("12:00", "resolution", 50),
        ("13:12", "resolution", 80),
        ("14:00", "resolution", 100),
    ]


def test_a_mark_says_whom_the_policy_names() -> None:
    story = Story.opens(P1).passes(minutes=12)
    assert story.heard[-1] == (at("10:12"), Marked("response", 80, ("on_call",)))


def test_marks_ring_in_window_time() -> None:
    """Four office hours from 16:00: 80 % are used on Wednesday at 9:42."""
    story = Story.opens(P3, "16:00").passes(days=1)
    assert story.marks == [("11-25 09:42", "response", 80), ("11-25 10:30", "response", 100)]


def test_after_downtime_only_the_highest_mark_of_each_clock_acts() -> None:
    story = Story.opens(P1).sleeps(hours=5)
    assert story.marks == [("15:00", "response", 100), ("15:00", "resolution", 100)]
    assert story.passes(hours=5).marks[2:] == []


def test_a_clock_that_stands_still_marks_nothing() -> None:
    story = Story.opens(P1).does(Action.CLAIM).passes(minutes=119).does(Action.HOLD)
    before = list(story.marks)
    assert story.passes(days=4).marks == before
    assert story.does(Action.RESUME).passes(minutes=1).marks == [*before, (story.marks[-1][0], "resolution", 50)]


def test_the_owner_is_reminded_of_every_update_that_is_due() -> None:
    """Half an hour without a word, again and again; a reply begins the half hour anew."""
    story = Story.opens(P1).does(Action.CLAIM).until("11:10").does(Action.REPLY).until("12:15")
    assert [mark[0] for mark in story.marks if mark[1] == "update"] == ["10:30", "11:00", "11:40", "12:10"]


def test_after_a_night_down_the_owner_is_reminded_once() -> None:
    story = Story.opens(P1).does(Action.CLAIM).sleeps(hours=8)
    assert [mark[0] for mark in story.marks if mark[1] == "update"] == ["18:00"]
    assert story.due("update") == "18:30"


def test_the_update_clock_may_have_marks_before_its_end() -> None:
    """The early mark does not begin the half hour anew; the last one does."""
    policy = replace(POLICY, marks=(Mark("update", 50, ("owner",)), Mark("update", 100, ("owner", "lead"))))
    story = Story.opens(P1, policy=policy).does(Action.CLAIM).until("11:00")
    assert story.marks == [
        ("10:15", "update", 50),
        ("10:30", "update", 100),
        ("10:45", "update", 50),
        ("11:00", "update", 100),
    ]


def test_the_owner_is_reminded_of_updates_whether_or_not_the_policy_says_so() -> None:
    """Else a claimed ticket with its other marks behind it would never wake again."""
    story = Story.opens(P1, policy=replace(POLICY, marks=())).does(Action.CLAIM).until("11:00")
    assert story.marks == [("10:30", "update", 100), ("11:00", "update", 100)]


def test_the_ladder_and_the_clocks_ring_together_when_both_are_due() -> None:
    """Twelve minutes down: the third rung and the first mark, in one go."""
    ticket, decisions = on_due(Story.opens(P1).ticket, POLICY, at("10:12"))
    assert [type(decision) for decision in decisions] == [Marked, Page]
    assert ticket.due_at == at("10:15")


def test_a_raised_priority_marks_at_once_what_is_used_up_already() -> None:
    story = Story.opens(P3).passes(hours=1).does(Action.PRIORITY, priority="P1")
    assert story.marks == [("11:00", "response", 100)]


def test_a_priority_lowered_and_raised_again_does_not_repeat_marks_that_are_still_behind() -> None:
    story = Story.opens(P1).passes(minutes=200)
    before = [mark for mark in story.marks if mark[1] == "resolution"]
    assert [percent for _, _, percent in before] == [50, 80]
    story.does(Action.PRIORITY, priority="P1")
    assert [mark for mark in story.marks if mark[1] == "resolution"] == before


@pytest.mark.parametrize("status", [Status.CLOSED, Status.CANCELLED])
def test_a_ticket_that_is_over_and_rated_has_no_alarm(status: Status) -> None:
    assert next_due(replace(a_ticket(), status=status, rating=4), POLICY) is None


def test_a_hold_and_a_closing_change_the_status_so_they_come_as_decisions() -> None:
    """`on_due` itself leaves the status alone: only `change` touches it."""
    held = Story.opens(P3).does(Action.CLAIM).does(Action.HOLD, until=at("11:00").isoformat()).ticket
    ticket, decisions = on_due(held, POLICY, at("11:00"))
    assert (ticket.status, decisions) == (Status.ON_HOLD, (HoldOver(),))
    resolved = Story.opens(P3).does(Action.RESOLVE).ticket
    ticket, decisions = on_due(resolved, POLICY, at("2026-11-27 10:00"))
    assert (ticket.status, decisions) == (Status.RESOLVED, (Close(),))


def test_a_year_of_silence_is_caught_up_with_in_one_go() -> None:
    """The wall clock jumps 400 days ahead: one page, the highest marks, and an alarm in the future."""
    story = Story.opens(P1).sleeps(days=400)
    assert story.pages[1:] == [("12-29 10:00", 3, 0)]
    assert len(story.marks) == 2
    assert story.ticket.due_at is not None
    assert story.ticket.due_at > story.now


@pytest.mark.parametrize("minutes", [-60, -1])
def test_a_wall_clock_set_back_rings_nothing_early(minutes: int) -> None:
    story = Story.opens(P1).passes(minutes=3)
    story.sleeps(minutes=minutes)
    assert story.pages == [("10:00", 1, 0)]
    assert story.ticket.due_at == at("10:05")
    assert alarm.next_due(story.ticket, POLICY) == at("10:05")
