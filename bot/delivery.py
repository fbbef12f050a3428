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

from bot.desk import badges
from bot.desk.tickets import Desk
from bot.failpoints import failpoint
from bot.folding import as_it_stands, folded, late
from bot.messages import BadgeKeeper, Channel, Lane, Outgoing, Reply, Sent, Unreachable
from bot.outcomes import FORESEEN, Outcomes
from bot.parcels import Packer, Parcel
from storage import outbox
from storage.database import Database
from storage.errors import StorageError
from storage.outbox import Row

log = structlog.get_logger()
SEND_DEADLINE = 20.0
LEASE = 45.0  # more than the deadline and the two transactions around it
TOGETHER = 16  # messages on their way at once
KEPT_FOR_PAGES = 8  # more, while those are slow
SOON = 0.05  # seconds in which a quick channel is done
FINISH_WITHIN = 4.0  # seconds for what is on its way when the process is told to stop


Sending = asyncio.Task[None]


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
        async with self._draining:
            return await self._drain() if await self._something_waits() else 0

    async def _drain(self) -> int:
        handled, sending, failed = 0, set[asyncio.Task[None]](), list[BaseException]()
        try:
            while True:
                rows = await self._claim(len(sending))
                handled += len(rows)
                sending |= {asyncio.create_task(self._deliver(row)) for row in rows}
                if not sending:
                    break
                done, sending = await self._some(sending, patient=not rows)
                failed += [error for task in done if (error := task.exception())]
        except asyncio.CancelledError:
            for task in sending:
                task.cancel()
            await asyncio.gather(*sending, return_exceptions=True)
            raise
        if failed:
            raise failed[0]
        return handled

    async def _some(self, sending: set[Sending], *, patient: bool) -> tuple[set[Sending], set[Sending]]:
        """Those that have ended soon and the others; with nothing else to do, wait for the first or for a new post."""
        done, still = await asyncio.wait(sending, timeout=SOON)
        if done or not patient:
            return done, still
        self.desk.posted.clear()
        posted = asyncio.create_task(self._posted())
        done, still = await asyncio.wait({*still, posted}, timeout=1, return_when=asyncio.FIRST_COMPLETED)
        posted.cancel()
        return done - {posted}, still - {posted}

    async def _posted(self) -> None:
        await self.desk.posted.wait()

    async def _something_waits(self) -> bool:
        now = self.desk.clock()
        async with self.database.reading() as tx:
            return await outbox.ready(tx, now)

    async def _claim(self, busy: int) -> tuple[Row, ...]:
        """As many rows as there is room for; some room is kept for what rings, whatever a slow channel holds."""
        most, lane = (TOGETHER - busy, None) if busy < TOGETHER else (TOGETHER + KEPT_FOR_PAGES - busy, Lane.PAGE)
        if self._stopping or most <= 0:
            return ()
        now = self.desk.clock()
        async with self.database.transaction() as tx:
            claimed = await outbox.claim(tx, self.owner, now, LEASE, most, lane)
            rows = await folded(tx, claimed, now)
        failpoint("delivery.claimed")
        return rows

    # -- one row -----------------------------------------------------------------------------------

    async def _deliver(self, row: Row) -> None:
        try:
            if row.notice == badges.NOTICE:
                await self._hand_badge(row)
                return
            parcel = await self._packed(row)
            if parcel is not None:
                await self._try_places(row, parcel)
        except asyncio.CancelledError:
            with contextlib.suppress(StorageError):  # its lease runs out instead
                await self._outcomes.interrupted(row)
            raise

    async def _hand_badge(self, row: Row) -> None:
        """To whoever is on call now. Doing it twice changes nothing, so an unclear try is simply done again."""
        async with self.database.reading() as tx:
            badge = await badges.badge_of(tx, self.desk, row.facts)
        channel = self.channels.get(str(row.facts["channel"]))
        if badge is None or not isinstance(channel, BadgeKeeper):
            await self._outcomes.needless(row, "somebody else wears it by now, or nobody can")
            return
        try:
            async with asyncio.timeout(SEND_DEADLINE):
                await channel.wear(badge)
        except Exception as error:
            if not isinstance(error, FORESEEN):
                log.exception("delivery.broken", row=row.id)
            await self._outcomes.failed(row, error, str(row.facts["channel"]))
            return
        await self._outcomes.done(row)

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
            if parcel.aloud is not None and not (place.private or lost or message):
                continue  # a room hears of it only where its person does not
            reply = parcel.reply if place.private or parcel.aloud is None else parcel.aloud
            outgoing = Outgoing(row.key, place, reply, max(Lane(row.lane), Lane.PAGE), message)
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
            await self._sent(row, reply, sent)
            failpoint("delivery.reported")
            if lost and not (place.private and self.channels[place.channel].capabilities.pushes):
                await self._outcomes.move_on(row)
            return
        await self._outcomes.nobody_there(row)

    async def _sent(self, row: Row, reply: Reply, sent: Sent | None) -> None:
        if sent is None:
            await self._outcomes.needless(row, "not worth a message of its own")
            return
        await self._outcomes.stands(row, reply, sent)
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
