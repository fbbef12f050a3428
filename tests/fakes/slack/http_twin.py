"""Slack's side of HTTP delivery: the same payloads, signed and posted to a URL."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack.refusals import Json

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace


class NotAccepted(Exception):
    """The app answered with another status than 200."""

    def __init__(self, status: int, retry: bool) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry = retry


class HttpTwin:
    """Posts what Socket Mode would have sent."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._session: aiohttp.ClientSession | None = None

    def signed(self, body: bytes, *, at: int | None = None) -> dict[str, str]:
        """The two headers that prove the body comes from Slack; `at` is another Unix time than now."""
        moment = str(int(self.workspace.clock()) if at is None else at)
        base = b"v0:" + moment.encode() + b":" + body
        digest = hmac.new(self.workspace.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, Any]:
        """Post raw bytes: status, content type and body of the answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        patience = aiohttp.ClientTimeout(total=self.workspace.pace.acknowledge)
        async with self._session.post(url, data=body, headers=headers, timeout=patience) as answer:
            text = await answer.text()
            headers_out = answer.headers
            return answer.status, answer.content_type, (text, headers_out.get("X-Slack-No-Retry") == "1")

    async def send(self, url: str, kind: str, payload: Json, attempt: int, reason: str) -> Json:
        """Post one payload and give the answer's body.

        NotAccepted for a status other than 200, TimeoutError after Slack's patience, ConnectionError without one.
        """
        body, content_type = _encoded(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        try:
            status, answered, (text, no_retry) = await self.post(url, body, headers | self.signed(body))
        except TimeoutError:
            raise
        except aiohttp.ClientError as failure:
            raise ConnectionError(str(failure)) from failure
        if status != 200:
            raise NotAccepted(status, not no_retry)
        if not text.strip():
            return {}
        if answered == "application/json":
            decoded = json.loads(text)
            return decoded if isinstance(decoded, dict) else {}
        return {"text": text}

    async def verify(self, url: str) -> bool:
        """Whether the URL answers Slack's url_verification with the challenge."""
        body = json.dumps({"type": "url_verification", "token": "t", "challenge": "a challenge"}).encode()
        headers = {"Content-Type": "application/json", **self.signed(body)}
        status, _, (text, _) = await self.post(url, body, headers)
        return status == 200 and "a challenge" in text

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    flat = {name: "" if value is None else _form(value) for name, value in fields.items()}
    return urlencode(flat).encode(), "application/x-www-form-urlencoded"


def _form(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
