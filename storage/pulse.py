"""What a tick asks each second: one question, answered from indexes, so that a desk at rest costs next to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ScalarSelect, bindparam, exists, false, func, select

from storage import majors
from storage.columns import Moment
from storage.database import Transaction
from storage.quiet import QUIET
from storage.tables import article_revisions, desk_keys, dialogues, parked_events, rota_swaps, tickets

_NOW = bindparam("now", type_=Moment())


def _first(at: Column[datetime]) -> ScalarSelect[datetime]:
    """The earliest: asked whether any row is due, a planner that hopes for many would read the whole table."""
    return select(at).where(at.is_not(None)).order_by(at).limit(1).scalar_subquery()


_PULSE = select(
    exists().where(desk_keys.c.name == QUIET).label("quiet"),
    func.coalesce(_first(tickets.c.due_at) <= _NOW, false()).label("alarms"),
    func.coalesce(_first(dialogues.c.due_at) <= _NOW, false()).label("conversations"),
    exists().where(parked_events.c.again).label("again"),
    majors.DUE.exists().label("majors"),
    select(func.count()).select_from(article_revisions).scalar_subquery().label("articles"),
    select(func.count()).where(rota_swaps.c.decision == "accepted").scalar_subquery().label("swaps"),
)


@dataclass(frozen=True, slots=True)
class Pulse:
    """What there is to do: whether any alarm, conversation, second try or major incident is due.

    `articles` and `swaps` are the versions of `storage.articles` and `storage.swaps`. A `quiet` desk waits for an
    admin's word (`storage.quiet`).
    """

    quiet: bool
    alarms: bool
    conversations: bool
    again: bool
    majors: bool
    articles: int
    swaps: int


async def pulse(tx: Transaction, now: datetime) -> Pulse:
    """What is due by now, and what has changed."""
    row = await tx.first(_PULSE, {"now": now})
    assert row is not None
    return Pulse(**row._mapping)
