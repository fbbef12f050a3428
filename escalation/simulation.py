"""A ticket played on a virtual clock: who would hear what and when, and which promise is kept.

The rules are the desk's own: `lifecycle.change` for what people do, `alarm.on_due` for what the alarm says. Nothing
here knows what time it is, and two plays of one script are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from escalation import clocks, lifecycle, promises
from escalation.alarm import AskRating, Close, Decision, HoldOver, Marked, ladder_of, on_due
from escalation.clocks import ON_SITE, RESOLUTION, UPDATE, Clock
from escalation.dispatch import Group, recipients
from escalation.errors import OutOfOrder, Refusal, TooLate
from escalation.ladder import Alarm, Page, StillOnIt
from escalation.policy import Policy
from escalation.ticket import Action, Status, Ticket, TicketEvent, altered

LONGEST_TAIL = timedelta(days=31)

Facts = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a person does to the ticket. `by` is their key; `facts` are those of the action."""

    at: datetime
    action: Action
    by: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that would happen. `what` is page, remind, clock, state, alarm, or deed (what a person did).

    `result` says how a clock stands, or which state was reached; `more` holds what only some lines have.
    """

    at: datetime
    ticket: str
    what: str
    to: tuple[str, ...] = ()
    rung: int = 0
    clock: str = ""
    result: str = ""
    more: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who there is to hear: the groups, the admins, and whom a step of a ticket is told, as the desk decides it."""

    groups: Mapping[str, Group]
    admins: tuple[str, ...]
    hears: Callable[[Ticket, Ticket, TicketEvent], tuple[str, ...]]

    def behind(self, ticket: Ticket, who: tuple[str, ...], at: datetime) -> tuple[str, ...]:
        """The people behind these roles at that moment; the admins where there is nobody."""
        group, tier = self.groups[ticket.asked_group], ticket.asked_tier
        found = recipients(who, group=group, tier=tier, owner=ticket.assignee, admins=self.admins, at=at)
        return found or self.admins


def play(
    name: str, ticket: Ticket, deeds: Sequence[Deed], policy: Policy, cast: Cast, until: datetime | None = None
) -> tuple[Line, ...]:
    """Everything that happens to a ticket opened as it stands, in order, up to `until`.

    Without `until` it goes on for at most 31 days after the last deed, and ends when every promise is met or missed
    and the ladder has said all it has to say. At one moment people come first, then promises break, then alarms ring.
    """
    return tuple(_Life(name, ticket, policy, cast).lived(sorted(deeds, key=lambda deed: deed.at), until))


