"""Replies as HTML: what is shown is what was typed."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from jinja2 import UndefinedError

from bot.channels.web.adapter import DESK, PERSON, TranscriptLine
from bot.channels.web.render import draw_line, draw_reply
from bot.messages import (
    Button,
    Card,
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
    Text,
    Tone,
)
from bot.phrases import catalogue, placeholders
from bot.web.templates import environment, page
from tests.channels.test_web_reply_json import replies

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SCRIPT = "<script>alert('1')</script><img src=x onerror=alert(1)>\"'&amp;"
DRAWN = environment()


class Seen(HTMLParser):
    """The tags, attributes and words of a fragment."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


def drawn(reply: Reply, author: str = DESK, language: str = "en") -> str:
    line = TranscriptLine(7, 9, author, reply, "", NOW)
    return draw_line(DRAWN, line, page("/seat/lin.wei", "token", language, NOW, "Asia/Shanghai"))


@pytest.mark.parametrize(
    "reply",
    [
        Text(SCRIPT),
        Card(SCRIPT),
        Card("x", state=SCRIPT),
        Card("x", blocks=(Paragraph((Span(SCRIPT, "strong"), Span(SCRIPT, "code"))),)),
        Card("x", blocks=(Facts(((SCRIPT, SCRIPT),)), Quote(SCRIPT, SCRIPT))),
        Card("x", buttons=(Button(SCRIPT, SCRIPT),)),
        Form("k", SCRIPT, (Field("a", SCRIPT, hint=SCRIPT, error=SCRIPT),), SCRIPT, SCRIPT),
        Form("k", "x", (Field("a", "A", FieldKind.TEXT, value=SCRIPT),), "Send"),
    ],
)
def test_a_script_is_shown_as_typed_and_never_run(reply: Reply) -> None:
    seen = Seen(drawn(reply))
    assert SCRIPT in seen.words
    assert "script" not in seen.tags
    assert "img" not in seen.tags


@given(replies)
def test_every_reply_can_be_drawn_without_inline_scripts_or_styles(reply: Reply) -> None:
    for author in (DESK, PERSON) if isinstance(reply, Text) else (DESK,):
        seen = Seen(drawn(reply, author))
        assert not {"script", "style", "iframe", "object"} & set(seen.tags)
        assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "style"]


@pytest.mark.parametrize(
    "link", ["http://x.example", "javascript:alert(1)", "//x.example", "data:text/html,x", " https:"]
)
def test_only_secure_addresses_become_links(link: str) -> None:
    assert "a" not in Seen(drawn(Card("x", blocks=(Paragraph((Span("here", "", link),)),)))).tags


def test_a_link_opens_apart_and_tells_nobody_where_it_came_from() -> None:
    seen = Seen(drawn(Card("x", blocks=(Paragraph((Span("here", "", "https://x.example/?a=1&b"),)),))))
    assert ("href", "https://x.example/?a=1&b") in seen.attributes
    assert ("rel", "noopener noreferrer") in seen.attributes


def test_a_picture_is_an_image_with_words_where_nothing_inside_runs() -> None:
    seen = Seen(drawn(Picture("Tickets", "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "12 tickets")))
    assert "script" not in seen.tags
    assert ("alt", "12 tickets") in seen.attributes


def test_a_document_is_a_link_to_the_desks_own_copy() -> None:
    seen = Seen(drawn(Document("Anna sends a file:", File("<b>.png", "image/png", 3, "7"), 1)))
    assert any(name == "href" and value == "/seat/lin.wei/file/7" for name, value in seen.attributes)
    assert "b" not in seen.tags


def test_a_card_says_its_state_in_a_word_beside_its_colour() -> None:
    html = drawn(Card("T-12", Tone.WARN, "On hold", ticket=12))
    assert "tone-warn" in html
    assert "On hold" in Seen(html).words
    assert "Reply about T-12" in Seen(html).words


def test_an_error_stands_next_to_its_field_and_is_tied_to_it() -> None:
    form = Form("k", "New", (Field("a", "A", error="Say a little more"), Field("b", "B")), "Send")
    seen = Seen(draw_reply(DRAWN, form, page("", "token", "en", NOW)))
    (described,) = [value for name, value in seen.attributes if name == "aria-describedby"]
    assert ("id", described) in seen.attributes
    assert ("aria-invalid", "true") in seen.attributes
    assert "One answer needs another look." in seen.words


def test_a_choice_nobody_has_to_make_can_be_taken_back() -> None:
    """A radio button, once pressed, cannot be let go; so what may stay open is a list with an empty line."""
    some = (Choice("a", "Apples"), Choice("b", "Pears"))
    fields = (
        Field("must", "Must", FieldKind.CHOICE, True, "", some),
        Field("may", "May", FieldKind.CHOICE, False, "", some),
    )
    html = draw_reply(DRAWN, Form("k", "New", fields, "Send"), page("", "token", "en", NOW))
    assert html.count('type="radio" name="must"') == 2
    assert '<select id="' in html
    assert 'name="may"' in html.partition("<select")[2]
    assert '<option value="">' in html


def test_both_languages_say_the_same_things() -> None:
    ours = {
        language: {k: v for k, v in catalogue(language).items() if k.startswith("web.")} for language in ("en", "zh")
    }
    assert ours["en"].keys() == ours["zh"].keys()
    for key, sentence in ours["en"].items():
        assert placeholders(sentence) == placeholders(ours["zh"][key]), key


def test_a_name_no_template_knows_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(UndefinedError):
        DRAWN.from_string("{{ nobody }}").render()
