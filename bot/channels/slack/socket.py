"""Slack's way in through Socket Mode, and the watch over the socket: a session that is silent is replaced."""

from __future__ import annotations

import asyncio
import time

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.channels.slack.failures import BROKEN, code

log = structlog.get_logger()
LOOK_EVERY = 5.0
PING_EVERY = 10.0
PONGS_MISSED = 3  # after so many a session is taken for dead
CONNECT_WITHIN = 15.0
CLOSE_WITHIN = 3.0


class Socket:
    """A connection that is kept up until it is stopped."""

    def __init__(
        self, app: AsyncApp, app_token: str, *, look_every: float = LOOK_EVERY, ping_every: float = PING_EVERY
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._look_every = look_every
        self._ping_every = ping_every
        self._handler: AsyncSocketModeHandler | None = None
        self.trouble = "the socket to Slack is not open yet"  # what keeps us from hearing; "" while nothing does

    async def run(self) -> None:
        """Connect, and connect again whenever the session is lost, until cancelled."""
        first = self._look_every / 5
        wait, patience = first, 0
        try:
            while True:
                if await self.alive():
                    wait, patience, self.trouble = first, 1, ""
                    await asyncio.sleep(self._look_every)
                    continue
                if patience:  # the library replaces a session by itself when Slack announces its end
                    patience -= 1
                    self.trouble = "the socket to Slack is lost"
                    await asyncio.sleep(self._look_every)
                    continue
                try:
                    await self._connect()
                    log.info("slack.connected")
                except BROKEN as error:
                    self.trouble = f"the socket to Slack does not open: {code(error) or type(error).__name__}"
                    log.warning("slack.not_connected", reason=f"{type(error).__name__}: {error}", again_in=wait)
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, 30.0)
        finally:
            await self._close()

    async def alive(self) -> bool:
        """Whether there is a session, and it answered lately."""
        if self._handler is None:
            return False
        client = self._handler.client
        if not await client.is_connected():
            return False
        heard = client.last_ping_pong_time
        return heard is None or time.time() - heard < PONGS_MISSED * self._ping_every

    async def _connect(self) -> None:
        await self._close()
        self._handler = AsyncSocketModeHandler(self._app, self._app_token, ping_interval=self._ping_every)
        async with asyncio.timeout(CONNECT_WITHIN):
            await self._handler.client.connect()  # type: ignore[no-untyped-call]

    async def _close(self) -> None:
        handler, self._handler = self._handler, None
        if handler is None:
            return
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await handler.client.close()  # type: ignore[no-untyped-call]
        except BROKEN as error:
            log.warning("slack.not_closed", reason=f"{type(error).__name__}: {error}")
            await handler.client.aiohttp_client_session.close()
