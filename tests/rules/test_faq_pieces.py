"""Chinese words are cut into known pieces side by side just as each is cut by itself."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq import pieces
from faq.normalise import has_han

WORDS = ("电脑", "登录账号", "打印机卡纸了怎么办", "㐀", "龥龥电脑龥", "vpn", "disconnecting", "x" * 40, "naïve")


@cache
def chinese() -> list[str]:
    return [piece for piece in pieces.numbers() if has_han(piece)]


some = st.sampled_from(WORDS) | st.lists(st.integers(0, 10_000), min_size=1, max_size=6).map(
    lambda places: "".join(chinese()[place % len(chinese())] for place in places)
)


@given(st.lists(some, unique=True, max_size=20))
def test_many_words_at_once_are_cut_like_one_by_one(words: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pieces, "MANY", 0)
        found = pieces.cut(words)
    for at, word in enumerate(words):
        numbers = tuple(found.numbers[found.starts[at] : found.starts[at + 1]].tolist())
        assert pieces.Pieces(numbers, int(found.sizes[at]), int(found.covered[at])) == pieces.pieces(word)


def test_the_longest_piece_is_taken_first_and_what_is_in_none_is_passed_over() -> None:
    known = pieces.numbers()
    assert pieces.pieces("龥打印密码") == ((known["打印"], known["密码"]), 15, 12)
    assert pieces.pieces("disconnecting").covered == len("disconnecting")
