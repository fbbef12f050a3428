"""The relay: outbox rows become messages, each once, in order for each target, pages first.

No provider is called inside a transaction. Claim, commit, send, report: a crash between any two leaves a lease
that runs out, and the row comes back as *unclear*, to be looked for before it is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.desk.tickets import Desk
from bot.failpoints import failpoint
from bot.messages import (
    Card,
    Channel,
    Form,
    Lane,
    Outgoing,
    Place,
    Rejected,
    Reply,
    SendFailed,
    Sent,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.parcels import Packer, Parcel, place_key
from escalation.errors import Stale
from storage import cards, outbox, people
from storage.database import Database
from storage.errors import StorageError
from storage.outbox import Row

log = structlog.get_logger()
SEND_DEADLINE = 20.0
LEASE = 45.0  # more than the deadline and the two transactions around it
TOGETHER = 16
POISONED_AFTER = 5  # tries of a row that cannot be drawn, or that its channel stumbles over
TRIES = 5  # of a change to a ticket that somebody else changes at the same time
LONGEST_WAIT = 60.0


class Delivery:
    """Drains the outbox of this process's channels."""

    def __init__(self, database: Database, desk: Desk, channels: Mapping[str, Channel], *, owner: str = "") -> None:
        self.database = database
        self.desk = desk
        self.channels = channels
        self.owner = owner or uuid.uuid4().hex
        self.last_sent_at: dict[str, float] = {}
        self._packer = Packer(desk, channels)
        self._draining = asyncio.Lock()

    async def run(self) -> None:
        """Drain whenever something was posted, and each second in any case, until cancelled."""
        while True:
            self.desk.posted.clear()
            try:
                await self.drain()
            except Exception:
                log.exception("delivery.failed")
                await asyncio.sleep(1)
            try:
                async with asyncio.timeout(1):
                    await self.desk.posted.wait()
            except TimeoutError:
                continue

    async def drain(self) -> int:
        """Send everything that may be sent now; how many rows were handled."""
        handled = 0
        async with self._draining:
            while rows := await self._claim():
                await asyncio.gather(*(self._deliver(row) for row in rows))
                handled += len(rows)
        return handled

    async def _claim(self) -> tuple[Row, ...]:
        now = self.desk.clock()
        async with self.database.reading() as tx:
            ready = await outbox.next_wakeup(tx, now)
        if ready is None or ready > now:
            return ()
        async with self.database.transaction() as tx:
            rows = await outbox.claim(tx, self.owner, now, LEASE, TOGETHER)
        failpoint("delivery.claimed")
        return rows

    # -- one row -----------------------------------------------------------------------------------

    async def _deliver(self, row: Row) -> None:
        try:
            async with self.database.reading() as tx:
                parcel = await self._packer.pack(tx, row)
        except StorageError:
            raise  # the row is not to blame; its lease runs out, and it comes back
        except Exception as error:
            log.exception("delivery.cannot_draw", row=row.id, notice=row.notice)
            await self._cannot_draw(row, error)
            return
        if parcel is None:
            async with self.database.transaction() as tx:
                await outbox.dropped(tx, row, "nothing left to say")
            return
        await self._try_places(row, parcel)

    async def _try_places(self, row: Row, parcel: Parcel) -> None:
        lost = parcel.lost
        for place, message in zip(parcel.places, parcel.messages, strict=True):
            outgoing = Outgoing(row.key, place, parcel.reply, Lane(row.lane), message, repeat=False)
            failpoint("delivery.before_send")
            try:
                async with asyncio.timeout(SEND_DEADLINE):
                    sent = await self._send(row, outgoing)
            except Unreachable as error:
                await self._mark_unreachable(row, place, error)
                lost = True
                continue
            except (SendFailed, StorageError, TimeoutError, OSError) as error:
                await self._failed(row, error)
                return
            except Exception as error:
                log.exception("delivery.broken", row=row.id)
                await self._failed(row, error)
                return
            failpoint("delivery.after_send")
            await self._sent(row, parcel.reply, sent)
            failpoint("delivery.reported")
            if lost and not self.channels[place.channel].capabilities.pushes:
                await self._move_on(row)
            return
        await self._nobody_there(row)

    async def _send(self, row: Row, outgoing: Outgoing) -> Sent | None:
        """Send, after an unclear try only what surely does not stand yet; None when it is not worth a message."""
        channel = self.channels[outgoing.place.channel]
        if outgoing.message and not channel.capabilities.edits:
            if row.lane == Lane.COSMETIC:
                return None
            outgoing = replace(outgoing, message="")
        if not row.unclear:
            return await channel.send(outgoing)
        if channel.capabilities.reconciles:
            found = await channel.find(outgoing)
            return found if found is not None else await channel.send(outgoing)
        if outgoing.message:
            return await channel.send(outgoing)  # an edit may be repeated without harm
        if row.lane == Lane.COSMETIC:
            return None
        return await channel.send(replace(outgoing, repeat=True))

    async def _sent(self, row: Row, reply: Reply, sent: Sent | None) -> None:
        now = self.desk.clock()
        async with self.database.transaction() as tx:
            if sent is None:
                await outbox.dropped(tx, row, "not worth a message of its own")
                return
            place = place_key(sent.place)
            await outbox.sent(tx, row, sent.message, place, now)
            about = row.ticket if row.ticket is not None else getattr(reply, "ticket", None)
            if isinstance(reply, Card | Form) and reply.key:
                await cards.stands(tx, reply.key, place, sent.message, about)
            elif about is not None:
                await cards.about(tx, about, place, sent.message)
            failpoint("delivery.before_report")
        self.last_sent_at[sent.place.channel] = now.timestamp()

    async def _cannot_draw(self, row: Row, error: Exception) -> None:
        """Tried again at once: drawing asks nobody, and whoever is next in line must not wait for a poisoned row."""
        async with self.database.transaction() as tx:
            if row.attempts >= POISONED_AFTER:
                await outbox.dead(tx, row, _words(error))
            else:
                await outbox.retry(tx, row, self.desk.clock(), _words(error))

    async def _failed(self, row: Row, error: Exception) -> None:
        """Not sent, or nobody knows: what a channel did not foresee may have happened after the message went out."""
        wait = error.seconds if isinstance(error, TryLater) else min(2.0**row.attempts, LONGEST_WAIT)
        at, words = self.desk.clock() + timedelta(seconds=wait), _words(error)
        unforeseen = not isinstance(error, SendFailed | StorageError | TimeoutError | OSError)
        async with self.database.transaction() as tx:
            if isinstance(error, Rejected) or (unforeseen and row.attempts >= POISONED_AFTER):
                await outbox.dead(tx, row, words)
            elif unforeseen or isinstance(error, Unclear | StorageError | TimeoutError | OSError):
                await outbox.unclear(tx, row, at, words)
            else:
                await outbox.retry(tx, row, at, words)

    async def _mark_unreachable(self, row: Row, place: Place, error: Unreachable) -> None:
        if not place.room.startswith("@"):
            return
        async with self.database.transaction() as tx:
            user, at = place.room[1:], self.desk.clock()
            await people.mark_unreachable(tx, place.channel, place.workspace, user, str(error)[:200], at)

    async def _nobody_there(self, row: Row) -> None:
        """No place is left to try: a page moves the ladder on, and the row is kept as a dead letter."""
        async with self.database.transaction() as tx:
            buried = await outbox.dead(tx, row, "cannot be reached anywhere")
        if buried:
            await self._move_on(row)

    async def _move_on(self, row: Row) -> None:
        """A page that rings nowhere is answered by the ladder: the next rung now."""
        kind, _, person = row.target.partition(":")
        if row.notice != "page" or kind != "person" or row.ticket is None or row.facts.get("edit"):
            return
        generation, rung = int(row.facts["generation"]), int(row.facts["rung"])
        for _ in range(TRIES):
            with contextlib.suppress(Stale):  # the ticket changed this very moment: look at it again
                async with self.database.transaction() as tx:
                    await self.desk.unreachable(tx, row.ticket, generation, rung, person)
                return


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
