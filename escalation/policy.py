"""The escalation policy: every number a ticket obeys, as one frozen value.

A policy is stored by the hash of its content and frozen into each ticket when it opens, so that an edit of
`desk.yaml` never bends a running clock. Durations are whole seconds; they run in the window named beside them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from escalation.calendar import Window
from escalation.clocks import ON_SITE, PROMISE, UPDATE
from escalation.priority import Priority

MINUTE, HOUR, DAY = 60, 3600, 86400
ALWAYS_MARKED = frozenset({UPDATE, ON_SITE, PROMISE})


@dataclass(frozen=True, slots=True)
class Target:
    """What one kind of ticket promises at one priority, in seconds of window time. Zero means: no such promise.

    Clocks run in `window`, unless `windows` names another for one of them. `on_site` counts from the opening, once
    a visit is agreed. Without a promise of updates, a silence of a day of window time still reminds the owner.
    """

    response: int
    resolution: int
    update: int
    window: str
    on_site: int = 0
    windows: Mapping[str, str] = field(default_factory=dict)

    def window_of(self, clock: str) -> str:
        """The key of the window in which the clock of that name runs."""
        return self.windows.get(clock, self.window)


@dataclass(frozen=True, slots=True)
class Contract:
    """Promises of their own for the tickets of these services and groups; where it is silent the others hold."""

    services: tuple[str, ...]
    groups: tuple[str, ...]
    targets: Mapping[str, Target]


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: who is paged, and how many seconds of window time after the step before (or the opening).

    A rung with no wait is paged together with the one before. It is paged `times` times in all, `every` seconds of
    window time apart, unless the next rung comes first. `channels` are tried in this order; empty: as people prefer.

    `who` holds roles as `dispatch.recipients` reads them: "on_call", "on_call:2", "tier:2", "lead",
    "manager", "owner", "admin", "person:wang.fang".
    """

    who: tuple[str, ...]
    after: int
    channels: tuple[str, ...] = ()
    times: int = 1
    every: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of one priority, what an acknowledgement is worth, and what happens at the end.

    `acknowledged_for` is how many seconds of window time an acknowledgement holds. Then its holder is asked whether
    they are still on it, and has `answer_within` seconds of window time before the same rung is paged again; zero:
    nobody is asked. Who is on their way says until when, at most `on_my_way` plain seconds.

    After the last rung the admin is alarmed `alarms` times, `alarm_every` plain seconds apart, then once a
    day; never while the window is closed. `tier` is where a ticket starts.
    """

    rungs: tuple[Rung, ...]
    window: str
    acknowledged_for: int
    alarm_every: int
    alarms: int
    tier: int = 1
    answer_within: int = 0
    on_my_way: int = 2 * HOUR


def ladder_above(key: str, tier: int) -> str:
    """The key of the ladder that takes the place of this one for tickets that have come to that tier."""
    return f"{key}@{tier}"


@dataclass(frozen=True, slots=True)
class Mark:
    """When a clock has used this share of its target, these people are told, once."""

    clock: str
    percent: int
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """See the module's first lines.

    `targets` are keyed "incident:P1"; `ladders` "P1", and where a kind or a group has its own "incident:P1" or
    "network/P1"; each of these may have others beside it for higher tiers, as "P1@2". `unladdered` groups have none:
    see `ladder_key`.
    """

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
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    unladdered: tuple[str, ...] = ()
    quiet_window: str = ""  # outside it nobody hears of the clocks of these priorities
    quiet_priorities: tuple[str, ...] = ()
    # Looked up for each clock of each ticket, so put in order once.
    _by_service: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _by_group: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _terms: Mapping[str, Mapping[tuple[str, Priority], Target]] = field(init=False, repr=False, compare=False)
    _marks: Mapping[str, tuple[Mark, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        contracts = list(self.contracts.items())[::-1]  # of two that name the same, the first holds
        by_service = {service: key for key, contract in contracts for service in contract.services}
        by_group = {group: key for key, contract in contracts for group in contract.groups}
        object.__setattr__(self, "_by_service", by_service)
        object.__setattr__(self, "_by_group", by_group)
        terms = {"": self.targets} | {key: {**self.targets, **each.targets} for key, each in self.contracts.items()}
        object.__setattr__(self, "_terms", {key: _by_priority(each) for key, each in terms.items()})
        clocks = {mark.clock for mark in self.marks} | ALWAYS_MARKED
        object.__setattr__(self, "_marks", {clock: self._lowest_first(clock) for clock in clocks})

    def contract_of(self, service: str, group: str) -> str:
        """The key of the contract that covers such a ticket: its service's, else its group's, else none ("")."""
        return self._by_service.get(service) or self._by_group.get(group, "")

    def target(self, kind: str, priority: Priority, contract: str = "") -> Target:
        """The promise for a kind of ticket at a priority, under a contract or without one."""
        return self._terms[contract][kind, priority]

    def quiet_until(self, priority: Priority, now: datetime) -> datetime | None:
        """When people may hear of the clocks of such a ticket again; None when they may now. Pages are not meant."""
        if not self.quiet_window or priority.name not in self.quiet_priorities:
            return None
        window = self.windows[self.quiet_window]
        return None if window.is_open(now) else window.next_open(now)

    def ladder_key(self, kind: str, priority: Priority, group: str, tier: int = 1) -> str:
        """Which ladder such a ticket climbs: the group's own, else the kind's, else the priority's.

        Of these the one for its tier, or for the nearest below; where there is none, the one for every tier.
        """
        keys = (f"{group}/{priority.name}", f"{kind}:{priority.name}")
        whole = next((key for key in keys if key in self.ladders), priority.name)
        above = (ladder_above(whole, level) for level in range(tier, 1, -1))
        return next((key for key in above if key in self.ladders), whole)

    def marks_of(self, clock: str) -> tuple[Mark, ...]:
        """The marks of a clock, lowest first.

        That no update came always reminds the owner, for nothing else would wake a claimed ticket for certain; and
        so does a promise to a person, be it written or not.
        """
        return self._marks.get(clock, ())

    def _lowest_first(self, clock: str) -> tuple[Mark, ...]:
        marks = [mark for mark in self.marks if mark.clock == clock]
        if clock in ALWAYS_MARKED and all(mark.percent < 100 for mark in marks):
            marks.append(Mark(clock, 100, ("owner",)))
        return tuple(sorted(marks, key=lambda mark: mark.percent))

    def ladder(self, priority: Priority) -> Ladder:
        """The ladder of a priority, where neither kind nor group has its own."""
        return self.ladders[priority.name]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types, in a stable order."""
        return {
            "windows": {key: window.to_json() for key, window in sorted(self.windows.items())},
            "targets": _targets_to_json(self.targets),
            "ladders": {key: _ladder_to_json(ladder) for key, ladder in sorted(self.ladders.items())},
            "marks": [[mark.clock, mark.percent, list(mark.who)] for mark in self.marks],
            "closes_after": self.closes_after,
            "closes_window": self.closes_window,
            "rating_reminder_after": self.rating_reminder_after,
            "low_rating": self.low_rating,
            "pausing_reasons": list(self.pausing_reasons),
            "hold_at_most": self.hold_at_most,
            "escalate_again_after": self.escalate_again_after,
            "contracts": {
                key: [list(contract.services), list(contract.groups), _targets_to_json(contract.targets)]
                for key, contract in sorted(self.contracts.items())
            },
            "unladdered": list(self.unladdered),
            "quiet": [self.quiet_window, list(self.quiet_priorities)],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Policy:
        """The policy that `to_json` wrote, in this version or an earlier one."""
        return cls(
            windows={key: Window.from_json(value) for key, value in data["windows"].items()},
            targets=_targets_from_json(data["targets"]),
            ladders={key: _ladder_from_json(value) for key, value in data["ladders"].items()},
            marks=tuple(Mark(clock, percent, tuple(who)) for clock, percent, who in data["marks"]),
            closes_after=data["closes_after"],
            closes_window=data["closes_window"],
            rating_reminder_after=data["rating_reminder_after"],
            low_rating=data["low_rating"],
            pausing_reasons=tuple(data["pausing_reasons"]),
            hold_at_most=data["hold_at_most"],
            escalate_again_after=data["escalate_again_after"],
            contracts={
                key: Contract(tuple(services), tuple(groups), _targets_from_json(targets))
                for key, (services, groups, targets) in data.get("contracts", {}).items()
            },
            unladdered=tuple(data.get("unladdered", ())),
            quiet_window=data.get("quiet", ["", []])[0],
            quiet_priorities=tuple(data.get("quiet", ["", []])[1]),
        )

    def digest(self) -> str:
        """The content hash the policy is stored under: 64 hexadecimal digits."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _by_priority(targets: Mapping[str, Target]) -> dict[tuple[str, Priority], Target]:
    """As they are looked for: by kind and priority, and not by the words for them."""
    pairs = ((key.partition(":"), target) for key, target in targets.items())
    return {(kind, Priority(priority)): target for (kind, _, priority), target in pairs}


def _targets_to_json(targets: Mapping[str, Target]) -> dict[str, list[Any]]:
    return {
        key: [t.response, t.resolution, t.update, t.window, t.on_site, dict(sorted(t.windows.items()))]
        for key, t in sorted(targets.items())
    }


def _targets_from_json(data: Mapping[str, Any]) -> dict[str, Target]:
    return {key: Target(*value) for key, value in data.items()}


def _ladder_to_json(ladder: Ladder) -> dict[str, Any]:
    return {
        "rungs": [[list(r.who), r.after, list(r.channels), r.times, r.every] for r in ladder.rungs],
        "window": ladder.window,
        "acknowledged_for": ladder.acknowledged_for,
        "alarm_every": ladder.alarm_every,
        "alarms": ladder.alarms,
        "tier": ladder.tier,
        "answer_within": ladder.answer_within,
        "on_my_way": ladder.on_my_way,
    }


def _ladder_from_json(data: Mapping[str, Any]) -> Ladder:
    return Ladder(
        rungs=tuple(_rung_from_json(*rung) for rung in data["rungs"]),
        window=data["window"],
        acknowledged_for=data["acknowledged_for"],
        alarm_every=data["alarm_every"],
        alarms=data["alarms"],
        tier=data["tier"],
        answer_within=data.get("answer_within", 0),
        on_my_way=data.get("on_my_way", 2 * HOUR),
    )


def _rung_from_json(who: list[str], after: int, channels: Sequence[str] = (), times: int = 1, every: int = 0) -> Rung:
    return Rung(tuple(who), after, tuple(channels), times, every)
