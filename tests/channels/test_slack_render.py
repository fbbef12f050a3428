"""Every reply, however strange, becomes a message or a modal that Slack takes, and shows what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.slack import limits
from bot.channels.slack.limits import cut, units
from bot.channels.slack.modals import errors, modal, values
from bot.channels.slack.render import COLOURS, escape, message
from bot.messages import (
    Button,
    Card,
    Check,
    Checklist,
    CheckState,
    Choice,
    Facts,
    Field,
    FieldKind,
    Form,
    Paragraph,
    Picture,
    Place,
    Quote,
    Span,
    Steps,
    Text,
    Tone,
    plain,
)
from tests.fakes.slack.block_rules import message_faults, view_faults
from tests.fakes.slack.specification import Specification

SPECIFICATION = Specification()
HERE = Place("slack", "T1", "@U1")
MARKUP = "<!channel> <@U1> <https://a|b> &lt; &amp; *bold* _it_ ~no~ `code` :smile:"

words = st.one_of(st.text(max_size=60), st.sampled_from(["", " ", "\n", MARKUP, "𝒳" * 160, "字" * 4000]))
lines = st.lists(
    st.builds(
        Span,
        words,
        st.sampled_from(["", "strong", "code"]),
        st.sampled_from(["", "https://a.example/b", "javascript:x"]),
    ),
    max_size=4,
).map(tuple)
blocks = st.one_of(
    st.builds(Paragraph, lines),
    st.builds(Steps, st.lists(lines, max_size=4).map(tuple), st.booleans()),
    st.builds(Facts, st.lists(st.tuples(words, words), max_size=12).map(tuple)),
    st.builds(Checklist, st.lists(st.builds(Check, words, st.sampled_from(CheckState), words), max_size=5).map(tuple)),
    st.builds(Quote, words, words),
)
buttons = st.builds(Button, words, words, st.sampled_from(["", "primary", "danger", "strange"]))
cards = st.builds(
    Card,
    words,
    st.sampled_from(Tone),
    words,
    st.lists(blocks, max_size=60).map(tuple),
    st.lists(buttons, max_size=60).map(tuple),
)
choices = st.lists(st.builds(Choice, words, words), max_size=120).map(tuple)
fields = st.builds(
    Field, words, words, st.sampled_from(FieldKind), st.booleans(), words, choices, words, words, st.integers(0, 5000)
)
forms = st.builds(Form, st.text(max_size=60), words, st.lists(fields, max_size=6).map(tuple), words, words)
replies = st.one_of(st.builds(Text, words), cards, forms, st.builds(Picture, words, words, words))


def message_is_taken(drawn: dict[str, Any]) -> None:
    everything = [*drawn["blocks"], *(block for each in drawn["attachments"] for block in each["blocks"])]
    assert drawn["text"]
    assert not list(message_faults(drawn["blocks"]))
    assert not list(SPECIFICATION.block_faults(everything))
    for part in texts_of(everything):
        assert part, "Slack refuses an empty text"


def texts_of(part: Any) -> list[str]:
    """Every text that is shown, in reading order."""
    if isinstance(part, list):
        return [text for each in part for text in texts_of(each)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if isinstance(part.get("text"), str) else []
    return own + [text for value in part.values() for text in texts_of(value)]


@settings(max_examples=60, deadline=None)
@given(replies)
def test_slack_takes_every_message_we_can_draw(reply: Any) -> None:
    """However long, empty or strange its parts: no limit is passed and no text is empty."""
    message_is_taken(message(reply))


@settings(max_examples=40, deadline=None)
@given(forms)
def test_slack_takes_every_modal_we_can_draw(form: Form) -> None:
    """However many choices, and whatever stands in the fields."""
    view = modal(form, HERE)
    assert not list(view_faults(view))
    assert not list(SPECIFICATION.view_faults(view))
    assert len(view["private_metadata"]) <= limits.METADATA


@given(st.text(max_size=400), st.integers(2, 200))
def test_a_cut_text_is_never_empty_nor_too_long(text: str, longest: int) -> None:
    """Counted as Slack counts, and ending in an ellipsis where something is missing."""
    shortened = cut(text, longest)
    assert 1 <= units(shortened) <= longest
    if units(text) > longest and text.strip():
        assert shortened.endswith("…")


def test_a_very_long_card_is_cut_and_keeps_its_buttons() -> None:
    """Slack refuses a message with too much text in all; what is left says that there is more."""
    card = Card("T-1", blocks=tuple(Quote("字" * 4000) for _ in range(12)), buttons=(Button("Claim", "t:claim:1"),))
    drawn = message(card)["blocks"]
    assert sum(map(units, texts_of(drawn))) < 13_000
    assert drawn[-1]["type"] == "actions"
    assert texts_of(drawn[-2]) == ["…"]


def test_what_gathered_in_an_outage_is_all_there() -> None:
    """Sixty steps with words are more blocks than a message takes, and not more text."""
    steps = [(plain(f"10:00 · step {number}."), Quote(f"words {number}.")) for number in range(60)]
    card = Card("T-1", blocks=tuple(block for step in steps for block in step), buttons=(Button("View", "t:show:1"),))
    drawn = message(card)
    message_is_taken(drawn)
    shown = " ".join(texts_of(drawn["blocks"]))
    assert all(f"step {number}." in shown and f"words {number}." in shown for number in range(60))
    assert "…" not in shown


def test_long_words_are_shown_whole() -> None:
    """As long as somebody may write; a part of them is no more than Slack takes."""
    words = " ".join(f"word{number}" for number in range(800))
    quoted = message(Card("T-1", blocks=(Quote(words, "Anna Weber"),)))
    message_is_taken(quoted)
    assert "".join(part for part in texts_of(quoted["blocks"]) if "word" in part) == words


def test_what_people_type_stands_in_no_text_that_reads_markup() -> None:
    """Only the notification's text is mrkdwn, and there every bracket is escaped exactly once."""
    card = Card(
        MARKUP,
        Tone.WARN,
        MARKUP,
        (plain(MARKUP), Facts(((MARKUP, MARKUP),)), Quote(MARKUP, MARKUP), Steps(((Span(MARKUP),),))),
        (Button(MARKUP, "t:show:1"),),
    )
    drawn = message(card)
    assert '"mrkdwn"' not in str(drawn).replace("'", '"')
    assert drawn["text"] == f"{escape(MARKUP)} · {escape(MARKUP)}"
    assert "<" not in drawn["text"]
    assert "&amp;lt;" in drawn["text"]
    shown = texts_of([*drawn["blocks"], *drawn["attachments"]])
    assert sum(MARKUP in text for text in shown) >= 7
    assert all("&amp;lt;" not in text for text in shown)


