"""Coming and going: sign-in links, the seat picker of the sample organisation, languages, signing out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web import parse
from bot.messages import Commanded, Place
from bot.phrases import LANGUAGES
from bot.web.chat import chat
from bot.web.refusals import Refused
from bot.web.templates import page
from bot.web.views import Seat
from bot.web.visits import (
    LANGUAGE,
    SEAT,
    SESSION,
    VISITOR,
    Endpoint,
    Site,
    Visit,
    check_post,
    form_of,
    language_of,
    seats_open,
    set_cookie,
    text_of,
    visiting,
    visitor_of,
)

COOKIE_LASTS = 14 * 86400  # seconds; the session itself may end sooner


def home(site: Site) -> Endpoint:
    """The front door: the seat picker where there is one, else the chat of whoever is signed in."""
    at_home = visiting(site, chat)

    async def endpoint(request: Request) -> Response:
        if not seats_open(site, request):
            return await at_home(request)
        seats = await site.parts.views.seats(language_of(request))
        suggested = [seat for seat in seats if seat.hint]
        return show_to_visitor(site, request, "seats.html", suggested=suggested, groups=_grouped(seats))

    return endpoint


def _grouped(seats: Sequence[Seat]) -> list[tuple[str, list[Seat]]]:
    others = (seat for seat in seats if not seat.hint)
    ordered = sorted(others, key=lambda seat: (not seat.group, seat.group))
    return [(group, list(members)) for group, members in groupby(ordered, key=lambda seat: seat.group)]


def take_seat(site: Site) -> Endpoint:
    """Sit down as somebody of the sample organisation, in this browser and below this seat's address only."""

    async def endpoint(request: Request) -> Response:
        if not seats_open(site, request):
            raise Refused(404, "missing")
        await check_post(site, request, request.cookies.get(VISITOR, ""))
        person = text_of(await form_of(site, request), "person")
        reader = await site.parts.views.reader(person)
        if reader is None:
            raise Refused(404, "missing")
        base = f"/seat/{quote(person, safe='')}"
        response = RedirectResponse(f"{base}/", 303)
        set_cookie(request, response, SEAT, site.seals.seat(person), path=base)
        chosen = language_of(request)
        if reader.chose and not request.cookies.get(LANGUAGE):
            chosen = reader.language  # what somebody chose counts in every browser, whatever that one speaks itself
        if chosen != reader.language:
            await site.parts.conversation.handle(_speak(person, secrets.token_hex(16), chosen))
        await _let_the_others_speak(site, person, chosen)
        return response

    return endpoint


async def _let_the_others_speak(site: Site, person: str, language: str) -> None:
    """Whoever plays one suggested person will play the others, who may be written to before anybody sits there."""
    suggested = [seat for seat in await site.parts.views.seats(language) if seat.hint]
    if person not in {seat.key for seat in suggested}:
        return
    for seat in suggested:
        untouched = seat.key != person and not await site.parts.transcript.latest_revision(seat.key)
        reader = await site.parts.views.reader(seat.key) if untouched else None
        if reader is not None and reader.language != language:
            await site.parts.conversation.handle(_speak(seat.key, secrets.token_hex(16), language))


def sign_in_page(site: Site) -> Endpoint:
    """The page a sign-in link opens: only its button uses the link up, so that a preview cannot."""

    async def endpoint(request: Request) -> Response:
        return show_to_visitor(site, request, "sign_in.html")

    return endpoint


def sign_in(site: Site) -> Endpoint:
    """Use a sign-in link up, once."""

    async def endpoint(request: Request) -> Response:
        await check_post(site, request, request.cookies.get(VISITOR, ""))
        person = await site.parts.doors.consume(request.path_params["link"])
        if person is None or await site.parts.views.reader(person) is None:
            raise Refused(410, "used_link")
        response = RedirectResponse("/", 303)
        set_cookie(request, response, SESSION, await site.parts.doors.open(person), lasts=COOKIE_LASTS)
        return response

    return endpoint


async def sign_out(visit: Visit) -> Response:
    """End the session, or leave the seat."""
    response = RedirectResponse("/", 303)
    if visit.seated:
        response.delete_cookie(SEAT, path=visit.base)
    else:
        await visit.site.parts.doors.close(visit.cookie)
        response.delete_cookie(SESSION)
    return response


async def speak(visit: Visit) -> Response:
    """Change the language the desk speaks with this person."""
    form = await form_of(visit.site, visit.request)
    language, event = text_of(form, "language"), text_of(form, "event")
    if language not in LANGUAGES or not parse.EVENT_ID.fullmatch(event):
        raise Refused(400, "unreadable")
    await visit.site.parts.conversation.handle(_speak(visit.person, event, language))
    response = RedirectResponse(_way_back(text_of(form, "back"), f"{visit.base}/"), 303)
    set_cookie(visit.request, response, LANGUAGE, language)
    return response


def visitor_language(site: Site) -> Endpoint:
    """Change the language of the pages one sees before signing in."""

    async def endpoint(request: Request) -> Response:
        await check_post(site, request, request.cookies.get(VISITOR, ""))
        form = await form_of(site, request)
        language = text_of(form, "language")
        if language not in LANGUAGES:
            raise Refused(400, "unreadable")
        response = RedirectResponse(_way_back(text_of(form, "back"), "/"), 303)
        set_cookie(request, response, LANGUAGE, language)
        return response

    return endpoint


def show_to_visitor(site: Site, request: Request, template: str, status: int = 200, **facts: object) -> Response:
    """A page for somebody we do not know, with a cookie that ties its forms to their browser."""
    visitor, language = visitor_of(request), language_of(request)
    known = page("", site.seals.token(visitor), language, site.parts.now()).facts()
    text = site.environment.get_template(template).render(known, path=request.url.path, **facts)
    response = HTMLResponse(text, status)
    if request.cookies.get(VISITOR) != visitor:
        set_cookie(request, response, VISITOR, visitor)
    return response


def _speak(person: str, event: str, language: str) -> Commanded:
    speaker = parse.identity(person)
    return Commanded(f"web:{person}:language:{event}", speaker, Place.direct(speaker), "language", language)


def _way_back(path: str, otherwise: str) -> str:
    """A path of this desk, never another site."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else otherwise
