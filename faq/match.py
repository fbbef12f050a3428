"""From a message to ranked articles: channels find candidates, a small shipped model ranks and rates them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from faq.index import Index
from faq.likeness import Candidate, candidates
from faq.normalise import DATA
from faq.query import Asked, understand

RANKING = (
    "sounds",
    "spelled",
    "meaning",
    "wording",
    "contrast",
    "contrast_standing",
    "sense_standing",
    "ratio",
    "token_sort",
    "token_set",
)
CERTAINTY = ("one", "lead", "contrast", "sense", "wording", "phrasings", "length", "sounds")
NOTHING_FITS = 8.0  # the score at which an article is as likely as none of them


@dataclass(frozen=True, slots=True)
class Match:
    """One article as an answer to a message. `probability` says how likely it is the right one."""

    article_id: str
    language: str
    score: float
    probability: float
    phrasing: str
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """The shipped model: ranking of candidates, confidence in the first one."""

    ranking: Mapping[str, float]
    confidence: Mapping[str, float]


@cache
def shipped_weights() -> Weights:
    """The weights learned by benchmarks/fit_matching.py."""
    loaded = json.loads((DATA / "weights.json").read_text(encoding="utf-8"))
    return Weights(loaded["ranking"], loaded["confidence"])


def match(
    index: Index, text: str, *, language: str, limit: int = 20, weights: Weights | None = None
) -> tuple[Match, ...]:
    """The articles that fit the message, best first, one for each id, in `language` where there is one.

    Never raises on any text; a text without letters, digits or characters matches nothing.
    """
    weights = weights or shipped_weights()
    asked = understand(index, text)
    if not asked.text or not index.entries:
        return ()
    ranked = ranking(candidates(index, asked), weights)
    certain = certainty([score for score, _ in ranked])
    told = understood(asked)
    return tuple(
        Match(
            article_id=found.entry.id,
            language=language if language in found.entry.languages else found.entry.languages[0],
            score=score,
            probability=_probability(told | found.features | certain[position], weights),
            phrasing=index.written[found.row],
            features=MappingProxyType(found.features),
        )
        for position, (score, found) in enumerate(ranked[:limit])
    )


def ranking(found: Sequence[Candidate], weights: Weights) -> list[tuple[float, Candidate]]:
    """Candidates with their scores, best first. An exact title or phrasing stands before everything else."""
    scored = [(round(dot(weights.ranking, candidate.features), 6), candidate) for candidate in found]
    return sorted(scored, key=lambda pair: (-pair[1].features["same"], -pair[0], pair[1].entry.id))


def understood(asked: Asked) -> dict[str, float]:
    """What is known before any candidate is looked at."""
    return {"one": 1.0, "length": math.log(1 + len(asked.text))}


def certainty(scores: Sequence[float]) -> list[dict[str, float]]:
    """For each candidate the logit of its share of the softmax over all scores and over "nothing fits"."""
    highest = max(scores, default=0.0)
    powers = [math.exp(max(-30.0, score - highest)) for score in scores]
    total = sum(powers) + math.exp(min(30.0, NOTHING_FITS - highest))
    return [{"lead": math.log(power / (total - power))} for power in powers]


def _probability(known: Mapping[str, float], weights: Weights) -> float:
    """From all that is known of the candidate and of the message."""
    total = dot(weights.confidence, known)
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 6)


def dot(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The weighted sum of the features."""
    return sum(weight * features[name] for name, weight in weights.items())
