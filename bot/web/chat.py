"""The chat: what a person posts becomes an event, and what stands in their transcript a page."""

from __future__ import annotations

import re

from starlette.datastructures import FormData, UploadFile
from starlette.responses import JSONResponse, Response

from bot.channels.web import parse
from bot.channels.web.adapter import DESK, PERSON, TranscriptLine, card_key
from bot.channels.web.render import draw_line, draw_reply
from bot.failpoints import failpoint
from bot.messages import Answer, Card, Event, Facts, File, Form, Reply, Submitted, Text
from bot.web.refusals import Refused
from bot.web.views import NoRoom
from bot.web.visits import Visit, form_of, text_of

RECENT, MOST_LINES = 60, 1000  # lines
OWN_FIELDS = frozenset({"token", "event", "line", "action"})  # of a posted form; the rest are its values
REPLY_TO = re.compile(r"T-\d{1,15}|\d{1,15}|")


async def chat(visit: Visit) -> Response:
    """The chat's page, with its newest lines."""
    limit = MOST_LINES if visit.request.query_params.get("lines") == "all" else RECENT
    transcript = visit.site.parts.transcript
    revision = await transcript.latest_revision(visit.person)
    lines = await transcript.last(visit.person, limit)
    fragments = [draw_line(visit.site.environment, line, visit.page()) for line in lines]
    more = len(lines) == limit < MOST_LINES
    started = any(line.author == PERSON or isinstance(line.reply, Card) for line in lines)
    caller = visit.reader.answers_calls and visit.request.query_params.get("for") == "caller"
    return visit.show("chat.html", fragments=fragments, revision=revision, more=more, started=started, caller=caller)


async def say(visit: Visit) -> Response:
    """What a person typed or attached."""
    form = await form_of(visit.site, visit.request)
    event, reply_to = _event_id(visit, form), text_of(form, "reply_to")
    text = text_of(form, "text").strip("\n")
    if not REPLY_TO.fullmatch(reply_to):
        raise Refused(400, "unreadable")
    in_chat = not reply_to.startswith("T-")  # a ticket's page names the ticket, the chat names a line
    uploads = [value for value in form.getlist("files") if isinstance(value, UploadFile) and value.filename]
    if uploads:
        files = tuple([await _stage(visit, upload) for upload in uploads])
        await _own_words(visit, event, Card(text, blocks=(Facts(tuple((f.name, str(f.size)) for f in files)),)))
        return await _handle(visit, parse.files(visit.person, event, files, text, reply_to), in_chat)
    if not text.strip():
        raise Refused(400, "empty")
    await _own_words(visit, event, Text(text))
    return await _handle(visit, parse.words(visit.person, event, text, reply_to), in_chat)


async def press(visit: Visit) -> Response:
    """A button, of a line of the chat or of a page."""
    form = await form_of(visit.site, visit.request)
    event, action, line = _event_id(visit, form), text_of(form, "action"), text_of(form, "line")
    if not action or len(action.encode(errors="replace")) > 60 or not REPLY_TO.fullmatch(line):
        raise Refused(400, "unreadable")
    if line.isdecimal() and (label := await _label(visit, int(line), action)):
        await _own_words(visit, event, Text(label))
    return await _handle(visit, parse.press(visit.person, event, action, line), in_chat=bool(line))


async def submit(visit: Visit) -> Response:
    """A filled-in form, of the chat or of a page's dialog."""
    form = await form_of(visit.site, visit.request)
    values = {name: text_of(form, name) for name in form if name not in OWN_FIELDS}
    key = visit.request.path_params["key"]
    filled = parse.form(visit.person, _event_id(visit, form), key, values)
    return await _handle(visit, filled, in_chat=bool(text_of(form, "line")))


async def lines(visit: Visit) -> Response:
    """The lines since a revision, for a page that does not listen to the stream."""
    since = visit.request.query_params.get("since", "")
    if not (since.isascii() and since.isdecimal() and len(since) < 16):
        raise Refused(400, "unreadable")
    found = await visit.site.parts.transcript.since(visit.person, int(since), RECENT)
    fragments = [draw_line(visit.site.environment, line, visit.page()) for line in found]
    return JSONResponse({"lines": fragments, "revision": found[-1].revision if found else int(since)})


async def _stage(visit: Visit, upload: UploadFile) -> File:
    content = await upload.read()
    if len(content) > visit.site.parts.limits.upload:
        raise Refused(413, "too_large")
    name = parse.typed(upload.filename or "").replace("\n", " ")[-200:]
    media_type = upload.content_type or "application/octet-stream"
    try:
        reference = await visit.site.parts.staging.stage(visit.person, name, media_type, content)
    except NoRoom as full:
        raise Refused(413, "no_room") from full
    return File(name, media_type, len(content), reference)


async def _own_words(visit: Visit, event: str, words: Reply) -> None:
    """Write what the person said into their transcript before anybody acts on it; once for each event."""
    await visit.site.parts.transcript.say(visit.person, event, PERSON, words)
    visit.site.parts.watchers.wake(visit.person)
    failpoint("web.words_kept")


async def _label(visit: Visit, line: int, action: str) -> str:
    """What the pressed button says, if it still stands on that line."""
    found: TranscriptLine | None = await visit.site.parts.transcript.line(visit.person, line)
    buttons = found.reply.buttons if found and isinstance(found.reply, Card) else ()
    return next((button.label for button in buttons if button.action == action), "")


async def _handle(visit: Visit, event: Event, in_chat: bool) -> Response:
    """Hand the event over. The outbox brings what is said; a form opens where the person is: line or dialog."""
    answer = await visit.site.parts.conversation.handle(event)
    forms = [reply for reply in answer.replies if isinstance(reply, Form)]
    asked = not isinstance(event, Submitted)  # a form with mistakes stays where it was filled in
    for number, form in enumerate(forms if in_chat else ()):
        key = f"{event.id}:form:{number}"
        await visit.site.parts.transcript.say(visit.person, key, DESK, form, card_key(form), anew=asked)
    visit.site.parts.watchers.wake(visit.person)
    if "application/json" in visit.request.headers.get("accept", ""):
        return JSONResponse(_drawn(visit, answer))
    return visit.show("answer.html", fragments=_drawn(visit, answer)["all"])


def _drawn(visit: Visit, answer: Answer) -> dict[str, list[str]]:
    """The replies by what a page does with them: say them, or open them in its dialog."""
    drawn: dict[str, list[str]] = {"replies": [], "forms": [], "all": []}
    for reply in news_of(answer.replies):
        fragment = draw_reply(visit.site.environment, reply, visit.page())
        drawn["forms" if isinstance(reply, Form) else "replies"].append(fragment)
        drawn["all"].append(fragment)
    return drawn


def news_of(replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """What there is to say where no card stands: not what becomes of the question's card, unless that is all."""
    return tuple(reply for reply in replies if not _settles(reply)) or replies


def _settles(reply: Reply) -> bool:
    return isinstance(reply, Card) and bool(reply.key) and not reply.buttons


def _event_id(visit: Visit, form: FormData) -> str:
    event = parse.event_id(visit.person, text_of(form, "event"))
    if event is None:
        raise Refused(400, "unreadable")
    return event
