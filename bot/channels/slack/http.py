"""Slack's way in over HTTP: `/slack/events`.

Bolt parses a body before it looks at the signature, and some bodies make it stumble. So everything is looked at here
first, over the raw bytes: a bad request gets 400, 401, 413 or 415, never 500.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

log = structlog.get_logger()
PATH = "/slack/events"
BODY_AT_MOST = 256 * 1024
DEPTH_AT_MOST = 64
CLOCKS_MAY_DIFFER = 5 * 60
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
FIELDS_AT_MOST = 100


class Refused(Exception):
    """This request is not one of Slack's; the status to answer with."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def slack_route(app: AsyncApp, secret: str, clock: Callable[[], float] = time.time) -> Route:
    """The route that takes events, commands and interactions."""

    async def receive(request: Request) -> Response:
        try:
            body = await _body(request)
            check(body, request.headers, secret, clock())
            answer = await _dispatch(app, body, request.headers)
        except Refused as refusal:
            log.info("slack.refused", status=refusal.status, reason=str(refusal))
            return PlainTextResponse(str(refusal), refusal.status)
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        return Response(answer.body, answer.status, answer.first_headers_without_set_cookie())

    return Route(PATH, receive, methods=["POST"])


async def _dispatch(app: AsyncApp, body: bytes, headers: Mapping[str, str]) -> BoltResponse:
    """Bolt's answer. It expects every part to be of the type that Slack sends, and stumbles before it comes to us:
    what goes wrong in our own listeners it answers itself, with 500, and Slack delivers again."""
    given: dict[str, Any] = dict(headers)
    try:
        return await app.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=given))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise Refused(400, "not as Slack writes it") from None


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_AT_MOST:
            raise Refused(413, "too large")
    return bytes(body)


def check(body: bytes, headers: Mapping[str, str], secret: str, now: float) -> None:
    """Whether Slack sent these very bytes just now, and Bolt can read them. Raises `Refused`."""
    _signed(body, headers, secret, now)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (FORM, JSON):
        raise Refused(415, "unknown content type")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Refused(400, "not UTF-8") from None
    payload = _object(text) if kind == JSON else _form(text)
    if not _shaped(payload):
        raise Refused(400, "not as Slack writes it")


def _shaped(payload: Mapping[str, Any]) -> bool:
    """Whether the parts by which Bolt finds a listener are there, and of their types."""
    match payload:
        case {"type": "event_callback"}:
            return _has(payload.get("event"), "type")
        case {"type": "block_actions"}:
            actions = payload.get("actions")
            return isinstance(actions, list) and bool(actions) and all(_has(a, "type", "action_id") for a in actions)
        case {"type": "view_submission" | "view_closed"}:
            return _has(payload.get("view"), "type", "callback_id")
        case {"type": "shortcut" | "message_action"}:
            return _has(payload, "callback_id")
    return True


def _has(part: Any, *names: str) -> bool:
    return isinstance(part, dict) and all(isinstance(part.get(name), str) for name in names)


def _signed(body: bytes, headers: Mapping[str, str], secret: str, now: float) -> None:
    given, at = headers.get("x-slack-signature", ""), headers.get("x-slack-request-timestamp", "")
    if not (at.isascii() and at.isdecimal() and len(at) <= 12) or abs(now - int(at)) > CLOCKS_MAY_DIFFER:
        raise Refused(401, "not signed now")
    wanted = "v0=" + hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
        raise Refused(401, "not signed by Slack")


def _form(text: str) -> Mapping[str, Any]:
    try:
        fields = parse_qs(text, max_num_fields=FIELDS_AT_MOST, keep_blank_values=True)
    except ValueError:
        raise Refused(400, "not a form") from None
    if "payload" in fields:
        payload = _object(fields["payload"][0])
        if not isinstance(payload.get("type"), str):
            raise Refused(400, "a payload without a type")
        return payload
    if not (fields.get("command") and fields.get("user_id")) and "ssl_check" not in fields:
        raise Refused(400, "neither a payload nor a command")
    return {}


def _object(text: str) -> Mapping[str, Any]:
    if _depth(text) > DEPTH_AT_MOST:
        raise Refused(400, "too deep")
    try:
        payload = json.loads(text)
    except ValueError:
        raise Refused(400, "not JSON") from None
    if not isinstance(payload, dict):
        raise Refused(400, "not an object")
    return payload


def _depth(text: str) -> int:
    """How deep brackets nest, at most; those within strings count too, which refuses nothing that Slack sends."""
    deepest = depth = 0
    for sign in text:
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest
