"""Messages that wait behind another, told by it or dropped, so that they leave as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, select, update

from storage.database import Transaction
from storage.outbox import Row, row_of
from storage.outbox_heads import unfinished
from storage.tables import outbox


async def behind(tx: Transaction, row: Row, limit: int) -> tuple[Row, ...]:
    """What waits behind a claimed row for the same target, lane and ticket, and was never tried, oldest first."""
    same = and_(
        outbox.c.target == row.target,
        outbox.c.lane == row.lane,
        outbox.c.ticket_id.is_not_distinct_from(row.ticket),
        outbox.c.id > row.id,
        unfinished(outbox),
        outbox.c.state == "pending",
        outbox.c.attempts == 0,
    )
    waiting = select(outbox).where(same).order_by(outbox.c.id).limit(limit)
    return tuple(map(row_of, await tx.all(waiting.with_for_update(skip_locked=True))))


async def fold(tx: Transaction, row: Row, notice: str, facts: Mapping[str, Any], others: Sequence[Row]) -> Row:
    """Let a claimed row tell, as this notice, what these others were to tell; they are dropped."""
    told = {"state": "dropped", "error": f"told by outbox {row.id}"}
    await tx.change(update(outbox).where(outbox.c.id.in_([each.id for each in others])).values(told))
    await tx.change(update(outbox).where(outbox.c.id == row.id).values(notice=notice, facts=dict(facts)))
    return replace(row, notice=notice, facts=facts)


async def drop_repeats(tx: Transaction, heads: Sequence[int]) -> int:
    """Drop waiting messages that equal an earlier one of these in target, ticket, notice and facts; how many."""
    head, later = outbox.alias("head"), outbox
    repeats = (
        select(later.c.id)
        .join(head, and_(head.c.target == later.c.target, head.c.id < later.c.id))
        .where(
            head.c.id.in_(heads),
            unfinished(later),
            later.c.state == "pending",
            later.c.notice == head.c.notice,
            later.c.ticket_id == head.c.ticket_id,
            later.c.facts == head.c.facts,
        )
        .with_for_update(skip_locked=True, of=later)
    )
    needless = [row.id for row in await tx.all(repeats)]
    if not needless:
        return 0
    said = {"state": "dropped", "error": "an earlier one says it"}
    return await tx.change(update(outbox).where(outbox.c.id.in_(needless)).values(said))
