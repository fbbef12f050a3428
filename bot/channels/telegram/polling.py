"""Updates by long polling: asked for, committed, and only then confirmed by asking for what comes after them."""

from __future__ import annotations

import asyncio

import structlog
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels.telegram.intake import TelegramIntake
from bot.channels.telegram.parse import ALLOWED, update_number
from bot.channels.telegram.transport import Limited

log = structlog.get_logger()
WAIT = 25  # seconds Telegram holds an empty answer back
LONGEST_PAUSE = 30.0
SECOND_POLLER = "another process asks for this bot's updates (409): stop it, or give it a bot of its own"
BAD_TOKEN = "Telegram refuses TELEGRAM_BOT_TOKEN"  # nosec B105: a sentence


class Polling:
    """The loop. `trouble` says what keeps updates from coming, and is empty when nothing does."""

    def __init__(self, intake: TelegramIntake, *, wait: int = WAIT, pause: float = 1.0) -> None:
        self._intake = intake
        self._account = intake.channel.account
        self._wait = wait
        self._pause = pause
        self.trouble = ""

    async def run(self) -> None:
        """Ask, take, confirm, until cancelled."""
        offset: int | None = None
        pause = self._pause
        hooked = True  # a webhook of before would answer every question with 409
        while True:
            try:
                if not await self._intake.core.may_poll():
                    await asyncio.sleep(self._pause)
                    continue
                if hooked:
                    await self._account.delete_webhook(drop_pending_updates=False)
                    hooked = False
                wait = 0 if self.trouble else self._wait  # whether it is over should be known at once
                updates = await self._account.raw_updates(offset, seconds=wait, allowed=ALLOWED)
                self._well()
                await self._intake.take_all(updates)
                offset = max((number + 1 for number in map(_number, updates)), default=offset)
                pause = self._pause
            except Conflict as error:
                hooked = "webhook" in str(error).lower()
                self._ill(SECOND_POLLER, str(error))
                await asyncio.sleep(min(5 * self._pause, LONGEST_PAUSE))
            except Limited as error:
                await asyncio.sleep(error.seconds)
            except TelegramError as error:
                self._ill(BAD_TOKEN if isinstance(error, InvalidToken) else f"no updates: {error}", str(error))
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            except Exception as error:  # the database is away, or we have a fault: what was not confirmed comes again
                log.warning("telegram.updates_come_again", reason=f"{type(error).__name__}: {error}"[:300])
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _ill(self, trouble: str, reason: str) -> None:
        if trouble != self.trouble:
            log.error("telegram.not_heard", trouble=trouble, reason=reason)
        self.trouble = trouble

    def _well(self) -> None:
        if self.trouble:
            log.info("telegram.heard_again")
        self.trouble = ""


def _number(raw: object) -> int:
    try:
        return update_number(raw)
    except ValueError:
        return 0
