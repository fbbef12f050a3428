"""One ticket played through the escalation rules, as the desk plays it: act, then do whatever is due.

Times are Tianjin's. 24 November 2026 is a Tuesday; the office is open 8:30-12:00 and 13:30-18:00, Monday to Friday.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from escalation import alarm, clocks, lifecycle, promises
from escalation.alarm import AskRating, Close, Decision, HoldOver, Marked
from escalation.calendar import always, five_by_eight, seven_by_twelve
from escalation.ladder import Alarm, Page, StillOnIt
from escalation.policy import DAY, HOUR, MINUTE, Ladder, Mark, Policy, Rung, Target
from escalation.priority import Priority
from escalation.ticket import Action, Kind, Origin, Status, Ticket, TicketEvent

TIANJIN = ZoneInfo("Asia/Shanghai")
WORKING_DAY = 8 * HOUR

_PROMISES = {
    "P1": Target(15 * MINUTE, 4 * HOUR, 30 * MINUTE, "always", on_site=2 * HOUR),
    "P2": Target(1 * HOUR, 8 * HOUR, 2 * HOUR, "long", on_site=4 * HOUR),
    "P3": Target(4 * HOUR, 3 * WORKING_DAY, 1 * WORKING_DAY, "office"),
    "P4": Target(0, 10 * WORKING_DAY, 3 * WORKING_DAY, "office"),
}
_OFFICE_RUNGS = (Rung(("on_call",), 0), Rung(("lead",), 2 * HOUR), Rung(("manager",), 4 * HOUR))
_P1_RUNGS = (
    Rung(("on_call:2", "manager"), 0),
    Rung(("tier:2", "lead"), 5 * MINUTE),
    Rung(("on_call:3",), 5 * MINUTE),
)
_P2_RUNGS = (
    Rung(("on_call",), 0, times=3, every=10 * MINUTE),
    Rung(("lead",), 30 * MINUTE, times=2, every=20 * MINUTE),
)

POLICY = Policy(
    windows={
        "always": always(),
        "long": seven_by_twelve("Asia/Shanghai"),
        "office": five_by_eight("Asia/Shanghai"),
    },
    targets={f"{kind.value}:{name}": target for kind in Kind for name, target in _PROMISES.items()},
    ladders={
        "P1": Ladder(_P1_RUNGS, "always", 15 * MINUTE, alarm_every=15 * MINUTE, alarms=3, tier=2),
        "P2": Ladder(_P2_RUNGS, "long", 45 * MINUTE, alarm_every=1 * HOUR, alarms=3, answer_within=15 * MINUTE),
        "P3": Ladder(_OFFICE_RUNGS, "office", 4 * HOUR, alarm_every=1 * DAY, alarms=2),
        "P4": Ladder(_OFFICE_RUNGS, "office", 8 * HOUR, alarm_every=1 * DAY, alarms=2),
    },
    marks=(
        Mark("resolution", 100, ("owner", "lead", "manager")),
        Mark("response", 80, ("on_call",)),
        Mark("response", 100, ("lead",)),
        Mark("resolution", 50, ("owner",)),
        Mark("resolution", 80, ("owner", "lead")),
        Mark("update", 100, ("owner",)),
    ),
    closes_after=3 * WORKING_DAY,
    closes_window="office",
    rating_reminder_after=1 * DAY,
    low_rating=2,
    pausing_reasons=("requester", "vendor"),  # waiting for a change does not stop the clock
    hold_at_most=5 * DAY,
    escalate_again_after=30 * MINUTE,
)


def at(text: str) -> datetime:
    """A moment in Tianjin: "10:00" is on that Tuesday, else "2026-11-27 17:30"."""
    return datetime.fromisoformat(text if "-" in text else f"2026-11-24 {text}").replace(tzinfo=TIANJIN)


def a_ticket(priority: Priority = Priority.P3, opened_at: datetime | None = None, policy: Policy = POLICY) -> Ticket:
    """Anna's ticket for the network group, just opened."""
    moment = opened_at or at("10:00")
    ticket = Ticket(
        id=12,
        kind=Kind.INCIDENT,
        origin=Origin.SELF_SERVICE,
        status=Status.NEW,
        priority=priority,
        service="vpn",
        category="network",
        group="network",
        tier=1,
        summary="VPN drops",
        description="It drops every few minutes",
        requester="anna",
        opened_by="anna",
        opened_at=moment,
        policy="frozen",
    )
    return lifecycle.opened(ticket, policy, moment)


# What an action needs to be told, where a test does not care.
FACTS: dict[Action, dict[str, str | int]] = {
    Action.ASSIGN: {"person": "liu"},
    Action.TRANSFER: {"group": "servers"},
    Action.ESCALATE: {"tier": 2},
    Action.PRIORITY: {"priority": "P2"},
    Action.PROMISE: {"until": "2026-11-24T15:00:00+08:00"},
    Action.HOLD: {"reason": "requester"},
    Action.RESOLVE: {"cause": "expired certificate", "solution": "renewed it"},
    Action.RATE: {"stars": 4},
    Action.LINK: {"other": 7},
}


