"""What a failed call means for the message: nobody saw it, nobody can say, or it will never be taken.

The names are Slack's error codes, as its reference of each method lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.messages import Rejected, SendFailed, TryLater, Unclear, Unreachable

GONE = frozenset(
    {
        "account_inactive_user",
        "cannot_dm_bot",
        "channel_is_limited_access",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "user_disabled",
        "user_not_found",
        "user_not_in_channel",
        "user_not_visible",
    }
)
# The workspace's administrator has to put these right; until then everything waits.
SET_UP = frozenset(
    {
        "access_denied",
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "missing_scope",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
DEFAULT_WAIT = 30.0
BROKEN = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, AttributeError, ValueError)


def code(error: BaseException) -> str:
    """Slack's error code; empty when it gave none."""
    data = getattr(getattr(error, "response", None), "data", None)
    return str(data.get("error", "")) if isinstance(data, Mapping) else ""


def failure(error: BaseException) -> SendFailed:
    """The failure the core knows. Whatever is not certainly unsent is unclear."""
    if isinstance(error, SendFailed):
        return error
    if isinstance(error, aiohttp.ClientConnectorError):
        return SendFailed(f"Slack cannot be reached: {error}")
    if not isinstance(error, SlackApiError):
        return Unclear(f"{type(error).__name__}: {error}")
    return _refused(code(error), error.response)


def _refused(name: str, response: Any) -> SendFailed:
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    if name in LIMITED or status == 429:
        return TryLater(_retry_after(getattr(response, "headers", None) or {}))
    if name in GONE:
        return Unreachable(name)
    if name in SET_UP:
        return SendFailed(f"Slack refuses our token: {name}")
    if name in UNCLEAR or status >= 500 or not name:
        return Unclear(f"Slack answered {status} {name}".strip())
    return Rejected(name)


def _retry_after(headers: Mapping[str, Any]) -> float:
    for header, value in headers.items():
        if header.lower() == "retry-after":
            given = value[0] if isinstance(value, list) else value
            return float(given) if str(given).replace(".", "", 1).isdigit() else DEFAULT_WAIT
    return DEFAULT_WAIT
