"""Holding a ladder: still on it, on my way; pages that repeat; and ladders that stay with the group they began in."""

from __future__ import annotations

from dataclasses import replace

from escalation.ladder import Page, StillOnIt
from escalation.policy import HOUR, MINUTE, Policy, Rung
from escalation.priority import Priority
from escalation.ticket import Action, Status
from tests.rules.escalating import POLICY, Story, at

P1, P2, P3, P4 = Priority

# A P1 whose holder is asked after a quarter of an hour and has five minutes to answer.
ASKS: Policy = replace(
    POLICY, ladders={**POLICY.ladders, "P1": replace(POLICY.ladders["P1"], answer_within=5 * MINUTE)}
)


def held(when: str = "10:02") -> Story:
    """A P1 of ten o'clock that Wang acknowledged."""
    return Story.opens(P1, policy=ASKS).until(when).does(Action.ACK, by="wang")


# -- still on it? ---------------------------------------------------------------------------------


def test_the_holder_is_asked_before_anybody_else_is_paged() -> None:
    story = held().until("10:21")
    assert story.heard[-1] == (at("10:17"), StillOnIt("wang", 1))
    assert story.pages == [("10:00", 1, 0)]


def test_yes_holds_the_ladder_as_long_again_and_then_they_are_asked_again() -> None:
    story = held().until("10:19").does(Action.ACK, by="wang").until("10:38")
    assert [moment for moment, said in story.heard if isinstance(said, StillOnIt)] == [at("10:17"), at("10:34")]
    assert story.pages == [("10:00", 1, 0)]


def test_no_pages_the_next_rung_now() -> None:
    story = held().until("10:18").does(Action.DECLINE, by="wang")
    assert story.pages == [("10:00", 1, 0), ("10:18", 2, 0)]
    assert story.ticket.climb.acknowledged_by == ""


def test_without_an_answer_the_ladder_goes_on_with_the_same_rung() -> None:
    story = held().until("10:30")
    assert story.pages == [("10:00", 1, 0), ("10:22", 1, 1), ("10:27", 2, 1)]


def test_while_the_holder_thinks_nobody_else_can_take_the_ladder_by_acknowledging() -> None:
    story = held().until("10:18").does(Action.ACK, by="boss")
    assert story.ticket.climb.acknowledged_by == "wang"


def test_a_claim_is_an_answer_too() -> None:
    story = held().until("10:18").does(Action.CLAIM).passes(hours=3)
    assert story.pages == [("10:00", 1, 0)]


def test_after_downtime_nobody_is_asked_what_no_longer_matters() -> None:
    """Down from 10:02 to 10:23: the answer was due at 10:22, so rung one is paged again at once."""
    story = held().sleeps(minutes=21)
    assert story.count(StillOnIt) == 0
    assert story.pages[-1] == ("10:23", 1, 1)


def test_the_question_waits_for_the_window_as_the_pages_do() -> None:
    """A P2 acknowledged at 20:30 holds for half an hour tonight and a quarter of one tomorrow."""
    story = Story.opens(P2, "20:20").until("20:30").does(Action.ACK, by="wang").until("2026-11-25 09:29")
    assert (at("2026-11-25 09:15"), StillOnIt("wang", 1)) in story.heard
    assert story.until("2026-11-25 09:30").pages[-1] == ("11-25 09:30", 1, 2)


# -- on my way ------------------------------------------------------------------------------------


def test_somebody_on_the_way_holds_the_ladder_until_they_are_there() -> None:
    story = Story.opens(P1, policy=ASKS).until("10:02").does(Action.ACK, by="wang", until=at("10:50").isoformat())
    assert story.ticket.climb.arrives_at == at("10:50")
    story.until("10:54")
    assert story.heard[-1] == (at("10:50"), StillOnIt("wang", 1))
    assert story.until("10:55").pages == [("10:00", 1, 0), ("10:55", 1, 1)]


def test_nobody_is_on_the_way_for_longer_than_the_ladder_allows() -> None:
    story = Story.opens(P1).does(Action.ACK, by="wang", until=at("2026-11-25 10:00").isoformat())
    assert story.ticket.climb.arrives_at == at("12:00")


def test_a_time_that_is_over_is_an_ordinary_acknowledgement() -> None:
    story = Story.opens(P1).until("10:04").does(Action.ACK, by="wang", until=at("10:01").isoformat())
    assert (story.ticket.climb.arrives_at, story.ticket.climb.lapses_at) == (None, at("10:19"))


