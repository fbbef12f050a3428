"""From a message to ranked articles: channels find candidates, a small shipped model ranks and rates them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from faq.index import Index
from faq.likeness import CANDIDATES, ROW, Candidates, candidates
from faq.normalise import DATA
from faq.query import Asked, understand

RANKING = (
    "sounds",
    "spelled",
    "wording",
    "wording_pairs",
    "contrast",
    "contrast_standing",
    "sense_standing",
    "token_sort",
    "token_set",
)
OF_CANDIDATE = ("contrast", "sense", "wording", "phrasings", "sounds")
CERTAINTY = ("one", "length", "lead", *OF_CANDIDATE)
PARTS = {"ranking": RANKING, "confidence": CERTAINTY}  # of the file of weights
NOTHING_FITS = 7.5  # the score at which an article is as likely as none of them
_RANKED, _RATED = [ROW[name] for name in RANKING], [ROW[name] for name in OF_CANDIDATE]


class Match(NamedTuple):
    """One article as an answer to a message. `probability` says how likely it is the right one."""

    article_id: str
    language: str
    score: float
    probability: float
    phrasing: str


@dataclass(frozen=True, slots=True)
class Weights:
    """The shipped model: a number for each of RANKING orders the candidates, one for each of CERTAINTY rates them."""

    ranking: NDArray[np.float64]
    confidence: NDArray[np.float64]


class Ranked(NamedTuple):
    """A candidate's place among them, best first, its score and its probability."""

    at: int
    score: float
    probability: float


@cache
def shipped_weights() -> Weights:
    """The weights learned by benchmarks/fit_matching.py."""
    loaded = json.loads((DATA / "weights.json").read_text(encoding="utf-8"))
    ranking, confidence = ([loaded[part][name] for name in names] for part, names in PARTS.items())
    return Weights(np.array(ranking), np.array(confidence))


def match(
    index: Index, text: str, *, language: str, limit: int = CANDIDATES, weights: Weights | None = None
) -> tuple[Match, ...]:
    """The articles that fit the message, best first, one for each id, in `language` where there is one.

    Never raises on any text; a text without letters, digits or characters matches nothing.
    """
    asked = understand(index, text)
    found = candidates(index, asked)
    return tuple(
        _match(index, found, each, language) for each in ranked(found, asked, weights or shipped_weights())[:limit]
    )


def _match(index: Index, found: Candidates, ranked: Ranked, language: str) -> Match:
    at, score, probability = ranked
    entry = found.entries[at]
    spoken = language if language in entry.languages else entry.languages[0]
    return Match(entry.id, spoken, score, probability, index.written[found.rows[at]])


def ranked(found: Candidates, asked: Asked, weights: Weights) -> list[Ranked]:
    """The candidates from best to worst, none of them likelier than the one before it."""
    scores = scored(found, weights)
    logits = weights.confidence.dot(evidence(found, scores, asked))
    chances = (1 / (1 + np.exp(np.maximum(-30.0, np.minimum(30.0, -logits))))).round(6)
    order = ordered(found, scores)
    likely = np.minimum.accumulate(chances[order])
    return list(map(Ranked, order, scores[order].tolist(), likely.tolist()))


def scored(found: Candidates, weights: Weights) -> NDArray[np.float64]:
    """Each candidate's score."""
    scores: NDArray[np.float64] = weights.ranking.dot(found.features.take(_RANKED, axis=0))
    return scores.round(6)


def ordered(found: Candidates, scores: NDArray[np.float64]) -> list[int]:
    """The places of the candidates from best to worst. An exact title or phrasing stands before everything else."""
    same, falling = (-found.features[ROW["same"]]).tolist(), (-scores).tolist()
    ids = [entry.id for entry in found.entries]
    return [at for *_, at in sorted(zip(same, falling, ids, range(len(ids)), strict=True))]


def evidence(found: Candidates, scores: NDArray[np.float64], asked: Asked) -> NDArray[np.float64]:
    """What speaks for each candidate's being right: a row for each of CERTAINTY, a column a candidate."""
    facts = np.ones((len(CERTAINTY), len(scores)))
    facts[1] = math.log(1 + len(asked.text))
    facts[2] = leads(scores)
    facts[3:] = found.features.take(_RATED, axis=0)
    return facts


def leads(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each candidate the logit of its share of the softmax over all scores and over "nothing fits"."""
    highest = float(scores.max(initial=NOTHING_FITS))
    powers = np.exp(np.maximum(-30.0, scores - highest))
    total = float(powers.sum()) + math.exp(max(-30.0, NOTHING_FITS - highest))
    found: NDArray[np.float64] = np.log(powers / np.maximum(total - powers, 1e-13))
    return found
