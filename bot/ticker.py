"""Run what is due. The database knows what that is; a tick only asks, so a missed one costs nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.auditor import Auditor
from bot.desk.badges import Badges
from bot.desk.tickets import Desk
from bot.dialogue.again import event_again
from bot.dialogue.conversation import Conversation
from bot.dialogue.library import Library
from bot.dialogue.majorwatch import MajorWatch
from bot.dialogue.rounds import Rounds
from bot.dialogue.routers import Routers
from bot.dialogue.shiftwork import Shiftwork
from bot.failpoints import failpoint
from escalation.errors import Stale
from storage import attachments, dialogues, inbox, leases, outbox, signin, tickets
from storage.database import Database
from storage.errors import StorageError
from storage.pulse import Pulse, pulse

log = structlog.get_logger()
BATCH = 500  # alarms asked for at once; what is more urgent than the rest waits no longer than for these
TOGETHER = 100  # alarms in one transaction: more of them would let a press wait for its turn too long
TRY_AGAIN_AFTER = timedelta(seconds=1)
PARKED_AFTER = 5  # failures of one ticket's alarm
PARKED_FOR = timedelta(minutes=10)
INBOX_KEPT = timedelta(days=14)
OUTBOX_KEPT = timedelta(days=30)
FILES_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Failing:
    """A ticket whose alarm cannot be handled: how often that was tried, and until when it waits."""

    tries: int
    until: datetime


class Ticker:
    """Interval jobs over the database: alarms and waiting conversations each second, an audit each minute."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        conversation: Conversation,
        library: Library,
        *,
        owner: str,
        deadman_url: str = "",
        wear_badges: Collection[str] = (),
    ) -> None:
        self.database = database
        self.desk = desk
        self.conversation = conversation
        self.library = library
        self.routers = Routers(database, conversation, owner=owner)
        self.majors = MajorWatch(database, desk, lambda: conversation.knowledge.index)
        self.rounds = Rounds(database, desk, owner=owner)
        self.shiftwork = Shiftwork(database, desk, owner=owner)
        self.badges = Badges(database, desk, wear_badges)
        self.owner = owner
        self.auditor = Auditor(database, desk, deadman_url)
        self.failing: dict[int, Failing] = {}
        self.quiet = False  # restored from a copy, and nobody has confirmed yet
        self._scheduler: AsyncIOScheduler | None = None

    def start(self) -> None:
        """Begin ticking; APScheduler keeps no jobs of its own between two starts."""
        once = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(job_defaults=once, timezone="UTC")
        self._scheduler.add_job(self.tick, "interval", seconds=1)
        self._scheduler.add_job(self.auditor.round, "interval", seconds=60)
        self._scheduler.add_job(self.sweep, "cron", hour=3, minute=17)
        self._scheduler.add_job(self.routers.learn, "cron", hour=3, minute=37, timezone=self.desk.organisation.zone)
        self._scheduler.add_job(self.routers.look, "interval", seconds=60, next_run_time=datetime.now(UTC))
        # In every process, for each keeps its own: once at the start, and then daily.
        self._scheduler.add_job(self.library.recalibrate, "interval", days=1, next_run_time=datetime.now(UTC))
        self._scheduler.start()

    def stop(self) -> None:
        """No more ticks."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    async def tick(self) -> int:
        """Every alarm that is due, several in a transaction; how many were handled."""
        handled = 0
        try:
            wanted = await self._pulse()
            self.quiet = wanted.quiet
            if self.quiet:
                return 0
            if wanted.alarms:
                handled = await self._ring()
            if wanted.conversations or wanted.again:
                await self._wake_conversations()
            await self.library.refresh(wanted.articles)
            await self.shiftwork.refresh(wanted.swaps)
            handled += await self.rounds.walk() + await self.shiftwork.hand_over()
            handled += await self.majors.look(due=wanted.majors)
            handled += await self.badges.look()
        except StorageError as error:
            log.warning("ticker.database_away", error=str(error))  # nothing is lost: the next tick asks again
        return handled

    async def _pulse(self) -> Pulse:
        async with self.database.reading() as tx:
            return await pulse(tx, self.desk.clock())

    async def _ring(self) -> int:
        handled = 0
        while numbers := await self._due():
            rung = 0
            for start in range(0, len(numbers), TOGETHER):
                rung += await self._run(numbers[start : start + TOGETHER])
            handled += rung
            if len(numbers) < BATCH or not rung:  # the rest is another process's, or for the next tick
                break
        return handled

    async def _due(self) -> tuple[int, ...]:
        now = self.desk.clock()
        async with self.database.reading() as tx:
            numbers = await tickets.due(tx, now, BATCH + len(self.failing))
        return tuple(number for number in numbers if not self._waits(number, now))

    def _waits(self, number: int, now: datetime) -> bool:
        failing = self.failing.get(number)
        return failing is not None and failing.until > now

    async def _run(self, numbers: Sequence[int]) -> int:
        failpoint("ticker.found")
        try:
            async with self.database.transaction() as tx:
                handled = await self.desk.alarms.run_due(tx, numbers)
                failpoint("ticker.before_commit")
            failpoint("ticker.committed")
        except StorageError:
            raise
        except Exception as error:
            # One ticket that cannot be handled must not hold up the others.
            if len(numbers) > 1:
                return sum([await self._run((number,)) for number in numbers])
            self._put_aside(numbers[0], error)
            return 0
        for number in numbers:
            self.failing.pop(number, None)
        return handled

    def _put_aside(self, number: int, error: Exception) -> None:
        """Its alarm stays due, and is tried again: soon for some times, then seldom."""
        if isinstance(error, Stale):
            return  # somebody changed it this very moment: the next tick sees it again
        tries = self.failing[number].tries + 1 if number in self.failing else 1
        log.error("ticker.ticket_failed", ticket=number, tries=tries, exc_info=error)
        wait = TRY_AGAIN_AFTER if tries < PARKED_AFTER else PARKED_FOR
        self.failing[number] = Failing(tries, self.desk.clock() + wait)

    @property
    def parked(self) -> tuple[int, ...]:
        """The tickets whose alarm failed so often that a person should look."""
        return tuple(sorted(number for number, failing in self.failing.items() if failing.tries >= PARKED_AFTER))

    async def _wake_conversations(self) -> None:
        async with self.database.reading() as tx:
            keys = await dialogues.due(tx, self.desk.clock(), BATCH)
            wanted = await inbox.wanted_again(tx)
        for parked in wanted:
            await self._try_again(parked)
        for key in keys:
            try:
                await self.conversation.wake(key)
            except Stale:
                continue
            except Exception:
                # Nor must one conversation that cannot be read.
                log.exception("ticker.conversation_failed", conversation=key)

    async def _try_again(self, parked: inbox.Parked) -> None:
        """Handled first: a crash in between handles it again, which changes nothing."""
        try:
            event = event_again(parked.payload)
        except (KeyError, TypeError):  # it never became an event: its channel could not read it
            async with self.database.transaction() as tx:
                await inbox.park(tx, parked.event_id, parked.payload, parked.error, parked.at)
            return
        await self.conversation.handle(event)
        async with self.database.transaction() as tx:
            await inbox.unpark(tx, parked.event_id)

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
