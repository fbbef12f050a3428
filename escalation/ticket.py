"""The ticket and its state machine. Nothing else in the house changes a status.

`TRANSITIONS` is the machine; `docs/escalation.md` draws it, and a test holds the drawing to the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from escalation.clocks import Clock
from escalation.errors import OutOfOrder
from escalation.priority import Priority


class Kind(StrEnum):
    INCIDENT = "incident"
    REQUEST = "request"
    COMPLAINT = "complaint"


class Origin(StrEnum):
    SELF_SERVICE = "self-service"
    PHONE = "phone"
    MONITORING = "monitoring"


class Status(StrEnum):
    NEW = "new"  # -> claimed (claim, assign), resolved, cancelled
    CLAIMED = "claimed"  # -> new (release, transfer, escalate), on hold, resolved, cancelled
    ON_HOLD = "on_hold"  # -> claimed (resume, assign), new (release, transfer, escalate), resolved, cancelled
    RESOLVED = "resolved"  # -> closed (confirm, close), new (reopen)
    CLOSED = "closed"  # -> new (reopen)
    CANCELLED = "cancelled"  # the end


OPEN = frozenset({Status.NEW, Status.CLAIMED, Status.ON_HOLD})


class Action(StrEnum):
    """Everything that can happen to a ticket, by a person or by its alarm."""

    OPEN = "open"
    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    ESCALATE = "escalate"
    CHASE = "chase"  # the requester asks for more speed
    VISIT = "visit"  # somebody will come: the clock "on site" counts
    ARRIVE = "arrive"  # and stands where the fault is
    PROMISE = "promise"  # something was promised to the requester, by a moment
    PRIORITY = "priority"
    HOLD = "hold"
    RESUME = "resume"
    NOTE = "note"
    REPLY = "reply"
    COMMENT = "comment"
    ATTACH = "attach"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    RATE = "rate"
    LINK = "link"
    MAJOR = "major"
    CANCEL = "cancel"
    ACK = "ack"
    DECLINE = "decline"
    # by the ticket's own alarm
    PAGE = "page"
    ASK = "ask"  # whether the holder is still on it
    MARK = "mark"
    ALARM = "alarm"
    CLOSE = "close"
    REMIND = "remind"


# What each action needs the ticket to be, and what it then becomes (None: it stays as it is).
TRANSITIONS: Mapping[Action, tuple[frozenset[Status], Status | None]] = {
    Action.OPEN: (frozenset(), Status.NEW),  # a ticket is opened once, by `lifecycle.opened`
    Action.CLAIM: (frozenset({Status.NEW}), Status.CLAIMED),
    Action.RELEASE: (frozenset({Status.CLAIMED, Status.ON_HOLD}), Status.NEW),
    Action.ASSIGN: (OPEN, Status.CLAIMED),
    Action.TRANSFER: (OPEN, Status.NEW),
    Action.ESCALATE: (OPEN, Status.NEW),
    Action.CHASE: (OPEN, None),
    Action.VISIT: (OPEN, None),
    Action.ARRIVE: (OPEN, None),
    Action.PROMISE: (OPEN, None),
    Action.PRIORITY: (OPEN, None),
    Action.HOLD: (frozenset({Status.CLAIMED}), Status.ON_HOLD),
    Action.RESUME: (frozenset({Status.ON_HOLD}), Status.CLAIMED),
    Action.NOTE: (frozenset(Status), None),
    Action.REPLY: (frozenset({*OPEN, Status.RESOLVED}), None),
    Action.COMMENT: (frozenset({*OPEN, Status.RESOLVED}), None),
    Action.ATTACH: (frozenset({*OPEN, Status.RESOLVED}), None),
    Action.RESOLVE: (OPEN, Status.RESOLVED),
    Action.CONFIRM: (frozenset({Status.RESOLVED}), Status.CLOSED),
    Action.REOPEN: (frozenset({Status.RESOLVED, Status.CLOSED}), Status.NEW),  # a ladder finds who is there
    Action.RATE: (frozenset({Status.CLOSED, Status.RESOLVED}), None),
    Action.LINK: (frozenset(Status), None),
    Action.MAJOR: (OPEN, None),
    Action.CANCEL: (OPEN, Status.CANCELLED),
    Action.ACK: (frozenset({Status.NEW}), None),  # once somebody has the ticket, nobody is waited for
    Action.DECLINE: (frozenset({Status.NEW}), None),
    Action.PAGE: (frozenset({Status.NEW}), None),
    Action.ASK: (frozenset({Status.NEW}), None),
    Action.MARK: (OPEN, None),
    Action.ALARM: (frozenset({Status.NEW}), None),
    Action.CLOSE: (frozenset({Status.RESOLVED}), Status.CLOSED),
    Action.REMIND: (frozenset({Status.CLAIMED, Status.CLOSED}), None),  # a hold is over; a rating is missing
}


@dataclass(frozen=True, slots=True)
class Climb:
    """Where a ticket stands on its ladder.

    `rung` is the highest rung paged (0: none yet). `next_at` is when the next one is due, None while the
    ladder rests. `generation` grows whenever the ladder starts anew, `round` whenever a rung is paged again.
    `lapses_at` is when the acknowledgement is worth nothing any more, or the holder is `asked` about it; one who is
    on their way said when they would arrive (`arrives_at`). `repeat_at` is when the same rung is paged once more,
    after `repeats` times. `alarms` counts what the admin was told since the ladder last ended unanswered.

    `ladder` is the policy's key of the ladder; `group` and `tier` say whose people its rungs mean. They are not the
    ticket's own after a transfer to a group without a ladder, until somebody there claims.
    """

    generation: int = 1
    rung: int = 0
    round: int = 0
    next_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    lapses_at: datetime | None = None
    alarms: int = 0
    repeat_at: datetime | None = None
    repeats: int = 0
    asked: bool = False
    arrives_at: datetime | None = None
    ladder: str = ""
    group: str = ""
    tier: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a ticket waits, since when, and until when at the latest (None: until somebody resumes)."""

    reason: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding of self-diagnosis, in both languages, and whether an engineer should see it first."""

    kind: str  # "probe", "step", "article"
    subject: Mapping[str, str]
    finding: Mapping[str, str]
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """A fault, a wish or a complaint, from opening to rating. People are named by their key in `desk.yaml`."""

    id: int
    kind: Kind
    origin: Origin
    status: Status
    priority: Priority
    service: str
    category: str
    group: str
    tier: int
    summary: str
    description: str
    requester: str
    opened_by: str
    opened_at: datetime
    policy: str
    details: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    confidential: bool = False
    major: bool = False
    assignee: str = ""
    clocks: tuple[Clock, ...] = ()
    climb: Climb = field(default_factory=Climb)
    hold: Hold | None = None
    cause: str = ""
    solution: str = ""
    resolved_by: str = ""
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    rating: int = 0
    rating_comment: str = ""
    rating_reminded: bool = False
    escalated_at: datetime | None = None
    duplicate_of: int | None = None
    parent: int | None = None
    version: int = 1
    due_at: datetime | None = None

    @property
    def name(self) -> str:
        """How people call it: "T-12"."""
        return f"T-{self.id}"

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status in OPEN

    def clock(self, name: str) -> Clock | None:
        """The clock of that name that counts now, if there is one."""
        return next((clock for clock in reversed(self.clocks) if clock.name == name), None)

    @property
    def past_clocks(self) -> tuple[Clock, ...]:
        """How the promises of earlier attempts ended, oldest first: what reopening leaves behind."""
        attempt = max((clock.attempt for clock in self.clocks), default=1)
        return tuple(clock for clock in self.clocks if clock.attempt < attempt)

    @property
    def asked_group(self) -> str:
        """The group whose people the ladder asks."""
        return self.climb.group or self.group

    @property
    def asked_tier(self) -> int:
        """The tier of that group which the ladder asks first."""
        return self.climb.tier or self.tier


_NAMES = tuple(each.name for each in fields(Ticket))
_VALUES = attrgetter(*_NAMES)
_PLACES = {name: place for place, name in enumerate(_NAMES)}


def altered(ticket: Ticket, **values: Any) -> Ticket:
    """As `dataclasses.replace`, at a fraction of its cost: a month played through makes a hundred thousand tickets."""
    new = list(_VALUES(ticket))
    for name, value in values.items():
        new[_PLACES[name]] = value
    return Ticket(*new)


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """A line of the audit log: who did what, when, from where. `by` is empty for the ticket's own alarm.

    `public` says whether the requester sees it in the timeline.
    """

    ticket: int
    at: datetime
    by: str
    action: Action
    via: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    public: bool = True
    id: int = 0


def after(ticket: Ticket, action: Action) -> Status:
    """The status the action leads to; `OutOfOrder` when the ticket's state does not allow it."""
    allowed, becomes = TRANSITIONS[action]
    if ticket.status not in allowed:
        raise OutOfOrder("refused.state", ticket=ticket.name, status=ticket.status.value, action=action.value)
    return becomes or ticket.status