def test_a_holder_may_say_later_that_they_are_on_the_way() -> None:
    story = held().does(Action.ACK, by="wang", until=at("11:00").isoformat()).until("10:59")
    assert (story.pages, story.ticket.climb.lapses_at) == ([("10:00", 1, 0)], at("11:00"))


# -- how often ------------------------------------------------------------------------------------


def test_a_rung_is_paged_as_often_as_it_says_and_each_time_is_another_round() -> None:
    """P2: rung one three times ten minutes apart, rung two at half past, twice."""
    story = Story.opens(P2).until("11:29")
    assert story.pages == [
        ("10:00", 1, 0),
        ("10:10", 1, 1),
        ("10:20", 1, 2),
        ("10:30", 2, 2),
        ("10:50", 2, 3),
    ]


def test_the_next_rung_comes_when_it_is_due_however_often_the_one_before_would_be_paged() -> None:
    often = replace(
        POLICY.ladders["P2"], rungs=(Rung(("on_call",), 0, times=9, every=7 * MINUTE), Rung(("lead",), 1200))
    )
    story = Story.opens(P2, policy=replace(POLICY, ladders={**POLICY.ladders, "P2": often})).until("10:40")
    assert [(when, rung) for when, rung, _ in story.pages] == [("10:00", 1), ("10:07", 1), ("10:14", 1), ("10:20", 2)]


def test_the_last_rung_may_be_paged_again_in_the_very_moment_the_admins_are_alarmed() -> None:
    """Two pages an hour apart, and the end of the ladder an hour after the first."""
    last = replace(POLICY.ladders["P2"], rungs=(Rung(("on_call",), 0, times=2, every=HOUR),))
    story = Story.opens(P2, policy=replace(POLICY, ladders={**POLICY.ladders, "P2": last})).until("11:30")
    assert (story.pages, story.alarms) == ([("10:00", 1, 0), ("11:00", 1, 1)], [("11:00", 1)])


def test_whoever_acknowledges_is_not_paged_again_and_neither_is_anybody_else() -> None:
    story = Story.opens(P2).until("10:12").does(Action.ACK, by="wang").until("10:40")
    assert story.pages == [("10:00", 1, 0), ("10:10", 1, 1)]


def test_after_downtime_pages_that_were_missed_are_one_page() -> None:
    story = Story.opens(P2).sleeps(minutes=25)
    assert story.pages == [("10:00", 1, 0), ("10:25", 1, 2)]
    assert story.last_page().skipped == ()


def test_a_page_says_by_which_channels() -> None:
    rungs = (Rung(("on_call",), 0, channels=("telegram", "slack")),)
    ladder = replace(POLICY.ladders["P1"], rungs=rungs)
    story = Story.opens(P1, policy=replace(POLICY, ladders={**POLICY.ladders, "P1": ladder}))
    assert story.last_page().channels == ("telegram", "slack")


# -- whose ladder ---------------------------------------------------------------------------------

# The archive has no ladder: nobody there is paged. The servers have their own for P1.
OWN = replace(POLICY.ladders["P1"], rungs=(Rung(("person:emma",), 0), Rung(("lead",), 3 * MINUTE)), tier=1)
GROUPS: Policy = replace(POLICY, ladders={**POLICY.ladders, "servers/P1": OWN}, unladdered=("archive",))


def test_an_escalated_ticket_climbs_the_ladder_of_its_new_tier() -> None:
    """And keeps to it when it is released, has another priority, or is opened again; a transfer leaves it behind."""
    steep = replace(POLICY.ladders["P2"], rungs=(Rung(("tier:2",), 0), Rung(("manager",), MINUTE)), tier=2)
    policy = replace(POLICY, ladders={**POLICY.ladders, "P2@2": steep})
    story = Story.opens(P2, policy=policy).does(Action.ESCALATE, tier=2)
    assert (story.ticket.climb.ladder, story.ticket.tier) == ("P2@2", 2)
    assert [said.who for _, said in story.passes(minutes=1).heard if isinstance(said, Page)] == [
        ("on_call",),
        ("tier:2",),
        ("manager",),
    ]
    story.does(Action.CLAIM).does(Action.RELEASE)
    assert story.ticket.climb.ladder == "P2@2"
    assert story.does(Action.PRIORITY, priority="P3").ticket.climb.ladder == "P3"
    story.does(Action.PRIORITY, priority="P2").does(Action.RESOLVE).does(Action.REOPEN)
    assert story.ticket.climb.ladder == "P2@2"
    assert story.does(Action.TRANSFER).ticket.climb.ladder == "P2"


