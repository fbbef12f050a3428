"""Sending, editing, deleting and pinning messages, and answering presses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram.constants import ReactionEmoji
from tests.fakes.telegram import markup, payloads
from tests.fakes.telegram.arguments import Upload
from tests.fakes.telegram.chats import answered_message, chat_to_speak_in, message_to, topic_to_speak_in
from tests.fakes.telegram.keyboards import keyboard_of
from tests.fakes.telegram.model import BOT, CALLBACK_LIVES, Chat, File, Message
from tests.fakes.telegram.refusals import Json, bad, malformed

if TYPE_CHECKING:
    from tests.fakes.telegram.telegram import Telegram

LONGEST_TEXT, LONGEST_CAPTION, LONGEST_TOAST = 4096, 1024, 200
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def written(arguments: Json, name: str = "text") -> tuple[str, list[Json]]:
    """The text (or caption) and entities of a call, within Telegram's limits."""
    given = str(arguments.get(name) or "")
    entities = "entities" if name == "text" else "caption_entities"
    if arguments.get(entities) is not None:
        text, found = markup.cleaned(given), list(arguments[entities])
    else:
        text, found = markup.parse(given, str(arguments.get("parse_mode") or ""))
    if name == "text" and not text:
        raise malformed("message text is empty")
    if name == "text" and markup.utf16(text) > LONGEST_TEXT:
        raise malformed("message is too long")
    if name == "caption" and markup.utf16(text) > LONGEST_CAPTION:
        raise malformed("message caption is too long")
    return text, found


def send_message(telegram: Telegram, arguments: Json) -> Json:
    chat = chat_to_speak_in(telegram, arguments)
    text, entities = written(arguments)
    preview = not (arguments.get("link_preview_options") or {}).get("is_disabled")
    return sent(telegram, chat, arguments, text=text, entities=entities, preview=preview)


def send_document(telegram: Telegram, arguments: Json) -> Json:
    return _send_file(telegram, arguments, "document")


def send_photo(telegram: Telegram, arguments: Json) -> Json:
    return _send_file(telegram, arguments, "photo")


def _send_file(telegram: Telegram, arguments: Json, kind: str) -> Json:
    chat = chat_to_speak_in(telegram, arguments)
    text, entities = written(arguments, "caption")
    file = file_of(telegram, arguments[kind], photo=kind == "photo")
    return sent(telegram, chat, arguments, text=text, entities=entities, file=file)


