"""The escalation policy: every number a ticket obeys, as one frozen value.

A policy is stored by the hash of its content and frozen into each ticket when it opens, so that an edit of
`desk.yaml` never bends a running clock. Durations are whole seconds; they run in the window named beside them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from escalation.calendar import Window
from escalation.clocks import RESOLUTION, RESPONSE, UPDATE
from escalation.priority import Priority

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Target:
    """What one kind of ticket promises at one priority, in seconds of its window. Zero means: no such promise.

    Without a promise of updates, a silence of a day of window time still reminds the owner.
    """

    response: int
    resolution: int
    update: int
    window: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: who is paged, and how many seconds of window time after the step before (or the opening).

    A rung with no wait is paged together with the one before.

    `who` holds roles as `dispatch.recipients` reads them: "on_call", "on_call:2", "tier:2", "lead",
    "manager", "owner", "admin", "person:wang.fang".
    """

    who: tuple[str, ...]
    after: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of one priority, what an acknowledgement is worth, and what happens at the end.

    `acknowledged_for` is how many seconds of window time an acknowledgement holds before the same rung is paged
    again. After the last rung the admin is alarmed `alarms` times, `alarm_every` plain seconds apart, then once a
    day; never while the window is closed. `tier` is where a ticket starts.
    """

    rungs: tuple[Rung, ...]
    window: str
    acknowledged_for: int
    alarm_every: int
    alarms: int
    tier: int = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """When a clock has used this share of its target, these people are told, once."""

    clock: str
    percent: int
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """See the module's first lines. `targets` are keyed "incident:P1", `ladders` "P1"."""

    windows: Mapping[str, Window]
    targets: Mapping[str, Target]
    ladders: Mapping[str, Ladder]
    marks: tuple[Mark, ...]
    closes_after: int  # from resolved, without an answer, to closed
    closes_window: str
    rating_reminder_after: int  # from closed to the one reminder
    low_rating: int  # this many stars or fewer tell the manager
    pausing_reasons: tuple[str, ...]  # hold reasons that stop the resolution clock
    hold_at_most: int  # plain seconds; a hold without an end comes back after this
    escalate_again_after: int  # between two escalations by the same requester

    def target(self, kind: str, priority: Priority) -> Target:
        """The promise for a kind of ticket at a priority."""
        return self.targets[f"{kind}:{priority.name}"]

    def seconds(self, kind: str, priority: Priority) -> Mapping[str, int]:
        """The promise of each clock by its name; the update clock always has one."""
        target = self.target(kind, priority)
        return {RESPONSE: target.response, RESOLUTION: target.resolution, UPDATE: target.update or DAY}

    def window_of(self, kind: str, priority: Priority) -> Window:
        """The service window the clocks of such a ticket run in."""
        return self.windows[self.target(kind, priority).window]

    def marks_of(self, clock: str) -> tuple[Mark, ...]:
        """The marks of a clock, lowest first.

        That no update came always reminds the owner, for nothing else would wake a claimed ticket for certain.
        """
        marks = [mark for mark in self.marks if mark.clock == clock]
        if clock == UPDATE and all(mark.percent < 100 for mark in marks):
            marks.append(Mark(UPDATE, 100, ("owner",)))
        return tuple(sorted(marks, key=lambda mark: mark.percent))

    def ladder(self, priority: Priority) -> Ladder:
        """The ladder of a priority."""
        return self.ladders[priority.name]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types, in a stable order."""
        return {
            "windows": {key: window.to_json() for key, window in sorted(self.windows.items())},
            "targets": {key: [t.response, t.resolution, t.update, t.window] for key, t in sorted(self.targets.items())},
            "ladders": {key: _ladder_to_json(ladder) for key, ladder in sorted(self.ladders.items())},
            "marks": [[mark.clock, mark.percent, list(mark.who)] for mark in self.marks],
            "closes_after": self.closes_after,
            "closes_window": self.closes_window,
            "rating_reminder_after": self.rating_reminder_after,
            "low_rating": self.low_rating,
            "pausing_reasons": list(self.pausing_reasons),
            "hold_at_most": self.hold_at_most,
            "escalate_again_after": self.escalate_again_after,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Policy:
        """The policy that `to_json` wrote."""
        return cls(
            windows={key: Window.from_json(value) for key, value in data["windows"].items()},
            targets={key: Target(*value) for key, value in data["targets"].items()},
            ladders={key: _ladder_from_json(value) for key, value in data["ladders"].items()},
            marks=tuple(Mark(clock, percent, tuple(who)) for clock, percent, who in data["marks"]),
            closes_after=data["closes_after"],
            closes_window=data["closes_window"],
            rating_reminder_after=data["rating_reminder_after"],
            low_rating=data["low_rating"],
            pausing_reasons=tuple(data["pausing_reasons"]),
            hold_at_most=data["hold_at_most"],
            escalate_again_after=data["escalate_again_after"],
        )

    def digest(self) -> str:
        """The content hash the policy is stored under: 64 hexadecimal digits."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _ladder_to_json(ladder: Ladder) -> dict[str, Any]:
    return {
        "rungs": [[list(rung.who), rung.after] for rung in ladder.rungs],
        "window": ladder.window,
        "acknowledged_for": ladder.acknowledged_for,
        "alarm_every": ladder.alarm_every,
        "alarms": ladder.alarms,
        "tier": ladder.tier,
    }


def _ladder_from_json(data: Mapping[str, Any]) -> Ladder:
    return Ladder(
        rungs=tuple(Rung(tuple(who), after) for who, after in data["rungs"]),
        window=data["window"],
        acknowledged_for=data["acknowledged_for"],
        alarm_every=data["alarm_every"],
        alarms=data["alarms"],
        tier=data["tier"],
    )
