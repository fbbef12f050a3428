"""Telegram in memory, served over real sockets: its people, groups, topics and rules, and what the bot did to them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.mishaps import Fault, Trouble
from tests.fakes.service import Service
from tests.fakes.telegram import payloads
from tests.fakes.telegram.model import BOT, RIGHTS, Account, Chat, File, Message, Topic
from tests.fakes.telegram.person import Person
from tests.fakes.telegram.refusals import Call, Json, forbidden
from tests.fakes.telegram.server import Server
from tests.fakes.telegram.specification import Specification, published
from tests.fakes.telegram.updates import Updates

TOKEN = f"{BOT}:a-token-for-tests-only-0123456789abc"
SUPERGROUPS = -1_000_000_000_000  # their numbers lie below
MOST_DOWNLOADED = 20 * 2**20
PEOPLE_FROM = 1000


@dataclass(slots=True)
class Pace:
    """Telegram's patience with a webhook, and its first wait before it posts again, in seconds."""

    webhook: float = 10.0
    redelivery: float = 0.05


@dataclass
class Limits:
    """Telegram's rates, when a test asks for them, and floods a test declared; `window` compresses the minute."""

    telegram: Telegram
    enforced: bool = False
    window: float = 60.0
    floods: dict[int, float] = field(default_factory=dict)
    calls: dict[str, deque[float]] = field(default_factory=dict)
    refused: int = 0

    def seconds_to_wait(self, chat: int) -> int:
        """0 when a message into this chat may pass (and counts), else the retry_after."""
        now = self.telegram.elapsed()
        if (until := self.floods.get(chat, 0.0)) > now:
            return self._refuse(until - now)
        if not self.enforced:
            return 0
        second = self.window / 60
        # Telegram does not say how short a burst it bears: into a private chat a few at once, one a second for long.
        of_chat = ((20, self.window),) if chat < 0 else ((4, second), (34, 30 * second))
        rules = [(f"{chat} in {window:g} s", most, window) for most, window in of_chat] + [("all", 30, second)]
        waits = [self._wait(key, most, window, now) for key, most, window in rules]
        if max(waits) > 0:
            return self._refuse(max(waits))
        for key, _, _ in rules:
            self.calls[key].append(now)
        return 0

    def _refuse(self, seconds: float) -> int:
        self.refused += 1
        return max(1, math.ceil(seconds))

    def _wait(self, key: str, most: int, window: float, now: float) -> float:
        recent = self.calls.setdefault(key, deque())
        while recent and recent[0] <= now - window:
            recent.popleft()
        return 0.0 if len(recent) < most else recent[0] + window - now


@dataclass
class Press:
    """A press of a button that waits for its answer."""

    id: str
    account: int
    at: float
    answered: bool = False


