"""YAML with positions: a value knows where it stands, and a reader that stumbles over it says so there.

A reader is a plain function from a `Value` to what it means; it raises `Wrong`. The mistake is written down
where a key or a list item is read (`Fields`, `each`, `entries`), and the reading goes on with the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import yaml
from yaml.composer import Composer
from yaml.error import MarkedYAMLError, YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import Reader, ReaderError

from bot.organisation_file.mistakes import Mistake, OrganisationErrors, meant, nearest
from bot.organisation_file.schema import SCHEMA

T = TypeVar("T")
U = TypeVar("U")

KEY = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
KEY_LENGTH = 64


class Wrong(Exception):
    """A value does not make sense; `place` is where, the message says what was meant."""

    def __init__(self, place: Value, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


@dataclass(frozen=True, slots=True)
class Value:
    """One value (or key) of the file, with its place and the list that mistakes are written to."""

    node: Node
    mistakes: list[Mistake]

    def note(self, message: str) -> None:
        """Write a mistake down at this place and go on."""
        mark = self.node.start_mark
        self.mistakes.append(Mistake(mark.line + 1, mark.column + 1, message))

    @property
    def line(self) -> int:
        """The line it stands in, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def is_mapping(self) -> bool:
        """Whether it is `key: value` pairs."""
        return isinstance(self.node, MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.node, SequenceNode)

    @property
    def shape(self) -> str:
        """What it is, in words."""
        match self.node:
            case MappingNode():
                return "a mapping"
            case SequenceNode():
                return "a list"
            case ScalarNode(value="" | "~" | "null", style=None | ""):
                return "nothing"
            case _:
                return f"{_shortened(str(self.node.value))!r}"

    def scalar(self, wanted: str) -> str:
        """The text of a single value as written, quotes taken off. Raises Wrong for anything else."""
        if not isinstance(self.node, ScalarNode) or self.shape == "nothing":
            raise Wrong(self, f"expected {wanted}, found {self.shape}")
        return str(self.node.value).strip()

    def items(self, wanted: str) -> list[Value]:
        """The items of a list. Raises Wrong for anything else."""
        if not isinstance(self.node, SequenceNode):
            raise Wrong(self, f"expected {wanted}, found {self.shape}")
        return [Value(item, self.mistakes) for item in self.node.value]

    def pairs(self, wanted: str) -> list[tuple[Value, Value]]:
        """Keys and values of a mapping; a key that is there twice is a mistake. Raises Wrong."""
        if not isinstance(self.node, MappingNode):
            raise Wrong(self, f"expected {wanted}, found {self.shape}")
        found: dict[str, tuple[Value, Value]] = {}
        for key_node, value_node in self.node.value:
            key = Value(key_node, self.mistakes)
            if not isinstance(key_node, ScalarNode):
                key.note(f"expected a key, found {key.shape}")
            elif key_node.value in found:
                first = found[key_node.value][0]
                key.note(f"{_shortened(key_node.value)!r} is here twice: the first is in line {first.line}")
            else:
                found[key_node.value] = key, Value(value_node, self.mistakes)
        return list(found.values())


class Fields:
    """A mapping whose keys are fixed: the ones `schema.SCHEMA` lists for its section."""

    def __init__(self, value: Value, section: str) -> None:
        self.value = value
        self.section = section
        self._values: dict[str, Value] = {}
        self._misspelt: set[str] = set()
        known = SCHEMA[section]
        for key, at in value.pairs(f"a mapping that describes the {section}"):
            word = str(key.node.value)
            if word in known:
                self._values[word] = at
            else:
                key.note(f"unknown key {_shortened(word)!r} in the {section}{meant(word, known)}")
                self._misspelt.add(nearest(word, known))

    def at(self, key: str) -> Value | None:
        """The value of a key, if it is given."""
        return self._values.get(key)

    def get(self, key: str, reader: Callable[[Value], T], otherwise: U) -> T | U:
        """What the key says, or `otherwise` when it is not given or wrong (which is written down)."""
        at = self._values.get(key)
        return otherwise if at is None else attempt(at, reader, otherwise)

    def need(self, key: str, reader: Callable[[Value], T], otherwise: U) -> T | U:
        """As `get`, for a key that must be there. A misspelt one is told where it stands, and only there."""
        if key not in self._values and key not in self._misspelt:
            self.value.note(f"the {self.section} has no {key!r}: add it")
        return self.get(key, reader, otherwise)


def attempt(value: Value, reader: Callable[[Value], T], otherwise: U) -> T | U:
    """What the reader makes of the value; a mistake is written down and gives `otherwise`."""
    try:
        return reader(value)
    except Wrong as wrong:
        wrong.place.note(wrong.message)
        return otherwise


def each(value: Value, reader: Callable[[Value], T], wanted: str) -> tuple[T, ...]:
    """A list, item by item; wrong items are written down and left out. Raises Wrong if it is no list."""
    return tuple(found for item in value.items(wanted) for found in attempt(item, lambda at: [reader(at)], []))


def entries(value: Value, wanted: str) -> Iterator[tuple[str, Value, Value]]:
    """The entries of a mapping with keys of the organisation's own: (key, key's place, value).

    A key that is not a plain name is written down and left out. Raises Wrong if it is no mapping.
    """
    for key, at in value.pairs(wanted):
        name = str(key.node.value)
        if KEY.fullmatch(name) and len(name) <= KEY_LENGTH:
            yield name, key, at
        else:
            key.note(
                f"{_shortened(name)!r} cannot be a key: use small letters and digits, with '-', '_' or '.' between them"
            )


if yaml.__with_libyaml__:

    class _Loader(Composer, yaml.CBaseLoader):
        """libyaml's fast parser under nodes put together in Python: left alone it crashes on deep nesting."""

        def __init__(self, text: str) -> None:
            yaml.CBaseLoader.__init__(self, text)
            Composer.__init__(self)

else:
    # Without libyaml it is slower, and says the same.
    _Loader = yaml.BaseLoader  # type: ignore[misc,assignment]


def compose(text: str, source: str) -> Value:
    """The file's topmost value, with no mistakes yet. Raises OrganisationErrors if it is no YAML.

    Every scalar stays the text that was written: YAML 1.1 would read `no` as false and `8:30` as 510.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except MarkedYAMLError as error:
        raise OrganisationErrors(source, [_syntax(error)]) from error
    except RecursionError as error:
        raise OrganisationErrors(source, [Mistake(1, 1, "nested too deeply")]) from error
    except ReaderError as error:
        raise OrganisationErrors(source, [_unreadable(text)]) from error
    except (YAMLError, ValueError) as error:
        message = " ".join(str(error).split())
        raise OrganisationErrors(source, [Mistake(1, 1, f"this is not YAML: {message}")]) from error
    if node is None:
        raise OrganisationErrors(source, [Mistake(1, 1, "the file is empty: start from the sample's desk.yaml")])
    return Value(node, [])


def _syntax(error: MarkedYAMLError) -> Mistake:
    mark = error.problem_mark or error.context_mark
    what = ", ".join(str(part) for part in (error.context, error.problem) if part)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Mistake(line, column, f"this is not YAML: {what}")


def _unreadable(text: str) -> Mistake:
    # Asked again, because libyaml counts bytes and a person counts characters.
    found = Reader.NON_PRINTABLE.search(text)
    before = text[: found.start()] if found else ""
    column = len(before) - before.rfind("\n")
    return Mistake(before.count("\n") + 1, column, "here is an invisible character that YAML forbids: delete it")


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
