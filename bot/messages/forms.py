"""A form as data: its questions, and which of them are asked once others are answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    PERSON = "person"
    MOMENT = "moment"  # a date and time, typed as the person's locale writes it or as ISO 8601
    PHONE = "phone"
    RATING = "rating"  # 1..5


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. `error` is set when the validator sends a form back.

    `more` marks one that can wait: it stands folded away, or below, under the form's word for *More details*.
    `when` names another question and the answers to it with which alone this one is asked; empty: always.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    required: bool = False
    value: str = ""
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    error: str = ""
    longest: int = 300
    more: bool = False
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form as data. A channel with native forms draws it; otherwise the dialogue asks field by field.

    `more` is what its fold is called; the fields marked so stand last.
    """

    key: str
    title: str
    fields: tuple[Field, ...]
    submit: str
    intro: str = ""
    ticket: int | None = None
    more: str = ""

    def asked(self, values: Mapping[str, str]) -> tuple[Field, ...]:
        """The questions that are asked once these answers are given."""
        return tuple(each for each in self.fields if not each.when or values.get(each.when[0]) in each.when[1:])

    def decides(self, field: Field) -> bool:
        """Whether the answer to this question decides which others are asked."""
        return any(each.when[:1] == (field.name,) for each in self.fields)
