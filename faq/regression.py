"""Multinomial logistic regression over sparse rows, solved as a whole: the same rows give the same weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]
REMEMBERED = 6  # steps L-BFGS draws its picture of the slope's bend from
ROUNDS = 80
ENOUGH = 1e-2  # solved once the slope is down to this share of the first one; further on is no better on others
FIRST_STEP = 4.0  # rows are of length 1, so that the loss bends little
CHUNK = 32_768  # entries multiplied at once: they stay in the processor's cache
Slope = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True, slots=True)
class Rows:
    """A sparse table: row i has values[starts[i]:starts[i + 1]] in the columns of the same places."""

    starts: Whole
    columns: NDArray[np.int32]
    values: Floats

    def turned(self, width: int) -> Rows:
        """The table with rows and columns exchanged, of so many rows."""
        order = np.argsort(self.columns, kind="stable")
        owners = np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.columns, minlength=width))])
        return Rows(starts, owners[order], self.values[order])

    def times(self, table: Floats) -> Floats:
        """The matrix product with a dense table of as many rows as this has columns."""
        product = np.zeros((len(self.starts) - 1, table.shape[1]), dtype=np.float32)
        filled = np.flatnonzero(np.diff(self.starts))
        ends = np.searchsorted(self.starts[filled], np.arange(CHUNK, self.starts[-1] + CHUNK, CHUNK))
        first = 0
        for last in np.unique(ends).tolist():
            rows = filled[first:last]
            low, high = int(self.starts[rows[0]]), int(self.starts[rows[-1] + 1])
            cells = table.take(self.columns[low:high], axis=0) * self.values[low:high, None]
            product[rows] = np.add.reduceat(cells, self.starts[rows] - low, axis=0)
            first = last
        return product


def solved(rows: Rows, wanted: Whole, shape: tuple[int, int], mildness: float) -> tuple[Floats, Floats]:
    """Weights of that shape (columns, labels) and a bias for each label, that make the wanted label of each row likely.

    The loss summed over the rows is weighed against half the squared weights divided by `mildness`.
    """
    turned = rows.turned(shape[0])
    each, many = np.arange(len(wanted)), len(wanted)
    pull = np.float32(1 / (mildness * many))

    def slope(found: Floats) -> tuple[float, Floats]:
        weights, bias = found[:-1], found[-1]
        chance = softmax(rows.times(weights) + bias)
        loss = -float(np.log(np.maximum(chance[each, wanted], 1e-9)).mean(dtype=np.float64))
        chance[each, wanted] -= 1
        chance /= np.float32(many)
        down = np.concatenate([turned.times(chance) + pull * weights, chance.sum(axis=0)[None]])
        return loss + float(pull) / 2 * _dot(weights, weights), down

    found = _lowest(slope, np.zeros((shape[0] + 1, shape[1]), dtype=np.float32))
    return found[:-1], found[-1]


def softmax(scores: Floats) -> Floats:
    """Chances of each row's scores."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chance: Floats = powers / powers.sum(axis=1, keepdims=True)
    return chance


def _lowest(slope: Slope, start: Floats) -> Floats:
    """Where a smooth convex function is lowest, by L-BFGS with backtracking (Nocedal & Wright 2006, algorithm 7.5)."""
    at, (height, down) = start, slope(start)
    enough = ENOUGH**2 * _dot(down, down)
    past: list[tuple[Floats, Floats, float]] = []
    for _ in range(ROUNDS):
        if _dot(down, down) <= enough:
            break
        way = _way(down, past)
        fall, step = _dot(down, way), 1.0 if past else FIRST_STEP
        while True:
            there = at - np.float32(step) * way
            lower, bent = slope(there)
            if lower <= height - 1e-4 * step * fall:
                break
            step /= 2
            if step < 1e-4:  # no lower within what single precision tells apart
                return at
        moved, change = there - at, bent - down
        if (bend := _dot(moved, change)) > 0:
            past = [*past, (moved, change, bend)][-REMEMBERED:]
        at, height, down = there, lower, bent
    return at


def _way(down: Floats, past: list[tuple[Floats, Floats, float]]) -> Floats:
    """The slope times what the last steps tell of the inverse of its bend (Nocedal & Wright 2006, algorithm 7.4)."""
    way, shares = down.copy(), []
    for moved, change, bend in reversed(past):
        shares.append(_dot(moved, way) / bend)
        way -= np.float32(shares[-1]) * change
    if past:
        _, change, bend = past[-1]
        way *= np.float32(bend / _dot(change, change))
    for (moved, change, bend), share in zip(past, reversed(shares), strict=True):
        way += np.float32(share - _dot(change, way) / bend) * moved
    return way


def _dot(left: Floats, right: Floats) -> float:
    return float(np.vdot(left, right))
