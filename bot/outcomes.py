"""What becomes of an outbox row after a try: it stands, waits for another try, or lies dead until a person looks."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from bot.desk.tickets import Desk
from bot.failpoints import failpoint
from bot.messages import Card, Form, Lane, Place, Rejected, Reply, SendFailed, Sent, TryLater, Unclear, Unreachable
from bot.parcels import place_key
from escalation.errors import Stale
from storage import cards, outbox, people
from storage.database import Database, Transaction
from storage.errors import StorageError
from storage.outbox import Row

POISONED_AFTER = 5  # tries of a row that cannot be drawn, or that its channel stumbles over
GIVEN_UP_AFTER = timedelta(hours=24)  # of tries, the longest outage that heals by itself
LONGEST_WAIT = 60.0  # seconds between two tries, unless the platform asks for more
PATIENCE_OF_A_PAGE = 10.0  # seconds until a page also goes to the person's other places
CHANGES = 5  # tries of a change to a ticket that somebody else changes at the same time
FORESEEN = (SendFailed, StorageError, TimeoutError, OSError)


class Outcomes:
    """Reports about claimed rows, each in a transaction of its own, refused once the lease is somebody else's."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self.database = database
        self.desk = desk

    async def stands(self, row: Row, reply: Reply, sent: Sent) -> None:
        """The message stands: what answers to it mean, and where the next edit goes."""
        async with self.database.transaction() as tx:
            place = place_key(sent.place)
            await outbox.sent(tx, row, sent.message, place, self.desk.clock())
            about = row.ticket if row.ticket is not None else getattr(reply, "ticket", None)
            if isinstance(reply, Card | Form) and reply.key:
                await cards.stands(tx, reply.key, place, sent.message, about)
            elif about is not None:
                await cards.about(tx, about, place, sent.message)
            failpoint("delivery.before_report")

    async def done(self, row: Row) -> None:
        """What was asked for is so, and no message stands of it."""
        async with self.database.transaction() as tx:
            await outbox.sent(tx, row, "", "", self.desk.clock())

    async def needless(self, row: Row, why: str) -> None:
        """Nobody needs the message any more."""
        async with self.database.transaction() as tx:
            await outbox.dropped(tx, row, why)

    async def absent(self, row: Row) -> None:
        """After an unclear try it surely does not stand: it may take along now what has gathered behind it."""
        async with self.database.transaction() as tx:
            await outbox.retry(tx, row, self.desk.clock(), "it does not stand")

    async def interrupted(self, row: Row) -> None:
        """This process is ending, and nobody knows whether the message went out: whoever comes next finds out."""
        async with self.database.transaction() as tx:
            await outbox.unclear(tx, row, self.desk.clock(), "the process ended meanwhile")

    async def cannot_draw(self, row: Row, error: Exception) -> None:
        """Tried again at once: drawing asks nobody, and whoever is next in line must not wait for a poisoned row."""
        async with self.database.transaction() as tx:
            if row.attempts >= POISONED_AFTER:
                await outbox.dead(tx, row, _words(error))
            else:
                await outbox.retry(tx, row, self.desk.clock(), _words(error))

    async def failed(self, row: Row, error: Exception, channel: str) -> None:
        """Not sent, or nobody knows: what a channel did not foresee may have happened after the message went out."""
        wait = error.seconds if isinstance(error, TryLater) else min(2.0**row.attempts, LONGEST_WAIT)
        now, words = self.desk.clock(), _words(error)
        at, foreseen = now + timedelta(seconds=wait), isinstance(error, FORESEEN)
        most_tried = row.attempts >= POISONED_AFTER
        hopeless = most_tried and (not foreseen or now - row.created_at > GIVEN_UP_AFTER)
        async with self.database.transaction() as tx:
            if isinstance(error, Rejected) or hopeless:
                await outbox.dead(tx, row, words)
            elif isinstance(error, SendFailed) and not isinstance(error, Unclear):
                await outbox.retry(tx, row, at, words)
            else:
                await outbox.unclear(tx, row, at, words)
            if row.attempts > 1 or wait > PATIENCE_OF_A_PAGE:
                await self._page_elsewhere(tx, row, channel)

    async def _page_elsewhere(self, tx: Transaction, row: Row, channel: str) -> None:
        """A page whose channel fails goes to the person's other places too, and is still tried where it rings."""
        kind, _, person = row.target.partition(":")
        if row.lane > Lane.PAGE or row.notice != "page" or kind != "person":
            return
        facts, now = {**row.facts, "not_on": channel}, self.desk.clock()
        target, key = f"elsewhere:{person}", f"{row.key}:elsewhere"
        if await outbox.put(tx, key, target, row.notice, facts, row.lane, row.ticket, now):
            tx.after_commit(self.desk.posted.set)

    async def unreachable(self, place: Place, error: Unreachable) -> None:
        """This account cannot be written to: the next message tries the person's other places first."""
        if not place.room.startswith("@"):
            return
        async with self.database.transaction() as tx:
            user, at = place.room[1:], self.desk.clock()
            await people.mark_unreachable(tx, place.channel, place.workspace, user, str(error)[:200], at)

    async def nobody_there(self, row: Row) -> None:
        """No place is left to try: a page moves the ladder on, and the row is kept as a dead letter."""
        async with self.database.transaction() as tx:
            buried = await outbox.dead(tx, row, "cannot be reached anywhere")
        if buried:
            await self.move_on(row)

    async def move_on(self, row: Row) -> None:
        """A page that rings nowhere is answered by the ladder: the next rung now."""
        kind, _, person = row.target.partition(":")
        if row.notice != "page" or kind != "person" or row.ticket is None or row.facts.get("edit"):
            return
        generation, rung = int(row.facts["generation"]), int(row.facts["rung"])
        for _ in range(CHANGES):
            with contextlib.suppress(Stale):  # the ticket changed this very moment: look at it again
                async with self.database.transaction() as tx:
                    await self.desk.alarms.unreachable(tx, row.ticket, generation, rung, person)
                return


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
