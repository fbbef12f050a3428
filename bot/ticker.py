"""Run what is due. The database knows what that is; a tick only asks, so a missed one costs nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.desk.tickets import Desk
from bot.dialogue.conversation import Conversation
from bot.dialogue.library import Library
from bot.dialogue.majorwatch import MajorWatch
from bot.dialogue.rounds import Rounds
from bot.dialogue.shiftwork import Shiftwork
from bot.failpoints import failpoint
from escalation.errors import Stale
from storage import attachments, dialogues, inbox, leases, outbox, signin, tickets
from storage.database import Database

log = structlog.get_logger()
BATCH = 200
PARKED_FOR = timedelta(seconds=60)
INBOX_KEPT = timedelta(days=14)
OUTBOX_KEPT = timedelta(days=30)
FILES_KEPT = timedelta(days=2)


class Ticker:
    """Interval jobs over the database: alarms and waiting conversations each second, an audit each minute."""

    def __init__(
        self, database: Database, desk: Desk, conversation: Conversation, library: Library, *, owner: str
    ) -> None:
        self.database = database
        self.desk = desk
        self.conversation = conversation
        self.library = library
        self.majors = MajorWatch(database, desk)
        self.rounds = Rounds(database, desk, owner=owner)
        self.shiftwork = Shiftwork(database, desk, owner=owner)
        self.owner = owner
        self.found_by_audit = 0
        self.parked: dict[int, datetime] = {}
        self._scheduler: AsyncIOScheduler | None = None

    def start(self) -> None:
        """Begin ticking; APScheduler keeps no jobs of its own between two starts."""
        once = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(job_defaults=once, timezone="UTC")
        self._scheduler.add_job(self.tick, "interval", seconds=1)
        self._scheduler.add_job(self.audit, "interval", seconds=60)
        self._scheduler.add_job(self.sweep, "cron", hour=3, minute=17)
        # In every process, for each keeps its own: once at the start, and then daily.
        self._scheduler.add_job(self.library.recalibrate, "interval", days=1, next_run_time=datetime.now(UTC))
        self._scheduler.start()

    def stop(self) -> None:
        """No more ticks."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    async def tick(self) -> int:
        """Every alarm that is due, each in its own transaction; how many were handled."""
        handled = 0
        while numbers := await self._due():
            for number in numbers:
                handled += await self._run(number)
            if len(numbers) < BATCH:
                break
        await self._wake_conversations()
        await self.library.refresh()
        await self.shiftwork.refresh()
        told = await self.rounds.walk()
        return handled + told + await self.shiftwork.hand_over() + await self.majors.look()

    async def _due(self) -> tuple[int, ...]:
        now = self.desk.clock()
        self.parked = {number: until for number, until in self.parked.items() if until > now}
        async with self.database.reading() as tx:
            numbers = await tickets.due(tx, now, BATCH + len(self.parked))
        return tuple(number for number in numbers if number not in self.parked)

    async def _run(self, number: int) -> bool:
        failpoint("ticker.found")
        try:
            async with self.database.transaction() as tx:
                handled = await self.desk.run_due(tx, number)
                failpoint("ticker.before_commit")
            failpoint("ticker.committed")
            return handled
        except Stale:
            return False  # somebody changed it this very moment: the next tick sees it again
        except Exception:
            # One ticket that cannot be handled must not hold up the others.
            log.exception("ticker.ticket_failed", ticket=number)
            self.parked[number] = self.desk.clock() + PARKED_FOR
            return False

    async def _wake_conversations(self) -> None:
        async with self.database.reading() as tx:
            keys = await dialogues.due(tx, self.desk.clock(), BATCH)
        for key in keys:
            try:
                await self.conversation.wake(key)
            except Stale:
                continue
            except Exception:
                # Nor must one conversation that cannot be read.
                log.exception("ticker.conversation_failed", conversation=key)

    async def audit(self) -> int:
        """Open tickets without an alarm: there should be none, so each found one is given one, and counted."""
        async with self.database.reading() as tx:
            lost = await tickets.without_alarm(tx)
        for number in lost:
            log.error("audit.ticket_without_alarm", ticket=number)
            async with self.database.transaction() as tx:
                await self.desk.set_alarm(tx, number)
        self.found_by_audit += len(lost)
        return len(lost)

    async def sweep(self) -> None:
        """Once a day, by one process: forget event ids, sent messages, links and files that nobody needs."""
        now = self.desk.clock()
        async with self.database.transaction() as tx:
            if not await leases.claim_period(tx, "sweep", f"{now:%Y-%m-%d}", self.owner, now):
                return
            await inbox.purge(tx, now - INBOX_KEPT)
            await outbox.purge(tx, now - OUTBOX_KEPT)
            await attachments.purge(tx, now - FILES_KEPT)
            await signin.purge(tx, now)
