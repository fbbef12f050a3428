"""Articles out and in: Markdown with front matter, or one JSON object a line as the evaluation reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import yaml

from faq.article import LANGUAGES, Article, ArticleError
from faq.normalise import language_of
from faq.rows import Row, RowError, numbered


def markdown(article: Article) -> str:
    """The article as the file that `parse_article` reads back to the same article."""
    front: dict[str, Any] = {"title": article.title, "language": article.language}
    front |= {"services": list(article.services), "phrasings": list(article.phrasings)}
    if article.reviewed:
        front["reviewed"] = article.reviewed.isoformat()
    # Quoted wherever YAML might read something else than text; `width` keeps each phrasing on its line.
    written = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{written}---\n{article.body}"


def row(article: Article) -> Row:
    """The article as a row of JSON lines; the evaluation reads `faq_id`, `title`, `questions` and `answer` of it."""
    return {
        "faq_id": article.id,
        "language": article.language,
        "title": article.title,
        "questions": list(article.phrasings),
        "answer": article.body,
        "services": list(article.services),
        "reviewed": article.reviewed.isoformat() if article.reviewed else None,
    }


def lines(articles: Iterable[Article]) -> str:
    """The articles as JSON lines."""
    return "".join(json.dumps(row(article), ensure_ascii=False) + "\n" for article in articles)


def from_lines(text: str, source: str) -> tuple[Article, ...]:
    """The articles of JSON lines. Raises ArticleError naming the file and line of the first one that is none."""
    found: dict[tuple[str, str], Article] = {}
    try:
        for at, given in numbered(text, source):
            article = _article(given, at)
            if (article.id, article.language) in found:
                raise ArticleError(f"{at}: {article.id!r} stands here a second time in {article.language}, delete one")
            found[article.id, article.language] = article
    except RowError as error:
        raise ArticleError(str(error)) from error
    return tuple(found.values())


def _article(given: Row, at: str) -> Article:
    id, answer = str(given.get("faq_id") or ""), str(given.get("answer") or "").strip()
    questions = _texts(given, "questions", at)
    title = str(given.get("title") or (questions[0] if questions else "")).strip()
    if not (id and title and answer):
        raise ArticleError(f"{at}: an article needs 'faq_id', 'title' (or a question) and 'answer'")
    if not all(character.isalnum() or character in "-_." for character in id) or id.startswith("."):
        raise ArticleError(f"{at}: the id {id!r} cannot be a file's name: use letters, digits and hyphens")
    language = str(given.get("language") or language_of(f"{title} {answer}"))
    if language not in LANGUAGES:
        raise ArticleError(f"{at}: 'language' is {language!r}, write en or zh")
    phrasings = tuple(dict.fromkeys(question for question in questions if question != title))
    services, source = _texts(given, "services", at), at.rpartition(":")[0]
    return Article(id, language, title, phrasings, services, answer + "\n", _reviewed(given, at), source)


def _texts(given: Row, name: str, at: str) -> tuple[str, ...]:
    texts = given.get(name) or []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ArticleError(f"{at}: {name!r} is no list of texts")
    return tuple(text.strip() for text in texts if text.strip())


def _reviewed(given: Row, at: str) -> date | None:
    written = given.get("reviewed")
    try:
        return date.fromisoformat(str(written)) if written else None
    except ValueError as error:
        raise ArticleError(f"{at}: 'reviewed' is {written!r}, write a date such as 2026-11-01") from error
