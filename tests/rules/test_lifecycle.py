"""What each action does to a ticket, and which it refuses."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from escalation import alarm, clocks, lifecycle
from escalation.alarm import AskRating, Close, HoldOver
from escalation.clocks import RESOLUTION, RESPONSE, UPDATE
from escalation.errors import OutOfOrder
from escalation.policy import HOUR, MINUTE
from escalation.priority import Priority
from escalation.ticket import OPEN, TRANSITIONS, Action, Origin, Status, Ticket, after
from tests.rules.escalating import POLICY, Story, a_ticket, at

P1, P2, P3, P4 = Priority

# The state machine written a second time, by hand: a line an action, and in the order of the columns what the
# ticket becomes; "." where the action is refused, "=" where the state stays.
COLUMNS = (Status.NEW, Status.CLAIMED, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED, Status.CANCELLED)
STATES = """
              new        claimed    on_hold    resolved   closed     cancelled
    open      .          .          .          .          .          .
    claim     claimed    .          .          .          .          .
    release   .          new        new        .          .          .
    assign    claimed    claimed    claimed    .          .          .
    transfer  new        new        new        .          .          .
    escalate  new        new        new        .          .          .
    chase     =          =          =          .          .          .
    visit     =          =          =          .          .          .
    arrive    =          =          =          .          .          .
    promise   =          =          =          .          .          .
    priority  =          =          =          .          .          .
    hold      .          on_hold    .          .          .          .
    resume    .          .          claimed    .          .          .
    note      =          =          =          =          =          =
    reply     =          =          =          =          .          .
    comment   =          =          =          =          .          .
    attach    =          =          =          =          .          .
    resolve   resolved   resolved   resolved   .          .          .
    confirm   .          .          .          closed     .          .
    reopen    .          .          .          new        new        .
    rate      .          .          .          =          =          .
    link      =          =          =          =          =          =
    major     =          =          =          .          .          .
    cancel    cancelled  cancelled  cancelled  .          .          .
    ack       =          .          .          .          .          .
    decline   =          .          .          .          .          .
    page      =          .          .          .          .          .
    ask       =          .          .          .          .          .
    mark      =          =          =          .          .          .
    alarm     =          .          .          .          .          .
    close     .          .          .          closed     .          .
    remind    .          =          .          .          =          .
