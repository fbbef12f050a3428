"""The ladder, rung by rung: who is paged when, until a person acknowledges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from escalation import ladder
from escalation.ladder import Alarm, Page
from escalation.policy import MINUTE, Rung
from escalation.priority import Priority
from escalation.ticket import Action, Climb
from tests.rules.escalating import POLICY, Story, at

P1, P2, P3, P4 = Priority
STEPS, ALWAYS, OFFICE = POLICY.ladders["P1"], POLICY.windows["always"], POLICY.windows["office"]


# -- climbing -------------------------------------------------------------------------------------


def test_the_first_rung_is_paged_at_once() -> None:
    story = Story.opens(P1)
    assert story.heard == [(at("10:00"), Page(1, 0, 1, ("on_call:2", "manager")))]


def test_without_an_acknowledgement_the_next_rung_is_paged() -> None:
    story = Story.opens(P1).until("10:14")
    assert story.pages == [("10:00", 1, 0), ("10:05", 2, 0), ("10:10", 3, 0)]
    assert story.last_page().who == ("on_call:3",)


def test_waits_are_counted_in_the_ladders_window() -> None:
    """Opened at 11:00: two office hours later is 14:30, four more are Wednesday at 9:00."""
    story = Story.opens(P3, "11:00").passes(days=1)
    assert story.pages == [("11:00", 1, 0), ("14:30", 2, 0), ("11-25 09:00", 3, 0)]


def test_outside_its_window_a_ladder_waits_until_it_opens() -> None:
    """Opened on Friday night: nobody is woken before Monday, 8:30."""
    story = Story.opens(P3, "2026-11-27 22:00")
    assert (story.pages, story.ticket.climb.rung) == ([], 0)
    assert story.passes(days=3).pages == [("11-30 08:30", 1, 0), ("11-30 10:30", 2, 0), ("11-30 16:00", 3, 0)]


def test_rungs_without_a_wait_between_them_are_paged_together() -> None:
    """A forgotten `after:` must not make the rung before vanish."""
    steps = replace(STEPS, rungs=(Rung(("on_call",), 0), Rung(("lead", "on_call"), 0), Rung(("manager",), 5 * MINUTE)))
    story = Story.opens(P1, policy=replace(POLICY, ladders={**POLICY.ladders, "P1": steps})).passes(minutes=5)
    assert [(page.rung, page.who, page.skipped) for _, page in story.heard if isinstance(page, Page)] == [
        (2, ("on_call", "lead"), ()),
        (3, ("manager",), ()),
    ]


def test_a_claim_silences_the_ladder() -> None:
    story = Story.opens(P1).until("10:07").does(Action.CLAIM).passes(days=2)
    assert story.pages == [("10:00", 1, 0), ("10:05", 2, 0)]
    assert story.alarms == []


# -- the end of the ladder ------------------------------------------------------------------------


def test_a_ladder_that_ends_unanswered_alarms_the_admin_a_few_times_and_then_once_a_day() -> None:
    story = Story.opens(P1).until("2026-11-26 12:00")
    assert story.alarms == [
        ("10:25", 1),
        ("10:40", 2),
        ("10:55", 3),
        ("11-25 10:55", 4),
        ("11-26 10:55", 5),
    ]


def test_an_alarm_waits_for_the_window_as_the_rungs_do() -> None:
    """A P3 of Friday morning: its end would be Saturday, but the admin hears on Monday, and never at a weekend."""
    story = Story.opens(P3, "2026-11-27 08:30").until("2026-12-07 12:00")
    assert story.pages[-1] == ("11-27 16:00", 3, 0)
    days = ("11-30", "12-01", "12-02", "12-03", "12-04", "12-07")
    assert story.alarms == [(f"{day} 08:30", count) for count, day in enumerate(days, 1)]


# -- after downtime -------------------------------------------------------------------------------


def test_after_downtime_the_highest_rung_that_came_due_is_paged_and_says_what_was_missed() -> None:
    story = Story.opens(P1).sleeps(minutes=11)
    assert story.pages == [("10:00", 1, 0), ("10:11", 3, 0)]
    assert story.last_page().skipped == (2,)


def test_down_from_the_start_nobody_was_paged_and_every_lower_rung_is_listed() -> None:
    climb = ladder.begin(Climb(generation=0), STEPS, ALWAYS, at("10:00"))
    _, (page,) = ladder.climb_until(climb, STEPS, ALWAYS, at("10:12"))
    assert page == Page(3, 0, 1, ("on_call:3",), skipped=(1, 2))


def test_the_climb_stands_where_it_would_have_stood() -> None:
    """Down until 10:07: rung two was due at 10:05, so rung three is due at 10:10."""
    story = Story.opens(P1).sleeps(minutes=7).passes(minutes=3)
    assert story.pages[1:] == [("10:07", 2, 0), ("10:10", 3, 0)]


def test_when_even_the_end_came_due_unseen_the_last_rung_is_paged_and_the_admin_told_once() -> None:
    """Eight hours down: one page, one alarm, and the next alarm a quarter of an hour from now."""
    story = Story.opens(P1).sleeps(hours=8)
    assert story.pages[1:] == [("18:00", 3, 0)]
    assert (story.last_page().skipped, story.alarms) == ((2,), [("18:00", 1)])
    assert story.passes(minutes=20).alarms == [("18:00", 1), ("18:15", 2)]


def test_alarms_missed_are_told_once_and_do_not_use_up_their_bounded_number() -> None:
    story = Story.opens(P1).until("10:26").sleeps(hours=6).passes(hours=1)
    assert story.alarms == [("10:25", 1), ("16:26", 2), ("16:41", 3)]


def test_an_acknowledgement_that_lapsed_during_downtime_pages_the_rung_where_the_ladder_would_stand() -> None:
    """Lapsed at 10:21, so rung two again; rung three at 10:26; awake at 10:27."""
    story = Story.opens(P1).until("10:06").does(Action.ACK, by="wang").sleeps(minutes=21)
    assert story.last_page() == Page(3, 1, 1, ("on_call:3",), skipped=(2,), lapsed="wang")


# -- acknowledging --------------------------------------------------------------------------------


def test_an_acknowledgement_rests_the_ladder_and_lapses_into_the_same_rung_again() -> None:
    story = Story.opens(P1).until("10:06").does(Action.ACK, by="wang")
    assert story.ticket.climb.acknowledged_by == "wang"
    assert story.until("10:20").pages == [("10:00", 1, 0), ("10:05", 2, 0)]
    assert story.until("10:21").pages[2:] == [("10:21", 2, 1)]
    assert story.last_page().lapsed == "wang"
    assert story.ticket.climb.acknowledged_by == ""
    assert story.until("10:26").pages[3:] == [("10:26", 3, 1)]


def test_each_lapse_grows_the_round() -> None:
    story = Story.opens(P1)
    for _ in range(3):
        story.does(Action.ACK, by="wang").passes(minutes=15)
    assert story.pages == [("10:00", 1, 0), ("10:15", 1, 1), ("10:30", 1, 2), ("10:45", 1, 3)]


def test_an_acknowledgement_is_worth_window_time() -> None:
    """Four office hours from 17:00 on Friday are Monday at 11:30, and at night nobody is paged."""
    story = Story.opens(P3, "2026-11-27 17:00").does(Action.ACK, by="wang").passes(days=3)
    assert story.pages == [("11-27 17:00", 1, 0), ("11-30 11:30", 1, 1), ("11-30 15:00", 2, 1)]


def test_the_first_acknowledgement_counts() -> None:
    story = Story.opens(P1).does(Action.ACK, by="wang").passes(minutes=10).does(Action.ACK, by="boss")
    assert story.ticket.climb.acknowledged_by == "wang"
    assert story.passes(minutes=5).pages[1:] == [("10:15", 1, 1)]


def test_the_holders_second_word_begins_the_time_anew() -> None:
    story = Story.opens(P1).does(Action.ACK, by="wang").passes(minutes=10).does(Action.ACK, by="wang")
    assert story.passes(minutes=14).pages == [("10:00", 1, 0)]


def test_after_a_lapse_another_may_acknowledge_even_before_the_desk_has_noticed() -> None:
    held = ladder.acknowledge(Climb(rung=1), STEPS, ALWAYS, "wang", at("10:00"))
    taken = ladder.acknowledge(held, STEPS, ALWAYS, "boss", at("10:15"))
    assert (taken.acknowledged_by, taken.lapses_at) == ("boss", at("10:30"))


def test_acknowledging_before_anybody_was_paged_holds_off_the_first_rung() -> None:
    """Somebody saw it in the queue at night: on lapsing, the ladder begins at its foot."""
    story = Story.opens(P3, "2026-11-27 22:00").does(Action.ACK, by="wang").passes(days=4)
    assert story.pages[0] == ("11-30 14:00", 1, 1)


def test_an_acknowledgement_at_the_end_stops_the_alarms_and_its_lapse_starts_them_anew() -> None:
    story = Story.opens(P1).until("10:56").does(Action.ACK, by="wang").passes(minutes=50)
    assert story.alarms == [("10:25", 1), ("10:40", 2), ("10:55", 3), ("11:26", 1), ("11:41", 2)]
    assert story.pages[-1] == ("11:11", 3, 1)


# -- declining ------------------------------------------------------------------------------------


def test_declining_pages_the_next_rung_now() -> None:
    story = Story.opens(P1).until("10:01").does(Action.DECLINE, by="wang")
    assert story.pages == [("10:00", 1, 0), ("10:01", 2, 0)]
    assert story.until("10:06").pages[2:] == [("10:06", 3, 0)]


def test_declining_after_hours_pages_the_next_rung_when_the_window_opens() -> None:
    story = Story.opens(P3, "17:59").until("18:30").does(Action.DECLINE, by="wang")
    assert story.until("2026-11-25 08:30").pages == [("17:59", 1, 0), ("11-25 08:30", 2, 0)]


def test_one_persons_decline_does_not_undo_anothers_acknowledgement() -> None:
    story = Story.opens(P1).does(Action.ACK, by="wang").does(Action.DECLINE, by="boss")
    assert story.ticket.climb.acknowledged_by == "wang"
    assert story.until("10:14").pages == [("10:00", 1, 0)]


def test_whoever_acknowledged_may_find_they_cannot_take_it_after_all() -> None:
    story = Story.opens(P1).does(Action.ACK, by="wang").until("10:10").does(Action.DECLINE, by="wang")
    assert story.ticket.climb.acknowledged_by == ""
    assert story.pages == [("10:00", 1, 0), ("10:10", 2, 0)]


def test_two_people_of_one_rung_who_decline_climb_one_rung_not_two() -> None:
    """The second speaks for a rung that has been passed: the third one's people were only just asked."""
    story = Story.opens(P1).until("10:05").does(Action.DECLINE, by="liu", rung=2)
    story.until("10:06").does(Action.DECLINE, by="lead", rung=2)
    assert story.pages == [("10:00", 1, 0), ("10:05", 2, 0), ("10:05", 3, 0)]
    assert story.alarms == []


