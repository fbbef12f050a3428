"""The desk: one use case is one transaction. Load, decide, save; who is told is in `notify`.

Every method takes the caller's transaction, so that an event, its effects and what is to be sent are one commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.desk.alarms import Alarms
from bot.desk.draft import EMERGENCY, Draft
from bot.desk.files import bind, bind_own
from bot.desk.judging import Facts, Seen, judged
from bot.desk.ledger import Ledger
from bot.failpoints import failpoint
from bot.organisation import Organisation
from bot.phrases import tell
from escalation import access, lifecycle
from escalation.access import Look
from escalation.alarm import named_by
from escalation.errors import Absent, Forbidden, OutOfOrder, TooLate
from escalation.major import LET_BE
from escalation.policy import Policy
from escalation.ticket import Action, Climb, Status, Ticket
from storage import pages, policies, tickets
from storage.database import Transaction


class Desk:
    """The service layer. `organisation` is replaced as a whole when `desk.yaml` is read again."""

    def __init__(self, organisation: Organisation, clock: Callable[[], datetime]) -> None:
        self.organisation = organisation
        self.clock = clock
        self.posted = asyncio.Event()  # somebody should drain the outbox
        self._ledger = Ledger(lambda: self.organisation, clock, self.posted)
        self.alarms = Alarms(self._ledger)

    # -- opening -----------------------------------------------------------------------------------

    async def open(self, tx: Transaction, draft: Draft, *, via: str) -> Ticket:
        """A new ticket: numbered, dispatched, its clocks running, the first rung of its ladder paged."""
        policy, now = self.organisation.policy, self.clock()
        digest = policy.digest()
        await policies.keep(tx, digest, policy.to_json())
        service = self.organisation.services.get(draft.service)
        ticket = Ticket(
            id=0,
            kind=draft.kind,
            origin=draft.origin,
            status=Status.NEW,
            priority=draft.priority,
            service=draft.service,
            category=draft.category or (service.category if service else ""),
            group=self._group_for(draft),
            tier=1,
            summary=draft.summary,
            description=draft.description,
            requester=draft.requester,
            opened_by=draft.opened_by,
            opened_at=now,
            policy=digest,
            details=draft.details,
            evidence=draft.evidence,
            confidential=bool(service and service.confidential),
            climb=Climb(),
        )
        ticket = await tickets.insert(tx, lifecycle.opened(ticket, policy, now))
        failpoint("desk.opened")
        bound = [str(number) for number in draft.files if await bind_own(tx, number, ticket)]
        facts: Facts = {"priority": ticket.priority.value, **({"files": ",".join(bound)} if bound else {})}
        event = self._ledger.event(ticket, Action.OPEN, draft.opened_by, via, facts)
        await self._ledger.record(tx, ticket, ticket, event)
        return await self.alarms.settle(tx, ticket, policy)

    def _group_for(self, draft: Draft) -> str:
        """The group that looks after the service; a danger to none in particular has its own.

        Tickets like it may have been moved elsewhere: then it goes there, unless its kind decides.
        """
        known = draft.service in self.organisation.services
        if draft.category == EMERGENCY and not known and self.organisation.emergency_group:
            return self.organisation.emergency_group
        if draft.group in self.organisation.groups and draft.kind.value not in self.organisation.kind_groups:
            return draft.group
        return self.organisation.group_for(draft.kind.value, draft.service).key

    # -- acting ------------------------------------------------------------------------------------

    async def see(self, tx: Transaction, number: int, person: str) -> Seen:
        """The ticket as this person may see it; `Absent` for no ticket and for none of their business alike."""
        ticket = await tickets.load(tx, number)
        actor = self.organisation.actor(person)
        if ticket is None:
            raise Absent("refused.absent", ticket=f"T-{number}")
        paged = await pages.paged(tx, ticket.id, ticket.climb.generation)
        policy = await self.policy(tx, ticket.policy)
        named = named_by(ticket, policy)
        if not access.may(actor, Look.TIMELINE, ticket, paged | named):
            raise Absent("refused.absent", ticket=f"T-{number}")
        return Seen(ticket, policy, actor, paged, named)

    async def act(
        self, tx: Transaction, action: Action, number: int, *, by: str, via: str, facts: Facts | None = None
    ) -> Ticket:
        """One action by one person: authorised, applied, saved, told. Raises a `Refusal`, changing nothing."""
        seen = await self.see(tx, number, by)
        action = seen.meant(action)
        facts = judged(seen, action, dict(facts or {}), self.organisation, self.clock())
        if action is Action.CONFIRM and seen.ticket.major:
            # Only its review closes a major incident; what the requester says of it is kept.
            language = self.organisation.people[by].language
            action, facts = Action.COMMENT, {"text": tell("outage.works_comment", language)}
        if action is Action.LINK:
            # A ticket one may not see cannot be linked to.
            whole = (await self.see(tx, int(facts["other"]), by)).ticket
            if facts.get("as") == "child" and whole.major and whole.open:
                facts["until"] = (self.clock() + LET_BE).isoformat()
        if action is Action.DECLINE:
            facts["rung"] = await self._paged_at(tx, seen.ticket, by)
        if action is Action.ATTACH:
            facts |= await bind(tx, number, str(facts.pop("files")), by)
        note = str(facts.pop("note", ""))
        ticket = await self._ledger.take(tx, seen.ticket, seen.policy, action, by=by, via=via, facts=facts)
        if note:  # what goes along with a transfer is for whoever works on it
            ticket = await self._ledger.take(tx, ticket, seen.policy, Action.NOTE, by=by, via=via, facts={"text": note})
        if action in (Action.ACK, Action.DECLINE):
            await pages.answer(tx, ticket.id, ticket.climb.generation, by, _ANSWERED[action], self.clock())
        if lifecycle.wakes(ticket, action, by):
            ticket = await self._ledger.take(tx, ticket, seen.policy, Action.RESUME, by="", via=via, facts={})
        return await self.alarms.settle(tx, ticket, seen.policy)

    async def _paged_at(self, tx: Transaction, ticket: Ticket, person: str) -> int:
        """The highest rung of the ticket's current ladder that paged this person."""
        mine = [page for page in await pages.of_ticket(tx, ticket.id) if page.person == person]
        return max((page.rung for page in mine if page.generation == ticket.climb.generation), default=0)

    async def add_rating_comment(self, tx: Transaction, number: int, *, by: str, text: str) -> Ticket:
        """The words behind the stars, once: the stars stay as they are."""
        seen = await self.see(tx, number, by)
        if not access.may(seen.actor, Action.RATE, seen.ticket):
            raise Forbidden("refused.forbidden", ticket=seen.ticket.name, action=Action.RATE.value)
        if not seen.ticket.rating:
            raise OutOfOrder("refused.state", ticket=seen.ticket.name, status=seen.ticket.status, action=Action.RATE)
        if seen.ticket.rating_comment:
            raise TooLate("refused.rated", ticket=seen.ticket.name, stars=seen.ticket.rating)
        ticket = await tickets.save(tx, replace(seen.ticket, rating_comment=text))
        low = int(ticket.rating <= seen.policy.low_rating)
        facts: Facts = {"stars": ticket.rating, "comment": text, "text": text, "low": low}
        await self._ledger.record(tx, seen.ticket, ticket, self._ledger.event(ticket, Action.RATE, by, "", facts))
        return ticket

    async def step(self, tx: Transaction, ticket: Ticket, action: Action, *, by: str, via: str, facts: Facts) -> Ticket:
        """One step for which the right was established elsewhere: applied, saved, told."""
        policy = await self.policy(tx, ticket.policy)
        ticket = await self._ledger.take(tx, ticket, policy, action, by=by, via=via, facts=facts)
        return await self.alarms.settle(tx, ticket, policy)

    async def remark(
        self, tx: Transaction, ticket: Ticket, action: Action, *, by: str, via: str, facts: Facts
    ) -> Ticket:
        """A line in the ticket's history, told like any other; the ticket itself stays as it is."""
        saved = await tickets.save(tx, ticket)
        await self._ledger.record(tx, ticket, saved, self._ledger.event(saved, action, by, via, facts))
        return saved

    async def hand_over(self, tx: Transaction, number: int, *, to: str, via: str) -> Ticket:
        """The ticket, exactly as it stands, to whoever works now: having been offered it is the right to take it."""
        seen = await self.see(tx, number, to)
        ticket = await tickets.save(tx, replace(seen.ticket, assignee=to))
        facts: Facts = {"person": to, "before": seen.ticket.assignee}
        await self._ledger.record(tx, seen.ticket, ticket, self._ledger.event(ticket, Action.ASSIGN, to, via, facts))
        return ticket

    async def policy(self, tx: Transaction, digest: str) -> Policy:
        """The policy a ticket was opened under."""
        return await self._ledger.policy(tx, digest)


_ANSWERED = {Action.ACK: "acknowledged", Action.DECLINE: "declined"}
