"""Replies become Telegram messages: people's words are shown as typed, and nothing is longer than Telegram takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.markup import JOINER, MESSAGE, Run, as_html, as_plain, parts, units
from bot.channels.telegram.render import Drawn, message
from bot.channels.telegram.topics import is_over, topic_name
from bot.messages import (
    Button,
    Card,
    Check,
    Checklist,
    CheckState,
    Facts,
    Paragraph,
    Quote,
    Reply,
    Span,
    Steps,
    Text,
    Tone,
    plain,
)
from tests.fakes.telegram.markup import parse

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=JOINER), max_size=60)


def drawn(reply: Reply, *, tappable: bool = False) -> Drawn:
    """The reply with its buttons carrying their actions as they are."""
    buttons = reply.buttons if isinstance(reply, Card) else ()
    return message(reply, [button.action for button in buttons], tappable=tappable)


def shown(text: str) -> str:
    """What a person reads of our HTML, as Telegram reads it."""
    read, _ = parse(text, "HTML")
    return read.replace(JOINER, "")


@given(WORDS, WORDS)
def test_whatever_somebody_typed_is_shown_as_typed(title: str, words: str) -> None:
    """Tags, entities, mentions and commands in people's words stay words."""
    card = Card(f"x{title}x", blocks=(Quote(f"x{words}x"), Facts((("Summary", f"x{words}x"),))))
    read = shown(drawn(card).html[0])
    for typed in (title, words):
        assert f"x{typed}x" in read


def test_names_and_command_words_that_somebody_typed_call_nobody() -> None:
    """Telegram would make links of them by itself, and ring for a name."""
    for typed in ("@helen look", "ask @helen", "/major_5", "then /claim_1"):
        (text,) = drawn(Card("T-1 · x", blocks=(Quote(typed),))).html
        assert JOINER in text
    for typed in ("anna@haihe.example", "either/or", "https://haihe.example/claim", "1/2"):
        (text,) = drawn(Card("T-1 · x", blocks=(Quote(typed),))).html
        assert JOINER not in text


def test_a_line_of_the_log_calls_nobody_either() -> None:
    """In a room the words of a person stand below ours, in a plain text."""
    (text,) = drawn(Text("Anna wrote\n@helen /claim_1", 1), tappable=True).html
    assert text == f"Anna wrote\n@{JOINER}helen /{JOINER}claim_1"
    assert drawn(Text("/help shows all words")).html == ("/help shows all words",)


def test_a_card_shows_everything_it_has() -> None:
    card = Card(
        "P1 · T-7 · VPN <drops>",
        Tone.BAD,
        "nobody has it yet",
        (
            Checklist((Check("Gateway", CheckState.FAIL, "no answer"), Check("DNS", CheckState.OK, "fine"))),
            Facts((("Requester", "Zhao Min"), ("Service", "VPN"))),
            Paragraph((Span("See "), Span("the article", "strong", "https://desk.example/a?b=1&c=2"))),
            Steps(((Span("Open "), Span("ipconfig", "code")), (Span("Restart"),))),
            Quote("It drops & drops", "Zhao Min"),
        ),
        (Button("Acknowledge", "t:ack:7", "primary"), Button("Can't take it", "t:decline:7", "danger")),
    )
    made = drawn(card)
    (text,) = made.html
    assert text == (
        "<b>P1 · T-7 · VPN &lt;drops&gt;</b>\nnobody has it yet\n\n"
        "✗ <b>Gateway</b>: no answer\n✓ <b>DNS</b>: fine\n\n"
        "<b>Requester:</b> Zhao Min\n<b>Service:</b> VPN\n\n"
        'See <a href="https://desk.example/a?b=1&amp;c=2"><b>the article</b></a>\n\n'
        "1. Open <code>ipconfig</code>\n2. Restart\n\n"
        "<b>Zhao Min</b>\n<blockquote>It drops &amp; drops</blockquote>"
    )
    assert made.keyboard is not None
    (row,) = made.keyboard.inline_keyboard
    assert [(b.text, b.callback_data, b.style) for b in row] == [
        ("Acknowledge", "t:ack:7", "primary"),
        ("Can't take it", "t:decline:7", "danger"),
    ]


