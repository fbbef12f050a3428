"""What Slack sends, as events: the same delivery has the same id, and what was typed is what arrives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.slack import parse
from bot.channels.slack.decode import mentioned, typed, without_mention
from bot.channels.slack.modals import modal
from bot.channels.slack.parse import Context
from bot.channels.slack.render import escape
from bot.messages import (
    Attached,
    Choice,
    Commanded,
    Corrected,
    Field,
    FieldKind,
    Form,
    Identity,
    Place,
    Pressed,
    Said,
    Submitted,
)

ANNA = Identity("slack", "T1", "U1")
EMOJI = {"ticket": "new", "eyes": "claim", "white_check_mark": "resolve"}
CONTEXT = Context(bot="UBOT", names={"U2": "wang.fang"}, words=frozenset({"claim", "new", "help"}), emoji=EMOJI)


def heard(**event: Any) -> parse.Inbound | None:
    """An event with these facts, of a message by U1 in a direct conversation unless told otherwise."""
    inner = {"type": "message", "user": "U1", "channel": "D1", "ts": "10.1", "text": "hi", "channel_type": "im"}
    return parse.event({"team_id": "T1", "event_id": "Ev1", "event": inner | event}, CONTEXT)


def event_of(inbound: parse.Inbound | None) -> Any:
    assert inbound is not None
    return inbound.event


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("&amp;lt;", "&lt;"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("<!channel> and <!subteam^S1|@net>", "@channel and @net"),
        ("see <https://a.example/x>", "see https://a.example/x"),
        ("see <http://a.example|a.example>", "see a.example"),
        ("see <https://a.example|the page>", "see the page (https://a.example)"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("ask <@U2> or <@U9|somebody> in <#C1|general>", "ask @wang.fang or @somebody in #general"),
        ("a\u200bb\x07c", "abc"),
    ],
)
def test_text_arrives_as_it_was_typed(sent: str, meant: str) -> None:
    """Slack's own markup is undone exactly once."""
    assert typed(sent, CONTEXT.names) == meant


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u200b"), max_size=80))
def test_whatever_is_typed_survives_slacks_escaping(text: str) -> None:
    """There and back again."""
    assert typed(escape(text), {}) == text


def test_a_mention_that_only_calls_us_is_no_part_of_the_words() -> None:
    """But other people's mentions are."""
    assert without_mention("<@UBOT> my printer", "UBOT") == "my printer"
    assert mentioned("<@U1> <@U2|x> <@U1>") == ("U1", "U2")


def test_a_direct_message_is_said_in_private() -> None:
    """Its id is its own timestamp; in a thread it answers the thread's message."""
    assert event_of(heard()) == Said("slack:D1:10.1", ANNA, Place("slack", "T1", "@U1"), "hi", message="10.1")
    assert event_of(heard(ts="11.1", thread_ts="10.1")).reply_to == "10.1"


def test_a_mention_and_its_plain_copy_are_one_event() -> None:
    """Slack sends both; the same id makes the second one known."""
    mention = heard(type="app_mention", channel="C1", text="<@UBOT> my printer jams", channel_type=None)
    plain = heard(channel="C1", text="<@UBOT> my printer jams", channel_type="channel")
    assert event_of(mention) == event_of(plain)
    assert event_of(mention).place == Place("slack", "", "C1", "10.1", private=False)
    assert event_of(mention).text == "my printer jams"


def test_words_that_call_nobody_count_only_in_threads() -> None:
    """And there only if the thread is ours, which is asked elsewhere."""
    assert heard(channel="C1", channel_type="channel") is None
    inside = heard(channel="C1", channel_type="channel", ts="11.1", thread_ts="10.1")
    assert inside is not None
    assert not inside.addressed
    assert inside.event.place.thread == "10.1"


