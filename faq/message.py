"""The features of one message: the same numbers as `grams.py` finds in many texts at once, word by word.

The machinery for many texts takes a quarter of a millisecond to start; a message has twelve words, and most were
asked before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from faq.grams import (
    LATIN,
    LATIN_SIZES,
    PRIME,
    SEED,
    Bags,
    character_grams,
    pairs_of,
    stems_of,
    syllable_grams,
)
from faq.normalise import HAN_FIRST, HAN_LAST, has_han, syllables

LONG = 300  # characters from which on the machinery for many texts is the faster one
REMEMBERED = 10_000  # Latin words, and pieces of Chinese ones
FIRST, LAST = chr(HAN_FIRST), chr(HAN_LAST)
_BITS = (1 << 64) - 1


def characters_of(text: str) -> NDArray[np.uint32]:
    """The character grams of a normalised text, ascending, each once."""
    if len(text) > LONG:
        return _alone(character_grams, text)
    return _ascending(gram for word in text.split() for gram in _characters(word))


def words_of(text: str) -> NDArray[np.uint32]:
    """The word stems of a normalised text, ascending, each once."""
    return _ascending(one for word in text.split() for one in stems_of(word))


def word_pairs_of(text: str) -> NDArray[np.uint32]:
    """The pairs of neighbouring stems of a normalised text, ascending, each once."""
    return _ascending(pairs_of(text))


def syllables_of(text: str) -> NDArray[np.uint32]:
    """The syllable grams of a normalised text, ascending, each once."""
    if len(text) > LONG:
        return _alone(syllable_grams, text)
    if not has_han(text):
        return _ascending(())
    runs = syllables().heard(text).split("\0")
    return _ascending(gram for run in runs for gram in _runs(run))


FEATURES: Mapping[str, Callable[[str], NDArray[np.uint32]]] = {
    "characters": characters_of,
    "words": words_of,
    "pairs": word_pairs_of,
    "sounds": syllables_of,
}


def _alone(find: Callable[[Sequence[str]], Bags], text: str) -> NDArray[np.uint32]:
    return find([text]).features


def _ascending(found: Iterable[int]) -> NDArray[np.uint32]:
    features = np.array(list(set(found)), dtype=np.uint32)
    features.sort()
    return features


def _characters(word: str) -> Iterable[int]:
    if not has_han(word):
        return _latin(word)
    if min(word) < FIRST or max(word) > LAST:
        found: list[int] = _alone(character_grams, word).tolist()
        return found
    return _runs(word)


def _runs(text: str) -> Iterable[int]:
    """The text's windows of one and two characters, or syllables: HAN_SIZES."""
    return chain.from_iterable([_begun(text[at : at + 2]) for at in range(len(text))])


@lru_cache(maxsize=REMEMBERED)
def _latin(word: str) -> tuple[int, ...]:
    letters = f" {word} "
    found = []
    for at in range(len(letters) - min(LATIN_SIZES) + 1):
        state = SEED
        for size, letter in enumerate(letters[at : at + max(LATIN_SIZES)], start=1):
            state = _next(state, letter)
            if size in LATIN_SIZES:
                found.append(_hashed(state) | LATIN)
    return tuple(found)


@lru_cache(maxsize=REMEMBERED)
def _begun(window: str) -> tuple[int, ...]:
    """The hash of the first of one or two characters, and of both."""
    state, found = SEED, []
    for character in window:
        state = _next(state, character)
        found.append(_hashed(state))
    return tuple(found)


def _next(state: int, character: str) -> int:
    state = (state ^ ord(character)) * PRIME & _BITS
    return state ^ state >> 29


def _hashed(state: int) -> int:
    return state >> 32 & 0xFFFFFFFE
