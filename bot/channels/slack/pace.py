"""How fast Slack lets us speak: about one message a second into a conversation, and each method by its tier.

The tiers are those of Slack's reference of each method, in calls a minute; a bucket never lets more through in any
minute than its tier names. `chat.postMessage` has no tier: its rate is the conversation's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from bot.messages import TryLater

BURST = 3
WAITS_ITSELF = 1.0  # seconds; a longer wait goes back to the outbox, where others may overtake it
REMEMBERED = 4096
TIERS: Mapping[str, int] = {
    "chat.postEphemeral": 100,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.open": 50,
    "conversations.replies": 50,
    "files.completeUploadExternal": 100,
    "files.getUploadURLExternal": 100,
    "usergroups.list": 20,
    "usergroups.users.update": 20,
    "users.info": 100,
    "users.list": 20,
    "views.open": 100,
    "views.publish": 100,
    "views.update": 100,
}
AT_ONCE = 5  # a fifth of a minute's calls may go at once; the rest of the minute is left to the others


class Pace:
    """A token bucket for each name, kept as the moment when it will be full again."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float],
        *,
        burst: int = BURST,
        waits_itself: float = WAITS_ITSELF,
    ) -> None:
        self._interval = 1.0 / per_second
        self._waits_itself = waits_itself
        self._burst = burst
        self._clock = clock
        self._full_at: dict[str, float] = {}

    async def turn(self, name: str) -> None:
        """Wait for a turn. Raises `TryLater` when that takes more than a moment."""
        now = self._clock()
        full_at = max(self._full_at.pop(name, now), now)
        wait = full_at - (self._burst - 1) * self._interval - now
        if wait > self._waits_itself:
            self._full_at[name] = full_at
            raise TryLater(wait)
        self._full_at[name] = full_at + self._interval
        while len(self._full_at) > REMEMBERED:
            del self._full_at[next(iter(self._full_at))]
        if wait > 0:
            await asyncio.sleep(wait)

    def hold(self, name: str, seconds: float) -> None:
        """Nothing by this name for so long: Slack said so."""
        self._full_at[name] = self._clock() + seconds + (self._burst - 1) * self._interval


class Tiers:
    """A bucket for each method that has a tier; `times` as fast as Slack's, for tests."""

    def __init__(self, clock: Callable[[], float], times: float = 1.0) -> None:
        self._buckets = {method: _bucket(rate, clock, times) for method, rate in TIERS.items()}

    async def turn(self, method: str) -> None:
        """Wait for this method's turn. Raises `TryLater` when that takes more than a moment."""
        if method in self._buckets:
            await self._buckets[method].turn(method)

    def hold(self, method: str, seconds: float) -> None:
        """Slack wants no call of this method for so long."""
        if method in self._buckets:
            self._buckets[method].hold(method, seconds)


def _bucket(rate: int, clock: Callable[[], float], times: float) -> Pace:
    burst = rate // AT_ONCE
    per_second = (rate - burst) / 60 * times
    return Pace(
        per_second, clock, burst=burst, waits_itself=max(WAITS_ITSELF, 1 / per_second)
    )  # one after another waits no longer
