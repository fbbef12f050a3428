"""The daily round: every hole of the coming week, told to whoever can mend it before somebody falls in."""

from __future__ import annotations

import asyncio
from datetime import date, time
from zoneinfo import ZoneInfo

from bot.cards.rota import holes_card
from bot.desk.tickets import Desk
from bot.dialogue.telling import reader_of, tell_person
from bot.messages import Identity
from bot.reaching import Account, Hole, holes, out_of_reach
from storage import leases, people
from storage.database import Database

AT = time(8, 30)  # in the organisation's zone: early enough to find somebody for tonight
MOST = 20  # holes in one message


class Rounds:
    """Walks every rung of every ladder through every hour of the week, once a day, in one process."""

    def __init__(self, database: Database, desk: Desk, *, owner: str) -> None:
        self.database = database
        self.desk = desk
        self.owner = owner
        self._walked: date | None = None

    async def walk(self) -> int:
        """Tell the admins of every hole and each lead of their group's; how many people were told."""
        organisation, now = self.desk.organisation, self.desk.clock()
        local = now.astimezone(ZoneInfo(organisation.zone))
        if local.time() < AT or self._walked == local.date():
            return 0
        self._walked = local.date()
        async with self.database.transaction() as tx:
            if not await leases.claim_period(tx, "holes", f"{local:%Y-%m-%d}", self.owner, now):
                return 0
        async with self.database.reading() as tx:
            linked = await people.accounts(tx)
        accounts = [
            Account(each.person, Identity(each.channel, each.workspace, each.user), bool(each.unreachable))
            for each in linked
        ]
        found = await asyncio.to_thread(holes, organisation, now, out_of_reach(organisation, accounts))
        for person, theirs in self._by_person(found).items():
            async with self.database.transaction() as tx:
                card = holes_card(theirs[:MOST], await reader_of(tx, self.desk, person))
                await tell_person(tx, self.desk, f"holes:{local:%Y-%m-%d}:{person}", person, card)
        return len(self._by_person(found))

    def _by_person(self, found: tuple[Hole, ...]) -> dict[str, list[Hole]]:
        told: dict[str, list[Hole]] = {}
        for hole in found:
            for person in dict.fromkeys((*self.desk.organisation.admins, hole.lead)):
                if person in self.desk.organisation.people:
                    told.setdefault(person, []).append(hole)
        return told
