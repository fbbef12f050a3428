"""The fields of the core's forms: their labels and hints by name, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards.reader import Reader
from bot.messages import Choice, Field, FieldKind
from bot.organisation import Names
from escalation.priority import Impact, Urgency
from escalation.ticket import Kind

LONGEST_TEXT = 8000


def entry(
    name: str,
    reader: Reader,
    kind: FieldKind = FieldKind.LINE,
    *,
    required: bool = False,
    value: str = "",
    longest: int = 200,
) -> Field:
    """A field to write in; `value` stands in it already, `longest` is in characters."""
    hint = reader.tell(f"hint.{name}") if reader.knows(f"hint.{name}") else ""
    return Field(name, reader.tell(f"field.{name}"), kind, required, value[:longest], (), hint, "", longest)


def choice(
    name: str,
    reader: Reader,
    choices: tuple[Choice, ...],
    value: str,
    *,
    required: bool = False,
    kind: FieldKind = FieldKind.CHOICE,
) -> Field:
    """A field to choose in; a `value` that is none of the choices is left out."""
    value = value if value in {choice.value for choice in choices} else ""
    return Field(name, reader.tell(f"field.{name}"), kind, required, value, choices)


def named_choices(named: Mapping[str, Names], reader: Reader) -> tuple[Choice, ...]:
    """Choices by key, as they are called in the reader's language."""
    return tuple(Choice(key, reader.say(names)) for key, names in named.items())


def enum_choices(name: str, values: type[Impact] | type[Urgency] | type[Kind], reader: Reader) -> tuple[Choice, ...]:
    """A choice for each value."""
    return tuple(Choice(item.value, reader.tell(f"{name}.{item.value}")) for item in values)
