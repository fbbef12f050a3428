"""Telegram's way in: every update becomes an event and is committed before Telegram may forget it.

An update that cannot be read is put aside, where somebody can see it, and the next one goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import structlog

from bot.channels.telegram import parse
from bot.channels.telegram.adapter import TelegramChannel
from bot.channels.telegram.groups import Groups
from bot.channels.telegram.memory import Core
from bot.channels.telegram.parse import Heard, Inbound, Moved, Sender, Touched
from bot.channels.telegram.toasts import short
from bot.messages import Answer, Attached, Commanded, Event, File, Identity, Pressed, Said, SendFailed

log = structlog.get_logger()
TOGETHER = 8  # chats whose updates are handled at the same time
FETCH_WITHIN = 10.0  # seconds for one file
TOAST_WITHIN = 3.0  # seconds until a press stops turning in any case
STOP_WITHIN = 2.0
PEOPLE_REMEMBERED = 10_000


class TelegramIntake:
    """One bot's updates, whichever way they come."""

    def __init__(self, channel: TelegramChannel, core: Core) -> None:
        self.channel = channel
        self.core = core
        self.last_inbound_at = 0.0
        self._groups = Groups(channel, core, channel.words)
        self._met: dict[Identity, None] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._running: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Wait a moment for what is still being said."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def take_all(self, updates: Sequence[Any]) -> None:
        """All of them, each chat's in their order. Raises what is `transient` when some have to come again."""
        chats: dict[str, list[Any]] = defaultdict(list)
        for raw in updates:
            chats[parse.chat_of(raw)].append(raw)
        room = asyncio.Semaphore(TOGETHER)

        async def of_one_chat(its: list[Any]) -> None:
            async with room:
                for raw in its:
                    await self.take(raw)

        outcomes = await asyncio.gather(*map(of_one_chat, chats.values()), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def take(self, raw: Any) -> None:
        """One update, handled or put aside when this returns. Raises what is `transient`: it has to come again.

        Those of one chat are taken one after another, also when they are delivered together.
        """
        chat = parse.chat_of(raw)
        turn = self._turns.get(chat) or self._turns.setdefault(chat, asyncio.Lock())
        async with turn:
            await self._read(raw)

    async def _read(self, raw: Any) -> None:
        called = await self.channel.account.name_in_groups()
        try:
            inbound = parse.read(raw, self.channel.account, called)
        except Exception as error:  # the library raises whatever its own code stumbles over
            log.error("telegram.not_understood", reason=f"{type(error).__name__}: {error}"[:200])
            await self._park(raw, error)
            return
        try:
            await self._take(inbound)
        except self.core.transient:
            raise
        except Exception as error:
            log.exception("telegram.parked")
            await self._park(raw, error)
        self.last_inbound_at = time.time()

    async def _park(self, raw: Any, error: Exception) -> None:
        number = raw.get("update_id", "") if isinstance(raw, dict) else ""
        stem = f"{parse.NAME}:{parse.bot_number(self.channel.account)}:{number}"
        await self.core.park(stem, raw, f"{type(error).__name__}: {error}"[:500])

    async def _take(self, inbound: Inbound | None) -> None:
        match inbound:
            case Heard():
                await self._heard(inbound)
            case Touched():
                await self._touched(inbound)
            case Moved(old=old, new=new):
                await self.channel.rooms.moved(old, new)

    # -- messages ----------------------------------------------------------------------------------

    async def _heard(self, heard: Heard) -> None:
        if not heard.corrected:
            self.channel.heard(heard.where.chat, heard.message)
        event = await self._in_private(heard) if heard.where.private else await self._groups.event(heard)
        if event is not None:
            await self._handle(parse.as_corrected(event) if heard.corrected else event)

    async def _in_private(self, heard: Heard) -> Event:
        who = heard.sender.who
        await self._meet(heard.sender)
        place, answers = parse.direct(who), heard.answers
        asked = await self.core.asked(who, place) if answers else None
        if asked is not None and asked.message == answers:
            answers = ""  # it answers the question, not the ticket that the question is about
        if heard.files:
            return Attached(heard.id, who, place, heard.files, heard.text, answers, heard.message, heard.album)
        if heard.word:
            return Commanded(heard.id, who, place, heard.word, heard.rest, answers, heard.message)
        return Said(heard.id, who, place, heard.text, answers, heard.message)

    async def _meet(self, sender: Sender) -> None:
        if sender.who not in self._met:
            await self.core.meet(sender.who, sender.language[:2].lower())
            self._met[sender.who] = None
            if len(self._met) > PEOPLE_REMEMBERED:
                del self._met[next(iter(self._met))]

    async def _handle(self, event: Event) -> Answer:
        if isinstance(event, Attached):
            event = await self._with_files(event)
        return await self.core.handle(event)

    async def _with_files(self, event: Attached) -> Attached:
        """The files kept on our side before Telegram may forget them; what cannot be kept has no reference."""
        kept: list[File] = []
        for file in event.files if await self.core.person(event.sender) else ():
            try:
                async with asyncio.timeout(FETCH_WITHIN):
                    content = await self.channel.fetch(file)
            except (SendFailed, TimeoutError) as error:
                log.warning("telegram.file_refused", reason=str(error))
                continue
            reference = await self.core.stage(event.sender, file, content)
            kept.append(replace(file, reference=reference, size=len(content)))
        return replace(event, files=tuple(kept))

    # -- presses -----------------------------------------------------------------------------------

    async def _touched(self, touched: Touched) -> None:
        action = await self.channel.action_of(touched.data)
        who = touched.sender.who
        if touched.where.private:
            self._spawn(self._answer(touched.query))
            place = parse.direct(who)
            await self.core.handle(Pressed(touched.id, who, place, action, touched.message))
            return
        at = await self._groups.place_of_press(touched)
        if at is None:
            return
        answer = await self.core.handle(Pressed(touched.id, who, at, action, touched.message))
        said_so = bool(answer.replies) and short(answer.replies[0])
        self._spawn(self._answer(touched.query, after=TOAST_WITHIN if said_so else 0.0))

    async def _answer(self, query: str, after: float = 0.0) -> None:
        await asyncio.sleep(after)
        await self.channel.answer(query)

    def _spawn(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
