"""Telegram as a channel: send, edit, fetch."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.channels.telegram.failures import BROKEN, NO_SUCH_TOPIC, failure, says
from bot.channels.telegram.memory import Memory, Words
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.parse import NAME, TOPIC
from bot.channels.telegram.posting import Posting
from bot.channels.telegram.receipts import receipt
from bot.channels.telegram.rooms import Rooms
from bot.channels.telegram.spot import Spot, under
from bot.channels.telegram.titles import wear
from bot.channels.telegram.toasts import toast, toasted
from bot.channels.telegram.topics import Topics, is_live
from bot.channels.telegram.transport import Account
from bot.channels.telegram.uploads import Uploads
from bot.messages import Badge, Capabilities, Card, File, Outgoing, Place, Rejected, Sent, Shelf, TryLater, Unclear

log = structlog.get_logger()
FILE_AT_MOST = 10 * 1024 * 1024


class TelegramChannel:
    """One bot, seen from the core."""

    def __init__(
        self,
        token: str,
        memory: Memory,
        words: Words,
        *,
        api_url: str = "",
        speed: float = 1.0,
        shelf: Shelf | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.account = Account(token, api_url)
        self.memory = memory
        self.words = words
        self.rooms = Rooms(self.account, memory, clock)
        self._pace = Pace(speed, clock)
        self._topics = Topics(self.account, memory, self.rooms, self._pace)
        self._posting = Posting(self.account, self._pace, memory, words, Uploads(self.account, shelf))
        self.heard = self._posting.heard

    @property
    def name(self) -> str:
        return NAME

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(forms=False, edits=True, reconciles=False, threads=True)

    async def close(self) -> None:
        """Let the connections go."""
        await self.account.close_connections()

    # -- the port ----------------------------------------------------------------------------------

    async def send(self, outgoing: Outgoing) -> Sent:
        """Post the message, or edit the one that stands; raises a `SendFailed`."""
        room, _, user = outgoing.place.room.partition("@")
        chat = await self.rooms.now_at(room) if room else user
        try:
            try:
                return await self._send(outgoing, room, chat)
            except ChatMigrated as error:
                chat = str(error.new_chat_id)
                await self.rooms.moved(room, chat)
                return await self._send(outgoing, room, chat)
        except BROKEN as error:
            failed = failure(error)
            if isinstance(failed, TryLater):
                self._pace.hold(chat, failed.seconds)
            raise failed from None

    async def find(self, outgoing: Outgoing) -> Sent | None:
        """Telegram offers no way to ask."""
        raise Unclear("Telegram cannot tell what stands")

    async def fetch(self, file: File) -> bytes:
        """The bytes of a file somebody sent."""
        if file.size > FILE_AT_MOST:
            raise Rejected(f"the file {file.name} is larger than {FILE_AT_MOST} bytes")
        try:
            known = await self.account.get_file(file.reference)
            content = bytes(await known.download_as_bytearray())
        except BROKEN as error:
            raise failure(error) from None
        if len(content) > FILE_AT_MOST:
            raise Rejected(f"the file {file.name} is larger than {FILE_AT_MOST} bytes")
        return content

    async def wear(self, badge: Badge) -> None:
        """Let these accounts wear the title in the group's room; raises a `SendFailed`."""
        try:
            await wear(self.account, self.memory, await self.rooms.now_at(badge.room), badge)
        except BROKEN as error:
            if isinstance(error, ChatMigrated):
                await self.rooms.moved(badge.room, str(error.new_chat_id))
            raise failure(error) from None

    # -- small things around a message, for which nobody waits -------------------------------------

    async def action_of(self, data: str) -> str:
        """The action a pressed button stood for; "" for one nobody knows any more."""
        return await self.memory.recall(f"press:{data}", "") if data.startswith("#") else data

    async def answer(self, query: str, text: str = "", *, alert: bool = False) -> bool:
        """Let a pressed button stop turning, and say something over the chat; False when it was too late for that."""
        if not query:  # nothing Telegram sends; somebody else's payload
            return False
        try:
            await self.account.answer_callback_query(query, text=text or None, show_alert=alert or None)
        except BROKEN as error:
            log.debug("telegram.press_not_answered", reason=str(error))
            return False
        return True

    async def say(self, spot: Spot, text: str, link: tuple[str, str] | None = None) -> None:
        """One plain sentence, if it can be said now. `link` is a button's label and address."""
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(link[0], url=link[1])]]) if link else None
        with contextlib.suppress(*BROKEN):
            await self.account.send_message(
                int(spot.chat),
                text,
                message_thread_id=spot.topic,
                reply_parameters=under(spot.under) if spot.under else None,
                reply_markup=keyboard,
            )

    async def reaches(self, user: str) -> bool:
        """Whether we may write to somebody: they have opened our chat, and not blocked us."""
        try:
            await self.account.send_chat_action(int(user), ChatAction.TYPING)
        except BROKEN as error:
            return not isinstance(error, BadRequest | Forbidden)
        return True

    # -- how ---------------------------------------------------------------------------------------

    async def _send(self, outgoing: Outgoing, room: str, chat: str) -> Sent:
        query = toasted(outgoing)
        if query:
            text, alert = toast(outgoing.reply)
            if await self.answer(query, text, alert=alert):
                return Sent("", _bare(outgoing.place))
        self._pace.check(chat)
        written, sign = receipt(outgoing)
        if written and await self._signed(chat, written, sign):
            return Sent("", _bare(outgoing.place))
        card = outgoing.reply
        if room and outgoing.place.room == room and isinstance(card, Card) and is_live(card):
            return await self._live_card(outgoing, card, room, chat)
        sent = await self._posting.put(outgoing, await self._spot(outgoing, room, chat))
        return await self._placed(outgoing, room, sent)

    async def _signed(self, chat: str, written: str, sign: str) -> bool:
        """A sign on somebody's message; False where signs cannot be had, and words are needed."""
        try:
            await self.account.set_message_reaction(int(chat), int(written), sign)
        except BadRequest as error:
            log.info("telegram.no_sign", chat=chat, reason=str(error))
            return False
        return True

    async def _spot(self, outgoing: Outgoing, room: str, chat: str) -> Spot:
        """A topic when the place is one, or the ticket has one; else under the message that the thread is."""
        thread, ticket = outgoing.place.thread, getattr(outgoing.reply, "ticket", None)
        if thread.startswith(TOPIC):
            return Spot(chat, room, int(thread.removeprefix(TOPIC)))
        told_to_all = room and (thread or outgoing.place.room == room)
        topic = await self._topics.of(ticket, room) if told_to_all and ticket is not None else None
        if topic is not None:
            return Spot(chat, room, topic)
        return Spot(chat, room, under=int(thread)) if room and thread else Spot(chat, room)

    async def _placed(self, outgoing: Outgoing, room: str, sent: str) -> Sent:
        """Where the message stands for the core: one that is no card of its own belongs to the whole room, where
        anybody may answer it."""
        reply = outgoing.reply
        if not (isinstance(reply, Card) and reply.key):
            return Sent(sent, _bare(outgoing.place))
        if room and reply.ticket is not None:
            await self.memory.belongs(room, sent, reply.ticket)
        return Sent(sent, outgoing.place)

    async def _live_card(self, outgoing: Outgoing, card: Card, room: str, chat: str) -> Sent:
        """The one card of a ticket in its group's room: in a topic of its own, where there are topics."""
        assert card.ticket is not None
        known = await self._topics.of(card.ticket, room)
        topic = await self._topics.open(card, room, chat, outgoing.lane)
        if topic is not None and known is None:
            outgoing = replace(outgoing, repeat=False)  # whatever stands elsewhere, nothing stands in a new topic
        try:
            sent = await self._posting.put(outgoing, Spot(chat, room, topic))
        except BadRequest as error:
            if topic is None or not says(error, NO_SUCH_TOPIC):
                raise
            await self._topics.lost(card.ticket, room)
            topic = await self._topics.open(card, room, chat, outgoing.lane)
            sent = await self._posting.put(replace(outgoing, message=""), Spot(chat, room, topic))
        if topic is not None:
            is_new = sent != outgoing.message
            await self._topics.pin(chat, sent, is_new=is_new)
            try:
                await self._topics.keep(card, room, chat, topic)
            except (*BROKEN, TryLater) as error:
                if not is_new:
                    raise  # the edit is done again, which changes nothing, and then this
                log.warning("telegram.topic_not_kept", chat=chat, reason=str(error))
        return Sent(sent, outgoing.place)


def _bare(place: Place) -> Place:
    """The room itself, for whoever wrote in it and in whichever thread."""
    room, _, _ = place.room.partition("@")
    return replace(place, room=room, thread="") if room else place
