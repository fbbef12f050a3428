"""How calls reach Telegram: one shared aiohttp session, which here did several times the calls of the library's own.

Whatever goes wrong is told without the address, because the token is part of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

PUBLIC_API = "https://api.telegram.org"
CALL_WITHIN = 10.0  # seconds for one call; the delivery's own deadline is longer
UPLOAD_WITHIN = 18.0
CONNECT_WITHIN = 5.0
POLL_GRACE = 10.0  # seconds a long poll may take longer than what it asked for
ANSWER_AT_MOST = 32 * 1024 * 1024  # more than 100 updates or a file of 20 MB are
DEFAULT_WAIT = 30.0


class NotConnected(NetworkError):
    """Telegram could not be reached at all: nothing was asked of it."""


class Limited(TelegramError):
    """Telegram asks us to wait; the library's own class warns about itself whenever it is made."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


class Transport(BaseRequest):
    """The library's calls over aiohttp. Sessions belong to a loop, so one is made at the first call."""

    __slots__ = ("_session",)

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """How long a call may take, in seconds."""
        return CALL_WITHIN

    async def initialize(self) -> None:
        """Nothing yet: the session is made when it is needed."""

    async def shutdown(self) -> None:
        """Let the connections go."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections every call shares."""
        if self._session is None:
            self._session = aiohttp.ClientSession(headers={"User-Agent": "Firstline"})
        return self._session

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. Raises `NotConnected`, `Limited`, `TimedOut`, `NetworkError`."""
        uploads = request_data is not None and request_data.contains_files
        total = UPLOAD_WITHIN if uploads else CALL_WITHIN
        if read_timeout is not BaseRequest.DEFAULT_NONE and read_timeout is not None:
            total = float(read_timeout)
        try:
            async with self.session.request(
                method,
                url,
                data=_body(request_data) if request_data else None,
                timeout=aiohttp.ClientTimeout(total=total, sock_connect=CONNECT_WITHIN),
                allow_redirects=False,
            ) as response:
                status, content = response.status, await _bounded(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotConnected(f"cannot be reached ({type(error).__name__})") from None
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(f"the connection broke ({type(error).__name__})") from None
        if status == 429:
            raise Limited(_retry_after(content))
        return status, content


def _body(request: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in request.json_parameters.items():
        form.add_field(name, value)
    if request.contains_files:
        for name, (filename, content, media_type) in request.multipart_data.items():
            form.add_field(name, content, filename=filename, content_type=media_type)
    return form


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for part in response.content.iter_chunked(64 * 1024):
        content += part
        if len(content) > ANSWER_AT_MOST:
            raise ValueError("too long an answer")
    return bytes(content)


def _retry_after(content: bytes) -> float:
    try:
        return float(json.loads(content)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return DEFAULT_WAIT


class Account(Bot):
    """The bot's account: the library's calls, and updates as they come, not yet read."""

    __slots__ = ("_called",)

    def __init__(self, token: str, api_url: str = "") -> None:
        address = (api_url or PUBLIC_API).rstrip("/")
        super().__init__(
            token,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=Transport(),
            get_updates_request=Transport(),
        )
        self._called = ""

    @property
    def known_as(self) -> str:
        """The bot's user name, without @; empty before it was asked for."""
        return self._called

    async def name_in_groups(self) -> str:
        """The bot's user name, without @; asked once."""
        if not self._called:
            self._called = (await self.get_me()).username or ""
        return self._called

    async def raw_updates(
        self, offset: int | None, *, seconds: int, allowed: Sequence[str], limit: int = 100
    ) -> list[Any]:
        """Up to `limit` updates as JSON, waiting `seconds` for the first; confirms everything before `offset`.

        The library's own method reads all of them at once, and one that it cannot read would block the rest.
        """
        asked: Mapping[str, Any] = {
            "offset": offset,
            "timeout": seconds,
            "limit": limit,
            "allowed_updates": list(allowed),
        }
        answer = await self._post("getUpdates", dict(asked), read_timeout=seconds + POLL_GRACE)
        return answer if isinstance(answer, list) else []

    async def close_connections(self) -> None:
        """Let the connections go."""
        for request in self._request:
            await request.shutdown()
