"""How usual the message's words are with each article: what many of its phrasings say tells more than what one says.

The likeness of single phrasings cannot see that. Naive Bayes over word stems can (multinomial, with Dirichlet's prior,
as Zhai and Lafferty smooth language models, 2004), and reads all its numbers off the index.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from faq.index import SPARSE, Entry, Index
from faq.lookup import Query

COMMON = 4  # phrasings worded like all others that every article is thought to have besides its own
WORDS = SPARSE.index("words")


def worded(index: Index, query: Query, entries: Sequence[Entry]) -> list[float]:
    """For each entry how much likelier the message's known words are in it than in all: a logarithm, 0 is as likely.

    The sum over the words is divided by the root of their number.
    """
    words = slice(query.edges[WORDS], query.edges[WORDS + 1])
    begins, ends = query.begins[words], query.ends[words]
    if not len(begins):
        return [0.0] * len(entries)
    rows = index.lookup.channels[WORDS].rows
    bounds = np.array([bound for entry in entries for bound in (entry.start, entry.stop)], dtype=rows.dtype)
    spans = zip(begins.tolist(), ends.tolist(), strict=True)
    edges = np.array([rows[begin:end].searchsorted(bounds) for begin, end in spans])
    usual = (len(index.texts) / (ends - begins))[:, None]
    counts, sizes = edges[:, 1::2] - edges[:, ::2], bounds[1::2] - bounds[::2]
    times = np.log((counts * usual + COMMON) / (sizes + COMMON))
    found: list[float] = (times.sum(axis=0) / math.sqrt(len(begins))).tolist()
    return found
