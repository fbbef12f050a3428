"""The rows that are looked at closer: those that share the most with the message, found without ordering them all."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from faq.likeness import _top


@given(
    rows=st.integers(0, 4_000),
    count=st.integers(1, 600),
    different=st.sampled_from([1, 2, 5, 40, 10**6]),
    zeros=st.sampled_from([0.0, 0.3, 0.7, 0.99, 1.0]),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_highest_are_those_that_putting_all_in_order_would_find(
    rows: int, count: int, different: int, zeros: float, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    scores = dice.integers(1, different + 1, rows) / different
    scores[dice.random(rows) < zeros] = 0.0
    assert _top(scores, count).tolist() == highest(scores, count)


def test_high_scores_that_stand_side_by_side_are_all_found() -> None:
    scores = np.full(5_000, 0.1)
    scores[1_601:1_616] = 0.9  # none of them is one of those looked at first
    assert _top(scores, 15).tolist() == list(range(1_601, 1_616))


def highest(scores: NDArray[np.float64], count: int) -> list[int]:
    return sorted(np.argsort(-scores, kind="stable")[:count].tolist())
