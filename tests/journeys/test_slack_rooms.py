"""Channels, threads, private answers, forms and strangers in Slack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.messages import Commanded, Identity, Place, Text
from faq.normalise import has_han
from tests.fakes.slack import BOT_USER, Message
from tests.journeys.slack_stage import GENERAL, ROOM, Seat, SlackStage, play_in_slack

MARKUP = "<!channel> <@U0WANGFANG> <https://a.example|b> &lt;b&gt;"


async def open_ticket(anna: Seat, words: str = "The Wi-Fi in Berlin drops") -> None:
    await anna.runs(f"new {words}")
    await anna.fills({"Service": "Wi-Fi"})


async def test_one_card_in_the_channel_follows_the_ticket(sqlite_url: str, tmp_path: Path) -> None:
    """It is edited in place; what an engineer presses is answered to them alone; a second press says who was first."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang, li = stage.seat("anna.weber"), stage.seat("wang.fang"), stage.seat("li.qiang")
        await open_ticket(anna)
        await li.sees("T-1")
        (card,) = public(stage)

        await wang.presses("Claim", on=card)
        assert [message.ts for message in public(stage)] == [card.ts]
        assert card.edits >= 1
        await li.sees("王芳")
        await li.runs("claim 1", channel=ROOM)
        whispers = [m for m in stage.workspace.messages(ROOM) if m.only_for]
        assert {m.only_for for m in whispers} == {wang.hands.id, li.hands.id}
        await li.sees("王芳抢先一步")


async def test_a_thread_reaches_the_other_side(sqlite_url: str, tmp_path: Path) -> None:
    """Words in the card's thread go to the employee, a note stays inside, and the employee's answer comes back."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        (card,) = public(stage)
        await wang.presses("Claim", on=card)

        await wang.answers("Please hold the laptop closer", thread=card.ts)
        await anna.sees("Please hold the laptop closer")
        await wang.answers("note: the access point is broken", thread=card.ts)
        await wang.answers("unrelated chatter about lunch? no: about the fault", thread=card.ts)
        await anna.sees("about the fault")
        assert not anna.reads("access point is broken")
        await anna.says("It works next to the window")
        await wang.sees("It works next to the window")
        log = [m.text for m in stage.workspace.messages(ROOM) if m.thread_ts == card.ts and m.user == BOT_USER]
        assert any("王芳" in text and "认领" in text for text in log)
        assert any("It works next to the window" in text for text in log)
        assert sum("hold the laptop closer" in text for text in log) == 0


async def test_chatter_in_a_channel_is_none_of_our_business(sqlite_url: str, tmp_path: Path) -> None:
    """Neither in the channel nor in other people's threads; called by name we answer in the thread."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        first = await anna.hands.says(GENERAL, "Lunch at noon?")
        await anna.hands.says(GENERAL, "Pizza, and the printer is broken", thread=first)
        await stage.settle()
        assert all(message.user != BOT_USER for message in stage.workspace.messages(GENERAL))

        called = await anna.hands.mentions(GENERAL, "my printer is jammed")
        await stage.settle()
        ours = [message for message in stage.workspace.messages(GENERAL) if message.user == BOT_USER]
        assert ours
        assert {message.thread_ts for message in ours} == {called.ts}


async def test_an_engineer_commands_in_a_thread_by_name(sqlite_url: str, tmp_path: Path) -> None:
    """Slash commands do not run in threads: `@firstline claim` does, and an emoji too."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        (card,) = public(stage)
        await wang.hands.mentions(ROOM, "claim", thread=card.ts)
        await stage.settle()
        assert (await stage.ticket(1)).assignee == "wang.fang"
        await wang.hands.reacts("white_check_mark", on=card)
        await stage.settle()
        await wang.presses("解决 T-1", on="解决 T-1")
        await wang.fills({"Cause": "Old antenna", "What was done": "New antenna"})
        await anna.sees("New antenna")


async def test_an_emoji_makes_a_ticket_of_somebodys_words(sqlite_url: str, tmp_path: Path) -> None:
    """Whoever puts it there gets the form, in private, half filled in."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, song = stage.seat("anna.weber"), stage.seat("song.yu")
        said = await anna.hands.says(GENERAL, "The printer on the 2nd floor eats paper")
        await song.hands.reacts("ticket", on=said)
        await stage.settle()
        await song.presses("New ticket")
        assert "eats paper" in str((await song.hands.has_form()).content)
        assert all(message.user != BOT_USER for message in stage.workspace.messages(GENERAL))


