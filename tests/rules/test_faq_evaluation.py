"""The evaluation runs the product's engine over JSON lines and writes prediction rows."""

import json

import pytest

from faq.evaluation import article_of, articles_in, fitted, knowledge_base, predictions
from faq.rows import RowError, numbered

KB = [
    {
        "faq_id": "vpn",
        "title": "VPN drops",
        "questions": ["vpn keeps disconnecting"],
        "answer": "Restart it.",
    },
    {"faq_id": "jam", "questions": ["打印机卡纸", "夹纸了"]},
    {"faq_id": "slow", "questions": ["computer is slow"]},
]


def test_predictions_are_ranked_probabilities_with_an_action() -> None:
    rows = list(
        predictions(knowledge_base(KB), [{"qid": "1", "text": "vpn keeps disconnecting"}, {"qid": "2", "text": "!"}])
    )
    assert rows[0]["qid"] == "1"
    assert rows[0]["ranked"][0][0] == "vpn"
    assert rows[0]["action"] == "answer"
    assert rows[1] == {"qid": "2", "ranked": [], "action": "ticket"}
    assert json.loads(json.dumps(rows)) == rows


def test_a_question_is_the_title_where_none_is_given() -> None:
    assert next(predictions(knowledge_base(KB), [{"qid": "1", "text": "打印机卡纸"}]))["ranked"][0][0] == "jam"


def test_labels_lower_the_confidence_of_a_base_that_answers_wrongly() -> None:
    index = knowledge_base(KB)
    wrong = fitted(index, [{"text": "vpn slow", "gold": None}, {"text": "computer vpn", "gold": ["jam"]}] * 20)
    right = fitted(index, [{"text": "vpn drops", "gold": "vpn"}] * 40)
    assert wrong(0.5) < 0.5 <= right(0.5)


def test_rows_that_are_no_json_objects_are_named() -> None:
    assert list(numbered('{"a": 1}\n\n \n{}', "x")) == [("x:1", {"a": 1}), ("x:4", {})]
    with pytest.raises(RowError, match="x:2: this is not JSON"):
        list(numbered("{}\n{nonsense", "x"))
    with pytest.raises(RowError, match="x:1: one JSON object a line is meant, this is list"):
        list(numbered("[1]", "x"))


def test_an_article_may_stand_there_once_in_each_language() -> None:
    both = '{"faq_id": "jam", "questions": ["paper jam"]}\n{"faq_id": "jam", "questions": ["打印机卡纸"]}\n'
    assert [(one.id, one.language) for one in articles_in(both, "kb.jsonl")] == [("jam", "en"), ("jam", "zh")]


def test_a_row_may_say_its_language() -> None:
    assert article_of({"faq_id": "vpn", "questions": ["VPN"], "language": "zh"}).language == "zh"
