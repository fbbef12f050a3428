"""What happens to major incidents by itself: updates are owed, spikes are seen, an end is asked about."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.cards.majors import over_card, owed_card, told_over_card
from bot.desk import incidents
from bot.desk.tickets import Desk
from bot.dialogue.affected import affected, manager_of, send_card
from bot.dialogue.resembling import MOST_REPORTS, Compared
from bot.dialogue.telling import reader_of, tell_person
from escalation import major
from escalation.errors import Stale
from escalation.major import Major, Stage
from escalation.ticket import OPEN, Action, Ticket
from faq.index import Index
from storage import majors, tickets
from storage.database import Database, Transaction
from storage.majors import Stored
from storage.tickets import Filter

EVERY = timedelta(seconds=10)


class MajorWatch:
    """Acts on what the database says, so that any process may, and a missed look costs nothing."""

    def __init__(self, database: Database, desk: Desk, index: Callable[[], Index]) -> None:
        self.database = database
        self.desk = desk
        self._index = index  # of the answers; it is replaced as a whole when one is published
        self._compared = Compared()
        self._looked: datetime | None = None

    async def look(self, *, due: bool = True) -> int:
        """Everything that is due, and spikes; how much there was. What is known not to be `due` is not asked for."""
        now, done = self.desk.clock(), 0
        for number in await self._due(now) if due else ():
            with contextlib.suppress(Stale):  # somebody else saw it first
                async with self.database.transaction() as tx:
                    done += await self._attend(tx, number, now)
        if self._looked is None or now - self._looked >= EVERY:
            self._looked = now
            done += await self._look_for_spikes(now)
        return done

    async def _due(self, now: datetime) -> tuple[int, ...]:
        async with self.database.reading() as tx:
            return await majors.due(tx, now)

    async def _attend(self, tx: Transaction, number: int, now: datetime) -> bool:
        stored, ticket = await majors.load(tx, number), await tickets.load(tx, number)
        if stored is None or ticket is None:
            return False
        match stored.major.stage:
            case Stage.PROPOSED if not ticket.open:
                dropped = major.rejected(stored.major, "")
                await majors.save(tx, stored, dropped)
                await send_card(tx, self.desk, dropped, ticket, manager_of(self.desk.organisation, ticket))
            case Stage.ACTIVE if not ticket.open:
                await self._end(tx, stored, ticket)
            case Stage.OVER if ticket.open:
                await majors.save(tx, stored, major.again(stored.major, now))
            case Stage.ACTIVE if stored.major.update_due is not None and stored.major.update_due <= now:
                await self._remind(tx, stored, ticket, now)
            case _:
                return False
        return True

    async def _remind(self, tx: Transaction, stored: Stored, ticket: Ticket, now: datetime) -> None:
        """The commander owes an update, and hears so in rhythm until it is written."""
        changed = major.reminded(stored.major, now, self.desk.organisation.major)
        await majors.save(tx, stored, changed)
        when = now.isoformat()
        await send_card(tx, self.desk, changed, ticket, changed.commander, why=when)
        if changed.commander in self.desk.organisation.people:
            reader = await reader_of(tx, self.desk, changed.commander)
            card = owed_card(ticket, reader)
            await tell_person(tx, self.desk, f"major:{ticket.id}:owed:{when}", changed.commander, card)

    async def _end(self, tx: Transaction, stored: Stored, ticket: Ticket) -> None:
        """It is solved: each caller is asked about their own ticket, who only followed is told."""
        ended = major.over(stored.major)
        await majors.save(tx, stored, ended)
        occasion = f"over:{ticket.id}:{ticket.version}"
        children = await tickets.find(tx, Filter(parent=ticket.id, statuses=OPEN, limit=500))
        asked = {ticket.requester}
        for child in children:
            await incidents.ask_again(self.desk, tx, child, incidents.TIME_TO_ANSWER)
            if child.requester in self.desk.organisation.people:
                asked.add(child.requester)
                reader = await reader_of(tx, self.desk, child.requester)
                card = over_card(ticket, child, reader)
                await tell_person(tx, self.desk, f"{occasion}:{child.id}", child.requester, card)
        for person in await affected(tx, self.desk.organisation, ticket):
            if person not in asked:
                card = told_over_card(ticket, await reader_of(tx, self.desk, person))
                await tell_person(tx, self.desk, f"{occasion}:{person}", person, card)
        for person in dict.fromkeys((ended.commander, ended.manager)):
            await send_card(tx, self.desk, ended, ticket, person, why=occasion)

    async def _look_for_spikes(self, now: datetime) -> int:
        plan = self.desk.organisation.major
        async with self.database.reading() as tx:
            reports = await majors.reports_since(tx, now - plan.spike_within)
            if len(reports) < plan.spike:
                return 0
            quiet = await majors.services_in_trouble(tx)
            reports = tuple(each for each in reports if each[1] not in quiet)[-max(MOST_REPORTS, 2 * plan.spike) :]
            words = await majors.words_of(tx, self._compared.missing(reports, self._index()))
        found = 0
        # Beside the event loop, which would stand still meanwhile.
        crowded = await asyncio.to_thread(self._compared.crowded, reports, words, plan)
        for service, numbers in crowded.items():
            if not service or service in self.desk.organisation.services:
                with contextlib.suppress(Stale):
                    async with self.database.transaction() as tx:
                        found += await self._propose(tx, numbers, now)
        return found

    async def _propose(self, tx: Transaction, numbers: tuple[int, ...], now: datetime) -> bool:
        """The first report stands for all; what was decided about one of them before is not asked again."""
        if any([await majors.load(tx, number) for number in numbers]):
            return False
        ticket = await tickets.load(tx, numbers[0])
        if ticket is None or not ticket.open:
            return False
        wanted: Major = major.proposed(ticket.id, "", now, similar=numbers)
        await majors.save(tx, Stored(wanted), wanted)
        facts: dict[str, str | int] = {"what": "proposed"}
        ticket = await self.desk.remark(tx, ticket, Action.MAJOR, by="", via="", facts=facts)
        await send_card(tx, self.desk, wanted, ticket, manager_of(self.desk.organisation, ticket))
        return True
