"""The web desk as an application: its addresses, its layers, and its answers to what it does not serve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from sse_starlette.sse import AppStatus
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.messages import SendFailed
from bot.phrases import tell
from bot.web import chat, door, live, pages
from bot.web.guard import Guard, TooLarge
from bot.web.parts import Parts
from bot.web.refusals import Refused, reason_for
from bot.web.seals import Seals
from bot.web.templates import environment
from bot.web.visits import Handler, Site, language_of, visiting
from storage.errors import StorageError

STATIC = Path(__file__).parent / "static"
GET: tuple[tuple[str, Handler], ...] = (
    ("/chat/events", live.chat_events),
    ("/chat/lines", chat.lines),
    ("/changes", live.changes),
    ("/mine", pages.my_tickets),
    ("/queue", pages.queue),
    ("/pages", pages.paged),
    ("/rota", pages.rota),
    ("/knowledge", pages.knowledge),
    ("/knowledge/{key}/{language}", pages.article),
    ("/t/{number}", pages.ticket),
    ("/file/{number}", pages.attachment),
)
POST: tuple[tuple[str, Handler], ...] = (
    ("/chat/say", chat.say),
    ("/chat/press", chat.press),
    ("/chat/form/{key:path}", chat.submit),
    ("/language", door.speak),
    ("/sign-out", door.sign_out),
)
AWAY = (StorageError, SendFailed)  # the database is; trying again helps
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]
ErrorHandler = Callable[[Request, Exception], Awaitable[Response]]


def build_web(parts: Parts, beside: Sequence[BaseRoute] = (), lifespan: Lifespan | None = None) -> Starlette:
    """The application, with routes of other rooms (`/healthz`, `/hooks/…`) served beside the desk's own."""
    AppStatus.should_exit = False  # set for ever by an earlier server of this process: its streams are over
    site = Site(parts, Seals(parts.secret), environment())
    doors = [
        Route("/", door.home(site), methods=["GET"]),
        Route("/seat", door.take_seat(site), methods=["POST"]),
        Route("/visitor/language", door.visitor_language(site), methods=["POST"]),
        Route("/sign-in/{link}", door.sign_in_page(site), methods=["GET"]),
        Route("/sign-in/{link}", door.sign_in(site), methods=["POST"]),
        Route("/seat/{person}/", visiting(site, chat.chat), methods=["GET"]),
        Mount("/static", Fresh(directory=STATIC)),
    ]
    rooms = [
        Route(base + path, visiting(site, handler), methods=[method])
        for base in ("", "/seat/{person}")
        for method, table in (("GET", GET), ("POST", POST))
        for path, handler in table
    ]
    answer = refusing(site)
    return Starlette(
        routes=[*beside, *doors, *rooms],
        middleware=[Middleware(Guard, limits=parts.limits)],
        exception_handlers=dict.fromkeys((Refused, TooLarge, HTTPException, *AWAY, Exception), answer),
        lifespan=lifespan,
    )


class Fresh(StaticFiles):
    """Files a browser keeps, but asks about each time, so that an update shows at once."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response: Response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response


def refusing(site: Site) -> ErrorHandler:
    """What answers a request we do not serve: a sentence as JSON to our script, a page to a person."""

    async def answer(request: Request, error: Exception) -> Response:
        status, reason = _why(error)
        language = language_of(request)
        title, sentence = (tell(f"web.refused.{reason}.{part}", language) for part in ("title", "text"))
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"title": title, "error": sentence}, status)
        seat = request.path_params.get("person", "") if status != 401 else ""
        facts = {"title": title, "sentence": sentence, "back": f"/seat/{seat}/" if seat else "/"}
        return door.show_to_visitor(site, request, "refused.html", status, **facts)

    return answer


def _why(error: Exception) -> tuple[int, str]:
    if isinstance(error, Refused):
        return error.status, error.reason
    if isinstance(error, TooLarge):
        return 413, reason_for(413)
    status = error.status_code if isinstance(error, HTTPException) else 503 if isinstance(error, AWAY) else 500
    return status, reason_for(status)
