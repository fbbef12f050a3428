"""The port every channel implements, what it can do there, and how a sending can fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol, runtime_checkable

from bot.messages.events import File, Place
from bot.messages.replies import Picture, Reply


class Lane(IntEnum):
    """Sending priority: a lower number leaves first."""

    URGENT = -1  # a page that leaves before other pages; channels see a page
    PAGE = 0
    ANSWER = 1
    NOTICE = 2
    COSMETIC = 3


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do, asked once instead of by its name.

    `pushes` is whether a message rings somewhere: a page to a channel one must open oneself may not be seen.
    `posts_forms`: a form opens only on a press, so one that comes without any is posted as something to press.
    `threads`: a message can have answers under it, where the log of a live card goes.
    """

    forms: bool
    edits: bool
    reconciles: bool
    pushes: bool = True
    posts_forms: bool = False
    threads: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send. `key` is unique to it for ever; `message` is what to edit, if it stands already."""

    key: str
    place: Place
    reply: Reply
    lane: Lane = Lane.NOTICE
    message: str = ""
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A message stands: the platform's id for it, and the place it really went to."""

    message: str
    place: Place


class SendFailed(Exception):
    """A message did not go out, and nobody saw it."""


class Unclear(SendFailed):
    """Nobody can say whether the message went out: reconcile before sending again."""


class TryLater(SendFailed):
    """The platform asked us to wait `seconds` for this target."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"try again in {seconds:g} s")
        self.seconds = seconds


class Unreachable(SendFailed):
    """This person or room cannot be reached here: blocked, left, deactivated."""


class Rejected(SendFailed):
    """The platform will never take this message as it is."""


class Channel(Protocol):
    """What the core asks of Slack, Telegram, the web desk, or a test's own console."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    async def send(self, outgoing: Outgoing) -> Sent:
        """Send or edit one message; raises a `SendFailed`."""
        ...

    async def find(self, outgoing: Outgoing) -> Sent | None:
        """After an unclear answer: the message if it stands, None if it surely does not; else `Unclear`."""
        ...

    async def fetch(self, file: File) -> bytes:
        """The bytes of a file somebody sent here; raises `SendFailed`."""
        ...


@dataclass(frozen=True, slots=True)
class Badge:
    """What whoever is on call for a group is known by on a platform: a user group's name in Slack, a title in Telegram.

    `room` is the group's room there, or ""; `wearers` are the accounts of whoever wears it now, and nobody else does.
    """

    group: str
    name: str
    room: str
    wearers: tuple[str, ...]


@runtime_checkable
class BadgeKeeper(Protocol):
    """What a channel is, too, where its platform can show who is on call."""

    async def wear(self, badge: Badge) -> None:
        """Let these accounts wear the badge and nobody else; done twice, it changes nothing. Raises a `SendFailed`."""
        ...


class Shelf(Protocol):
    """What a channel that sends files asks of the house it is built in."""

    async def content(self, file: File) -> bytes:
        """The bytes of a file the desk keeps; raises `Rejected` once it keeps it no more."""
        ...

    async def png(self, picture: Picture) -> bytes:
        """A picture as a PNG image; raises `Rejected` for a drawing that cannot be painted."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What `handle` gives back: the replies this person sees, in order, and whether the event was new."""

    replies: tuple[Reply, ...] = field(default=())
    repeated: bool = False
