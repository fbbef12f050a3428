"""What a ticket's alarm brings about: pages, questions, marks of its clocks, the end of a hold, closing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.desk import notify
from bot.desk.judging import Facts
from bot.desk.ledger import Ledger
from bot.failpoints import failpoint
from escalation import alarm
from escalation.alarm import AskRating, Close, Decision, HoldOver, Marked
from escalation.dispatch import recipients
from escalation.ladder import Alarm, Page, StillOnIt
from escalation.policy import Policy
from escalation.ticket import Action, Status, Ticket
from storage import pages, tickets
from storage.database import Transaction


class Alarms:
    """Does what `escalation.alarm` decides."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def run_due(self, tx: Transaction, numbers: Sequence[int]) -> int:
        """Do what the alarms of these tickets mean now; how many of them were due. Their writes go together."""
        due = await tickets.load_due(tx, numbers, self._ledger.clock())
        tx.gather()
        for ticket in due:
            await self.settle(tx, ticket, await self._ledger.policy(tx, ticket.policy))
            await asyncio.sleep(0)  # others may have the processor between two of them
        return len(due)

    async def repair(self, tx: Transaction, number: int) -> None:
        """Give an open ticket that has none the alarm it should have."""
        ticket = await tickets.load(tx, number)
        if ticket is not None and ticket.open and ticket.due_at is None:
            due = alarm.next_due(ticket, await self._ledger.policy(tx, ticket.policy)) or self._ledger.clock()
            await tickets.save(tx, replace(ticket, due_at=due))

    async def unreachable(self, tx: Transaction, number: int, generation: int, rung: int, person: str) -> None:
        """A page could not be delivered anywhere: the next rung is due now, unless somebody else holds it."""
        ticket = await tickets.load(tx, number)
        if ticket is None or ticket.status is not Status.NEW:
            return
        if (ticket.climb.generation, ticket.climb.rung) != (generation, rung) or ticket.climb.acknowledged_by:
            return
        policy = await self._ledger.policy(tx, ticket.policy)
        facts: Facts = {"unreachable": 1}
        ticket = await self._ledger.take(tx, ticket, policy, Action.DECLINE, by=person, via="", facts=facts)
        await self.settle(tx, ticket, policy)

    async def settle(self, tx: Transaction, ticket: Ticket, policy: Policy) -> Ticket:
        """Run the alarm until nothing is due: opening a P1 pages its first rung in the same commit."""
        now, whole = self._ledger.clock(), False
        for _ in range(5):
            if ticket.due_at is None or ticket.due_at > now:
                break
            before = ticket
            ticket, decisions = alarm.on_due(ticket, policy, now)
            whole = whole or any(isinstance(decision, HoldOver | Close) for decision in decisions)
            ticket = await (tickets.save if whole else tickets.save_alarm)(tx, ticket)
            for decision in decisions:
                ticket = await self._carry_out(tx, before, ticket, policy, decision)
        return ticket

    async def _carry_out(
        self, tx: Transaction, before: Ticket, ticket: Ticket, policy: Policy, decision: Decision
    ) -> Ticket:
        ledger = self._ledger
        match decision:
            case Page():
                await self._page(tx, before, ticket, decision)
            case StillOnIt(by=holder):
                facts: Facts = {"person": holder}
                await self._announce(tx, ticket, Action.ASK, facts, (f"person:{holder}",), "still_on_it")
            case Alarm(count=count):
                await self._announce(tx, ticket, Action.ALARM, {"count": count}, ("admin",), "alarm")
            case Marked(clock=clock, percent=percent, who=who):
                told: Facts = {"clock": clock, "percent": percent}
                quiet = policy.quiet_until(ticket.priority, ledger.clock())
                await self._announce(tx, ticket, Action.MARK, told, who, "mark", quiet)
            case HoldOver():
                ticket = await ledger.take(tx, ticket, policy, Action.RESUME, by="", via="", facts={})
                quiet = policy.quiet_until(ticket.priority, ledger.clock())
                await self._announce(tx, ticket, Action.REMIND, {}, ("owner",), "hold_over", quiet)
            case Close():
                ticket = await ledger.take(tx, ticket, policy, Action.CLOSE, by="", via="", facts={})
            case AskRating():
                await ledger.record(tx, before, ticket, ledger.event(ticket, Action.REMIND, "", "", {}))
        return ticket

    async def _page(self, tx: Transaction, before: Ticket, ticket: Ticket, page: Page) -> None:
        now, people = self._ledger.clock(), self._behind(ticket, page.who)
        for person in people:
            await pages.add(tx, pages.Paged(ticket.id, page.generation, page.rung, page.round, person, now))
        facts: Facts = {"rung": page.rung, "people": ",".join(people)}
        event = await tickets.add_event(tx, self._ledger.event(ticket, Action.PAGE, "", "", facts))
        posts = (*notify.page_posts(ticket, page, people), *notify.question_over(before, ticket, event))
        await self._ledger.post(tx, posts, event.at)
        failpoint("desk.paged")

    async def _announce(
        self,
        tx: Transaction,
        ticket: Ticket,
        action: Action,
        facts: Facts,
        who: tuple[str, ...],
        about: str,
        quiet_until: datetime | None = None,
    ) -> None:
        """A line of the log and a word to these people: in quiet hours when they are over, folded into one digest."""
        event = replace(self._ledger.event(ticket, action, "", "", facts), public=False)
        await tickets.add_event(tx, event)
        posts = notify.told_posts(ticket, event, about, self._behind(ticket, who))
        await self._ledger.post(tx, posts, event.at, quiet_until)

    def _behind(self, ticket: Ticket, who: tuple[str, ...]) -> tuple[str, ...]:
        """The people meant by "owner", "admin" and the like, for this ticket now."""
        organisation = self._ledger.organisation()
        people = recipients(
            who,
            group=organisation.group_of(ticket.asked_group),
            tier=ticket.asked_tier,
            owner=ticket.assignee,
            admins=organisation.admins,
            at=self._ledger.clock(),
        )
        return people or organisation.admins
