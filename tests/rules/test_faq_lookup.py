"""A message is looked up in all channels at once, and scores in each what it would score in that one alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from faq.grams import LATIN, character_grams, syllable_grams, word_stems
from faq.lookup import Lookup
from faq.normalise import normalise
from faq.postings import LATIN_WEIGHT, Postings

CHANNELS = (character_grams, word_stems, syllable_grams)
TEXTS = st.lists(st.sampled_from(["vpn", "the", "打印机", "卡纸", "printers", "a", "不"]), max_size=5).map(" ".join)


def lookup(texts: Sequence[str]) -> Lookup:
    return Lookup.of([Postings.of(find(texts)) for find in CHANNELS])


def features(text: str) -> list[set[int]]:
    return [set(find([text]).features.tolist()) for find in CHANNELS]


def cosine(message: set[int], row: set[int], every: Sequence[set[int]]) -> float:
    """By the book: TF-IDF with every feature counted once, a Latin gram for half."""

    def weight(feature: int) -> float:
        met = sum(feature in one for one in every)
        return (math.log((1 + len(every)) / (1 + met)) + 1) * (LATIN_WEIGHT if feature & LATIN else 1.0)

    lengths = [math.sqrt(sum(weight(feature) ** 2 for feature in one)) for one in (message, row)]
    shared = sum(weight(feature) ** 2 for feature in message & row)
    return shared / (lengths[0] * lengths[1]) if shared else 0.0


@given(texts=st.lists(TEXTS, min_size=1, max_size=5), message=TEXTS)
def test_every_row_scores_its_cosine_in_every_channel(texts: list[str], message: str) -> None:
    known = lookup(texts)
    found = known.scores(known.query([find([message]).features for find in CHANNELS]), most=10_000)
    rows = [features(text) for text in texts]
    for channel, mine in enumerate(features(message)):
        every = [row[channel] for row in rows]
        wanted = [cosine(mine, row, every) for row in every]
        scores = found[channel] if channel < len(found) else np.zeros(len(texts))
        assert np.abs(scores - wanted).max() < 1e-6


def test_the_rarest_features_count_first_when_there_are_too_many_rows() -> None:
    known = lookup([*["printer"] * 9, "printer badge"])
    query = known.query([find(["printer badge"]).features for find in CHANNELS])
    best = known.scores(query, most=3)[1]
    assert best[-1] > 0
    assert not best[:-1].any()


def test_of_each_channel_it_is_known_how_much_of_the_message_the_rows_have() -> None:
    known = lookup(["printer", "badge"])
    shares = known.known([find([normalise("printer zebra")]).features for find in CHANNELS])
    assert 0.4 < shares[1] < 0.5  # one word of two, and the strange one is the rarer
    assert shares[2] == 0.0  # nothing was said in Chinese
