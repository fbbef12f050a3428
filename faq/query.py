"""A message made ready to be matched: normalised, repaired by the knowledge base's words, looked up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.index import SPARSE, Index
from faq.lookup import Features, Query
from faq.meaning import meaning
from faq.message import FEATURES
from faq.normalise import has_han, normalise, syllables


@dataclass(frozen=True, slots=True)
class Asked:
    """A message made ready: repaired text, its features in each sparse channel, and what the index knows of them."""

    text: str
    repaired: str
    known_words: float
    features: Features
    query: Query
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
    features = [FEATURES[name](read[name]) for name in SPARSE]
    known_share = 1 - unknown / count if count else 0.0
    return Asked(plain, repaired, known_share, features, index.lookup.query(features), meaning(repaired))
