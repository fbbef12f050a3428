"""A thing's name alone says neither a fault nor a wish."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from intents.lexicon import Named
from intents.normalise import normalise
from intents.things import only_named, only_where

NAMED = (
    "vpn", "VPN?", "the printer", "hi, my laptop please", "I have a question about the VPN", "ｗｉｆｉ", "e-mail",
    "打印机", "我的打印机", "印表機", "密码", "请问会议室", "VPN 😀", "dayinji",
)  # fmt: skip
SAID_MORE = (
    "vpn drops", "printer problem", "paper jam", "blue screen", "new laptop", "no network", "黑屏", "打印机坏了",
    "忘记密码", "邮箱有问题", "vpn 连不上", "the", "", "?", "help", "on the screen", "vpn or wifi",
)  # fmt: skip


def test_a_name_alone_is_known_however_it_is_written() -> None:
    """With an article, a greeting, a question mark, in traditional characters, full width or pinyin."""
    assert [text for text in NAMED if not only_named(text)] == []


def test_who_says_what_is_wrong_has_said_more() -> None:
    """A symptom, a wish, two things at once."""
    assert [text for text in SAID_MORE if only_named(text)] == []


def test_an_organisation_has_names_of_its_own() -> None:
    """Tideway is the ERP of the sample company, and of nobody else."""
    assert only_named("tideway", ("Tideway",))
    assert not only_named("tideway")


def test_a_name_may_hold_what_stands_around_others() -> None:
    """ "The" and 我的 belong to these names, and may be left out."""
    names = ("The Portal", "Help with Moving", "我的门户")
    said = ("The Portal", "portal?", "about the portal please", "help with moving", "我的门户", "门户")
    assert [text for text in said if not only_named(text, names)] == []
    assert not only_named("the", names)


@given(st.text(max_size=200))
def test_any_text_at_all_is_read(text: str) -> None:
    """Nothing raises, and what is long or holds no word names nothing, whatever is called so."""
    named = only_named(text, (text,))
    assert not named or (len(text) <= 60 and re.search(r"\w", normalise(text)))


HOME = (Named("home", ("at home", "from home", "hotel wifi", "在家")),)


def test_whoever_only_tells_where_they_are_wants_nothing_yet() -> None:
    for text in ("I am at home", "I'm working from home today", "我在家", "我现在在家办公", "在家呢"):
        assert only_where(text, HOME)
    for text in ("I am at home and vpn fails", "在家连不上", "hotel wifi", "I am here", "在家怎么连公司", ""):
        assert not only_where(text, HOME)