@pytest.mark.parametrize(
    "facts",
    [
        {"bot_id": "B1"},
        {"user": "UBOT"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"user": ""},
        {"ts": ""},
        {"type": "team_join"},
    ],
)
def test_what_is_no_persons_new_message_is_left_alone(facts: dict[str, Any]) -> None:
    """Bots, ourselves, edits, and everything Slack says by itself."""
    assert heard(**facts) is None


def changed(now: str, **before: Any) -> parse.Inbound | None:
    """The message of `heard`, changed to this; `before` is what Slack says of how it was."""
    inner = {"type": "message", "user": "U1", "ts": "10.1", "text": now, "edited": {"user": "U1", "ts": "12.0"}}
    was = {"type": "message", "user": "U1", "ts": "10.1", "text": "hi"} | before
    return heard(subtype="message_changed", ts="12.1", message=inner, previous_message=was)


def test_a_changed_message_is_a_correction_of_the_one_it_was() -> None:
    """Known by its own timestamp; each change is an event of its own."""
    corrected = event_of(changed("hello"))
    assert corrected == Corrected("slack:D1:10.1:12.0", ANNA, Place("slack", "T1", "@U1"), "10.1", "hello")


def test_a_link_that_unfolds_changes_no_words() -> None:
    """Slack tells of it in the same way, and again after a change that was heard already."""
    assert changed("hi") is None
    assert changed("hello", text="hullo", edited={"user": "U1", "ts": "12.0"}) is None


def test_called_by_name_a_word_with_a_number_is_a_command() -> None:
    """`@firstline claim 12`, but not a sentence that begins like one."""
    for text, word, rest in (("claim 12", "claim", "12"), ("Claim T-12", "claim", "T-12"), ("help", "help", "")):
        command = event_of(heard(channel="C1", text=f"<@UBOT> {text}"))
        assert (command.word, command.rest) == (word, rest)
    assert isinstance(event_of(heard(channel="C1", text="<@UBOT> new printers are slow")), Said)


def test_files_come_with_where_to_fetch_them() -> None:
    """And with the words they were sent with."""
    file = {"name": "a.png", "mimetype": "image/png", "size": 3, "url_private_download": "https://files.slack.com/a"}
    sent = event_of(heard(subtype="file_share", files=[file], text="look"))
    assert isinstance(sent, Attached)
    assert sent.caption == "look"
    assert sent.files[0].reference == "https://files.slack.com/a"


def test_a_strangers_home_is_named() -> None:
    """In a shared channel the workspace is the speaker's own, not ours."""
    said = event_of(heard(channel="C1", text="<@UBOT> hi", team="T1", user_team="T9"))
    assert said.sender == Identity("slack", "T9", "U1")


def test_a_slash_command_is_answered_to_its_sender_alone() -> None:
    """In a channel by a whisper, in direct messages by a message; its id is the trigger's."""
    body = {"user_id": "U1", "team_id": "T1", "channel_id": "C1", "trigger_id": "tr1", "text": "claim 12  now"}
    given_command = parse.command(body, CONTEXT)
    assert given_command.trigger == "tr1"
    assert given_command.event == Commanded(
        "slack:command:tr1", ANNA, Place("slack", "", "C1@U1", private=False), "claim", "12  now"
    )
    assert parse.command(body | {"channel_id": "D1", "text": ""}, CONTEXT).event.place == Place("slack", "T1", "@U1")
    named = parse.command(body | {"text": "new <@U2|wang> no screen"}, CONTEXT).event
    assert isinstance(named, Commanded)
    assert named.rest == "@wang.fang no screen"


def pressed(container: dict[str, Any], value: str = "t:claim:1") -> Any:
    action = {"type": "button", "action_id": "press:0", "action_ts": "12.5", "value": value}
    user = {"id": "U1", "team_id": "T1"}
    return event_of(parse.press({"user": user, "container": container, "actions": [action], "trigger_id": "tr"}))


