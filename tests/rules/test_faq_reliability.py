"""What we believe is held against what helped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.reliability import Bin, calibration_error, reliability

LABELS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60)


def test_beliefs_are_grouped_and_compared_with_what_helped() -> None:
    labels = [(0.92, True), (0.98, True), (0.95, False), (0.41, False), (0.49, True)]
    low, high = reliability(labels)
    assert (low.count, high.count) == (2, 3)
    assert low.believed == pytest.approx(0.45)
    assert high.helped == pytest.approx(2 / 3)
    assert calibration_error(labels) == pytest.approx((2 * 0.05 + 3 * (0.95 - 2 / 3)) / 5)


def test_certainty_has_a_bin_and_nothing_known_is_no_error() -> None:
    assert reliability([(1.0, True)]) == (Bin(1.0, 1.0, 1),)
    assert reliability([]) == ()
    assert calibration_error([]) == 0


@given(LABELS)
def test_no_label_is_lost_and_the_error_is_a_share(labels: list[tuple[float, bool]]) -> None:
    assert sum(each.count for each in reliability(labels)) == len(labels)
    assert 0 <= calibration_error(labels) <= 1 + 1e-9