def test_declining_the_last_rung_alarms_the_admin_now_and_only_once() -> None:
    story = Story.opens(P1).until("10:11").does(Action.DECLINE, by="sun", rung=3)
    assert story.alarms == [("10:11", 1)]
    story.until("10:12").does(Action.DECLINE, by="sun", rung=3).does(Action.DECLINE, by="lu", rung=3)
    assert story.alarms == [("10:11", 1)]
    assert story.until("10:26").alarms == [("10:11", 1), ("10:26", 2)]


def test_declining_what_was_never_paged_changes_nothing() -> None:
    climb = Climb(next_at=at("2026-11-25 08:30"))
    assert ladder.decline(climb, OFFICE, "wang", 0, at("20:00")) == climb


# -- chasing --------------------------------------------------------------------------------------


def test_a_chase_at_night_wakes_nobody_whom_the_window_lets_sleep() -> None:
    story = Story.opens(P3, "17:00").until("20:00").does(Action.CHASE, by="anna").until("2026-11-25 12:00")
    assert story.pages == [("17:00", 1, 0), ("11-25 08:30", 2, 0)]


def test_a_chase_leaves_an_acknowledged_ladder_in_peace() -> None:
    story = Story.opens(P1).does(Action.ACK, by="wang").does(Action.CHASE, by="anna").until("10:14")
    assert story.pages == [("10:00", 1, 0)]


