"""Streams that keep open pages fresh: the chat's lines, and a word whenever a list may look different."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from bot.channels.web.render import draw_line
from bot.web.refusals import Refused
from bot.web.visits import Visit

BATCH = 100  # lines
RECHECK = 20  # looks for news between two checks that the person is still signed in
PING = 15  # seconds


async def chat_events(visit: Visit) -> Response:
    """The person's new and edited lines, from where this browser last was."""
    since = _revision(visit)
    return EventSourceResponse(_chat_lines(visit, since), ping=PING)


async def changes(visit: Visit) -> Response:
    """A word each time what this person's lists show may have changed."""
    return EventSourceResponse(_versions(visit, visit.request.query_params.get("version", "")), ping=PING)


async def _chat_lines(visit: Visit, since: int) -> AsyncIterator[ServerSentEvent]:
    parts = visit.site.parts
    yield ServerSentEvent(data="", event="open", retry=1000)
    async for _ in _looks(visit):
        for line in await parts.transcript.since(visit.person, since, BATCH):
            since = line.revision
            fragment = draw_line(visit.site.environment, line, visit.page())
            yield ServerSentEvent(data=fragment, event="line", id=str(line.revision))


async def _versions(visit: Visit, seen: str) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(data="", event="open", retry=1000)
    async for _ in _looks(visit):
        version = await visit.site.parts.views.queue_version(visit.person)
        if version != seen:
            seen = version
            yield ServerSentEvent(data=version, event="changed")


async def _looks(visit: Visit) -> AsyncIterator[None]:
    """One turn for every look at the database: when woken, and each second; ends with the session."""
    parts = visit.site.parts
    turn = 0
    while turn % RECHECK or await visit.still_welcome():
        yield
        turn += 1
        await parts.watchers.wait(visit.person, parts.limits.poll)


def _revision(visit: Visit) -> int:
    given = visit.request.headers.get("last-event-id") or visit.request.query_params.get("since", "0")
    if not (given.isascii() and given.isdecimal() and len(given) < 16):
        raise Refused(400, "unreadable")
    return int(given)
