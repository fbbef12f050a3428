"""What somebody's words in a group are answered with once they have arrived: a sign on them, and no message."""

from __future__ import annotations

from telegram.constants import ReactionEmoji

from bot.channels.telegram.parse import NAME, WRITTEN
from bot.messages import Card, Outgoing

SIGNS = {"sent": ReactionEmoji.THUMBS_UP, "done": ReactionEmoji.THUMBS_UP, "noted": ReactionEmoji.WRITING_HAND}


def receipt(outgoing: Outgoing) -> tuple[str, str]:
    """The message that arrived and the sign to put on it; twice "" when this is no mere receipt."""
    reply = outgoing.reply
    sign = SIGNS.get(reply.receipt, "") if isinstance(reply, Card) and not reply.key else ""
    match outgoing.key.split(":"):
        case ["reply", channel, _, _, written, "0"] if sign and channel == NAME and written.startswith(WRITTEN):
            return (written.removeprefix(WRITTEN), sign) if "@" in outgoing.place.room[1:] else ("", "")
    return "", ""
