"""Tell near articles apart: a small regression over the phrasings nearest to the message, solved anew each time.

A maximum over phrasings treats every shared feature alike. Kernel ridge regression over the nearest phrasings
learns which features set their articles apart. Locally solved (in the manner of Zhang et al., SVM-KNN, 2006)
it needs no training, so that an article published a moment ago counts at once. It is solved twice: over few phrasings
with all that they share, and over more of them by their meaning alone, which needs fewer numbers a row.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from faq.index import MIXING, TOTAL, Index
from faq.meaning import FULL

NEAREST = 112
RIDGE = 1.2  # on unit diagonals; 0.8 to 2 differ little
SENSED = 384
RIDGE_OF_SENSE = 1.0  # a half does as well
SHARE_OF_MEANING = np.float32(math.sqrt(MIXING["meaning"] / TOTAL))
LEAST = 1e-10 * FULL**4  # of what is unsolved, squared
STEPS = 4  # the ridge keeps the problem so mild that more change next to nothing


def contrasted(index: Index, rows: NDArray[np.int64], likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each entry how far the message speaks for it rather than for the others; 0 is not at all.

    `likeness` is the message's mixed likeness to these rows.
    """
    vectors = index.sketched(rows)
    width = vectors.shape[1]
    dense = np.empty((len(rows), width + index.meanings.shape[1]), dtype=np.float32)
    dense[:, :width] = vectors
    np.multiply(index.meanings.take(rows, axis=0), SHARE_OF_MEANING, out=dense[:, width:])
    pull = _solved(dense, (likeness / TOTAL).astype(np.float32), RIDGE)
    return _by_entry(index, rows, pull)


def sensed(index: Index, rows: NDArray[np.int64], nearness: NDArray[np.float32]) -> NDArray[np.float64]:
    """The same by meaning alone; `nearness` is how near the message comes to these rows in meaning."""
    dense = index.meanings.take(rows, axis=0).astype(np.float32)
    return _by_entry(index, rows, _solved(dense, nearness, RIDGE_OF_SENSE))


def _by_entry(index: Index, rows: NDArray[np.int64], pull: NDArray[np.float32]) -> NDArray[np.float64]:
    found = np.bincount(index.row_entries[rows], pull, minlength=len(index.entries))
    return found.astype(np.float64, copy=False)


def _solved(dense: NDArray[np.float32], wanted: NDArray[np.float32], ridge: float) -> NDArray[np.float32]:
    """(rows · rowsᵀ + ridge) ⁻¹ · wanted by conjugate gradients, without writing the kernel out; `dense` in FULLths."""
    ridge *= FULL * FULL
    rest = wanted * (FULL * FULL)
    answer = np.zeros_like(rest)
    direction = rest.copy()
    size = float(rest @ rest)
    for _ in range(STEPS):
        if size < LEAST:
            break
        image = dense @ (direction @ dense)
        image += ridge * direction
        length = size / float(direction @ image)
        answer += length * direction
        image *= length
        rest -= image
        left = float(rest @ rest)
        direction *= left / size
        direction += rest
        size = left
    return answer
