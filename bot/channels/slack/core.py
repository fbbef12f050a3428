"""What the Slack channel asks of the rest of the house."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.messages import Answer, Event, File, Identity, Place, Reply


@dataclass(frozen=True, slots=True)
class Core:
    """What the channel asks of the rest of the house.

    `handle`: what the sender sees now. `listens`: whether this thread's words concern us, though they call nobody;
    None when that will be known in a moment. `person`: the key of whoever an account belongs to, or "". `meet`: an
    unknown account of this workspace has this e-mail address; whether it is somebody's now. `learn`: an account's
    locale and time zone. `works`: whether its emoji mean anything, which are `emoji`, each with its command word.
    `stage`: keep a file; its reference. `overview`: what stands on somebody's Home.
    """

    handle: Callable[[Event], Awaitable[Answer]]
    listens: Callable[[Identity, Place, str], Awaitable[bool | None]]
    person: Callable[[Identity], Awaitable[str]]
    meet: Callable[[Identity, str], Awaitable[bool]]
    learn: Callable[[Identity, str, str], Awaitable[None]]
    works: Callable[[Identity], Awaitable[bool]]
    emoji: Callable[[], Mapping[str, str]]
    stage: Callable[[Identity, File, bytes], Awaitable[str]]
    overview: Callable[[Identity], Awaitable[tuple[Reply, ...]]]
    words: frozenset[str]
