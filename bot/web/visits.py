"""Who is asking: sessions, seats, languages, and whether a post came from a page of ours."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from jinja2 import Environment
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.channels.web.parse import typed
from bot.channels.web.render import Page
from bot.phrases import LANGUAGES
from bot.web.guard import TooLarge
from bot.web.parts import Parts
from bot.web.refusals import Refused
from bot.web.seals import Seals
from bot.web.templates import page
from bot.web.views import Reader

SESSION, SEAT, VISITOR, LANGUAGE = (
    "firstline_session",
    "firstline_seat",
    "firstline_visitor",
    "firstline_language",
)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TOKEN_HEADER = "X-Firstline-Token"  # nosec B105: a header's name
MOST_FIELDS = 100


@dataclass(frozen=True, slots=True)
class Site:
    """The parts with what is made of them once."""

    parts: Parts
    seals: Seals
    environment: Environment


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody known: who, below which address, and with which cookie."""

    site: Site
    request: Request
    reader: Reader
    base: str
    cookie: str

    @property
    def person(self) -> str:
        """The reader's key."""
        return self.reader.key

    @property
    def seated(self) -> bool:
        """Whether this is a seat of the sample organisation, not a session."""
        return bool(self.base)

    def page(self) -> Page:
        """What fragments for this reader need to know."""
        token = self.site.seals.token(self.cookie)
        now = self.site.parts.now()
        return page(self.base, token, self.reader.language, now, self.reader.zone)

    def show(self, template: str, status: int = 200, **facts: object) -> Response:
        """A whole page."""
        known = {
            **self.page().facts(),
            "reader": self.reader,
            "now": self.site.parts.now(),
            "seated": self.seated,
            "path": self.request.url.path,
            "limits": self.site.parts.limits,
        }
        text = self.site.environment.get_template(template).render(known, **facts)
        return HTMLResponse(text, status)

    async def still_welcome(self) -> bool:
        """Whether this person would still be let in; streams ask, for they outlive their request's check."""
        try:
            return await _person(self.site, self.request) == self.person
        except Refused:
            return False


Handler = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def visiting(site: Site, handler: Handler) -> Endpoint:
    """The endpoint that finds out who asks, checks a post's origin and token, and lets the handler answer."""

    async def endpoint(request: Request) -> Response:
        visit = await _visit(site, request)
        try:
            if request.method == "POST":
                await check_post(site, request, visit.cookie)
            return await handler(visit)
        finally:
            await request.close()

    return endpoint


async def _visit(site: Site, request: Request) -> Visit:
    person = await _person(site, request)
    reader = await site.parts.views.reader(person) if person else None
    if reader is None:
        raise Refused(401, "sign_in")
    request.state.language = reader.language
    seat = request.path_params.get("person")
    base = f"/seat/{quote(seat, safe='')}" if seat else ""
    return Visit(site, request, reader, base, _cookie(request))


def _cookie(request: Request) -> str:
    return request.cookies.get(SEAT if "person" in request.path_params else SESSION, "")


async def _person(site: Site, request: Request) -> str | None:
    """Whose request this is; a seat counts only while there are seats to take."""
    cookie = _cookie(request)
    if seat := request.path_params.get("person"):
        if not seats_open(site, request):
            raise Refused(404, "missing")
        return str(seat) if site.seals.sits(cookie, seat) else None
    return await site.parts.doors.person(cookie) if cookie else None


def seats_open(site: Site, request: Request) -> bool:
    """Whether seats may be taken: allowed by the configuration, and asked for by a loopback name.

    The name matters because any web page may point a name of its own at this machine.
    """
    name = _address(f"//{request.headers.get('host', '')}")[1]
    return site.parts.seats_allowed() and name in LOOPBACK


def _address(url: str) -> tuple[str, str]:
    """The host with its port, and the host's name; empty for what is no address."""
    try:
        parts = urlsplit(url)
        return parts.netloc, parts.hostname or ""
    except ValueError:
        return "", ""


def language_of(request: Request) -> str:
    """The language to answer in: the reader's, the one chosen here, the browser's, else English."""
    known = getattr(request.state, "language", "") or request.cookies.get(LANGUAGE, "")
    if known in LANGUAGES:
        return str(known)
    wanted = request.headers.get("accept-language", "").lower().split(",")
    return next((found for tag in wanted for found in LANGUAGES if tag.strip().startswith(found)), "en")


def visitor_of(request: Request) -> str:
    """What ties an unknown visitor's form to their browser: the cookie they have, or a new one."""
    return request.cookies.get(VISITOR) or secrets.token_urlsafe(16)


def set_cookie(
    request: Request, response: Response, name: str, value: str, path: str = "/", lasts: int | None = None
) -> None:
    """Set a cookie no script can read, that is not sent along with other sites' posts.

    It `lasts` so many seconds, else until the browser is closed.
    """
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, lasts, path=path, httponly=True, samesite="lax", secure=secure)


async def check_post(site: Site, request: Request, cookie: str) -> None:
    """`Refused` unless the post comes from a page we gave to the owner of this cookie."""
    if not _from_here(request):
        raise Refused(403, "foreign")
    token = request.headers.get(TOKEN_HEADER) or text_of(await form_of(site, request), "token")
    if not site.seals.fits(token, cookie):
        raise Refused(403, "stale")


def _from_here(request: Request) -> bool:
    """Whether a browser says that one of our own pages sent this; what is no browser says nothing at all.

    Our pages send no referrer, so a browser gives its forms the origin "null" and tells the truth beside it.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin == "null":
        return site == "same-origin"
    same = origin is None or _address(origin)[0] == request.headers.get("host", "")
    return same and site in (None, "same-origin", "none")


async def form_of(site: Site, request: Request) -> FormData:
    """The posted fields; `Refused` for a body that is no form."""
    limits = site.parts.limits
    try:
        return await request.form(max_files=limits.files, max_fields=MOST_FIELDS, max_part_size=limits.body)
    except (ValueError, LookupError) as wrong:
        raise Refused(400, "unreadable") from wrong
    except HTTPException as wrong:
        if isinstance(wrong.__context__, TooLarge):
            raise wrong.__context__ from None
        if "maximum size" in str(wrong.detail):  # one field alone is larger than a whole form may be
            raise Refused(413, "too_large") from None
        raise wrong from None


def text_of(form: FormData, name: str) -> str:
    """A posted field as typed; empty when it is missing or a file."""
    value = form.get(name, "")
    return "" if isinstance(value, UploadFile) else typed(value)