def test_the_state_is_said_in_words_beside_its_colour() -> None:
    """Never in colour alone."""
    for tone in Tone:
        drawn = message(Card("T-1 · VPN", tone, "claimed by Wang Fang"))
        (strip,) = drawn["attachments"]
        assert strip["color"] == COLOURS[tone]
        assert texts_of(strip["blocks"]) == ["claimed by Wang Fang"]
    assert len(set(COLOURS.values())) == len(Tone)


def test_a_button_carries_its_action() -> None:
    """More buttons than a row takes go into the next row, and no two have the same name."""
    drawn = message(Card("many", buttons=tuple(Button(f"B{n}", f"t:show:{n}", "primary") for n in range(30))))
    rows = [block["elements"] for block in drawn["blocks"] if block["type"] == "actions"]
    assert [len(row) for row in rows] == [25, 5]
    assert [button["value"] for row in rows for button in row] == [f"t:show:{n}" for n in range(30)]
    assert len({button["action_id"] for row in rows for button in row}) == 30


def test_a_finding_is_said_with_a_mark_and_in_words() -> None:
    """A checklist reads without colour and without pictures."""
    found = Checklist((Check("DNS", CheckState.OK, "answers"), Check("HTTPS", CheckState.FAIL, "refused")))
    shown = "".join(texts_of(message(Card("Checks", blocks=(found,)))["blocks"]))
    assert "✓ DNS: answers" in shown
    assert "✗ HTTPS: refused" in shown


