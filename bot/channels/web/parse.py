"""What a browser posts, as events. Nothing is decided here, and nobody's rights are looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.channels.web.adapter import NAME
from bot.messages import Attached, Commanded, File, Identity, Place, Pressed, Said, Submitted

EVENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
COMMAND = re.compile(r"/(?:it(?:\s+|$))?(?P<word>[^\s/_]*)(?:_(?P<number>\d{1,15}))?(?:\s+(?P<rest>.*))?", re.DOTALL)
UNTYPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def identity(person: str) -> Identity:
    """Who the web desk says is speaking: the person's own key, proved by their session."""
    return Identity(NAME, "", person)


def event_id(person: str, given: str) -> str | None:
    """The id under which an event is handled once; holding the person, it cannot be another's."""
    return f"web:{person}:{given}" if EVENT_ID.fullmatch(given) else None


def typed(text: str) -> str:
    """Text as a person typed it: one kind of line end, and none of the characters no keyboard makes."""
    return UNTYPABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def words(person: str, event: str, text: str, reply_to: str = "") -> Said | Commanded:
    """Free text, or a command after a slash: `/claim 12`, `/it claim 12` and `/claim_12` alike."""
    place = Place.direct(identity(person))
    command = COMMAND.fullmatch(text.strip()) if text.lstrip().startswith("/") else None
    if command is None:
        return Said(event, identity(person), place, text, reply_to)
    number, rest = command["number"] or "", (command["rest"] or "").strip()
    return Commanded(event, identity(person), place, command["word"].lower(), f"{number} {rest}".strip(), reply_to)


def files(person: str, event: str, attached: tuple[File, ...], caption: str, reply_to: str = "") -> Attached:
    """Files with or without words."""
    return Attached(event, identity(person), Place.direct(identity(person)), attached, caption, reply_to)


def press(person: str, event: str, action: str, line: str = "") -> Pressed:
    """A button, of a line of the chat or of a page."""
    return Pressed(event, identity(person), Place.direct(identity(person)), action, line)


def form(person: str, event: str, key: str, values: Mapping[str, str]) -> Submitted:
    """A filled-in form."""
    return Submitted(event, identity(person), Place.direct(identity(person)), key, values)
