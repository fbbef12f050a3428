"""Traditional script and Taiwan's words, rewritten as they stand on the mainland: 滑鼠 → 鼠标.

OpenCC's tables, and its rule: in each table the longest words first, of as long ones the leftmost. Its own
converter tries every piece of a text against every table; here only what begins like a word of one is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

RARE = "\U00010000"  # from here on `re` would look through single characters one by one


@dataclass(frozen=True, slots=True)
class Step:
    """Tables of words and what they become; and which words may begin with a character: (table, length) of each.

    `beginning` finds such characters: in a text from the mainland there are few.
    """

    tables: Sequence[Mapping[str, str]]
    begun: Mapping[str, Sequence[tuple[int, int]]]
    beginning: re.Pattern[str]


def mainland(text: str) -> str:
    """The text in mainland script and words."""
    for step in _steps():
        text = _rewritten(text, step)
    return text


def _rewritten(text: str, step: Step) -> str:
    """What an earlier table or a longer word has taken is not touched again."""
    found = _words_in(text, step)
    if not found:
        return text
    pieces = list(text)
    taken = bytearray(len(text))
    for order, shortness, at in sorted(found):
        end = at - shortness
        if not any(taken[at:end]):
            taken[at:end] = b"\1" * -shortness
            pieces[at:end] = [step.tables[order][text[at:end]], *[""] * (-shortness - 1)]
    return "".join(pieces)


def _words_in(text: str, step: Step) -> list[tuple[int, int, int]]:
    """The tables' words in the text: number of the table, length below zero, and where."""
    found = []
    begun, tables = step.begun, step.tables
    for begin in step.beginning.finditer(text):
        at = begin.start()
        for order, length in begun.get(begin.group(), ()):
            if text[at : at + length] in tables[order] and at + length <= len(text):
                found.append((order, -length, at))
    return found


@cache
def _steps() -> tuple[Step, ...]:
    """OpenCC's tables for tw2sp, step by step: with mainland words far better than characters alone."""
    from opencc import OpenCC

    return tuple(_step([words for _, _, words in tables]) for tables in OpenCC("tw2sp")._dict_chain_data)


def _step(tables: Sequence[Mapping[str, str]]) -> Step:
    begun: dict[str, set[tuple[int, int]]] = {}
    for order, words in enumerate(tables):
        for word in words:
            begun.setdefault(word[0], set()).add((order, len(word)))
    first = [{word: becomes.split(" ")[0] for word, becomes in words.items()} for words in tables]
    usual = "".join(character for character in begun if character < RARE)
    beginning = re.compile(f"[{re.escape(usual)}{RARE}-\U0010ffff]")
    return Step(first, {character: tuple(each) for character, each in begun.items()}, beginning)
