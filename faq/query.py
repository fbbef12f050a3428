"""A message made ready to be matched: normalised, repaired by the knowledge base's words, looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.index import Index
from faq.meaning import meaning
from faq.message import FEATURES
from faq.normalise import has_han, normalise, syllables
from faq.postings import Query


@dataclass(frozen=True, slots=True)
class Asked:
    """A message made ready: repaired text and its query in each channel."""

    text: str
    repaired: str
    known_words: float
    queries: Mapping[str, Query]
    meaning: NDArray[np.float32]


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
    read = {"characters": plain, "words": repaired, "pairs": repaired, "sounds": "".join(spoken)}
    queries = {name: getattr(index, name).query(FEATURES[name](text)) for name, text in read.items()}
    return Asked(plain, repaired, 1 - unknown / count if count else 0.0, queries, meaning(repaired))
