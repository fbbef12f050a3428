"""The shipped Chinese articles are complete, distinct, and always say when to stop and ask a person."""

import re
import unicodedata
from collections import Counter

import pytest
from markdown_it import MarkdownIt

from faq.article import SHIPPED, Article, parse_article

SERVICES = frozenset(
    {
        *("vpn", "wifi", "wired-network", "internet", "email", "printing", "scanning"),
        *("computer", "display", "storage", "shared-drive", "accounts", "meeting-rooms"),
        *("video-meetings", "telephone", "software", "erp", "security", "backup", "onboarding"),
    }
)
ASKS_FOR_HELP = "**遇到下列情况请停下来找我们：** "
HAN = re.compile("[\u4e00-\u9fff]")
HALF_WIDTH_MARK_AFTER_HAN = re.compile(r"[\u4e00-\u9fff][,;:?!]")
NOT_SIMPLE_MARKDOWN = re.compile(r"^#|^\s*\||<\w|!\[|https?://", re.MULTILINE)

FILES = sorted((SHIPPED / "zh").glob("*.md"))
ARTICLES = tuple(parse_article(path.read_text(encoding="utf-8"), str(path)) for path in FILES)
each_article = pytest.mark.parametrize("article", ARTICLES, ids=[article.id for article in ARTICLES])


def same_words(phrasing: str) -> str:
    """The phrasing without case, width, blanks and punctuation: what two articles must not share."""
    folded = unicodedata.normalize("NFKC", phrasing).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def test_every_english_article_has_a_chinese_sister() -> None:
    english = {path.stem for path in (SHIPPED / "en").glob("*.md")}
    assert {article.id for article in ARTICLES} == english
    assert len(ARTICLES) >= 45


@each_article
def test_people_ask_for_it_in_five_to_eight_ways(article: Article) -> None:
    assert 5 <= len(article.phrasings) <= 8
    assert article.title not in article.phrasings


@each_article
def test_it_says_when_to_stop_and_ask_for_help(article: Article) -> None:
    assert article.body.count(ASKS_FOR_HELP) == 1


@each_article
def test_it_names_one_to_three_known_services(article: Article) -> None:
    assert 1 <= len(article.services) <= 3
    assert set(article.services) <= SERVICES


@each_article
def test_it_is_short_enough_for_somebody_in_a_hurry(article: Article) -> None:
    assert 120 <= len(HAN.findall(article.body)) <= 320


@each_article
def test_its_steps_are_counted_from_one_without_a_gap(article: Article) -> None:
    steps = [int(number) for number in re.findall(r"^(\d+)\. ", article.body, re.MULTILINE)]
    assert len(steps) >= 4
    assert steps == list(range(1, len(steps) + 1))


@each_article
def test_it_is_simple_markdown_in_chinese_punctuation(article: Article) -> None:
    assert not NOT_SIMPLE_MARKDOWN.search(article.body)
    assert not HALF_WIDTH_MARK_AFTER_HAN.search(article.body)


@each_article
def test_its_bold_text_is_shown_bold(article: Article) -> None:
    """Markdown leaves the stars standing where a letter touches a bold text that ends in punctuation."""
    assert "*" not in MarkdownIt().render(article.body)


@each_article
def test_somebody_reviewed_it(article: Article) -> None:
    assert article.reviewed is not None


def test_no_phrasing_or_title_belongs_to_two_articles() -> None:
    words = Counter(
        spoken for article in ARTICLES for spoken in {same_words(text) for text in (article.title, *article.phrasings)}
    )
    assert [spoken for spoken, articles in words.items() if articles > 1] == []


def test_every_service_has_an_article() -> None:
    assert {service for article in ARTICLES for service in article.services} == SERVICES


def test_ransomware_means_unplug_and_leave_it_running() -> None:
    body = next(article.body for article in ARTICLES if article.id == "ransomware-suspected")
    assert body.index("拔掉网线") < body.index("不要关机")


def test_a_swollen_battery_comes_before_every_step() -> None:
    body = next(article.body for article in ARTICLES if article.id == "battery-wont-charge")
    assert body.index("鼓包") < body.index("1. ")


def test_a_suspicious_mail_is_not_clicked_but_reported() -> None:
    body = next(article.body for article in ARTICLES if article.id == "suspicious-mail")
    assert body.index("不要点链接") < body.index("举报")