async def test_typed_words_that_lead_to_a_form_leave_a_button(sqlite_url: str, tmp_path: Path) -> None:
    """A modal opens only by a press: the message that stands for it opens it, and is settled in the end."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        await anna.says("I want to talk to a human about the Wi-Fi")
        if not anna.reads("New ticket"):
            await anna.says("ticket")
        await anna.presses("New ticket")
        await anna.fills({"In one line": "Wi-Fi", "Service": "Wi-Fi"})
        await anna.sees("T-1")
        before = len(stage.workspace.calls_to("views.open"))
        assert before == 1


async def test_an_error_in_a_form_stands_at_its_field(sqlite_url: str, tmp_path: Path) -> None:
    """And the same modal, put right, is taken."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        await anna.runs("new The Wi-Fi is slow")
        await anna.fills({"Call-back number": "not a number"})
        assert anna.hands.modal.errors
        await anna.fills({"Call-back number": "+49 30 1234567"})
        await anna.sees("T-1")
        assert await stage.count_tickets() == 1


async def test_what_people_type_is_shown_as_typed_and_pings_nobody(sqlite_url: str, tmp_path: Path) -> None:
    """In the channel, the thread, direct messages, forms, on Home, beside files, in notes, causes and solutions."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna, MARKUP)
        await wang.sees(MARKUP)
        (card,) = public(stage)
        await wang.presses("Claim", on=card)
        await wang.runs(f"reply 1 {MARKUP}")
        await wang.answers(MARKUP, thread=card.ts)
        await anna.sees(MARKUP)
        await anna.hands.uploads("a.png", b"\x89PNG", text=f"look: {MARKUP}")
        await stage.settle()
        await wang.sees(f"look: {MARKUP}")
        await wang.runs(f"note 1 secret {MARKUP}")
        await wang.runs("show 1")
        await wang.sees(f"secret {MARKUP}")
        await wang.runs(f"resolve 1 cause {MARKUP} / done {MARKUP}")
        await anna.sees(f"done {MARKUP}")
        assert (await stage.ticket(1)).cause == f"cause {MARKUP}"
        await anna.presses("Still broken", on="T-1 is resolved")
        await anna.hands.opens_home()
        await stage.settle()
        assert await stage.workspace.until(lambda: MARKUP in anna.hands.screen().partition("── Home")[2])
        await anna.runs(f"new also {MARKUP}")
        await anna.presses("Open a new ticket", on="You already have T-1 about this")
        await anna.hands.has_form()
        assert f"also {MARKUP}" in anna.hands.screen()
        assert stage.workspace.pings == []


@pytest.mark.parametrize("way", ["socket", "http"])
@pytest.mark.parametrize(
    ("language", "caller", "words"),
    [("en", "anna.weber", "her printer is on fire"), ("zh", "zhao.min", "打印机卡纸了")],
)
async def test_a_phone_operator_files_for_somebody(
    sqlite_url: str, tmp_path: Path, way: str, language: str, caller: str, words: str
) -> None:
    """`/it new @person`: Slack's own mention finds the person; operator and caller read their own language."""

    def speaking(text: dict[str, Any]) -> None:
        text["people"]["ma.li"]["language"] = language

    async with play_in_slack(sqlite_url, tmp_path, way=way, changes=speaking) as stage:
        operator, person = stage.seat("ma.li"), stage.seat(caller)
        await operator.runs(f"new @{caller} {words}")
        await operator.fills({"Promise": "We call back"})
        ticket = await stage.ticket(1)
        assert (ticket.requester, ticket.opened_by, ticket.origin.value) == (caller, "ma.li", "phone")
        assert ticket.details["promise"] == "We call back"
        await person.sees("T-1")
        assert has_han(operator.hands.screen().partition("Direct messages")[2].replace(words, "")) is (language == "zh")


async def test_an_unknown_account_of_ours_is_linked_by_its_address(sqlite_url: str, tmp_path: Path) -> None:
    """Slack vouches for the address of its own members; a stranger from elsewhere is told to ask."""
    async with play_in_slack(sqlite_url, tmp_path, linked=False) as stage:
        anna = stage.seat("anna.weber")
        await anna.runs("list")
        assert not anna.reads("I do not know you here yet")

        stranger = stage.workspace.person("U0STRANGER", "Some Body", is_stranger=True, email="anna.weber@haihe.example")
        await stranger.dm("my wifi drops")
        await stage.settle()
        await stranger.sees("I do not know you here yet")
        await stranger.dm("hello?")
        await stage.settle()


