"""Finding what a call is about, or refusing as Telegram refuses what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram.model import BOT, GENERAL, Chat, Message, Topic
from tests.fakes.telegram.refusals import Json, Refused, bad, malformed

if TYPE_CHECKING:
    from tests.fakes.telegram.telegram import Telegram


def any_chat(telegram: Telegram, arguments: Json) -> Chat:
    """The chat of a call, whether or not the bot may speak there."""
    number = arguments.get("chat_id")
    if number in ("", None):
        raise malformed("chat_id is empty")
    chat = telegram.chats.get(number) if isinstance(number, int) else None
    if chat is None:
        raise bad("chat not found")
    if chat.migrated_to:
        reason = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refused(reason, migrate_to_chat_id=chat.migrated_to)
    return chat


def chat_to_speak_in(telegram: Telegram, arguments: Json) -> Chat:
    """The chat of a call, where the bot may speak."""
    chat = any_chat(telegram, arguments)
    telegram.chat_with_bot(chat)
    return chat


def topic_to_speak_in(chat: Chat, arguments: Json) -> int:
    """The topic a message goes to; 0 for none. Where it answers a message, that message's."""
    number = int(arguments.get("message_thread_id") or 0)
    if number:
        topic = topic_of(chat, number, "message thread not found")
        if topic.closed and not chat.may(BOT, "can_manage_topics"):
            raise bad("TOPIC_CLOSED")
        return number
    answered = chat.message(answered_message(chat, arguments))
    return answered.topic if answered is not None and chat.forum else 0


def topic_of(chat: Chat, number: int, missing: str = "TOPIC_ID_INVALID") -> Topic:
    """A topic by its number. The general one cannot be named so."""
    topic = chat.topics.get(number)
    if topic is None or number == GENERAL:
        raise bad(missing)
    return topic


def answered_message(chat: Chat, arguments: Json) -> int:
    """The number of the message a call answers; 0 for none."""
    answered = arguments.get("reply_parameters") or {}
    number = int(answered.get("message_id") or 0)
    if not number:
        return 0
    if answered.get("chat_id") not in (None, chat.id):
        raise malformed("reply_parameters.chat_id: the house answers in the same chat only")
    message = chat.message(number)
    if message is None:
        if answered.get("allow_sending_without_reply"):
            return 0
        raise bad("message to be replied not found")
    thread = int(arguments.get("message_thread_id") or 0)
    if chat.forum and thread and message.topic != thread:
        raise malformed("the message to be replied is in another topic")
    return number


def message_to(what: str, telegram: Telegram, arguments: Json) -> tuple[Chat, Message]:
    """The chat and message of a call; `what` is "edit", "delete" or "pin"."""
    chat = chat_to_speak_in(telegram, arguments)
    message = chat.message(int(arguments.get("message_id") or 0))
    if message is None:
        raise bad(f"message to {what} not found")
    return chat, message
