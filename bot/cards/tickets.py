"""The ticket as a card, for each who reads it, and as a line of a list."""

from __future__ import annotations

from collections.abc import Iterable

from bot.cards.buttons import action_buttons, own_work_buttons, requester_buttons, staff_buttons, way_to_work
from bot.cards.promises import clock_states, promise
from bot.cards.reader import Reader, strong
from bot.cards.timeline import event_line, event_words
from bot.messages import Block, Button, Card, Check, Checklist, CheckState, Facts, Quote, Tone, plain
from escalation.policy import Policy
from escalation.ticket import Action, Evidence, Status, Ticket, TicketEvent

TONES = {
    Status.NEW: Tone.WARN,
    Status.CLAIMED: Tone.INFO,
    Status.ON_HOLD: Tone.NEUTRAL,
    Status.RESOLVED: Tone.GOOD,
    Status.CLOSED: Tone.GOOD,
    Status.CANCELLED: Tone.NEUTRAL,
}


def headline(ticket: Ticket, reader: Reader) -> str:
    """ "T-12 · VPN drops"."""
    return f"{ticket.name} · {ticket.summary}"


def state_of(ticket: Ticket, reader: Reader) -> str:
    """The state in words, with who has it: "claimed by Wang Fang"."""
    if ticket.status is Status.CLAIMED:
        return reader.tell("state.claimed_by", name=reader.name(ticket.assignee))
    if ticket.status is Status.ON_HOLD and ticket.hold is not None:
        return reader.tell("state.on_hold_for", reason=waits_for(ticket, ticket.hold.reason, reader))
    return reader.tell(f"state.{ticket.status.value}")


def waits_for(ticket: Ticket, reason: str, reader: Reader) -> str:
    """What a hold waits for; the requester reads "your answer"."""
    own = reason == "requester" and reader.person == ticket.requester
    return reader.tell("hold.you" if own else f"hold.{reason}")


def on_hold(ticket: Ticket, reason: str, reader: Reader) -> str:
    """That the ticket waits, for what, and until when while it still does."""
    until = ticket.hold.until if ticket.hold else None
    key = "step.hold_until" if until else "step.hold"
    facts = {"until": reader.moment(until)} if until else {}
    return reader.tell(key, ticket=ticket.name, reason=waits_for(ticket, reason, reader), **facts)


def requester_card(ticket: Ticket, policy: Policy, possible: frozenset[Action], reader: Reader) -> Card:
    """The live card the requester sees: number, state, priority and the promise in words."""
    rows = [
        (
            reader.tell("field.priority"),
            f"{ticket.priority.value} · {reader.tell(f'priority.{ticket.priority.value}')}",
        ),
        (reader.tell("field.service"), reader.service(ticket.service)),
        (reader.tell("field.group"), reader.group(ticket.group)),
    ]
    promised = promise(ticket, policy, reader)
    if ticket.open and promised:
        rows.append((reader.tell("field.promise"), promised))
    return Card(
        title=headline(ticket, reader),
        tone=TONES[ticket.status],
        state=state_of(ticket, reader),
        blocks=(Facts(tuple(rows)),),
        buttons=(*requester_buttons(ticket, possible, reader), *way_to_work(ticket, possible, reader)),
        key=f"ticket:{ticket.id}",
        ticket=ticket.id,
    )


def staff_card(ticket: Ticket, policy: Policy, possible: frozenset[Action], reader: Reader, key: str = "") -> Card:
    """The card an engineer works from: alarming evidence first, then who, where, since when, and the clocks."""
    return Card(
        title=f"{ticket.priority.value} · {headline(ticket, reader)}",
        tone=Tone.BAD if ticket.open and ticket.priority.value == "P1" else TONES[ticket.status],
        state=state_of(ticket, reader),
        blocks=(
            *((strong(mark),) if (mark := incident_mark(ticket, reader)) else ()),
            *alarming(ticket, reader),
            *_body(ticket, reader),
            Facts(_clock_rows(ticket, policy, reader)),
        ),
        buttons=staff_buttons(ticket, possible, reader),
        key=key,
        ticket=ticket.id,
    )


def incident_mark(ticket: Ticket, reader: Reader) -> str:
    """That it is a major incident, or part of another ticket: nobody should work on each alone; empty otherwise."""
    if ticket.major:
        return reader.tell("major.mark")
    return reader.tell("major.part", ticket=f"T-{ticket.parent}") if ticket.parent is not None else ""


