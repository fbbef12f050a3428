"""What holds of every ticket, whatever its policy says and whatever people do to it: random lives of tickets.

A few hundred in every run, thousands with `-m slow`. `test_state_machine` compares such lives with a second opinion;
here the policies are random too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalation import alarm, clocks, promises
from escalation.errors import OutOfOrder
from escalation.ladder import Page
from escalation.policy import HOUR, MINUTE, Contract, Ladder, Policy, Rung, Target
from escalation.priority import Priority
from escalation.ticket import Action, Kind, Status
from tests.rules.escalating import FACTS, POLICY, Story, at, replayed

FEW, MANY = 30, 5000
A_MINUTE = timedelta(minutes=1)
window_names = st.sampled_from(("always", "long", "office"))
minutes = st.integers(1, 120).map(lambda number: number * MINUTE)


# -- any policy, any life --------------------------------------------------------------------------


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    """One to five rungs, some together, some paged several times, in any window."""
    rungs = [
        Rung(
            (draw(st.sampled_from(("on_call", "tier:2", "lead", "manager"))),),
            draw(st.one_of(st.just(0), minutes)) if number else 0,
            times=(times := draw(st.integers(1, 3))),
            every=draw(minutes) if times > 1 else 0,
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    return Ladder(
        tuple(rungs),
        draw(window_names),
        acknowledged_for=draw(minutes),
        alarm_every=draw(minutes),
        alarms=draw(st.integers(1, 4)),
        tier=draw(st.integers(1, 3)),
        answer_within=draw(st.one_of(st.just(0), minutes)),
        on_my_way=draw(minutes),
    )


@st.composite
def targets(draw: st.DrawFn) -> Target:
    """Any promises, each clock in any window."""
    promise = st.one_of(st.just(0), st.integers(1, 40).map(lambda number: number * HOUR // 2))
    windows = {name: draw(window_names) for name in ("response", "resolution", "update", "on_site")}
    return Target(draw(promise), draw(promise), draw(promise), "office", draw(promise), windows)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A policy with random promises and ladders, a contract for one group, and a group that pages nobody."""
    kinds = [f"{kind.value}:{priority}" for kind in Kind for priority in Priority]
    promised = {priority: draw(targets()) for priority in Priority}
    special = {priority: draw(targets()) for priority in Priority}
    return replace(
        POLICY,
        targets={key: promised[Priority(key.partition(":")[2])] for key in kinds},
        contracts={"gold": Contract((), ("servers",), {f"incident:{name}": each for name, each in special.items()})},
        ladders={
            **{priority.value: draw(ladders()) for priority in Priority},
            "servers/P1": draw(ladders()),
            "P2@2": draw(ladders()),
        },
        unladdered=("archive",),
        hold_at_most=draw(minutes) * 60,
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody does something after a while, during which the desk is awake or down."""

    wait: int
    awake: bool
    action: Action
    by: str
    length: int


PEOPLE_DO = tuple(
    action
    for action in Action
    if action
    not in (Action.OPEN, Action.PAGE, Action.ASK, Action.MARK, Action.ALARM, Action.CLOSE, Action.REMIND, Action.CANCEL)
)
deeds = st.lists(
    st.builds(
        Deed,
        wait=st.one_of(st.integers(0, 30), st.integers(0, 600), st.sampled_from((1440, 4320))),
        awake=st.booleans(),
        action=st.sampled_from(PEOPLE_DO),
        by=st.sampled_from(("wang", "boss", "anna")),
        length=st.integers(1, 2000),
    ),
    max_size=14,
)
openings = st.builds(
    lambda number: at("2026-02-13 08:00") + number * A_MINUTE, st.integers(0, 14 * 24 * 60)
)  # the fortnight of the Spring Festival


def facts_of(deed: Deed, now: datetime) -> dict[str, str | int]:
    until = (now + deed.length * A_MINUTE).isoformat()
    match deed.action:
        case Action.TRANSFER:
            return {"group": ("servers", "archive", "network")[deed.length % 3]}
        case Action.PRIORITY:
            return {"priority": f"P{1 + deed.length % 4}"}
        case Action.HOLD:
            reason = ("requester", "change")[deed.length % 2]
            return {"reason": reason, "until": until} if deed.length % 3 else {"reason": reason}
        case Action.ACK | Action.VISIT if deed.length % 2:
            return {"until": until}
        case Action.PROMISE:
            return {"until": until}
        case Action.LINK if deed.length % 2:
            return {"other": 7, "as": "child", "until": until}
    return dict(FACTS.get(deed.action, {}))


def lived(policy: Policy, opened_at: datetime, script: list[Deed], each: Callable[[Story], None]) -> Story:
    """The life, with a look at the ticket after every deed; what its state refuses is passed over."""
    story = Story.opens(Priority.P1, opened_at.isoformat(sep=" ", timespec="minutes")[:16], policy)
    each(story)
    for deed in script:
        wait = timedelta(minutes=deed.wait)
        story.until(story.now + wait) if deed.awake else story.sleeps(minutes=deed.wait)
        each(story)
        try:
            story.does(deed.action, by=deed.by, **facts_of(deed, story.now))
        except OutOfOrder:
            continue
        each(story)
    return story


def holds(examples: int, *given_any: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], None]:
    """Try the sentence on that many examples."""

    def run(sentence: Callable[..., None]) -> None:
        relaxed = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        relaxed(given(*given_any)(sentence))()

    return run


often = pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])


# -- what holds ------------------------------------------------------------------------------------


@often
def test_no_sequence_of_deeds_leaves_an_open_ticket_without_an_alarm(examples: int) -> None:
    """And the alarm is always ahead: what is due has been done."""

    @holds(examples, policies(), openings, deeds)
    def sentence(policy: Policy, opened_at: datetime, script: list[Deed]) -> None:
        def has_an_alarm(story: Story) -> None:
            ticket = story.ticket
            assert ticket.due_at == alarm.next_due(ticket, policy)
            assert not ticket.open or (ticket.due_at is not None and ticket.due_at > story.now)

        lived(policy, opened_at, script, has_an_alarm)


@often
def test_replaying_a_tickets_events_gives_the_same_ticket_and_the_same_alarm(examples: int) -> None:
    @holds(examples, policies(), openings, deeds)
    def sentence(policy: Policy, opened_at: datetime, script: list[Deed]) -> None:
        first: list[Any] = []
        story = lived(policy, opened_at, script, lambda story: first.append(story.opened))
        again = replayed(first[0], story.log, policy)
        assert again == story.ticket
        assert again.due_at == story.ticket.due_at


@often
def test_a_clock_that_stands_still_never_advances_and_one_that_was_stopped_never_changes(examples: int) -> None:
    @holds(examples, policies(), openings, deeds)
    def sentence(policy: Policy, opened_at: datetime, script: list[Deed]) -> None:
        stopped: dict[tuple[str, int, int, datetime], float] = {}

        def stands(story: Story) -> None:
            for clock in story.ticket.clocks:
                window = promises.window_of(story.ticket, policy, clock)
                if not clock.running:
                    later = clocks.used(clock, window, story.now + timedelta(days=3))
                    assert clocks.used(clock, window, story.now) == later == clock.spent
                    assert clocks.due(clock, window) is None
                if clock.stopped_at is not None:
                    key = (clock.name, clock.attempt, clock.target, clock.stopped_at)
                    assert stopped.setdefault(key, clock.spent) == clock.spent

        lived(policy, opened_at, script, stands)


@often
def test_nobody_is_paged_after_an_acknowledgement_before_it_decays(examples: int) -> None:
    """From the moment somebody holds the ladder until it lapses, unless they let go or the ticket changes hands."""

    @holds(examples, policies(), openings, deeds)
    def sentence(policy: Policy, opened_at: datetime, script: list[Deed]) -> None:
        until: datetime | None = None
        said, written = 0, 0

        def silent(story: Story) -> None:
            nonlocal until, said, written
            people_acted = any(event.by for event in story.log[written:])
            pages = [moment for moment, each in story.heard[said:] if isinstance(each, Page)]
            if until is not None and not people_acted:
                assert all(moment >= until for moment in pages)
            climb, said, written = story.ticket.climb, len(story.heard), len(story.log)
            holding = story.ticket.status is Status.NEW and climb.acknowledged_by
            until = climb.lapses_at if holding else None

        lived(policy, opened_at, script, silent)


@often
def test_a_p1_nobody_acknowledges_reaches_its_last_rung_within_the_time_its_ladder_states(examples: int) -> None:
    """The waits of the ladder, in its window, from the opening; declining and chasing only make it faster."""
    in_between = st.lists(
        st.tuples(st.integers(0, 90), st.booleans(), st.sampled_from((Action.DECLINE, Action.CHASE, Action.NOTE))),
        max_size=8,
    )

    @holds(examples, ladders(), openings, in_between)
    def sentence(ladder: Ladder, opened_at: datetime, script: list[tuple[int, bool, Action]]) -> None:
        policy = replace(POLICY, ladders={**POLICY.ladders, "P1": ladder})
        window = policy.windows[ladder.window]
        stated = window.next_open(opened_at)
        for rung in ladder.rungs:
            stated = window.add(window.next_open(stated), timedelta(seconds=rung.after))
        story = Story.opens(Priority.P1, opened_at.isoformat(sep=" ")[:16], policy)
        for wait, awake, action in script:
            story.passes(minutes=wait) if awake else story.sleeps(minutes=wait)
            story.does(action, by="wang")
        if story.now < stated:
            story.until(stated)
        assert story.ticket.climb.rung == len(ladder.rungs)
        first = next(
            moment for moment, said in story.heard if isinstance(said, Page) and said.rung == len(ladder.rungs)
        )
        assert first <= stated or not all(awake for _, awake, _ in script)
