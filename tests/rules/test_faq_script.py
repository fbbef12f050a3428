"""Traditional script is rewritten exactly as OpenCC's own converter would, only faster."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from faq.script import mainland

CONVERTER = OpenCC("tw2sp")
KEYS = sorted(key for _, _, table in CONVERTER.dict_cache.values() for key in table)
PIECES = st.sampled_from(KEYS) | st.sampled_from(KEYS).map(lambda key: key[:-1]) | st.sampled_from(["的", "a", " ", ""])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("滑鼠壞了", "鼠标坏了"),
        ("印表機 卡紙", "打印机 卡纸"),
        ("使用者名稱", "用户名"),
        ("", ""),
        ("no Chinese", "no Chinese"),
    ],
)
def test_taiwans_words_become_mainland_ones(written: str, read: str) -> None:
    assert mainland(written) == read


@given(st.lists(PIECES, max_size=6).map("".join))
def test_every_text_comes_out_as_from_the_converter_itself(text: str) -> None:
    assert mainland(text) == CONVERTER.convert(text)
