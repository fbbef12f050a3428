"""Whoever reported the same danger hears who takes it and how it ends."""

from __future__ import annotations

from bot.desk.draft import EMERGENCY
from bot.desk.notify import to_person
from bot.messages import Lane, Text
from bot.organisation import Organisation
from bot.phrases import tell
from bot.reply_json import to_json
from escalation.ticket import Action, Ticket, TicketEvent
from storage import majors, outbox, people
from storage.database import Transaction

TOLD = frozenset({Action.CLAIM, Action.RESOLVE, Action.REOPEN})


async def tell_followers(tx: Transaction, organisation: Organisation, ticket: Ticket, event: TicketEvent) -> None:
    """One sentence to each follower of an emergency, in their language."""
    if ticket.category != EMERGENCY or ticket.major or event.action not in TOLD:
        return
    for person in await majors.followers_of(tx, ticket.id):
        known = organisation.people.get(person)
        if known is None or person in (event.by, ticket.requester):
            continue
        language = (await people.settings(tx, person)).get("language", known.language)
        who = organisation.name_of(event.by, language)
        sentence = tell(f"follow.{event.action.value}", language, ticket=ticket.name, who=who, solution=ticket.solution)
        await outbox.put(
            tx,
            key=f"follow:{ticket.id}:{ticket.version}:{person}",
            target=to_person(person),
            notice="reply",
            facts={"reply": to_json(Text(sentence))},
            lane=int(Lane.NOTICE),
            ticket=None,
            at=event.at,
        )