# -- starting anew --------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [Action.TRANSFER, Action.ESCALATE, Action.PRIORITY])
def test_another_group_tier_or_priority_starts_the_ladder_anew_in_a_new_generation(action: Action) -> None:
    """So a page's key is never used twice, and what was said to the old pages counts for nothing."""
    story = Story.opens(P1).until("10:06").does(Action.ACK, by="wang").does(action)
    climb = story.ticket.climb
    assert (climb.generation, climb.rung, climb.round, climb.acknowledged_by) == (2, 1, 0, "")
    assert story.last_page().generation == 2
    assert story.pages[-1] == ("10:06", 1, 0)


@pytest.mark.parametrize("before_reopening", [Action.CLAIM, Action.RESOLVE])
def test_released_or_reopened_is_a_new_generation(before_reopening: Action) -> None:
    undo = {Action.CLAIM: Action.RELEASE, Action.RESOLVE: Action.REOPEN}[before_reopening]
    story = Story.opens(P1).does(before_reopening).passes(minutes=3).does(undo)
    assert (story.ticket.climb.generation, story.pages) == (2, [("10:00", 1, 0), ("10:03", 1, 0)])


def test_a_priority_raised_while_acknowledged_calls_the_more_urgent_ladder() -> None:
    """An acknowledgement of a P3 is worth half a day; of a P1 it would have been fifteen minutes."""
    story = Story.opens(P3).does(Action.ACK, by="wang").passes(minutes=30).does(Action.PRIORITY, priority="P1")
    assert story.last_page() == Page(1, 0, 2, ("on_call:2", "manager"))
    assert story.passes(minutes=5).pages[-1] == ("10:35", 2, 0)


