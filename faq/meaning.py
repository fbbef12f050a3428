"""What words mean, roughly: a table of word pieces whose vectors lie near when their meanings do.

The table is optional: where its two files are missing every vector is empty and the channel says nothing.
English pieces were distilled from all-MiniLM-L6-v2 (Apache-2.0), Chinese ones from multilingual-e5-small (MIT), by
benchmarks/build_meanings.py in the manner of model2vec. The two halves of the table do not know each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from faq.pieces import VECTORS, cut, pieces
from faq.tokens import Tokens

WIDTH = 192  # numbers a vector
MIDDLE = 8  # of a number of four bits: zero
MOST_SCALE = 1023  # so that the sum over the longest text stays exact in single precision
ROW = np.dtype([("scale", "<u2"), ("halves", np.uint8, WIDTH // 2)])  # two numbers a byte, the first half's above
CHUNK = 4_096  # texts worked on at once
FULL = 127.0  # a stored number of this size is 1


def meanings(texts: Sequence[str]) -> NDArray[np.int8]:
    """One vector for each normalised text, in FULLths. Its length is the share of the text the table covers."""
    chunks = [_of(texts[at : at + CHUNK]) for at in range(0, len(texts), CHUNK)]
    return np.concatenate(chunks) if chunks else np.zeros((0, WIDTH), dtype=np.int8)


def meaning(text: str) -> NDArray[np.float32]:
    """The vector of one normalised text, as `meanings` gives it, in ones."""
    words = [pieces(word) for word in text.split()]
    numbers = [number for found in words for number in found.numbers]
    if not numbers:
        return np.zeros(WIDTH, dtype=np.float32)
    rows = _table()[numbers]
    sums = rows["scale"].astype(np.float32) @ _pairs().take(rows["halves"], axis=0).reshape(len(numbers), WIDTH)
    covered, size = sum([found.covered for found in words]), sum([found.size for found in words])
    length = max(math.sqrt(float(sums @ sums)), 1e-9)
    sums *= np.float32(FULL * covered / size / length)
    vector: NDArray[np.float32] = np.rint(sums, out=sums) / np.float32(FULL)
    return vector.reshape(WIDTH // 2, 2).T.ravel()


def _of(texts: Sequence[str]) -> NDArray[np.int8]:
    tokens = Tokens.of(texts)
    words = cut(tokens.words)
    total = np.bincount(tokens.owners, words.sizes[tokens.numbered], minlength=len(texts))
    share = np.bincount(tokens.owners, words.covered[tokens.numbered], minlength=len(texts)) / np.maximum(total, 1)
    used, flat = np.unique(words.numbers, return_inverse=True)
    sums = _summed(_summed(_vectors(used), flat, words.starts), tokens.numbered, tokens.starts)
    length = np.sqrt(np.einsum("ij,ij->i", sums, sums))
    scale = FULL * share / np.maximum(length, 1e-9)
    found: NDArray[np.int8] = np.rint(sums * scale[:, None].astype(np.float32)).astype(np.int8)
    return found


def _summed(
    vectors: NDArray[np.float32], numbered: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Sum i is that of the vectors numbered[starts[i]:starts[i + 1]]."""
    counts = np.diff(starts)
    sums = np.zeros((len(counts), WIDTH), dtype=np.float32)
    # All first ones, then all second ones: numpy's own sums of many short stretches take eight times as long.
    for place in range(int(counts.max(initial=0))):
        rows = np.flatnonzero(counts > place)
        sums[rows] += vectors[numbered[starts[rows] + place]]
    return sums


def _vectors(numbers: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
    """Rows of the table, in whole numbers, so that no sum depends on its order."""
    vectors = np.empty((len(numbers), WIDTH), dtype=np.float32)
    if len(numbers):
        rows = _table()[numbers]
        vectors[:, : WIDTH // 2] = rows["halves"] >> 4
        vectors[:, WIDTH // 2 :] = rows["halves"] & 15
        vectors -= MIDDLE
        vectors *= rows["scale"][:, None]
    return vectors


@cache
def _pairs() -> NDArray[np.float32]:
    """The two numbers of each byte, so that a message's few rows take few steps to read."""
    every = np.arange(256)
    return (np.stack([every >> 4, every & 15], axis=1) - MIDDLE).astype(np.float32)


@cache
def _table() -> NDArray[np.void]:
    # Mapped, not read: only the rows of words people use come into memory.
    table: NDArray[np.void] = np.asarray(np.load(VECTORS, mmap_mode="r"))
    return table
