"""Rows as short dense vectors whose products come near the rows' likeness, worked out when they are first needed.

Feature hashing with signs (Weinberger et al., 2009): all sparse channels share one vector, each by its weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.postings import Postings

WIDTH = 512  # numbers a vector, a power of two
FULL = 127.0


@dataclass(frozen=True, slots=True)
class Sketches:
    """Vectors in bytes, scaled row by row. A row not `done` is empty still; working one out twice does no harm."""

    vectors: NDArray[np.int8]
    scales: NDArray[np.float32]
    done: NDArray[np.bool_]

    @classmethod
    def empty(cls, rows: int) -> Sketches:
        """Room for as many rows; it takes no memory until it is used."""
        return cls(np.zeros((rows, WIDTH), np.int8), np.zeros(rows, np.float32), np.zeros(rows, np.bool_))

    def of(
        self, rows: NDArray[np.int64], channels: Sequence[tuple[Postings, float]]
    ) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """The rows' vectors and scales, from channels each with its weight: the same ones every time."""
        missing = rows[~self.done[rows]]
        if len(missing):
            self.fill(missing, channels)
        return self.vectors.take(rows, axis=0), self.scales[rows]

    def fill(self, rows: NDArray[np.int64], channels: Sequence[tuple[Postings, float]]) -> None:
        """Work the vectors of these rows out."""
        dense = _dense(rows, channels)
        scales = np.maximum(np.abs(dense).max(axis=1), 1e-9) / FULL
        self.vectors[rows] = np.rint(dense / scales[:, None])
        self.scales[rows] = scales
        self.done[rows] = True


def _dense(rows: NDArray[np.int64], channels: Sequence[tuple[Postings, float]]) -> NDArray[np.float64]:
    cells, values = [], []
    for channel, weight in channels:
        at, owners = channel.held_by(rows)
        hashes = channel.features[at]
        cells.append((hashes >> np.uint32(1) & np.uint32(WIDTH - 1)) + owners * WIDTH)
        scaled = channel.rarity[at] * (np.sqrt(weight) / channel.lengths[rows])[owners]
        values.append(np.where(hashes >> np.uint32(31), scaled, -scaled))
    flat = np.bincount(np.concatenate(cells), np.concatenate(values), minlength=len(rows) * WIDTH)
    return flat.reshape(len(rows), WIDTH).astype(np.float64, copy=False)
