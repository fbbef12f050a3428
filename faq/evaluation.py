"""Measure the engine on a knowledge base and messages in JSON lines, with the code the product runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from faq.article import Article
from faq.index import Index, build
from faq.match import Match, Weights, match
from faq.normalise import language_of
from faq.verdict import AS_SHIPPED, DEFAULT, Answer, Platt, Suggest, Thresholds, decide, refit

Row = Mapping[str, Any]


def read_rows(lines: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """JSON lines as dictionaries, blank lines skipped. Raises ValueError naming the first bad line."""
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"line {number}: this is not JSON: {error.msg}") from error
        if not isinstance(row, dict):
            raise ValueError(f"line {number}: one JSON object a line is meant, this is {type(row).__name__}")
        rows.append(row)
    return tuple(rows)


def article_of(row: Row) -> Article:
    """An article from {"faq_id", "title"?, "questions", "answer"?}.

    The first question is the title where none is given.
    """
    questions = [str(question) for question in row.get("questions", ())]
    title = str(row.get("title") or (questions[0] if questions else row["faq_id"]))
    return Article(
        id=str(row["faq_id"]),
        language=language_of(" ".join([title, *questions])),
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
    pressed = []
    for label in labels:
        text = str(label["text"])
        matches = match(index, text, language=language_of(text), limit=1, weights=weights)
        if matches:
            pressed.append((matches[0].probability, matches[0].article_id in _golds(label.get("gold"))))
    return refit(pressed)


def _golds(gold: object) -> Sequence[str]:
    match gold:
        case None:
            return ()
        case str():
            return (gold,)
        case _:
            return tuple(str(one) for one in gold) if isinstance(gold, list) else ()


def _action(matches: Sequence[Match], thresholds: Thresholds, platt: Platt) -> str:
    match decide(matches, thresholds, platt):
        case Answer():
            return "answer"
        case Suggest():
            return "suggest"
        case _:
            return "ticket"
