"""Telling the app what happened: by socket or HTTP, again when it does not answer, and checked against the samples."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.slack import payloads
from tests.fakes.slack.http_twin import HttpTwin, NotAccepted
from tests.fakes.slack.model import Message
from tests.fakes.slack.refusals import Json, Undelivered
from tests.fakes.slack.socket_mode import SocketMode

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace

SCOPE_OF_EVENT = {
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "file_shared": "files:read",
}
HISTORY_SCOPE = {"channel": "channels:history", "group": "groups:history", "im": "im:history", "mpim": "mpim:history"}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one payload: the app's answer, or why there is none."""

    answered: bool
    body: Json
    reason: str = ""
    attempts: int = 1


class Inbound:
    """Everything that goes from Slack to the app."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.sockets = SocketMode(workspace)
        self.http = HttpTwin(workspace)
        self.http_url: str | None = None
        self.copies = 1
        """How often every payload arrives although it was answered."""
        self.subscriptions: set[str] | None = None
        """The events of the installed manifest; None means all."""
        self.sent: list[tuple[str, Json]] = []

    async def event(self, event: Json, *, shared: bool = False) -> Told:
        """An events_api payload; nothing is sent for what the app did not ask for or may not read."""
        if not self._wanted(event):
            return Told(True, {}, "not subscribed")
        name = {"message": "MessagePayload", "app_mention": "AppMentionPayload"}.get(event["type"], "")
        name = name or "".join(word.title() for word in event["type"].split("_")) + "Payload"
        match event.get("subtype"):
            case "file_share":
                name = "MessageFileSharePayload"
            case "message_changed":
                name = "MessageChangedPayload"
        return await self.tell("events_api", payloads.event_callback(self.workspace, event, shared=shared), name)

    def _wanted(self, event: Json) -> bool:
        kind = str(event["type"])
        room = self.workspace.conversations.get(str(event.get("channel", "")))
        scope, name = SCOPE_OF_EVENT.get(kind, ""), kind
        if kind == "message" and room is not None:
            scope, name = HISTORY_SCOPE[room.kind], f"message.{room.kind}s".replace("ims", "im")
        if self.subscriptions is not None and name not in self.subscriptions:
            return False
        if scope and scope not in self.workspace.scopes:
            return False
        if scope:
            self.workspace.scopes_used.add(scope)
        return True

    async def tell(self, kind: str, payload: Json, sample: str = "") -> Told:
        """Send one payload until it is answered or Slack gives up (interactions are tried once)."""
        if sample:
            for fault in self.workspace.specification.inbound_faults(sample, payload):
                self.workspace.violated(f"the fake's own payload: {fault}")
        payload = json.loads(json.dumps(payload))
        self.sent.append((kind, payload))
        told = await self._until_answered(kind, payload)
        for _ in range(self.copies - 1):
            await self._until_answered(kind, payload)
        if not told.answered:
            self.workspace.undelivered.append(Undelivered(kind, payload, told.reason))
        self.workspace.changed()
        return told

    async def _until_answered(self, kind: str, payload: Json) -> Told:
        delays = self.workspace.pace.retry_delays if kind == "events_api" else ()
        reason = ""
        for attempt in range(len(delays) + 1):
            if attempt:
                await asyncio.sleep(delays[attempt - 1])
            try:
                return Told(True, await self._send(kind, payload, attempt, reason), attempts=attempt + 1)
            except TimeoutError:
                reason = "http_timeout" if self.http_url else "timeout"
            except ConnectionError:
                reason = "connection_failed"
            except NotAccepted as refusal:
                reason = "http_error"
                if not refusal.retry:
                    break
        return Told(False, {}, reason, len(delays) + 1)

    async def _send(self, kind: str, payload: Json, attempt: int, reason: str) -> Json:
        if self.http_url:
            return await self.http.send(self.http_url, kind, payload, attempt, reason)
        return await self.sockets.send(kind, payload, attempt, reason)

    @property
    def reachable(self) -> bool:
        """Whether anybody listens."""
        return bool(self.http_url) or bool(self.sockets.connections)

    def echo(self, message: Message, *, changed: bool = False) -> None:
        """The app hears its own messages and edits too."""
        if self.workspace.tells_app_its_own and self.reachable and not message.only_for:
            room = self.workspace.conversations[message.channel]
            event = payloads.message_event(self.workspace, room, message)
            if changed:
                event = payloads.message_changed(self.workspace, room, message)
            self.workspace.in_background(self.event(event))

    async def close(self) -> None:
        await self.sockets.close_all()
        await self.http.close()
