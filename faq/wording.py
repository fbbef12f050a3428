"""How usual the message's words are with each article: what many of its phrasings say tells more than what one says.

The likeness of single phrasings cannot see that. Naive Bayes over word stems and their pairs can (multinomial, with
Dirichlet's prior, as Zhai and Lafferty smooth language models, 2004), and reads all its numbers off the index.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from faq.index import SPARSE, Entry, Index
from faq.lookup import Query

COMMON = 4  # phrasings worded like all others that every article is thought to have besides its own
LANES = tuple(map(SPARSE.index, ("words", "pairs")))  # side by side


def worded(index: Index, query: Query, entries: Sequence[Entry]) -> NDArray[np.float64]:
    """For each entry how much likelier the message's known words are in it than in all: a logarithm, 0 is as likely.

    The sum over the words is divided by the root of their number. A second row says the same of its pairs of words.
    """
    first, middle, last = query.edges[LANES[0]], query.edges[LANES[1]], query.edges[LANES[1] + 1]
    if first == last:
        return np.zeros((2, len(entries)))
    begins, ends = query.begins[first:last], query.ends[first:last]
    channels = index.lookup.channels
    bounds = np.array([bound for entry in entries for bound in (entry.start, entry.stop)], dtype=channels[0].rows.dtype)
    lanes = chain(repeat(LANES[0], middle - first), repeat(LANES[1], last - middle))
    spans = zip(lanes, begins.tolist(), ends.tolist(), strict=True)
    edges = np.array([channels[lane].rows[begin:end].searchsorted(bounds) for lane, begin, end in spans])
    usual = (len(index.texts) / (ends - begins))[:, None]
    counts, sizes = edges[:, 1::2] - edges[:, ::2], bounds[1::2] - bounds[::2]
    times = np.log((counts * usual + COMMON) / (sizes + COMMON))
    words, pairs = middle - first, last - middle
    shares = np.zeros((2, words + pairs))
    shares[0, :words] = 1 / math.sqrt(max(1, words))
    shares[1, words:] = 1 / math.sqrt(max(1, pairs))
    found: NDArray[np.float64] = shares.dot(times)
    return found
