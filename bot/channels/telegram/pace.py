"""How fast Telegram lets us write: one message a second to somebody, 20 a minute into a group, 30 a second in all.

Pages have the last of what is left for all: thousands of notices never hold up one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.messages import Lane, TryLater

WAITS_ITSELF = 1.0  # seconds; a longer wait goes back to the outbox, where others may overtake it
REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and then one in each `interval` of seconds."""

    burst: int
    interval: float


PERSON = Rate(3, 1.0)
GROUP = Rate(8, 5.0)  # in any minute at most 8 + 12
EVERYBODY = Rate(30, 1 / 30)
KEPT_FOR_PAGES = 10


class Pace:
    """A token bucket for each chat and one for all, each kept as the moment when it will be full again.

    `speed` multiplies the rates, for tests.
    """

    def __init__(self, speed: float, clock: Callable[[], float]) -> None:
        self._speed = speed
        self._clock = clock
        self._full_at: dict[str, float] = {}
        self._held: dict[str, float] = {}

    async def turn(self, chat: str, lane: Lane) -> None:
        """Wait for a turn. Raises `TryLater` when that takes more than a moment.

        Nothing but a page waits here for the bucket of all: whoever waits has taken their token already.
        """
        self.check(chat)
        rate = GROUP if chat.startswith("-") else PERSON
        wait, crowd = self._wait(chat, rate, 0), self._wait("", EVERYBODY, 0 if lane is Lane.PAGE else KEPT_FOR_PAGES)
        if wait > WAITS_ITSELF or crowd > (WAITS_ITSELF if lane is Lane.PAGE else 0.0):
            raise TryLater(max(wait, crowd))
        self._take(chat, rate)
        self._take("", EVERYBODY)
        while len(self._full_at) > REMEMBERED:
            del self._full_at[next(iter(self._full_at))]
        if max(wait, crowd) > 0:
            await asyncio.sleep(max(wait, crowd))

    def hold(self, chat: str, seconds: float) -> None:
        """Nothing into this chat for so long: Telegram said so."""
        self._held[chat] = max(self._clock() + seconds, self._held.get(chat, 0.0))
        while len(self._held) > REMEMBERED:
            del self._held[next(iter(self._held))]

    def check(self, chat: str) -> None:
        """Raises `TryLater` while nothing may go into this chat."""
        wait = self._held.get(chat, 0.0) - self._clock()
        if wait > 0:
            raise TryLater(wait)
        self._held.pop(chat, None)

    def _wait(self, chat: str, rate: Rate, kept: int) -> float:
        now = self._clock()
        full_at = max(self._full_at.get(chat, now), now)
        return full_at - (rate.burst - kept - 1) * rate.interval / self._speed - now

    def _take(self, chat: str, rate: Rate) -> None:
        full_at = max(self._full_at.pop(chat, 0.0), self._clock())
        self._full_at[chat] = full_at + rate.interval / self._speed
