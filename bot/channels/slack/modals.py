"""A form as a modal, and what somebody typed into it as the form's values again.

A question's block is named `number:name`, so that an answer and an error find their question (`number:name:2` is
where a long text goes on); the modal's
`private_metadata` says which form it is and where its answer belongs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from bot.channels.slack import limits
from bot.channels.slack.limits import cut
from bot.channels.slack.render import Json
from bot.messages import Choice, Field, FieldKind, Form, Place

ANSWER = "answer"  # the action_id of every input
FORM = "form"  # the callback_id of every modal of ours
NOTHING = ""
PARAGRAPH = "\n\n"


def modal(form: Form, place: Place) -> Json:
    """The view that asks this form's questions. What is filled in already stands there."""
    blocks = _text_block(form.intro) if form.intro.strip() else []
    asked, folded = form.asked({field.name: field.value for field in form.fields}), False
    for number, field in enumerate(form.fields):
        if field not in asked:
            continue
        if field.more and form.more and not folded:
            blocks += [{"type": "divider"}, *_text_block(form.more)]
        folded = folded or field.more
        first, *others = (_question(number, each, part) for part, each in enumerate(_parted(field), 1))
        blocks += [{**first, **({"dispatch_action": True} if form.decides(field) else {})}, *others]
        blocks += _text_block(field.error) if field.error else []
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _plain(form.title, limits.MODAL_TITLE),
        "submit": _plain(form.submit, limits.MODAL_TITLE),
        "private_metadata": json.dumps({"form": form.key, "place": asdict(place)}, ensure_ascii=False),
        "blocks": blocks[: limits.VIEW_BLOCKS] or _text_block(form.title),
    }


def filled(form: Form, typed: Mapping[str, str]) -> Form:
    """The form with what was typed so far."""
    return replace(form, fields=tuple(replace(each, value=typed.get(each.name, each.value)) for each in form.fields))


def errors(form: Form) -> dict[str, str]:
    """What is wrong, under the name of the block that asks it, for `response_action: errors`."""
    return {_block_id(number, field.name): field.error for number, field in enumerate(form.fields) if field.error}


def values(state: Mapping[str, Any]) -> dict[str, str]:
    """What was typed and chosen, by the name of the field; moments as ISO 8601."""
    found: dict[str, str] = {}
    for block, answers in sorted(state.items(), key=lambda each: _part(each[0])):
        name, value = block.split(":")[1] if ":" in block else "", _value(answers.get(ANSWER) or {})
        found[name] = PARAGRAPH.join(filter(None, (found.get(name), value)))
    return found


def _part(block: str) -> int:
    part = block.split(":")[2:]
    return int(part[0]) if part and part[0].isascii() and part[0].isdecimal() else 1


def _parted(field: Field) -> tuple[Field, ...]:
    """The field, as several where what stands in it already is more than one input of Slack's holds."""
    if field.kind is not FieldKind.TEXT or limits.units(field.value) <= limits.INPUT:
        return (field,)
    first, rest = _halved(field.value)
    more = replace(field, value=rest, required=False, hint="", error="")
    return (replace(field, value=first), *_parted(more))


def _halved(text: str) -> tuple[str, str]:
    """The text in two, the first not more than an input holds: between two paragraphs if it can be."""
    end = limits.INPUT
    while limits.units(text[:end]) > limits.INPUT:
        end -= max(1, (limits.units(text[:end]) - limits.INPUT) // 2)
    for between in (PARAGRAPH, "\n", " "):
        at = text.rfind(between, 1, end + len(between))
        if at > 0 and text[:at].strip() and text[at:].strip():
            return text[:at], text[at + len(between) :]
    return text[:end], text[end:]


def _value(answer: Mapping[str, Any]) -> str:
    chosen = answer.get("selected_option")
    if chosen:
        return str(chosen.get("value", NOTHING))
    at = answer.get("selected_date_time")
    if at:
        return datetime.fromtimestamp(int(at), UTC).isoformat()
    return str(answer.get("value") or NOTHING)


def _plain(text: str, longest: int) -> Json:
    return {"type": "plain_text", "text": cut(text, longest), "emoji": False}


def _text_block(text: str) -> list[Json]:
    return [{"type": "section", "text": _plain(text, limits.PLAIN)}]


def _block_id(number: int, name: str) -> str:
    return f"{number}:{name}"[: limits.IDENTIFIER]


def _question(number: int, field: Field, part: int = 1) -> Json:
    block: Json = {
        "type": "input",
        "block_id": _block_id(number, field.name if part == 1 else f"{field.name}:{part}"),
        "label": _plain(field.label if part == 1 else f"{field.label} ({part})", limits.LABEL),
        "optional": not field.required,
        "element": {**_element(field), "action_id": ANSWER},
    }
    return {**block, "hint": _plain(field.hint, limits.LABEL)} if field.hint.strip() else block


def _element(field: Field) -> Json:
    choices = tuple(choice for choice in field.choices if 0 < limits.units(choice.value) <= limits.OPTION_VALUE)
    match field.kind:
        case FieldKind.CHOICE | FieldKind.PERSON if choices:
            return _select(choices, field.value)
        case FieldKind.RATING:
            stars = tuple(Choice(str(number), "★" * number) for number in range(1, 6))
            return {"type": "radio_buttons", "options": [_option(c) for c in stars], **_initial(stars, field.value)}
        case FieldKind.MOMENT:
            return {"type": "datetimepicker", **_initial_moment(field.value)}
    return _input(field)


def _input(field: Field) -> Json:
    longest = max(2, min(field.longest, limits.INPUT))
    element: Json = {
        "type": "plain_text_input",
        "multiline": field.kind is FieldKind.TEXT,
        "max_length": longest,
    }
    return {**element, "initial_value": cut(field.value, longest)} if field.value.strip() else element


def _select(choices: tuple[Choice, ...], value: str) -> Json:
    """A list to choose from; more than a hundred choices come in groups."""
    options = [_option(choice) for choice in choices]
    if len(options) <= limits.OPTIONS:
        return {"type": "static_select", "options": options, **_initial(choices, value)}
    groups = []
    for at in range(0, min(len(options), limits.OPTIONS * limits.OPTIONS), limits.OPTIONS):
        together = options[at : at + limits.OPTIONS]
        groups.append({"label": _plain(f"{at + 1}–{at + len(together)}", limits.OPTION), "options": together})
    return {"type": "static_select", "option_groups": groups, **_initial(choices, value)}


def _option(choice: Choice) -> Json:
    return {"text": _plain(choice.label, limits.OPTION), "value": choice.value}


def _initial(choices: tuple[Choice, ...], value: str) -> Json:
    chosen = next((choice for choice in choices if choice.value == value), None)
    return {"initial_option": _option(chosen)} if chosen else {}


def _initial_moment(value: str) -> Json:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return {}
    return {"initial_date_time": int(at.timestamp())} if at.tzinfo and at.year > 1971 else {}
