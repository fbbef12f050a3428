"""A Slack workspace put together: the channel, its way in by whichever credentials there are, and its watch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.routing import Route

from bot.channels.slack.adapter import CALL_WITHIN, PUBLIC_API, SlackChannel
from bot.channels.slack.core import Core
from bot.channels.slack.http import slack_route
from bot.channels.slack.intake import SlackIntake
from bot.channels.slack.socket import LOOK_EVERY, Socket
from bot.messages import Shelf


class SlackWorkspace:
    """Everything of one workspace. `routes` are to be served, `run` is to be awaited while the desk works."""

    def __init__(
        self,
        bot_token: str,
        *,
        app_token: str = "",
        signing_secret: str = "",
        api_url: str = "",
        per_second: float = 1.0,
        call_within: float = CALL_WITHIN,
        look_every: float = LOOK_EVERY,
        shelf: Shelf | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.channel = SlackChannel(
            bot_token,
            api_url=api_url or PUBLIC_API,
            per_second=per_second,
            call_within=call_within,
            shelf=shelf,
            clock=clock,
        )
        self._look_every = look_every
        self.routes: tuple[Route, ...] = ()
        self.intake: SlackIntake | None = None
        self.socket: Socket | None = None
        self._app_token, self._secret = app_token, signing_secret

    def attach(self, core: Core) -> None:
        """From now on events reach this core."""
        self.intake = SlackIntake(self.channel, core, signing_secret=self._secret)
        if self._secret:
            self.routes = (slack_route(self.intake.app, self._secret),)
        if self._app_token:
            self.socket = Socket(self.intake.app, self._app_token, look_every=self._look_every)

    @property
    def last_inbound_at(self) -> float:
        """The Unix time of the last event that was taken in; 0 before the first."""
        return self.intake.last_inbound_at if self.intake else 0.0

    @property
    def trouble(self) -> str:
        """What keeps us from hearing; empty when nothing does, and over HTTP, where Slack comes to us."""
        return self.socket.trouble if self.socket and not self._secret else ""

    async def settled(self) -> None:
        """Wait for what nobody waits for: forms that open, profiles that are read."""
        if self.intake is not None:
            await self.intake.settled()

    async def run(self) -> None:
        """Keep the socket up, until cancelled; over HTTP there is nothing to keep."""
        if self.socket is not None:
            await self.socket.run()
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Let everything go."""
        if self.intake is not None:
            await self.intake.stop()
        await self.channel.close()
