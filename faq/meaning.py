"""What English words mean, roughly: a table of word pieces whose vectors lie near when their meanings do.

The table is optional: where its two files are missing every vector is empty and the channel says nothing.
It was distilled from all-MiniLM-L6-v2 (Apache-2.0) by benchmarks/build_meanings.py, in the manner of model2vec.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from faq.normalise import DATA, has_han

PIECES, VECTORS = DATA / "wordpieces.txt", DATA / "meanings.npy"
LONGEST_PIECE = 18
WIDTH = 128  # numbers a vector


def meanings(texts: Sequence[str]) -> NDArray[np.float32]:
    """One vector for each normalised text. Its length is the share of the text the table covers, at most 1."""
    found = np.zeros((len(texts), WIDTH), dtype=np.float32)
    for row, text in enumerate(texts):
        pieces: list[int] = []
        covered = 0
        for word in text.split():
            parts = () if has_han(word) else _pieces(word)
            pieces += parts
            covered += len(word) if parts else 0
        if pieces:
            total = _vectors()[pieces].sum(axis=0, dtype=np.float32)
            share = covered / len(text.replace(" ", ""))
            found[row] = total * (share / max(float(np.sqrt(total @ total)), 1e-9))
    return found


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[int, ...]:
    """Numbers of the longest known pieces from left to right; letters in no piece are passed over."""
    known = _numbers()
    found = []
    start = 0
    while start < len(word):
        head = "##" if start else ""
        for end in range(min(len(word), start + LONGEST_PIECE), start, -1):
            number = known.get(head + word[start:end])
            if number is not None:
                found.append(number)
                start = end
                break
        else:
            start += 1
    return tuple(found)


@cache
def _numbers() -> dict[str, int]:
    if not (PIECES.exists() and VECTORS.exists()):
        return {}
    return {piece: number for number, piece in enumerate(PIECES.read_text(encoding="ascii").split())}


@cache
def _vectors() -> NDArray[np.int8]:
    # Mapped, not read: only the rows of words people use come into memory.
    vectors: NDArray[np.int8] = np.load(VECTORS, mmap_mode="r")
    return vectors