@dataclass
class Story:
    """A ticket, the time, what its alarm has said so far, and its audit log."""

    ticket: Ticket
    now: datetime
    policy: Policy = POLICY
    heard: list[tuple[datetime, Decision]] = field(default_factory=list)
    log: list[TicketEvent] = field(default_factory=list)
    opened: Ticket = field(init=False)  # as it was before anything was due

    def __post_init__(self) -> None:
        self.opened = self.ticket

    @classmethod
    def opens(cls, priority: Priority = Priority.P3, when: str = "10:00", policy: Policy = POLICY) -> Story:
        """Anna opens a ticket, and whatever is due at once happens."""
        return cls.of(a_ticket(priority, at(when), policy), at(when), policy)

    @classmethod
    def of(cls, ticket: Ticket, now: datetime, policy: Policy = POLICY) -> Story:
        """This ticket, opened now."""
        story = cls(lifecycle.opened(replace(ticket, clocks=()), policy, now), now, policy)
        story.settle()
        return story

    def does(self, action: Action, by: str = "wang", **facts: str | int) -> Story:
        """Somebody acts now; what the facts leave out is filled in."""
        given = {**FACTS.get(action, {}), **facts}
        self._change(action, by, given)
        self.settle()
        return self

    def passes(self, **length: float) -> Story:
        """Time goes by while the desk is awake: each alarm rings when it is due."""
        return self.until(self.now + timedelta(**length))

    def until(self, moment: datetime | str) -> Story:
        """As `passes`, up to a moment."""
        end = at(moment) if isinstance(moment, str) else moment
        while self.ticket.due_at is not None and self.ticket.due_at <= end:
            self.now = max(self.now, self.ticket.due_at)
            self.settle()
        self.now = end
        return self

    def sleeps(self, **length: float) -> Story:
        """Time goes by while the process is down: everything due is found at its end."""
        self.now += timedelta(**length)
        self.settle()
        return self

    def settle(self) -> None:
        """Do what is due, until nothing is."""
        for _ in range(5):
            if self.ticket.due_at is None or self.ticket.due_at > self.now:
                return
            before = self.ticket
            self.ticket, decisions = alarm.on_due(before, self.policy, self.now)
            assert {each.name for each in fields(Ticket) if self._differs(before, each.name)} <= alarm.CHANGES
            for decision in decisions:
                self._carry_out(decision)
        raise AssertionError(f"the alarm does not come to rest: {self.heard[-5:]}")

    def _differs(self, before: Ticket, name: str) -> bool:
        return bool(getattr(self.ticket, name) != getattr(before, name))

    def _carry_out(self, decision: Decision) -> None:
        self.heard.append((self.now, decision))
        match decision:
            case Page():
                self._note(Action.PAGE)
            case StillOnIt():
                self._note(Action.ASK)
            case Alarm():
                self._note(Action.ALARM)
            case Marked():
                self._note(Action.MARK)
            case AskRating():
                self._note(Action.REMIND)
            case HoldOver():
                self._note(Action.REMIND)
                self._change(Action.RESUME, "", {})
            case Close():
                self._change(Action.CLOSE, "", {})

    def _change(self, action: Action, by: str, facts: dict[str, str | int]) -> None:
        self.ticket = lifecycle.change(self.ticket, action, by=by, at=self.now, policy=self.policy, facts=facts)
        self._note(action, by, facts)

    def _note(self, action: Action, by: str = "", facts: dict[str, str | int] | None = None) -> None:
        self.log.append(TicketEvent(self.ticket.id, self.now, by, action, "test", facts or {}))

    # -- what was heard ----------------------------------------------------------------------------

    @property
    def pages(self) -> list[tuple[str, int, int]]:
        """Every page so far: when (Tianjin), which rung, which round."""
        return [(_clock_face(moment), p.rung, p.round) for moment, p in self.heard if isinstance(p, Page)]

    @property
    def alarms(self) -> list[tuple[str, int]]:
        """Every alarm to the admin so far: when, and its count."""
        return [(_clock_face(moment), a.count) for moment, a in self.heard if isinstance(a, Alarm)]

    @property
    def marks(self) -> list[tuple[str, str, int]]:
        """Every mark so far: when, which clock, how many percent."""
        return [(_clock_face(moment), m.clock, m.percent) for moment, m in self.heard if isinstance(m, Marked)]

    def last_page(self) -> Page:
        """The newest page."""
        return next(decision for _, decision in reversed(self.heard) if isinstance(decision, Page))

    def count(self, kind: type[Decision]) -> int:
        """How many decisions of this kind there were."""
        return sum(isinstance(decision, kind) for _, decision in self.heard)

    def spent(self, name: str) -> float:
        """Seconds this clock has used by now."""
        found = self.ticket.clock(name)
        assert found is not None
        return clocks.used(found, promises.window_of(self.ticket, self.policy, found), self.now)

    def due(self, name: str) -> str | None:
        """When this clock breaks, on Tianjin's wall; None while it stands still."""
        found = self.ticket.clock(name)
        assert found is not None
        moment = clocks.due(found, promises.window_of(self.ticket, self.policy, found))
        return None if moment is None else _clock_face(moment)


def _clock_face(moment: datetime) -> str:
    local = moment.astimezone(TIANJIN)
    return f"{local:%H:%M}" if local.date() == at("10:00").date() else f"{local:%m-%d %H:%M}"


def replayed(opened: Ticket, log: list[TicketEvent], policy: Policy = POLICY) -> Ticket:
    """The ticket that its audit log leads to, from the moment it was opened."""
    ticket = opened
    for event in log:
        if event.action in (Action.PAGE, Action.ASK, Action.ALARM, Action.MARK, Action.REMIND):
            ticket, _ = alarm.on_due(ticket, policy, event.at)
        elif event.action is not Action.OPEN:
            ticket = lifecycle.change(ticket, event.action, by=event.by, at=event.at, policy=policy, facts=event.facts)
    return ticket
