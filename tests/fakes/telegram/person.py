"""A person in a test, who speaks, taps and presses by what is visible."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fakes.telegram import markup, payloads
from tests.fakes.telegram.model import BOT, Account, Chat, File, Message, Topic
from tests.fakes.telegram.refusals import Json
from tests.fakes.telegram.screen import Screen
from tests.fakes.telegram.topic_methods import remove_topic
from tests.fakes.telegram.updates import Update

if TYPE_CHECKING:
    from tests.fakes.telegram.telegram import Telegram

LONGEST = 4096
DEEP_LINK = re.compile(r"(?:https://t\.me/|tg://resolve\?domain=)(\w+)[?&]start=([A-Za-z0-9_-]{1,64})$")
PIXEL = b"\x89PNG\r\n\x1a\n and then a picture"


class CannotDo(AssertionError):
    """What a person was to do is not there to be done; shows the screen."""


class Person:
    """Somebody at a Telegram client. Whatever they do waits until the bot has taken it (or nobody listens)."""

    def __init__(self, telegram: Telegram, account: Account) -> None:
        self.telegram = telegram
        self.account = account
        self.id = account.id
        self.eyes = Screen(telegram, account.id)

    @property
    def chat(self) -> Chat:
        """The private chat with the bot."""
        return self.telegram.chats[self.id]

    # seeing

    def screen(self) -> str:
        """Everything this person can see now, as text."""
        return self.eyes.text()

    def reads(self, text: str) -> bool:
        """Whether these words are on the screen now."""
        return text in self.screen()

    async def sees(self, text: str, within: float = 20.0) -> bool:
        """True once these words are on the screen; fails the test, showing the screen, when they do not come."""
        if await self.telegram.until(lambda: self.reads(text), within):
            return True
        raise AssertionError(f"{self.account.full_name} does not see {text!r} but:\n{self.screen()}")

    async def no_longer_sees(self, text: str, within: float = 20.0) -> bool:
        """True once these words are gone from the screen; fails the test when they stay."""
        if await self.telegram.until(lambda: not self.reads(text), within):
            return True
        raise AssertionError(f"{self.account.full_name} still sees {text!r}:\n{self.screen()}")

    def message(self, on: str | Message) -> Message:
        """The newest visible message with these words on it (or this message, while it stands)."""
        for message in self.eyes.messages():
            if message is on if isinstance(on, Message) else on in self.eyes.message_text(message):
                return message
        raise CannotDo(f"{self.account.full_name} sees no message with {on!r}:\n{self.screen()}")

    # speaking

    async def starts(self, code: str = "") -> Message:
        """Press Start, or follow a link to the bot that carries a code."""
        old = payloads.status_json(self.telegram, "kicked")
        was_blocked, self.account.blocked = self.account.blocked, False
        self.account.met = True
        if was_blocked:
            self._told_of_membership(old, payloads.status_json(self.telegram, "member"))
        return await self._posts(self.chat, f"/start {code}".strip())

    async def follows(self, link: str) -> Message:
        """Open a deep link that is on the screen, in a button or in words."""
        found = DEEP_LINK.search(link)
        if found is None or found[1] != self.telegram.bot.username:
            raise CannotDo(f"{link!r} is no link to the bot that carries a code")
        return await self.starts(found[2])

    async def says(
        self, text: str, *, chat: Chat | None = None, topic: Topic | str | None = None, reply_to: str | Message = ""
    ) -> Message:
        """Write to the bot in private, in a group, in a topic (by words of its title), or in answer to a message."""
        answered = self.message(reply_to) if reply_to else None
        if answered is not None:
            chat = self.telegram.chats[answered.chat]
        room = chat or self.chat
        thread = self._thread(room, topic) if topic is not None else answered.topic if answered else 0
        return await self._posts(room, text, topic=thread, reply_to=answered.id if answered else 0)

    async def writes_in(self, topic: Topic | str, text: str) -> Message:
        """Write in a forum topic, named by words of its title."""
        for chat in self.eyes.chats():
            if chat.forum and (isinstance(topic, Topic) or any(topic in each.name for each in chat.topics.values())):
                return await self.says(text, chat=chat, topic=topic)
        raise CannotDo(f"{self.account.full_name} sees no topic {topic!r}:\n{self.screen()}")

    async def taps(self, command: str, *, on: str | Message = "") -> Message:
        """Tap a command in the words of a message: the client sends it where the message stands."""
        for message in self.eyes.messages():
            if on and message is not on and (isinstance(on, Message) or on not in self.eyes.message_text(message)):
                continue
            commands = [markup.part(message.text, e) for e in message.entities if e["type"] == "bot_command"]
            if command in commands:
                room = self.telegram.chats[message.chat]
                # In a group the client says which bot is meant.
                named = f"{command}@{self.telegram.bot.username}" if room.kind != "private" else command
                return await self._posts(room, named, topic=message.topic)
        raise CannotDo(f"{self.account.full_name} sees no {command} to tap:\n{self.screen()}")

    async def sends_photo(
        self, content: bytes = PIXEL, caption: str = "", *, topic: Topic | str | None = None, reply_to: str = ""
    ) -> Message:
        """Send a photo to the bot, into a topic, or in answer to a message."""
        photo = self.telegram.keep_file("photo.jpg", content, "", photo=True)
        return await self._sends(photo, caption, topic, reply_to)

    async def sends_document(
        self,
        name: str,
        content: bytes,
        caption: str = "",
        *,
        media_type: str = "application/pdf",
        topic: Topic | str | None = None,
        reply_to: str = "",
    ) -> Message:
        """Send a file to the bot, into a topic, or in answer to a message."""
        return await self._sends(self.telegram.keep_file(name, content, media_type), caption, topic, reply_to)

    async def sends_album(self, *contents: bytes, caption: str = "") -> list[Message]:
        """Send photos together: each is a message, only the first has the caption."""
        album = str(13_000_000_000_000_000 + self.telegram.number())
        sent = []
        for number, content in enumerate(contents):
            file = self.telegram.keep_file("photo.jpg", content, "", photo=True)
            words = caption if number == 0 else ""
            sent.append(await self._posts(self.chat, words, file=file, album=album))
        return sent

    async def _sends(self, file: File, caption: str, topic: Topic | str | None, reply_to: str) -> Message:
        answered = self.message(reply_to) if reply_to else None
        room, thread = self.chat, 0
        if answered is not None:
            room, thread = self.telegram.chats[answered.chat], answered.topic
        elif topic is not None:
            room = next(chat for chat in self.eyes.chats() if chat.forum)
            thread = self._thread(room, topic)
        return await self._posts(room, caption, file=file, topic=thread, reply_to=answered.id if answered else 0)

    async def edits(self, message: Message, text: str) -> None:
        """Change what one wrote."""
        message.text, message.entities = markup.plain(text)
        message.edited = self.telegram.now()
        self.telegram.changed()
        content = payloads.message_json(self.telegram, message)
        await self.telegram.updates.handled(self.telegram.updates.tell("edited_message", content, message.chat))

    def _thread(self, chat: Chat, topic: Topic | str) -> int:
        found = topic if isinstance(topic, Topic) else self.telegram.topic(chat, topic)
        if found.closed and not chat.administrator(self.id):
            raise CannotDo(f"The topic {found.name!r} is closed")
        return found.id

    async def _posts(self, chat: Chat, text: str, **facts: object) -> Message:
        if self.id not in chat.members:
            raise CannotDo(f"{self.account.full_name} is not in {chat.title}")
        if chat.kind == "private" and (not self.account.met or self.account.blocked):
            raise CannotDo(f"{self.account.full_name} has not pressed Start")
        words, entities = markup.plain(text)
        if markup.utf16(words) > LONGEST:
            raise CannotDo("Telegram's clients send a text of more than 4096 characters as several messages")
        message = self.telegram.post(chat, self.id, words, entities=entities, **facts)
        if self._reaches_bot(chat, message):
            content = payloads.message_json(self.telegram, message)
            await self.telegram.updates.handled(self.telegram.updates.tell("message", content, chat.id))
        return message

    def _reaches_bot(self, chat: Chat, message: Message) -> bool:
        if BOT not in chat.members:
            return False
        if chat.kind == "private" or not self.telegram.privacy or chat.administrator(BOT):
            return True
        answered = chat.message(message.reply_to)
        if answered is not None and answered.by_bot:
            return True
        commands = [markup.part(message.text, e) for e in message.entities if e["type"] == "bot_command"]
        return any(each.partition("@")[2] in ("", self.telegram.bot.username) for each in commands)

    # pressing

    async def presses(self, label: str, *, on: str | Message = "") -> Update | None:
        """Press the button of this label on the newest visible message with the words `on`."""
        for message in self.eyes.messages():
            if on and message is not on and (isinstance(on, Message) or on not in self.eyes.message_text(message)):
                continue
            for button in message.buttons:
                if same(button["text"], label):
                    return await self._presses(message, button)
        where = f" on {on!r}" if on else ""
        raise CannotDo(f"{self.account.full_name} sees no button {label!r}{where}:\n{self.screen()}")

    async def _presses(self, message: Message, button: Json) -> Update | None:
        if "url" in button:
            if DEEP_LINK.search(button["url"]):
                await self.follows(button["url"])
            return None
        update = self.press(message, button["callback_data"])
        await self.telegram.updates.handled(update)
        return update

    def press(self, message: Message, data: str) -> Update | None:
        """A press on a message as a client sends it, whatever data it carries; it waits for nothing."""
        press = self.telegram.press(self.id)
        content = payloads.callback_json(self.telegram, press.id, self.account, message, data)
        return self.telegram.updates.tell("callback_query", content, f"press {self.id}")

    # what else people do

    async def deletes(self, message: Message) -> None:
        """Delete a message for everybody; the bot is never told."""
        self.telegram.chats[message.chat].messages.remove(message)
        self.telegram.changed()

    def deletes_topic(self, chat: Chat, topic: Topic) -> None:
        """Delete a topic with everything in it; the bot is never told."""
        remove_topic(self.telegram, chat, topic)

    async def blocks_bot(self) -> None:
        """Stop the bot: from now on it cannot write here."""
        old = payloads.status_json(self.telegram, "member")
        self.account.blocked = True
        await self.telegram.updates.handled(
            self._told_of_membership(old, payloads.status_json(self.telegram, "kicked"))
        )

    def _told_of_membership(self, old: Json, new: Json) -> Update | None:
        content = payloads.membership_json(self.telegram, self.chat, self.account, old, new)
        return self.telegram.updates.tell("my_chat_member", content, self.id)

    def menu(self, chat: Chat | None = None) -> dict[str, str]:
        """The commands the client offers here, with their descriptions: the narrowest scope, the own language first."""
        room = chat or self.chat
        scopes = [f"chat_member {room.id} {self.id}", f"chat {room.id}"]
        if room.kind == "private":
            scopes += ["all_private_chats"]
        else:
            if room.administrator(self.id):
                scopes = [scopes[0], f"chat_administrators {room.id}", scopes[1], "all_chat_administrators"]
            scopes += ["all_group_chats"]
        for scope in (*scopes, "default"):
            for language in (self.account.language[:2], ""):
                if (commands := self.telegram.commands.get((scope, language))) is not None:
                    return {each["command"]: each["description"] for each in commands}
        return {}


def same(shown: str, label: str) -> bool:
    """Whether a button shows this label; signs before or after it are left aside."""
    return _letters(shown) == _letters(label) or shown.strip() == label.strip()


def _letters(text: str) -> str:
    words = [word for word in text.casefold().split() if any(sign.isalnum() for sign in word)]
    return " ".join(words) or text