FORM = Form(
    "t:hold:7",
    "Put T-7 on hold",
    (
        Field("reason", "Why", FieldKind.CHOICE, True, "vendor", (Choice("vendor", "Vendor"), Choice("part", "Part"))),
        Field("until", "Until", FieldKind.MOMENT, value="2026-11-25T08:00:00+00:00"),
        Field("text", "Words", FieldKind.TEXT, value="<b> & co", longest=500),
        Field("stars", "Stars", FieldKind.RATING, value="4"),
        Field("phone", "Phone", FieldKind.PHONE),
    ),
    "Hold",
)


def test_a_form_opens_with_what_is_known_and_gives_back_the_same() -> None:
    """Sent unchanged, every field comes back as it went out."""
    view = modal(FORM, HERE)
    state = {block["block_id"]: {"answer": untouched(block["element"])} for block in view["blocks"]}
    assert values(state) == {
        "reason": "vendor",
        "until": "2026-11-25T08:00:00+00:00",
        "text": "<b> & co",
        "stars": "4",
        "phone": "",
    }
    assert [block["optional"] for block in view["blocks"]] == [False, True, True, True, True]


def untouched(element: dict[str, Any]) -> dict[str, Any]:
    """What Slack sends of an element nobody changed."""
    match element["type"]:
        case "static_select" | "radio_buttons":
            return {"selected_option": element.get("initial_option")}
        case "datetimepicker":
            return {"selected_date_time": element.get("initial_date_time")}
    return {"value": element.get("initial_value")}


@pytest.mark.parametrize("length", [2, 20, 70, 299, 2999])
def test_a_text_longer_than_an_input_holds_goes_on_in_another_and_comes_back_whole(length: int) -> None:
    """Nothing of a long answer is lost because somebody changed its title in Slack."""
    paragraph = "新" * length
    long = "\n\n".join([paragraph] * (8000 // (length + 2)))
    form = Form("draft:1", "Answer", (Field("body", "What to do", FieldKind.TEXT, True, long, longest=8000),), "Send")
    blocks = modal(form, HERE)["blocks"]
    assert len(blocks) >= 2
    assert all(limits.units(untouched(block["element"])["value"]) <= limits.INPUT for block in blocks)
    assert [block["optional"] for block in blocks] == [False] + [True] * (len(blocks) - 1)
    state = {block["block_id"]: {"answer": untouched(block["element"])} for block in reversed(blocks)}
    assert values(state) == {"body": long}


def test_a_long_text_without_any_place_to_part_is_parted_all_the_same() -> None:
    """Counted as Slack counts: an emoji is two."""
    form = Form(
        "draft:1", "Answer", (Field("body", "What to do", FieldKind.TEXT, value="🙂" * 4000, longest=8000),), "Send"
    )
    blocks = modal(form, HERE)["blocks"]
    state = {block["block_id"]: {"answer": untouched(block["element"])} for block in blocks}
    assert values(state)["body"].replace("\n\n", "") == "🙂" * 4000
    assert not list(view_faults(modal(form, HERE)))


def test_an_error_stands_at_its_own_question() -> None:
    """Under the name of the block that asks it."""
    wrong = Form(FORM.key, FORM.title, (FORM.fields[0], Field("until", "Until", error="in the past")), "Hold")
    assert errors(wrong) == {"1:until": "in the past"}
    assert errors(FORM) == {}


@pytest.mark.parametrize("count", [1, 100, 101, 350])
def test_every_choice_can_be_chosen(count: int) -> None:
    """Above a hundred they come in groups, and what is chosen already is still shown."""
    offered = tuple(Choice(f"v{n}", f"Choice {n}") for n in range(count))
    form = Form("f", "F", (Field("c", "C", FieldKind.CHOICE, value=f"v{count - 1}", choices=offered),), "Go")
    (block,) = modal(form, HERE)["blocks"]
    element = block["element"]
    groups = element.get("option_groups") or [{"options": element["options"]}]
    assert [option["value"] for group in groups for option in group["options"]] == [c.value for c in offered]
    assert element["initial_option"]["value"] == f"v{count - 1}"


def test_a_form_without_a_modal_is_a_button_that_asks_for_it() -> None:
    """A message cannot hold a form; its button's action is the form's own key."""
    drawn = message(FORM)
    (row,) = [block for block in drawn["blocks"] if block["type"] == "actions"]
    assert [button["value"] for button in row["elements"]] == ["t:hold:7"]
