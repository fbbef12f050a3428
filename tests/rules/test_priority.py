"""How urgent a ticket is."""

import json

import pytest

from escalation.priority import (
    DEFAULT_MATRIX,
    Impact,
    Matrix,
    Priority,
    Urgency,
    more_urgent,
    priority_of,
)


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        (Impact.EVERYONE, Urgency.BLOCKED, Priority.P1),
        (Impact.EVERYONE, Urgency.SLOWED, Priority.P2),
        (Impact.EVERYONE, Urgency.QUESTION, Priority.P3),
        (Impact.TEAM, Urgency.BLOCKED, Priority.P2),
        (Impact.TEAM, Urgency.SLOWED, Priority.P3),
        (Impact.TEAM, Urgency.QUESTION, Priority.P4),
        (Impact.ME, Urgency.BLOCKED, Priority.P3),
        (Impact.ME, Urgency.SLOWED, Priority.P4),
        (Impact.ME, Urgency.QUESTION, Priority.P4),
    ],
)
def test_the_default_table_gives_each_pair_its_priority(impact: Impact, urgency: Urgency, priority: Priority) -> None:
    assert priority_of(impact, urgency) is priority


def test_touching_more_people_or_stopping_them_harder_never_lowers_a_priority() -> None:
    impacts, urgencies = list(Impact), list(Urgency)
    for wider in range(3):
        for harder in range(3):
            here = priority_of(impacts[wider], urgencies[harder])
            for smaller in [(impacts[i], urgencies[u]) for i in range(wider + 1) for u in range(harder + 1)]:
                assert not more_urgent(priority_of(*smaller), here)


def test_p1_is_the_most_urgent_and_nothing_is_more_urgent_than_itself() -> None:
    assert more_urgent(Priority.P1, Priority.P2)
    assert more_urgent(Priority.P1, Priority.P4)
    assert more_urgent(Priority.P3, Priority.P4)
    assert not more_urgent(Priority.P2, Priority.P1)
    assert not any(more_urgent(priority, priority) for priority in Priority)


def test_an_organisation_may_bring_its_own_table() -> None:
    strict = Matrix({(impact, urgency): Priority.P1 for impact in Impact for urgency in Urgency})
    assert priority_of(Impact.ME, Urgency.QUESTION, strict) is Priority.P1


def test_a_table_with_a_hole_is_refused_and_the_hole_is_named() -> None:
    cells = dict(DEFAULT_MATRIX.cells)
    del cells[Impact.TEAM, Urgency.SLOWED]
    with pytest.raises(ValueError, match=r"leaves out team\+slowed"):
        Matrix(cells)


def test_a_table_survives_json_and_reads_the_same_whatever_order_it_was_written_in() -> None:
    assert Matrix.from_json(json.loads(json.dumps(DEFAULT_MATRIX.to_json()))) == DEFAULT_MATRIX
    backwards = Matrix(dict(sorted(DEFAULT_MATRIX.cells.items(), reverse=True)))
    assert json.dumps(backwards.to_json()) == json.dumps(DEFAULT_MATRIX.to_json())
    assert hash(backwards) == hash(DEFAULT_MATRIX)
