"""Where in Telegram a message goes."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import ReplyParameters


@dataclass(frozen=True, slots=True)
class Spot:
    """The chat, its room as we name it ("" in private), the topic, and the message it answers."""

    chat: str
    room: str = ""
    topic: int | None = None
    under: int | None = None


def under(message_id: int) -> ReplyParameters:
    """In answer to this message, if it is still there."""
    return ReplyParameters(message_id, allow_sending_without_reply=True)