def file_of(telegram: Telegram, given: Any, *, photo: bool) -> File:
    """A file that came with the call, or one Telegram has already."""
    if isinstance(given, Upload):
        if not given.content:
            raise malformed("file must be non-empty")
        if photo and not given.content.startswith((b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF")):
            raise bad("IMAGE_PROCESS_FAILED")
        return telegram.keep_file(given.name, given.content, given.media_type, photo=photo)
    if (known := telegram.files.get(str(given))) is not None:
        return known
    raise bad("wrong file identifier/HTTP URL specified")


def sent(telegram: Telegram, chat: Chat, arguments: Json, **facts: Any) -> Json:
    """A new message of the bot's, as the answer shows it."""
    keyboard, other = keyboard_of(arguments)
    message = telegram.post(
        chat,
        BOT,
        keyboard=keyboard,
        markup=other,
        topic=topic_to_speak_in(chat, arguments),
        reply_to=answered_message(chat, arguments),
        silent=bool(arguments.get("disable_notification")),
        **facts,
    )
    return payloads.message_json(telegram, message)


def edit_message_text(telegram: Telegram, arguments: Json) -> Json:
    _, message = _own(telegram, arguments)
    if message.file:
        raise bad("there is no text in the message to edit")
    return _edited(telegram, message, arguments, *written(arguments))


def edit_message_caption(telegram: Telegram, arguments: Json) -> Json:
    _, message = _own(telegram, arguments)
    if not message.file:
        raise bad("there is no caption in the message to edit")
    return _edited(telegram, message, arguments, *written(arguments, "caption"))


def edit_message_reply_markup(telegram: Telegram, arguments: Json) -> Json:
    _, message = _own(telegram, arguments)
    return _edited(telegram, message, arguments, message.text, message.entities)


def _own(telegram: Telegram, arguments: Json) -> tuple[Chat, Message]:
    if "chat_id" not in arguments or "message_id" not in arguments:
        raise malformed("message identifier is not specified")
    chat, message = message_to("edit", telegram, arguments)
    if not message.by_bot or message.service:
        raise bad("message can't be edited")
    return chat, message


def _edited(telegram: Telegram, message: Message, arguments: Json, text: str, entities: list[Json]) -> Json:
    keyboard, _ = keyboard_of(arguments)
    if (text, entities, keyboard) == (message.text, message.entities, message.keyboard):
        raise bad(NOT_MODIFIED)
    message.text, message.entities, message.keyboard = text, entities, keyboard
    message.edited = telegram.now()
    telegram.changed()
    return payloads.message_json(telegram, message)


def delete_message(telegram: Telegram, arguments: Json) -> bool:
    chat, message = message_to("delete", telegram, arguments)
    too_old = telegram.now() - message.date > 48 * 3600
    mine = message.by_bot and not too_old
    if not (mine or chat.may(BOT, "can_delete_messages") or (chat.kind == "private" and not too_old)):
        raise bad("message can't be deleted for everyone" if message.by_bot else "message can't be deleted")
    chat.messages.remove(message)
    telegram.changed()
    return True


def delete_messages(telegram: Telegram, arguments: Json) -> bool:
    chat = chat_to_speak_in(telegram, arguments)
    if not 1 <= len(arguments["message_ids"]) <= 100:
        raise malformed("message identifiers are too many or none")
    chat.messages = [message for message in chat.messages if message.id not in arguments["message_ids"]]
    telegram.changed()
    return True


def pin_chat_message(telegram: Telegram, arguments: Json) -> bool:
    chat, message = message_to("pin", telegram, arguments)
    _may_pin(chat)
    if message.service:
        raise bad("message can't be pinned")
    if not message.pinned:
        message.pinned = True
        shown = payloads.message_json(telegram, message, replied=False)
        told = telegram.post(chat, BOT, topic=message.topic, reply_to=message.id, service={"pinned_message": shown})
        telegram.tell_message(told)
    return True


def unpin_chat_message(telegram: Telegram, arguments: Json) -> bool:
    chat = chat_to_speak_in(telegram, arguments)
    _may_pin(chat)
    pinned = [message for message in chat.messages if message.pinned]
    number = arguments.get("message_id")
    found = [message for message in pinned if message.id == number] if number else pinned[-1:]
    if not found:
        raise bad("message to unpin not found")
    found[0].pinned = False
    telegram.changed()
    return True


def unpin_all_chat_messages(telegram: Telegram, arguments: Json) -> bool:
    chat = chat_to_speak_in(telegram, arguments)
    _may_pin(chat)
    for message in chat.messages:
        message.pinned = False
    return True


def _may_pin(chat: Chat) -> None:
    if chat.kind != "private" and not chat.may(BOT, "can_pin_messages"):
        raise bad("not enough rights to manage pinned messages in the chat")


def send_chat_action(telegram: Telegram, arguments: Json) -> bool:
    chat = chat_to_speak_in(telegram, arguments)
    topic_to_speak_in(chat, arguments)
    known = ("typing", "upload_photo", "upload_document", "find_location", "choose_sticker", "record_voice")
    if arguments["action"] not in known:
        raise malformed("wrong parameter action in request")
    return True


def set_message_reaction(telegram: Telegram, arguments: Json) -> bool:
    chat, message = message_to("react", telegram, arguments)
    signs = [str(reaction.get("emoji")) for reaction in arguments.get("reaction") or []]
    if len(signs) > 1:
        raise malformed("REACTIONS_TOO_MANY")
    if not chat.reacts or not set(signs) <= {*ReactionEmoji}:
        raise bad("REACTION_INVALID")
    message.reactions[BOT] = signs
    telegram.changed()
    return True


def answer_callback_query(telegram: Telegram, arguments: Json) -> bool:
    press = telegram.presses.get(str(arguments["callback_query_id"]))
    if press is None or press.answered or telegram.elapsed() - press.at > CALLBACK_LIVES:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    text = markup.cleaned(str(arguments.get("text") or ""))
    if len(text) > LONGEST_TOAST:
        raise malformed("MESSAGE_TOO_LONG")
    if arguments.get("url"):
        raise malformed("URL_INVALID")
    press.answered = True
    if text:
        telegram.toasts.append((press.account, text, bool(arguments.get("show_alert"))))
    telegram.changed()
    return True


METHODS = {
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
    "sendChatAction": send_chat_action,
    "setMessageReaction": set_message_reaction,
    "answerCallbackQuery": answer_callback_query,
}
