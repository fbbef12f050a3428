"""What the channel asks of the house, and has it remember: a channel has no database of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.messages import Answer, Event, File, Identity, Place

Words = Mapping[str, Mapping[str, str]]  # language -> key -> sentence


@dataclass(frozen=True, slots=True)
class Memory:
    """Things to know after a restart, each by its name in a room ("" for none).

    `recall`: the value, or "". `remember`: keep a value. `belongs`: a message or topic of this room is about a
    ticket; `ticket_of`: the number of that ticket.
    """

    recall: Callable[[str, str], Awaitable[str]]
    remember: Callable[[str, str, str], Awaitable[None]]
    belongs: Callable[[str, str, int], Awaitable[None]]
    ticket_of: Callable[[str, str], Awaitable[int | None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a form that somebody has not answered yet, and the message it stands in."""

    message: str


@dataclass(frozen=True, slots=True)
class Core:
    """What the channel asks of the rest of the house.

    `handle`: what the sender sees now. `person`: the key of whoever an account belongs to, or "". `language`: how
    they are spoken to. `asked`: the question of a form that waits for an answer here. `stage`: keep a file; its
    reference. `meet`: somebody turned up whose Telegram is in this language. `park`: put an update aside that cannot
    be handled. `rooms`: the groups' rooms, each with the keys of its groups. `stands`: whether a ticket has its card
    in this room. `may_poll`: whether this process is the one that asks for updates. `transient`: failures after which
    an update comes again.
    """

    handle: Callable[[Event], Awaitable[Answer]]
    person: Callable[[Identity], Awaitable[str]]
    language: Callable[[str], Awaitable[str]]
    asked: Callable[[Identity, Place], Awaitable[Asked | None]]
    stage: Callable[[Identity, File, bytes], Awaitable[str]]
    meet: Callable[[Identity, str], Awaitable[None]]
    park: Callable[[str, object, str], Awaitable[None]]
    rooms: Callable[[], Mapping[str, str]]
    stands: Callable[[str, int], Awaitable[bool]]
    may_poll: Callable[[], Awaitable[bool]]
    transient: tuple[type[Exception], ...] = ()
    words: frozenset[str] = field(default_factory=frozenset)
