"""Looking for very many phrases at once: each is filed under the characters it can begin with.

One pattern of two thousand alternatives tries them all at every character. Here each character is tried against
those alone that can begin with it, in their order, and so finds exactly what the one pattern would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

WORD_BEGINS = "(?<![a-z0-9])"
"""How a phrase begins that is looked for at the beginning of Latin words only."""
_OTHER = ""
_SHARED = 3  # beginnings from which on a phrase stands in so many rows that it is compiled apart
_LOOKS_AROUND = ("(?<", "(?!", "(?=")
_Filed = tuple[int, str, frozenset[str]]
_Row = list[tuple[int, re.Pattern[str]]]


class Spotter:
    """Groups of phrases (regular expressions that match no empty text), looked for side by side in one text."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self._groups = len(groups)
        self._filed: list[_Filed] = [
            (number, phrase, beginnings(phrase)) for number, group in enumerate(groups) for phrase in group
        ]
        self._known = frozenset[str]().union(*(begins for _, _, begins in self._filed))
        self._rows: dict[tuple[str, bool], _Row] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}

    def find(self, text: str) -> list[list[tuple[int, int]]]:
        """Where each group's phrases stand in a text, start and end; those of one group do not overlap."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self._groups)]
        free = [0] * self._groups
        inside = False
        for at, character in enumerate(text):
            for number, pattern in self._row(character, inside):
                if free[number] <= at and (match := pattern.match(text, at)) and match.end() > at:
                    free[number] = match.end()
                    found[number].append(match.span())
            inside = "a" <= character <= "z" or "0" <= character <= "9"
        return found

    def _row(self, character: str, inside: bool) -> _Row:
        """What to try where this character stands, inside a Latin word or not; compiled when it is first met."""
        key = (character if character in self._known else _OTHER, inside)
        if key not in self._rows:
            self._rows[key] = list(self._compiled(*key))
        return self._rows[key]

    def _compiled(self, character: str, inside: bool) -> Iterator[tuple[int, re.Pattern[str]]]:
        """One pattern for the neighbours of a group; phrases of many beginnings are compiled by themselves, once."""
        fitting = (
            (number, phrase, len(begins) > _SHARED or not begins)
            for number, phrase, begins in self._filed
            if (not begins or character in begins) and not (inside and phrase.startswith(WORD_BEGINS))
        )
        for (number, shared), neighbours in groupby(fitting, key=lambda each: (each[0], each[2])):
            phrases = [phrase for _, phrase, _ in neighbours]
            for alternatives in phrases if shared else ["|".join(phrases)]:
                yield number, self._pattern(alternatives)

    def _pattern(self, alternatives: str) -> re.Pattern[str]:
        if alternatives not in self._patterns:
            self._patterns[alternatives] = re.compile(alternatives, re.MULTILINE)
        return self._patterns[alternatives]


def beginnings(phrase: str) -> frozenset[str]:
    """The characters a regular expression can begin with; none where that is not plain to see."""
    options = list(_options(phrase))
    if len(options) > 1:
        each = [beginnings(option) for option in options]
        return frozenset().union(*each) if all(each) else frozenset()
    found: frozenset[str] = frozenset()
    at = 0
    while at < len(phrase):
        begins, end = _first(phrase, at)
        if end < len(phrase) and (phrase[end] in "?*" or phrase.startswith("{0", end)):
            if not begins:
                return frozenset()
            found, at = found | begins, _after_count(phrase, end)
        elif begins is not None:
            return found | begins if begins else frozenset()
        else:
            at = end
    return frozenset()


def _first(phrase: str, at: int) -> tuple[frozenset[str] | None, int]:
    """What the piece of a pattern at a place can begin with, and where it ends; None for one that takes no room."""
    match phrase[at]:
        case "^":
            return None, at + 1
        case "(":
            end = _closing(phrase, at)
            if phrase.startswith(_LOOKS_AROUND, at):
                return None, end
            return beginnings(phrase[at + 1 : end - 1].removeprefix("?:")), end
        case "[":
            end = phrase.index("]", at) + 1
            members = phrase[at + 1 : end - 1]
            return frozenset() if {*members} & {*"\\-^"} else frozenset(members), end
        case "\\":
            escaped = phrase[at + 1]
            return frozenset() if escaped.isalnum() else frozenset(escaped), at + 2
        case "." | "$":
            return frozenset(), at + 1
        case character:
            return frozenset(character), at + 1


def _after_count(phrase: str, at: int) -> int:
    end = phrase.index("}", at) + 1 if phrase[at] == "{" else at + 1
    return end + 1 if phrase.startswith("?", end) else end


def _closing(phrase: str, at: int) -> int:
    """Where the bracket that opens at a place has been closed."""
    depth = 0
    for place, character in _plain_characters(phrase, at):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place + 1
    raise ValueError(f"A bracket is never closed in {phrase!r}; close it in the data file.")


def _options(phrase: str) -> Iterator[str]:
    """The alternatives of a pattern, outside of any bracket."""
    depth = begin = 0
    for place, character in _plain_characters(phrase, 0):
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            yield phrase[begin:place]
            begin = place + 1
    yield phrase[begin:]


def _plain_characters(phrase: str, at: int) -> Iterator[tuple[int, str]]:
    """The characters that are neither escaped nor in square brackets."""
    within = False
    while at < len(phrase):
        character = phrase[at]
        if character == "\\":
            at += 2
            continue
        if not within and character != "[":
            yield at, character
        within = (within or character == "[") and character != "]"
        at += 1
