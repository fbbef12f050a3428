"""A verdict is a decision from a probability; a desk's presses may recalibrate it, carefully."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.match import Match
from faq.verdict import Answer, Ask, Platt, Suggest, Thresholds, decide, refit


def ranked(*probabilities: float) -> tuple[Match, ...]:
    return tuple(
        Match(f"article-{at}", "en", 1.0, probability, "words") for at, probability in enumerate(probabilities)
    )


def test_a_sure_match_is_answered() -> None:
    matches = ranked(0.7, 0.1)
    assert decide(matches) == Answer(matches[0])


def test_an_unsure_match_is_suggested_with_at_most_two_more() -> None:
    matches = ranked(0.5, 0.2, 0.1, 0.1)
    assert decide(matches) == Suggest(matches[:3])


def test_a_poor_match_or_none_leads_to_asking() -> None:
    assert decide(ranked(0.19)) == Ask()
    assert decide(()) == Ask()


def test_thresholds_are_the_desks_choice() -> None:
    assert decide(ranked(0.6), Thresholds(answer=0.55)) == Answer(ranked(0.6)[0])
    assert decide(ranked(0.6), Thresholds(answer=0.9, suggest=0.65)) == Ask()


def test_a_desks_calibration_moves_the_verdict() -> None:
    assert isinstance(decide(ranked(0.8), platt=Platt(1.0, -2.0)), Suggest)


def test_without_presses_the_shipped_calibration_stays() -> None:
    assert refit([]) == Platt()


def test_a_few_one_sided_presses_bend_it_only_a_little() -> None:
    pessimist = refit([(0.9, False)] * 3)
    assert pessimist.slope == 1.0
    assert 0.7 < pessimist(0.9) < 0.9


@pytest.mark.parametrize("helped", [True, False])
def test_many_one_sided_presses_move_the_level_a_little_and_never_the_slope(helped: bool) -> None:
    """Whoever presses the same button all day makes the desk neither answer everything nor fall silent."""
    for presses in ([(0.5, helped)] * 200, [(0.5, helped)] * 500 + [(0.5, not helped)] * 5):
        learned = refit(presses)
        assert learned.slope == 1.0
        assert (learned(0.5) > 0.6) if helped else (learned(0.5) < 0.4)
        assert learned(0.95) > 0.7
        assert learned(0.35) < 0.7


@pytest.mark.parametrize(("slope", "offset"), [(0.5, 0.8), (1.8, -1.0), (1.0, 0.0)])
def test_two_hundred_presses_find_the_true_calibration(slope: float, offset: float) -> None:
    dice = random.Random(7)
    truth = Platt(slope, offset)
    shown = [dice.uniform(0.05, 0.95) for _ in range(400)]
    learned = refit([(probability, dice.random() < truth(probability)) for probability in shown])
    off = [abs(learned(probability) - truth(probability)) for probability in shown]
    before = [abs(probability - truth(probability)) for probability in shown]
    assert sum(off) / len(off) < max(0.05, sum(before) / len(before) / 2)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=80), st.floats(0, 1), st.floats(0, 1))
def test_any_presses_give_a_calibration_that_keeps_order_and_range(
    labels: list[tuple[float, bool]], one: float, other: float
) -> None:
    learned = refit(labels)
    low, high = sorted((learned(min(one, other)), learned(max(one, other))))
    assert 0 <= learned(min(one, other)) <= learned(max(one, other)) <= 1
    assert low <= high
