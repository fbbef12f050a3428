"""One channel of the index: which rows hold which feature, and which features a row holds, in flat arrays.

A feature counts once a row; its weight is its rarity, so nothing but two lists of numbers has to be kept, and a
row that comes or goes changes no more than the rarities. Rows and messages are compared by the cosine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.grams import LATIN, Bags

PARTS = 8  # the features are sorted in as many ranges, to need less memory at once
LATIN_WEIGHT = 0.5  # of a Latin character gram beside a Chinese one
SLICE = 16_384  # rows whose lengths are worked out at once


@dataclass(frozen=True, slots=True)
class Postings:
    """TF-IDF rows of unit length. Feature i (ascending) stands in rows[starts[i]:starts[i + 1]];
    row j has the features held[row_starts[j]:row_starts[j + 1]]."""

    features: NDArray[np.uint32]
    starts: NDArray[np.int32]
    rows: NDArray[np.int32]
    row_starts: NDArray[np.int64]
    held: NDArray[np.int32]
    rarity: NDArray[np.float32]
    lengths: NDArray[np.float64]

    @classmethod
    def of(cls, bags: Bags) -> Postings:
        """Postings over one row a bag. The bags' features are used up: a big index has no room for them twice."""
        count = len(bags.starts) - 1
        owners = np.repeat(np.arange(count, dtype=np.int32), np.diff(bags.starts))
        rows = np.empty(len(bags.features), dtype=np.int32)
        # In place: a part's numbers are smaller than the hashes of the parts that follow.
        held = bags.features.view(np.int32)
        features, frequency, done, known = [], [], 0, 0
        for part in _parts(bags.features):
            key = (bags.features[part].astype(np.uint64) << np.uint64(32)) | part.astype(np.uint64)
            key.sort()
            at = (key & np.uint64(0xFFFFFFFF)).astype(np.int64)
            key >>= np.uint64(32)
            first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
            counts = np.diff(first, append=len(key))
            rows[done : done + len(key)] = owners[at]
            held[at] = np.repeat(np.arange(known, known + len(first), dtype=np.int32), counts)
            features.append(key[first].astype(np.uint32))
            frequency.append(counts)
            done, known = done + len(key), known + len(first)
        starts = np.concatenate([[0], *frequency]).cumsum(dtype=np.int32)
        every = np.concatenate([np.zeros(0, dtype=np.uint32), *features])
        return _weighed(every, starts, rows, bags.starts, held)

    @property
    def row_count(self) -> int:
        """How many rows there are, empty ones included."""
        return len(self.row_starts) - 1

    def held_by(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The features of the rows, one row after the other, and which of the rows each belongs to."""
        begins, ends = self.row_starts.take(rows), self.row_starts.take(rows + 1)
        held = self.held
        spans = [held[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        at = np.concatenate(spans) if spans else np.zeros(0, dtype=np.int32)
        return at, np.repeat(np.arange(len(spans)), ends - begins)

    def replacing(self, start: int, stop: int, bags: Bags) -> Postings:
        """The same postings with rows start:stop replaced by one row a bag.

        Features that stand nowhere any more stay listed without rows; they count as unknown.
        """
        wanted = np.unique(bags.features)
        near = np.minimum(np.searchsorted(self.features, wanted), max(len(self.features) - 1, 0))
        fresh = wanted[self.features[near] != wanted] if len(self.features) else wanted
        moved = np.arange(len(self.features)) + np.searchsorted(fresh, self.features)
        features = np.insert(self.features, np.searchsorted(self.features, fresh), fresh)
        frequency = np.zeros(len(features), dtype=np.int64)
        frequency[moved] = np.diff(self.starts)
        added = np.searchsorted(features, bags.features).astype(np.int32)
        count = len(bags.starts) - 1
        first, last = int(self.row_starts[start]), int(self.row_starts[stop])
        held = self.held if not len(fresh) else moved.astype(np.int32)[self.held]
        gone = held[first:last]
        owners = np.repeat(np.arange(start, start + count, dtype=np.int32), np.diff(bags.starts))
        rows = self._rows_replaced(frequency, gone, added, owners, (start, stop, count))
        frequency -= np.bincount(gone, minlength=len(features))
        frequency += np.bincount(added, minlength=len(features))
        grown = len(added) - (last - first)
        row_starts = np.concatenate([self.row_starts[:start], first + bags.starts, self.row_starts[stop + 1 :] + grown])
        starts = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int32)
        return _weighed(features, starts, rows, row_starts, np.concatenate([held[:first], added, held[last:]]))

    def _rows_replaced(
        self,
        frequency: NDArray[np.int64],
        gone: NDArray[np.int32],
        added: NDArray[np.int32],
        owners: NDArray[np.int32],
        place: tuple[int, int, int],
    ) -> NDArray[np.int32]:
        """The rows of all features after rows start:stop went, later ones moved, and the new ones were let in."""
        start, stop, count = place
        starts = np.concatenate([[0], np.cumsum(frequency)])
        rows = self.rows
        if stop > start:
            rows = rows[(rows < start) | (rows >= stop)]
            starts = np.concatenate([[0], np.cumsum(frequency - np.bincount(gone, minlength=len(frequency)))])
        order = np.lexsort((owners, added))
        at = [
            starts[feature] + np.searchsorted(rows[starts[feature] : starts[feature + 1]], start) for feature in added
        ]
        shift = count - (stop - start)
        if shift:
            rows = rows + np.int32(shift) * (rows >= stop)
        places = np.array(at, dtype=np.int64)
        return np.insert(rows, places[order], owners[order])


def _parts(features: NDArray[np.uint32]) -> Iterator[NDArray[np.int64]]:
    """Positions of the features by ranges of their hashes, ascending."""
    if len(features) < SLICE:
        if len(features):
            yield np.arange(len(features))
        return
    shift = np.uint32(32 - PARTS.bit_length() + 1)
    for part in range(PARTS):
        at = np.flatnonzero(features >> shift == part)
        if len(at):
            yield at


def _weighed(
    features: NDArray[np.uint32],
    starts: NDArray[np.int32],
    rows: NDArray[np.int32],
    row_starts: NDArray[np.int64],
    held: NDArray[np.int32],
) -> Postings:
    count = len(row_starts) - 1
    rarity = (idf(np.diff(starts), count) * importance(features)).astype(np.float32)
    square = rarity.astype(np.float64) ** 2
    lengths = np.zeros(count)
    for first in range(0, count, SLICE):
        bounds = row_starts[first : first + SLICE + 1]
        here = square.take(held[bounds[0] : bounds[-1]])
        full = np.flatnonzero(np.diff(bounds))
        lengths[first + full] = np.sqrt(np.add.reduceat(here, bounds[full] - bounds[0])) if len(full) else 0.0
    return Postings(features, starts, rows, row_starts, held, rarity, np.maximum(lengths, 1e-6))


def importance(features: NDArray[np.uint32]) -> NDArray[np.float64]:
    """How much a feature counts beside its rarity. Changes nothing within one script."""
    return np.where(features & np.uint32(LATIN), LATIN_WEIGHT, 1.0)


def idf(frequency: NDArray[np.int64], row_count: int) -> NDArray[np.float64]:
    """Smoothed inverse document frequency, ln((1 + rows) / (1 + frequency)) + 1, as in scikit-learn."""
    found: NDArray[np.float64] = np.log((1 + row_count) / (1 + frequency)) + 1
    return found
