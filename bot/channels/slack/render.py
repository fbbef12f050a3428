"""Replies as Block Kit. People's words go into plain and rich text only, where Slack reads no markup at all.

The one place Slack reads as markup is a message's `text`, which it shows in notifications: that one is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.channels.slack import limits
from bot.channels.slack.limits import cut
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
    Tone,
)

Json = dict[str, Any]

COLOURS = {
    Tone.NEUTRAL: "#8a8f98",
    Tone.INFO: "#2f6fde",
    Tone.GOOD: "#2a8f5b",
    Tone.WARN: "#c98a00",
    Tone.BAD: "#c8372d",
}
MARKS = {
    CheckState.WAITING: "…",
    CheckState.OK: "✓",
    CheckState.WARN: "!",
    CheckState.FAIL: "✗",
    CheckState.UNKNOWN: "?",
}
BREAK = {"type": "text", "text": "\n"}


def escape(text: str) -> str:
    """Text that mrkdwn shows as typed: exactly `&`, `<` and `>` stand for something there."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message(reply: Reply) -> Json:
    """The `text`, `blocks` and `attachments` of a message that shows this reply.

    A form cannot stand in a message: what stands there is a button that opens it.
    """
    match reply:
        case Text(text=text):
            return _message(text, _plain_blocks(text), ())
        case Card():
            return _message(_fallback(reply), card_blocks(reply), _state(reply))
        case Form(key=key, title=title, intro=intro):
            opener = (Button(title, key, "primary"),)
            return _message(title, [*_title(title), *_plain_blocks(intro), *_buttons(opener)], ())
        case Picture(title=title, alternative=alternative):
            return _message(title, [*_title(title), *_plain_blocks(alternative)], ())
        case Document(title=title, file=file):
            return _message(title, _plain_blocks(f"{title}\n{file.name}"), ())


def words_block(words: str, block_id: str) -> Json:
    """Words as typed, in one block with this id."""
    return {**_rich([_section([_text(words)])])[0], "block_id": block_id}


def card_blocks(card: Card) -> list[Json]:
    """A card as blocks: its title, its body, its buttons."""
    buttons = _buttons(card.buttons)
    body = _bounded([block for each in card.blocks for block in _block(each)], limits.MESSAGE_BLOCKS - 2 - len(buttons))
    return [*_title(card.title), *body, *buttons]


def _bounded(body: list[Json], room: int) -> list[Json]:
    """As much as fits, and "…" when some does not; what is too many blocks may be one with as much in it."""
    fitting: list[Json] = []
    length = 0
    for block in body:
        length += _length(block)
        if fitting and length > limits.MESSAGE_TEXT:
            break
        fitting.append(block)
    whole = len(fitting) == len(body)
    if len(fitting) > room - 1:
        fitting = _together(fitting)
    if whole and len(fitting) <= room:
        return fitting
    return [*fitting[: room - 1], *_plain_blocks("…")]


def _together(body: list[Json]) -> list[Json]:
    """Blocks of rich text that follow one another as one, which Slack shows with less space between them."""
    found: list[Json] = []
    for block in body:
        if found and block["type"] == found[-1]["type"] == "rich_text":
            found[-1] = {**found[-1], "elements": [*found[-1]["elements"], *block["elements"]]}
        else:
            found.append(block)
    return found


def _length(part: Any) -> int:
    """How much text stands in a block."""
    if isinstance(part, list):
        return sum(_length(each) for each in part)
    if not isinstance(part, dict):
        return 0
    return sum(
        limits.units(value) if name == "text" and isinstance(value, str) else _length(value)
        for name, value in part.items()
    )


def _message(fallback: str, blocks: Sequence[Json], attachments: Sequence[Json]) -> Json:
    return {
        "text": cut(escape(cut(fallback, limits.FALLBACK)), 8 * limits.FALLBACK),
        "blocks": list(blocks[: limits.MESSAGE_BLOCKS]),
        "attachments": list(attachments),
    }


def _fallback(card: Card) -> str:
    """What a notification says: the title and the state; of a card without a title, its first sentence."""
    first = ("".join(span.text for span in block.line) for block in card.blocks if isinstance(block, Paragraph))
    title = card.title or next(first, "")
    return f"{title} · {card.state}" if card.state else title


