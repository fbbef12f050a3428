"""The evaluation runs the product's engine over JSON lines and writes prediction rows."""

import json

import pytest

from faq.evaluation import fitted, knowledge_base, predictions, read_rows

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


def test_lines_that_are_no_json_objects_are_named() -> None:
    assert read_rows(['{"a": 1}', "", " "]) == ({"a": 1},)
    with pytest.raises(ValueError, match="line 2: this is not JSON"):
        read_rows(["{}", "{nonsense"])
    with pytest.raises(ValueError, match="line 1: one JSON object"):
        read_rows(["[1]"])
