"""How usual the message's words are with each article: what many of its phrasings say tells more than what one says.

The likeness of single phrasings cannot see that. Naive Bayes over word stems can (multinomial, with Dirichlet's prior,
as Zhai and Lafferty smooth language models, 2004), and reads all its numbers off the index.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from faq.index import Entry, Index
from faq.postings import Query

COMMON = 4  # phrasings worded like all others that every article is thought to have besides its own


def worded(index: Index, query: Query, entries: Sequence[Entry]) -> list[float]:
    """For each entry how much likelier the message's known words are in it than in all: a logarithm, 0 is as likely.

    The sum over the words is divided by the root of their number.
    """
    words = index.words
    begins, ends = words.starts[query.positions], words.starts[query.positions + 1]
    if not len(begins):
        return [0.0] * len(entries)
    bounds = np.array([(entry.start, entry.stop) for entry in entries], dtype=words.rows.dtype)
    inside = [
        words.rows[begin:end].searchsorted(bounds) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
    ]
    edges = np.array(inside)
    counts = edges[:, :, 1] - edges[:, :, 0]
    usual = (len(index.texts) / (ends - begins))[:, None]
    times = np.log((counts * usual + COMMON) / (bounds[:, 1] - bounds[:, 0] + COMMON))
    found: list[float] = (times.sum(axis=0) / np.sqrt(len(begins))).tolist()
    return found
