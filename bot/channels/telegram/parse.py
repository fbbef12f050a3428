"""Telegram's updates as what they mean to us. Nothing is decided here, and nobody's rights are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from telegram import Bot, CallbackQuery, Message, Update
from telegram.constants import MessageEntityType

from bot.messages import Attached, Commanded, Corrected, Event, File, Identity, Place, Said

NAME = "telegram"
TOPIC = "topic:"  # what a place's thread starts with when it is a forum topic
WRITTEN = "m"  # what the last part of an event's name starts with when it is a message and no press
SERVICE_CHATS = frozenset({777000, 1087968824, 136817688})  # Telegram itself, anonymous admins, channels
COMMAND = re.compile(r"/([^\s@]+)(?:@(\w+))?\s*(.*)", re.DOTALL)
ALLOWED = ("message", "edited_message", "callback_query")
PHOTO = "photo.jpg"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote or pressed, and in which language their Telegram is."""

    who: Identity
    language: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """A chat as Telegram names it. `topic` is "" outside of a forum's topics, as in its general one."""

    chat: str
    private: bool
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message: a command with its word, or words, or files; `called` when our name stands in front of it.

    `answers` is the message it answers by somebody's own choice. `corrected` when it was changed after it was sent;
    what was sent together is of one `album`. `titled` is the name we gave the topic, where that is told.
    """

    id: str
    sender: Sender
    where: Where
    message: str
    text: str = ""
    word: str = ""
    rest: str = ""
    called: bool = False
    files: tuple[File, ...] = ()
    answers: str = ""
    album: str = ""
    titled: str = ""
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Touched:
    """A button; `query` is to be answered, so that it stops turning."""

    id: str
    sender: Sender
    where: Where
    message: str
    data: str
    query: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A group has become a supergroup, which has another number."""

    old: str
    new: str


Inbound = Heard | Touched | Moved


def update_number(raw: Any) -> int:
    """The number of an update. Raises ValueError for what is none."""
    number = raw.get("update_id") if isinstance(raw, Mapping) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError("an update without a number")
    return number


def chat_of(raw: Any) -> str:
    """The chat an update belongs to, for order's sake; "" when it does not say."""
    match raw:
        case (
            {"message": {"chat": {"id": int(number)}}}
            | {"edited_message": {"chat": {"id": int(number)}}}
            | {"callback_query": {"message": {"chat": {"id": int(number)}}}}
        ):
            return str(number)
    return ""


def read(raw: Any, bot: Bot, username: str) -> Inbound | None:
    """What an update means; None for what does not concern us. Raises whatever the library raises for a broken one."""
    number = update_number(raw)
    update = Update.de_json(raw, bot)
    stem = f"{NAME}:{bot_number(bot)}:{number}"
    if update.callback_query is not None:
        return _touched(update.callback_query, stem)
    if update.message is not None:
        return _heard(update.message, stem, username)
    if update.edited_message is not None:
        heard = _heard(update.edited_message, stem, username)
        worded = isinstance(heard, Heard) and (heard.text or heard.files)  # a place moves on and on without words
        return replace(heard, corrected=True) if isinstance(heard, Heard) and worded else None
    return None


def bot_number(bot: Bot) -> str:
    """The bot's own number, which its token begins with."""
    return bot.token.partition(":")[0]


def whisper(room: str, user: str, thread: str = "") -> Place:
    """Where somebody is answered in a group: everybody sees it, but the talk is theirs alone."""
    return Place(NAME, "", f"{room}@{user}", thread, private=False)


def direct(who: Identity) -> Place:
    """The private chat with somebody."""
    return Place.direct(who)


def as_corrected(event: Event) -> Event:
    """What somebody changed, from the event that the message would be if it came only now."""
    match event:
        case Said(id=name, sender=who, place=place, message=message, text=text):
            return Corrected(name, who, place, message, text)
        case Attached(id=name, sender=who, place=place, message=message, caption=text):
            return Corrected(name, who, place, message, text, with_file=True)
        case Commanded(id=name, sender=who, place=place, message=message, word=word, rest=rest):
            return Corrected(name, who, place, message, f"{word} {rest}", word, rest)
    return event


