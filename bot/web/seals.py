"""What proves that a cookie or a form came from us."""

from __future__ import annotations

import hashlib
import hmac
import secrets

SHORTEST_SECRET = 16  # bytes


class Seals:
    """Seals made with the desk's secret. A seal for one purpose is worth nothing for another."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"the secret needs at least {SHORTEST_SECRET} bytes")
        self._secret = secret

    def seat(self, person: str) -> str:
        """A cookie's value that lets its owner sit in this seat."""
        nonce = secrets.token_urlsafe(16)
        return f"{nonce}.{self._seal('seat', person, nonce)}"

    def sits(self, cookie: str, person: str) -> bool:
        """Whether the cookie is for this seat."""
        nonce, _, seal = cookie.partition(".")
        return _same(seal, self._seal("seat", person, nonce))

    def token(self, cookie: str) -> str:
        """The form token that belongs to a session's, a seat's or a visitor's cookie."""
        return self._seal("form", cookie)

    def fits(self, token: str, cookie: str) -> bool:
        """Whether a form token belongs to this cookie."""
        return bool(cookie) and _same(token, self.token(cookie))

    def _seal(self, *parts: str) -> str:
        return hmac.new(self._secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), right.encode())
