"""How like a message and the articles are: features of every row, then of the best candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from faq.contrast import NEAREST, contrasted
from faq.index import MIXING, SPARSE, Entry, Index
from faq.meaning import FULL
from faq.normalise import spaced
from faq.query import Asked
from faq.wording import worded

CANDIDATES = 20
ROWS_COMPARED = 2  # best phrasings of a candidate that are compared letter by letter
WIDE = 1_024  # rows whose meaning is looked at: those that share the most letters and words
SOME = 256  # rows whose meaning is looked at in one go
LEAST_POSTINGS, POSTINGS_A_ROW = 30_000, 3  # looked at in one channel: a bound that grows with the rows


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant: its phrasing nearest to the message and what speaks for it."""

    entry: Entry
    row: int
    features: dict[str, float]


def candidates(index: Index, asked: Asked) -> list[Candidate]:
    """The entries most like the message, each with its features."""
    channels, lexical = _lexical(index, asked)
    rows = _top(lexical, WIDE)
    meaning = _meant(index, rows, asked)
    mixed = lexical[rows] + MIXING["meaning"] * meaning
    order = _descending(mixed)[: int(np.count_nonzero(mixed > 0))]
    rows, mixed, meaning = rows[order], mixed[order], meaning[order]
    if not len(rows):
        return []
    contrast = contrasted(index, rows[:NEAREST], mixed[:NEAREST])
    owners = index.row_entries[rows]
    top = _first_different(owners)
    entries = [index.entries[at] for at in top]
    at, starts = _grouped(owners, top, len(index.entries))
    near = rows[at]
    columns = {name: np.maximum.reduceat(values[near], starts).tolist() for name, values in channels.items()}
    columns["meaning"] = np.maximum.reduceat(meaning[at], starts).tolist()
    columns["wording"] = worded(index, asked.queries["words"], entries)
    columns["contrast"] = [round(pull, 5) for pull in contrast[top].tolist()]
    highest = max(1e-6, *columns["contrast"])
    columns["standing"] = [pull / highest for pull in columns["contrast"]]
    columns["phrasings"] = [math.log(entry.stop - entry.start) for entry in entries]
    ends = [*starts[1:].tolist(), len(at)]
    nearest = [
        near[start : min(end, start + ROWS_COMPARED)].tolist() for start, end in zip(starts.tolist(), ends, strict=True)
    ]
    columns |= _compared(index, asked, nearest)
    names = tuple(columns)
    return [
        Candidate(entry, own[0], dict(zip(names, values, strict=True)))
        for entry, own, values in zip(entries, nearest, zip(*columns.values(), strict=True), strict=True)
    ]


def _meant(index: Index, rows: NDArray[np.int64], asked: Asked) -> NDArray[np.float64]:
    """How near the rows come to the message in meaning."""
    found = np.zeros(len(rows))
    if asked.meaning.any():
        for at in range(0, len(rows), SOME):  # a few at a time stay within the processor's own memory
            some = index.meanings.take(rows[at : at + SOME], axis=0).astype(np.float32)
            found[at : at + SOME] = some @ asked.meaning
    return found / FULL


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


def _lexical(index: Index, asked: Asked) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """Every row's likeness to the message in each sparse channel, and all of them mixed."""
    most = max(LEAST_POSTINGS, POSTINGS_A_ROW * len(index.texts))
    channels, mixed = {}, np.zeros(len(index.texts))
    for name in SPARSE:
        query = asked.queries[name]
        channels[name] = getattr(index, name).scores(query, most)
        if len(query.positions):
            mixed += MIXING[name] * channels[name]
    return channels, mixed


def _grouped(
    owners: NDArray[np.int32], top: Sequence[int], entries: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the rows of the entries `top` stand, entry by entry and in the order given, and where each begins."""
    places = np.full(entries, -1, dtype=np.int8)
    places[top] = np.arange(len(top), dtype=np.int8)
    place = places.take(owners)
    at = np.flatnonzero(place >= 0)
    place = place[at]
    order = np.argsort(place, kind="stable")  # of bytes: as fast as counting them
    return at[order], np.searchsorted(place[order], np.arange(len(top)))


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
    message, others = spaced(asked.repaired), [spaced(text) for text in texts]
    found = {
        "ratio": process.cdist([asked.repaired], texts, scorer=fuzz.ratio)[0] / 100,
        "token_sort": process.cdist([message], others, scorer=fuzz.token_sort_ratio)[0] / 100,
        "token_set": process.cdist([message], others, scorer=fuzz.token_set_ratio)[0] / 100,
        "same": np.array([text in (asked.text, asked.repaired) for text in texts], dtype=np.float64),
    }
    starts = list(accumulate((len(own) for own in nearest[:-1]), initial=0))
    return {name: np.maximum.reduceat(values, starts).astype(np.float64).tolist() for name, values in found.items()}