"""


def expected() -> dict[tuple[Action, Status], Status | None]:
    """The table above: what each action makes of each state, None where it is refused."""
    header, *rows = (line.split() for line in STATES.strip().splitlines())
    assert [Status(name) for name in header] == list(COLUMNS)
    table: dict[tuple[Action, Status], Status | None] = {}
    for action, *cells in rows:
        assert len(cells) == len(COLUMNS), f"the row of {action!r} has {len(cells)} cells"
        for status, cell in zip(COLUMNS, cells, strict=True):
            table[Action(action), status] = None if cell == "." else status if cell == "=" else Status(cell)
    return table


EXPECTED = expected()


def in_state(status: Status) -> Story:
    """A P3 that came to this state the way tickets do, a minute a step."""
    ways: dict[Status, tuple[Action, ...]] = {
        Status.NEW: (),
        Status.CLAIMED: (Action.CLAIM,),
        Status.ON_HOLD: (Action.CLAIM, Action.HOLD),
        Status.RESOLVED: (Action.CLAIM, Action.RESOLVE),
        Status.CLOSED: (Action.CLAIM, Action.RESOLVE, Action.CONFIRM),
        Status.CANCELLED: (Action.CANCEL,),
    }
    story = Story.opens()
    for action in ways[status]:
        story.passes(minutes=1).does(action)
    assert story.ticket.status is status
    return story.passes(minutes=1)


def test_every_action_in_every_state_is_in_the_table_above() -> None:
    """A new action or a new status is not done until this file says what it means."""
    assert set(EXPECTED) == set(product(Action, Status))
    assert set(TRANSITIONS) == set(Action)


@pytest.mark.parametrize(("action", "status"), list(product(Action, Status)), ids=lambda each: str(each.value))
def test_an_action_leads_where_the_table_says_or_is_refused(action: Action, status: Status) -> None:
    """Through `change`, with everything a real ticket carries; what is refused changes nothing."""
    story = in_state(status)
    before, becomes = story.ticket, EXPECTED[action, status]
    if becomes is None:
        with pytest.raises(OutOfOrder) as refused:
            story.does(action)
        assert story.ticket == before
        assert refused.value.key == "refused.state"
        assert refused.value.facts == {"ticket": "T-12", "status": status.value, "action": action.value}
    else:
        assert after(before, action) is becomes
        assert story.does(action).ticket.status is becomes


@pytest.mark.parametrize(("action", "status"), [pair for pair, becomes in EXPECTED.items() if becomes])
def test_whatever_happens_an_open_ticket_has_an_alarm_and_one_that_is_over_has_none(
    action: Action, status: Status
) -> None:
    """`due_at` is stored with every change, and is what `next_due` says."""
    ticket = in_state(status).does(action).ticket
    assert ticket.due_at == alarm.next_due(ticket, POLICY)
    if ticket.status in OPEN:
        assert ticket.due_at is not None
    if ticket.status is Status.CANCELLED:
        assert ticket.due_at is None


@pytest.mark.parametrize("status", sorted(OPEN))
def test_an_open_ticket_has_an_alarm_even_when_its_policy_promises_nothing_and_marks_nothing(status: Status) -> None:
    """A claimed ticket with every mark behind it is still woken: its owner is asked for an update."""
    silent = replace(
        POLICY,
        marks=(),
        targets={key: replace(target, response=0, resolution=0, update=0) for key, target in POLICY.targets.items()},
    )
    story = Story.opens(policy=silent)
    for action in {Status.NEW: (), Status.CLAIMED: (Action.CLAIM,), Status.ON_HOLD: (Action.CLAIM, Action.HOLD)}[
        status
    ]:
        story.does(action)
    for _ in range(20):
        assert story.ticket.due_at is not None
        story.passes(days=3)
    assert story.heard


# -- who has it -----------------------------------------------------------------------------------


def test_a_claim_meets_the_first_response_and_makes_the_owner_owe_updates() -> None:
    story = Story.opens(P1, "10:00").passes(minutes=7).does(Action.CLAIM, by="wang")
    assert (story.ticket.status, story.ticket.assignee) == (Status.CLAIMED, "wang")
    response = story.ticket.clock(RESPONSE)
    assert response is not None
    assert (response.spent, response.stopped_at) == (7 * MINUTE, at("10:07"))
    assert story.due(UPDATE) == "10:37"
    assert story.due(RESOLUTION) == "14:00"


def test_assigning_is_a_claim_in_somebody_elses_name() -> None:
    story = Story.opens(P1).passes(minutes=7).does(Action.ASSIGN, by="boss", person="liu")
    assert (story.ticket.status, story.ticket.assignee) == (Status.CLAIMED, "liu")
    assert story.spent(RESPONSE) == 7 * MINUTE
    assert story.passes(hours=1).pages == [("10:00", 1, 0), ("10:05", 2, 0)]


def test_every_change_of_hands_keeps_the_elapsed_time_to_the_second() -> None:
    """Claimed, handed on, put back, moved to another group and up a tier: three hours are three hours."""
    story = Story.opens(P1, "10:00").passes(minutes=10)
    for action in (Action.CLAIM, Action.ASSIGN, Action.RELEASE, Action.TRANSFER, Action.CLAIM, Action.ESCALATE):
        story.does(action).passes(minutes=25, seconds=1)
    assert story.spent(RESOLUTION) == 10 * MINUTE + 6 * (25 * MINUTE + 1)
    assert story.spent(RESPONSE) == 10 * MINUTE
    assert story.due(RESOLUTION) == "14:00"


def test_handing_a_ticket_on_does_not_buy_a_fresh_promise_of_progress() -> None:
    """Only word to the requester starts the update clock again."""
    story = Story.opens(P1, "10:00").does(Action.CLAIM).passes(minutes=20).does(Action.ASSIGN)
    assert story.due(UPDATE) == "10:30"
    story.does(Action.RELEASE).passes(minutes=5).does(Action.CLAIM)
    assert (story.spent(UPDATE), story.due(UPDATE)) == (20 * MINUTE, "10:35")
    story.does(Action.REPLY)
    assert story.due(UPDATE) == "10:55"


def test_a_release_frees_the_ticket_and_the_ladder_looks_for_somebody_else() -> None:
    story = Story.opens(P1, "10:00").passes(minutes=2).does(Action.CLAIM).passes(minutes=58).does(Action.RELEASE)
    assert (story.ticket.status, story.ticket.assignee) == (Status.NEW, "")
    assert story.ticket.climb.generation == 2
    assert story.pages == [("10:00", 1, 0), ("11:00", 1, 0)]


def test_a_transfer_goes_to_the_other_groups_first_tier_and_keeps_the_clocks() -> None:
    story = Story.opens(P3, "10:00").does(Action.ESCALATE, tier=3).passes(minutes=60)
    story.does(Action.TRANSFER, group="servers")
    assert (story.ticket.group, story.ticket.tier, story.ticket.assignee) == ("servers", 1, "")
    assert story.spent(RESPONSE) == story.spent(RESOLUTION) == 1 * HOUR


def test_a_transfer_over_lunch_costs_only_what_the_office_was_open() -> None:
    """Moved at 12:30, when the clock stands at 11:30 to 12:00: half an hour, and not a second of lunch."""
    story = Story.opens(P3, "11:30").until("12:30").does(Action.TRANSFER)
    assert story.spent(RESPONSE) == 30 * MINUTE
    assert story.until("13:30").spent(RESPONSE) == 30 * MINUTE
    assert story.until("14:00").spent(RESPONSE) == 1 * HOUR
    assert story.due(RESPONSE) == "17:00"


def test_escalating_moves_it_up_a_tier_and_pages_anew() -> None:
    story = Story.opens(P3).does(Action.CLAIM).passes(minutes=5).does(Action.ESCALATE, tier=2)
    assert (story.ticket.tier, story.ticket.status, story.ticket.assignee) == (2, Status.NEW, "")
    assert story.pages == [("10:00", 1, 0), ("10:05", 1, 0)]


# -- priority -------------------------------------------------------------------------------------


def test_the_most_urgent_starts_at_tier_two_with_the_manager() -> None:
    story = Story.opens(P1)
    assert story.ticket.tier == 2
    assert story.last_page().who == ("on_call:2", "manager")
    assert Story.opens(P3).ticket.tier == 1


def test_a_transferred_p1_starts_at_tier_two_there_as_well() -> None:
    assert Story.opens(P1).does(Action.ESCALATE, tier=3).does(Action.TRANSFER).ticket.tier == 2


def test_a_raised_priority_counts_the_time_already_used_against_the_new_promise() -> None:
    """An hour of office time is an hour; the new promise runs in its own window."""
    story = Story.opens(P3, "11:00").until("14:00").does(Action.PRIORITY, priority="P2")
    assert story.spent(RESPONSE) == 1.5 * HOUR
    assert story.marks == [("14:00", "response", 100)]
    assert story.due(RESOLUTION) == "20:30"
    assert story.until("21:00").spent(RESOLUTION) == 8.5 * HOUR


def test_a_priority_raised_while_on_hold_leaves_the_clock_standing_where_it_stood() -> None:
    story = Story.opens(P3, "10:00").does(Action.CLAIM).passes(minutes=40).does(Action.HOLD)
    story.passes(hours=1).does(Action.PRIORITY, priority="P1")
    assert (story.spent(RESOLUTION), story.due(RESOLUTION)) == (40 * MINUTE, None)
    assert story.passes(hours=9).spent(RESOLUTION) == 40 * MINUTE
    story.does(Action.RESUME)
    assert story.due(RESOLUTION) == "11-25 00:00"


def test_a_promise_that_was_kept_stays_kept_when_the_priority_rises() -> None:
    """Answered after an hour of four; that a P1 had fifteen minutes does not break it in hindsight."""
    story = Story.opens(P3).passes(hours=1).does(Action.CLAIM).does(Action.PRIORITY, priority="P1")
    response = story.ticket.clock(RESPONSE)
    assert response is not None
    assert not clocks.missed(response, POLICY.windows["always"], story.now)
    assert (response.spent, response.target) == (1 * HOUR, 4 * HOUR)


def test_a_priority_without_a_promise_keeps_the_time_for_one_that_has_it() -> None:
    """P4 promises no first response; raised after a day, the day counts."""
    story = Story.opens(P4, "10:00")
    assert story.due(RESPONSE) is None
    story.until("11:00").does(Action.PRIORITY, priority="P3")
    assert (story.spent(RESPONSE), story.due(RESPONSE)) == (1 * HOUR, "15:30")
    story.does(Action.PRIORITY, priority="P4").passes(days=30)
    assert [mark for mark in story.marks if mark[1] == "response"] == []


def test_a_raised_priority_lifts_an_unclaimed_ticket_to_its_tier_and_a_claimed_one_when_it_is_freed() -> None:
    assert Story.opens(P3).does(Action.PRIORITY, priority="P1").ticket.tier == 2
    claimed = Story.opens(P3).does(Action.CLAIM).does(Action.PRIORITY, priority="P1")
    assert claimed.ticket.tier == 1
    assert claimed.does(Action.RELEASE).ticket.tier == 2


def test_a_claimed_ticket_is_not_paged_because_its_priority_changed() -> None:
    story = Story.opens(P3).does(Action.CLAIM).does(Action.PRIORITY, priority="P1").passes(hours=20)
    assert story.pages == [("10:00", 1, 0)]


# -- hold and resume ------------------------------------------------------------------------------


def test_a_hold_stops_the_resolution_clock_in_window_time_and_resume_goes_on() -> None:
    """Held from 11:30 on Tuesday to 9:00 on Wednesday: an hour and a half is used, of the night nothing."""
    story = Story.opens(P3, "10:00").does(Action.CLAIM).until("11:30").does(Action.HOLD, reason="vendor")
    assert story.due(RESOLUTION) is None
    story.until("2026-11-25 09:00").does(Action.RESUME)
    assert story.spent(RESOLUTION) == 1.5 * HOUR
    assert story.until("2026-11-25 09:30").spent(RESOLUTION) == 2 * HOUR
    assert story.due(RESOLUTION) == "11-27 17:00"


def test_a_hold_for_a_reason_that_is_ours_lets_the_resolution_clock_run() -> None:
    story = Story.opens(P1, "10:00").does(Action.CLAIM).passes(minutes=30).does(Action.HOLD, reason="change")
    assert story.passes(hours=1).spent(RESOLUTION) == 1.5 * HOUR
    assert story.due(UPDATE) is None
    assert story.until("12:00").marks == [("10:30", "update", 100), ("12:00", "resolution", 50)]


def test_while_on_hold_nobody_is_nagged_for_updates_and_afterwards_one_is_owed() -> None:
    story = Story.opens(P1, "10:00").does(Action.CLAIM).passes(minutes=10).does(Action.HOLD).passes(hours=3)
    assert [mark for mark in story.marks if mark[1] == UPDATE] == []
    assert story.does(Action.RESUME).due(UPDATE) == "13:40"


def test_a_hold_ends_when_it_said_it_would() -> None:
    story = Story.opens(P3).does(Action.CLAIM).does(Action.HOLD, until=at("15:00").isoformat())
    assert story.until("14:59").ticket.status is Status.ON_HOLD
    assert story.until("15:00").ticket.status is Status.CLAIMED
    assert story.count(HoldOver) == 1
    assert story.ticket.hold is None


def test_a_hold_without_an_end_comes_back_after_as_long_as_the_policy_allows() -> None:
    story = Story.opens(P3).does(Action.CLAIM).does(Action.HOLD)
    assert story.ticket.hold is not None
    assert story.ticket.hold.until == at("2026-11-29 10:00")


def test_a_hold_that_ended_while_the_desk_was_down_ended_when_it_said() -> None:
    """Down from noon to 20:00, held until 15:00: the clock has run since 15:00, not since the restart."""
    story = Story.opens(P1, "10:00").does(Action.CLAIM).does(Action.HOLD, until=at("15:00").isoformat())
    story.until("12:00").sleeps(hours=8)
    assert story.ticket.status is Status.CLAIMED
    assert story.spent(RESOLUTION) == 5 * HOUR


@pytest.mark.parametrize("action", [Action.RELEASE, Action.TRANSFER, Action.ESCALATE, Action.ASSIGN])
def test_moving_a_held_ticket_ends_the_hold_and_the_clock_goes_on(action: Action) -> None:
    story = Story.opens(P1, "10:00").does(Action.CLAIM).passes(minutes=30).does(Action.HOLD).passes(hours=2)
    story.does(action).passes(minutes=10)
    assert story.ticket.hold is None
    assert story.spent(RESOLUTION) == 40 * MINUTE


def test_resolving_a_held_ticket_does_not_count_the_hold() -> None:
    story = Story.opens(P1, "10:00").does(Action.CLAIM).passes(minutes=30).does(Action.HOLD).passes(hours=2)
    assert story.does(Action.RESOLVE).spent(RESOLUTION) == 30 * MINUTE


# -- talking --------------------------------------------------------------------------------------


def test_a_reply_is_a_first_response_although_nobody_has_claimed() -> None:
    story = Story.opens(P1).passes(minutes=3).does(Action.REPLY)
    assert (story.ticket.status, story.spent(RESPONSE), story.due(RESPONSE)) == (Status.NEW, 3 * MINUTE, None)
    assert story.passes(minutes=10).pages[-1] == ("10:10", 3, 0), "the ladder still looks for somebody"


@pytest.mark.parametrize("action", [Action.NOTE, Action.COMMENT, Action.ATTACH, Action.LINK])
def test_what_the_requester_does_not_hear_from_us_moves_no_clock(action: Action) -> None:
    story = Story.opens(P1).does(Action.CLAIM).passes(minutes=10)
    before = story.ticket.clocks
    assert story.does(action).ticket.clocks == before


def test_chasing_brings_the_next_rung_forward_and_is_remembered() -> None:
    story = Story.opens(P3, "10:00").passes(minutes=20).does(Action.CHASE, by="anna")
    assert story.ticket.escalated_at == at("10:20")
    assert story.pages == [("10:00", 1, 0), ("10:20", 2, 0)]


def test_a_link_says_of_what_it_is_a_copy_or_a_part() -> None:
    assert Story.opens().does(Action.LINK, other=7).ticket.duplicate_of == 7
    child = Story.opens().does(Action.LINK, other=7, **{"as": "child"}).ticket
    assert (child.parent, child.duplicate_of) == (7, None)


# -- the end, and after ---------------------------------------------------------------------------


def test_resolving_stops_every_clock_and_keeps_cause_and_solution() -> None:
    story = Story.opens(P1).does(Action.CLAIM).passes(hours=1).does(Action.RESOLVE, by="wang")
    ticket = story.ticket
    assert (ticket.cause, ticket.solution, ticket.resolved_by) == ("expired certificate", "renewed it", "wang")
    assert ticket.resolved_at == at("11:00")
    assert not any(clock.running for clock in ticket.clocks)
    assert story.passes(days=1).spent(RESOLUTION) == 1 * HOUR


def test_without_an_answer_a_resolved_ticket_closes_after_three_working_days() -> None:
    """Resolved on Thursday at 17:00: an hour on Thursday, Friday, Monday, and seven hours of Tuesday."""
    story = Story.opens(P3, "2026-11-26 16:00").until("2026-11-26 17:00").does(Action.CLAIM).does(Action.RESOLVE)
    assert story.ticket.due_at == at("2026-12-01 17:00")
    assert story.until("2026-12-01 16:59").ticket.status is Status.RESOLVED
    assert story.until("2026-12-01 17:00").ticket.status is Status.CLOSED
    assert story.count(Close) == 1
    assert story.ticket.closed_at == at("2026-12-01 17:00")


def test_a_major_incident_never_closes_by_itself() -> None:
    story = Story.opens(P1).does(Action.MAJOR).does(Action.CLAIM).does(Action.RESOLVE)
    assert story.ticket.due_at is None
    assert story.passes(days=400).ticket.status is Status.RESOLVED
    assert story.does(Action.CONFIRM, by="anna").ticket.status is Status.CLOSED


def test_a_rating_is_asked_for_once_more_and_never_again() -> None:
    story = Story.opens().does(Action.CLAIM).does(Action.RESOLVE).does(Action.CONFIRM, by="anna")
    assert story.ticket.due_at == at("2026-11-25 10:00")
    assert story.passes(days=60).count(AskRating) == 1
    assert story.ticket.due_at is None


def test_whoever_has_rated_is_not_asked_again() -> None:
    story = Story.opens().does(Action.RESOLVE).does(Action.CONFIRM, by="anna").does(Action.RATE, by="anna", stars=2)
    assert (story.ticket.rating, story.ticket.due_at) == (2, None)
    assert story.passes(days=60).count(AskRating) == 0


def test_a_monitor_is_not_asked_to_rate() -> None:
    story = Story.opens()
    story.ticket = replace(story.ticket, origin=Origin.MONITORING)
    assert story.does(Action.RESOLVE).does(Action.CONFIRM).ticket.due_at is None


def test_a_reopened_ticket_has_fresh_clocks_a_fresh_ladder_and_no_rating() -> None:
    """Closed for three days, then still broken: a promise of its own, and the stars are void."""
    story = Story.opens(P1).does(Action.CLAIM).passes(hours=3).does(Action.RESOLVE)
    story.does(Action.CONFIRM, by="anna").does(Action.RATE, by="anna", stars=5, comment="quick").passes(days=3)
    story.does(Action.REOPEN, by="anna")
    ticket = story.ticket
    assert (ticket.status, ticket.assignee, ticket.rating, ticket.rating_comment) == (Status.NEW, "", 0, "")
    assert (ticket.resolved_at, ticket.closed_at) == (None, None)
    assert {name: story.spent(name) for name in (RESPONSE, RESOLUTION, UPDATE)} == dict.fromkeys(
        (RESPONSE, RESOLUTION, UPDATE), 0
    )
    assert (story.due(RESPONSE), story.due(RESOLUTION)) == ("11-27 13:15", "11-27 17:00")
    assert (ticket.climb.generation, story.pages[-1]) == (2, ("11-27 13:00", 1, 0))


def test_each_resolution_gets_its_own_reminder_to_rate() -> None:
    story = Story.opens().does(Action.RESOLVE).does(Action.CONFIRM, by="anna").passes(days=2)
    story.does(Action.REOPEN, by="anna").does(Action.RESOLVE).does(Action.CONFIRM, by="anna").passes(days=2)
    assert story.count(AskRating) == 2


def test_a_cancelled_ticket_is_over() -> None:
    story = Story.opens(P1).does(Action.CANCEL, by="anna").passes(days=30)
    assert story.pages == [("10:00", 1, 0)]
    assert story.marks == []


def test_a_change_gives_back_another_ticket_and_leaves_the_old_one_alone() -> None:
    before: Ticket = a_ticket()
    lifecycle.change(before, Action.CLAIM, by="wang", at=at("10:05"), policy=POLICY)
    assert before == a_ticket()
