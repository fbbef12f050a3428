"""What we show: sentences, cards with their blocks and buttons, pictures and files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.messages.events import File
from bot.messages.forms import Form


class Tone(StrEnum):
    """What a card's colour and its state word say; never colour alone."""

    NEUTRAL = "neutral"
    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style: "" (plain), "strong" or "code"; `link` is an https address or empty."""

    text: str
    style: str = ""
    link: str = ""


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Steps:
    """A list; numbered when the order matters."""

    items: tuple[Line, ...]
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value pairs, in reading order."""

    rows: tuple[tuple[str, str], ...]


class CheckState(StrEnum):
    WAITING = "waiting"
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a live checklist: what is checked, how it stands, and what was found, in words."""

    label: str
    state: CheckState
    finding: str


@dataclass(frozen=True, slots=True)
class Checklist:
    items: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a person, shown as theirs."""

    text: str
    who: str = ""


Block = Paragraph | Steps | Facts | Checklist | Quote


@dataclass(frozen=True, slots=True)
class Button:
    """One verb. `action` is at most 60 bytes of ASCII; `style` is "", "primary" or "danger"."""

    label: str
    action: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A plain sentence or two."""

    text: str
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A message with a title, a body and buttons.

    `key` names the card at its place: sending a card whose key stands there already edits it. An empty key is
    a message of its own. `ticket` is what a person answering this message means. `receipt` is "sent", "noted"
    or "done" when it says no more than that somebody's words arrived: a channel may put a sign on them instead.
    """

    title: str
    tone: Tone = Tone.NEUTRAL
    state: str = ""
    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button, ...] = ()
    key: str = ""
    ticket: int | None = None
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG drawing, with words for those who cannot see it."""

    title: str
    svg: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a ticket, handed to whoever did not send it; `title` says whose it is.

    Its file's reference is the desk's own: a channel gets the bytes through the `Shelf` it was built with.
    """

    title: str
    file: File
    ticket: int | None = None


Reply = Text | Card | Form | Picture | Document


def plain(text: str) -> Paragraph:
    """A paragraph without any styling."""
    return Paragraph((Span(text),))
