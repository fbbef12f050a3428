"""Measure the engine on a knowledge base and messages in JSON lines, with the code the product runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from faq.article import LANGUAGES, Article
from faq.index import Index, build
from faq.match import Match, Weights, match
from faq.normalise import language_of
from faq.rows import RowError, is_name, numbered
from faq.verdict import AS_SHIPPED, DEFAULT, Answer, Platt, Suggest, Thresholds, decide, refit

Row = Mapping[str, Any]


def articles_in(text: str, source: str) -> tuple[Article, ...]:
    """The articles of JSON lines.

    Raises RowError for the first row that is none, for one whose id another row has, and where there is none at all.
    """
    first: dict[tuple[str, str], str] = {}
    articles = []
    for at, row in numbered(text, source):
        _refuse(row, at)
        article = article_of(row)
        earlier = first.setdefault((article.id, article.language), at)
        if earlier != at:
            line = earlier.rpartition(":")[2]
            raise RowError(f"{at}: 'faq_id' {article.id!r} stands in line {line} already, put its questions in one row")
        articles.append(article)
    if not articles:
        raise RowError(f"{source}:1: there are no articles in this file")
    return tuple(articles)


def _refuse(row: Row, at: str) -> None:
    if "faq_id" not in row:
        raise RowError(f"{at}: the row has no 'faq_id'")
    if not is_name(row["faq_id"]):
        raise RowError(f"{at}: 'faq_id' is {row['faq_id']!r}, a text or a whole number is meant")
    questions = row.get("questions", [])
    if not isinstance(questions, list) or not all(isinstance(question, str) for question in questions):
        raise RowError(f"{at}: 'questions' is no list of texts")
    for name in ("title", "answer"):
        if not isinstance(row.get(name) or "", str):
            raise RowError(f"{at}: {name!r} is no text")
    if not any(text.strip() for text in (row.get("title") or "", *questions)):
        raise RowError(f"{at}: the article has neither a title nor a question to be found by")


def article_of(row: Row) -> Article:
    """An article from {"faq_id", "title"?, "questions", "answer"?, "language"?}.

    The first question is the title where none is given, and the words tell the language.
    """
    questions = [str(question) for question in row.get("questions", ()) if str(question).strip()]
    title = str(row.get("title") or (questions[0] if questions else row["faq_id"]))
    language = row.get("language")
    return Article(
        id=str(row["faq_id"]),
        language=language if language in LANGUAGES else language_of(" ".join([title, *questions])),
        title=title,
        phrasings=tuple(questions),
        services=(),
        body=str(row.get("answer") or ""),
        reviewed=None,
    )


def knowledge_base(rows: Iterable[Row]) -> Index:
    """An index over rows of a knowledge base."""
    return build(article_of(row) for row in rows)


def predictions(
    index: Index,
    queries: Iterable[Row],
    *,
    thresholds: Thresholds = DEFAULT,
    platt: Platt = AS_SHIPPED,
    weights: Weights | None = None,
) -> Iterator[dict[str, Any]]:
    """For each {"qid", "text"} a row {"qid", "ranked": [[id, probability], …], "action"}.

    The action is "answer", "suggest" or "ticket".
    """
    for query in queries:
        text = str(query["text"])
        matches = match(index, text, language=language_of(text), weights=weights)
        yield {
            "qid": query["qid"],
            "ranked": [[found.article_id, round(platt(found.probability), 6)] for found in matches],
            "action": _action(matches, thresholds, platt),
        }


def fitted(index: Index, labels: Iterable[Row], weights: Weights | None = None) -> Platt:
    """The calibration learned from {"text", "gold"} rows, each a press on the best match, right or not."""
    return refit(presses(index, labels, weights))


def presses(index: Index, labels: Iterable[Row], weights: Weights | None = None) -> list[tuple[float, bool]]:
    """For each {"text", "gold"} row how sure we were of the best match, and whether it was right."""
    pressed = []
    for label in labels:
        text = str(label["text"])
        matches = match(index, text, language=language_of(text), limit=1, weights=weights)
        if matches:
            pressed.append((matches[0].probability, matches[0].article_id in _golds(label["gold"])))
    return pressed


def _golds(gold: object) -> Sequence[str]:
    if gold is None:
        return ()
    return tuple(map(str, gold)) if isinstance(gold, list) else (str(gold),)


def _action(matches: Sequence[Match], thresholds: Thresholds, platt: Platt) -> str:
    match decide(matches, thresholds, platt):
        case Answer():
            return "answer"
        case Suggest():
            return "suggest"
        case _:
            return "ticket"
