"""Tickets go where tickets like them went; where there is too little to learn from, the rules decide."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.regression import CHUNK, Rows, softmax, solved
from faq.routing import (
    FEWEST_OF_A_LABEL,
    MET_ENOUGH,
    Router,
    calibrated,
    choices,
    fit,
    from_bytes,
    known,
    ranked,
    to_bytes,
)

THINGS = {
    "vpn": ("vpn", "tunnel", "远程连接"),
    "printing": ("printer", "toner", "打印机"),
    "mail": ("outlook", "mailbox", "邮箱"),
}
TROUBLES = ("is broken", "stopped this morning", "does not work", "又坏了", "很慢", "gives an error")
TICKETS = tuple(
    (f"my {word} {trouble} in room {number}", label)
    for label, words in THINGS.items()
    for word in words
    for trouble in TROUBLES
    for number in (1, 2)
)


def learned() -> Router:
    router = fit(TICKETS)
    assert router is not None
    return router


def test_a_ticket_goes_where_its_like_went_even_mistyped() -> None:
    router = learned()
    for text, meant in (("pritner out of tonner", "printing"), ("邮箱打不开了", "mail"), ("VPN连不上", "vpn")):
        assert ranked(router, text)[0][0] == meant


def test_probabilities_add_up_and_stand_in_order() -> None:
    found = ranked(learned(), "outlook is slow")
    assert abs(sum(chance for _, chance in found) - 1) < 1e-4
    assert [chance for _, chance in found] == sorted((chance for _, chance in found), reverse=True)


def test_two_choices_are_shown_when_it_is_not_sure() -> None:
    assert choices((("vpn", 0.9), ("mail", 0.1))) == ("vpn",)
    assert choices((("vpn", 0.5), ("mail", 0.4), ("printing", 0.1))) == ("vpn", "mail")
    assert choices(()) == ()


def test_too_little_to_learn_from_leaves_it_to_the_rules() -> None:
    assert fit(()) is None
    assert fit(TICKETS[: FEWEST_OF_A_LABEL - 1]) is None
    assert fit((text, "vpn") for text, _ in TICKETS) is None


def test_tickets_without_words_teach_nothing() -> None:
    assert fit((" " * number, "vpn" if number % 2 else "mail") for number in range(60)) is None


def test_a_rare_label_is_not_learned() -> None:
    router = fit((*TICKETS, ("the coffee machine", "facilities")))
    assert router is not None
    assert "facilities" not in router.labels


def test_the_same_tickets_in_any_order_give_the_same_router() -> None:
    one, other = learned(), fit(reversed(TICKETS))
    assert other is not None
    assert one.version == other.version
    assert ranked(one, "toner is empty") == ranked(other, "toner is empty")
    changed = fit((*TICKETS[1:], ("something new", "mail")))
    assert changed is not None
    assert changed.version != one.version


def test_a_router_survives_its_place_in_the_database() -> None:
    kept = from_bytes(to_bytes(learned()))
    assert (kept.version, kept.labels) == (learned().version, learned().labels)
    for (label, chance), (same, near) in zip(ranked(learned(), "vpn"), ranked(kept, "vpn"), strict=True):
        assert label == same
        assert abs(chance - near) < 0.01


def test_it_knows_when_words_are_new_to_it() -> None:
    router = learned()
    for text in ("my printer is broken again", "邮箱打不开了", "pritner is out of toner, it stopped this morning"):
        assert known(router, text) >= MET_ENOUGH, text
    for text in ("where can we park bicycles", "食堂中午吃什么", "qwertz", "", "🙂"):
        assert known(router, text) < MET_ENOUGH, text


def test_it_is_made_as_sure_as_it_is_right_and_its_order_stays() -> None:
    router = learned()
    right = [("outlook gives an error", "mail"), ("printer is broken", "printing"), ("the tunnel 很慢", "vpn")] * 5
    surer = calibrated(router, right)
    humbler = calibrated(router, [(text, "facilities") for text, _ in right])
    for text, _ in right[:3]:
        chances = [ranked(each, text) for each in (humbler, router, surer)]
        assert [found[0][1] for found in chances] == sorted(found[0][1] for found in chances)
        assert len({tuple(label for label, _ in found) for found in chances}) == 1
        assert chances[0][0][1] < 0.75, "what is always wrong is no longer sure, however clear it once was"


def sparse(cells: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> Rows:
    """The table without its zeros."""
    owners, columns = np.nonzero(cells)
    starts = np.searchsorted(owners, np.arange(len(cells) + 1))
    return Rows(starts, columns.astype(np.int32), cells[owners, columns])


def test_a_sparse_table_multiplies_like_a_dense_one() -> None:
    """Over many chunks, with rows and columns that hold nothing, a row longer than a chunk, and either way round."""
    chance = np.random.default_rng(1)
    cells = chance.random((90, 2 * CHUNK), dtype=np.float32)
    cells[:, 700:] *= chance.random((90, 2 * CHUNK - 700)) < 0.01
    cells[5, 40_000:], cells[[0, 31, 32, 89]], cells[:, [3, 999]] = 1, 0, 0
    right, left = chance.random((2 * CHUNK, 3), dtype=np.float32), chance.random((90, 3), dtype=np.float32)
    np.testing.assert_allclose(sparse(cells).times(right), cells @ right, rtol=1e-3)
    np.testing.assert_allclose(sparse(cells).turned(2 * CHUNK).times(left), cells.T @ left, rtol=1e-3)


def test_nothing_near_what_was_learned_explains_the_tickets_better() -> None:
    """Neither more weight nor less, nor a push in any of fifty directions, lowers loss and penalty together."""
    chance = np.random.default_rng(2)
    cells = np.where(chance.random((300, 40)) < 0.2, chance.random((300, 40)), 0).astype(np.float32)
    wanted = np.argmax(cells @ chance.normal(size=(40, 4)) + chance.normal(size=(300, 4)) / 4, axis=1)
    weights, bias = solved(sparse(cells), wanted, (40, 4), mildness=10.0)

    def cost(weights: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> float:
        right = softmax(cells @ weights + bias)[np.arange(300), wanted]
        return float(-np.log(right).sum() + (weights**2).sum() / 20)

    assert cost(weights) < 0.7 * cost(np.zeros_like(weights))
    pushes = [0.05 * chance.normal(size=weights.shape).astype(np.float32) for _ in range(50)]
    for push in (0.1 * weights, -0.1 * weights, *pushes):
        assert cost(weights + push) > cost(weights)


ROUTER = learned()


@given(st.text(max_size=500))
@settings(max_examples=60, deadline=None)
def test_any_text_is_sent_somewhere(text: str) -> None:
    assert {label for label, _ in ranked(ROUTER, text)} == set(THINGS)
