"""Traditional script and Taiwan's words, rewritten as they stand on the mainland: 滑鼠 → 鼠标.

OpenCC's tables, and its rule: in each table the longest words first, of as long ones the leftmost. Its own
converter tries every piece of a text against every table; here only what begins like a word of one is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Table:
    """Words and what they become; and how long the words are that begin with a character, longest first."""

    words: Mapping[str, str]
    lengths: Mapping[str, Sequence[int]]


def mainland(text: str) -> str:
    """The text in mainland script and words."""
    for tables in _steps():
        text = _rewritten(text, tables)
    return text


def _rewritten(text: str, tables: Sequence[Table]) -> str:
    """What an earlier table or a longer word has taken is not touched again."""
    found = sorted(each for order, table in enumerate(tables) for each in _words_in(text, order, table))
    if not found:
        return text
    pieces = list(text)
    taken = bytearray(len(text))
    for order, shortness, at in found:
        end = at - shortness
        if not any(taken[at:end]):
            taken[at:end] = b"\1" * -shortness
            pieces[at:end] = [tables[order].words[text[at:end]], *[""] * (-shortness - 1)]
    return "".join(pieces)


def _words_in(text: str, order: int, table: Table) -> Iterator[tuple[int, int, int]]:
    words, lengths = table.words, table.lengths
    for at, character in enumerate(text):
        for length in lengths.get(character, ()):
            if at + length <= len(text) and text[at : at + length] in words:
                yield order, -length, at


@cache
def _steps() -> tuple[tuple[Table, ...], ...]:
    """OpenCC's tables for tw2sp, step by step: with mainland words far better than characters alone."""
    from opencc import OpenCC

    return tuple(tuple(_table(words) for _, _, words in step) for step in OpenCC("tw2sp")._dict_chain_data)


def _table(words: Mapping[str, str]) -> Table:
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    first = {word: becomes.split(" ")[0] for word, becomes in words.items()}
    return Table(first, {begun: sorted(each, reverse=True) for begun, each in lengths.items()})
