"""What people send us: who says it, where it stands, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a platform says is speaking. Never a display name, never an e-mail claimed in chat."""

    channel: str
    workspace: str
    user: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands. A private room holds one person and the bot.

    `room` is the platform's room id, or `@user` for "the private chat with this user", which the channel
    opens when it sends. `thread` is a thread (Slack) or a topic (Telegram); the web desk has neither.
    """

    channel: str
    workspace: str
    room: str
    thread: str = ""
    private: bool = True

    @classmethod
    def direct(cls, identity: Identity) -> Place:
        """The private chat with this identity."""
        return cls(identity.channel, identity.workspace, f"@{identity.user}")


@dataclass(frozen=True, slots=True)
class File:
    """A file somebody sent. `reference` is what its channel needs to fetch the bytes."""

    name: str
    media_type: str
    size: int
    reference: str


@dataclass(frozen=True, slots=True)
class Said:
    """Free text. `reply_to` is the platform's id of the message it answers, if any; `message` is its own."""

    id: str
    sender: Identity
    place: Place
    text: str
    reply_to: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """One or more files, with or without words. Those of one `album` were sent together."""

    id: str
    sender: Identity
    place: Place
    files: tuple[File, ...]
    caption: str = ""
    reply_to: str = ""
    message: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button. `action` is the string its `Button` carried; it proves nothing about who may press."""

    id: str
    sender: Identity
    place: Place
    action: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A filled-in form. Values are as typed; the one validator judges them."""

    id: str
    sender: Identity
    place: Place
    form: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command word with whatever followed it: `/it claim 12` is word "claim", rest "12"."""

    id: str
    sender: Identity
    place: Place
    word: str
    rest: str = ""
    reply_to: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """Somebody changed a message they had sent: how it reads now, as words or as a command.

    `message` is what the platform called it when it was sent; `with_file` when it carries a file.
    """

    id: str
    sender: Identity
    place: Place
    message: str
    text: str
    word: str = ""
    rest: str = ""
    with_file: bool = False


Event = Said | Attached | Pressed | Submitted | Commanded | Corrected
