"""A message as numbered pieces: words, pairs of words, parts of words, one to three Han characters, and its shape.

The pieces are hashed into a fixed number of buckets, so that no vocabulary has to be kept. The hash is CRC-32: fast,
the same on every machine and in every process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from zlib import crc32

from intents.cues import listed, read_data

BUCKETS = 1 << 16
LONGEST = 600
"""Characters of normalised words that are looked at: what is wanted is said at the beginning."""
_PIECE = re.compile("[a-z]+|[0-9]+|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[?？!！/#@\\\\:]")
_SHORTEST_GRAM, _LONGEST_GRAM = 3, 5


def buckets(words: str) -> list[int]:
    """The buckets of the pieces of normalised words, each once, in no particular order."""
    return list({crc32(piece.encode()) % BUCKETS for piece in pieces(words[:LONGEST])})


def pieces(words: str) -> Iterator[str]:
    """The pieces of normalised words: ``w:`` a word, ``p:`` a pair, ``g:`` a part of a word, ``h:`` Han characters."""
    found = [_plain(piece) for piece in _PIECE.findall(words)]
    if not found:
        return
    yield "first:" + found[0][:8]
    yield "last:" + found[-1][-2:] if _is_han(found[-1]) else "last:" + found[-1]
    yield f"length:{min(len(found), 12) if not _is_han(words) else min(len(words) // 2, 12)}"
    yield from _shapes(words)
    for before, piece in zip(["^", *found], found, strict=False):
        if _is_han(piece):
            yield from _han(piece)
        else:
            yield "w:" + piece
            yield f"p:{before[-8:]} {piece}"
            yield from _latin(piece)


def _shapes(words: str) -> Iterator[str]:
    """What small words follow one another, and what comes right after one: "not" … "working", 不 … 亮."""
    sequence = ["^"]
    for found in _small_words().finditer(words):
        letter = str(found.lastgroup)
        after = words[found.end() : found.end() + 12].strip()
        following = after[:1] if after[:1] >= "\u3400" else after.split(" ")[0]
        yield f"c:{letter} {following}"
        sequence.append(letter)
    sequence.append("$")
    for size in (1, 2, 3):
        for start in range(len(sequence) - size + 1):
            yield "s:" + "".join(sequence[start : start + size])


@cache
def _small_words() -> re.Pattern[str]:
    """The small words of the grammar as one pattern, the longest tried first, each class a group of its own name."""
    ranked = sorted(
        ((word, letter) for letter, words in read_data("grammar.yaml").items() for word in listed(words)),
        key=lambda each: -len(each[0]),
    )
    runs: list[str] = []
    for letter in read_data("grammar.yaml"):
        latin = "|".join(re.escape(word) for word, of in ranked if of == letter and word.isascii())
        han = "|".join(re.escape(word) for word, of in ranked if of == letter and not word.isascii())
        runs.append(f"(?P<{letter}>(?<![a-z])(?:{latin})(?![a-z])|{han})")
    return re.compile("|".join(runs))


def _plain(piece: str) -> str:
    return f"0{min(len(piece), 5)}" if piece[0].isdigit() else {"？": "?", "！": "!"}.get(piece, piece)


def _is_han(piece: str) -> bool:
    return piece[0] >= "\u3400" and piece[0] not in "？！"


def _latin(word: str) -> Iterator[str]:
    padded = f" {word} "
    for size in range(_SHORTEST_GRAM, _LONGEST_GRAM + 1):
        for start in range(len(padded) - size + 1):
            yield "g:" + padded[start : start + size]


def _han(run: str) -> Iterator[str]:
    padded = f"^{run}$"
    for size in (1, 2, 3):
        for start in range(len(padded) - size + 1):
            piece = padded[start : start + size]
            if piece not in "^$":
                yield "h:" + piece
