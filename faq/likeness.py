"""How like a message and the articles are: features of every row, then of the best candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from faq.contrast import SENSED, Near, contrasted, sensed
from faq.index import MIXING, SPARSE, Entry, Index
from faq.meaning import FULL
from faq.normalise import spaced
from faq.query import Asked
from faq.wording import worded

PULLS, STANDINGS = ("contrast", "sense"), ("contrast_standing", "sense_standing")
WORDINGS, COMPARED = ("wording", "wording_pairs"), ("token_sort", "token_set", "same")
FEATURES = (*SPARSE, "spelled", "phrasings", *WORDINGS, *PULLS, *STANDINGS, *COMPARED)
ROW = {name: at for at, name in enumerate(FEATURES)}
CANDIDATES = 10
ROWS_COMPARED = 2  # best phrasings of a candidate that are compared letter by letter
WIDE = 512  # rows whose meaning is looked at: those that share the most letters and words
STRIDE, MARGIN = 16, 3  # one score of sixteen says which three times WIDE rows are likely
LEAST_SCORE = 1e-9
LEAST_POSTINGS = 8_000  # looked at in one channel; as many as there are rows, where these are more
MIXED = np.array([MIXING[name] for name in SPARSE])


@dataclass(frozen=True, slots=True)
class Candidates:
    """Entries that may be meant, the most alike first, each by its phrasing nearest to the message.

    `features` has a row for each of FEATURES and a column for each entry. A standing is a pull's share of the highest.
    """

    entries: Sequence[Entry]
    rows: Sequence[int]
    features: NDArray[np.float64]

    def told(self, at: int) -> dict[str, float]:
        """What speaks for this one, by name."""
        return dict(zip(FEATURES, self.features[:, at].tolist(), strict=True))


def _rows(names: Sequence[str]) -> slice:
    return slice(ROW[names[0]], ROW[names[-1]] + 1)


NOBODY = Candidates((), (), np.zeros((len(FEATURES), 0)))


def candidates(index: Index, asked: Asked) -> Candidates:
    """The entries most like the message, each with its features."""
    channels = index.lookup.scores(asked.query, max(LEAST_POSTINGS, len(index.texts)))
    near = _nearest(index, asked, MIXED[: len(channels)].dot(channels))
    rows = near.rows
    if not len(rows):
        return NOBODY
    owners = index.row_entries.take(rows)
    top = _first_different(owners)
    entries = [index.entries[at] for at in top]
    at, starts = _grouped(owners, top)
    features = np.zeros((len(FEATURES), len(top)))
    features[: len(channels)] = np.maximum.reduceat(channels.take(rows[at], axis=1), starts, axis=1)
    features[ROW["spelled"]] = asked.spelled * features[ROW["sounds"]]
    features[ROW["phrasings"]] = [math.log(entry.stop - entry.start) for entry in entries]
    features[_rows(WORDINGS)] = worded(index, asked.query, entries)
    pulls, standings = features[_rows(PULLS)], features[_rows(STANDINGS)]
    for pull, told in zip(pulls, (contrasted(index, near), sensed(near)), strict=True):
        pull[:] = np.bincount(owners[: len(told)], told, len(index.entries)).take(top)
    pulls.round(5, out=pulls)
    np.divide(pulls, np.maximum(1e-6, pulls.max(axis=1, keepdims=True)), out=standings)
    own = _first_of_each(rows[at].tolist(), starts.tolist())
    features[_rows(COMPARED)] = _compared(index, asked, own)
    return Candidates(entries, [nearest[0] for nearest in own], features)


def _nearest(index: Index, asked: Asked, lexical: NDArray[np.float64]) -> Near:
    rows = _top(lexical, WIDE)
    senses = index.meanings.take(rows, axis=0).astype(np.float32)
    meaning = senses.dot(asked.meaning / FULL)
    mixed = lexical.take(rows) + MIXING["meaning"] * meaning
    order = _descending(mixed)[: int(np.count_nonzero(mixed > 0))]
    return Near(rows.take(order), mixed.take(order), meaning.take(order), senses.take(order[:SENSED], axis=0))


def _first_of_each(rows: Sequence[int], starts: Sequence[int]) -> list[Sequence[int]]:
    """Of each stretch of rows the first ROWS_COMPARED."""
    ends = [*starts[1:], len(rows)]
    return [rows[start : min(end, start + ROWS_COMPARED)] for start, end in zip(starts, ends, strict=True)]


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
    who, at = np.divmod(np.flatnonzero(owners == np.array(top, dtype=owners.dtype)[:, None]), len(owners))
    return at, who.searchsorted(np.arange(len(top)))


def _top(scores: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Positions of the highest scores, ascending; of equal scores the first.

    Every STRIDEth score tells roughly how high is high enough. That leaves few to be put in order, and no long stretch
    of equal ones: where two thirds are zeros, numpy's partition takes thirty times as long.
    """
    if len(scores) <= count:
        return np.arange(len(scores))
    rough = MARGIN * count // STRIDE
    some = -scores[::STRIDE]
    enough = max(LEAST_SCORE, -float(np.partition(some, rough)[rough])) if rough < len(some) else LEAST_SCORE
    likely = np.flatnonzero(scores >= enough)
    if len(likely) < count and enough > LEAST_SCORE:
        enough = LEAST_SCORE
        likely = np.flatnonzero(scores >= enough)
    if len(likely) <= count:
        others = np.flatnonzero(scores < enough)[: count - len(likely)]
        return np.union1d(likely, others)
    high = scores.take(likely)
    least = -np.partition(-high, count - 1)[count - 1]
    above = likely.compress(high >= least)
    if len(above) > count:
        level = np.flatnonzero(scores.take(above) == least)
        above = np.delete(above, level[count - len(above) :])
    return above


def _compared(index: Index, asked: Asked, nearest: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Letter by letter, word by word, and whether it is the same: the best over each candidate's nearest rows."""
    texts = [index.texts[row] for own in nearest for row in own]
    message, others = [spaced(asked.repaired)], list(map(spaced, texts))
    found = np.empty((len(COMPARED), len(texts)))
    found[0] = process.cdist(message, others, scorer=fuzz.token_sort_ratio)[0]
    found[1] = process.cdist(message, others, scorer=fuzz.token_set_ratio)[0]
    found[:2] /= 100
    said = (asked.text, asked.repaired)
    found[2] = [text in said for text in texts]
    starts = list(accumulate(map(len, nearest[:-1]), initial=0))
    best: NDArray[np.float64] = np.maximum.reduceat(found, starts, axis=1)
    return best
