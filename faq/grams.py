"""Features of many texts at once, hashed to numbers: n-grams of characters and syllables, words, pairs of words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import add
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from faq.normalise import HAN_FIRST, HAN_LAST, has_han, stem, syllables
from faq.tokens import Tokens, interleaved, strewn

SPACE, NEWLINE = 32, 10
LATIN = 1  # the last bit of a hash: a Latin gram, of which a word has many more than a Chinese word has
LATIN_SIZES = (3, 4, 5)
HAN_SIZES = (1, 2)  # characters, and syllables; windows of three make it worse (docs/matching.md)
BEGIN, END, PAIRING = 1, 2, 0x01000193  # stems at a text's two ends, and how two become one number
REMEMBERED = 30_000  # hashes of words and pairs of characters
CHUNK = 4_096  # texts counted in one go: bounds the memory of a build
SEED, PRIME = 3, 0x9E3779B97F4A7C15
_Found = tuple[NDArray[np.uint32], NDArray[np.int64]]
_Finder = Callable[[Sequence[str]], Sequence[_Found]]


@dataclass(frozen=True, slots=True)
class Bags:
    """The hashed features of each text: text i has features[starts[i]:starts[i + 1]], ascending, so many times."""

    starts: NDArray[np.int64]
    features: NDArray[np.uint32]
    counts: NDArray[np.uint8]


def character_grams(texts: Sequence[str]) -> Bags:
    """n-grams of 3–5 characters inside Latin words with their end blanks, and of 1–2 Chinese characters."""
    return _in_chunks(texts, _characters)


def syllable_grams(texts: Sequence[str]) -> Bags:
    """n-grams of 1–2 syllables of Chinese characters; text in other scripts has none."""
    return _in_chunks(texts, _syllables)


def word_stems(texts: Sequence[str]) -> Bags:
    """Stems of Latin words, and pairs of neighbouring Chinese characters (one alone where it stands alone)."""
    return _in_chunks(texts, _stems)


def word_pairs(texts: Sequence[str]) -> Bags:
    """Pairs of neighbouring Latin word stems, the text's two ends counted as words. Chinese has its n-grams."""
    return _in_chunks(texts, _pairs)


def stems_of(token: str) -> tuple[int, ...]:
    """A Latin word's hashed stem, or a Chinese word's hashed pairs of characters."""
    if not has_han(token):
        return (_hashed(stem(token)),)
    return tuple(map(_hashed, map(add, token, token[1:]))) if len(token) > 1 else (_hashed(token),)


def pairs_of(text: str) -> list[int]:
    """The hashed pairs of neighbouring Latin stems in a text, its two ends counted as words."""
    known = [stems_of(token)[0] for token in text.split() if not has_han(token)]
    if not known:
        return []
    return [(left * PAIRING ^ right) & 0xFFFFFFFE for left, right in pairwise((BEGIN, *known, END))]


@lru_cache(maxsize=REMEMBERED)
def _hashed(word: str) -> int:
    return crc32(word.encode("utf-8", "replace")) & 0xFFFFFFFE


def _stems(texts: Sequence[str]) -> list[_Found]:
    tokens = Tokens.of(texts)
    latin = np.array([not has_han(word) for word in tokens.words], dtype=np.bool_)
    stems = np.array([_hashed(stem(tokens.words[at])) for at in np.flatnonzero(latin).tolist()], dtype=np.uint32)
    chinese = _neighbours([tokens.words[at] for at in np.flatnonzero(~latin).tolist()])
    counts, flat = interleaved(latin, (np.ones(len(stems), dtype=np.int64), stems), chinese)
    at, many = strewn(counts, tokens.numbered)
    return [(flat[at], np.repeat(tokens.owners, many))]


