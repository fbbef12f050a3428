"""Slack's side of Socket Mode: hello, envelopes, acknowledgements, disconnects, and sockets that die."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from tests.fakes.slack.model import APP
from tests.fakes.slack.refusals import Json

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace

CONNECTIONS = 10


@dataclass(eq=False)
class Connection:
    """One open socket; a frozen one is a zombie: open, but deaf and dumb."""

    socket: web.WebSocketResponse
    request: web.Request
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    frozen: bool = False
    closing: bool = False

    def gone(self) -> None:
        for answer in self.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the socket closed before the acknowledgement"))


class SocketMode:
    """All sockets the app holds; any one of them gets an event."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.connections: list[Connection] = []
        self.opened = 0
        self.acknowledged: list[str] = []
        self._tickets: set[str] = set()
        self._turn = 0

    def new_url(self) -> str:
        """A url for one socket; it works once."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return f"{self.workspace.url.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={APP}"

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Take a new socket, say hello and listen for acknowledgements until it closes."""
        ticket = request.query.get("ticket", "")
        if self.workspace.faults.down is not None or ticket not in self._tickets:
            return web.Response(status=503 if self.workspace.faults.down else 404)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False, timeout=0.2)
        await socket.prepare(request)
        if len(self.connections) >= CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        connection = Connection(socket, request)
        self.connections.append(connection)
        self.opened += 1
        await socket.send_json(self._hello())
        self.workspace.changed()
        try:
            await self._listen(connection)
        finally:
            if connection in self.connections:
                self.connections.remove(connection)
            connection.gone()
            self.workspace.changed()
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "fake", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP},
        }

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if connection.frozen:
                continue
            match message.type:
                case WSMsgType.PING:
                    await connection.socket.pong(message.data)
                case WSMsgType.TEXT:
                    self._acknowledge(connection, message.data)

    def _acknowledge(self, connection: Connection, data: str) -> None:
        try:
            said = json.loads(data)
            envelope = said["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self.workspace.violated(f"socket: {data!r:.80} is no acknowledgement")
            return
        self.acknowledged.append(envelope)
        answer = connection.waiting.get(envelope)
        if answer is not None and not answer.done():
            answer.set_result(said.get("payload") or {})

    async def send(self, kind: str, payload: Json, attempt: int, reason: str) -> Json:
        """Send one envelope and give the acknowledgement's payload.

        TimeoutError when there is no socket or no acknowledgement in time, ConnectionError when the socket closed.
        """
        patience = self.workspace.pace.acknowledge
        if not await self.workspace.until(self._listening, patience):
            raise TimeoutError("no socket is open")
        listening = self._listening()
        self._turn += 1
        connection = listening[self._turn % len(listening)]
        envelope = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.waiting[str(envelope["envelope_id"])] = answer
        try:
            if not connection.frozen:
                await connection.socket.send_json(envelope)
            return await asyncio.wait_for(answer, patience)
        finally:
            connection.waiting.pop(str(envelope["envelope_id"]), None)

    def _listening(self) -> list[Connection]:
        return [c for c in self.connections if not c.closing and not c.socket.closed]

    async def connected(self, count: int = 1, within: float = 20.0) -> bool:
        """Whether the app holds so many sockets within so many seconds."""
        return await self.workspace.until(lambda: len(self._listening()) >= count, within)

    async def disconnect(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Tell every socket that it will be closed (reason "warning" only warns), and close it."""
        for connection in self._listening():
            connection.closing = close and reason != "warning"
            await connection.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}})
        if close and reason != "warning":
            await asyncio.sleep(0.05)
            await self.close_all()

    async def close_all(self, *, abruptly: bool = False) -> None:
        """Close every socket, with a close frame or by cutting the line."""
        for connection in list(self.connections):
            connection.closing = True
            if abruptly and connection.request.transport is not None:
                connection.request.transport.abort()
            else:
                with contextlib.suppress(ConnectionError):
                    await connection.socket.close()

    def freeze(self) -> None:
        """Make zombies of the sockets open now: no pong, no event, no close."""
        for connection in self.connections:
            connection.frozen = True