def _touched(query: CallbackQuery, stem: str) -> Touched | None:
    if query.data is None or query.message is None or query.from_user.is_bot:
        return None
    message = query.message
    topic = ""
    if isinstance(message, Message) and message.is_topic_message and message.message_thread_id:
        topic = str(message.message_thread_id)
    sender = Sender(Identity(NAME, "", str(query.from_user.id)), query.from_user.language_code or "")
    where = Where(str(message.chat.id), message.chat.type == "private", topic)
    return Touched(f"{stem}:{query.id}", sender, where, str(message.message_id), query.data, query.id)


def _heard(message: Message, stem: str, username: str) -> Inbound | None:
    chat, user = message.chat, message.from_user
    if message.migrate_to_chat_id:
        return Moved(str(chat.id), str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id:
        return Moved(str(message.migrate_from_chat_id), str(chat.id))
    if user is None or user.is_bot or user.id in SERVICE_CHATS or chat.type == "channel":
        return None
    private = chat.type == "private"
    topic = str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""
    files = tuple(_files(message))
    text = (message.caption if files else message.text) or ""
    if not text and not files and not _has_content(message):
        return None  # somebody came, a topic was named, a message was pinned
    word, rest = ("", "") if files else _command(message, text, username, private)
    if word is None:
        return None
    called = bool(username) and text.lower().startswith(f"@{username.lower()}")
    return Heard(
        f"{stem}:{WRITTEN}{message.message_id}",
        Sender(Identity(NAME, "", str(user.id)), user.language_code or ""),
        Where(str(chat.id), private, topic),
        str(message.message_id),
        text[len(username) + 1 :].strip() if called else text,
        word,
        rest,
        called,
        files,
        _answered(message, topic),
        message.media_group_id or "",
        _titled(message, stem),
    )


def _answered(message: Message, topic: str) -> str:
    """The message it answers. In a topic everything answers the topic itself, which says nothing."""
    replied = message.reply_to_message
    if replied is None or (topic and str(replied.message_id) == topic):
        return ""
    return str(replied.message_id)


def _titled(message: Message, stem: str) -> str:
    """The name a topic got from us when it was opened: what answers nobody in it answers its opening."""
    opening = message.reply_to_message
    if opening is None or opening.forum_topic_created is None or opening.from_user is None:
        return ""
    return opening.forum_topic_created.name if str(opening.from_user.id) == stem.split(":")[1] else ""


def _command(message: Message, text: str, username: str, private: bool) -> tuple[str | None, str]:
    """Word and rest; no word for plain text, None for a command to another bot.

    In a group only what Telegram itself marks as a command is one: a path or a fraction is not.
    """
    found = COMMAND.fullmatch(text)
    marked = any(each.type == MessageEntityType.BOT_COMMAND and each.offset == 0 for each in message.entities)
    if not found or not (private or marked):
        return "", ""
    word, bot, rest = found.groups()
    if bot and bot.lower() != username.lower():
        return None, ""
    return word, rest.strip()


def _has_content(message: Message) -> bool:
    """Whether somebody sent something that has no words: a sticker, a place, a contact."""
    kinds = (message.sticker, message.location, message.contact, message.poll, message.dice, message.venue)
    return any(kind is not None for kind in kinds)


def _files(message: Message) -> Iterator[File]:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        yield File(PHOTO, "image/jpeg", largest.file_size or 0, largest.file_id)
        return
    named = (message.document, message.video, message.audio, message.animation)
    for sent in named:
        if sent is not None:
            kind = sent.mime_type or "application/octet-stream"
            yield File(sent.file_name or "file", kind, sent.file_size or 0, sent.file_id)
            return
    if message.voice is not None:
        yield File(
            "voice.ogg", message.voice.mime_type or "audio/ogg", message.voice.file_size or 0, message.voice.file_id
        )
    if message.video_note is not None:
        yield File("video.mp4", "video/mp4", message.video_note.file_size or 0, message.video_note.file_id)
