"""A reply that is stored and read again is the same reply."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import (
    Block,
    Button,
    Card,
    Check,
    Checklist,
    CheckState,
    Choice,
    Document,
    Facts,
    Field,
    FieldKind,
    File,
    Form,
    Paragraph,
    Picture,
    Quote,
    Reply,
    Span,
    Steps,
    Text,
    Tone,
)
from bot.reply_json import NotAReply, from_json, to_json

words = st.text(max_size=20)
tickets = st.none() | st.integers(min_value=1)
lines = st.lists(st.builds(Span, words, words, words), max_size=3).map(tuple)


def some(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    """Up to three of them, as a tuple."""
    return st.lists(strategy, max_size=3).map(tuple)


blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, lines),
    st.builds(Steps, some(lines), st.booleans()),
    st.builds(Facts, some(st.tuples(words, words))),
    st.builds(Checklist, some(st.builds(Check, words, st.sampled_from(CheckState), words))),
    st.builds(Quote, words, words),
)
fields = st.builds(
    Field,
    name=words,
    label=words,
    kind=st.sampled_from(FieldKind),
    required=st.booleans(),
    value=words,
    choices=some(st.builds(Choice, words, words)),
    hint=words,
    error=words,
    longest=st.integers(min_value=1),
)
buttons = some(st.builds(Button, words, words, words))
replies: st.SearchStrategy[Reply] = st.one_of(
    st.builds(Text, words, tickets),
    st.builds(Card, words, st.sampled_from(Tone), words, some(blocks), buttons, words, tickets),
    st.builds(Form, words, words, some(fields), words, words, tickets),
    st.builds(Picture, words, words, words),
    st.builds(Document, words, st.builds(File, words, words, st.integers(min_value=0), words), tickets),
)


@given(replies)
def test_a_stored_reply_reads_back_as_itself(reply: Reply) -> None:
    assert from_json(json.loads(json.dumps(to_json(reply)))) == reply


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"type": "song"},
        {"type": "text"},
        {"type": "card", "title": "x", "tone": "purple"},
        {**to_json(Card("x")), "blocks": [{"type": "table"}]},
        {**to_json(Form("k", "t", (Field("a", "A"),), "Send")), "fields": [{"name": "a"}]},
    ],
)
def test_anything_else_is_refused_by_name(value: dict[str, object]) -> None:
    with pytest.raises(NotAReply):
        from_json(value)