def _state(card: Card) -> tuple[Json, ...]:
    """The state in words on a strip of its colour; a long attachment would be folded away, so it holds only this."""
    if not card.state:
        return ()
    words = {"type": "context", "elements": [_plain(card.state, limits.PLAIN)]}
    return ({"color": COLOURS[card.tone], "fallback": cut(escape(card.state), limits.FALLBACK), "blocks": [words]},)


# -- blocks ----------------------------------------------------------------------------------------


def _plain(text: str, longest: int) -> Json:
    return {"type": "plain_text", "text": cut(text, longest), "emoji": False}


def _title(title: str) -> list[Json]:
    if not title.strip():
        return []
    if limits.units(title) <= limits.HEADER and "\n" not in title:
        return [{"type": "header", "text": _plain(title, limits.HEADER)}]
    return _rich([_section([_text(title, {"bold": True})])])


def _plain_blocks(text: str) -> list[Json]:
    """Long text in as many sections as it needs."""
    return (
        [{"type": "section", "text": _plain(part, limits.PLAIN)} for part in _parts(text) if part.strip()]
        if text.strip()
        else []
    )


def _parts(text: str) -> list[str]:
    size = limits.PLAIN // 2  # every character may count twice
    text = cut(text, limits.MESSAGE_TEXT)
    return [text[at : at + size] for at in range(0, len(text), size)]


def _block(block: Block) -> list[Json]:
    match block:
        case Paragraph(line=line):
            return _rich([_section(_line(line))])
        case Steps(items=items, ordered=ordered):
            style = "ordered" if ordered else "bullet"
            elements = [_section(_line(item)) for item in items]
            return _rich([{"type": "rich_text_list", "style": style, "elements": elements}]) if elements else []
        case Facts(rows=rows):
            return _lines([_text(f"{label}: ", {"bold": True}), _text(value)] for label, value in rows)
        case Checklist(items=items):
            return _lines(
                [_text(f"{MARKS[item.state]} "), _text(item.label, {"bold": True}), _text(f": {item.finding}")]
                for item in items
            )
        case Quote(text=text, who=who):
            named = [_section([_text(who, {"bold": True})])] if who.strip() else []
            return _rich([*named, {"type": "rich_text_quote", "elements": _texts(text)}])


def _rich(elements: list[Json]) -> list[Json]:
    return [{"type": "rich_text", "elements": elements}]


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": elements or [_text("")]}


def _lines(rows: Iterable[list[Json]]) -> list[Json]:
    """Rows one under another, in one block."""
    elements: list[Json] = []
    for row in rows:
        elements += [BREAK, *row] if elements else row
    return _rich([_section(elements)]) if elements else []


def _line(line: Line) -> list[Json]:
    return [_span(span) for span in line]


def _span(span: Span) -> Json:
    style = {"strong": {"bold": True}, "code": {"code": True}}.get(span.style)
    if not span.link.startswith("https://"):
        return _text(span.text, style)
    shown: Json = {"type": "link", "url": cut(span.link, limits.RICH), "text": cut(span.text, limits.RICH)}
    return {**shown, "style": style} if style else shown


def _text(text: str, style: Json | None = None) -> Json:
    shown: Json = {"type": "text", "text": cut(text, limits.RICH)}
    return {**shown, "style": style} if style else shown


def _texts(text: str) -> list[Json]:
    """Long words in as many parts as they need, which are shown as one."""
    if limits.units(text) <= limits.RICH:
        return [_text(text)]
    return [{"type": "text", "text": part} for part in _parts(text)]


def _buttons(buttons: Sequence[Button]) -> list[Json]:
    """Rows of at most 25 buttons, each with its action as its value."""
    rows = []
    for at in range(0, len(buttons), limits.BUTTONS_TOGETHER):
        together = buttons[at : at + limits.BUTTONS_TOGETHER]
        elements = [_button(button, at + number) for number, button in enumerate(together)]
        rows.append({"type": "actions", "elements": elements})
    return rows


def _button(button: Button, number: int) -> Json:
    drawn: Json = {
        "type": "button",
        "text": _plain(button.label, limits.BUTTON),
        "action_id": f"press:{number}",
        "value": cut(button.action, limits.BUTTON_VALUE),
    }
    return {**drawn, "style": button.style} if button.style in ("primary", "danger") else drawn
