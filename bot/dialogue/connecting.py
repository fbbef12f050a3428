"""Linking an account to a person by a code: a place that knows them gives it, a chat that does not takes it.

A code is 128 bits, lasts ten minutes and works once; five an hour at most. Only its hash is looked for, and under
another name than a sign-in link's, so that neither can be used as the other.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from bot.dialogue.world import World
from bot.messages import (
    Button,
    Card,
    Commanded,
    Event,
    Field,
    Form,
    Paragraph,
    Pressed,
    Reply,
    Said,
    Span,
    Submitted,
    Text,
    plain,
)
from bot.organisation import Organisation
from bot.phrases import LANGUAGES, tell
from storage import people, signin
from storage.database import Transaction

CODE_BYTES = 16
LINK, CODE = "link", "code"  # the button and form, and its field
LASTS = timedelta(minutes=10)
SENT = re.compile(r"(?:/?(?:connect|start)\s+)?([A-Za-z0-9_-]{22})", re.IGNORECASE)


async def issue(tx: Transaction, world: World, via: str) -> Text | Card:
    """A code for somebody on the web desk, or in one chat for another; who one is, where there is no other.

    It is never shown where others read along.
    """
    reader, person = world.reader, world.person.key
    doors = {channel: door for channel, door in world.doors.items() if channel != via and door}
    if via != "web" and (not doors or ":" in via):
        return Text(reader.tell("connect.already", name=world.organisation.name_of(person, reader.language)))
    if not world.linkable:
        return Text(reader.tell("connect.web_only"))
    code = await invite(tx, person, reader.now)
    if code is None:
        return Text(reader.tell("connect.code_too_many"))
    said = reader.tell("connect.code", code=code)
    if not doors:
        return Text(said)
    links = tuple(
        Paragraph((Span(reader.tell(f"connect.link.{channel}")), Span(f"{door}{code}", "", f"{door}{code}")))
        for channel, door in doors.items()
    )
    return Card(reader.tell("connect.title"), blocks=(plain(said), *links))


async def invite(tx: Transaction, person: str, now: datetime) -> str | None:
    """A code that makes an account this person's; None after five within an hour."""
    code = secrets.token_urlsafe(CODE_BYTES)
    return code if await signin.create(tx, person, _digest(code), now, now + LASTS) else None


async def redeem(tx: Transaction, event: Event, organisation: Organisation, now: datetime) -> str | None:
    """The person whose code this event brings, who is the sender from now on; None without a good code.

    A code is taken where nobody reads along: in private, or in a form.
    """
    code = _code_in(event)
    if not (code and (event.place.private or isinstance(event, Submitted))):
        return None
    person = await signin.consume(tx, _digest(code), now)
    if person is None or person not in organisation.people:
        return None
    who = event.sender
    return person if await people.link(tx, who.channel, who.workspace, who.user, person, now) else None


def unknown() -> Card:
    """To somebody nobody knows: in both languages, with the way to be known."""
    said = [f"{tell('unlinked', language)} {tell('connect.hint', language)}" for language in LANGUAGES]
    link = Button(_both("button.link_account"), LINK, "primary")
    return Card("", blocks=tuple(plain(sentence) for sentence in said), buttons=(link,))


def asked(event: Event, *, forms: bool) -> tuple[Reply, ...]:
    """What somebody unknown is told: who we are, or how to be linked once they pressed *Link account*."""
    match event:
        case Submitted(form=form, values=values) if form == LINK:
            return (_form(values.get(CODE, ""), _both("connect.bad_code")),)
        case Pressed(action=action) if action == LINK:
            return (_form(),) if forms else (Text(_both("connect.form_intro", "\n")),)
    return (unknown(),)


def is_wish(event: Event) -> bool:
    """Whether this is something to be done once we know who asks, rather than a way to tell us."""
    match event:
        case Pressed(action=action) | Submitted(form=action) if action == LINK:
            return False
    return not brings_code(event)


def _form(value: str = "", error: str = "") -> Form:
    code = Field(CODE, _both("field.code"), required=True, value=value, error=error, longest=60)
    title, intro = _both("button.link_account"), _both("connect.form_intro", "\n")
    return Form(LINK, title, (code,), _both("button.link_me"), intro)


def _both(key: str, between: str = " · ") -> str:
    return between.join(tell(key, language) for language in LANGUAGES)


def brings_code(event: Event) -> bool:
    """Whether this looks like somebody who wants to be linked."""
    return bool(_code_in(event))


def _code_in(event: Event) -> str:
    match event:
        case Commanded(word="connect" | "start", rest=rest):
            found = SENT.fullmatch(rest.strip())
        case Said(text=text):
            found = SENT.fullmatch(text.strip())
        case Submitted(form=form, values=values) if form == LINK:
            found = SENT.fullmatch(values.get(CODE, "").strip())
        case _:
            return ""
    return found[1] if found else ""


def _digest(code: str) -> str:
    return hashlib.sha256(b"connect:" + code.encode()).hexdigest()
