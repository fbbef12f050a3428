"""What there is in Telegram: accounts, chats, topics, messages and files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.fakes.telegram.refusals import Json

BOT = 7_000_000_001
RIGHTS = frozenset({"can_manage_topics", "can_pin_messages", "can_delete_messages"})
GENERAL = 1  # the topic every forum has
CALLBACK_LIVES = 150.0  # seconds


@dataclass
class Account:
    """A user or a bot. `met`: has spoken to our bot in private; `blocked`: has stopped it."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = ""
    is_bot: bool = False
    met: bool = False
    blocked: bool = False
    deactivated: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def as_json(self) -> Json:
        """A `User`."""
        given = {"last_name": self.last_name, "username": self.username, "language_code": self.language}
        facts = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        return facts | {name: value for name, value in given.items() if value}


@dataclass
class File:
    """A file Telegram keeps. A photo has a size in pixels."""

    id: str
    name: str
    content: bytes
    media_type: str
    width: int = 0
    height: int = 0

    @property
    def unique(self) -> str:
        return f"unique-{self.id}"

    @property
    def path(self) -> str:
        """Where it can be fetched, below /file/bot<token>/."""
        suffix = re.sub(r"[^A-Za-z0-9]", "", self.name.rpartition(".")[2])[:8] if "." in self.name else "bin"
        return f"{'photos' if self.width else 'documents'}/{self.id}.{suffix}"

    def facts(self) -> Json:
        """What every kind of file says about itself."""
        return {"file_id": self.id, "file_unique_id": self.unique, "file_size": len(self.content)}


@dataclass
class Topic:
    """A forum topic; its number is that of the message that tells of its making."""

    id: int
    name: str
    color: int
    closed: bool = False
    hidden: bool = False


@dataclass
class Message:
    """A message as it stands now."""

    id: int
    chat: int
    sender: int
    date: int
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    keyboard: list[list[Json]] = field(default_factory=list)
    markup: Json = field(default_factory=dict)  # a reply keyboard or a forced reply
    topic: int = 0
    reply_to: int = 0
    file: File | None = None
    album: str = ""
    service: Json = field(default_factory=dict)
    pinned: bool = False
    edited: int = 0
    silent: bool = False
    preview: bool = True
    order: int = 0  # among all messages everywhere
    reactions: dict[int, list[str]] = field(default_factory=dict)

    @property
    def by_bot(self) -> bool:
        return self.sender == BOT

    @property
    def buttons(self) -> list[Json]:
        return [button for row in self.keyboard for button in row]


@dataclass
class Chat:
    """A private chat (its id is the person's), a group, or a supergroup, which may be a forum."""

    id: int
    kind: str
    title: str = ""
    members: set[int] = field(default_factory=set)
    rights: dict[int, set[str]] = field(default_factory=dict)
    kicked: set[int] = field(default_factory=set)
    appointed: set[int] = field(default_factory=set)  # administrators whom our bot made so
    titles: dict[int, str] = field(default_factory=dict)  # of administrators, and tags of regular members
    title_changes: int = 0
    reacts: bool = True  # whether its administrators let messages have reactions
    forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    migrated_to: int = 0
    last_message: int = 1  # the first told of the making of the group

    def message(self, number: int) -> Message | None:
        """The message of this number, while it stands."""
        return next((each for each in self.messages if each.id == number), None)

    def may(self, account: int, right: str) -> bool:
        """Whether this administrator has this right."""
        return right in self.rights.get(account, ())

    def administrator(self, account: int) -> bool:
        return account in self.rights
