"""Replies as JSON values and back: how the outbox, the inbox and the web desk's transcript keep them.

Every value carries its `type`; a field at its default is written all the same, so that a row can be
read by people and by a later version whose defaults differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.messages import (
    Block,
    Button,
    Card,
    Check,
    Checklist,
    CheckState,
    Choice,
    Document,
    Facts,
    Field,
    FieldKind,
    File,
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


class NotAReply(ValueError):
    """A stored value is not a reply this version can read."""


def to_json(reply: Reply) -> Json:
    """The reply as a value `json.dumps` takes."""
    match reply:
        case Text():
            return {"type": "text", "text": reply.text, "ticket": reply.ticket}
        case Card():
            return {
                "type": "card",
                "title": reply.title,
                "tone": reply.tone.value,
                "state": reply.state,
                "blocks": [_block_to_json(block) for block in reply.blocks],
                "buttons": [[button.label, button.action, button.style] for button in reply.buttons],
                "key": reply.key,
                "ticket": reply.ticket,
                "receipt": reply.receipt,
            }
        case Form():
            return {
                "type": "form",
                "key": reply.key,
                "title": reply.title,
                "fields": [_field_to_json(field) for field in reply.fields],
                "submit": reply.submit,
                "intro": reply.intro,
                "ticket": reply.ticket,
                "more": reply.more,
            }
        case Picture():
            return {
                "type": "picture",
                "title": reply.title,
                "svg": reply.svg,
                "alternative": reply.alternative,
            }
        case Document():
            return {
                "type": "document",
                "title": reply.title,
                "file": [reply.file.name, reply.file.media_type, reply.file.size, reply.file.reference],
                "ticket": reply.ticket,
            }


def from_json(value: Mapping[str, Any]) -> Reply:
    """The reply `to_json` wrote; `NotAReply` for anything else."""
    try:
        return _reply(value)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise NotAReply(f"cannot read this as a reply: {wrong!r}") from wrong


def _reply(value: Mapping[str, Any]) -> Reply:
    match value["type"]:
        case "text":
            return Text(value["text"], value["ticket"])
        case "card":
            return Card(
                title=value["title"],
                tone=Tone(value["tone"]),
                state=value["state"],
                blocks=tuple(_block(block) for block in value["blocks"]),
                buttons=tuple(Button(label, action, style) for label, action, style in value["buttons"]),
                key=value["key"],
                ticket=value["ticket"],
                receipt=value.get("receipt", ""),
            )
        case "form":
            return Form(
                key=value["key"],
                title=value["title"],
                fields=tuple(_field(field) for field in value["fields"]),
                submit=value["submit"],
                intro=value["intro"],
                ticket=value["ticket"],
                more=value.get("more", ""),
            )
        case "picture":
            return Picture(value["title"], value["svg"], value["alternative"])
        case "document":
            return Document(value["title"], _file(value["file"]), value["ticket"])
        case other:
            raise ValueError(f"no reply has the type {other!r}")


def _file(value: Sequence[Any]) -> File:
    name, media_type, size, reference = value
    return File(name, media_type, size, reference)


def _block_to_json(block: Block) -> Json:
    match block:
        case Paragraph():
            return {"type": "paragraph", "line": _line_to_json(block.line)}
        case Steps():
            items = [_line_to_json(item) for item in block.items]
            return {"type": "steps", "items": items, "ordered": block.ordered}
        case Facts():
            return {"type": "facts", "rows": [list(row) for row in block.rows]}
        case Checklist():
            checks = [[check.label, check.state.value, check.finding] for check in block.items]
            return {"type": "checklist", "items": checks}
        case Quote():
            return {"type": "quote", "text": block.text, "who": block.who}


def _block(value: Mapping[str, Any]) -> Block:
    match value["type"]:
        case "paragraph":
            return Paragraph(_line(value["line"]))
        case "steps":
            return Steps(tuple(_line(item) for item in value["items"]), value["ordered"])
        case "facts":
            return Facts(tuple((label, fact) for label, fact in value["rows"]))
        case "checklist":
            checks = value["items"]
            return Checklist(tuple(Check(label, CheckState(state), found) for label, state, found in checks))
        case "quote":
            return Quote(value["text"], value["who"])
        case other:
            raise ValueError(f"no block has the type {other!r}")


def _line_to_json(line: Line) -> list[list[str]]:
    return [[span.text, span.style, span.link] for span in line]


def _line(value: Sequence[Sequence[str]]) -> Line:
    return tuple(Span(text, style, link) for text, style, link in value)


def _field_to_json(field: Field) -> Json:
    return {
        "name": field.name,
        "label": field.label,
        "kind": field.kind.value,
        "required": field.required,
        "value": field.value,
        "choices": [[choice.value, choice.label] for choice in field.choices],
        "hint": field.hint,
        "error": field.error,
        "longest": field.longest,
        "more": field.more,
        "when": list(field.when),
    }


def _field(value: Mapping[str, Any]) -> Field:
    known = {**value, "kind": FieldKind(value["kind"])}
    known["choices"] = tuple(Choice(chosen, label) for chosen, label in value["choices"])
    known["when"] = tuple(value.get("when", ()))
    return Field(**known)
