"""The question now on the table: kept with the conversation, so that it can be asked again and put away.

A card asks by its buttons (`d:` of this conversation, `f:` of a form asked in steps), the intake form by its fields.
When the conversation moves on, what asked before loses its buttons; a press that still arrives changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import dropwhile
from typing import Any

from bot.cards.reader import Reader
from bot.dialogue.talk import Talk
from bot.dialogue.turns import is_number
from bot.messages import Block, Button, Card, Form, Paragraph, Picture, Reply, Tone, plain
from bot.reply_json import from_json, to_json

FORM = "intake:"


def laid(replies: Iterable[Reply]) -> Card | None:
    """The last reply that asks something of this conversation; a form drawn whole is known by its title."""
    found = None
    for reply in replies:
        match reply:
            case Card(key=key, buttons=buttons) if key and _asks(key, buttons):
                found = reply
            case Form(key=key, title=title) if key.startswith(FORM):
                found = Card(title, key=key)
    return found


def _asks(key: str, buttons: tuple[Button, ...]) -> bool:
    steps = key.startswith(FORM) and any(button.action.startswith("f:") for button in buttons)
    return steps or any(button.action.startswith("d:") for button in buttons)


def on(talk: Talk) -> Card | None:
    """The question on the table, if there is one."""
    card = from_json(talk.table) if talk.table else None
    return card if isinstance(card, Card) else None


def kept(before: Talk, talk: Talk, replies: tuple[Reply, ...]) -> tuple[Talk, Card | None]:
    """The talk with what is on its table from now on, and the question that is over, if one is."""
    asking, asked = laid(replies), on(before)
    if asking is None and talk.turn == before.turn:
        return replace(talk, table=before.table), None
    now: Mapping[str, Any] = to_json(asking) if asking else {}
    standing = {reply.key for reply in replies if isinstance(reply, Card | Form)}
    over = asked if asked is not None and asked.key not in standing else None
    return replace(talk, table=now), over


def about(reply: Reply) -> set[int]:
    """The tickets a reply tells of: its own, and those its buttons open."""
    found = {reply.ticket} if not isinstance(reply, Picture) else set()
    for button in reply.buttons if isinstance(reply, Card) else ():
        kind, _, *rest = [*button.action.split(":"), "", ""]
        found |= {int(rest[0])} if kind == "t" and is_number(rest[0]) else set()
    return {number for number in found if number is not None}


def put_away(card: Card, reader: Reader) -> Card:
    """What stays of a question that is over: all but its buttons. What was told of a ticket was no question."""
    state = card.state or ("" if card.ticket is not None else reader.tell("table.earlier"))
    return replace(card, title=_title(card, reader), state=state, buttons=())


def put_aside(card: Card, reader: Reader, *buttons: Button) -> Card:
    """What a question says that nobody answered."""
    state = reader.tell("table.aside")
    return replace(card, title=_title(card, reader), tone=Tone.NEUTRAL, state=state, buttons=buttons)


def _title(card: Card, reader: Reader) -> str:
    """What the card is called; a form drawn whole may have been drawn in another language since."""
    drawn_whole = card.key.startswith(FORM) and not card.buttons
    return reader.tell("intake.title") if drawn_whole else card.title


def asked_again(talk: Talk, lead: str = "") -> tuple[Talk, Card | None]:
    """The question once more, below, as a new turn; None where there is none, or a form that was drawn whole."""
    card = on(talk)
    if card is None or not card.buttons or card.key.startswith(FORM):
        return talk, None
    turn = talk.turn + 1
    again = replace(
        card,
        key=f"{card.key.rpartition(':')[0]}:{turn}",
        buttons=tuple(replace(button, action=_of_turn(button.action, turn)) for button in card.buttons),
        blocks=_briefly(card, lead) if lead else card.blocks,
    )
    return replace(talk, turn=turn), again


def _briefly(card: Card, lead: str) -> tuple[Block, ...]:
    """The words before the question, and the question; a whole article stands above already.

    Asked a third time, only the newest words stand before it.
    """
    if not card.key.startswith("step:"):
        return (plain(lead),)
    return (plain(lead), *dropwhile(lambda block: not _is_question(block), card.blocks))


def _is_question(block: Block) -> bool:
    return isinstance(block, Paragraph) and all(span.style == "strong" for span in block.line)


def _of_turn(action: str, turn: int) -> str:
    head, _, rest = action.partition(":")
    return f"{head}:{turn}:{rest.partition(':')[2]}" if head == "d" else action
