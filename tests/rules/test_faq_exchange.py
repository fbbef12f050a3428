"""Articles leave and come back the same, as Markdown and as JSON lines."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.article import Article, ArticleError, parse_article, shipped_articles
from faq.exchange import from_lines, lines, markdown


def bare(article: Article) -> Article:
    return replace(article, source="")


def test_every_shipped_article_comes_back_from_markdown_and_from_json_lines() -> None:
    shipped = shipped_articles()
    assert [bare(parse_article(markdown(one), f"{one.id}.md")) for one in shipped] == [bare(one) for one in shipped]
    assert [bare(one) for one in from_lines(lines(shipped), "kb.jsonl")] == [bare(one) for one in shipped]


words = st.text(alphabet="ab c:#-'\"{}[]&*!|>%@`,?打印 noyes0123", min_size=1, max_size=40).filter(
    lambda text: text.strip() == text
)


@given(words, st.lists(words, max_size=4, unique=True), st.dates(date(2020, 1, 1), date(2030, 1, 1)) | st.none())
def test_any_title_and_phrasings_survive_yaml(title: str, phrasings: list[str], reviewed: date | None) -> None:
    one = Article("id", "en", title, tuple(phrasings), ("vpn",), "1. Step.\n", reviewed)
    assert bare(parse_article(markdown(one), "id.md")) == one


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("[]", "one JSON object a line"),
        ("{", "this is not JSON"),
        (json.dumps({"faq_id": "vpn", "questions": ["q"]}), "needs 'faq_id', 'title'"),
        (json.dumps({"faq_id": "../vpn", "title": "t", "answer": "a"}), "cannot be a file's name"),
        (json.dumps({"faq_id": "vpn", "title": "t", "answer": "a", "language": "fr"}), "write en or zh"),
        (json.dumps({"faq_id": "vpn", "title": "t", "answer": "a", "reviewed": "soon"}), "write a date such as"),
        (json.dumps({"faq_id": "vpn", "title": "t", "answer": "a", "questions": "q"}), "no list of texts"),
    ],
)
def test_a_line_that_is_no_article_is_named(row: str, said: str) -> None:
    with pytest.raises(ArticleError) as caught:
        from_lines(f"\n{row}\n", "kb.jsonl")
    assert str(caught.value).startswith("kb.jsonl:2: ")
    assert said in str(caught.value)


def test_an_article_that_stands_there_twice_is_named() -> None:
    row = json.dumps({"faq_id": "vpn", "title": "t", "answer": "a"})
    with pytest.raises(ArticleError, match=r"kb\.jsonl:2: 'vpn' stands here a second time in en"):
        from_lines(f"{row}\n{row}\n", "kb.jsonl")