def test_a_press_is_answered_where_its_message_stands() -> None:
    """In a thread there; on a channel's card by a whisper; in private in private; from the Home tab too."""
    room = {"type": "message", "message_ts": "10.1", "channel_id": "C1"}
    assert pressed(room) == Pressed(
        "slack:press:U1:10.1:12.5:press:0", ANNA, Place("slack", "", "C1@U1", private=False), "t:claim:1", "10.1"
    )
    assert pressed(room | {"thread_ts": "9.1"}).place == Place("slack", "", "C1", "9.1", private=False)
    assert pressed(room | {"channel_id": "D1"}).place == Place("slack", "T1", "@U1")
    assert pressed({"type": "view", "view_id": "V1"}).place == Place("slack", "T1", "@U1")


def test_a_press_of_something_else_is_nothing() -> None:
    """A menu, or a button without a value."""
    assert parse.press({"actions": [{"type": "static_select"}], "user": {"id": "U1"}}) is None
    assert parse.press({"actions": [{"type": "button"}], "user": {"id": "U1"}}) is None


FORM = Form("t:hold:7", "Hold", (Field("reason", "Why", FieldKind.CHOICE, choices=(Choice("part", "Part"),)),), "Hold")
HERE = Place("slack", "", "C1@U1", private=False)


def submitted(reason: str | None) -> Submitted:
    view = modal(FORM, HERE)
    state = {"values": {"0:reason": {"answer": {"selected_option": {"value": reason} if reason else None}}}}
    body = {"user": {"id": "U1", "team_id": "T1"}, "view": {"id": "V1", "hash": "h", "state": state, **view}}
    event = parse.submission(body).event
    assert isinstance(event, Submitted)
    return event


def test_a_modal_knows_its_form_and_where_it_belongs() -> None:
    """And the same modal with other answers is another event: after an error Slack keeps id and hash."""
    event = submitted("part")
    assert (event.form, event.place, dict(event.values)) == ("t:hold:7", HERE, {"reason": "part"})
    assert event.id == submitted("part").id
    assert event.id != submitted(None).id


def shortcut(name: str, **facts: Any) -> Any:
    body = {"callback_id": name, "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "tr", "action_ts": "1.1"}
    message = {"ts": "11.1", "thread_ts": "10.1", "text": "@anna 12 screens &lt;dead&gt;"}
    return event_of(parse.shortcut(body | {"message": message, "channel": {"id": "C1"}} | facts, CONTEXT))


def test_shortcuts_are_commands() -> None:
    """A new ticket, one with a message's words, or a note on the thread's ticket."""
    assert shortcut("new_ticket").word == "new"
    created = shortcut("create_ticket")
    assert (created.word, created.rest) == ("new", "anna 12 screens <dead>")
    note = shortcut("add_note")
    assert (note.text, note.reply_to) == ("note: @anna 12 screens <dead>", "10.1")
    assert parse.shortcut({"callback_id": "other", "user": {"id": "U1"}}, CONTEXT) is None


def test_an_emoji_stands_for_a_command() -> None:
    """Eyes claim, a check mark resolves, a ticket opens one about somebody else's words; others are just emoji."""
    item = {"type": "message", "channel": "C1", "ts": "10.1"}
    claim = heard(type="reaction_added", reaction="eyes", item=item, item_user="UBOT")
    assert (event_of(claim).word, event_of(claim).reply_to) == ("claim", "10.1")
    assert heard(type="reaction_added", reaction="eyes", item=item, item_user="U2") is None
    create = heard(type="reaction_added", reaction="ticket", item=item, item_user="U2")
    assert create is not None
    assert (create.quoted, create.event.place) == (("C1", "10.1"), Place("slack", "T1", "@U1"))
    assert heard(type="reaction_added", reaction="ticket", item=item, item_user="UBOT") is None
    assert heard(type="reaction_added", reaction="tada", item=item, item_user="UBOT") is None


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=8), st.integers(), st.none()), max_size=6))
def test_strange_events_are_nothing(inner: dict[str, Any]) -> None:
    """Whatever stands in an event without a type of ours."""
    assert parse.event({"event": inner}, CONTEXT) is None or inner.get("type") in ("message", "app_mention")
