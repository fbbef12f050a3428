"""Replies as Telegram's messages: HTML in which people's words are escaped, and rows of buttons."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.telegram.markup import Run, as_html, as_plain, clean, parts, quiet
from bot.messages import (
    Block,
    Button,
    Card,
    Checklist,
    CheckState,
    Document,
    Facts,
    Form,
    Line,
    Paragraph,
    Picture,
    Quote,
    Reply,
    Span,
    Steps,
    Text,
)

MARKS = {
    CheckState.WAITING: "…",
    CheckState.OK: "✓",
    CheckState.WARN: "!",
    CheckState.FAIL: "✗",
    CheckState.UNKNOWN: "?",
}
ROW_AT_MOST, ROW_WIDTH, LABEL = 5, 34, 64
ONE_LINE = 100
EMPTY = "…"
PRESS_STYLES = {"primary": "primary", "danger": "danger"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message, or several when it is long: each as HTML and as plain text. The buttons are under the last."""

    html: tuple[str, ...]
    plain: tuple[str, ...]
    keyboard: InlineKeyboardMarkup | None = None


def message(reply: Reply, data: Sequence[str], *, mark: str = "", tappable: bool = False) -> Drawn:
    """The message that shows this reply. `data` is what its buttons carry; `mark` stands above it.

    `tappable` is for a room, where a list is worked by touching the words in its lines.
    """
    runs = list(_runs(reply, tappable))
    if mark:
        runs = [Run(f"{mark}\n", "soft"), *runs]
    pieces = parts(runs) or ((Run(EMPTY),),)
    return Drawn(tuple(map(as_html, pieces)), tuple(map(as_plain, pieces)), keyboard(_buttons(reply, tappable), data))


def drawn_buttons(reply: Reply, tappable: bool = False) -> tuple[Button, ...]:
    """The buttons that stand under this reply."""
    return _buttons(reply, tappable)


def _buttons(reply: Reply, tappable: bool) -> tuple[Button, ...]:
    if not isinstance(reply, Card) or (tappable and _listed(reply)):
        return ()
    return reply.buttons


def _runs(reply: Reply, tappable: bool) -> Iterator[Run]:
    match reply:
        case Text(text=text, ticket=int()) if tappable:
            yield Run(quiet(clean(text)))
        case Text(text=text):
            ours, line, theirs = clean(text).partition("\n")
            yield Run(f"{ours}{line}{quiet(theirs)}" if tappable else clean(text))
        case Card():
            yield from _card(reply, tappable)
        case Form(title=title, intro=intro):
            yield Run(quiet(clean(title)), "strong")
            yield Run(f"\n\n{clean(intro)}" if intro else "")
        case Document(title=title):
            yield Run(quiet(clean(title)))
        case Picture(title=title, alternative=alternative):
            yield Run(quiet(clean(title)), "strong")
            yield Run(f"\n\n{clean(alternative)}" if alternative else "")


def _card(card: Card, tappable: bool) -> Iterator[Run]:
    title = quiet(clean(card.title))
    if title.strip() or not card.blocks:
        yield Run(title or EMPTY, "strong")
    if card.state.strip() and not _says_it(card):
        yield Run("\n")
        yield Run(quiet(clean(card.state)))
    listed = _listed(card) if tappable else {}
    above: Block | None = None
    for block in card.blocks:
        shown = list(_block(block))
        if not as_plain(shown).strip():
            continue
        if above is not None or title.strip():
            yield Run("\n" if above is not None and _one_line(above) and _one_line(block) else "\n\n")
        yield from shown
        number = next((n for n, name in listed.items() if as_plain(shown).startswith(f"{name} ")), "")
        if number:
            yield Run(f"\n/claim_{number} · /show_{number}")
        above = block


def _says_it(card: Card) -> bool:
    """Whether the card is one sentence of what was done to a ticket: how the ticket stands is said with it."""
    return not card.blocks and card.ticket is not None and card.title.rstrip().endswith((".", "。", "!", "！"))


def _listed(card: Card) -> dict[str, str]:
    """The tickets of a list, name by number: a card all of whose buttons show a ticket."""
    found = {}
    for button in card.buttons:
        match button.action.split(":"):
            case ["t", "show", number] if button.label == f"T-{number}":
                found[number] = button.label
            case _:
                return {}
    return found


def _one_line(block: Block) -> bool:
    match block:
        case Paragraph(line=line):
            return sum(len(span.text) for span in line) <= ONE_LINE
        case Quote(text=text):
            return len(text) <= ONE_LINE
    return False


def _block(block: Block) -> Iterator[Run]:
    match block:
        case Paragraph(line=line):
            yield from _line(line)
        case Steps(items=items, ordered=ordered):
            for number, item in enumerate(items, 1):
                yield Run(f"{chr(10) if number > 1 else ''}{f'{number}.' if ordered else '•'} ")
                yield from _line(item)
        case Facts(rows=rows):
            for number, (label, value) in enumerate(rows):
                yield Run("\n" if number else "")
                yield Run(f"{clean(label)}:", "strong")
                yield Run(f" {quiet(clean(value))}")
        case Checklist(items=items):
            for number, check in enumerate(items):
                yield Run(f"{chr(10) if number else ''}{MARKS[check.state]} ")
                yield Run(clean(check.label), "strong")
                yield Run(f": {clean(check.finding)}")
        case Quote(text=text, who=who):
            if who.strip():
                yield Run(clean(who), "strong")
                yield Run("\n")
            yield Run(quiet(clean(text)), "quote")


def _line(line: Line) -> Iterator[Run]:
    return (_span(span) for span in line)


def _span(span: Span) -> Run:
    style = span.style if span.style in ("strong", "code") else ""
    return Run(clean(span.text), style, span.link if span.link.startswith("https://") else "")


# -- buttons ---------------------------------------------------------------------------------------


def keyboard(buttons: Sequence[Button], data: Sequence[str]) -> InlineKeyboardMarkup | None:
    """The buttons in rows as wide as a telephone; None without any."""
    if not buttons:
        return None
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for button, carried in zip(buttons, data, strict=True):
        width = _width(button.label) + 2
        if not rows or width > room or len(rows[-1]) == ROW_AT_MOST:
            rows.append([])
            room = ROW_WIDTH
        room -= width
        label = clean(button.label)[:LABEL].strip() or EMPTY
        rows[-1].append(InlineKeyboardButton(label, callback_data=carried, style=PRESS_STYLES.get(button.style)))
    return InlineKeyboardMarkup(rows)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
