"""What sets near articles apart, by all that they share and by meaning alone; and how much was typed by its sound."""

from __future__ import annotations

import numpy as np
import pytest

from faq import contrast, sketch
from faq.evaluation import article_of
from faq.index import MIXING, TOTAL, Index, build
from faq.likeness import MIXED
from faq.query import understand

SCREEN = {"faq_id": "screen", "questions": ["monitor stays black", "monitor flickers", "monitor has no picture"]}
PRINTER = {"faq_id": "printer", "questions": ["printer prints blank pages", "printer is jammed", "no toner"]}
MEETING = {"faq_id": "meeting", "questions": ["book a meeting room", "cancel a meeting room"]}


@pytest.fixture
def index() -> Index:
    return build(map(article_of, (SCREEN, PRINTER, MEETING)))


def near(index: Index, message: str) -> contrast.Near:
    """Every row in the index's order, however near it comes."""
    rows, senses = np.arange(len(index.texts)), index.meanings.astype(np.float32)
    meaning = (senses @ understand(index, message).meaning / 127).astype(np.float32)
    return contrast.Near(rows, np.linspace(1, 2, len(rows)), meaning, senses)


def by_entry(index: Index, pull: np.ndarray) -> np.ndarray:
    return np.bincount(index.row_entries, pull)


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("the display shows nothing", "screen"),
        ("paper stuck in the copier", "printer"),
        ("conference space", "meeting"),
    ],
)
def test_meaning_alone_speaks_for_an_article_with_which_a_message_shares_no_word(
    index: Index, message: str, meant: str
) -> None:
    pulls = by_entry(index, contrast.sensed(near(index, message)))
    assert index.entries[int(pulls.argmax())].id == meant


def test_conjugate_gradients_find_what_the_equations_ask_for(index: Index) -> None:
    """The regression written out: (K + ridge) ⁻¹ · likeness, added up by article."""
    all_rows = near(index, "the display shows nothing")
    vectors = index.meanings.astype(np.float64) / 127
    solved = np.linalg.solve(vectors @ vectors.T + contrast.RIDGE_OF_SENSE * np.eye(len(vectors)), all_rows.meaning)
    found = by_entry(index, contrast.sensed(all_rows))
    assert found == pytest.approx(by_entry(index, solved), abs=0.01)


@pytest.mark.parametrize(("many", "width"), [(1 << 15, 768), (1, 512)], ids=["few rows", "very many rows"])
def test_sketches_stand_for_all_that_rows_share_and_are_shorter_where_there_are_very_many(
    many: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their products are near the rows' likeness in the sparse channels, and the regression over them is solved."""
    monkeypatch.setattr(sketch, "MANY_ROWS", many)
    index = build(map(article_of, (SCREEN, PRINTER, MEETING)))
    rows = np.arange(len(index.texts))
    vectors = index.sketched(rows) / 127
    assert vectors.shape == (len(rows), width)
    for row, text in enumerate(index.texts):
        channels = index.lookup.scores(understand(index, text).query, most=10_000)
        shared = MIXED[: len(channels)] @ channels
        assert vectors @ vectors[row] == pytest.approx(shared / TOTAL, abs=0.1)
    meanings = index.meanings / 127 * (MIXING["meaning"] / TOTAL) ** 0.5
    every = np.concatenate([vectors, meanings], axis=1)
    all_rows = near(index, "the display shows nothing")
    solved = np.linalg.solve(every @ every.T + contrast.RIDGE * np.eye(len(rows)), all_rows.mixed / TOTAL)
    found = by_entry(index, contrast.contrasted(index, all_rows))
    assert found == pytest.approx(by_entry(index, solved), abs=0.01)


def test_a_message_without_meaning_speaks_for_nobody(index: Index) -> None:
    silent = near(index, "")
    assert not silent.meaning.any()
    assert not contrast.sensed(silent).any()


@pytest.mark.parametrize(
    ("message", "share"), [("打印机卡纸", 0.0), ("dayinji kazhi", 1.0), ("打印机 kazhi", 0.4), ("printer jam", 0.0)]
)
def test_how_much_of_a_message_was_spelled_in_letters(message: str, share: float) -> None:
    index = build([article_of({"faq_id": "jam", "questions": ["打印机卡纸了", "the printer"]})])
    assert understand(index, message).spelled == pytest.approx(share)