def test_no_page_ever_has_the_same_generation_rung_and_round() -> None:
    story = Story.opens(P1)
    for action in (Action.ACK, Action.DECLINE, Action.TRANSFER, Action.ACK, Action.CLAIM, Action.RELEASE, Action.CHASE):
        story.passes(minutes=4).does(action, by="wang").passes(minutes=16)
    keys = [(page.generation, page.rung, page.round) for _, page in story.heard if isinstance(page, Page)]
    assert len(keys) > 8
    assert len(keys) == len(set(keys))


def test_an_alarm_knows_its_generation() -> None:
    story = Story.opens(P1).does(Action.TRANSFER).until("10:25")
    assert story.heard[-1] == (at("10:25"), Alarm(1, 2))


def test_a_ladder_stands_back_while_others_work_on_what_its_ticket_is_a_part_of() -> None:
    """Then the next rung is paged, as if that wait had been the rung's; one that is held is left to its holder."""
    part: dict[str, Any] = {"other": 7, "as": "child", "until": at("2026-11-25 10:00").isoformat()}
    story = Story.opens(P1).passes(minutes=1).does(Action.LINK, **part)
    assert (story.ticket.parent, story.ticket.climb.next_at) == (7, at("2026-11-25 10:00"))
    assert [said for said in story.until("2026-11-25 09:59").heard if isinstance(said[1], Page)][1:] == []
    assert story.until("2026-11-25 10:00").ticket.climb.rung == 2
    held = Story.opens(P1).does(Action.ACK).does(Action.LINK, **part)
    assert held.ticket.climb == Story.opens(P1).does(Action.ACK).ticket.climb
