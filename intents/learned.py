"""A small learned model beside the rules: what messages like this one usually are for, and about.

Two stages, both softmax regressions. The first knows pieces of words only; its weights are one byte each. The second
weighs what the first says against what the rules found, and so its probabilities mean what they say. Both were fitted
by ``benchmarks/understanding`` on the labelled examples there; ``docs/understanding.md`` tells how well they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

MODEL = "learned.npz"
FLOOR = 1e-4
"""Added to a probability before its logarithm is taken."""
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """``grams`` [buckets, classes] in units of ``scale`` [classes], ``bias`` [classes], ``mix`` [evidence, classes].

    The evidence is the first stage's log probability of each class, then what the rules found.
    """

    classes: tuple[str, ...]
    grams: NDArray[np.int8]
    scale: Floats
    bias: Floats
    mix: Floats

    def probabilities(self, buckets: Sequence[int], found: Sequence[float]) -> Floats:
        """The probability of each class, for the buckets of a message and what the rules found in it."""
        logs = np.log(self.first_guess(buckets) + FLOOR)
        evidence = np.concatenate([logs, np.asarray(found, dtype=np.float32)])
        return softmax(evidence @ self.mix)

    def first_guess(self, buckets: Sequence[int]) -> Floats:
        """The probability of each class by the pieces of its words alone."""
        if not buckets:
            return softmax(self.bias)
        total = self.grams[list(buckets)].sum(axis=0, dtype=np.int32) * self.scale
        return softmax(total / np.sqrt(np.float32(len(buckets))) + self.bias)


def softmax(scores: Floats) -> Floats:
    """Scores as probabilities that sum to one."""
    powers = np.exp(scores - scores.max())
    whole: Floats = (powers / powers.sum()).astype(np.float32)
    return whole


@cache
def model(name: str) -> Model:
    """The shipped model of this name, ``"intent"`` or ``"service"``; read at its first use."""
    with files("intents").joinpath("data", MODEL).open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return Model(
            tuple(str(key) for key in kept[f"{name}_classes"]),
            kept[f"{name}_grams"],
            kept[f"{name}_scale"],
            kept[f"{name}_bias"],
            kept[f"{name}_mix"],
        )
