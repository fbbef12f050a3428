"""How a ticket ended: solved, whether it works, how it was."""

from __future__ import annotations

from bot.cards import tickets
from bot.cards.reader import Reader
from bot.cards.scene import Given, Scene
from bot.messages import Button, Card, Facts, Reply, Tone, plain
from escalation.policy import Policy
from escalation.ticket import Action, Status, Ticket


def resolved(scene: Scene, facts: Given) -> Reply | None:
    """Cause and fix in plain words, with *It works* and *Still broken* as long as they can be pressed."""
    ticket, reader = scene.ticket, scene.reader
    if ticket.status is not Status.RESOLVED:
        return None
    rows = ((reader.tell("field.cause"), ticket.cause), (reader.tell("field.solution"), ticket.solution))
    return Card(
        title=reader.tell("resolved.title", ticket=ticket.name),
        tone=Tone.GOOD,
        state=tickets.state_of(ticket, reader),
        blocks=(Facts(rows), reader.paragraph("resolved.ask", who=reader.name(ticket.resolved_by))),
        buttons=(
            reader.button("confirm", f"t:confirm:{ticket.id}", "primary"),
            reader.button("reopen", f"t:reopen:{ticket.id}"),
        ),
        key=_outcome_key(ticket),
        ticket=ticket.id,
    )


def _outcome_key(ticket: Ticket) -> str:
    return f"outcome:{ticket.id}:{ticket.climb.generation}"


def outcome(scene: Scene, facts: Given) -> Reply:
    """The same card once it was answered, so that its buttons do not stay."""
    ticket, reader = scene.ticket, scene.reader
    closed = facts["action"] == Action.CLOSE.value
    return Card(
        title=reader.tell("resolved.title", ticket=ticket.name),
        tone=tickets.TONES[ticket.status],
        state=reader.tell("outcome.reviewed" if ticket.major and closed else f"outcome.{facts['action']}"),
        blocks=(plain(ticket.solution),) if ticket.solution else (),
        key=f"outcome:{ticket.id}:{facts['generation']}",
        ticket=ticket.id,
    )


def rate(scene: Scene, facts: Given) -> Reply | None:
    """Five stars to press; gone once they were pressed."""
    ticket, reader = scene.ticket, scene.reader
    if ticket.status is not Status.CLOSED or ticket.rating or ticket.resolved_by == ticket.requester:
        return None
    return rating_card(ticket, reader, reminder=bool(facts.get("reminder")))


def rating_card(ticket: Ticket, reader: Reader, *, reminder: bool = False) -> Card:
    """How was it? One to five, as native buttons."""
    stars = tuple(Button(reader.tell(f"rating.{number}"), f"t:rate:{ticket.id}:{number}") for number in range(1, 6))
    return Card(
        title=reader.tell("rate.title", ticket=ticket.name),
        blocks=(reader.paragraph("rate.again" if reminder else "rate.ask"),),
        buttons=stars,
        key=f"rate:{ticket.id}:{ticket.climb.generation}",
        ticket=ticket.id,
    )


def rated_card(ticket: Ticket, policy: Policy, reader: Reader) -> Card:
    """Thanks, with room for a comment, and a way back when the rating was low."""
    low = ticket.rating <= policy.low_rating
    buttons = [reader.button("rate_comment", f"t:ratecomment:{ticket.id}")] if not ticket.rating_comment else []
    if low:
        buttons.append(reader.button("reopen", f"t:reopen:{ticket.id}"))
    stars = "★" * ticket.rating + "☆" * (5 - ticket.rating)
    return Card(
        title=reader.tell("rate.title", ticket=ticket.name),
        state=stars,
        blocks=(reader.paragraph("rate.thanks_low" if low else "rate.thanks"),),
        buttons=tuple(buttons),
        key=f"rate:{ticket.id}:{ticket.climb.generation}",
        ticket=ticket.id,
    )
