"""Does seventy percent mean seventy percent? What was believed, held against what helped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers believed in about as much: mean probability, share that helped, and how many there were."""

    believed: float
    helped: float
    count: int


def reliability(labels: Sequence[tuple[float, bool]], bins: int = BINS) -> tuple[Bin, ...]:
    """The labels (probability, whether it helped) in bins of equal width, the empty ones left out."""
    sorted_in: dict[int, list[tuple[float, bool]]] = {}
    for probability, helped in labels:
        sorted_in.setdefault(min(int(probability * bins), bins - 1), []).append((probability, helped))
    return tuple(_bin(sorted_in[at]) for at in sorted(sorted_in))


def calibration_error(labels: Sequence[tuple[float, bool]], bins: int = BINS) -> float:
    """Expected calibration error (Naeini et al. 2015): the mean gap between belief and truth, weighted by count."""
    if not labels:
        return 0.0
    return sum(each.count * abs(each.believed - each.helped) for each in reliability(labels, bins)) / len(labels)


def _bin(labels: Sequence[tuple[float, bool]]) -> Bin:
    count = len(labels)
    return Bin(sum(p for p, _ in labels) / count, sum(helped for _, helped in labels) / count, count)