class Telegram(Service):
    """The fake; `async with fake_telegram() as telegram` starts and stops it."""

    name = "telegram"
    token = TOKEN

    def __init__(self, specification: Specification | None = None, *, tolerant: bool = False) -> None:
        super().__init__(tolerant=tolerant)
        self.specification = specification or published()
        self.pace = Pace()
        self.privacy = True
        """Whether the bot hears in groups only what is meant for it (BotFather's /setprivacy)."""
        self.accounts: dict[int, Account] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.presses: dict[str, Press] = {}
        self.toasts: list[tuple[int, str, bool]] = []
        """Short words over somebody's screen after a press: account, text, whether it must be closed by hand."""
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.described: dict[tuple[str, str], str] = {}
        self.menu_button: Json = {"type": "commands"}
        self.calls: list[Call] = []
        self.limits = Limits(self)
        self.updates = Updates(self)
        self.server = Server(self)
        self._routes: dict[str, str] = {}
        self._numbers = 0
        self._messages = self._posted = 0
        self.accounts[BOT] = Account(BOT, "Firstline", username="firstline_bot", is_bot=True)

    # where it is

    @property
    def url(self) -> str:
        """What TELEGRAM_API_URL takes, known once it has started: methods are at url/bot<token>/<method>."""
        return self.server.url

    @property
    def bot(self) -> Account:
        return self.accounts[BOT]

    def leads(self, public: str, to: str) -> None:
        """Let an https address a webhook may have lead to a server of the test."""
        self._routes[public] = to

    def route(self, address: str) -> str:
        """Where an address really leads."""
        for public, to in self._routes.items():
            if address.startswith(public):
                return to + address.removeprefix(public)
        return address

    # people and chats

    def person(self, number: int, name: str = "", *, met: bool = False, **facts: Any) -> Person:
        """The person of this id; `met` has pressed Start already. Facts are other fields of `Account`."""
        if number not in self.accounts:
            first, _, last = (name or f"Person {number}").partition(" ")
            self.accounts[number] = Account(number, first, last, **facts)
            self.chats[number] = Chat(number, "private", members={number, BOT})
        self.accounts[number].met = self.accounts[number].met or met
        return Person(self, self.accounts[number])

    def group(
        self,
        title: str,
        members: Iterable[Person] = (),
        *,
        kind: str = "supergroup",
        forum: bool = False,
        rights: Iterable[str] | None = None,
        number: int = 0,
    ) -> Chat:
        """A group with these people and the bot; `rights` makes the bot an administrator, a forum all of them."""
        if not number:
            self._numbers += 1
            number = SUPERGROUPS - self._numbers if kind == "supergroup" else -1000 - self._numbers
        chat = Chat(number, kind, title, {person.id for person in members} | {BOT}, forum=forum)
        if rights is not None or forum:
            chat.rights[BOT] = set(RIGHTS if rights is None else rights)
        self.chats[number] = chat
        return chat

    def migrate(self, chat: Chat) -> Chat:
        """The group becomes a supergroup of another number, and says so in both."""
        self._numbers += 1
        new = Chat(SUPERGROUPS - self._numbers, "supergroup", chat.title, set(chat.members), dict(chat.rights))
        self.chats[new.id] = new
        creator = min(chat.members - {BOT}, default=BOT)
        told = self.post(chat, creator, service={"migrate_to_chat_id": new.id})
        self.tell_message(told)
        chat.migrated_to = new.id
        self.tell_message(self.post(new, creator, service={"migrate_from_chat_id": chat.id}))
        return new

    def kick(self, chat: Chat) -> None:
        """The bot is thrown out of a group."""
        old = payloads.member_json(self, chat, self.bot)
        chat.members.discard(BOT)
        chat.kicked.add(BOT)
        by = self.accounts[min(chat.members, default=BOT)]
        new = payloads.member_json(self, chat, self.bot)
        self.updates.tell("my_chat_member", payloads.membership_json(self, chat, by, old, new), chat.id)

    # messages

    def post(self, chat: Chat, sender: int, text: str = "", **facts: Any) -> Message:
        """Put a message into a chat; facts are the other fields of `Message`."""
        message = Message(self._message_number(chat), chat.id, sender, self.now(), text)
        for name, value in facts.items():
            setattr(message, name, value)
        self._posted += 1
        message.order = self._posted
        chat.messages.append(message)
        self.changed()
        return message

    def _message_number(self, chat: Chat) -> int:
        # Supergroups count for themselves; private chats and small groups share one count, as at Telegram.
        if chat.kind == "supergroup":
            chat.last_message += 1
            return chat.last_message
        self._messages += 1
        return 1000 + self._messages

    def tell_message(self, message: Message, kind: str = "message") -> object:
        """Tell the bot of a message."""
        return self.updates.tell(kind, payloads.message_json(self, message), message.chat)

    def press(self, account: int) -> Press:
        """A press that waits for its answer."""
        press = Press(str(4_000_000_000_000_000 + self.number()), account, self.elapsed())
        self.presses[press.id] = press
        return press

    def unanswered(self) -> list[Press]:
        """The presses whose button still spins."""
        return [press for press in self.presses.values() if not press.answered]

    def keep_file(self, name: str, content: bytes, media_type: str, *, photo: bool = False) -> File:
        """Keep a file; a photo has a size in pixels."""
        self._numbers += 1
        size = (1280, 853) if photo else (0, 0)
        file = File(f"FILE{self._numbers:08d}x", name, content, media_type, *size)
        self.files[file.id] = file
        return file

    def chat_with_bot(self, chat: Chat) -> None:
        """Refuse as Telegram does where the bot cannot speak."""
        if chat.kind == "private":
            account = self.accounts[chat.id]
            if account.deactivated:
                raise forbidden("user is deactivated")
            if account.blocked:
                raise forbidden("bot was blocked by the user")
            if not account.met:
                raise forbidden("bot can't initiate conversation with a user")
        elif BOT in chat.kicked:
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        elif BOT not in chat.members:
            raise forbidden(f"bot is not a member of the {chat.kind} chat")

    # time and numbers

    def now(self) -> int:
        """Unix time in whole seconds, as Telegram stamps it."""
        return int(self.clock())

    def number(self) -> int:
        """A new number, for presses and albums."""
        self._numbers += 1
        return self._numbers

    # looking back

    def calls_to(self, method: str, chat: int = 0) -> list[Call]:
        """The calls of this method (to this chat), oldest first."""
        return [call for call in self.calls if call.method == method and chat in (0, call.chat)]

    def messages(self, chat: Chat | Person) -> list[Message]:
        """The messages of a chat, or of a person's private chat with the bot, oldest first."""
        return list(self.chats[chat.id].messages)

    def topic(self, chat: Chat, words: str) -> Topic:
        """The topic whose title holds these words; KeyError when there is none."""
        for topic in reversed(chat.topics.values()):
            if words in topic.name:
                return topic
        raise KeyError(f"No topic {words!r} in {chat.title}: {[topic.name for topic in chat.topics.values()]}")

    # trouble

    def goes_down(self, trouble: Trouble = Trouble.SERVER_ERROR, *, retry_after: int = 1) -> None:
        """Every call meets this trouble."""
        self.faults.down = Fault("*", trouble, retry_after=retry_after)

    def comes_back(self) -> None:
        """Telegram is well again."""
        self.faults.down = None
        self.changed()

    def floods(self, chat: Chat | Person, seconds: float) -> None:
        """Every message into this chat is refused with a retry_after until so many seconds have passed."""
        self.limits.floods[chat.id] = self.elapsed() + seconds

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        await self.server.start()

    async def stop(self) -> None:
        """End every poll and forget what was still to be delivered."""
        await self.updates.close()
        await self.put_down()
        await self.server.stop()


@asynccontextmanager
async def fake_telegram(*, tolerant: bool = False) -> AsyncIterator[Telegram]:
    """A started fake. Whatever breaks the specification fails the test, unless `tolerant`: broken on purpose."""
    telegram = Telegram(tolerant=tolerant)
    await telegram.start()
    try:
        yield telegram
    finally:
        await telegram.stop()
