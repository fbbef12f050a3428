"""Random lives of tickets, lived twice: by the rules and by a slow reference that counts minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from escalation.alarm import AskRating, Close, Decision, HoldOver, Marked, next_due
from escalation.errors import OutOfOrder
from escalation.ladder import Alarm, Page, StillOnIt
from escalation.priority import Priority
from escalation.ticket import Action, Status
from tests.rules.escalating import POLICY, Story, a_ticket, at, replayed
from tests.rules.reference_ticket import ReferenceTicket
from tests.rules.test_lifecycle import EXPECTED

START = at("10:00")
MINUTE = timedelta(minutes=1)
PEOPLE = st.sampled_from(("wang", "boss"))
PRIORITIES = st.sampled_from(("P1", "P2", "P3"))
LENGTHS = st.one_of(st.integers(1, 20), st.integers(1, 300), st.sampled_from((600, 1440, 3 * 1440)))
STEPS = {
    Action.CLAIM: ReferenceTicket.claim,
    Action.ASSIGN: ReferenceTicket.assign,
    Action.RELEASE: ReferenceTicket.release,
    Action.TRANSFER: ReferenceTicket.transfer,
    Action.ESCALATE: ReferenceTicket.escalate,
    Action.CHASE: ReferenceTicket.chase,
    Action.RESUME: ReferenceTicket.resume,
    Action.REPLY: ReferenceTicket.reply,
    Action.VISIT: ReferenceTicket.visit,
    Action.ARRIVE: ReferenceTicket.arrive,
    Action.NOTE: ReferenceTicket.note,
    Action.COMMENT: ReferenceTicket.comment,
    Action.MAJOR: ReferenceTicket.make_major,
    Action.RESOLVE: ReferenceTicket.resolve,
    Action.CONFIRM: ReferenceTicket.confirm,
    Action.REOPEN: ReferenceTicket.reopen,
    Action.RATE: ReferenceTicket.rate,
}
# Rare, so that most lives are long; and what ends a ticket is rarer still.
ACTIONS = st.sampled_from([action for action in STEPS for _ in range(1 if action is Action.RESOLVE else 2)])


class TwoLives(RuleBasedStateMachine):
    """One ticket twice. Whatever happens to it, both tell the same story."""

    @initialize(priority=PRIORITIES)
    def opens(self, priority: str) -> None:
        self.opened = a_ticket(Priority(priority), START)
        self.story = Story.opens(Priority(priority))
        self.reference = ReferenceTicket(priority)
        self.elapsed = {"response": 0.0, "resolution": 0.0}

    # -- time --------------------------------------------------------------------------------------

    @rule(minutes=LENGTHS)
    def time_passes(self, minutes: int) -> None:
        self._moves_on(lambda: self.story.passes(minutes=minutes), lambda: self.reference.passes(minutes))

    @rule(minutes=LENGTHS)
    def the_desk_is_down(self, minutes: int) -> None:
        self._moves_on(lambda: self.story.sleeps(minutes=minutes), lambda: self.reference.sleeps(minutes))

    def _moves_on(self, really: Callable[[], object], on_paper: Callable[[], object]) -> None:
        before = self.story.ticket
        newest = {clock.name: clock for clock in before.clocks}
        standing = {name: clock.spent for name, clock in newest.items() if not clock.running}
        really()
        on_paper()
        if self.story.ticket.status is before.status:
            assert all(self.story.spent(name) == spent for name, spent in standing.items()), "a paused clock advanced"

    # -- people ------------------------------------------------------------------------------------

    @rule(action=ACTIONS)
    def somebody_acts(self, action: Action) -> None:
        if self._done(action):
            STEPS[action](self.reference)
            self.reference.settle()
        if action is Action.REOPEN:
            self.elapsed = dict.fromkeys(self.elapsed, 0.0)

    @rule(luck=st.integers(0, 9))
    def somebody_cancels_now_and_then(self, luck: int) -> None:
        if luck == 0 and self._done(Action.CANCEL):
            self.reference.cancel()

    @rule(priority=PRIORITIES)
    def the_priority_changes(self, priority: str) -> None:
        if self._done(Action.PRIORITY, priority=priority):
            self.reference.change_priority(priority)
            self.reference.settle()

    @rule(reason=st.sampled_from(("requester", "vendor", "change")), minutes=st.none() | st.integers(1, 3000))
    def the_owner_waits(self, reason: str, minutes: int | None) -> None:
        until = {"until": (self.story.now + minutes * MINUTE).isoformat()} if minutes else {}
        if self._done(Action.HOLD, reason=reason, **until):
            self.reference.hold(reason, minutes)
            self.reference.settle()

    @rule(minutes=st.integers(1, 3000))
    def somebody_promises(self, minutes: int) -> None:
        if self._done(Action.PROMISE, until=(self.story.now + minutes * MINUTE).isoformat()):
            self.reference.promise(minutes)
            self.reference.settle()

    @precondition(lambda self: self.story.ticket.status is Status.NEW)
    @rule(by=PEOPLE, on_the_way=st.none() | st.integers(1, 180))
    def somebody_acknowledges(self, by: str, on_the_way: int | None) -> None:
        until = {"until": (self.story.now + on_the_way * MINUTE).isoformat()} if on_the_way else {}
        self.story.does(Action.ACK, by=by, **until)
        self.reference.ack(by, on_the_way)
        self.reference.settle()

    @precondition(lambda self: self.story.ticket.status is Status.NEW)
    @rule(by=PEOPLE, below=st.integers(0, 1))
    def somebody_declines(self, by: str, below: int) -> None:
        rung = max(0, self.story.ticket.climb.rung - below)
        self.story.does(Action.DECLINE, by=by, rung=rung)
        self.reference.decline(by, rung)
        self.reference.settle()

    def _done(self, action: Action, **facts: str) -> bool:
        """Whether the rules allowed it; the table says whether they should have."""
        before = self.story.ticket
        allowed = EXPECTED[action, before.status] is not None
        try:
            self.story.does(action, **facts)
        except OutOfOrder:
            assert not allowed
            assert self.story.ticket == before
            return False
        assert allowed
        return True

    # -- what holds at every moment ----------------------------------------------------------------

    @invariant()
    def both_tell_the_same_story(self) -> None:
        ticket, reference = self.story.ticket, self.reference
        climb = ticket.climb
        assert (self.story.now - START) / MINUTE == reference.now
        assert (ticket.status.value, ticket.priority.value, ticket.tier) == (
            reference.status,
            reference.priority,
            reference.tier,
        )
        assert (climb.generation, climb.rung, climb.round, climb.alarms) == (
            reference.generation,
            reference.rung,
            reference.round,
            reference.alarms,
        )
        assert climb.acknowledged_by == reference.holder
        for name, clock in reference.clocks.items():
            assert self.story.spent(name) == 60 * clock.spent, name
        assert sorted(map(str, map(_plain, self.story.heard))) == sorted(map(str, reference.said))

    @invariant()
    def every_open_ticket_has_an_alarm_in_the_future(self) -> None:
        ticket = self.story.ticket
        assert ticket.due_at == next_due(ticket, POLICY)
        assert ticket.due_at is None or ticket.due_at > self.story.now
        assert ticket.due_at is not None or not ticket.open

    @invariant()
    def nobody_is_paged_while_an_acknowledgement_stands(self) -> None:
        climb = self.story.ticket.climb
        if self.story.ticket.status is Status.NEW and climb.acknowledged_at is not None:
            since = [moment for moment, decision in self.story.heard if _pages(decision, climb.generation)]
            assert all(moment <= climb.acknowledged_at for moment in since)

    @invariant()
    def a_p1_nobody_answers_reaches_the_last_rung_in_ten_minutes(self) -> None:
        ticket, waited = self.story.ticket, self.reference.now - self.reference.began
        unanswered = ticket.status is Status.NEW and not ticket.climb.acknowledged_by and not ticket.climb.round
        ever_acknowledged = any(
            event.action is Action.ACK and event.at >= START + self.reference.began * MINUTE for event in self.story.log
        )
        if ticket.priority is Priority.P1 and unanswered and not ever_acknowledged and waited >= 10:
            assert ticket.climb.rung == 3

    @invariant()
    def elapsed_time_never_shrinks(self) -> None:
        for name, before in self.elapsed.items():
            self.elapsed[name] = self.story.spent(name)
            assert self.elapsed[name] >= before, name

    def teardown(self) -> None:
        """The audit log alone leads to the same ticket, alarm included."""
        if hasattr(self, "story"):
            assert replayed(self.opened, self.story.log) == self.story.ticket


def _pages(decision: Decision, generation: int) -> bool:
    return isinstance(decision, Page) and decision.generation == generation


def _plain(heard: tuple[datetime, Decision]) -> tuple[object, ...]:
    """What the alarm said, in the reference's words."""
    moment, decision = heard
    minute = (moment - START) // MINUTE
    match decision:
        case Page():
            spoken = (decision.generation, decision.rung, decision.round, decision.skipped, decision.lapsed)
            return (minute, "page", *spoken)
        case StillOnIt():
            return (minute, "still on it", decision.generation, decision.by)
        case Alarm():
            return (minute, "alarm", decision.generation, decision.count)
        case Marked():
            return (minute, "mark", decision.clock, decision.percent)
        case HoldOver():
            return (minute, "hold over")
        case Close():
            return (minute, "close")
        case AskRating():
            return (minute, "ask rating")


def live(examples: int, steps: int) -> None:
    """Live that many random lives."""
    run_state_machine_as_test(
        TwoLives,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_both_lives_agree() -> None:
    """Sixty lives in every run."""
    live(examples=60, steps=30)


@pytest.mark.slow
def test_two_thousand_lives_agree() -> None:
    """The bar R22: 2,000 lives of 30 steps, not one divergence."""
    live(examples=2000, steps=30)
