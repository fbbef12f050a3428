"""Once a minute: is everything as it should be? What is not is repaired where it can be, counted, and told.

The dead-man's address hears from us only when all was well, so that somebody outside notices our silence.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.desk.notify import to_person
from bot.desk.tickets import Desk
from bot.messages import Lane, Text
from bot.phrases import tell
from bot.reply_json import to_json
from storage import outbox, quiet, tickets
from storage.database import Database, Transaction
from storage.errors import StorageError

log = structlog.get_logger()
LATE = timedelta(seconds=60)  # an alarm this long past due, or a message this long past its lease
PING_WITHIN = 10.0  # seconds
KINDS = ("without_alarm", "late_alarms", "stuck_messages")


@dataclass(frozen=True, slots=True)
class Findings:
    """How much was not as it should be."""

    without_alarm: int = 0
    late_alarms: int = 0
    stuck_messages: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return self == Findings()


class Auditor:
    """Looks after the desk itself. `found` counts everything since the start, by kind."""

    def __init__(self, database: Database, desk: Desk, deadman_url: str = "") -> None:
        self.database = database
        self.desk = desk
        self.found = Counter[str](dict.fromkeys(KINDS, 0))
        self._deadman_url = deadman_url

    async def round(self) -> Findings:
        """One look; it never raises, for the next one must come."""
        try:
            findings = await self._look()
        except StorageError as error:
            log.warning("audit.database_away", error=str(error))
            return Findings(stuck_messages=1)
        for kind in KINDS:
            self.found[kind] += getattr(findings, kind)
        if findings.clean:
            await self._ping()
        return findings

    async def _look(self) -> Findings:
        before = self.desk.clock() - LATE
        async with self.database.reading() as tx:
            lost, late = await tickets.without_alarm(tx), await tickets.count_due(tx, before)
            late = 0 if await quiet.quiet(tx) else late  # nobody waits for these
        for number in lost:
            log.error("audit.ticket_without_alarm", ticket=number)
            async with self.database.transaction() as tx:
                await self.desk.alarms.repair(tx, number)
        async with self.database.transaction() as tx:
            findings = Findings(len(lost), late, await outbox.release(tx, self.desk.clock(), LATE))
            if not findings.clean:
                log.error("audit.found", **{kind: getattr(findings, kind) for kind in KINDS})
                await self._tell(tx, findings)
        return findings

    async def _tell(self, tx: Transaction, findings: Findings) -> None:
        """Each admin, at most once an hour."""
        now = self.desk.clock()
        for person in self.desk.organisation.admins:
            language = self.desk.organisation.people[person].language
            counted = {kind: getattr(findings, kind) for kind in KINDS}
            said = [tell(f"audit.{kind}", language, count=many) for kind, many in counted.items() if many]
            words = "\n".join((tell("audit.title", language), *said, tell("audit.what_to_do", language)))
            key, facts = f"audit:{now:%Y-%m-%dT%H}:{person}", {"reply": to_json(Text(words))}
            await outbox.put(tx, key, to_person(person), "reply", facts, Lane.NOTICE, None, now)
        tx.after_commit(self.desk.posted.set)

    async def _ping(self) -> None:
        if not self._deadman_url:
            return
        import httpx  # loaded only by those who have such an address

        try:
            async with asyncio.timeout(PING_WITHIN), httpx.AsyncClient(trust_env=False) as client:
                await client.get(self._deadman_url)
        except (httpx.HTTPError, TimeoutError) as error:
            log.warning("audit.ping_failed", error=type(error).__name__)
