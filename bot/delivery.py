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

import structlog

from bot.desk.tickets import Desk
from bot.failpoints import failpoint
from bot.folding import as_it_stands, folded, late
from bot.messages import Channel, Lane, Outgoing, Sent, Unreachable
from bot.outcomes import FORESEEN, Outcomes
from bot.parcels import Packer, Parcel
from storage import outbox
from storage.database import Database
from storage.errors import StorageError
from storage.outbox import Row

log = structlog.get_logger()
SEND_DEADLINE = 20.0
LEASE = 45.0  # more than the deadline and the two transactions around it
TOGETHER = 16
FINISH_WITHIN = 4.0  # seconds for what is on its way when the process is told to stop


class NotStanding(Exception):
    """After an unclear try the message surely does not stand, and others wait behind it: fold them first."""


class Delivery:
    """Drains the outbox of this process's channels."""

    def __init__(self, database: Database, desk: Desk, channels: Mapping[str, Channel], *, owner: str = "") -> None:
        self.database = database
        self.desk = desk
        self.channels = channels
        self.owner = owner or uuid.uuid4().hex
        self.last_sent_at: dict[str, float] = {}
        self._packer = Packer(desk, channels)
        self._outcomes = Outcomes(database, desk)
        self._draining = asyncio.Lock()
        self._stopping = False

    async def run(self) -> None:
        """Drain whenever something was posted, and each second in any case, until `finish` or cancelled."""
        while not self._stopping:
            self.desk.posted.clear()
            try:
                await self.drain()
            except Exception:
                log.exception("delivery.failed")
                await asyncio.sleep(1)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self.desk.posted.wait()

    async def finish(self, running: asyncio.Task[None]) -> None:
        """Claim nothing more and let what is on its way arrive; what takes too long goes back, marked unclear."""
        self._stopping = True
        self.desk.posted.set()
        await asyncio.wait([running], timeout=FINISH_WITHIN)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def drain(self) -> int:
        """Send everything that may be sent now; how many rows were handled."""
        handled = 0
        async with self._draining:
            while not self._stopping and (rows := await self._claim()):
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
            claimed = await outbox.claim(tx, self.owner, now, LEASE, TOGETHER)
            rows = await folded(tx, claimed, now)
        failpoint("delivery.claimed")
        return rows

    # -- one row -----------------------------------------------------------------------------------

    async def _deliver(self, row: Row) -> None:
        try:
            parcel = await self._packed(row)
            if parcel is not None:
                await self._try_places(row, parcel)
        except asyncio.CancelledError:
            with contextlib.suppress(StorageError):  # its lease runs out instead
                await self._outcomes.interrupted(row)
            raise

    async def _packed(self, row: Row) -> Parcel | None:
        try:
            async with self.database.reading() as tx:
                parcel = await self._packer.pack(tx, row)
        except StorageError:
            raise  # the row is not to blame; its lease runs out, and it comes back
        except Exception as error:
            log.exception("delivery.cannot_draw", row=row.id, notice=row.notice)
            await self._outcomes.cannot_draw(row, error)
            return None
        if parcel is None:
            await self._outcomes.needless(row, "nothing left to say")
        return parcel

    async def _try_places(self, row: Row, parcel: Parcel) -> None:
        lost = parcel.lost
        for place, message in zip(parcel.places, parcel.messages, strict=True):
            outgoing = Outgoing(row.key, place, parcel.reply, Lane(row.lane), message, repeat=False)
            failpoint("delivery.before_send")
            try:
                async with asyncio.timeout(SEND_DEADLINE):
                    sent = await self._send(row, outgoing)
            except Unreachable as error:
                await self._outcomes.unreachable(place, error)
                lost = True
                continue
            except NotStanding:
                await self._outcomes.absent(row)
                return
            except Exception as error:
                if not isinstance(error, FORESEEN):
                    log.exception("delivery.broken", row=row.id)
                await self._outcomes.failed(row, error, place.channel)
                return
            failpoint("delivery.after_send")
            await self._sent(row, parcel, sent)
            failpoint("delivery.reported")
            if lost and not self.channels[place.channel].capabilities.pushes:
                await self._outcomes.move_on(row)
            return
        await self._outcomes.nobody_there(row)

    async def _sent(self, row: Row, parcel: Parcel, sent: Sent | None) -> None:
        if sent is None:
            await self._outcomes.needless(row, "not worth a message of its own")
            return
        await self._outcomes.stands(row, parcel.reply, sent)
        self.last_sent_at[sent.place.channel] = self.desk.clock().timestamp()

    async def _send(self, row: Row, outgoing: Outgoing) -> Sent | None:
        """Send, after an unclear try only what surely does not stand yet; None when it is not worth a message."""
        channel = self.channels[outgoing.place.channel]
        if outgoing.message and not channel.capabilities.edits:
            if row.lane == Lane.COSMETIC or row.facts.get("only_edits"):
                return None
            outgoing = replace(outgoing, message="")
        if not row.unclear:
            return await channel.send(outgoing)
        if channel.capabilities.reconciles:
            found = await channel.find(outgoing)
            if found is None and late(row, self.desk.clock()):
                raise NotStanding
            if found is not None and not (as_it_stands(row) and channel.capabilities.edits):
                return found
            # A card that stands may have been drawn before others were folded into its row: draw it again.
            return await channel.send(replace(outgoing, message=found.message) if found else outgoing)
        if outgoing.message:
            return await channel.send(outgoing)  # an edit may be repeated without harm
        if row.lane == Lane.COSMETIC:
            return None
        return await channel.send(replace(outgoing, repeat=True))
