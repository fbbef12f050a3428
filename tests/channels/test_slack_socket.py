"""The socket is kept up: closed, announced as closing, cut or silently dead, another one takes its place."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from slack_bolt.async_app import AsyncApp

from bot.channels.slack.adapter import SlackChannel
from bot.channels.slack.socket import Socket
from tests.fakes.slack import Workspace, fake_workspace


@contextlib.asynccontextmanager
async def kept_up() -> AsyncIterator[tuple[Workspace, Socket]]:
    """A workspace and a socket that is watched closely."""
    async with fake_workspace() as workspace:
        channel = SlackChannel(workspace.bot_token, api_url=workspace.api_url)
        app = AsyncApp(client=channel.client, process_before_response=True, request_verification_enabled=False)
        socket = Socket(app, workspace.app_token, look_every=0.1, ping_every=0.2)
        running = asyncio.create_task(socket.run())
        try:
            assert await workspace.inbound.sockets.connected()
            yield workspace, socket
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await channel.close()


@pytest.mark.parametrize("way", ["closed", "cut", "announced", "frozen"])
async def test_a_lost_socket_is_replaced(way: str) -> None:
    """Whether Slack says so, closes, vanishes, or just falls silent."""
    async with kept_up() as (workspace, socket):
        opened = len(workspace.calls_to("apps.connections.open"))
        sockets = workspace.inbound.sockets
        match way:
            case "closed":
                await sockets.close_all()
            case "cut":
                await sockets.close_all(abruptly=True)
            case "announced":
                await sockets.disconnect()
            case "frozen":
                sockets.freeze()
        assert await workspace.until(lambda: len(workspace.calls_to("apps.connections.open")) > opened, 15.0)
        assert await sockets.connected(within=10.0)
        await asyncio.sleep(0.3)
        assert await socket.alive()


async def test_a_socket_refused_is_tried_again() -> None:
    """With more and more patience, for as long as it takes."""
    async with kept_up() as (workspace, _):
        workspace.faults.server_error("apps.connections.open", times=2)
        await workspace.inbound.sockets.close_all()
        assert await workspace.until(lambda: len(workspace.calls_to("apps.connections.open")) >= 4, 20.0)
        assert await workspace.inbound.sockets.connected(within=10.0)


async def test_it_says_what_keeps_us_from_hearing() -> None:
    """For whoever watches `/readyz`; nothing once it is up again."""
    async with kept_up() as (workspace, socket):
        assert await workspace.until(lambda: not socket.trouble, 10.0)
        await workspace.goes_down()
        assert await workspace.until(lambda: socket.trouble, 20.0)
        assert socket.trouble.startswith("the socket to Slack ")
        workspace.comes_back()
        assert await workspace.until(lambda: not socket.trouble, 20.0)
