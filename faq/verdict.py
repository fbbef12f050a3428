"""What to do with ranked matches: answer, suggest a few, or ask. Who decides does not act."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from faq.match import Match

MOST_SUGGESTED = 3
FEWEST_LABELS = 40  # presses before a desk's own calibration may differ from the shipped one
FEWEST_OF_A_KIND = 8  # helped, and did not help; fewer say nothing about the slope
PRIOR_LABELS = 50.0  # weight of the shipped calibration, in labels: few presses bend it little; 25 to 100 differ little
STEPS = 50
FURTHEST = 4.0  # how far presses move the level, in logits
FURTHEST_OF_FEW = 1.0  # the same of presses that are few, or nearly all of one kind


@dataclass(frozen=True, slots=True)
class Answer:
    """Sure enough to give this article's text."""

    match: Match


@dataclass(frozen=True, slots=True)
class Suggest:
    """Not sure: let the person pick one of these titles, best first, at most three."""

    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Nothing fits: say so and ask, or open a ticket."""


Verdict = Answer | Suggest | Ask


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which on to answer and to suggest."""

    answer: float = 0.7
    suggest: float = 0.2


@dataclass(frozen=True, slots=True)
class Platt:
    """A desk's own calibration, logit(p') = slope · logit(p) + offset; (1, 0) keeps the shipped one."""

    slope: float = 1.0
    offset: float = 0.0

    def __call__(self, probability: float) -> float:
        """The recalibrated probability."""
        return _sigmoid(self.slope * _logit(probability) + self.offset)


DEFAULT = Thresholds()
AS_SHIPPED = Platt()


def decide(matches: Sequence[Match], thresholds: Thresholds = DEFAULT, platt: Platt = AS_SHIPPED) -> Verdict:
    """Answer with the best match, suggest up to three, or ask, by the best one's recalibrated probability."""
    if not matches:
        return Ask()
    surest = platt(matches[0].probability)
    if surest >= thresholds.answer:
        return Answer(matches[0])
    if surest >= thresholds.suggest:
        return Suggest(tuple(matches[:MOST_SUGGESTED]))
    return Ask()


def enough(labels: Sequence[tuple[float, bool]]) -> bool:
    """Whether there are FEWEST_LABELS presses, and of either kind FEWEST_OF_A_KIND."""
    helped = sum(right for _, right in labels)
    return len(labels) >= FEWEST_LABELS and min(helped, len(labels) - helped) >= FEWEST_OF_A_KIND


def refit(labels: Sequence[tuple[float, bool]]) -> Platt:
    """A calibration from presses: (shipped probability of the answer given, whether it helped).

    Platt scaling by Newton steps with a prior towards the shipped calibration. Unless there are `enough`, only the
    offset moves, and not far: whoever presses the same button all day makes nothing sure, and nothing silent.
    """
    if not labels:
        return Platt()
    slope_free = enough(labels)
    furthest = FURTHEST if slope_free else FURTHEST_OF_FEW
    points = [(_logit(probability), float(right)) for probability, right in labels]
    slope, offset = 1.0, 0.0
    for _ in range(STEPS):
        step = _newton_step(points, slope, offset, slope_free)
        slope, offset = slope + step[0], offset + step[1]
        if abs(step[0]) + abs(step[1]) < 1e-9:
            break
    return Platt(round(min(max(slope, 0.2), 5.0), 6), round(min(max(offset, -furthest), furthest), 6))


def _newton_step(
    points: Sequence[tuple[float, float]], slope: float, offset: float, slope_free: bool
) -> tuple[float, float]:
    """One damped Newton step of the regularised log loss in (slope, offset)."""
    gradient_slope, gradient_offset = PRIOR_LABELS * (slope - 1), PRIOR_LABELS / 4 * offset
    curve_slope, curve_offset, cross = PRIOR_LABELS, PRIOR_LABELS / 4, 0.0
    for logit, right in points:
        estimate = _sigmoid(slope * logit + offset)
        spread = estimate * (1 - estimate)
        gradient_slope += (estimate - right) * logit
        gradient_offset += estimate - right
        curve_slope += spread * logit * logit
        curve_offset += spread
        cross += spread * logit
    if not slope_free:
        return 0.0, _bounded(-gradient_offset / curve_offset)
    determinant = curve_slope * curve_offset - cross * cross
    return (
        _bounded((cross * gradient_offset - curve_offset * gradient_slope) / determinant),
        _bounded((cross * gradient_slope - curve_slope * gradient_offset) / determinant),
    )


def _bounded(step: float) -> float:
    return min(max(step, -1.0), 1.0)


def _logit(probability: float) -> float:
    probability = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(probability / (1 - probability))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))
