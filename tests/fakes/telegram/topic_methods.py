"""Forum topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram.chats import chat_to_speak_in, topic_of
from tests.fakes.telegram.model import BOT, Chat, Topic
from tests.fakes.telegram.refusals import Json, bad, malformed

if TYPE_CHECKING:
    from tests.fakes.telegram.telegram import Telegram

COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
LONGEST_NAME = 128


def _forum(telegram: Telegram, arguments: Json, doing: str) -> Chat:
    chat = chat_to_speak_in(telegram, arguments)
    if not chat.forum:
        raise bad("the chat is not a forum")
    if not chat.may(BOT, "can_manage_topics"):
        raise bad(f"not enough rights to {doing}")
    return chat


def _name(arguments: Json) -> str:
    name = str(arguments.get("name") or "").strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise malformed("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    return name


def create_forum_topic(telegram: Telegram, arguments: Json) -> Json:
    chat = _forum(telegram, arguments, "create a topic")
    name, color = _name(arguments), arguments.get("icon_color") or COLORS[0]
    if color not in COLORS:
        raise malformed("invalid icon color specified")
    made = {"name": name, "icon_color": color}
    told = telegram.post(chat, BOT, service={"forum_topic_created": made})
    told.topic = told.id
    chat.topics[told.id] = Topic(told.id, name, color)
    telegram.tell_message(told)
    return {"message_thread_id": told.id, **made}


def edit_forum_topic(telegram: Telegram, arguments: Json) -> bool:
    chat = _forum(telegram, arguments, "edit the topic")
    topic = topic_of(chat, arguments["message_thread_id"])
    if "name" not in arguments and "icon_custom_emoji_id" not in arguments:
        raise malformed("TOPIC_NOT_MODIFIED")
    name = _name(arguments) if "name" in arguments else topic.name
    if name == topic.name:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.name = name
    _tell(telegram, chat, topic, {"forum_topic_edited": {"name": name}})
    return True


def close_forum_topic(telegram: Telegram, arguments: Json) -> bool:
    return _turn(telegram, arguments, closed=True)


def reopen_forum_topic(telegram: Telegram, arguments: Json) -> bool:
    return _turn(telegram, arguments, closed=False)


def _turn(telegram: Telegram, arguments: Json, *, closed: bool) -> bool:
    chat = _forum(telegram, arguments, "close the topic" if closed else "reopen the topic")
    topic = topic_of(chat, arguments["message_thread_id"])
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    _tell(telegram, chat, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})
    return True


def delete_forum_topic(telegram: Telegram, arguments: Json) -> bool:
    chat = chat_to_speak_in(telegram, arguments)
    if not chat.forum:
        raise bad("the chat is not a forum")
    if not chat.may(BOT, "can_delete_messages"):
        raise bad("not enough rights to delete the topic")
    topic = topic_of(chat, arguments["message_thread_id"])
    remove_topic(telegram, chat, topic)
    return True


def remove_topic(telegram: Telegram, chat: Chat, topic: Topic) -> None:
    """The topic and everything said in it are gone."""
    del chat.topics[topic.id]
    chat.messages = [message for message in chat.messages if message.topic != topic.id]
    telegram.changed()


def unpin_all_forum_topic_messages(telegram: Telegram, arguments: Json) -> bool:
    chat = chat_to_speak_in(telegram, arguments)
    if not chat.may(BOT, "can_pin_messages"):
        raise bad("not enough rights to manage pinned messages in the chat")
    topic = topic_of(chat, arguments["message_thread_id"])
    for message in chat.messages:
        message.pinned = message.pinned and message.topic != topic.id
    return True


def _tell(telegram: Telegram, chat: Chat, topic: Topic, service: Json) -> None:
    telegram.tell_message(telegram.post(chat, BOT, topic=topic.id, service=service))


METHODS = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "deleteForumTopic": delete_forum_topic,
    "unpinAllForumTopicMessages": unpin_all_forum_topic_messages,
}
