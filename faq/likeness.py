"""How like a message and the articles are: features of every row, then of the best candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from faq.contrast import NEAREST, contrasted
from faq.index import MIXING, SPARSE, Entry, Index
from faq.meaning import FULL
from faq.normalise import spaced
from faq.query import Asked

CANDIDATES = 20
ROWS_COMPARED = 2  # best phrasings of a candidate that are compared letter by letter
WIDE = 1_024  # rows whose meaning is looked at: those that share the most letters and words
LEAST_POSTINGS, POSTINGS_A_ROW = 30_000, 3  # looked at in one channel: a bound that grows with the rows


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant: its phrasing nearest to the message and what speaks for it."""

    entry: Entry
    row: int
    features: dict[str, float]


def candidates(index: Index, asked: Asked) -> list[Candidate]:
    """The entries most like the message, each with its features."""
    rows, lexical, mixed = _rows(index, asked)
    near = _top(mixed, NEAREST)
    near = near[mixed[near] > 0]
    if not len(near):
        return []
    contrast = contrasted(index, near, mixed[near])
    best = np.maximum.reduceat(mixed, index.starts)
    top = _top(best, CANDIDATES)
    entries = [index.entries[at] for at in top[best[top] > 0].tolist()]
    owned = np.concatenate([np.arange(entry.start, entry.stop) for entry in entries])
    starts = np.cumsum([0, *(entry.stop - entry.start for entry in entries[:-1])])
    columns = {name: np.maximum.reduceat(values[owned], starts).tolist() for name, values in rows.items()}
    centre = np.add.reduceat(lexical[owned], starts) / [entry.stop - entry.start for entry in entries]
    columns["centre"] = centre.tolist()
    columns["contrast"] = [round(contrast.get(int(at), 0.0), 5) for at in top[: len(entries)]]
    nearest = _nearest(owned, starts, mixed)
    columns |= _compared(index, asked, nearest)
    return [
        Candidate(entry, nearest[place][0], {name: column[place] for name, column in columns.items()})
        for place, entry in enumerate(entries)
    ]


def _rows(
    index: Index, asked: Asked
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64], NDArray[np.float64]]:
    """Every row's likeness to the message in each channel, mixed without the meaning, and mixed with it."""
    most = max(LEAST_POSTINGS, POSTINGS_A_ROW * len(index.texts))
    rows = {name: getattr(index, name).scores(asked.queries[name], most) for name in SPARSE}
    lexical = np.zeros(len(index.texts))
    for name, values in rows.items():
        if len(asked.queries[name].positions):
            lexical += MIXING[name] * values
    near = _top(lexical, WIDE)
    meaning = np.zeros(len(index.texts))
    meaning[near] = index.meanings[near].astype(np.float32) @ asked.meaning / FULL
    return rows | {"meaning": meaning}, lexical, lexical + MIXING["meaning"] * meaning


def _nearest(owned: NDArray[np.int64], starts: NDArray[np.int64], mixed: NDArray[np.float64]) -> list[list[int]]:
    """Of each entry's rows those most like the message, best first, ties by position."""
    owners = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(owned)))
    order = owned[np.lexsort((-mixed[owned], owners))].tolist()
    ends = [*starts[1:].tolist(), len(order)]
    return [order[start : min(end, start + ROWS_COMPARED)] for start, end in zip(starts.tolist(), ends, strict=True)]


def _top(scores: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Positions of the highest scores, ties by position."""
    if len(scores) > count:
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        among = np.flatnonzero(scores >= least)
    else:
        among = np.arange(len(scores))
    return among[np.argsort(-scores[among], kind="stable")[:count]]


def _compared(index: Index, asked: Asked, nearest: Sequence[Sequence[int]]) -> dict[str, list[float]]:
    """Letter by letter and word by word, the best over each candidate's nearest rows."""
    rows = [row for own in nearest for row in own]
    texts = [index.texts[row] for row in rows]
    message, others = spaced(asked.repaired), [spaced(text) for text in texts]
    common, held = index.words.shared(asked.queries["words"], rows)
    letters, lettered = index.characters.shared(asked.queries["characters"], rows)
    found = {
        "letters_of_message": letters / max(asked.queries["characters"].rarity, 1e-9),
        "letters_of_row": letters / np.maximum(lettered, 1e-9),
        "covers_message": common / max(asked.queries["words"].rarity, 1e-9),
        "covers_row": common / np.maximum(held, 1e-9),
        "ratio": process.cdist([asked.repaired], texts, scorer=fuzz.ratio)[0] / 100,
        "token_sort": process.cdist([message], others, scorer=fuzz.token_sort_ratio)[0] / 100,
        "token_set": process.cdist([message], others, scorer=fuzz.token_set_ratio)[0] / 100,
        "same": np.array([text in (asked.text, asked.repaired) for text in texts], dtype=np.float64),
    }
    starts = np.cumsum([0, *(len(own) for own in nearest[:-1])])
    return {name: np.maximum.reduceat(values, starts).astype(np.float64).tolist() for name, values in found.items()}
