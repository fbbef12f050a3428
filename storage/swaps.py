"""Swaps of hours on call: asked by one person, answered by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select, update

from escalation.swaps import Hours, Swap
from storage.database import Transaction
from storage.tables import rota_swaps

DECISIONS = ("accepted", "declined", "withdrawn")


@dataclass(frozen=True, slots=True)
class Asked:
    """A swap somebody asked for; `decision` is empty while it waits."""

    id: int
    swap: Swap
    at: datetime
    decision: str = ""


async def ask(tx: Transaction, swap: Swap, at: datetime) -> Asked:
    """A new question, not answered yet."""
    row = await tx.add(
        rota_swaps,
        group_key=swap.group,
        tier=swap.tier,
        asker=swap.asker,
        colleague=swap.colleague,
        start_at=swap.hours.start,
        end_at=swap.hours.end,
        return_start_at=swap.in_return.start if swap.in_return else None,
        return_end_at=swap.in_return.end if swap.in_return else None,
        at=at,
        decision="",
        decided_at=None,
    )
    return _asked(row)


async def load(tx: Transaction, number: int) -> Asked | None:
    """The swap with this number, answered or not."""
    row = await tx.first(select(rota_swaps).where(rota_swaps.c.id == number))
    return None if row is None else _asked(row)


async def decide(tx: Transaction, number: int, decision: str, at: datetime) -> bool:
    """Answer a swap that waits; False when it was answered before. ValueError for another decision."""
    if decision not in DECISIONS:
        raise ValueError(f"{decision!r} is no decision: give one of {', '.join(DECISIONS)}")
    waits = (rota_swaps.c.id == number, rota_swaps.c.decision == "")
    return bool(await tx.change(update(rota_swaps).where(*waits).values(decision=decision, decided_at=at)))


async def accepted(tx: Transaction, now: datetime) -> tuple[Swap, ...]:
    """What was agreed on and is not over, in the order it was agreed: the later counts."""
    c = rota_swaps.c
    lasting = func.coalesce(c.return_end_at, c.end_at) > now
    found = select(rota_swaps).where(c.decision == "accepted", lasting | (c.end_at > now))
    return tuple(_asked(row).swap for row in await tx.all(found.order_by(c.decided_at, c.id)))


async def version(tx: Transaction) -> int:
    """A number that grows whenever a swap is agreed on."""
    agreed = select(func.count()).select_from(rota_swaps).where(rota_swaps.c.decision == "accepted")
    return int(await tx.value(agreed))


def _asked(row: Row[tuple[object, ...]]) -> Asked:
    back = Hours(row.return_start_at, row.return_end_at) if row.return_start_at else None
    hours = Hours(row.start_at, row.end_at)
    return Asked(row.id, Swap(row.group_key, row.tier, row.asker, row.colleague, hours, back), row.at, row.decision)
