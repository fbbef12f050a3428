"""Where a room of `desk.yaml` is now: a group that became a supergroup has another number."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from telegram.error import TelegramError

from bot.channels.telegram.memory import Memory
from bot.channels.telegram.transport import Account

log = structlog.get_logger()
LOOK_AGAIN = 600.0  # seconds after which a group is asked anew whether it has topics


class Rooms:
    """The numbers of our rooms, and which of them have topics."""

    def __init__(self, account: Account, memory: Memory, clock: Callable[[], float] = time.monotonic) -> None:
        self._account = account
        self._memory = memory
        self._clock = clock
        self._now_at: dict[str, str] = {}
        self._were: dict[str, str] = {}
        self._forums: dict[str, tuple[bool, float]] = {}

    async def now_at(self, room: str) -> str:
        """The chat in which this room is now."""
        if room not in self._now_at:
            self._now_at[room] = await self._memory.recall(f"moved:{room}", "") or room
        return self._now_at[room]

    async def room_of(self, chat: str) -> str:
        """The room, as `desk.yaml` names it, that is in this chat."""
        if chat not in self._were:
            self._were[chat] = await self._memory.recall(f"was:{chat}", "") or chat
        return self._were[chat]

    async def moved(self, old: str, new: str) -> None:
        """A group is a supergroup from now on."""
        room = await self.room_of(old)
        if room == new or await self.now_at(room) == new:
            return
        await self._memory.remember(f"moved:{room}", "", new)
        await self._memory.remember(f"was:{new}", "", room)
        self._now_at[room], self._were[new] = new, room
        log.warning("telegram.group_moved", room=room, chat=new, do="name the new number in desk.yaml")

    async def has_topics(self, chat: str) -> bool:
        """Whether this chat is a forum in which we may open topics, as far as we know."""
        known, until = self._forums.get(chat, (False, 0.0))
        if until > self._clock():
            return known
        try:
            known = bool((await self._account.get_chat(int(chat))).is_forum)
        except TelegramError as error:
            log.warning("telegram.cannot_look_at_group", chat=chat, reason=str(error))
            raise
        self._forums[chat] = (known, self._clock() + LOOK_AGAIN)
        return known

    def without_topics(self, chat: str) -> None:
        """We may not open topics there, for now."""
        self._forums[chat] = (False, self._clock() + LOOK_AGAIN)
