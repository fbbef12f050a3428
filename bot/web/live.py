"""Streams that keep open pages fresh: the chat's lines, and a word whenever a list may look different."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from bot.channels.web.render import draw_line
from bot.web.refusals import Refused
from bot.web.visits import Visit

BATCH = 100  # lines
RECHECK = 20  # looks for news between two checks that the person is still signed in
PING = 15  # seconds
GRACE = 3  # seconds


async def chat_events(visit: Visit) -> Response:
    """The person's new and edited lines, from where this browser last was, and how much waits beside them."""
    since, closing = _revision(visit), anyio.Event()
    return _stream(_chat_lines(visit, since, closing), closing)


async def changes(visit: Visit) -> Response:
    """A word each time what this person's lists show may have changed."""
    seen, closing = visit.request.query_params.get("version", ""), anyio.Event()
    return _stream(_versions(visit, seen, closing), closing)


def _stream(events: AsyncIterator[ServerSentEvent], closing: anyio.Event) -> Response:
    """The stream; `closing` is set when the server stops, and the stream then has a moment to end well."""
    return EventSourceResponse(events, ping=PING, shutdown_event=closing, shutdown_grace_period=GRACE)


async def _chat_lines(visit: Visit, since: int, closing: anyio.Event) -> AsyncIterator[ServerSentEvent]:
    parts, seen = visit.site.parts, ""
    yield ServerSentEvent(data="", event="ready", retry=1000)
    async for _ in _looks(visit, closing):
        lines = await parts.transcript.since(visit.person, since, BATCH)
        for line in lines:
            since = line.revision
            fragment = draw_line(visit.site.environment, line, visit.page())
            yield ServerSentEvent(data=fragment, event="line", id=str(line.revision))
        version = await parts.views.queue_version(visit.person) if visit.reader.works else ""
        if (lines or version != seen) and (reader := await parts.views.reader(visit.person)):
            seen = version
            yield ServerSentEvent(data=str(reader.pages), event="pages")
            yield ServerSentEvent(data=str(reader.unclaimed), event="queue")


async def _versions(visit: Visit, seen: str, closing: anyio.Event) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(data="", event="ready", retry=1000)
    async for _ in _looks(visit, closing):
        version = await visit.site.parts.views.queue_version(visit.person)
        if version != seen:
            seen = version
            yield ServerSentEvent(data=version, event="changed")


async def _looks(visit: Visit, closing: anyio.Event) -> AsyncIterator[None]:
    """One turn for every look at the database: when woken, and each second; ends with the session, or the server."""
    parts = visit.site.parts
    turn = 0
    while not closing.is_set() and (turn % RECHECK or await visit.still_welcome()):
        yield
        turn += 1
        await parts.watchers.wait(visit.person, parts.limits.poll)


def _revision(visit: Visit) -> int:
    given = visit.request.headers.get("last-event-id") or visit.request.query_params.get("since", "0")
    if not (given.isascii() and given.isdecimal() and len(given) < 16):
        raise Refused(400, "unreadable")
    return int(given)
