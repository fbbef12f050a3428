"""What holds for every request and answer: bounded bodies, and headers that leave no room for scripts."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.formparsers import MultiPartException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.parts import Limits

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # pictures are drawn by us and shown as images, where nothing in them runs
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
UPLOADS = "/chat/say"
ENVELOPE = 64 * 1024  # bytes around the files: field names, boundaries, the caption
PATIENCE = 4  # how many times the limit is read and thrown away, so that the answer can be heard


class TooLarge(MultiPartException):
    """More was sent than we take. Of this kind, because then whoever reads a form drops what it has read."""

    def __init__(self) -> None:
        super().__init__("more was sent than we take")


class Guard:
    """The outermost layer of the web desk."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, self._bounded(scope, receive), send_guarded)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        upload = scope["path"].endswith(UPLOADS)
        allowed = self._limits.upload + ENVELOPE if upload else self._limits.body
        got = 0

        async def receive_bounded() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got <= allowed:
                return message
            while message.get("more_body") and got <= PATIENCE * allowed:
                message = await receive()
                got += len(message.get("body", b""))
            raise TooLarge

        return receive_bounded
