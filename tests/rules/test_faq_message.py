"""A message is read word by word, and gets exactly the features that many texts at once would get."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq import index, meaning, message
from faq.normalise import normalise

TEXTS = st.lists(
    st.sampled_from(["vpn", "the", "打印机", "a", "㐀中", "é", "printers", "x1", "不"]) | st.text(max_size=30)
).map(lambda parts: normalise(" ".join(parts)))


@pytest.mark.parametrize("channel", index.SPARSE)
@given(text=TEXTS)
def test_one_text_has_the_same_features_as_among_many(channel: str, text: str) -> None:
    assert message.FEATURES[channel](text).tolist() == index.FEATURES[channel]([text]).features.tolist()


@pytest.mark.parametrize("channel", index.SPARSE)
@given(texts=st.lists(TEXTS, max_size=5))
def test_each_of_many_texts_has_the_features_it_has_alone(channel: str, texts: list[str]) -> None:
    bags = index.FEATURES[channel](texts)
    found = [bags.features[begin:end].tolist() for begin, end in pairwise(bags.starts.tolist())]
    assert found == [message.FEATURES[channel](text).tolist() for text in texts]


@given(text=TEXTS)
def test_one_text_means_the_same_as_among_many(text: str) -> None:
    assert np.abs(meaning.meaning(text) * meaning.FULL - meaning.meanings([text])[0]).max() < 0.01
