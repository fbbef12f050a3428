"""The rota as people live it: swaps they agree on count at once, and a shift's end offers what is unfinished."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from bot.cards.rota import handed_over_card, handover_card
from bot.desk.tickets import Desk
from bot.dialogue.telling import reader_of, tell_person
from bot.dialogue.ticketwork import Work
from bot.messages import Reply, Text
from bot.organisation import Organisation
from escalation.errors import Absent
from escalation.swaps import LOOK_BACK, Handover, handover_at, handovers, with_swaps
from escalation.ticket import OPEN, Action, Status, Ticket
from storage import leases, swaps, tickets
from storage.database import Database, Transaction
from storage.tickets import Filter

EVERY = timedelta(seconds=15)
MOST = 30  # tickets on one card


class Shiftwork:
    """Keeps the desk's rota up to date, and notices every end of a shift, in whichever process sees it first."""

    def __init__(self, database: Database, desk: Desk, *, owner: str) -> None:
        self.database = database
        self.desk = desk
        self.owner = owner
        self._file: Organisation | None = None  # as `desk.yaml` has it
        self._made: Organisation | None = None  # with the swaps
        self._version = 0
        self._looked: datetime | None = None

    async def refresh(self, version: int | None = None) -> None:
        """Let the swaps people agreed on count, also after `desk.yaml` was read again.

        `version` is that of `storage.swaps`, for whoever has just asked.
        """
        if self.desk.organisation is not self._made:
            self._file, self._made, self._version = self.desk.organisation, self.desk.organisation, 0
        if version == self._version:
            return
        async with self.database.reading() as tx:
            version = await swaps.version(tx)
            if version == self._version:
                return
            agreed = await swaps.accepted(tx, self.desk.clock())
        assert self._file is not None
        groups = MappingProxyType(with_swaps(self._file.groups, agreed))
        self._made = self.desk.organisation = replace(self._file, groups=groups)
        self._version = version

    async def hand_over(self) -> int:
        """Offer what is unfinished at every shift's end since the last look; how many were offered."""
        now = self.desk.clock()
        since = self._looked or now - LOOK_BACK
        if now - since < EVERY:
            return 0
        offered = 0
        for handover in handovers(self.desk.organisation.groups, since, now):
            async with self.database.transaction() as tx:
                offered += await self._offer(tx, handover, now)
        self._looked = now
        return offered

    async def _offer(self, tx: Transaction, handover: Handover, now: datetime) -> bool:
        period = f"{handover.group}:{handover.tier}:{handover.at.isoformat()}"
        if not await leases.claim_period(tx, "handover", period, self.owner, now):
            return False
        unfinished = await left_by(tx, handover)
        if not unfinished or not {handover.incoming, handover.outgoing} <= self.desk.organisation.people.keys():
            return False
        coming = await reader_of(tx, self.desk, handover.incoming)
        leaving = await reader_of(tx, self.desk, handover.outgoing)
        await tell_person(
            tx, self.desk, f"handover:{period}:in", handover.incoming, handover_card(handover, unfinished, coming)
        )
        words = leaving.tell("handover.offered", count=len(unfinished), who=leaving.name(handover.incoming))
        await tell_person(tx, self.desk, f"handover:{period}:out", handover.outgoing, Text(words))
        return True


async def left_by(tx: Transaction, handover: Handover) -> tuple[Ticket, ...]:
    """What the one whose shift is over still has: tickets in hand, and pages acknowledged but not claimed."""
    group = frozenset({handover.group})
    in_hand = await tickets.find(
        tx, Filter(groups=group, assignee=handover.outgoing, statuses=OPEN, limit=MOST, urgent_first=True)
    )
    waiting = await tickets.find(tx, Filter(groups=group, statuses=frozenset({Status.NEW}), limit=200))
    return (*in_hand, *(ticket for ticket in waiting if ticket.climb.acknowledged_by == handover.outgoing))


async def accept(work: Work, group: str, tier: int, moment: int) -> tuple[Reply, ...]:
    """*Accept* on a hand-over: what is still left goes to whoever's shift began then, and to nobody else."""
    reader, organisation = work.world.reader, work.world.organisation
    known = organisation.groups.get(group)
    handover = handover_at(known, tier, datetime.fromtimestamp(moment, UTC)) if known else None
    if handover is None or handover.incoming != work.world.person.key:
        raise Absent("refused.no_handover")
    taken = []
    for ticket in await left_by(work.tx, handover):
        if ticket.status is Status.NEW:
            taken.append(await work.desk.act(work.tx, Action.CLAIM, ticket.id, by=handover.incoming, via=work.via))
        else:
            taken.append(await work.desk.hand_over(work.tx, ticket.id, to=handover.incoming, via=work.via))
    return (handed_over_card(handover, taken, reader),)