def test_a_group_with_a_ladder_of_its_own_climbs_that_one() -> None:
    story = Story.opens(P1, policy=GROUPS).until("10:02").does(Action.TRANSFER, group="servers")
    assert story.last_page().who == ("person:emma",)
    assert (story.ticket.climb.ladder, story.ticket.asked_group, story.ticket.asked_tier) == (
        "servers/P1",
        "servers",
        1,
    )
    assert story.until("10:05").pages[-1] == ("10:05", 2, 0)


def test_a_transfer_to_a_group_without_a_ladder_keeps_the_old_one_where_it_stood() -> None:
    story = Story.opens(P1, policy=GROUPS).until("10:06").does(Action.TRANSFER, group="archive").until("10:11")
    ticket = story.ticket
    assert (ticket.group, ticket.tier, ticket.climb.generation) == ("archive", 1, 1)
    assert (ticket.asked_group, ticket.asked_tier) == ("network", 2)
    assert story.pages == [("10:00", 1, 0), ("10:05", 2, 0), ("10:10", 3, 0)]


def test_what_was_acknowledged_stays_acknowledged_over_such_a_transfer() -> None:
    story = Story.opens(P1, policy=GROUPS).does(Action.ACK, by="wang").does(Action.TRANSFER, group="archive")
    assert story.ticket.climb.acknowledged_by == "wang"


def test_a_claimed_ticket_that_goes_there_calls_the_people_it_came_from() -> None:
    """Nobody has it any more, and the archive pages nobody: the old group is asked, from the foot of its ladder."""
    story = Story.opens(P1, policy=GROUPS).until("10:06").does(Action.CLAIM).does(Action.TRANSFER, group="archive")
    assert (story.ticket.status, story.ticket.asked_group, story.pages[-1]) == (Status.NEW, "network", ("10:06", 1, 0))


def test_once_somebody_there_has_claimed_it_is_that_groups_own() -> None:
    """Released again, the usual ladder asks the archive's people."""
    story = Story.opens(P1, policy=GROUPS).does(Action.TRANSFER, group="archive").does(Action.CLAIM, by="abe")
    assert story.ticket.asked_group == "archive"
    story.does(Action.RELEASE, by="abe")
    assert (story.ticket.asked_group, story.ticket.climb.ladder) == ("archive", "P1")


def test_another_priority_on_a_borrowed_ladder_asks_the_same_people() -> None:
    story = Story.opens(P1, policy=GROUPS).does(Action.TRANSFER, group="archive").does(Action.PRIORITY, priority="P3")
    assert (story.ticket.climb.ladder, story.ticket.asked_group) == ("P3", "network")


def test_from_there_to_a_group_with_a_ladder_begins_that_groups_ladder() -> None:
    story = Story.opens(P1, policy=GROUPS).does(Action.TRANSFER, group="archive").does(Action.TRANSFER, group="servers")
    assert (story.ticket.climb.ladder, story.ticket.asked_group) == ("servers/P1", "servers")


def test_a_ticket_opened_where_nobody_is_paged_climbs_the_usual_ladder() -> None:
    nobody_anywhere = replace(POLICY, unladdered=("network",))
    assert Story.opens(P1, policy=nobody_anywhere).pages == [("10:00", 1, 0)]


# -- reopened -------------------------------------------------------------------------------------


def test_reopening_leaves_behind_how_the_promises_before_it_ended() -> None:
    story = Story.opens(P1).until("10:20").does(Action.CLAIM).until("11:00").does(Action.RESOLVE)
    story.passes(days=3).does(Action.REOPEN, by="anna").passes(minutes=5).does(Action.CLAIM)
    ended = [(clock.name, clock.attempt, clock.spent, clock.stopped) for clock in story.ticket.past_clocks]
    assert ended == [("response", 1, 20 * MINUTE, True), ("resolution", 1, HOUR, True)]
    response = story.ticket.clock("response")
    assert response is not None
    assert (response.attempt, response.spent) == (2, 5 * MINUTE)
