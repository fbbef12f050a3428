"""Articles out and in: Markdown with front matter, or one JSON object a line as the evaluation reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import yaml

from faq.article import LANGUAGES, Article, ArticleError
from faq.normalise import language_of


def markdown(article: Article) -> str:
    """The article as the file that `parse_article` reads back to the same article."""
    front: dict[str, Any] = {"title": article.title, "language": article.language}
    front |= {"services": list(article.services), "phrasings": list(article.phrasings)}
    if article.reviewed:
        front["reviewed"] = article.reviewed.isoformat()
    # Quoted wherever YAML might read something else than text; `width` keeps each phrasing on its line.
    written = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{written}---\n{article.body}"


def row(article: Article) -> dict[str, Any]:
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
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found.append(_article(json.loads(line), f"{source}:{number}"))
            except ValueError as error:
                if isinstance(error, ArticleError):
                    raise
                raise ArticleError(f"{source}:{number}: this is not JSON, or holds no article: {error}") from error
    return tuple(found)


def _article(given: object, at: str) -> Article:
    if not isinstance(given, dict):
        raise ArticleError(f"{at}: one JSON object a line is meant, this is {type(given).__name__}")
    id, answer = str(given.get("faq_id") or ""), str(given.get("answer") or "").strip()
    questions = tuple(str(question).strip() for question in given.get("questions") or () if str(question).strip())
    title = str(given.get("title") or (questions[0] if questions else "")).strip()
    if not (id and title and answer):
        raise ArticleError(f"{at}: an article needs 'faq_id', 'title' (or a question) and 'answer'")
    if not all(character.isalnum() or character in "-_." for character in id) or id.startswith("."):
        raise ArticleError(f"{at}: the id {id!r} cannot be a file's name: use letters, digits and hyphens")
    language = str(given.get("language") or language_of(f"{title} {answer}"))
    if language not in LANGUAGES:
        raise ArticleError(f"{at}: 'language' is {language!r}, write en or zh")
    reviewed = date.fromisoformat(str(given["reviewed"])) if given.get("reviewed") else None
    services = tuple(str(service) for service in given.get("services") or ())
    phrasings = tuple(dict.fromkeys(question for question in questions if question != title))
    return Article(id, language, title, phrasings, services, answer + "\n", reviewed, source=at.rpartition(":")[0])
