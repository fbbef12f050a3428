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
    """A message made ready: repaired text, its features in each sparse channel, and what the index knows of them.

    `spelled` is the share of its Chinese syllables that were typed in Latin letters.
    """

    text: str
    repaired: str
    known_words: float
    spelled: float
    features: Features
    query: Query
    meaning: NDArray[np.float32]


def understand(index: Index, text: str) -> Asked:
    """The message normalised, its words repaired by the index's vocabulary, looked up in each channel."""
    plain = normalise(text)
    tokens = []
    unknown = written = spelled = 0
    spoken = []
    for token in plain.split():
        if has_han(token):
            tokens.append(token)
            spoken.append(token)
            written += len(token)
            continue
        known = token in index.vocabulary.frequency
        unknown += not known
        mended = (token,) if known else index.vocabulary.repaired(token)
        tokens.extend(mended)
        heard = None if known or mended != (token,) else syllables().read(token)
        spoken.append(heard or " ")
        spelled += len(heard or "")
    repaired = " ".join(tokens)
    read = {"characters": plain, "words": repaired, "pairs": repaired, "sounds": "".join(spoken)}
    features = [FEATURES[name](read[name]) for name in SPARSE]
    return Asked(
        text=plain,
        repaired=repaired,
        known_words=1 - unknown / max(1, len(plain.split())),
        spelled=spelled / (spelled + written) if spelled else 0.0,
        features=features,
        query=index.lookup.query(features),
        meaning=meaning(repaired),
    )
