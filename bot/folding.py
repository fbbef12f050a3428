"""What waits together leaves together: one digest per ticket and reader after an outage, one edit per card.

Done in the transaction of the claim, before anything is drawn, so that a row folded into another is surely told by
it. A row whose last try was unclear takes nothing along: what stands of it, if anything, was drawn before. Pages are
never folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.messages import Lane
from storage import folding
from storage.database import Transaction
from storage.outbox import Row

LATE = timedelta(seconds=60)  # waiting for longer than this is an outage to whoever waits
AT_ONCE = 100  # steps in one digest
SENTENCES = frozenset({"step", "told", "log"})
LETTERS = 8_000  # in one digest: what every channel shows in one message, whole
SENTENCE = 100  # letters of a step, about, beside what somebody wrote with it
AS_IT_STANDS = frozenset({"ticket", "room", "page"})  # drawn from the ticket as it is when they leave


async def folded(tx: Transaction, rows: Iterable[Row], now: datetime) -> tuple[Row, ...]:
    """The claimed rows, each having taken along what waits behind it and belongs to it."""
    mine = tuple(rows)
    await _drop_needless(tx, mine)
    return tuple([await _taking_along(tx, row, now) for row in mine])


def late(row: Row, now: datetime) -> bool:
    """Whether the row tells a step of a ticket and has waited so long that others may have gathered behind it."""
    return row.notice in {*SENTENCES, "digest"} and row.ticket is not None and now - row.created_at > LATE


def as_it_stands(row: Row) -> bool:
    """Whether the row is a card that is always drawn as its ticket is now, and rings nowhere."""
    return row.notice in AS_IT_STANDS and row.lane > Lane.PAGE


async def _drop_needless(tx: Transaction, rows: Iterable[Row]) -> None:
    """Later rows that would draw what one of these is about to draw anyway."""
    heads = [row.id for row in rows if as_it_stands(row)]
    if heads:
        await folding.drop_repeats(tx, heads)


async def _taking_along(tx: Transaction, row: Row, now: datetime) -> Row:
    if row.unclear or row.lane <= Lane.PAGE:
        return row
    if row.notice == "reply":
        return await _newest_of_card(tx, row)
    if not late(row, now):
        return row
    behind = _fitting(row, [each for each in await folding.behind(tx, row, AT_ONCE) if each.notice in SENTENCES])
    if not behind:
        return row
    lines = [line for each in (row, *behind) for line in _lines(each)]
    kept = {name: row.facts[name] for name in ("thread_of",) if name in row.facts}
    return await folding.fold(tx, row, "digest", {**kept, "lines": lines}, behind)


def _fitting(row: Row, behind: Sequence[Row]) -> list[Row]:
    """As many as one message holds with this row's own words; the others make the next digest."""
    fitting, letters = list[Row](), _letters(row)
    for each in behind:
        letters += _letters(each)
        if letters > LETTERS:
            break
        fitting.append(each)
    return fitting


def _letters(row: Row) -> int:
    return sum(SENTENCE + len(str(line["facts"].get("text", ""))) for line in _lines(row))


def _lines(row: Row) -> list[dict[str, Any]]:
    if row.notice == "digest":
        return list(row.facts["lines"])
    return [{"notice": row.notice, "facts": dict(row.facts), "at": row.created_at.isoformat()}]


async def _newest_of_card(tx: Transaction, row: Row) -> Row:
    """A card that was kept as it read then, such as a checklist's, leaves as it read last."""
    key = row.facts["reply"].get("key")
    if row.facts["reply"]["type"] != "card" or not key:
        return row
    behind = await folding.behind(tx, row, AT_ONCE)
    same = [each for each in behind if each.notice == "reply" and each.facts["reply"].get("key") == key]
    return await folding.fold(tx, row, "reply", same[-1].facts, same) if same else row
