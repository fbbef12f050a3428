"""The English articles as a stressed person meets them: short, findable, and honest about when to stop."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from faq.article import SHIPPED, Article, parse_article

FOLDER = SHIPPED / "en"
PATHS = sorted(FOLDER.glob("*.md"))
# The keys the sample organisation and the diagnosis flows use too.
SERVICES = {
    "vpn",
    "wifi",
    "wired-network",
    "internet",
    "email",
    "printing",
    "scanning",
    "computer",
    "display",
    "storage",
    "shared-drive",
    "accounts",
    "meeting-rooms",
    "video-meetings",
    "telephone",
    "software",
    "erp",
    "security",
    "backup",
    "onboarding",
}
# What the product promises to ship in each language.
PROMISED = 45
# Longer than this and a person with a dead laptop reads it on a phone in two screens or not at all.
WORDS = range(60, 171)


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {path.stem: parse_article(path.read_text(encoding="utf-8"), str(path)) for path in PATHS}


@pytest.fixture(params=[path.stem for path in PATHS])
def article(request: pytest.FixtureRequest, articles: dict[str, Article]) -> Article:
    return articles[request.param]


def as_typed(phrasing: str) -> str:
    """Two phrasings that differ only in case, punctuation or word order are one to a person."""
    return " ".join(sorted(re.findall(r"\w+", phrasing.casefold())))


def words(body: str) -> int:
    return len(re.findall(r"\S+", re.sub(r"[*>]|^\d+\. ", "", body, flags=re.MULTILINE)))


def test_as_many_articles_ship_as_were_promised() -> None:
    assert len(PATHS) >= PROMISED


def test_an_article_is_in_english_and_says_when_it_was_reviewed(article: Article) -> None:
    assert article.language == "en"
    assert article.reviewed is not None


def test_an_article_knows_at_least_five_ways_people_put_it(article: Article) -> None:
    assert 5 <= len(article.phrasings) <= 8


def test_an_article_says_when_to_ask_for_help(article: Article) -> None:
    assert re.search(r"\*\*[^*]*ask for help[^*]*\*\*|Ask for help right here", article.body)


def test_an_article_gives_numbered_steps_in_order(article: Article) -> None:
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", article.body, re.MULTILINE)]
    assert len(numbers) >= 4
    assert numbers == list(range(1, len(numbers) + 1))


def test_an_article_belongs_to_one_to_three_services_we_offer(article: Article) -> None:
    assert 1 <= len(article.services) <= 3
    assert set(article.services) <= SERVICES


def test_an_article_is_short_enough_to_be_read_in_distress(article: Article) -> None:
    assert words(article.body) in WORDS


def test_an_article_uses_only_markdown_that_every_channel_can_draw(article: Article) -> None:
    for unwanted in (r"^###", r"^\|", r"!\[", r"<[a-z/!]", r"http://", r"^[ \t]+\d+\. "):
        assert not re.search(unwanted, article.body, re.MULTILINE), unwanted
    for line in article.body.splitlines():
        assert line.count("**") % 2 == 0, line
        assert line.count("`") % 2 == 0, line


def test_every_service_has_an_article(articles: dict[str, Article]) -> None:
    assert {service for article in articles.values() for service in article.services} == SERVICES


def test_no_two_articles_share_a_title_or_a_phrasing(articles: dict[str, Article]) -> None:
    typed = Counter(
        phrase
        for article in articles.values()
        for phrase in {as_typed(text) for text in (article.title, *article.phrasings)}
    )
    assert [phrase for phrase, uses in typed.items() if uses > 1] == []


@pytest.mark.parametrize(
    ("slug", "warning"),
    [
        ("battery-wont-charge", "do not open"),
        ("fan-loud-overheating", "do not open"),
        ("ransomware-suspected", "Pull out the network cable"),
        ("ransomware-suspected", "Do not switch off"),
        ("suspicious-mail", "Do not click"),
        ("wired-network-down", "Never connect two wall sockets"),
        ("printer-paper-jam", "can be very hot"),
        ("password-forgotten", "Never write your password"),
        ("mfa-new-phone", "Never read a code to anyone"),
    ],
)
def test_where_harm_is_possible_the_article_warns(articles: dict[str, Article], slug: str, warning: str) -> None:
    assert warning in articles[slug].body
