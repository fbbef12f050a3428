"""How like a message and the articles are: features of every row, then of the best candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from faq.contrast import NEAREST, SENSED, contrasted, sensed
from faq.index import MIXING, SPARSE, Entry, Index
from faq.meaning import FULL
from faq.normalise import spaced
from faq.query import Asked
from faq.wording import worded

COMPARED = ("ratio", "token_sort", "token_set", "same")
CANDIDATES = 12
ROWS_COMPARED = 2  # best phrasings of a candidate that are compared letter by letter
WIDE = 1_024  # rows whose meaning is looked at: those that share the most letters and words
SOME = 512  # rows whose meaning is looked at in one go
LEAST_POSTINGS, POSTINGS_A_ROW = 30_000, 3  # looked at in one channel: a bound that grows with the rows
MIXED = np.array([MIXING[name] for name in SPARSE])


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant: its phrasing nearest to the message and what speaks for it."""

    entry: Entry
    row: int
    features: dict[str, float]


def candidates(index: Index, asked: Asked) -> list[Candidate]:
    """The entries most like the message, each with its features."""
    most = max(LEAST_POSTINGS, POSTINGS_A_ROW * len(index.texts))
    channels = index.lookup.scores(asked.query, most)
    lexical = MIXED[: len(channels)] @ channels
    rows = _top(lexical, WIDE)
    meaning = _meant(index, rows, asked)
    mixed = lexical[rows] + MIXING["meaning"] * meaning
    order = _descending(mixed)[: int(np.count_nonzero(mixed > 0))]
    rows, mixed, meaning = rows[order], mixed[order], meaning[order]
    if not len(rows):
        return []
    contrast = contrasted(index, rows[:NEAREST], mixed[:NEAREST])
    sense = sensed(index, rows[:SENSED], meaning[:SENSED])
    owners = index.row_entries[rows]
    top = _first_different(owners)
    entries = [index.entries[at] for at in top]
    at, starts = _grouped(owners, top)
    near = rows[at]
    best = np.maximum.reduceat(channels.take(near, axis=1), starts, axis=1).tolist()
    columns: dict[str, list[float]] = dict(zip(SPARSE, best, strict=False))
    columns |= {name: [0.0] * len(top) for name in SPARSE[len(best) :]}
    columns["spelled"] = [asked.spelled * heard for heard in columns["sounds"]]
    columns["meaning"] = np.maximum.reduceat(meaning[at], starts).tolist()
    columns["wording"] = worded(index, asked.query, entries)
    columns |= _standing("contrast", contrast.take(top)) | _standing("sense", sense.take(top))
    columns["phrasings"] = [math.log(entry.stop - entry.start) for entry in entries]
    ordered = near.tolist()
    ends = [*starts[1:].tolist(), len(ordered)]
    nearest = [
        ordered[start : min(end, start + ROWS_COMPARED)] for start, end in zip(starts.tolist(), ends, strict=True)
    ]
    columns |= _compared(index, asked, nearest)
    names = tuple(columns)
    return [
        Candidate(entry, own[0], dict(zip(names, values, strict=True)))
        for entry, own, values in zip(entries, nearest, zip(*columns.values(), strict=True), strict=True)
    ]


def _standing(name: str, pulls: NDArray[np.float64]) -> dict[str, list[float]]:
    """How far the message speaks for each candidate, and which share of the highest that is."""
    pulls = pulls.round(5)
    return {name: pulls.tolist(), f"{name}_standing": (pulls / max(1e-6, pulls.max())).tolist()}


def _meant(index: Index, rows: NDArray[np.int64], asked: Asked) -> NDArray[np.float32]:
    """How near the rows come to the message in meaning."""
    found = np.zeros(len(rows), dtype=np.float32)
    if asked.meaning.any():
        message = asked.meaning / np.float32(FULL)
        for at in range(0, len(rows), SOME):  # a few at a time stay within the processor's own memory
            some = index.meanings.take(rows[at : at + SOME], axis=0).astype(np.float32)
            np.dot(some, message, out=found[at : at + SOME])
    return found


def _descending(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions by falling value, of equal ones the first: fewer than 2¹² values, none beyond ±2¹⁰."""
    keys = (values * -(1 << 40)).astype(np.int64)
    keys <<= 12
    keys |= np.arange(len(values))
    keys.sort()
    return keys & 0xFFF


def _first_different(owners: NDArray[np.int32]) -> list[int]:
    """The first CANDIDATES different ones, in their order."""
    found = list(dict.fromkeys(owners[: 8 * CANDIDATES].tolist()))
    if len(found) < CANDIDATES:
        found = list(dict.fromkeys(owners.tolist()))
    return found[:CANDIDATES]


def _grouped(owners: NDArray[np.int32], top: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the rows of the entries `top` stand, entry by entry and in the order given, and where each begins."""
    who, at = np.divmod(np.flatnonzero(owners == np.array(top)[:, None]), len(owners))
    return at, who.searchsorted(np.arange(len(top)))


def _top(scores: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Positions of the highest scores, ascending; of equal scores the first."""
    if len(scores) <= count:
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    above = np.flatnonzero(scores >= least)
    if len(above) > count:
        level = np.flatnonzero(scores[above] == least)
        above = np.delete(above, level[count - len(above) :])
    return above


def _compared(index: Index, asked: Asked, nearest: Sequence[Sequence[int]]) -> dict[str, list[float]]:
    """Letter by letter and word by word, the best over each candidate's nearest rows."""
    texts = [index.texts[row] for own in nearest for row in own]
    message, others = [spaced(asked.repaired)], [spaced(text) for text in texts]
    found = np.concatenate(
        [
            process.cdist([asked.repaired], texts, scorer=fuzz.ratio),
            process.cdist(message, others, scorer=fuzz.token_sort_ratio),
            process.cdist(message, others, scorer=fuzz.token_set_ratio),
        ]
    )
    starts = list(accumulate(map(len, nearest[:-1]), initial=0))
    best = np.maximum.reduceat(found / 100, starts, axis=1).tolist()
    said = (asked.text, asked.repaired)
    same = [float(any(index.texts[row] in said for row in own)) for own in nearest]
    return dict(zip(COMPARED, (*best, same), strict=True))