class _Life:
    """One ticket on its way; `missed` are the promises already told as broken."""

    def __init__(self, name: str, ticket: Ticket, policy: Policy, cast: Cast) -> None:
        self.name, self.ticket, self.policy, self.cast = name, ticket, policy, cast
        self.now = ticket.opened_at
        self.missed: set[tuple[str, int, object]] = set()
        self._looked_at: tuple[Ticket | None, int] = (None, 0)
        self._breaking: Sequence[tuple[datetime, Clock]] = ()
        self.paged: dict[tuple[int, str], int] = {}  # (generation, person) -> the highest rung that paged them

    def lived(self, deeds: Sequence[Deed], until: datetime | None) -> Iterator[Line]:
        yield from self._opened()
        last = deeds[-1].at if deeds else self.now
        end = until or last + LONGEST_TAIL
        left = list(reversed(deeds))
        while True:
            deed, (breaks_at, breaking) = left[-1] if left else None, self._next_to_break()
            times = [at for at in (deed.at if deed else None, breaks_at, self.ticket.due_at) if at is not None]
            at = min(times, default=None)
            if at is None or at > end or (until is None and deed is None and at > self.now and self._is_settled()):
                return
            self.now = max(self.now, at)
            if deed is not None and deed.at <= self.now:
                left.pop()
                yield from self._does(deed)
            elif breaking is not None and breaks_at is not None and breaks_at <= self.now:
                yield self._promise(breaking, "missed")
            else:
                yield from self._rings()

    # -- people ------------------------------------------------------------------------------------

    def _opened(self) -> Iterator[Line]:
        before = self.ticket
        self.ticket = lifecycle.opened(before, self.policy, self.now)
        event = self._event(Action.OPEN, before.opened_by, {"priority": before.priority.value})
        more = {"do": Action.OPEN.value, "by": before.opened_by}
        to = self.cast.hears(self.ticket, self.ticket, event)
        yield Line(self.now, self.name, "state", to, result=self.ticket.status.value, more=more)

    def _does(self, deed: Deed) -> Iterator[Line]:
        more = {"do": deed.action.value, "by": deed.by}
        try:
            facts = self._facts(deed)
            self._refuse_second(deed)
            lines = list(self._changes(deed.action, deed.by, facts))
        except Refusal as refusal:
            why = {"why": refusal.key.removeprefix("refused."), "state": self.ticket.status.value}
            yield Line(self.now, self.name, "state", result="refused", more={**more, **why})
            return
        yield Line(self.now, self.name, "deed", result=deed.action.value, more={**more, **deed.facts})
        yield from lines
        if lifecycle.wakes(self.ticket, deed.action, deed.by):
            yield from self._changes(Action.RESUME, "", {})

    def _facts(self, deed: Deed) -> Facts:
        """The facts, with what the desk works out itself."""
        if deed.action is Action.ESCALATE and "tier" not in deed.facts:
            tier = self.cast.groups[self.ticket.group].next_tier(self.ticket.tier)
            if tier is None:
                raise OutOfOrder("refused.top_tier")
            return {**deed.facts, "tier": tier}
        if deed.action is Action.DECLINE:
            rung = self.paged.get((self.ticket.climb.generation, deed.by), self.ticket.climb.rung)
            return {"rung": rung, **deed.facts}
        return deed.facts

    def _refuse_second(self, deed: Deed) -> None:
        holder = self.ticket.climb.acknowledged_by
        if deed.action is Action.ACK and self.ticket.status is Status.NEW and holder not in ("", deed.by):
            raise TooLate("refused.acknowledged", person=holder)

    def _changes(self, action: Action, by: str, facts: Facts) -> Iterator[Line]:
        before = self.ticket
        self.ticket = lifecycle.change(before, action, by=by, at=self.now, policy=self.policy, facts=facts)
        if self.ticket.status is not before.status:
            to = self.cast.hears(before, self.ticket, self._event(action, by, facts))
            more = {"do": action.value, "by": by}
            yield Line(self.now, self.name, "state", to, result=self.ticket.status.value, more=more)
        yield from self._clock_changes(before)

    def _event(self, action: Action, by: str, facts: Facts) -> TicketEvent:
        return TicketEvent(self.ticket.id, self.now, by, action, "simulate", facts)

    # -- promises ----------------------------------------------------------------------------------

    def _clock_changes(self, before: Ticket) -> Iterator[Line]:
        """Promises that were met, and those that stand still or go on again."""
        was = {(clock.name, clock.attempt, clock.fixed): clock for clock in before.clocks}
        for clock in self.ticket.clocks:
            old = was.get((clock.name, clock.attempt, clock.fixed))
            if old is None or not clock.target or clock.name == UPDATE:
                continue
            window = promises.window_of(before, self.policy, old)
            if clock.stopped and not old.stopped:
                if self._key(clock) not in self.missed:
                    yield self._promise(clock, "missed" if clocks.missed(clock, window, self.now) else "met")
            elif clock.name in (RESOLUTION, ON_SITE) and clock.running is not old.running:
                yield self._promise(clock, "running" if clock.running else "paused")

    def _promise(self, clock: Clock, result: str) -> Line:
        if result == "missed":
            self.missed.add(self._key(clock))
        due = clocks.due(clock, promises.window_of(self.ticket, self.policy, clock)) if result == "running" else None
        more = {"due": due.isoformat()} if due else {}
        return Line(self.now, self.name, "clock", clock=clock.name, result=result, more=more)

    def _key(self, clock: Clock) -> tuple[str, int, object]:
        # The next update is promised again and again, and a moment may be promised a second time.
        again = clock.running_since if clock.name == UPDATE else clock.target if clock.fixed else None
        return clock.name, clock.attempt, again

    def _unbroken(self) -> Sequence[tuple[datetime, Clock]]:
        """The promises that may still break, and when; worked out once for each state of the ticket."""
        state = (self.ticket, len(self.missed))
        if self._looked_at[0] is not state[0] or self._looked_at[1] != state[1]:
            self._looked_at, self._breaking = state, tuple(self._to_break())
        return self._breaking

    def _to_break(self) -> Iterator[tuple[datetime, Clock]]:
        for clock in self.ticket.clocks if self.ticket.open else ():
            if not clock.running or not clock.target or self._key(clock) in self.missed:
                continue
            due = clocks.due(clock, promises.window_of(self.ticket, self.policy, clock))
            if due is not None:
                yield due, clock

    def _next_to_break(self) -> tuple[datetime | None, Clock | None]:
        return min(self._unbroken(), key=lambda each: each[0], default=(None, None))

    def _is_settled(self) -> bool:
        """Whether nothing new is to come: what would go on are the same reminders for ever."""
        if not self.ticket.open:
            return self.ticket.due_at is None
        if self.ticket.hold is not None or any(clock.name != UPDATE for _, clock in self._unbroken()):
            return False
        steps, _ = ladder_of(self.ticket, self.policy)
        return self.ticket.status is not Status.NEW or self.ticket.climb.alarms >= steps.alarms

    # -- the alarm ---------------------------------------------------------------------------------

    def _rings(self) -> Iterator[Line]:
        self.ticket, decisions = on_due(self.ticket, self.policy, self.now)
        for decision in decisions:
            yield from self._says(decision)

    def _says(self, decision: Decision) -> Iterator[Line]:
        match decision:
            case Page(rung=rung, round=again, generation=generation, who=who):
                to = self._behind(who)
                for person in to:
                    self.paged[generation, person] = max(rung, self.paged.get((generation, person), 0))
                missed = {"skipped": ", ".join(map(str, decision.skipped))} if decision.skipped else {}
                lapsed = {"lapsed": decision.lapsed} if decision.lapsed else {}
                more: dict[str, str | int] = {"round": again, "generation": generation, **missed, **lapsed}
                yield Line(self.now, self.name, "page", to, rung=rung, more=more)
            case StillOnIt(by=by):
                yield self._reminds((by,), "still on it")
            case Alarm(count=said):
                yield Line(self.now, self.name, "alarm", self.cast.admins, more={"count": said})
            case Marked(clock=clock, percent=percent, who=who):
                more = {"about": "mark", "percent": percent}
                yield Line(self._loud(), self.name, "remind", self._behind(who), clock=clock, more=more)
            case HoldOver():
                yield from self._changes(Action.RESUME, "", {})
                yield replace(self._reminds(self._behind(("owner",)), "hold over"), at=self._loud())
            case Close():
                yield from self._changes(Action.CLOSE, "", {})
            case AskRating():
                yield self._reminds((self.ticket.requester,), "rating")

    def _loud(self) -> datetime:
        """When people hear of a clock: now, or when their quiet hours are over."""
        return self.policy.quiet_until(self.ticket.priority, self.now) or self.now

    def _behind(self, who: tuple[str, ...]) -> tuple[str, ...]:
        return self.cast.behind(self.ticket, who, self.now)

    def _reminds(self, to: tuple[str, ...], about: str) -> Line:
        return Line(self.now, self.name, "remind", to, more={"about": about})


def in_order(lives: Iterable[Sequence[Line]], since: datetime | None = None) -> tuple[Line, ...]:
    """The lines of many tickets as one telling, by time; those of one moment as the tickets were given."""
    lines = [line for life in lives for line in life if since is None or line.at >= since]
    return tuple(sorted(lines, key=lambda line: line.at))


def kept(lines: Iterable[Line]) -> Mapping[str, tuple[int, int]]:
    """How many promises of each clock were met and missed."""
    found: dict[str, tuple[int, int]] = {}
    for line in lines:
        if line.what == "clock" and line.result in ("met", "missed"):
            met, missed = found.get(line.clock, (0, 0))
            found[line.clock] = (met + 1, missed) if line.result == "met" else (met, missed + 1)
    return found


def opened_as(ticket: Ticket, at: datetime) -> Ticket:
    """The ticket as it is before anything has happened to it, to be opened at that moment."""
    return altered(ticket, opened_at=at, status=Status.NEW, clocks=(), due_at=None)
