"""What one person sees, as readable text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.fakes.telegram.model import GENERAL, Chat, Message

if TYPE_CHECKING:
    from tests.fakes.telegram.telegram import Telegram

TOLD_BY_TELEGRAM = {
    "pinned_message": "pinned a message",
    "forum_topic_created": "created the topic",
    "forum_topic_edited": "changed the topic's name",
    "forum_topic_closed": "closed the topic",
    "forum_topic_reopened": "reopened the topic",
    "migrate_to_chat_id": "made this a supergroup",
    "migrate_from_chat_id": "made this from a group",
}


class Screen:
    """The eyes of one person."""

    def __init__(self, telegram: Telegram, account: int) -> None:
        self.telegram = telegram
        self.account = account

    def chats(self) -> list[Chat]:
        """The chats this person is in, the one with the bot first."""
        found = [chat for chat in self.telegram.chats.values() if self.account in chat.members]
        return sorted(found, key=lambda chat: chat.kind != "private")

    def messages(self) -> list[Message]:
        """All this person can read, newest first."""
        found = [message for chat in self.chats() for message in chat.messages]
        return sorted(found, key=lambda message: message.order, reverse=True)

    def text(self) -> str:
        """Everything visible: each chat, each topic under its title, and short words shown after presses."""
        parts = [f"(shown for a moment) {text}" for account, text, _ in self.telegram.toasts if account == self.account]
        for chat in self.chats():
            parts += self._chat(chat)
        return "\n".join(parts)

    def _chat(self, chat: Chat) -> Iterator[str]:
        title = "Chat with the bot" if chat.kind == "private" else chat.title
        if not chat.forum:
            yield f"── {title}"
            yield from self._lines(chat, chat.messages)
            return
        yield f"── {title} › General"
        yield from self._lines(chat, [message for message in chat.messages if message.topic in (0, GENERAL)])
        for topic in chat.topics.values():
            yield f"── {title} › {topic.name}{' (closed)' if topic.closed else ''}"
            yield from self._lines(chat, [message for message in chat.messages if message.topic == topic.id])

    def _lines(self, chat: Chat, messages: list[Message]) -> Iterator[str]:
        for message in messages:
            yield self.message_text(message, chat)

    def message_text(self, message: Message, chat: Chat | None = None) -> str:
        """One message as it is read: who, what it answers, words, file and buttons."""
        who = self.telegram.accounts[message.sender].full_name
        words = next((words for name, words in TOLD_BY_TELEGRAM.items() if name in message.service), "")
        answered = chat.message(message.reply_to) if chat and message.reply_to else None
        quoted = f" (answering “{answered.text.partition(chr(10))[0][:40]}”)" if answered else ""
        pin = " 📌" if message.pinned else ""
        signs = "".join(f" {sign}" for given in message.reactions.values() for sign in given)
        file = f"<{message.file.name}> " if message.file else ""
        lines = [f"{who}{quoted}{pin}: {file}{words or message.text}{signs}"]
        lines += [" ".join(f"[{button['text']}]" for button in row) for row in message.keyboard]
        return "\n".join(lines)
