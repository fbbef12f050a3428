"""Rows as short dense vectors whose products come near the rows' likeness, worked out when they are first needed.

Feature hashing with signs (Weinberger et al., 2009): all sparse channels share one vector, each by its weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.postings import Postings

WIDTH, NARROW = 768, 512  # numbers a vector; the second above MANY_ROWS
MANY_ROWS = 1 << 15
FULL = 127.0  # a stored number of this size is 1, the length of a row that has features in all channels


@dataclass(frozen=True, slots=True)
class Sketches:
    """Vectors in FULLths. A row not `done` is empty still; working one out twice does no harm."""

    vectors: NDArray[np.int8]
    done: NDArray[np.bool_]

    @classmethod
    def empty(cls, rows: int) -> Sketches:
        """Room for as many rows; it takes no memory until it is used."""
        width = WIDTH if rows <= MANY_ROWS else NARROW
        return cls(np.zeros((rows, width), np.int8), np.zeros(rows, np.bool_))

    def of(self, rows: NDArray[np.int64], channels: Sequence[tuple[Postings, float]]) -> NDArray[np.int8]:
        """The rows' vectors from channels each with its weight: the same ones every time."""
        missing = rows[~self.done[rows]]
        if len(missing):
            self.fill(missing, channels)
        return self.vectors.take(rows, axis=0)

    def fill(self, rows: NDArray[np.int64], channels: Sequence[tuple[Postings, float]]) -> None:
        """Work the vectors of these rows out."""
        dense = _dense(rows, channels, self.vectors.shape[1])
        self.vectors[rows] = np.rint(dense * FULL).clip(-FULL, FULL)
        self.done[rows] = True


def _dense(rows: NDArray[np.int64], channels: Sequence[tuple[Postings, float]], width: int) -> NDArray[np.float64]:
    cells, values = [], []
    for channel, weight in channels:
        at, owners = channel.held_by(rows)
        hashes = channel.features.take(at)
        cells.append((hashes >> np.uint32(1)) % np.uint32(width) + owners * width)
        scaled = channel.rarity.take(at) * (np.sqrt(weight) / channel.lengths[rows]).take(owners)
        values.append(np.where(hashes >> np.uint32(31), scaled, -scaled))
    flat = np.bincount(np.concatenate(cells), np.concatenate(values), minlength=len(rows) * width)
    return flat.reshape(len(rows), width).astype(np.float64, copy=False)
