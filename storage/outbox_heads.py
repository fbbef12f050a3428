"""Which message of each target and lane leaves next: found by its place in an index, however many wait behind it."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    not_,
    or_,
    select,
)

from storage.columns import Moment
from storage.tables import UNFINISHED, outbox

NOW, LEASED = bindparam("now", type_=Moment()), bindparam("leased", type_=Moment())


def unfinished(table: FromClause) -> ColumnElement[bool]:
    """Whether a message is still to be sent."""
    # Written out, not bound: else SQLite cannot know that its partial index holds these rows.
    states: BindParameter[Any] = bindparam(None, UNFINISHED, expanding=True, literal_execute=True)
    return cast("ColumnElement[bool]", table.c.state.in_(states))


def holds_others(table: FromClause) -> ColumnElement[bool]:
    """Whether later messages of the same target and lane wait for this one.

    One that was queued for later and never tried holds nobody up.
    """
    return or_(table.c.state != "pending", table.c.attempts > 0, table.c.not_before <= NOW)


def _heads() -> Select[Any]:
    """The first message of each target and lane that others wait for: from one pair to the next, never row by row."""
    here, head = outbox.alias("here"), outbox.alias("head")

    def first(column: str, *where: ColumnElement[bool]) -> ScalarSelect[Any]:
        wanted = here.c[column]
        return select(wanted).where(unfinished(here), *where).order_by(wanted).limit(1).scalar_subquery()

    targets = select(first("target").label("target")).cte("targets", recursive=True)
    after = first("target", here.c.target > targets.c.target)
    targets = targets.union_all(select(after).where(targets.c.target.is_not(None)))
    lowest = first("lane", here.c.target == targets.c.target).label("lane")
    lines = select(targets.c.target, lowest).where(targets.c.target.is_not(None)).cte("lines", recursive=True)
    above = first("lane", here.c.target == lines.c.target, here.c.lane > lines.c.lane)
    lines = lines.union_all(select(lines.c.target, above).where(lines.c.lane.is_not(None)))
    same = and_(head.c.target == lines.c.target, head.c.lane == lines.c.lane, unfinished(head), holds_others(head))
    return select(select(head.c.id).where(same).order_by(head.c.id).limit(1).scalar_subquery()).select_from(lines)


_SENDING = outbox.c.state == "sending"

# The messages somebody may take now. A lease that ran out is anybody's.
CLAIMABLE = select(outbox.c.id, outbox.c.state).where(
    outbox.c.id.in_(_heads()),
    unfinished(outbox),
    or_(and_(_SENDING, outbox.c.lease_until <= LEASED), and_(not_(_SENDING), outbox.c.not_before <= NOW)),
)