def test_a_link_that_is_not_https_is_no_link() -> None:
    (text,) = drawn(Card("x", blocks=(Paragraph((Span("click", "", "javascript:alert(1)"),)),))).html
    assert "href" not in text


def test_a_list_in_a_room_is_worked_by_touching_its_words() -> None:
    """In private there are buttons instead, which a group would press for one another."""
    tickets = Card(
        "Queue",
        blocks=(plain("T-1 · P2 · VPN"), plain("T-12 · P4 · Mouse")),
        buttons=(Button("T-1", "t:show:1"), Button("T-12", "t:show:12")),
    )
    in_room = drawn(tickets, tappable=True)
    assert in_room.plain == ("Queue\n\nT-1 · P2 · VPN\n/claim_1 · /show_1\nT-12 · P4 · Mouse\n/claim_12 · /show_12",)
    assert in_room.keyboard is None
    assert drawn(tickets).plain == ("Queue\n\nT-1 · P2 · VPN\nT-12 · P4 · Mouse",)


def test_buttons_stand_in_rows_as_wide_as_a_telephone() -> None:
    stars = tuple(Button(f"★ {number}", f"t:rate:1:{number}") for number in range(1, 6))
    long = tuple(Button("一个相当长的按钮文字说明", f"d:1:pick:{number}") for number in range(3))
    keyboard = drawn(Card("x", buttons=(*stars, *long))).keyboard
    assert keyboard is not None
    assert [len(row) for row in keyboard.inline_keyboard] == [5, 1, 1, 1]


def test_long_text_goes_out_in_parts_that_end_with_a_sentence() -> None:
    sentence = "The quick brown fox jumps over the lazy dog & runs. "
    made = drawn(Text(sentence * 200))
    assert len(made.html) == 3
    assert all(each.rstrip().endswith("runs.") for each in made.plain)
    assert "".join(made.plain).replace(" ", "") == (sentence * 200).replace(" ", "")


@given(st.lists(st.tuples(st.text("ab😀 .\n。", max_size=400), st.sampled_from(["", "strong", "quote"])), max_size=8))
def test_no_part_is_longer_than_allowed_and_no_word_is_lost(pieces: list[tuple[str, str]]) -> None:
    runs = [Run(text, style) for text, style in pieces]
    made = parts(runs, 100)
    assert all(0 < units(as_plain(part)) <= 100 for part in made)
    assert "".join("".join(map(as_plain, made)).split()) == "".join(as_plain(runs).split())


def test_what_nobody_can_see_is_left_out_and_an_empty_message_is_not() -> None:
    assert drawn(Text("a\x00b\ud800c\x1bd")).html == ("abcd",)
    assert drawn(Text(" \n ")).html == ("…",)
    assert as_html([Run("  ", "strong")]) == "  "


def test_a_very_long_word_is_cut_between_characters() -> None:
    made = drawn(Text("😀" * 3000))
    assert [units(each) for each in made.plain] == [MESSAGE, 6000 - MESSAGE]


@pytest.mark.parametrize(
    ("title", "state", "name"),
    [
        ("P1 · T-7 · VPN drops", "claimed by Wang Fang", "T-7 · P1 · claimed by Wang Fang · VPN drops"),
        ("Something · else", "new", "T-7 · new · Something · else"),
    ],
)
def test_a_topic_is_named_by_number_priority_and_state(title: str, state: str, name: str) -> None:
    card = Card(title, state=state, key="room:7", ticket=7, buttons=(Button("Reply", "t:reply:7"),))
    assert topic_name(card) == name
    assert not is_over(card)
    assert is_over(Card(title, state=state, key="room:7", ticket=7, buttons=(Button("Note", "t:note:7"),)))


def test_a_topic_s_name_is_as_long_as_telegram_takes() -> None:
    card = Card(f"P1 · T-7 · {'很长' * 100}", state="new", key="room:7", ticket=7)
    assert units(topic_name(card)) == 128
