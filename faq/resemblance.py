"""How like one another texts are that people wrote about their troubles, by the features that find answers for them.

Two views of a text: the answers it may call for, which are the same in every language, and its words and letters.
Plain functions over an index: the same texts give the same numbers, whatever their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.grams import character_grams, syllable_grams, word_stems
from faq.index import MIXING, Index
from faq.match import match
from faq.normalise import normalise

WIDTH = 1024  # numbers a view by words, a power of two
LENGTH = 300  # characters read of a text
PLAIN = 0.5  # two texts whose answers are as probable as this are judged by these in full
CHANNELS = (("characters", character_grams), ("words", word_stems), ("sounds", syllable_grams))
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Traits:
    """A text as it is compared: by its answers, how probable the best of them is, and by its words. Unit vectors."""

    answers: Floats
    surest: float
    words: Floats


@dataclass(frozen=True, slots=True)
class Resemblance:
    """`likeness` is 0 to 1; `apart`, 0 to 1, how surely two texts call for different answers."""

    likeness: float
    apart: float


def traits(index: Index, text: str) -> Traits:
    """What is compared of a text; a text without letters or characters is like nothing."""
    text = text[:LENGTH]
    numbers = {entry.id: number for number, entry in enumerate(index.entries)}
    answers = np.zeros(len(numbers), dtype=np.float32)
    for found in match(index, text, language="en"):
        answers[numbers[found.article_id]] = found.probability
    return Traits(_unit(answers), float(answers.max(initial=0.0)), _words(index, text))


def resemblance(one: Traits, other: Traits) -> Resemblance:
    """How like two texts are."""
    understood = one.surest * other.surest
    same_answers = float(one.answers @ other.answers) * min(1.0, understood**0.5 / PLAIN)
    likeness = max(same_answers, float(one.words @ other.words), 0.0)
    return Resemblance(round(min(likeness, 1.0), 4), round(understood * (1 - min(likeness, 1.0)), 4))


def resemblances(every: Sequence[Traits]) -> dict[tuple[int, int], Resemblance]:
    """Each pair of these, by their positions, the smaller first."""
    if not every:
        return {}
    answers, words = np.stack([one.answers for one in every]), np.stack([one.words for one in every])
    surest = np.array([one.surest for one in every], dtype=np.float32)
    understood = surest[:, None] * surest[None, :]
    same_answers = (answers @ answers.T) * np.minimum(1.0, np.sqrt(understood) / PLAIN)
    likeness = np.clip(np.maximum(same_answers, words @ words.T), 0.0, 1.0)
    apart = understood * (1 - likeness)
    return {
        (first, second): Resemblance(round(float(likeness[first, second]), 4), round(float(apart[first, second]), 4))
        for second in range(len(every))
        for first in range(second)
    }


def _words(index: Index, text: str) -> Floats:
    """Letters, words and sounds, each hashed to a place and a sign, the rare ones counting more."""
    vector = np.zeros(WIDTH, dtype=np.float64)
    plain = normalise(text)
    for name, read in CHANNELS:
        features = read([plain]).features
        if not len(features):
            continue
        postings = index.channel(name)
        weight = np.full(len(features), np.log(1 + postings.row_count) + 1)
        if len(postings.features):
            at = np.minimum(np.searchsorted(postings.features, features), len(postings.features) - 1)
            known = postings.features[at] == features
            weight[known] = postings.rarity[at[known]]
        weight *= (MIXING[name] / max(float(weight @ weight), 1e-9)) ** 0.5
        places = (features >> np.uint32(1)) & np.uint32(WIDTH - 1)
        signs = np.where(features >> np.uint32(31), 1.0, -1.0)
        vector += np.bincount(places, weight * signs, minlength=WIDTH)
    return _unit(vector.astype(np.float32))


def _unit(vector: Floats) -> Floats:
    length = float(np.sqrt(vector @ vector))
    return vector / np.float32(length) if length else vector