def alarming(ticket: Ticket, reader: Reader) -> tuple[Block, ...]:
    """Failed probes and tell-tale answers: what the engineer should see before anything else."""
    items = tuple(evidence_check(item, reader) for item in ticket.evidence if item.alarming)
    return (Checklist(items),) if items else ()


def evidence_check(item: Evidence, reader: Reader) -> Check:
    """One finding as a line of a checklist."""
    state = CheckState.FAIL if item.alarming else CheckState.OK if item.kind == "probe" else CheckState.UNKNOWN
    return Check(reader.say(item.subject), state, reader.say(item.finding))


def _body(ticket: Ticket, reader: Reader) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if ticket.description and ticket.description != ticket.summary:
        blocks.append(Quote(ticket.description, reader.name(ticket.requester)))
    return (*blocks, Facts(fact_rows(ticket, reader)))


def fact_rows(ticket: Ticket, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Who, what and where, each with its label, leaving out what nobody said."""
    organisation = reader.organisation
    place = organisation.places.get(ticket.details.get("place", ""))
    rows = [
        ("requester", reader.name(ticket.requester)),
        ("opened_by", reader.name(ticket.opened_by) if ticket.opened_by != ticket.requester else ""),
        ("service", reader.service(ticket.service)),
        ("category", reader.tell("category.emergency") if ticket.category == "emergency" else ""),
        ("group", f"{reader.group(ticket.group)} · {reader.tell('tier', level=ticket.tier)}"),
        ("on_hold_until", reader.moment(ticket.hold.until) if ticket.hold and ticket.hold.until else ""),
        ("place", reader.say(place.names) if place else ticket.details.get("place", "")),
        ("affected", _choice(reader, "affected", ticket.details.get("affected", ""))),
        ("severity", _choice(reader, "severity", ticket.details.get("severity", ""))),
        *((name, ticket.details.get(name, "")) for name in ("device", "ip", "since", "errors", "callback", "promise")),
        ("cause", ticket.cause),
        ("solution", ticket.solution),
        ("rating", "★" * ticket.rating + "☆" * (5 - ticket.rating) if ticket.rating else ""),
        ("rating_comment", ticket.rating_comment),
    ]
    return tuple((reader.tell(f"field.{name}"), value) for name, value in rows if value)


def _choice(reader: Reader, name: str, value: str) -> str:
    return reader.tell(f"{name}.{value}") if value else ""


def _clock_rows(ticket: Ticket, policy: Policy, reader: Reader) -> tuple[tuple[str, str], ...]:
    return tuple((state.name, state.sentence) for state in clock_states(ticket, policy, reader))


def ticket_line(ticket: Ticket, reader: Reader) -> str:
    """A ticket in one line of a list."""
    return f"{ticket.name} · {ticket.priority.value} · {ticket.summary} · {state_of(ticket, reader)}"


def list_card(title: str, tickets: Iterable[Ticket], reader: Reader, empty: str) -> Card:
    """A list of tickets, each with a button that shows it."""
    shown = tuple(tickets)[:10]
    blocks = tuple(plain(ticket_line(ticket, reader)) for ticket in shown) or (plain(empty),)
    buttons = tuple(Button(ticket.name, f"t:show:{ticket.id}") for ticket in shown)
    return Card(title, blocks=blocks, buttons=buttons)


def more_card(ticket: Ticket, possible: frozenset[Action], reader: Reader) -> Card:
    """The less frequent actions, behind *More*."""
    buttons = tuple(
        reader.button(action.value, value, "danger" if action is Action.CANCEL else "")
        for action, value in action_buttons(ticket, possible, more=True)
    )
    return Card(headline(ticket, reader), state=state_of(ticket, reader), buttons=buttons, ticket=ticket.id)


def detail_card(
    ticket: Ticket,
    policy: Policy,
    events: Iterable[TicketEvent],
    possible: frozenset[Action],
    reader: Reader,
    *,
    staff: bool,
    own: bool,
) -> Card:
    """`show N`: the card with its latest steps."""
    card = staff_card(ticket, policy, possible, reader) if staff else requester_card(ticket, policy, possible, reader)
    buttons = own_work_buttons(ticket, possible, reader) if staff and own else card.buttons
    steps: list[Block] = [strong(reader.tell("timeline.latest"))]
    for event in list(events)[-6:]:
        words = event_words(event)
        steps.append(plain(f"{reader.moment(event.at)} · {event_line(event, reader)}"))
        if words:
            steps.append(Quote(words))
    return Card(card.title, card.tone, card.state, (*card.blocks, *steps), buttons, "", ticket.id)
