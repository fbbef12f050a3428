"""What stands in a conversation: our own messages by the key they carry, and somebody's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.slack.client import PacedClient
from bot.channels.slack.failures import BROKEN
from bot.channels.slack.uploads import marked
from bot.messages import SendFailed

METADATA_TYPE = "firstline_message"
PAGES, PAGE = 3, 100  # how much is read for a message that may or may not stand


def keyed(key: str) -> dict[str, Any]:
    """The metadata by which a message with this key is found again."""
    return {"event_type": METADATA_TYPE, "event_payload": {"key": key}}


async def timestamp_of(client: PacedClient, key: str, *, channel: str, thread: str) -> str:
    """Where our message with this key stands; "" when not among the latest. Raises what the Web API raises."""
    cursor = ""
    for _ in range(PAGES):
        page = await _page(client, channel, thread, cursor)
        for each in page.get("messages", []):
            if _key_of(each) == key or marked(each, key):
                return str(each["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            break
    return ""


async def shared_as(client: PacedClient, key: str, *, channel: str) -> str:
    """Where the file with this key stands that was shared just now; "" while it does not."""
    page = await _page(client, channel, "", "")
    return next((str(each["ts"]) for each in page.get("messages", []) if marked(each, key)), "")


async def words_at(client: PacedClient, conversation: str, ts: str) -> str:
    """The text of somebody's message, in Slack's markup; empty when it cannot be read."""
    try:
        answer = await client.conversations_replies(channel=conversation, ts=ts, limit=1)
    except (*BROKEN, SendFailed):
        return ""
    messages: list[Mapping[str, Any]] = answer.get("messages") or []
    return next((str(each.get("text", "")) for each in messages if each.get("ts") == ts), "")


async def _page(client: PacedClient, channel: str, thread: str, cursor: str) -> Mapping[str, Any]:
    more: dict[str, Any] = {"cursor": cursor} if cursor else {}
    if thread:
        answer = await client.conversations_replies(
            channel=channel, ts=thread, include_all_metadata=True, limit=PAGE, **more
        )
    else:
        answer = await client.conversations_history(channel=channel, include_all_metadata=True, limit=PAGE, **more)
    data: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
    return data


def _key_of(each: Mapping[str, Any]) -> str:
    metadata = each.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key", "")) if isinstance(metadata, Mapping) else ""
