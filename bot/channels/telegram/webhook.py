"""Updates by webhook: `/telegram/webhook`. Looked at as raw bytes first: a bad request is refused, never a 500."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.telegram.intake import TelegramIntake
from bot.channels.telegram.parse import update_number

log = structlog.get_logger()
PATH = "/telegram/webhook"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # nosec B105: a header's name
BODY_AT_MOST = 256 * 1024
DEPTH_AT_MOST = 64
JSON = "application/json"


class Refused(Exception):
    """This request is not one of Telegram's; the status to answer with."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def webhook_route(intake: TelegramIntake, secret: str) -> Route:
    """The route that takes updates: committed before they are acknowledged."""

    async def receive(request: Request) -> Response:
        try:
            _allowed(request.headers, secret)
            update = _update(await _body(request))
        except Refused as refusal:
            log.info("telegram.refused", status=refusal.status, reason=str(refusal))
            return PlainTextResponse(str(refusal), refusal.status)
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        try:
            await intake.take(update)
        except Exception as error:  # Telegram delivers it again
            log.warning("telegram.updates_come_again", reason=f"{type(error).__name__}: {error}"[:300])
            return PlainTextResponse("later", 503)
        return PlainTextResponse("")

    return Route(PATH, receive, methods=["POST"])


def _allowed(headers: Mapping[str, str], secret: str) -> None:
    """Raises `Refused` for whoever does not know the secret."""
    given = headers.get(SECRET_HEADER)
    if given is None:
        raise Refused(401, "no secret")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
        raise Refused(403, "not the secret")
    if headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise Refused(415, "not JSON")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_AT_MOST:
            raise Refused(413, "too large")
    return bytes(body)


def _update(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Refused(400, "not UTF-8") from None
    if _depth(text) > DEPTH_AT_MOST:
        raise Refused(400, "too deep")
    try:
        update = json.loads(text)
        update_number(update)
    except ValueError:
        raise Refused(400, "not an update") from None
    return dict(update)


def _depth(text: str) -> int:
    """How deep brackets nest, at most; those within strings count too, so only the outermost are trusted to be ours."""
    deepest = depth = 0
    quoted = escaped = False
    for sign in text:
        if quoted:
            quoted, escaped = escaped or sign != '"', sign == "\\" and not escaped
        elif sign == '"':
            quoted = True
        elif sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest
