"""What many phrasings of an article say counts more than what one says; and Chinese words lie near by meaning."""

from __future__ import annotations

import numpy as np

from faq.evaluation import article_of
from faq.index import build
from faq.meaning import meaning, meanings
from faq.query import understand
from faq.wording import worded


def test_a_word_of_many_phrasings_speaks_more_for_an_article_than_a_word_of_one() -> None:
    """Both articles know *badge*; one of them says it all the time."""
    often = article_of({"faq_id": "often", "questions": ["badge lost", "badge stolen", "badge broken", "new badge"]})
    once = article_of({"faq_id": "once", "questions": ["door locked", "door stuck", "door badge", "door alarm"]})
    index = build([often, once])
    by_id = dict(
        zip(
            [entry.id for entry in index.entries],
            worded(index, understand(index, "badge").query, index.entries)[0],
            strict=True,
        )
    )
    assert by_id["often"] > 0 > by_id["once"]
    assert not worded(index, understand(index, "zebra").query, index.entries).any()


def test_a_pair_of_words_speaks_for_the_article_that_says_them_together() -> None:
    together = article_of({"faq_id": "together", "questions": ["screen lock", "screen lock time", "set screen lock"]})
    apart = article_of({"faq_id": "apart", "questions": ["lock the screen", "screen and lock", "screen, then lock"]})
    index = build([together, apart])
    assert [entry.id for entry in index.entries] == ["apart", "together"]
    _, pairs = worded(index, understand(index, "my screen lock").query, index.entries)
    assert pairs[1] > pairs[0]


def test_chinese_words_of_like_meaning_lie_nearer_than_others() -> None:
    """登录 is to 登陆 what it is not to 打印; one message and many texts give the same vector."""
    sign_in, also, printing = (meaning(word) for word in ("登录账号", "登陆帐户", "打印文件"))
    assert sign_in @ also > sign_in @ printing
    assert np.array_equal(np.rint(sign_in * 127).astype(np.int8), meanings(["登录账号"])[0])
