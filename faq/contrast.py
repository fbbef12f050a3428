"""Tell near articles apart: a small regression over the phrasings nearest to the message, solved anew each time.

A maximum over phrasings treats every shared feature alike. Kernel ridge regression over the nearest phrasings
learns which features set their articles apart. Locally solved (in the manner of Zhang et al., SVM-KNN, 2006)
it needs no training, so that an article published a moment ago counts at once. It is solved twice: over few phrasings
with all that they share, and over more of them by their meaning alone, which needs fewer numbers a row.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from faq.index import MIXING, TOTAL, Index
from faq.meaning import FULL

NEAREST = 96
RIDGE = 0.9  # on unit diagonals; 0.6 to 1.2 differ little
SENSED = 192
RIDGE_OF_SENSE = 0.5  # a quarter does as well
SHARE_OF_MEANING = np.float32(math.sqrt(MIXING["meaning"] / TOTAL))
LEAST = 1e-10 * FULL**4  # of what is unsolved, squared
STEPS = 4  # the ridge keeps the problem so mild that more change next to nothing


class Near(NamedTuple):
    """The rows most like a message, the most alike first: how like they are in all, and how near in meaning.

    `senses` are the meanings of the first SENSED of them, in FULLths.
    """

    rows: NDArray[np.int64]
    mixed: NDArray[np.float64]
    meaning: NDArray[np.float32]
    senses: NDArray[np.float32]


def contrasted(index: Index, near: Near) -> NDArray[np.float32]:
    """Of the first NEAREST rows how far each speaks for its entry rather than for the others; 0 is not at all."""
    vectors = index.sketched(near.rows[:NEAREST])
    width = vectors.shape[1]
    dense = np.empty((len(vectors), width + near.senses.shape[1]), dtype=np.float32)
    dense[:, :width] = vectors
    np.multiply(near.senses[:NEAREST], SHARE_OF_MEANING, out=dense[:, width:])
    return _solved(dense, (near.mixed[:NEAREST] / TOTAL).astype(np.float32), RIDGE)


def sensed(near: Near) -> NDArray[np.float32]:
    """The same of the first SENSED rows, by meaning alone."""
    return _solved(near.senses, near.meaning[:SENSED], RIDGE_OF_SENSE)


def _solved(dense: NDArray[np.float32], wanted: NDArray[np.float32], ridge: float) -> NDArray[np.float32]:
    """(rows · rowsᵀ + ridge) ⁻¹ · wanted by conjugate gradients, without writing the kernel out; `dense` in FULLths."""
    ridge *= FULL * FULL
    rest = wanted * (FULL * FULL)
    answer = np.zeros(len(rest), dtype=np.float32)
    direction = rest.copy()
    left = float(rest.dot(rest))
    for step in range(1, STEPS + 1):
        if left < LEAST:
            break
        shadow = direction.dot(dense)
        length = left / (float(shadow.dot(shadow)) + ridge * float(direction.dot(direction)))
        answer += length * direction
        if step < STEPS:  # what is left after the last step nobody asks
            image = dense.dot(shadow)
            image += ridge * direction
            image *= length
            rest -= image
            before, left = left, float(rest.dot(rest))
            direction *= left / before
            direction += rest
    return answer
