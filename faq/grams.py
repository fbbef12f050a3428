"""Character and syllable n-grams of many texts at once, as hashed features; numpy does the counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.normalise import HAN_FIRST, HAN_LAST, syllables

SPACE, NEWLINE = 32, 10
LATIN_SIZES = (2, 3, 4, 5)
HAN_SIZES = (1, 2, 3)
SYLLABLE_SIZES = (1, 2, 3)
_PRIME = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Triplets:
    """How often each hashed feature occurs in each row, sorted by feature, then row."""

    features: NDArray[np.uint32]
    rows: NDArray[np.int32]
    counts: NDArray[np.float32]


def character_grams(texts: Sequence[str]) -> Triplets:
    """n-grams of 2–5 characters inside Latin words with their end blanks, and of 1–3 Chinese characters."""
    codes, rows = _codes(texts)
    space, newline = codes == SPACE, codes == NEWLINE
    han = (codes >= HAN_FIRST) & (codes <= HAN_LAST)
    latin = ~han & ~newline
    found = [_windows(codes, rows, size, _inside_words(latin, space, size)) for size in LATIN_SIZES]
    found += [_windows(codes, rows, size, _all_of(han, size)) for size in HAN_SIZES]
    return _counted(found)


def syllable_grams(texts: Sequence[str]) -> Triplets:
    """n-grams of 1–3 syllables of Chinese characters; text in other scripts has none."""
    codes, rows = _codes(texts)
    sounds = syllables().of(codes)
    heard = sounds > 0
    return _counted([_windows(sounds, rows, size, _all_of(heard, size)) for size in SYLLABLE_SIZES])


def hashed(features: Sequence[Sequence[int]]) -> Triplets:
    """Triplets of features that are hashed already, one sequence a text."""
    lengths = np.fromiter((len(row) for row in features), dtype=np.int64, count=len(features))
    flat = np.fromiter((feature for row in features for feature in row), dtype=np.uint32, count=int(lengths.sum()))
    return _counted([(flat, np.repeat(np.arange(len(features), dtype=np.int32), lengths))])


def _codes(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Code points of all texts, each between blanks and closed by a newline, and the text each belongs to."""
    # Newlines at the end, so that every window size fits; windows with a newline are never valid.
    joined = "".join(f" {text} \n" for text in texts) + "\n" * max(LATIN_SIZES)
    codes = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
    ends = codes == NEWLINE
    rows = np.cumsum(ends, dtype=np.int32) - ends.astype(np.int32)
    return codes, rows


def _all_of(mask: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    valid = mask[: len(mask) - size + 1].copy()
    for offset in range(1, size):
        valid &= mask[offset : len(mask) - size + 1 + offset]
    return valid


def _inside_words(latin: NDArray[np.bool_], space: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Windows of Latin characters with blanks only at their ends, and not only blanks."""
    valid = _all_of(latin, size)
    last = len(latin) - size + 1
    for offset in range(1, size - 1):
        valid &= ~space[offset : last + offset]
    return valid & ~(space[:last] & space[size - 1 : last + size - 1])


def _windows(
    codes: NDArray[np.uint32], rows: NDArray[np.int32], size: int, valid: NDArray[np.bool_]
) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    at = np.flatnonzero(valid)
    value = np.full(len(at), size, dtype=np.uint64)
    for offset in range(size):
        value = (value ^ codes[at + offset].astype(np.uint64)) * _PRIME
        value ^= value >> np.uint64(29)
    return (value >> np.uint64(32)).astype(np.uint32), rows[at]


def _counted(found: Sequence[tuple[NDArray[np.uint32], NDArray[np.int32]]]) -> Triplets:
    features = np.concatenate([feature for feature, _ in found])
    rows = np.concatenate([row for _, row in found])
    key = (features.astype(np.uint64) << np.uint64(32)) | rows.astype(np.uint64)
    key, counts = np.unique(key, return_counts=True)
    return Triplets(
        features=(key >> np.uint64(32)).astype(np.uint32),
        rows=(key & np.uint64(0xFFFFFFFF)).astype(np.int32),
        counts=counts.astype(np.float32),
    )
