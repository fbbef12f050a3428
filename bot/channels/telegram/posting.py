"""A reply put where it belongs: posted in as many messages as it needs, or edited where it stands."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import Any

import structlog
from telegram import LinkPreviewOptions
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest

from bot.channels.telegram.failures import BAD_MARKUP, BROKEN, NO_SUCH_MESSAGE, SHUT_TOPIC, UNCHANGED, says
from bot.channels.telegram.memory import Memory, Words
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.render import Drawn, drawn_buttons, message
from bot.channels.telegram.spot import Spot, under
from bot.channels.telegram.transport import Account
from bot.channels.telegram.uploads import Uploads
from bot.messages import Checklist, CheckState, Document, Outgoing, Picture

log = structlog.get_logger()
DATA_AT_MOST = 64  # bytes of what a button carries
REMEMBERED = 10_000
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Posting:
    """What writes into chats. It remembers what it showed, so that nothing is edited into what it is."""

    def __init__(self, account: Account, pace: Pace, memory: Memory, words: Words, uploads: Uploads) -> None:
        self._account = account
        self._pace = pace
        self._memory = memory
        self._words = words
        self._uploads = uploads
        self._shown: dict[tuple[str, str], str] = {}
        self._posted: dict[str, list[str]] = {}
        self._heard: dict[str, int] = {}

    def heard(self, chat: str, message_id: str) -> None:
        """Somebody wrote this message: what stood above it has moved up."""
        self._heard.pop(chat, None)
        self._heard[chat] = int(message_id)
        while len(self._heard) > REMEMBERED:
            del self._heard[next(iter(self._heard))]

    async def put(self, outgoing: Outgoing, spot: Spot) -> str:
        """The number of the message that shows the reply now. Raises what the library raises, and `TryLater`."""
        drawn = await self._drawn(outgoing, spot)
        fingerprint = hashlib.sha256(json.dumps([drawn.html, str(drawn.keyboard)]).encode()).hexdigest()
        standing = outgoing.message
        if standing and self._has_moved_up(outgoing, spot.chat):
            await self._without_buttons(spot.chat, standing)
            standing = ""
        if standing:
            if self._shown.get((spot.chat, standing)) == fingerprint:
                return standing  # it reads like this already
            if await self._edit(spot.chat, standing, drawn, outgoing):
                self._remember(spot.chat, standing, fingerprint)
                return standing
        sent = await self._post(outgoing, spot, drawn)
        self._remember(spot.chat, sent, fingerprint)
        await self._typing(outgoing, spot)
        return sent

    def _has_moved_up(self, outgoing: Outgoing, chat: str) -> bool:
        """Whether somebody wrote below this card since: what answers them belongs under their words."""
        answers = outgoing.key.startswith("reply:")
        return answers and int(outgoing.message) < self._heard.get(chat, 0)

    async def _drawn(self, outgoing: Outgoing, spot: Spot) -> Drawn:
        reply = outgoing.reply
        tappable = bool(spot.room)
        data = [await self._data(button.action) for button in drawn_buttons(reply, tappable)]
        drawn = message(reply, data, tappable=tappable)
        if outgoing.repeat and not outgoing.message:
            mark = self._word("repeat", drawn.plain[0])
            drawn = message(reply, data, mark=mark, tappable=tappable)
        return drawn

    def _word(self, key: str, beside: str) -> str:
        """A word of ours in the language of what it stands beside."""
        chinese = any("\u4e00" <= sign <= "\u9fff" for sign in beside)
        return self._words["zh" if chinese else "en"][key]

    async def _data(self, action: str) -> str:
        """What a button carries: its action, or a short name for a long one."""
        if len(action.encode()) <= DATA_AT_MOST and not action.startswith("#"):
            return action
        name = "#" + hashlib.sha256(action.encode()).hexdigest()[:32]
        await self._memory.remember(f"press:{name}", "", action)
        return name

    async def _edit(self, chat: str, standing: str, drawn: Drawn, outgoing: Outgoing) -> bool:
        """Edit the message; False when there is none any more."""
        await self._pace.turn(chat, outgoing.lane)

        async def edit(text: str, mode: str | None) -> None:
            await self._account.edit_message_text(
                text,
                chat_id=int(chat),
                message_id=int(standing),
                parse_mode=mode,
                reply_markup=drawn.keyboard,
                link_preview_options=NO_PREVIEW,
            )

        try:
            try:
                await edit(drawn.html[-1], ParseMode.HTML)
            except BadRequest as error:
                if not says(error, BAD_MARKUP):
                    raise
                await edit(drawn.plain[-1], None)
        except BadRequest as error:
            if says(error, NO_SUCH_MESSAGE):
                return False
            if not says(error, UNCHANGED):
                raise
        return True

    async def _without_buttons(self, chat: str, standing: str) -> None:
        with contextlib.suppress(*BROKEN):
            await self._account.edit_message_reply_markup(int(chat), int(standing))

    async def _post(self, outgoing: Outgoing, spot: Spot, drawn: Drawn) -> str:
        """The message in as many parts as it needs; one that went out is not posted again when a later one fails."""
        if isinstance(outgoing.reply, Picture | Document):
            await self._pace.turn(spot.chat, outgoing.lane)
            return await self._uploads.put(outgoing.reply, spot, drawn.plain[0])
        posted = self._posted.setdefault(outgoing.key, [])
        for number in range(len(posted), len(drawn.html)):
            await self._pace.turn(spot.chat, outgoing.lane)
            last = number == len(drawn.html) - 1
            posted.append(await self._part(drawn, number, spot, keyboard=drawn.keyboard if last else None))
        del self._posted[outgoing.key]
        while len(self._posted) > REMEMBERED:
            del self._posted[next(iter(self._posted))]
        return posted[-1]

    async def _part(self, drawn: Drawn, number: int, spot: Spot, *, keyboard: Any) -> str:
        async def post(text: str, mode: str | None) -> str:
            answer = await self._account.send_message(
                int(spot.chat),
                text,
                parse_mode=mode,
                message_thread_id=spot.topic,
                reply_parameters=under(spot.under) if spot.under else None,
                reply_markup=keyboard,
                link_preview_options=NO_PREVIEW,
            )
            return str(answer.message_id)

        async def marked() -> str:
            try:
                return await post(drawn.html[number], ParseMode.HTML)
            except BadRequest as error:
                if not says(error, BAD_MARKUP):
                    raise
                log.warning("telegram.plain_instead", reason=str(error))
                return await post(drawn.plain[number], None)

        try:
            return await marked()
        except BadRequest as error:
            if spot.topic is None or not says(error, SHUT_TOPIC):
                raise
        # The ticket is closed, and so is its topic: it opens for what is added afterwards.
        await self._account.reopen_forum_topic(int(spot.chat), spot.topic)
        try:
            return await marked()
        finally:
            with contextlib.suppress(*BROKEN):
                await self._account.close_forum_topic(int(spot.chat), spot.topic)

    async def _typing(self, outgoing: Outgoing, spot: Spot) -> None:
        """Shown as typing while the checks of a list are still running."""
        lists = [block for block in getattr(outgoing.reply, "blocks", ()) if isinstance(block, Checklist)]
        if not any(item.state is CheckState.WAITING for each in lists for item in each.items):
            return
        with contextlib.suppress(*BROKEN):
            await self._account.send_chat_action(int(spot.chat), ChatAction.TYPING, message_thread_id=spot.topic)

    def _remember(self, chat: str, sent: str, fingerprint: str) -> None:
        if len(self._shown) > REMEMBERED:
            self._shown.clear()
        self._shown[chat, sent] = fingerprint
