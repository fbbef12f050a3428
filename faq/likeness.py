"""How like a message and the articles are: features of every row, then of the best candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from faq.contrast import NEAREST, contrasted
from faq.index import Entry, Index
from faq.normalise import spaced
from faq.query import Asked

CANDIDATES = 20
ROWS_COMPARED = 3  # best phrasings of a candidate that are compared letter by letter


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant: its phrasing nearest to the message and what speaks for it."""

    entry: Entry
    row: int
    features: dict[str, float]


def candidates(index: Index, asked: Asked, mixing: Mapping[str, float]) -> list[Candidate]:
    """The entries most like the message, each with its features; channels are mixed by `mixing`."""
    rows = _row_features(index, asked)
    mixed = sum((weight * rows[name] for name, weight in mixing.items()), np.zeros(len(index.texts)))
    best = np.maximum.reduceat(mixed, index.starts)
    near = [row for row in _top(mixed, NEAREST) if mixed[row] > 0]
    contrast = contrasted(index, near, mixed, mixing) if near else {}
    found = []
    for at in _top(best, CANDIDATES):
        if best[at] > 0:
            candidate = _described(index, index.entries[at], asked, rows, mixed)
            candidate.features["contrast"] = round(contrast.get(at, 0.0), 6)
            found.append(candidate)
    return found


def _row_features(index: Index, asked: Asked) -> dict[str, NDArray[np.float64]]:
    """Every row's likeness to the message in each channel, and how much each covers of the other."""
    word = asked.queries["words"]
    shared = index.words.shared(word)
    return {
        "characters": index.characters.scores(asked.queries["characters"]),
        "words": index.words.scores(word),
        "sounds": index.sounds.scores(asked.queries["sounds"]),
        "meaning": (index.meanings @ asked.meaning).astype(np.float64),
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
) -> Candidate:
    span = slice(entry.start, entry.stop)
    nearest = [entry.start + at for at in _top(mixed[span], ROWS_COMPARED)]
    features = {name: float(values[span].max()) for name, values in rows.items()}
    features["centre"] = float(mixed[span].mean())
    features |= _compared(asked, [index.texts[row] for row in nearest])
    return Candidate(entry, nearest[0], features)


def _compared(asked: Asked, texts: Sequence[str]) -> dict[str, float]:
    """Letter by letter and word by word, the best over the texts."""
    message, others = spaced(asked.repaired), [spaced(text) for text in texts]
    return {
        "ratio": max(fuzz.ratio(asked.repaired, text) for text in texts) / 100,
        "token_sort": max(fuzz.token_sort_ratio(message, other) for other in others) / 100,
        "token_set": max(fuzz.token_set_ratio(message, other) for other in others) / 100,
        "same": float(any(text in (asked.text, asked.repaired) for text in texts)),
    }
