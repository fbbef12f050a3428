"""Reads `policy` and `priorities`: every number a ticket obeys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from bot.organisation_file.known import Known
from bot.organisation_file.ladders import MOST_TIERS, read_ladders, read_who
from bot.organisation_file.nodes import Fields, Value, Wrong, attempt, each
from bot.organisation_file.scalars import above_zero, percent, plain_duration, reference, whole, word
from bot.organisation_file.targets import PRIORITIES, read_contracts, read_targets, rows, window_and_clock
from escalation.clocks import ON_SITE, PROMISE, RESOLUTION, RESPONSE, UPDATE
from escalation.dispatch import Group
from escalation.policy import DAY, Mark, Policy
from escalation.priority import Impact, Matrix, Priority, Urgency

CLOCKS = (RESPONSE, UPDATE, RESOLUTION, ON_SITE, PROMISE)
HOLD_REASONS = ("requester", "vendor", "change", "part")


def read_policy(value: Value, known: Known, groups: Mapping[str, Group]) -> Policy:
    """The whole policy; parts that are wrong are left out, and their mistakes written down."""
    fields = Fields(value, "policy")
    tiers = _highest_tier(known, groups)
    who = partial(read_who, known=known, tiers=tiers)
    closes_window, closes_after = fields.need("closing", partial(_closing, known=known), ("", DAY))
    reminder, low = fields.need("rating", _rating, (DAY, 2))
    hold_at_most, reasons = fields.need("hold", _hold, (DAY, HOLD_REASONS))
    quiet_window, quiet_priorities = fields.get("quiet", partial(_quiet, known=known), ("", ()))
    ladders, unladdered = fields.need("ladders", partial(read_ladders, known=known, who=who), ({}, ()))
    return Policy(
        windows=known.windows_read,
        targets=fields.need("targets", partial(read_targets, known=known), {}),
        ladders=ladders,
        marks=fields.need("marks", partial(_marks, who=who), ()),
        closes_after=closes_after,
        closes_window=closes_window,
        rating_reminder_after=reminder,
        low_rating=low,
        pausing_reasons=reasons,
        hold_at_most=hold_at_most,
        escalate_again_after=fields.need("escalate_again_after", plain_duration, 0),
        contracts=fields.get("contracts", partial(read_contracts, known=known), {}),
        unladdered=unladdered,
        quiet_window=quiet_window,
        quiet_priorities=quiet_priorities,
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
    for impact, row in rows(value, impacts, "an impact"):
        for urgency, at in attempt(row, partial(rows, known=urgencies, what="an urgency"), []):
            priority = attempt(at, lambda at: word(at, PRIORITIES, "a priority"), "P4")
            cells[Impact(impact), Urgency(urgency)] = Priority(priority)
    try:
        return Matrix(cells)
    except ValueError as error:
        raise Wrong(value, str(error)) from None


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
    window, clock = window_and_clock(fields, known)
    return window, fields.need("after", above_zero(clock), DAY)


def _rating(value: Value) -> tuple[int, int]:
    fields = Fields(value, "rating")
    return fields.need("reminder_after", above_zero(plain_duration), DAY), fields.need("low", whole(1, 5), 2)


def _quiet(value: Value, known: Known) -> tuple[str, tuple[str, ...]]:
    fields = Fields(value, "quiet")
    window = fields.need("window", reference(known.windows, "window", "windows"), "")

    def priorities(at: Value) -> tuple[str, ...]:
        return each(at, lambda item: word(item, PRIORITIES, "a priority"), "a list of priorities")

    return window, fields.need("priorities", priorities, ())


def _hold(value: Value) -> tuple[int, tuple[str, ...]]:
    fields = Fields(value, "hold")

    def reasons(at: Value) -> tuple[str, ...]:
        return each(at, lambda item: word(item, HOLD_REASONS, "a reason to hold"), "a list of reasons")

    return fields.need("at_most", above_zero(plain_duration), DAY), fields.need("pausing_reasons", reasons, ())
