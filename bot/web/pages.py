"""The pages beyond the chat: my tickets, the queue, a ticket, knowledge, and what waits for whoever is paged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from starlette.datastructures import QueryParams
from starlette.responses import Response

from bot.channels.web.parse import typed
from bot.web.knowledge_views import ArticleRow
from bot.web.refusals import Refused
from bot.web.views import QueueFilter
from bot.web.visits import Visit

LONGEST_FILTER = 200  # characters
SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


async def my_tickets(visit: Visit) -> Response:
    """The reader's own tickets."""
    version = await visit.site.parts.views.queue_version(visit.person)
    rows = await visit.site.parts.views.my_tickets(visit.person)
    return visit.show("mine.html", rows=rows, version=version)


async def queue(visit: Visit) -> Response:
    """What there is to work on, filtered."""
    if not visit.reader.works:
        raise Refused(404, "missing")
    views = visit.site.parts.views
    wanted = queue_filter(visit.request.query_params)
    version = await views.queue_version(visit.person)
    rows = await views.queue(visit.person, wanted)
    choices = await views.queue_choices(visit.person)
    filtered = wanted != QueueFilter()
    return visit.show("queue.html", rows=rows, wanted=wanted, filtered=filtered, choices=choices, version=version)


def queue_filter(given: QueryParams) -> QueueFilter:
    """The filter an address asks for."""

    def word(name: str) -> str:
        return typed(given.get(name, "")).strip()[:LONGEST_FILTER]

    return QueueFilter(
        status=word("status"),
        priority=word("priority"),
        group=word("group"),
        mine=bool(word("mine")),
        unclaimed=bool(word("unclaimed")),
        text=word("text"),
    )


async def ticket(visit: Visit) -> Response:
    """A ticket's page; the same answer for one that is absent and one that is not the reader's to see."""
    views = visit.site.parts.views
    version = await views.queue_version(visit.person)
    found = await views.ticket(visit.person, _number(visit))
    if found is None:
        raise Refused(404, "no_ticket")
    return visit.show("ticket.html", ticket=found, version=version)


async def paged(visit: Visit) -> Response:
    """The pages that wait for the reader's answer."""
    version = await visit.site.parts.views.queue_version(visit.person)
    rows = await visit.site.parts.views.pages(visit.person)
    return visit.show("pages.html", rows=rows, version=version)


async def knowledge(visit: Visit) -> Response:
    """The answers there are and those that are missing, for those who work at the desk."""
    view = await visit.site.parts.knowledge.knowledge(visit.person)
    if view is None:
        raise Refused(404, "missing")
    version = await visit.site.parts.views.queue_version(visit.person)
    wanted = typed(visit.request.query_params.get("text", "")).strip()[:LONGEST_FILTER]
    return visit.show(
        "knowledge.html", view=view, found=found_by(wanted, view.articles), wanted=wanted, version=version
    )


def found_by(wanted: str, rows: Iterable[ArticleRow]) -> tuple[ArticleRow, ...]:
    """The articles whose title, service or language have every word that is looked for."""
    words = wanted.casefold().split()
    said = ((row, f"{row.title} {row.about} {row.language}".casefold()) for row in rows)
    return tuple(row for row, text in said if all(word in text for word in words))


async def article(visit: Visit) -> Response:
    """One of the answers, as people are given it."""
    key, language = visit.request.path_params["key"], visit.request.path_params["language"]
    found = await visit.site.parts.knowledge.article(visit.person, key, language)
    if found is None:
        raise Refused(404, "missing")
    return visit.show("article.html", article=found, lang="zh-Hans" if language == "zh" else language)


async def rota(visit: Visit) -> Response:
    """A week of who is on call."""
    week = visit.request.query_params.get("week", "0")
    wanted = int(week) if re.fullmatch(r"-?[0-9]{1,3}", week) else 0
    view = await visit.site.parts.rota.rota(visit.person, wanted)
    if view is None:
        raise Refused(404, "missing")
    version = await visit.site.parts.views.queue_version(visit.person)
    return visit.show("rota.html", view=view, version=version)


async def attachment(visit: Visit) -> Response:
    """A file of a ticket: pictures may be looked at, anything else is saved, and nothing in it runs."""
    found = await visit.site.parts.views.attachment(visit.person, _number(visit))
    if found is None:
        raise Refused(404, "missing")
    shown = found.media_type in SHOWN_INLINE
    disposition = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(found.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    media_type = found.media_type if shown else "application/octet-stream"
    return Response(found.content, media_type=media_type, headers=headers)


def _number(visit: Visit) -> int:
    given = visit.request.path_params["number"].removeprefix("T-")
    if not (given.isascii() and given.isdecimal() and len(given) < 16):
        raise Refused(404, "missing")
    return int(given)
