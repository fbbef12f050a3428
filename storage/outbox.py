"""Messages waiting to be sent, written in the transaction of what they tell about.

A sender claims rows for a while (a lease), sends them outside any transaction, and reports back. Whoever lost
the lease meanwhile is refused by the fence. A row whose lease ran out may or may not stand: `unclear`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    func,
    not_,
    select,
    text,
    update,
)

from storage import cards
from storage.database import Transaction
from storage.outbox_heads import CLAIMABLE, holds_others, unfinished
from storage.tables import UNFINISHED, outbox

# Written out, not bound: else SQLite cannot know that its partial index holds these rows.
_DEAD = text("state = 'dead'")


@dataclass(frozen=True, slots=True)
class Row:
    """One message to send. `target` is "person:<key>" or "place:<json>"; a lower `lane` leaves first.

    `attempts` counts the present one. `unclear` means: it may stand already, ask the platform before sending.
    """

    id: int
    key: str
    target: str
    ticket: int | None
    notice: str
    facts: Mapping[str, Any]
    lane: int
    not_before: datetime
    state: str
    attempts: int
    owner: str
    lease_until: datetime | None
    fence: int
    provider_id: str
    sent_place: str
    error: str
    created_at: datetime
    sent_at: datetime | None
    unclear: bool = False


def row_of(row: Any, *, unclear: bool = False) -> Row:
    """A message as the outbox holds it."""
    values = {name: value for name, value in row._mapping.items() if name != "ticket_id"}
    return Row(ticket=row.ticket_id, unclear=unclear, **values)


async def put(
    tx: Transaction,
    key: str,
    target: str,
    notice: str,
    facts: Mapping[str, Any],
    lane: int,
    ticket: int | None,
    at: datetime,
    not_before: datetime | None = None,
) -> bool:
    """Queue a message once; False when one with this key was queued before, as far as one can say now."""
    values = {
        "key": key,
        "target": target,
        "ticket_id": ticket,
        "notice": notice,
        "facts": dict(facts),
        "lane": int(lane),
        "not_before": not_before or at,
        "state": "pending",
        "attempts": 0,
        "owner": "",
        "lease_until": None,
        "fence": 0,
        "provider_id": "",
        "sent_place": "",
        "error": "",
        "created_at": at,
        "sent_at": None,
    }
    if tx.gathers:
        tx.add_later(outbox, **values)
        return True
    return await tx.add_new(outbox, **values) is not None


async def claim(
    tx: Transaction, owner: str, now: datetime, lease_seconds: float, limit: int, lane: int | None = None
) -> tuple[Row, ...]:
    """Take up to `limit` messages to send, in order of lane and age, up to this lane, for `lease_seconds`.

    Each target gets one message of a lane at a time, so order is kept. Rows another sender is claiming right
    now are passed over.
    """
    leased = await tx.lease_time(now)
    up_to = () if lane is None else (outbox.c.lane <= lane,)
    found = CLAIMABLE.where(*up_to).order_by(outbox.c.lane, outbox.c.id).limit(limit)
    candidates = await tx.all(found.with_for_update(skip_locked=True).params(now=now, leased=leased))
    if not candidates:
        return ()
    unclear = {row.id for row in candidates if row.state != "pending"}
    rows = await tx.all(
        update(outbox)
        .where(outbox.c.id.in_([row.id for row in candidates]))
        .values(
            state="sending",
            owner=owner,
            lease_until=leased + timedelta(seconds=lease_seconds),
            attempts=outbox.c.attempts + 1,
            fence=outbox.c.fence + 1,
        )
        .returning(*outbox.c)
    )
    claimed = [row_of(row, unclear=row.id in unclear) for row in rows]
    return tuple(sorted(claimed, key=lambda row: (row.lane, row.id)))


async def sent(tx: Transaction, row: Row, provider_id: str, place: str, at: datetime) -> bool:
    """The message stands at `place` as `provider_id`; False when the lease was lost."""
    kept = await _report(tx, row, state="sent", provider_id=provider_id, sent_place=place, sent_at=at, error="")
    if kept and row.ticket is not None and provider_id:
        await cards.about(tx, row.ticket, place, provider_id)
    return kept


async def retry(tx: Transaction, row: Row, at: datetime, error: str) -> bool:
    """It surely did not go out: try again at `at`; False when the lease was lost."""
    return await _report(tx, row, state="pending", not_before=at, error=error)


async def unclear(tx: Transaction, row: Row, at: datetime, error: str) -> bool:
    """Nobody knows whether it went out: find out at `at`; False when the lease was lost."""
    return await _report(tx, row, state="unclear", not_before=at, error=error)


async def dead(tx: Transaction, row: Row, error: str) -> bool:
    """It will never go out by itself: a person may look and re-drive it; False when the lease was lost."""
    return await _report(tx, row, state="dead", error=error)


async def dropped(tx: Transaction, row: Row, reason: str) -> bool:
    """Nobody needs it any more; False when the lease was lost."""
    return await _report(tx, row, state="dropped", error=reason)


async def redrive(tx: Transaction, id: int, at: datetime) -> bool:
    """Give a dead message a new life, as if it had been queued at `at`; False when it is not dead."""
    is_dead = (outbox.c.id == id, outbox.c.state == "dead")
    anew = {"state": "pending", "attempts": 0, "not_before": at, "created_at": at}
    return bool(await tx.change(update(outbox).where(*is_dead).values(anew)))


async def release(tx: Transaction, now: datetime, late: timedelta) -> int:
    """Take messages from senders whose lease ran out so long ago, and whom nobody has succeeded; how many."""
    stuck = (outbox.c.state == "sending", unfinished(outbox), outbox.c.lease_until < await tx.lease_time(now) - late)
    back = {"state": "unclear", "owner": "", "lease_until": None, "not_before": now}
    return await tx.change(update(outbox).where(*stuck).values(back))


async def waiting(tx: Transaction, limit: int = 1000) -> tuple[Row, ...]:
    """The messages that are still to be sent, in the order in which they leave."""
    rows = await tx.all(select(outbox).where(unfinished(outbox)).order_by(outbox.c.lane, outbox.c.id).limit(limit))
    return tuple(map(row_of, rows))


async def dead_letters(tx: Transaction, limit: int = 100) -> tuple[Row, ...]:
    """The messages somebody should look at, newest first."""
    rows = await tx.all(select(outbox).where(_DEAD).order_by(outbox.c.id.desc()).limit(limit))
    return tuple(row_of(row) for row in rows)


async def counts(tx: Transaction) -> dict[str, int]:
    """How many messages are pending, sending, unclear and dead; what is over is not counted."""
    waiting = select(outbox.c.state, func.count().label("many")).where(unfinished(outbox))
    rows = await tx.all(waiting.group_by(outbox.c.state))
    dead = await tx.value(select(func.count()).select_from(outbox).where(_DEAD))
    return dict.fromkeys(UNFINISHED, 0) | {row.state: row.many for row in rows} | {"dead": dead}


async def oldest_pending(tx: Transaction, now: datetime) -> datetime | None:
    """Since when the longest waiting message could have gone out; None when none is late."""
    waiting = and_(unfinished(outbox), outbox.c.not_before <= now)
    at: datetime | None = await tx.value(select(func.min(outbox.c.not_before)).where(waiting))
    return at


async def next_wakeup(tx: Transaction, now: datetime) -> datetime | None:
    """When `claim` will next find something: now or earlier if it would already; None for an empty queue."""
    first = await tx.first(_NEXT, {"now": now})
    ready, lease = (first.ready, first.lease) if first else (None, None)
    if lease is not None:
        lease += now - await tx.lease_time(now)
    return min((at for at in (ready, lease) if at is not None), default=None)


async def ready(tx: Transaction, now: datetime) -> bool:
    """Whether `claim` would find something now."""
    return bool(await tx.first(CLAIMABLE.limit(1), {"now": now, "leased": await tx.lease_time(now)}))


async def under_way(tx: Transaction, target: str) -> bool:
    """Whether something has left, or may have, for this target of which nobody knows yet as which message it stands."""
    found = select(outbox.c.id).where(outbox.c.target == target, outbox.c.state.in_(("sending", "unclear")))
    return await tx.first(found.limit(1)) is not None


async def purge(tx: Transaction, before: datetime) -> int:
    """Forget what was sent or dropped before then, which ends the protection of its keys; how many."""
    over = (outbox.c.state.in_(("sent", "dropped")), outbox.c.created_at < before)
    return await tx.change(outbox.delete().where(*over))


def _somebody_before() -> ColumnElement[bool]:
    """Whether an earlier message of the same target and lane is on its way."""
    earlier = outbox.alias("earlier")
    return exists().where(
        earlier.c.target == outbox.c.target,
        earlier.c.lane == outbox.c.lane,
        earlier.c.id < outbox.c.id,
        unfinished(earlier),
        holds_others(earlier),
    )


_SENDING = outbox.c.state == "sending"
_NEXT = select(
    func.min(outbox.c.not_before).filter(not_(_SENDING)).label("ready"),
    func.min(outbox.c.lease_until).filter(_SENDING).label("lease"),
).where(unfinished(outbox), not_(_somebody_before()))


async def _report(tx: Transaction, row: Row, **values: Any) -> bool:
    mine = and_(
        outbox.c.id == row.id,
        outbox.c.state == "sending",
        outbox.c.owner == row.owner,
        outbox.c.fence == row.fence,
    )
    return bool(await tx.change(update(outbox).where(mine).values(owner="", lease_until=None, **values)))
