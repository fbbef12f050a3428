"""The words of many texts, each different one numbered, so that it is looked at only once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.integer)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Text i has the words numbered[starts[i]:starts[i + 1]]; `owners` says of each in which text it stands."""

    words: tuple[str, ...]
    numbered: NDArray[np.int64]
    starts: NDArray[np.int64]
    owners: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Tokens:
        """What stands between the blanks of normalised texts."""
        split = [text.split() for text in texts]
        words = tuple(dict.fromkeys(chain.from_iterable(split)))
        number = {word: at for at, word in enumerate(words)}
        starts = np.fromiter(accumulate(map(len, split), initial=0), dtype=np.int64, count=len(texts) + 1)
        every = map(number.__getitem__, chain.from_iterable(split))
        numbered = np.fromiter(every, dtype=np.int64, count=int(starts[-1]))
        return cls(words, numbered, starts, np.repeat(np.arange(len(texts)), np.diff(starts)))


def strewn(counts: NDArray[np.int64], numbered: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Things stand one after the other, so many a word: where those of each numbered word stand, and how many."""
    many = counts[numbered]
    begins = (np.cumsum(counts) - counts)[numbered]
    return np.arange(int(many.sum())) + np.repeat(begins - (np.cumsum(many) - many), many), many


def interleaved(
    first: NDArray[np.bool_],
    one: tuple[NDArray[np.int64], NDArray[Number]],
    other: tuple[NDArray[np.int64], NDArray[Number]],
) -> tuple[NDArray[np.int64], NDArray[Number]]:
    """How many things each word has, and the things: from `one` the next word where `first` says so, else `other`'s."""
    counts = np.empty(len(first), dtype=np.int64)
    counts[first], counts[~first] = one[0], other[0]
    places = first.repeat(counts)
    things = np.empty(len(places), dtype=one[1].dtype)
    things[places], things[~places] = one[1], other[1]
    return counts, things