async def test_a_file_reaches_the_ticket(sqlite_url: str, tmp_path: Path) -> None:
    """What somebody shares in direct messages is kept with the ticket they open."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        await open_ticket(anna)
        await anna.hands.uploads("screen.png", b"\x89PNG picture", text="this is what I see")
        await stage.settle()
        await stage.seat("wang.fang").runs("show 1")
        await stage.seat("wang.fang").sees("screen.png")


async def test_home_shows_what_is_mine(sqlite_url: str, tmp_path: Path) -> None:
    """Employees see their tickets, engineers their queue and who is on call."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        await anna.hands.opens_home()
        await wang.hands.opens_home()
        assert await stage.workspace.until(lambda: len(stage.workspace.homes) == 2)
        for seat in (anna, wang):
            assert "T-1" in str(stage.workspace.homes[seat.hands.id].content)


def public(stage: SlackStage) -> list[Message]:
    """What everybody sees at the top of the group's channel, by us."""
    messages = stage.workspace.messages(ROOM)
    return [m for m in messages if m.user == BOT_USER and not m.only_for and m.thread_ts in ("", m.ts)]


async def test_an_account_is_linked_by_a_code_from_the_web_desk(sqlite_url: str, tmp_path: Path) -> None:
    """Somebody Slack knows by another address takes a code from where they are signed in; it works once."""
    async with play_in_slack(sqlite_url, tmp_path, linked=False) as stage:
        anna = stage.workspace.person("U0PRIVATE", "Anna W.", email="anna@private.example")
        await anna.dm("my wifi drops")
        await stage.settle()
        await anna.sees("write connect there")

        web = Identity("web", "", "anna.weber")
        answer = await stage.app.conversation.handle(Commanded("w1", web, Place.direct(web), "connect"))
        (given,) = answer.replies
        assert isinstance(given, Text)
        code = given.text.rpartition(" ")[2]
        await anna.dm(f"connect {code}")
        await stage.settle()
        await anna.sees("Welcome, Anna Weber")
        await anna.slash("/it", "list")
        await stage.settle()
        await anna.sees("My tickets")

        other = stage.workspace.person("U0OTHER", "Somebody", email="other@private.example")
        await other.dm(f"connect {code}")
        await stage.settle()
        await other.sees("I do not know you here yet")


async def test_the_form_asks_what_fits_the_kind(sqlite_url: str, tmp_path: Path) -> None:
    """Nobody who complains is asked for an IP address; what was typed before the change stays."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        await anna.runs("new The canteen's Wi-Fi")
        await anna.hands.has_form()
        assert "IP address" in str(anna.hands.modal.content)
        await anna.hands.fills(
            {"Call-back number": "+49 30 1234567", "What is it about": "A complaint about our service"}
        )
        await stage.settle()
        assert await stage.workspace.until(lambda: "IP address" not in str(anna.hands.modal.content))
        assert "Since when" not in str(anna.hands.modal.content)
        assert "+49 30 1234567" in str(anna.hands.modal.as_json())
        await anna.hands.submits()
        await stage.settle()
        ticket = await stage.ticket(1)
        assert (ticket.kind.value, ticket.details.get("callback")) == ("complaint", "+49 30 1234567")


@pytest.mark.parametrize("caller", ["anna.weber", "zhao.min"])
async def test_a_form_closed_by_mistake_comes_back(sqlite_url: str, tmp_path: Path, caller: str) -> None:
    """A modal that is closed is gone from the screen: the next words bring its button, and so does half an hour."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        person = stage.seat(caller)
        await person.says("my wifi drops all the time" if person.language == "en" else "无线网络一直掉线")
        await person.presses("Talk to a human")
        await person.hands.has_form()
        await person.hands.closes()
        await person.says("hello?" if person.language == "en" else "你好？")
        await person.presses("New ticket")
        await person.hands.has_form()
        await person.hands.closes()
        said = len(stage.workspace.direct_messages(person.hands.id).messages)
        await stage.pass_time(minutes=31)
        assert len(stage.workspace.direct_messages(person.hands.id).messages) > said
        await person.presses("New ticket")
        await person.fills({"How bad is it": "Work has stopped"})
        assert (await stage.ticket(1)).requester == caller
