"""What the pages read, drawn by the same cards and rules as the chat: nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable

from bot.cards.reader import Reader as Seer
from bot.desk.concerning import concerning
from bot.desk.judging import Seen
from bot.desk.tickets import Desk
from bot.dialogue.world import reader_for
from bot.messages import Choice
from bot.organisation import Person
from bot.web import sheets, views
from escalation import access
from escalation.access import Look, Role
from escalation.alarm import named_by
from escalation.errors import Refusal
from escalation.priority import Priority
from escalation.ticket import OPEN, Status, Ticket
from storage import attachments, pages, people, tickets
from storage.database import Database, Transaction
from storage.tickets import Filter

AROUND = frozenset({Role.OPERATOR, Role.MANAGER, Role.AUDITOR, Role.ADMIN})  # of no group, but of the desk
SUGGESTED = ("zhao.min", "wang.fang", "zhang.wei")  # the sample's employee, engineer and manager


class DeskViews:
    """The pages' questions, answered from the database for one reader at a time."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self.database = database
        self.desk = desk

    # -- people ------------------------------------------------------------------------------------

    async def reader(self, person: str) -> views.Reader | None:
        """The reader, in their own language."""
        known = self.desk.organisation.people.get(person)
        if known is None:
            return None
        actor, groups = self.desk.organisation.actor(person), self._groups(person)
        new = Filter(groups=groups, statuses=OPEN, unclaimed=True)
        async with self.database.reading() as tx:
            settings = await people.settings(tx, person)
            seer = reader_for(self.desk.organisation, person, settings, self.desk.clock())
            unclaimed = await tickets.count(tx, new) if groups else 0
        waiting = await self.pages(person)
        return views.Reader(
            key=person,
            name=known.called(seer.language),
            title=seer.say(known.title),
            language=seer.language,
            zone=known.zone,
            works=access.sees_queue(actor),
            pages=len(waiting),
            unclaimed=unclaimed,
            answers_calls=Role.OPERATOR in actor.roles,
            chose="language" in settings,
        )

    async def seats(self, language: str) -> tuple[views.Seat, ...]:
        """Everybody, the three who make the first journey in front."""
        everybody = self.desk.organisation.people
        seer = Seer("", language, self.desk.organisation.zone, self.desk.clock(), self.desk.organisation)
        order = [key for key in SUGGESTED if key in everybody] + [k for k in everybody if k not in SUGGESTED]
        return tuple(self._seat(everybody[key], seer) for key in order)

    def _seat(self, person: Person, seer: Seer) -> views.Seat:
        other = "en" if seer.language == "zh" else "zh"
        hint = f"web.seat.hint.{person.key}"
        return views.Seat(
            key=person.key,
            name=person.called(seer.language),
            title=seer.say(person.title),
            group=self._seat_group(person, seer),
            also=person.called(other) if person.called(other) != person.called(seer.language) else "",
            hint=seer.tell(hint) if seer.knows(hint) else "",
        )

    def _seat_group(self, person: Person, seer: Seer) -> str:
        actor = self.desk.organisation.actor(person.key)
        group = next(iter(sorted(actor.groups)), "")
        if not group and actor.roles & AROUND:
            return seer.tell("web.seats.around")
        return seer.group(group) if group else ""

    # -- lists -------------------------------------------------------------------------------------

    async def my_tickets(self, person: str) -> tuple[views.TicketRow, ...]:
        """The reader's own and those they filed for others, the open ones first."""
        async with self.database.reading() as tx:
            found = await tickets.find(tx, Filter(involved=person, limit=200))
            ordered = sorted(found, key=lambda ticket: not ticket.open and ticket.status is not Status.RESOLVED)
            return await self._rows(tx, person, ordered)

    async def queue(self, person: str, wanted: views.QueueFilter) -> tuple[views.TicketRow, ...]:
        """What the reader's groups have to do and what their name stands on the ladder of, the most urgent first."""
        groups = self._groups(person)
        if wanted.group:
            groups &= frozenset({wanted.group})
            if not groups:
                return ()
        priorities = frozenset({Priority[wanted.priority]}) if wanted.priority in Priority.__members__ else frozenset()
        found = Filter(
            groups=groups,
            assignee=person if wanted.mine else None,
            statuses=_statuses(wanted.status),
            priorities=priorities,
            text=wanted.text,
            unclaimed=wanted.unclaimed,
            limit=200,
            urgent_first=True,
        )
        async with self.database.reading() as tx:
            if wanted.group:
                return await self._rows(tx, person, await tickets.find(tx, found))
            return await self._rows(tx, person, await concerning(tx, self.desk, person, found))

    def _groups(self, person: str) -> frozenset[str]:
        organisation = self.desk.organisation
        return organisation.queue_of(organisation.actor(person))

    async def queue_choices(self, person: str) -> views.QueueChoices:
        """The filters' options, in the reader's words."""
        async with self.database.reading() as tx:
            seer = await self._seer(tx, person)
        groups = sorted(self._groups(person))
        return views.QueueChoices(
            statuses=tuple(Choice(s.value, seer.tell(f"state.{s.value}")) for s in Status),
            priorities=tuple(Choice(p.value, f"{p.value} · {seer.tell(f'priority.{p.value}')}") for p in Priority),
            groups=tuple(Choice(key, seer.group(key)) for key in groups),
        )

    async def queue_version(self, person: str) -> str:
        """Changes with every step of any ticket."""
        async with self.database.reading() as tx:
            return str(await tickets.latest_event(tx))

    async def pages(self, person: str) -> tuple[views.PageRow, ...]:
        """The pages that still want this reader's answer, the oldest first, one for each ticket."""
        async with self.database.reading() as tx:
            seer = await self._seer(tx, person)
            rows: dict[int, views.PageRow] = {}
            for page in reversed(await pages.open_for(tx, person)):
                seen = await self._see(tx, page.ticket, person)
                if seen is not None and seen.ticket.status is Status.NEW and not seen.ticket.climb.acknowledged_by:
                    rows[page.ticket] = sheets.page_row(seen, page, seer)
        return tuple(rows.values())

    async def _rows(self, tx: Transaction, person: str, found: Iterable[Ticket]) -> tuple[views.TicketRow, ...]:
        seer, actor = await self._seer(tx, person), self.desk.organisation.actor(person)
        rows = []
        for ticket in found:
            policy = await self.desk.policy(tx, ticket.policy)
            seen = Seen(ticket, policy, actor, frozenset(), named_by(ticket, policy))
            if access.may(actor, Look.TIMELINE, ticket, seen.named):
                rows.append(sheets.row(seen, seer))
        return tuple(rows)

    # -- one ticket --------------------------------------------------------------------------------

    async def ticket(self, person: str, number: int) -> views.TicketView | None:
        """Everything about one ticket that this reader may see."""
        async with self.database.reading() as tx:
            seen = await self._see(tx, number, person)
            if seen is None:
                return None
            seer = await self._seer(tx, person)
            events = await tickets.events(tx, number, public_only=not seen.internal)
            files = await attachments.of_ticket(tx, number)
            paged = await pages.of_ticket(tx, number) if seen.internal else ()
        return sheets.sheet(seen, events, files, paged, seer)

    async def attachment(self, person: str, number: int) -> views.AttachmentFile | None:
        """A file, for those who may see its ticket, and for whoever sent it."""
        async with self.database.reading() as tx:
            loaded = await attachments.load(tx, number)
            if loaded is None:
                return None
            about, content = loaded
            if about.ticket is None:
                allowed = about.uploaded_by == person
            else:
                allowed = await self._see(tx, about.ticket, person) is not None
        return views.AttachmentFile(about.name, about.media_type, content) if allowed else None

    async def _see(self, tx: Transaction, number: int, person: str) -> Seen | None:
        try:
            return await self.desk.see(tx, number, person)
        except Refusal:
            return None

    async def _seer(self, tx: Transaction, person: str) -> Seer:
        return reader_for(self.desk.organisation, person, await people.settings(tx, person), self.desk.clock())


def _statuses(word: str) -> frozenset[Status]:
    return frozenset({Status(word)}) if word in set(Status) else OPEN
