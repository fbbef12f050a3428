"""The door on HTTP: only what Slack signed just now comes in, and nothing makes it stumble."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.slack.http import BODY_AT_MOST, FORM, JSON, Refused, check

SECRET, NOW = "a secret of tests", 1_800_000_000
EVENT = json.dumps({"type": "event_callback", "event": {"type": "message"}}).encode()
PRESS = urlencode(
    {"payload": json.dumps({"type": "block_actions", "actions": [{"type": "button", "action_id": "a"}]})}
).encode()
COMMAND = urlencode({"command": "/it", "text": "help", "user_id": "U1"}).encode()


def signed(body: bytes, kind: str = JSON, *, at: int = NOW, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), b"v0:%d:" % at + body, hashlib.sha256).hexdigest()
    return {"content-type": kind, "x-slack-request-timestamp": str(at), "x-slack-signature": f"v0={digest}"}


def status(body: bytes, headers: dict[str, str]) -> int:
    try:
        check(body, headers, SECRET, NOW)
    except Refused as refusal:
        return refusal.status
    return 200


@pytest.mark.parametrize(("body", "kind"), [(EVENT, JSON), (PRESS, FORM), (COMMAND, FORM + "; charset=utf-8")])
def test_what_slack_signed_comes_in(body: bytes, kind: str) -> None:
    """Events, interactions and commands."""
    assert status(body, signed(body, kind)) == 200


@pytest.mark.parametrize("late", [-301, 301])
def test_an_old_signature_is_refused(late: int) -> None:
    """Five minutes either way, no more."""
    assert status(EVENT, signed(EVENT, at=NOW + late)) == 401


def test_another_secret_or_another_body_is_refused() -> None:
    """Every byte counts."""
    assert status(EVENT, signed(EVENT, secret="another")) == 401
    assert status(EVENT + b" ", signed(EVENT)) == 401
    assert status(EVENT, {"content-type": JSON}) == 401
    assert status(EVENT, signed(EVENT) | {"x-slack-request-timestamp": "²"}) == 401


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"{", JSON, 400),
        (b"[]", JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (b'{"type":"event_callback"}', JSON, 400),
        (b'{"type":"event_callback","event":{"type":1}}', JSON, 400),
        (b"payload=[]", FORM, 400),
        (b"payload={}", FORM, 400),
        (b'payload={"type":"block_actions","actions":0}', FORM, 400),
        (b'payload={"type":"view_submission","view":[]}', FORM, 400),
        (b'payload={"type":"shortcut"}', FORM, 400),
        (b"nothing=1", FORM, 400),
        (b"&".join(b"a=1" for _ in range(500)), FORM, 400),
        (EVENT, "text/plain", 415),
        (EVENT, "", 415),
    ],
)
def test_what_would_make_the_parser_stumble_is_refused(body: bytes, kind: str, expected: int) -> None:
    """Even with a good signature."""
    assert status(body, signed(body, kind)) == expected


@settings(max_examples=400)
@given(st.binary(max_size=300), st.sampled_from([JSON, FORM, "", "x/y"]), st.booleans())
def test_no_body_is_worse_than_a_refusal(body: bytes, kind: str, good: bool) -> None:
    """Whatever the bytes: a status, never an exception."""
    assert status(body, signed(body, kind) if good else {"content-type": kind}) in (200, 400, 401, 415)


def test_a_body_has_a_bound() -> None:
    """As every body of the house."""
    assert BODY_AT_MOST == 256 * 1024
