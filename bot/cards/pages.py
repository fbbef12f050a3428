"""A page, and the question to whoever answered it whether they are still on it."""

from __future__ import annotations

from bot.cards import tickets
from bot.cards.reader import Reader, strong
from bot.cards.scene import Given, Scene
from bot.messages import Button, Card, Reply, Tone, plain
from escalation.ticket import Action, Status, Ticket


def page(scene: Scene, facts: Given) -> Reply:
    """A page. Once somebody has the ticket, the same card says so and asks for nothing."""
    ticket, reader = scene.ticket, scene.reader
    key = f"page:{ticket.id}:{facts['generation']}:{facts['rung']}:{facts['round']}"
    current = ticket.status is Status.NEW and ticket.climb.generation == facts["generation"]
    if not current:
        return Card(
            tickets.headline(ticket, reader),
            tickets.TONES[ticket.status],
            tickets.state_of(ticket, reader),
            key=key,
            ticket=ticket.id,
        )
    holder = ticket.climb.acknowledged_by
    card = tickets.staff_card(ticket, scene.policy, frozenset(), reader, key)
    reason = _reason(scene, facts)
    state = _held(ticket, reader) if holder else reader.tell("page.waiting")
    return Card(
        title=_title(scene, facts),
        tone=Tone.WARN if holder else Tone.BAD,
        state=state,
        blocks=(plain(reason), strong(ticket.summary), *card.blocks),
        buttons=_buttons(scene, answered=bool(holder)),
        key=key,
        ticket=ticket.id,
    )


def _held(ticket: Ticket, reader: Reader) -> str:
    """Who has acknowledged, and when they will be there or that they were asked about it."""
    who, climb = reader.name(ticket.climb.acknowledged_by), ticket.climb
    if climb.asked:
        return reader.tell("page.asked", who=who)
    if climb.arrives_at is not None:
        return reader.tell("page.on_my_way", who=who, at=reader.moment(climb.arrives_at))
    return reader.tell("page.held", who=who)


def _title(scene: Scene, facts: Given) -> str:
    ticket = scene.ticket
    return scene.reader.tell("page.title", ticket=ticket.name, priority=ticket.priority.value)


def _reason(scene: Scene, facts: Given) -> str:
    reader, ticket = scene.reader, scene.ticket
    if facts.get("lapsed"):
        return reader.tell("page.lapsed", who=reader.name(str(facts["lapsed"])), ticket=ticket.name)
    key = "page.first" if facts["rung"] == 1 else "page.next"
    sentence = reader.tell(key, ticket=ticket.name, group=reader.group(ticket.group), rung=facts["rung"])
    if facts.get("skipped"):
        sentence += " " + reader.tell("page.skipped", rungs=str(facts["skipped"]))
    return sentence


def _buttons(scene: Scene, *, answered: bool) -> tuple[Button, ...]:
    reader, ticket = scene.reader, scene.ticket
    buttons: list[Button] = []
    if not answered:
        buttons += page_buttons(ticket, scene.possible, reader, first="primary")
    if Action.CLAIM in scene.possible:
        buttons.append(reader.button("claim", f"t:claim:{ticket.id}"))
    buttons.append(reader.button("view", f"t:show:{ticket.id}"))
    return tuple(buttons)


def page_buttons(ticket: Ticket, possible: frozenset[Action], reader: Reader, *, first: str = "") -> tuple[Button, ...]:
    """What can be said to a page: at once, on the way, or not me. `first` is the style of the first of them."""
    if Action.ACK not in possible:
        return ()
    return (
        reader.button("ack", f"t:ack:{ticket.id}", first),
        reader.button("on_my_way", f"t:onmyway:{ticket.id}"),
        reader.button("decline", f"t:decline:{ticket.id}"),
    )


def answered(scene: Scene, facts: Given) -> Reply:
    """What stays of the question whether one is still on it."""
    if facts["by"] == scene.reader.person and facts["action"] in (Action.ACK.value, Action.DECLINE.value):
        return answered_card(scene.ticket, Action(str(facts["action"])), int(facts["since"]), scene.reader)
    ticket, reader = scene.ticket, scene.reader
    return Card(
        reader.tell("told.still_on_it", ticket=ticket.name),
        state=tickets.state_of(ticket, reader),
        key=question_key(ticket, int(facts["since"])),
        ticket=ticket.id,
    )


def answered_card(ticket: Ticket, answer: Action, since: int, reader: Reader) -> Card:
    """The question whether one is still on it, answered with yes (acknowledged again) or no (declined)."""
    said = "done.still_on_it" if answer is Action.ACK else "done.decline"
    return Card(reader.tell(said, ticket=ticket.name), key=question_key(ticket, since), ticket=ticket.id)


def question_key(ticket: Ticket, since: int) -> str:
    """The key of the question whether one is still on it; `since` is when they had acknowledged, in Unix seconds."""
    return f"still:{ticket.id}:{since}"


def yes_or_no(scene: Scene) -> tuple[Button, ...]:
    """The answers to "still on it?", as long as it is the reader who is asked."""
    ticket, reader = scene.ticket, scene.reader
    if not ticket.climb.asked or ticket.climb.acknowledged_by != reader.person or Action.ACK not in scene.possible:
        return ()
    return (
        reader.button("still_on_it", f"t:ack:{ticket.id}", "primary"),
        reader.button("not_any_more", f"t:decline:{ticket.id}"),
    )
