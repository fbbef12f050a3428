"""How fast Slack lets us write: about one message a second into a conversation, a few at once at first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.messages import TryLater

BURST = 3
WAITS_ITSELF = 1.0  # seconds; a longer wait goes back to the outbox, where others may overtake it
REMEMBERED = 4096


class Pace:
    """A token bucket for each conversation, kept as the moment when it will be full again."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._interval = 1.0 / per_second
        self._clock = clock
        self._full_at: dict[str, float] = {}

    async def turn(self, conversation: str) -> None:
        """Wait for a turn. Raises `TryLater` when that takes more than a moment."""
        now = self._clock()
        full_at = max(self._full_at.pop(conversation, now), now)
        wait = full_at - (BURST - 1) * self._interval - now
        if wait > WAITS_ITSELF:
            self._full_at[conversation] = full_at
            raise TryLater(wait)
        self._full_at[conversation] = full_at + self._interval
        while len(self._full_at) > REMEMBERED:
            del self._full_at[next(iter(self._full_at))]
        if wait > 0:
            await asyncio.sleep(wait)

    def hold(self, conversation: str, seconds: float) -> None:
        """Nothing into this conversation for so long: Slack said so."""
        self._full_at[conversation] = self._clock() + seconds + (BURST - 1) * self._interval
