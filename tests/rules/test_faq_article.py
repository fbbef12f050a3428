"""Articles are Markdown with front matter; every mistake is named by file and line."""

from datetime import date
from pathlib import Path

import pytest

from faq.article import ArticleError, ArticleErrors, load_articles, parse_article, shipped_articles

VPN = """---
title: VPN keeps disconnecting
language: en
services: [vpn]
phrasings:
  - vpn drops every few minutes
  - can't stay connected to the vpn
reviewed: 2026-11-01
---
1. Close the VPN and open it again.
"""


def test_an_article_is_its_front_matter_and_its_markdown() -> None:
    article = parse_article(VPN, "en/vpn-drops.md")
    assert (article.id, article.language, article.title) == ("vpn-drops", "en", "VPN keeps disconnecting")
    assert article.phrasings == ("vpn drops every few minutes", "can't stay connected to the vpn")
    assert article.services == ("vpn",)
    assert article.reviewed == date(2026, 11, 1)
    assert article.body == "1. Close the VPN and open it again.\n"
    assert article.source == "en/vpn-drops.md"


def test_phrasings_services_and_review_date_may_be_missing() -> None:
    article = parse_article("---\ntitle: 打印机卡纸\nlanguage: zh\n---\n打开前盖。\n", "zh/jam.md")
    assert (article.phrasings, article.services, article.reviewed) == ((), (), None)


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    article = parse_article(VPN.replace("- vpn drops every few minutes", "- no\n  - 404\n  - 8:30"), "en/vpn.md")
    assert article.phrasings[:3] == ("no", "404", "8:30")


def test_a_file_saved_on_windows_reads_the_same() -> None:
    windows = "\ufeff" + VPN.replace("\n", "\r\n")
    assert parse_article(windows, "vpn.md") == parse_article(VPN, "vpn.md")


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("phrasings:", "phrasing:", 5, "did you mean 'phrasings'"),
        ("title: VPN keeps disconnecting", "title:", 2, "'title' is missing"),
        ("language: en", "language: fr", 3, "'language' is 'fr'"),
        ("[vpn]", "vpn", 4, "must be a list"),
        ("- vpn drops every few minutes", "- vpn: drops every few minutes", 6, "put it in quotes"),
        ("- vpn drops every few minutes", "-", 6, "is not text"),
        ("reviewed: 2026-11-01", "title: another", 8, "'title' stands here a second time"),
        ("reviewed: 2026-11-01", "reviewed: last week", 8, "such as 2026-11-01"),
        ("services: [vpn]", "services: [vpn", 5, "not YAML"),
        ("1. Close the VPN and open it again.", "", 10, "no text"),
    ],
)
def test_a_mistake_is_named_by_file_and_line(before: str, after: str, line: int, said: str) -> None:
    with pytest.raises(ArticleError) as caught:
        parse_article(VPN.replace(before, after), "en/vpn.md")
    assert str(caught.value).startswith(f"en/vpn.md:{line}:")
    assert said in str(caught.value)


def test_a_file_without_front_matter_says_how_to_begin() -> None:
    with pytest.raises(ArticleError, match="must begin with a line '---'"):
        parse_article("# VPN\n", "en/vpn.md")
    with pytest.raises(ArticleError, match="close it"):
        parse_article("---\ntitle: VPN\n", "en/vpn.md")


def test_a_folder_reports_all_its_mistakes_at_once(tmp_path: Path) -> None:
    for name, text in {
        "en/good": VPN,
        "en/bare": "no front matter",
        "zh/vpn": VPN,
        "en/typo": VPN.replace("title", "titel"),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    with pytest.raises(ArticleErrors) as caught:
        load_articles(tmp_path)
    said = [str(error).removeprefix(str(tmp_path)) for error in caught.value.errors]
    assert [line.split(":")[0] for line in said] == ["/en/bare.md", "/en/typo.md", "/zh/vpn.md"]
    assert "did you mean 'title'" in said[1]
    assert "'zh/'" in said[2]


def test_a_folder_of_good_articles_gives_each_once_per_language(tmp_path: Path) -> None:
    for language in ("en", "zh"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "vpn.md").write_text(VPN.replace("language: en", f"language: {language}"), "utf-8")
    assert [(article.id, article.language) for article in load_articles(tmp_path)] == [
        ("vpn", "en"),
        ("vpn", "zh"),
    ]


def test_the_shipped_articles_can_be_read() -> None:
    shipped_articles()
