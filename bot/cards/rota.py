"""Swaps and hand-overs as cards."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.reader import Reader
from bot.cards.tickets import ticket_line
from bot.messages import Button, Card, Span, Steps, Tone, plain
from bot.reaching import Hole
from escalation.swaps import Handover, Hours, Swap
from escalation.ticket import Ticket


def hours_text(hours: Hours, reader: Reader) -> str:
    """ "Mon 30 Nov 09:00 – Mon 7 Dec 09:00" in the reader's zone."""
    return f"{reader.moment(hours.start)} – {reader.moment(hours.end)}"


def swap_card(number: int, swap: Swap, reader: Reader) -> Card:
    """The question to a colleague, with *Accept* and *Decline*."""
    facts = {"who": reader.name(swap.asker), "hours": hours_text(swap.hours, reader)}
    body = [plain(reader.tell("swap.asks", **facts))]
    if swap.in_return is not None:
        body.append(plain(reader.tell("swap.in_return", hours=hours_text(swap.in_return, reader), who=facts["who"])))
    return Card(
        title=reader.tell("swap.title", who=facts["who"]),
        tone=Tone.INFO,
        state=reader.group(swap.group),
        blocks=tuple(body),
        buttons=(
            reader.button("accept", f"w:accept:{number}", "primary"),
            reader.button("decline_swap", f"w:decline:{number}"),
        ),
        key=f"swap:{number}",
    )


def handover_key(handover: Handover) -> str:
    """What a hand-over's button carries: group, tier and the moment, which together say everything."""
    return f"h:{handover.group}:{handover.tier}:{int(handover.at.timestamp())}"


def handover_card(handover: Handover, unfinished: Sequence[Ticket], reader: Reader) -> Card:
    """What somebody leaves unfinished at the end of a shift, for whoever comes next."""
    views = [Button(ticket.name, f"t:show:{ticket.id}") for ticket in unfinished[:8]]
    return Card(
        title=reader.tell("handover.title", count=len(unfinished), who=reader.name(handover.outgoing)),
        tone=Tone.INFO,
        state=reader.group(handover.group),
        blocks=tuple(plain(ticket_line(ticket, reader)) for ticket in unfinished),
        buttons=(reader.button("accept", handover_key(handover), "primary"), *views),
        key=handover_key(handover),
    )


def handed_over_card(handover: Handover, taken: Sequence[Ticket], reader: Reader) -> Card:
    """What stays of the card once it was accepted."""
    names = reader.tell("list.comma").join(ticket.name for ticket in taken)
    title = reader.tell("handover.taken", tickets=names) if taken else reader.tell("handover.nothing_left")
    return Card(title, tone=Tone.GOOD, state=reader.group(handover.group), key=handover_key(handover))


def hole_line(hole: Hole, reader: Reader) -> str:
    """A hole of the coming week in one sentence."""
    names = reader.tell("list.comma").join(reader.organisation.name_of(p, reader.language) for p in hole.instead)
    facts = {"group": reader.group(hole.group), "start": reader.moment(hole.start), "end": reader.moment(hole.end)}
    if names:
        return reader.tell("hole.line_covered", **facts, names=names)
    return reader.tell("hole.line", **facts)


def holes_card(found: Sequence[Hole], reader: Reader) -> Card:
    """Holes, for those who can mend them."""
    lines = Steps(tuple((Span(hole_line(hole, reader)),) for hole in found), ordered=False)
    title = reader.tell("hole.title", count=len(found))
    return Card(title, tone=Tone.WARN, blocks=(lines, plain(reader.tell("hole.body"))))
