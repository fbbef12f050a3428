"""Reads `policy` and `priorities`: every number a ticket obeys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from bot.organisation_file.known import Known
from bot.organisation_file.mistakes import meant
from bot.organisation_file.nodes import Fields, Value, Wrong, attempt, each
from bot.organisation_file.scalars import (
    above_zero,
    duration_in,
    percent,
    plain_duration,
    reference,
    whole,
    word,
)
from bot.organisation_file.windows import working_day
from escalation.calendar import always
from escalation.clocks import RESOLUTION, RESPONSE, UPDATE
from escalation.dispatch import ROLES, Group
from escalation.policy import DAY, Ladder, Mark, Policy, Rung, Target
from escalation.priority import Impact, Matrix, Priority, Urgency
from escalation.ticket import Kind

Reader = Callable[[Value], int]

EVERY_KIND = "default"
KINDS = tuple(kind.value for kind in Kind)
PRIORITIES = tuple(priority.value for priority in Priority)
CLOCKS = (RESPONSE, UPDATE, RESOLUTION)
HOLD_REASONS = ("requester", "vendor", "change", "part")
MOST_TIERS = 9
NUMBERED = ("on_call", "tier")


def read_policy(value: Value, known: Known, groups: Mapping[str, Group]) -> Policy:
    """The whole policy; parts that are wrong are left out, and their mistakes written down."""
    fields = Fields(value, "policy")
    tiers = _highest_tier(known, groups)
    who = partial(_who, known=known, tiers=tiers)
    closes_window, closes_after = fields.need("closing", partial(_closing, known=known), ("", DAY))
    reminder, low = fields.need("rating", _rating, (DAY, 2))
    hold_at_most, reasons = fields.need("hold", _hold, (DAY, HOLD_REASONS))
    return Policy(
        windows=known.windows_read,
        targets=fields.need("targets", partial(_targets, known=known), {}),
        ladders=fields.need("ladders", partial(_ladders, known=known, who=who), {}),
        marks=fields.need("marks", partial(_marks, who=who), ()),
        closes_after=closes_after,
        closes_window=closes_window,
        rating_reminder_after=reminder,
        low_rating=low,
        pausing_reasons=reasons,
        hold_at_most=hold_at_most,
        escalate_again_after=fields.need("escalate_again_after", plain_duration, 0),
    )


def _highest_tier(known: Known, groups: Mapping[str, Group]) -> int:
    """The highest tier that some group has; any is thought possible while a group has mistakes of its own."""
    whole_groups = groups.keys() == known.groups and all(group.tiers for group in groups.values())
    if not whole_groups:
        return MOST_TIERS
    return max((tier.level for group in groups.values() for tier in group.tiers), default=MOST_TIERS)


def read_matrix(value: Value) -> Matrix:
    """A priority for each pair of impact and urgency."""
    cells: dict[tuple[Impact, Urgency], Priority] = {}
    impacts = [impact.value for impact in Impact]
    urgencies = [urgency.value for urgency in Urgency]
    for impact, row in _rows(value, impacts, "an impact"):
        for urgency, at in attempt(row, partial(_rows, known=urgencies, what="an urgency"), []):
            priority = attempt(at, lambda at: word(at, PRIORITIES, "a priority"), "P4")
            cells[Impact(impact), Urgency(urgency)] = Priority(priority)
    try:
        return Matrix(cells)
    except ValueError as error:
        raise Wrong(value, str(error)) from None


def _rows(value: Value, known: Iterable[str], what: str) -> list[tuple[str, Value]]:
    """The entries of a mapping whose keys are words we know; another key is written down."""
    found = [
        (attempt(key, lambda key: word(key, known, what), ""), at)
        for key, at in value.pairs(f"a mapping with keys such as {', '.join(known)}")
    ]
    return [(key, at) for key, at in found if key]


def _clock_in(fields: Fields, known: Known) -> tuple[str, Reader]:
    """The section's window, and the reader of durations that run in it."""
    name = fields.need("window", reference(known.windows, "window", "windows"), "")
    return name, duration_in(name, working_day(known.windows_read.get(name, always())))


def _targets(value: Value, known: Known) -> Mapping[str, Target]:
    """Targets by "kind:priority": those of `default`, unless the kind has its own."""
    mistakes = len(value.mistakes)
    found: dict[str, Target] = {}
    rows = _rows(value, (EVERY_KIND, *KINDS), "a kind of ticket")
    for kind, row in sorted(rows, key=lambda entry: entry[0] != EVERY_KIND):
        for priority, at in attempt(row, partial(_rows, known=PRIORITIES, what="a priority"), []):
            target = attempt(at, partial(_target, known=known), None)
            for name in KINDS if kind == EVERY_KIND else (kind,):
                if target is not None:
                    found[f"{name}:{priority}"] = target
    missing = [f"{kind} {priority}" for kind in KINDS for priority in PRIORITIES if f"{kind}:{priority}" not in found]
    if missing and len(value.mistakes) == mistakes:
        raise Wrong(value, f"no target for {', '.join(missing)}: add it under the kind or under {EVERY_KIND!r}")
    return found