def _neighbours(words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """How many hashed pairs of characters each word has (its only one counts as one), and all of them in a row."""
    codes = np.frombuffer("".join(words).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.int64)
    sizes = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    ends = sizes.cumsum()
    pairs = codes << 32 | np.append(codes[1:], 0)
    alone = ends[sizes == 1] - 1
    pairs[alone] = codes[alone]
    kept = np.ones(len(codes), dtype=np.bool_)
    kept[ends - 1] = False
    kept[alone] = True
    every, at = np.unique(pairs[kept], return_inverse=True)  # so that each is hashed once
    written = [chr(pair >> 32) + chr(pair & 0xFFFFFFFF) if pair >> 32 else chr(pair) for pair in every.tolist()]
    return np.maximum(sizes - 1, 1), np.array([_hashed(pair) for pair in written], dtype=np.uint32)[at]


def _pairs(texts: Sequence[str]) -> list[_Found]:
    tokens = Tokens.of(texts)
    # No stem's hash is odd.
    hashes = np.array([1 if has_han(word) else stems_of(word)[0] for word in tokens.words], dtype=np.uint64)
    latin = hashes != 1
    here = latin[tokens.numbered]
    stems, owners = hashes[tokens.numbered[here]], tokens.owners[here]
    if not len(stems):
        return []
    changes = owners[1:] != owners[:-1]
    left = np.concatenate([[np.uint64(BEGIN)], np.where(changes, np.uint64(BEGIN), stems[:-1])])
    last = np.r_[changes, True]
    pairs = np.concatenate([left * np.uint64(PAIRING) ^ stems, stems[last] * np.uint64(PAIRING) ^ np.uint64(END)])
    return [((pairs & np.uint64(0xFFFFFFFE)).astype(np.uint32), np.concatenate([owners, owners[last]]))]


def _in_chunks(texts: Sequence[str], found: _Finder) -> Bags:
    chunks = [texts[at : at + CHUNK] for at in range(0, len(texts), CHUNK)] or [()]
    return joined([_bagged(found(chunk), len(chunk)) for chunk in chunks])


def joined(bags: Sequence[Bags]) -> Bags:
    """The bags of one list of texts after those of another."""
    if len(bags) == 1:
        return bags[0]
    offsets = np.cumsum([0, *(len(bag.features) for bag in bags)])
    starts = [bag.starts[:-1] + offset for bag, offset in zip(bags, offsets[:-1], strict=True)]
    features, counts = ([getattr(bag, name) for bag in bags] for name in ("features", "counts"))
    return Bags(np.concatenate([*starts, offsets[-1:]]), np.concatenate(features), np.concatenate(counts))


def _characters(texts: Sequence[str]) -> list[_Found]:
    codes, rows = _codes(texts)
    newline = codes == NEWLINE
    han = (codes >= HAN_FIRST) & (codes <= HAN_LAST)
    latin = ~(han | newline)
    space = codes == SPACE
    states = _states(codes, max(*LATIN_SIZES, *HAN_SIZES))
    found = []
    for size, state in enumerate(states, start=1):
        if size in LATIN_SIZES and latin.any():
            found.append(_windows(state, rows, _inside_words(latin, space, size), LATIN))
        if size in HAN_SIZES and han.any():
            found.append(_windows(state, rows, _all_of(han, size)))
    return found


def _syllables(texts: Sequence[str]) -> list[_Found]:
    codes, rows = _codes(texts)
    sounds = syllables().of(codes)
    heard = sounds > 0
    if not heard.any():
        return []
    states = _states(sounds, max(HAN_SIZES))
    return [
        _windows(state, rows, _all_of(heard, size)) for size, state in enumerate(states, start=1) if size in HAN_SIZES
    ]


def _codes(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of all texts, each between blanks and closed by a newline, and the text each belongs to."""
    # Newlines at the end, so that every window size fits; windows with a newline are never valid.
    text = "".join(f" {text} \n" for text in texts) + "\n" * max(LATIN_SIZES)
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    if len(texts) == 1:
        return codes, np.zeros(len(codes), dtype=np.int64)
    ends = codes == NEWLINE
    return codes, np.cumsum(ends) - ends


def _all_of(mask: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    valid = mask[: len(mask) - size + 1].copy()
    for offset in range(1, size):
        valid &= mask[offset : len(mask) - size + 1 + offset]
    return valid


def _inside_words(latin: NDArray[np.bool_], space: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Windows of Latin characters with blanks only at their ends."""
    valid = _all_of(latin, size)
    last = len(latin) - size + 1
    for offset in range(1, size - 1):
        valid &= ~space[offset : last + offset]
    return valid


def _states(codes: NDArray[np.uint32], longest: int) -> Iterator[NDArray[np.uint64]]:
    """Of the windows that begin at each place what their hash is made of: first of those of one code, then of two …"""
    state = np.full(len(codes), SEED, dtype=np.uint64)
    for offset in range(longest):
        state = (state[: len(codes) - offset] ^ codes[offset:]) * np.uint64(PRIME)
        state ^= state >> np.uint64(29)
        yield state


def _windows(state: NDArray[np.uint64], rows: NDArray[np.int64], valid: NDArray[np.bool_], mark: int = 0) -> _Found:
    """Hashes of the valid windows, `mark` in the last bit."""
    at = np.flatnonzero(valid)
    return ((state[at] >> np.uint64(32)) & np.uint64(0xFFFFFFFE) | np.uint64(mark)).astype(np.uint32), rows[at]


def _bagged(found: Sequence[_Found], count: int) -> Bags:
    """One bag for each of `count` texts from features and the texts they stand in."""
    if not found:
        return Bags(np.zeros(count + 1, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.uint8))
    features = np.concatenate([feature for feature, _ in found])
    if count == 1:
        features, times = np.unique(features, return_counts=True)
        return Bags(np.array([0, len(features)]), features, np.minimum(times, 255).astype(np.uint8))
    key = np.concatenate([rows for _, rows in found]).astype(np.uint64)
    key <<= np.uint64(32)
    key |= features
    key.sort()
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, np.int64)
    counts = np.minimum(np.diff(first, append=len(key)), 255).astype(np.uint8)
    key = key[first]
    ends = np.searchsorted(key, np.arange(1, count + 1, dtype=np.uint64) << np.uint64(32))
    return Bags(np.concatenate([[0], ends]).astype(np.int64), key.astype(np.uint32), counts)
