"""A forum topic for each ticket: opened with its card, named after its state, closed when nothing more can be said."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import structlog
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.failures import NO_TOPICS, SAME_TOPIC, says
from bot.channels.telegram.markup import clean, cut
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.rooms import Rooms
from bot.channels.telegram.transport import Account
from bot.messages import Card, Lane, Tone, TryLater

log = structlog.get_logger()
NAME_AT_MOST = 128
REMEMBERED = 10_000
RED, YELLOW, BLUE = 16478047, 16766590, 7322096  # of the six colours Telegram has for topics


def topic_name(card: Card) -> str:
    """Number, state and priority first: a list of topics shows little more than thirty signs of each."""
    priority, _, rest = card.title.partition(" · ")
    number, _, summary = rest.partition(" · ")
    if number != f"T-{card.ticket}":
        return cut(clean(f"T-{card.ticket} · {card.state} · {card.title}").replace("\n", " "), NAME_AT_MOST)
    return cut(clean(f"{number} · {priority} · {card.state} · {summary}").replace("\n", " "), NAME_AT_MOST)


def is_live(card: Card) -> bool:
    """Whether this is the one card in which a room follows a ticket: the core names it after the room."""
    return card.ticket is not None and card.key == f"room:{card.ticket}"


def is_over(card: Card) -> bool:
    """Whether nobody can be answered on this ticket any more: it is closed or cancelled."""
    return not any(button.action.startswith(f"t:reply:{card.ticket}") for button in card.buttons)


class Topics:
    """The topics of our rooms."""

    def __init__(self, account: Account, memory: Memory, rooms: Rooms, pace: Pace) -> None:
        self._account = account
        self._memory = memory
        self._rooms = rooms
        self._pace = pace
        self._shown: dict[tuple[str, int], tuple[str, bool]] = {}
        self._unpinned: set[tuple[str, str]] = set()

    async def of(self, ticket: int, room: str) -> int | None:
        """The topic of this ticket in this room, if it has one."""
        known = await self._memory.recall(f"topic:{ticket}", room)
        return int(known) if known else None

    async def open(self, card: Card, room: str, chat: str, lane: Lane) -> int | None:
        """The topic of this card's ticket, opened when there is none yet; None where topics cannot be had."""
        assert card.ticket is not None
        known = await self.of(card.ticket, room)
        if known is not None or not await self._rooms.has_topics(chat):
            return known
        name = topic_name(card)
        colour = {Tone.BAD: RED, Tone.WARN: YELLOW}.get(card.tone, BLUE)
        await self._pace.turn(chat, lane)
        try:
            topic = await self._account.create_forum_topic(int(chat), name, icon_color=colour)
        except BadRequest as error:
            if not says(error, NO_TOPICS):
                raise
            log.warning("telegram.no_topics", chat=chat, reason=str(error), do="see `firstline check`")
            self._rooms.without_topics(chat)
            return None
        number = str(topic.message_thread_id)
        await self._memory.remember(f"topic:{card.ticket}", room, number)
        await self._memory.belongs(room, number, card.ticket)
        self._shown[chat, topic.message_thread_id] = (name, False)
        return topic.message_thread_id

    async def lost(self, ticket: int, room: str) -> None:
        """Somebody deleted the topic: the card opens another one."""
        await self._memory.remember(f"topic:{ticket}", room, "")

    async def pin(self, chat: str, message: str, *, is_new: bool) -> None:
        """A new card at the top; one that could not be pinned when it was new, now. Without it all works as well."""
        if not is_new and (chat, message) not in self._unpinned:
            return
        self._unpinned.discard((chat, message))
        try:
            await self._pace.turn(chat, Lane.COSMETIC)
            await self._account.pin_chat_message(int(chat), int(message), disable_notification=True)
        except (TelegramError, TryLater) as error:
            log.warning("telegram.not_pinned", chat=chat, reason=str(error))
            if not isinstance(error, BadRequest) and len(self._unpinned) < REMEMBERED:
                self._unpinned.add((chat, message))

    async def keep(self, card: Card, room: str, chat: str, topic: int) -> None:
        """Named as the ticket stands now, and closed with it. Done again it changes nothing."""
        shut = f"shut:{card.ticket}"
        known = self._shown.get((chat, topic))
        was_shut = known[1] if known else bool(await self._memory.recall(shut, room))
        name, over = topic_name(card), is_over(card)
        if known == (name, over):
            return
        if was_shut and not over:
            await self._pace.turn(chat, Lane.COSMETIC)
            with _already():
                await self._account.reopen_forum_topic(int(chat), topic)
            await self._memory.remember(shut, room, "")
        if known is None or known[0] != name:
            await self._pace.turn(chat, Lane.COSMETIC)
            with _already():
                await self._account.edit_forum_topic(int(chat), topic, name=name)
        if over and not was_shut:
            await self._pace.turn(chat, Lane.COSMETIC)
            with _already():
                await self._account.close_forum_topic(int(chat), topic)
            await self._memory.remember(shut, room, "1")
        if len(self._shown) > REMEMBERED:
            self._shown.clear()
        self._shown[chat, topic] = (name, over)


@contextlib.contextmanager
def _already() -> Iterator[None]:
    try:
        yield
    except BadRequest as error:
        if not says(error, SAME_TOPIC):
            raise
