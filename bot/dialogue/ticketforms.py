"""What an action on a ticket asks for before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.cards.reader import Reader
from bot.dialogue.fields import LONGEST_TEXT, choice, entry, named_choices
from bot.dialogue.world import World
from bot.messages import Choice, Field, FieldKind, Form
from escalation.priority import Priority
from escalation.ticket import Action, Ticket


def about_ticket(action: Action, ticket: Ticket, world: World) -> Form | None:
    """The form an action needs before it can be done, or None when a press is enough."""
    build = _FORMS.get(action)
    if build is None:
        return None
    reader = world.reader
    return Form(
        key=f"t:{action.value}:{ticket.id}",
        title=reader.tell(f"form.{action.value}", ticket=ticket.name),
        fields=build(ticket, world),
        submit=reader.tell("button.change_priority" if action is Action.PRIORITY else f"button.{action.value}"),
        intro=ticket.summary,
        ticket=ticket.id,
    )


def _resolve(ticket: Ticket, world: World) -> tuple[Field, ...]:
    return (
        entry("cause", world.reader, required=True, longest=1000),
        entry("solution", world.reader, FieldKind.TEXT, required=True, longest=LONGEST_TEXT),
    )


def _hold(ticket: Ticket, world: World) -> tuple[Field, ...]:
    reader = world.reader
    reasons = tuple(Choice(r, reader.tell(f"awaited.{r}")) for r in world.organisation.policy.pausing_reasons)
    return (
        choice("reason", reader, reasons, "", required=True),
        entry("until", reader, FieldKind.MOMENT, longest=40),
    )


def _on_my_way(ticket: Ticket, world: World) -> tuple[Field, ...]:
    return (_by_when(world.reader, required=True),)


def _visit(ticket: Ticket, world: World) -> tuple[Field, ...]:
    return (_by_when(world.reader, required=False),)


def _promise(ticket: Ticket, world: World) -> tuple[Field, ...]:
    return (
        _by_when(world.reader, required=True),
        entry("text", world.reader, FieldKind.TEXT, longest=LONGEST_TEXT),
    )


def _by_when(reader: Reader, *, required: bool) -> Field:
    """The same field as a hold's end, but what is asked for here is a deadline."""
    field = entry("until", reader, FieldKind.MOMENT, required=required, longest=40)
    return replace(field, label=reader.tell("field.by_when"))


def _transfer(ticket: Ticket, world: World) -> tuple[Field, ...]:
    reader = world.reader
    groups = named_choices(
        {k: each.names for k, each in world.organisation.groups.items() if k != ticket.group}, reader
    )
    return (
        choice("group", reader, groups, "", required=True),
        entry("note", reader, FieldKind.TEXT, longest=2000),
    )


def _assign(ticket: Ticket, world: World) -> tuple[Field, ...]:
    reader = world.reader
    people = tuple(
        Choice(person, reader.organisation.name_of(person, reader.language))
        for tier in world.organisation.group_of(ticket.group).tiers
        for person in tier.people
        if person != ticket.assignee
    )
    return (choice("person", reader, people, "", required=True, kind=FieldKind.PERSON),)


def _priority(ticket: Ticket, world: World) -> tuple[Field, ...]:
    reader = world.reader
    options = tuple(
        Choice(p.value, f"{p.value} · {reader.tell(f'priority.{p.value}')}")
        for p in Priority
        if p is not ticket.priority
    )
    return (choice("priority", reader, options, "", required=True),)


def _words(ticket: Ticket, world: World) -> tuple[Field, ...]:
    return (entry("text", world.reader, FieldKind.TEXT, required=True, longest=LONGEST_TEXT),)


def _link(ticket: Ticket, world: World) -> tuple[Field, ...]:
    reader = world.reader
    ways = tuple(Choice(way, reader.tell(f"link.{way}")) for way in ("duplicate", "child"))
    return (
        entry("other", reader, required=True, longest=12),
        choice("as", reader, ways, "duplicate", required=True),
    )


_FORMS: Mapping[Action, Callable[[Ticket, World], tuple[Field, ...]]] = {
    Action.RESOLVE: _resolve,
    Action.HOLD: _hold,
    Action.ACK: _on_my_way,  # *Acknowledge* needs none; *On my way* asks until when
    Action.VISIT: _visit,
    Action.PROMISE: _promise,
    Action.TRANSFER: _transfer,
    Action.ASSIGN: _assign,
    Action.PRIORITY: _priority,
    Action.NOTE: _words,
    Action.REPLY: _words,
    Action.COMMENT: _words,
    Action.RATE: _words,
    Action.LINK: _link,
}
