"""What a failed call means for the message: nobody saw it, nobody can say, or it will never be taken.

Telegram names no codes for its refusals: the words are those of its servers.
"""

from __future__ import annotations

import aiohttp
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.channels.telegram.transport import DEFAULT_WAIT, Limited, NotConnected
from bot.messages import Rejected, SendFailed, TryLater, Unclear, Unreachable

BROKEN = (TelegramError, aiohttp.ClientError, TimeoutError, OSError)
GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user is deactivated",
    "group chat was deactivated",
    "have no rights to send",
    "not enough rights to send",
    "chat_write_forbidden",
    "need administrator rights in the channel chat",
    "user_is_bot",
    "chat_restricted",
)
UNCHANGED = ("message is not modified",)
NO_SUCH_MESSAGE = ("message to edit not found", "message can't be edited", "message_id_invalid")
NO_SUCH_TOPIC = ("message thread not found", "topic_deleted", "topic_id_invalid")
SHUT_TOPIC = ("topic_closed",)
SAME_TOPIC = ("topic_not_modified",)
NO_TOPICS = ("not enough rights to create a topic", "chat is not a forum", "not enough rights", "chat_admin_required")
BAD_MARKUP = ("can't parse entities", "unsupported start tag", "entity_bounds_invalid")


def says(error: BaseException, words: tuple[str, ...]) -> bool:
    """Whether Telegram refused for one of these reasons."""
    told = str(error).lower()
    return isinstance(error, BadRequest) and any(each in told for each in words)


def failure(error: BaseException) -> SendFailed:
    """The failure the core knows. Whatever is not certainly unsent is unclear."""
    match error:
        case SendFailed():
            return error
        case Limited(seconds=seconds):
            return TryLater(seconds)
        case NotConnected():
            return SendFailed(f"Telegram {error}")
        case Forbidden():
            return Unreachable(str(error))
        case InvalidToken():
            return SendFailed("Telegram refuses our token: look at TELEGRAM_BOT_TOKEN")
        case ChatMigrated():
            return TryLater(1.0)
        case BadRequest():
            return Unreachable(str(error)) if says(error, GONE) else Rejected(str(error))
    if "too many requests" in str(error).lower():
        return TryLater(DEFAULT_WAIT)
    return Unclear(f"{type(error).__name__}: {error}")
