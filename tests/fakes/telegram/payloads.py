"""What Telegram tells of accounts, chats and messages, in the shape of its published types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram.model import BOT, GENERAL, Account, Chat, File, Message
from tests.fakes.telegram.refusals import Json

if TYPE_CHECKING:
    from tests.fakes.telegram.telegram import Telegram

ADMINISTRATOR = (
    *("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members"),
    *("can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
    *("can_delete_stories", "can_pin_messages", "can_manage_topics", "can_manage_tags"),
)


def chat_json(telegram: Telegram, chat: Chat) -> Json:
    """A `Chat`."""
    if chat.kind == "private":
        account = telegram.accounts[chat.id]
        known = {"username": account.username, "last_name": account.last_name}
        facts = {"id": chat.id, "type": "private", "first_name": account.first_name}
        return facts | {name: value for name, value in known.items() if value}
    return {"id": chat.id, "type": chat.kind, "title": chat.title} | ({"is_forum": True} if chat.forum else {})


def full_chat_json(telegram: Telegram, chat: Chat) -> Json:
    """A `ChatFullInfo`."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    facts = chat_json(telegram, chat)
    facts |= {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
    if pinned := [message for message in chat.messages if message.pinned]:
        facts["pinned_message"] = message_json(telegram, pinned[-1], replied=False)
    return facts


def member_json(telegram: Telegram, chat: Chat, account: Account) -> Json:
    """A `ChatMember` of whichever status."""
    facts: Json = {"user": account.as_json()}
    if account.id in chat.kicked:
        return facts | {"status": "kicked", "until_date": 0}
    if account.id not in chat.members:
        return facts | {"status": "left"}
    title = chat.titles.get(account.id, "")
    if not chat.administrator(account.id):
        return facts | {"status": "member"} | ({"tag": title} if title else {})
    rights = {name: name in chat.rights[account.id] or name == "can_manage_chat" for name in ADMINISTRATOR}
    facts |= {"status": "administrator", "can_be_edited": account.id in chat.appointed, "is_anonymous": False}
    return facts | rights | ({"custom_title": title} if title else {})


def message_json(telegram: Telegram, message: Message, *, replied: bool = True) -> Json:
    """A `Message`; with what it answers, unless it is itself what was answered."""
    chat = telegram.chats[message.chat]
    facts: Json = {
        "message_id": message.id,
        "date": message.date,
        "chat": chat_json(telegram, chat),
        "from": telegram.accounts[message.sender].as_json(),
        **message.service,
    }
    if message.edited:
        facts["edit_date"] = message.edited
    if message.topic and message.topic != GENERAL:
        facts |= {"message_thread_id": message.topic, "is_topic_message": True}
    elif message.reply_to and chat.kind == "supergroup" and not chat.forum:
        facts["message_thread_id"] = _root(chat, message)  # every answer in a supergroup has one, topic or not
    root = chat.message(message.reply_to or (message.topic if chat.forum else 0))
    if replied and root is not None and root is not message:
        facts["reply_to_message"] = message_json(telegram, root, replied=False)
    if message.album:
        facts["media_group_id"] = message.album
    if message.file:
        facts |= _file_json(message.file)
    names = ("caption", "caption_entities") if message.file else ("text", "entities")
    facts |= {name: value for name, value in zip(names, (message.text, message.entities), strict=True) if value}
    if message.keyboard:
        facts["reply_markup"] = {"inline_keyboard": message.keyboard}
    return facts


def _root(chat: Chat, message: Message) -> int:
    while message.reply_to and (above := chat.message(message.reply_to)):
        message = above
    return message.id


def _file_json(file: File) -> Json:
    if not file.width:
        return {"document": file.facts() | {"file_name": file.name, "mime_type": file.media_type}}
    small = {"file_id": f"{file.id}-small", "file_unique_id": f"{file.unique}-small", "file_size": 900}
    sizes = [small | {"width": 90, "height": 60}, file.facts() | {"width": file.width, "height": file.height}]
    return {"photo": sizes}


def callback_json(telegram: Telegram, number: str, who: Account, message: Message, data: str) -> Json:
    """A `CallbackQuery`."""
    return {
        "id": number,
        "from": who.as_json(),
        "chat_instance": str(8_000_000_000_000 + message.chat),
        "message": message_json(telegram, message),
        "data": data,
    }


def membership_json(telegram: Telegram, chat: Chat, who: Account, old: Json, new: Json) -> Json:
    """A `ChatMemberUpdated`."""
    return {
        "chat": chat_json(telegram, chat),
        "from": who.as_json(),
        "date": telegram.now(),
        "old_chat_member": old,
        "new_chat_member": new,
    }


def status_json(telegram: Telegram, status: str) -> Json:
    """Our bot's `ChatMember` in a private chat."""
    facts: Json = {"status": status, "user": telegram.accounts[BOT].as_json()}
    return facts | ({"until_date": 0} if status == "kicked" else {})