def _target(value: Value, known: Known) -> Target:
    fields = Fields(value, "target")
    window, clock = _clock_in(fields, known)
    return Target(
        response=fields.need("response", _or_none(clock), 0),
        resolution=fields.need("resolution", _or_none(clock), 0),
        update=fields.need("update", above_zero(clock), 0),
        window=window,
    )


def _or_none(clock: Reader) -> Reader:
    """The word "none" promises nothing, which a policy writes as zero."""

    def read(value: Value) -> int:
        return 0 if value.scalar("a duration or none") == "none" else above_zero(clock)(value)

    return read


def _ladders(value: Value, known: Known, who: Callable[[Value], tuple[str, ...]]) -> Mapping[str, Ladder]:
    rows = _rows(value, PRIORITIES, "a priority")
    missing = [priority for priority in PRIORITIES if priority not in dict(rows)]
    if missing:
        value.note(f"no ladder for {', '.join(missing)}: add one for every priority")
    found = {priority: attempt(at, partial(_ladder, known=known, who=who), None) for priority, at in rows}
    return {priority: ladder for priority, ladder in found.items() if ladder is not None}


def _ladder(value: Value, known: Known, who: Callable[[Value], tuple[str, ...]]) -> Ladder:
    fields = Fields(value, "ladder")
    window, clock = _clock_in(fields, known)

    def rung(at: Value) -> Rung:
        step = Fields(at, "rung")
        return Rung(who=step.need("who", who, ()), after=step.get("after", clock, 0))

    def rungs(at: Value) -> tuple[Rung, ...]:
        if not at.items("a list of rungs"):
            raise Wrong(at, "a ladder needs at least one rung: add one that says who is paged")
        return each(at, rung, "a list of rungs")

    return Ladder(
        rungs=fields.need("rungs", rungs, ()),
        window=window,
        acknowledged_for=fields.need("acknowledged_for", above_zero(clock), 0),
        alarm_every=fields.need("alarm_every", above_zero(plain_duration), 0),
        alarms=fields.need("alarms", whole(1, 100), 1),
        tier=fields.get("tier", whole(1, MOST_TIERS), 1),
    )


def _who(value: Value, known: Known, tiers: int) -> tuple[str, ...]:
    """At least one role, as `escalation.dispatch.recipients` reads them."""
    if not value.items("a list such as [on_call, lead]"):
        raise Wrong(value, "nobody is named here: add at least one, such as on_call, lead or manager")
    return each(value, partial(_role, known=known, tiers=tiers), "a list such as [on_call, lead]")


def _role(value: Value, known: Known, tiers: int) -> str:
    written = value.scalar("a role such as on_call:2")
    name, colon, argument = written.partition(":")
    if name not in ROLES:
        raise Wrong(value, f"{written[:60]!r} is nobody we can page{meant(name, ROLES)}")
    if name == "person":
        if argument not in known.people:
            near = meant(argument, known.people)
            raise Wrong(value, f"there is no person {argument[:60]!r} in people{near}")
    elif name in NUMBERED and colon:
        if not argument.isdecimal() or not argument.isascii() or not 1 <= int(argument[:9]) <= tiers:
            raise Wrong(value, f"{written[:60]!r}: no group has that tier, the highest is {tiers}")
    elif colon:
        raise Wrong(value, f"{name!r} takes nothing after it: write just {name}")
    return written


def _marks(value: Value, who: Callable[[Value], tuple[str, ...]]) -> tuple[Mark, ...]:
    lines: dict[tuple[str, int], int] = {}

    def mark(at: Value) -> Mark:
        fields = Fields(at, "mark")
        found = Mark(
            clock=fields.need("clock", lambda at: word(at, CLOCKS, "a clock"), ""),
            percent=fields.need("percent", percent, 0),
            who=fields.need("who", who, ()),
        )
        first = lines.setdefault((found.clock, found.percent), at.line)
        if found.clock and found.percent and first != at.line:
            raise Wrong(at, f"{found.clock} at {found.percent} % is here twice: the first is in line {first}")
        return found

    return each(value, mark, "a list of marks")


def _closing(value: Value, known: Known) -> tuple[str, int]:
    fields = Fields(value, "closing")
    window, clock = _clock_in(fields, known)
    return window, fields.need("after", above_zero(clock), DAY)


def _rating(value: Value) -> tuple[int, int]:
    fields = Fields(value, "rating")
    return fields.need("reminder_after", above_zero(plain_duration), DAY), fields.need("low", whole(1, 5), 2)


def _hold(value: Value) -> tuple[int, tuple[str, ...]]:
    fields = Fields(value, "hold")

    def reasons(at: Value) -> tuple[str, ...]:
        return each(at, lambda item: word(item, HOLD_REASONS, "a reason to hold"), "a list of reasons")

    return fields.need("at_most", above_zero(plain_duration), DAY), fields.need("pausing_reasons", reasons, ())
