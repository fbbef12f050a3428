"""From a message to ranked articles: channels find candidates, a small shipped model ranks and rates them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from faq.grams import character_grams, hashed, syllable_grams
from faq.index import Entry, Index, word_features
from faq.normalise import DATA, has_han, normalise, syllables
from faq.postings import Query

CANDIDATES = 20
ROWS_COMPARED = 3  # best phrasings of a candidate that are compared letter by letter


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
    """The shipped model: mixing of the channels, ranking of candidates, confidence in the first one."""

    mixing: Mapping[str, float]
    ranking: Mapping[str, float]
    confidence: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A message made ready: repaired text and its query in each channel."""

    text: str
    repaired: str
    known_words: float
    queries: Mapping[str, Query]


@cache
def shipped_weights() -> Weights:
    """The weights learned by benchmarks/fit_matching.py."""
    loaded = json.loads((DATA / "weights.json").read_text(encoding="utf-8"))
    return Weights(loaded["mixing"], loaded["ranking"], loaded["confidence"])


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
    found = candidates(index, asked, weights)
    ranked = sorted(
        ((dot(weights.ranking, features), entry, row, features) for entry, row, features in found),
        # Somebody who types a title or phrasing as it stands means that article, whatever the model thinks.
        key=lambda item: (-item[3]["same"], -item[0], item[1].id),
    )
    scores = [item[0] for item in ranked]
    return tuple(
        Match(
            article_id=entry.id,
            language=language if language in entry.languages else entry.languages[0],
            score=round(score, 6),
            probability=_probability(position, scores, features, asked, index, weights),
            phrasing=index.written[row],
            features=MappingProxyType(features),
        )
        for position, (score, entry, row, features) in enumerate(ranked[:limit])
    )


def understand(index: Index, text: str) -> Asked:
    """The message normalised, its words repaired by the index's vocabulary, looked up in each channel."""
    plain = normalise(text)
    tokens = []
    unknown = 0
    spoken = []
    for token in plain.split():
        if has_han(token):
            tokens.append(token)
            spoken.append(token)
            continue
        known = token in index.vocabulary.frequency
        unknown += not known
        mended = (token,) if known else index.vocabulary.repaired(token)
        tokens.extend(mended)
        spoken.append((None if known or mended != (token,) else syllables().read(token)) or " ")
    repaired = " ".join(tokens)
    count = len(plain.split())
    queries = {
        "characters": index.characters.query(character_grams([plain])),
        "words": index.words.query(hashed([word_features(repaired)])),
        "sounds": index.sounds.query(syllable_grams(["".join(spoken)])),
    }
    return Asked(plain, repaired, 1 - unknown / count if count else 0.0, queries)


def candidates(index: Index, asked: Asked, weights: Weights) -> list[tuple[Entry, int, dict[str, float]]]:
    """The entries that share most with the message, each with its best row and its features."""
    rows = _row_features(index, asked)
    mixed = sum((weight * rows[name] for name, weight in weights.mixing.items()), np.zeros(len(index.texts)))
    best = np.maximum.reduceat(mixed, index.starts)
    return [
        _described(index, index.entries[at], asked, rows, mixed)
        for at in _top(best, CANDIDATES)
        if best[at] > 0
    ]


def _row_features(index: Index, asked: Asked) -> dict[str, NDArray[np.float64]]:
    """Every row's likeness to the message in each channel, and how much each covers of the other."""
    word = asked.queries["words"]
    shared = index.words.shared(word)
    return {
        "characters": index.characters.scores(asked.queries["characters"]),
        "words": index.words.scores(word),
        "sounds": index.sounds.scores(asked.queries["sounds"]),
        "covers_message": shared / max(word.rarity, 1e-9),
        "covers_row": shared / np.maximum(index.words.row_rarity, 1e-9),
    }


def _top(scores: NDArray[np.float64], count: int) -> list[int]:
    """Positions of the highest scores, ties by position."""
    if len(scores) > count:
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        among = np.flatnonzero(scores >= least)
    else:
        among = np.arange(len(scores))
    order = np.argsort(-scores[among], kind="stable")[:count]
    return [int(at) for at in among[order]]


def _described(
    index: Index,
    entry: Entry,
    asked: Asked,
    rows: Mapping[str, NDArray[np.float64]],
    mixed: NDArray[np.float64],
) -> tuple[Entry, int, dict[str, float]]:
    span = slice(entry.start, entry.stop)
    nearest = [entry.start + at for at in _top(mixed[span], ROWS_COMPARED)]
    features = {name: float(values[span].max()) for name, values in rows.items()}
    features["centre"] = float(mixed[span].mean())
    features |= _compared(asked, [index.texts[row] for row in nearest])
    return entry, nearest[0], features


def _compared(asked: Asked, texts: Sequence[str]) -> dict[str, float]:
    """Letter by letter and word by word, the best over the texts."""
    return {
        "ratio": max(fuzz.ratio(asked.repaired, text) for text in texts) / 100,
        "token_sort": max(fuzz.token_sort_ratio(asked.repaired, text) for text in texts) / 100,
        "token_set": max(fuzz.token_set_ratio(asked.repaired, text) for text in texts) / 100,
        "same": float(any(text in (asked.text, asked.repaired) for text in texts)),
    }


def certainty(position: int, scores: Sequence[float], asked: Asked, index: Index) -> dict[str, float]:
    """How far the candidate at `position` can be trusted: its score, its rivals, what was understood."""
    rivals = [score for at, score in enumerate(scores) if at != position]
    here = scores[position]
    total = sum(math.exp(score - here) for score in scores)
    return {
        "one": 1.0,
        "score": here,
        "margin": here - max(rivals) if rivals else 1.0,
        "share": 1 / total,
        "known_words": asked.known_words,
        "known": asked.queries["words"].known,
        "entries": math.log(1 + len(index.entries)),
        "length": math.log(1 + len(asked.text)),
    }


def _probability(
    position: int,
    scores: Sequence[float],
    features: Mapping[str, float],
    asked: Asked,
    index: Index,
    weights: Weights,
) -> float:
    facts = {**certainty(position, scores, asked, index), **features}
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, dot(weights.confidence, facts))))), 6)


def dot(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The weighted sum of the features."""
    return sum(weight * features[name] for name, weight in weights.items())
