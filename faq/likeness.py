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
    top = [at for at in _top(best, CANDIDATES) if best[at] > 0]
    columns = {name: np.maximum.reduceat(values, index.starts)[top].tolist() for name, values in rows.items()}
    columns["centre"] = _means(mixed, index.starts)[top].tolist()
    columns["contrast"] = [round(contrast.get(at, 0.0), 6) for at in top]
    found = []
    for place, at in enumerate(top):
        entry = index.entries[at]
        nearest = _nearest(entry, mixed)
        features = {name: column[place] for name, column in columns.items()}
        features |= _compared(asked, [index.texts[row] for row in nearest])
        found.append(Candidate(entry, nearest[0], features))
    return found


def _means(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    sums: NDArray[np.float64] = np.add.reduceat(values, starts)
    return sums / np.diff(starts, append=len(values))


def _nearest(entry: Entry, mixed: NDArray[np.float64]) -> list[int]:
    """The entry's rows most like the message, best first, ties by position."""
    values = mixed[entry.start : entry.stop].tolist()
    return [entry.start + at for at in sorted(range(len(values)), key=lambda at: -values[at])[:ROWS_COMPARED]]


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


def _compared(asked: Asked, texts: Sequence[str]) -> dict[str, float]:
    """Letter by letter and word by word, the best over the texts."""
    message, others = spaced(asked.repaired), [spaced(text) for text in texts]
    return {
        "ratio": max(fuzz.ratio(asked.repaired, text) for text in texts) / 100,
        "token_sort": max(fuzz.token_sort_ratio(message, other) for other in others) / 100,
        "token_set": max(fuzz.token_set_ratio(message, other) for other in others) / 100,
        "same": float(any(text in (asked.text, asked.repaired) for text in texts)),
    }
