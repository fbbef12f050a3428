"""What a press in a group is answered with: a word over the chat of whoever pressed, and no message for everybody."""

from __future__ import annotations

from bot.channels.telegram.markup import cut
from bot.channels.telegram.parse import NAME, WRITTEN
from bot.messages import Card, Outgoing, Reply, Text

ANSWER_AT_MOST = 200


def short(reply: Reply) -> bool:
    """Whether a reply is no more than a sentence."""
    match reply:
        case Text(text=text, ticket=None):  # about a ticket it is an introduction to what follows
            return len(text) <= ANSWER_AT_MOST
        case Card(buttons=(), blocks=(), key="", title=title):
            return len(title) <= ANSWER_AT_MOST
    return False


def toast(reply: Reply) -> tuple[str, bool]:
    """The sentence, and whether it has to be noticed: a refusal is plain text, what was done is a card."""
    text = reply.text if isinstance(reply, Text) else reply.title if isinstance(reply, Card) else ""
    return cut(text, ANSWER_AT_MOST), isinstance(reply, Text)


def toasted(outgoing: Outgoing) -> str:
    """The press that this message answers, when it can be answered like this; "" when it is to be posted."""
    match outgoing.key.split(":"):
        case ["reply", channel, _, _, query, "0"] if channel == NAME and not query.startswith(WRITTEN):
            return query if _whispered(outgoing) and short(outgoing.reply) else ""
    return ""


def _whispered(outgoing: Outgoing) -> bool:
    return "@" in outgoing.place.room[1:]
