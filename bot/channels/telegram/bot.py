"""A Telegram bot put together: the channel, its way in, its menus, and what keeps it from hearing."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

import structlog
from starlette.routing import Route
from telegram.error import TelegramError

from bot.channels.telegram.adapter import TelegramChannel
from bot.channels.telegram.commands import Menus, register
from bot.channels.telegram.failures import BROKEN
from bot.channels.telegram.intake import TelegramIntake
from bot.channels.telegram.memory import Core, Memory, Words
from bot.channels.telegram.parse import ALLOWED
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.transport import Limited
from bot.channels.telegram.webhook import PATH, webhook_route
from bot.messages import Shelf

log = structlog.get_logger()
DELIVERED_TOGETHER = 10  # updates Telegram posts at the same time
LONGEST_PAUSE = 60.0


class TelegramBot:
    """Everything of one bot. `routes` are to be served, `run` is to be awaited while the desk works."""

    def __init__(
        self,
        token: str,
        memory: Memory,
        words: Words,
        menus: Menus,
        *,
        api_url: str = "",
        webhook_url: str = "",
        webhook_secret: str = "",
        speed: float = 1.0,
        shelf: Shelf | None = None,
    ) -> None:
        self.channel = TelegramChannel(token, memory, words, api_url=api_url, speed=speed, shelf=shelf)
        self.routes: tuple[Route, ...] = ()
        self.intake: TelegramIntake | None = None
        self._menus = menus
        self.webhook = webhook_address(webhook_url) if webhook_url else ""
        self._secret = webhook_secret
        self._polling: Polling | None = None
        self._hook_trouble = ""

    def attach(self, core: Core) -> None:
        """From now on updates reach this core."""
        self.intake = TelegramIntake(self.channel, core)
        if self.webhook:
            self.routes = (webhook_route(self.intake, self._secret),)
        else:
            self._polling = Polling(self.intake)

    @property
    def last_inbound_at(self) -> float:
        """The Unix time of the last update that was taken in; 0 before the first."""
        return self.intake.last_inbound_at if self.intake else 0.0

    @property
    def door(self) -> str:
        """What a link begins with that opens our chat and brings a code; empty until our name is known."""
        name = self.channel.account.known_as
        return f"https://t.me/{name}?start=" if name else ""

    async def opened_door(self) -> str:
        """The same, asked for first; empty when Telegram does not answer."""
        with contextlib.suppress(*BROKEN):
            await self.channel.account.name_in_groups()
        return self.door

    @property
    def trouble(self) -> str:
        """What keeps us from hearing; empty when nothing does."""
        return self._polling.trouble if self._polling else self._hook_trouble

    async def run(self) -> None:
        """Hear what comes, until cancelled."""
        assert self.intake is not None
        rooms = tuple(self.intake.core.rooms())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(register(self.channel.account, self.channel.rooms, self._menus, rooms))
            tasks.create_task(self._polling.run() if self._polling else self._hook())

    async def close(self) -> None:
        """Let everything go."""
        if self.intake is not None:
            await self.intake.stop()
        await self.channel.close()

    async def _hook(self) -> None:
        """Tell Telegram where to post, until it has taken it."""
        pause = 1.0
        while True:
            try:
                await self.channel.account.set_webhook(
                    self.webhook,
                    secret_token=self._secret,
                    allowed_updates=list(ALLOWED),
                    max_connections=DELIVERED_TOGETHER,
                    drop_pending_updates=False,
                )
                self._hook_trouble = ""
                return
            except TelegramError as error:
                self._hook_trouble = f"the webhook is not set: {error}"
                log.error("telegram.not_heard", trouble=self._hook_trouble)
                await asyncio.sleep(error.seconds if isinstance(error, Limited) else pause)
                pause = min(2 * pause, LONGEST_PAUSE)


def webhook_address(given: str) -> str:
    """The address Telegram posts to: our own path, where only a host was named."""
    return given.rstrip("/") + PATH if urlsplit(given).path in ("", "/") else given
