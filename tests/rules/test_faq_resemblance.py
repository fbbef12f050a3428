"""The same fault told in other words, or in another language, is like itself; another one is not."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.article import shipped_articles
from faq.index import Index, build
from faq.resemblance import Traits, resemblance, resemblances, traits


@cache
def index() -> Index:
    return build(shipped_articles())


def of(text: str) -> Traits:
    return traits(index(), text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("wifi is down on floor 3", "无线网连不上"),
        ("my mails do not go out", "发邮件一直在发件箱"),
        ("the tunnel drops every five minutes", "远程连接一直断"),
        ("the glimmer wobbles", "my glimmer is wobbling again"),
    ],
)
def test_one_fault_in_other_words_is_like_itself(one: str, other: str) -> None:
    found = resemblance(of(one), of(other))
    assert found.likeness > 0.45
    assert found.apart < 0.1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paper jam in the printer on 3", "打印机脱机"),
        ("mailbox full", "outlook won't open"),
        ("VPN password expired", "first time VPN setup on new laptop"),
    ],
)
def test_different_faults_of_one_thing_stand_apart(one: str, other: str) -> None:
    found = resemblance(of(one), of(other))
    assert found.apart > 0.3
    assert found.likeness < 0.2


def test_many_are_compared_as_two_are_whatever_their_order() -> None:
    texts = ("VPN is gone", "VPN 连不上", "", "paper jam", "🙂", "打印机卡纸")
    every = [of(text) for text in texts]
    pairs = resemblances(every)
    back = resemblances(every[::-1])
    for (one, other), found in pairs.items():
        assert found == resemblance(every[one], every[other])
        assert found == back[(len(texts) - 1 - other, len(texts) - 1 - one)]
    assert resemblances([]) == {}


@given(st.text(max_size=400), st.text(max_size=400))
@settings(max_examples=40, deadline=None)
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    found = resemblance(of(one), of(other))
    assert found == resemblance(of(other), of(one))
    assert 0 <= found.likeness <= 1
    assert 0 <= found.apart <= 1
