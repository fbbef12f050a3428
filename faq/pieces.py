"""Words cut into known pieces, from left to right the longest: one word, or all the words of many texts at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from faq.normalise import DATA, has_han
from faq.tokens import interleaved

PIECES, VECTORS = DATA / "wordpieces.txt", DATA / "meanings.npy"
LONGEST_PIECE, LONGEST_HAN = 18, 4
HAN_LETTERS = 3  # a Chinese character says as much as so many Latin letters
MANY = 1_000  # Chinese words from which on they are cut side by side
PLANE = 1 << 16  # Chinese characters that are looked at stand below


class Pieces(NamedTuple):
    """The table's rows for a word, its letters, a Chinese character counting as HAN_LETTERS, and those covered."""

    numbers: tuple[int, ...]
    size: int
    covered: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Word i has the table's rows numbers[starts[i]:starts[i + 1]]; sizes and covered letters as in Pieces."""

    numbers: NDArray[np.int64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    covered: NDArray[np.int64]


@lru_cache(maxsize=20_000)
def pieces(word: str) -> Pieces:
    """The longest known pieces from left to right; letters in no piece are passed over."""
    known = numbers()
    han = has_han(word)
    longest = LONGEST_HAN if han else LONGEST_PIECE
    found = []
    start = passed = 0
    while start < len(word):
        head = "##" if start and not han else ""
        for end in range(min(len(word), start + longest), start, -1):
            number = known.get(head + word[start:end])
            if number is not None:
                found.append(number)
                start = end
                break
        else:
            start += 1
            passed += 1
    if han:
        return Pieces(tuple(found), HAN_LETTERS * len(word), HAN_LETTERS * (len(word) - passed))
    return Pieces(tuple(found), len(word), len(word) if found else 0)


@cache
def numbers() -> Mapping[str, int]:
    """The table's row of each piece; of none where the table is absent."""
    if not (PIECES.exists() and VECTORS.exists()):
        return {}
    return {piece: number for number, piece in enumerate(PIECES.read_text(encoding="utf-8").split())}


def cut(words: Sequence[str]) -> Cut:
    """What `pieces` says of every word, the words different ones."""
    han = [at for at, word in enumerate(words) if has_han(word)]
    if len(han) < MANY:
        return _one_by_one(words)
    chinese = _side_by_side([words[at] for at in han])
    others = np.ones(len(words), dtype=np.bool_)
    others[han] = False
    latin = _one_by_one([words[at] for at in np.flatnonzero(others).tolist()])
    return _merged(others, latin, chinese)


def _one_by_one(words: Sequence[str]) -> Cut:
    every = [pieces(word) for word in words]
    counts = [len(each.numbers) for each in every]
    return Cut(
        np.fromiter(chain.from_iterable(each.numbers for each in every), dtype=np.int64, count=sum(counts)),
        np.cumsum([0, *counts]),
        np.array([each.size for each in every], dtype=np.int64),
        np.array([each.covered for each in every], dtype=np.int64),
    )


def _merged(first: NDArray[np.bool_], one: Cut, other: Cut) -> Cut:
    """The words of `one` where `first` says so, else those of `other`, each in their order."""
    counts, found = interleaved(first, (np.diff(one.starts), one.numbers), (np.diff(other.starts), other.numbers))
    sizes, covered = np.empty_like(counts), np.empty_like(counts)
    sizes[first], sizes[~first] = one.sizes, other.sizes
    covered[first], covered[~first] = one.covered, other.covered
    return Cut(found, np.concatenate([[0], counts.cumsum()]), sizes, covered)


@dataclass(frozen=True, slots=True)
class _Tree:
    """The Chinese pieces as a tree, level by level: the key of a node is its parent and a character's number.

    `characters` numbers the characters by their code points; numbers[level][node] is the piece that ends in it, or -1.
    The node 0 of a level is none, and so is the number 0 of a character.
    """

    characters: NDArray[np.int64]
    keys: Sequence[NDArray[np.int64]]
    numbers: Sequence[NDArray[np.int64]]

    def longest(self, codes: NDArray[np.uint32], left: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
        """For each character the piece that begins there, and its length: (-1, 0) for none. `left` in its word."""
        characters = self.characters.take(codes)
        found, lengths = np.full(len(codes), -1), np.zeros(len(codes), dtype=np.int64)
        at, nodes = np.arange(len(codes)), np.zeros(len(codes), dtype=np.int64)
        for level, (keys, numbers) in enumerate(zip(self.keys, self.numbers, strict=True)):
            if not len(keys):
                break
            inside = np.flatnonzero(left.take(at) > level)
            at = at.take(inside)
            wanted = nodes.take(inside) * PLANE + characters.take(at + level)
            nodes = keys.searchsorted(wanted)
            there = np.flatnonzero(keys.take(nodes, mode="clip") == wanted)
            at, nodes = at.take(there), nodes.take(there)
            ended = numbers.take(nodes)
            whole = np.flatnonzero(ended >= 0)
            found[at[whole]], lengths[at[whole]] = ended[whole], level + 1
        return found, lengths


@cache
def _tree() -> _Tree:
    known = {piece: number for piece, number in numbers().items() if has_han(piece) and len(piece) <= LONGEST_HAN}
    numbered = {character: at for at, character in enumerate(sorted(set("".join(known))), start=1)}
    characters = np.zeros(PLANE, dtype=np.int64)
    for character, at in numbered.items():
        characters[ord(character)] = at
    keys, ends = [], []
    nodes = {"": 0}
    for level in range(1, LONGEST_HAN + 1):
        begun = sorted(
            (nodes[piece[: level - 1]] * PLANE + numbered[piece[level - 1]], piece[:level])
            for piece in {piece[:level] for piece in known if len(piece) >= level}
        )
        nodes = {piece: at for at, (_, piece) in enumerate(begun)}
        keys.append(np.array([key for key, _ in begun], dtype=np.int64))
        ends.append(np.array([known.get(piece, -1) for _, piece in begun], dtype=np.int64))
    return _Tree(characters, keys, ends)


def _side_by_side(words: Sequence[str]) -> Cut:
    """All words at their first piece, then all at their second one: a step for each piece of the longest word."""
    codes = np.frombuffer("".join(words).encode("utf-32-le"), dtype=np.uint32)
    sizes = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    ends = sizes.cumsum()
    found, lengths = _tree().longest(codes, ends.repeat(sizes) - np.arange(len(codes)))
    covered = np.zeros(len(words), dtype=np.int64)
    owners, numbers = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    going, at = np.arange(len(words)), ends - sizes
    while len(going):
        length = lengths.take(at)
        known = np.flatnonzero(length)
        owners.append(going.take(known))
        numbers.append(found.take(at.take(known)))
        covered[owners[-1]] += length.take(known)
        at = at + np.maximum(length, 1)
        more = np.flatnonzero(at < ends.take(going))
        going, at = going.take(more), at.take(more)
    owner = np.concatenate(owners)
    starts = np.concatenate([[0], np.bincount(owner, minlength=len(words)).cumsum()])
    in_order = owner.argsort(kind="stable")
    return Cut(np.concatenate(numbers)[in_order], starts, HAN_LETTERS * sizes, HAN_LETTERS * covered)
