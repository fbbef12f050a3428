"""What was typed into a form, judged: the one validator for all channels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.cards.reader import Reader
from bot.dialogue.facts import dated_as_typed
from bot.dialogue.moments import BadMoment, parse_moment
from bot.messages import Field, FieldKind, Form

_PHONE = re.compile(r"^\+?[\d\s()/.-]{3,24}$")


@dataclass(frozen=True, slots=True)
class Checked:
    """A submitted form: clean values, or the form again with an error beside each field that has one."""

    values: Mapping[str, str]
    form: Form

    @property
    def ok(self) -> bool:
        """Whether every field was in order."""
        return not any(field.error for field in self.form.fields)


def check(form: Form, values: Mapping[str, str], reader: Reader) -> Checked:
    """Judge what was typed. Moments come back as ISO 8601 in UTC, everything else stripped."""
    clean: dict[str, str] = {}
    fields, asked = [], form.asked(values)
    for field in form.fields:
        value = str(values.get(field.name, "")).strip() if field in asked else ""
        cleaned, error = _judge(field, value, reader)
        clean[field.name] = cleaned
        fields.append(replace(field, value=value, error=error))
    return Checked(clean, replace(form, fields=tuple(fields)))


def judge(field: Field, value: str, reader: Reader) -> tuple[str, str]:
    """One field's clean value and its error, the latter empty when all is well."""
    return _judge(field, value.strip(), reader)


def as_read(field: Field, value: str, reader: Reader) -> str:
    """What was typed, with what it is taken for where that is shown beside it: the day of "yesterday"."""
    changed = field.name == "since" and value != field.value
    return dated_as_typed(value, reader.now, reader.zone) if changed else value


def _judge(field: Field, value: str, reader: Reader) -> tuple[str, str]:
    if not value:
        return "", reader.tell("form.required") if field.required else ""
    if len(value) > field.longest:
        return value, reader.tell("form.too_long", longest=field.longest, length=len(value))
    match field.kind:
        case FieldKind.CHOICE | FieldKind.PERSON if value not in {choice.value for choice in field.choices}:
            return value, reader.tell("form.no_such_choice")
        case FieldKind.PHONE if not _PHONE.match(value):
            return value, reader.tell("form.no_phone")
        case FieldKind.RATING if value not in set("12345"):
            return value, reader.tell("form.no_rating")
        case FieldKind.MOMENT:
            return _moment(value, reader)
    return as_read(field, value, reader), ""


def _moment(value: str, reader: Reader) -> tuple[str, str]:
    try:
        at = parse_moment(value, reader.now, reader.zone)
    except BadMoment:
        return value, reader.tell("form.no_moment")
    if at <= reader.now:
        return value, reader.tell("form.past_moment")
    return at.isoformat(), ""
