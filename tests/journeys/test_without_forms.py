"""A channel that draws no forms, edits nothing and cannot say what stands: everything works there all the same.

It is a console: what is sent to it is a list of messages, and it may be told to fail.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.app import App
from bot.messages import (
    Answer,
    Capabilities,
    Card,
    Facts,
    File,
    Lane,
    Outgoing,
    Place,
    Rejected,
    Reply,
    SendFailed,
    Sent,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.phrases import tell
from bot.settings import Settings
from storage import outbox, people, tickets
from tests.journeys.stage import Clock, Somebody, Stage, reply_text


@dataclass
class Console:
    """The channel. Errors wait in `fails` by room; "after" ones happen when the message stands already."""

    name: str = "console"
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(forms=False, edits=False, reconciles=False))
    sent: list[Outgoing] = field(default_factory=list)
    tried: list[Outgoing] = field(default_factory=list)
    fails: dict[str, list[Exception]] = field(default_factory=dict)
    loses: dict[str, list[Exception]] = field(default_factory=dict)

    async def send(self, outgoing: Outgoing) -> Sent:
        """Write it down, or fail as told: before it stands or, like a lost answer, after."""
        assert not outgoing.message, "this channel edits nothing"
        room = outgoing.place.room
        self.tried.append(outgoing)
        if self.fails.get(room):
            raise self.fails[room].pop(0)
        self.sent.append(outgoing)
        if self.loses.get(room):
            raise self.loses[room].pop(0)
        return Sent(str(len(self.sent)), outgoing.place)

    async def find(self, outgoing: Outgoing) -> Sent | None:
        """Nobody asks a channel that cannot know."""
        raise AssertionError("reconciling was not promised")

    async def fetch(self, file: File) -> bytes:
        """There are no files here."""
        raise Rejected(file.name)

    def room(self, key: str) -> list[Outgoing]:
        return [outgoing for outgoing in self.sent if outgoing.place.room == f"@{key}"]


@dataclass
class AtTheConsole(Somebody):
    """A person who sees only their console."""

    channel: str = "console"

    async def chat(self) -> list[Reply]:
        return [outgoing.reply for outgoing in console_of(self.stage).room(self.key)]

    async def card(self) -> Card:
        """The newest message, which is a card."""
        reply = (await self.chat())[-1]
        assert isinstance(reply, Card), reply
        return reply

    async def asked(self) -> str:
        """The question now on the table."""
        return (await self.card()).title

    async def presses(self, label: str, *, on: str = "") -> Answer:
        if not on:
            seen = [button.label for button in (await self.card()).buttons]
            assert label in seen, f"the newest message has {seen}"
        return await super().presses(label, on=on)


def console_of(stage: Stage) -> Console:
    console = stage.app.delivery.channels["console"]
    assert isinstance(console, Console)
    return console


LINKED = ("anna.weber", "lukas.becker", "chen.jie", "helen.zhou", "sun.hao", "zhang.wei")


@contextlib.asynccontextmanager
async def at_consoles(database_url: str) -> AsyncIterator[Stage]:
    """The sample company at consoles; the web desk is there too, but rings for nobody."""
    clock = Clock()
    app = await App.build(Settings(database_url=database_url), clock=clock, channels=(Console(),))
    async with app.database.transaction() as tx:
        for person in LINKED:
            await people.link(tx, "console", "", person, person, clock())
    try:
        yield Stage(app, clock)
    finally:
        await app.conversation.stop()
        await app.database.close()


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    async with at_consoles(sqlite_url) as stage:
        yield stage


@pytest.fixture
def anna(stage: Stage) -> AtTheConsole:
    return AtTheConsole(stage, "anna.weber")


# -- forms, asked in steps -------------------------------------------------------------------------


async def test_the_intake_is_asked_in_steps_and_sent_from_a_summary(stage: Stage, anna: AtTheConsole) -> None:
    """Only what is missing is asked; the rest stands in the summary, where each answer can be changed."""
    await anna.commands("/new")
    assert await anna.asked() == "In one line"
    await anna.says("x" * 121)
    assert "under 120 characters" in reply_text(await anna.card())
    await anna.says("The scanner eats paper")
    assert "The scanner eats paper" in reply_text(await anna.card())
    assert [button.label for button in (await anna.card()).buttons] == [
        "Submit",
        "More details",
        "Change…",
        "Cancel",
    ]

    await anna.presses("More details")
    assert await anna.asked() == "What happens"
    await anna.says("It pulls in three sheets at once")
    assert await anna.asked() == "Device or asset tag"
    await anna.says("PRN-0042")
    assert await anna.asked() == "Since when"
    await anna.presses("Skip")
    await anna.presses("That is all")
    assert "PRN-0042" in reply_text(await anna.card())
    await anna.presses("Change…")
    await anna.presses("Who is affected")
    await anna.says("the whole universe")
    assert "choose one of the list" in reply_text(await anna.card())
    await anna.says("my team")
    await anna.presses("Change…")
    await anna.presses("Call-back number")
    await anna.says("call me maybe")
    assert "A phone number has digits" in reply_text(await anna.card())
    await anna.presses("Skip")
    await anna.says("change…")
    await anna.presses("Since when")
    await anna.presses("Back")
    (summary,) = (block for block in (await anna.card()).blocks if isinstance(block, Facts))
    assert dict(summary.rows)["Who is affected"] == "My team"
    assert "Call-back number" not in dict(summary.rows)

    await anna.presses("Submit")
    ticket = await stage.ticket(1)
    assert (ticket.summary, ticket.description) == ("The scanner eats paper", "It pulls in three sheets at once")
    assert (ticket.details["affected"], ticket.details["device"]) == ("team", "PRN-0042")
    await anna.sees("T-1 is open")
    await anna.says("thank you")
    await anna.sees("You are welcome")


async def test_cancelling_the_intake_ends_the_conversation(stage: Stage, anna: AtTheConsole) -> None:
    """What is said afterwards is a new matter, not more about a form that is gone."""
    await anna.commands("/new")
    await anna.presses("Cancel")
    await anna.sees("Nothing was opened")
    await anna.says("Hello")
    await anna.sees("how can I help")
    await anna.does_not_see("Your form is still open")


async def test_cancel_may_be_typed(stage: Stage, anna: AtTheConsole) -> None:
    await anna.commands("/new")
    await anna.says("cancel")
    await anna.sees("Nothing was opened")


async def test_a_question_of_before_is_not_answered_by_an_old_button(stage: Stage, anna: AtTheConsole) -> None:
    await anna.commands("/new The scanner eats paper")
    old = next(button for button in (await anna.card()).buttons if button.label == "Submit")
    await anna.presses("Cancel")
    await anna.presses(old.label, on="The scanner eats paper")
    await anna.sees("belongs to an earlier question")
    async with stage.app.database.reading() as tx:
        assert not await tickets.find(tx, tickets.Filter())


async def test_an_engineer_resolves_and_holds_in_steps(stage: Stage, anna: AtTheConsole) -> None:
    """Short forms ask everything, optional questions too, each with *Back*, *Skip* where allowed and *Cancel*."""
    await anna.commands("/new The wifi is slow")
    await anna.says("submit")
    lukas = AtTheConsole(stage, "lukas.becker")
    await lukas.commands("/claim 1")

    await lukas.commands("/hold 1")
    assert await lukas.asked() == "Waiting for"
    await lukas.presses("A vendor")
    assert await lukas.asked() == "Until when"
    await lukas.says("when hell freezes over")
    assert "I do not understand this time" in reply_text(await lukas.card())
    await lukas.presses("Back")
    await lukas.says("waiting for a part")
    await lukas.presses("Skip")
    await lukas.presses("Hold")
    held = await stage.ticket(1)
    assert held.hold is not None
    assert held.hold.reason == "part"

    await lukas.commands("/resolve 1")
    assert await lukas.asked() == "Cause"
    assert "Skip" not in {button.label for button in (await lukas.card()).buttons}
    await lukas.says("A full channel")
    assert await lukas.asked() == "What was done"
    await lukas.presses("Back")
    assert "A full channel" in reply_text(await lukas.card())
    await lukas.says("A crowded channel")
    await lukas.says("Another channel")
    await lukas.presses("Resolve")
    solved = await stage.ticket(1)
    assert (solved.status, solved.cause, solved.solution) == ("resolved", "A crowded channel", "Another channel")


async def test_a_form_that_comes_too_late_is_refused_and_put_away(stage: Stage, anna: AtTheConsole) -> None:
    """A colleague solved it meanwhile: the engineer is told who, and is not caught in the form."""
    await anna.commands("/new The wifi is slow")
    await anna.says("submit")
    lukas, chen = AtTheConsole(stage, "lukas.becker"), AtTheConsole(stage, "chen.jie")
    await lukas.commands("/claim 1")
    await lukas.commands("/resolve 1")
    await lukas.says("A full channel")
    await lukas.says("Another channel")
    await chen.commands("/resolve 1 Old firmware / Updated it")
    await lukas.presses("Resolve")
    await lukas.sees("Chen Jie was first: T-1 is already resolved")
    await lukas.says("Hello")
    await lukas.sees("how can I help")
    assert (await stage.ticket(1)).solution == "Updated it"


# -- sending that fails ----------------------------------------------------------------------------


async def open_p1(stage: Stage, anna: AtTheConsole) -> None:
    """A P1 about the network: tier two and the manager are paged at once."""
    await anna.commands("/new Nobody in the company can reach the network")
    for label, answer in (("Who is affected", "Everyone"), ("How bad is it", "Work has stopped"), ("Service", "Wi-Fi")):
        await anna.presses("Change…")
        await anna.presses(label)
        await anna.says(answer)
    await anna.presses("Submit")


def pages(stage: Stage, key: str) -> list[Outgoing]:
    return [each for each in console_of(stage).room(key) if each.lane is Lane.PAGE]


async def first_paged(stage: Stage) -> str:
    """Somebody of the first rung."""
    return next(key for key in LINKED if any(o.lane is Lane.PAGE for o in console_of(stage).room(key)))


async def test_a_page_whose_answer_was_lost_is_repeated_and_says_so(stage: Stage, anna: AtTheConsole) -> None:
    """It may stand already: better twice, marked, than never."""
    console = console_of(stage)
    for key in LINKED[1:]:
        console.loses[f"@{key}"] = [Unclear("no answer")]
    await open_p1(stage, anna)
    paged = await first_paged(stage)
    assert [each.repeat for each in pages(stage, paged)] == [False]
    await stage.pass_time(seconds=5)
    assert [each.repeat for each in pages(stage, paged)] == [False, True]
    await stage.pass_time(minutes=1)
    assert len(pages(stage, paged)) == 2


async def test_what_is_only_cosmetic_is_not_repeated(stage: Stage, anna: AtTheConsole) -> None:
    """A card that would only be redrawn is no message of its own here, whether its answer was lost or not."""
    await anna.commands("/new The wifi is slow")
    await anna.says("submit")
    before = len(console_of(stage).room("anna.weber"))
    await AtTheConsole(stage, "lukas.becker").commands("/claim 1")
    await stage.pass_time(minutes=2)
    said = [each.lane for each in console_of(stage).room("anna.weber")[before:]]
    assert said == [Lane.ANSWER]
    await anna.sees("has taken T-1")


async def test_somebody_unreachable_does_not_hold_up_the_ladder(stage: Stage, anna: AtTheConsole) -> None:
    """Nobody of the first rung can be reached: the next one is paged at once, not after five minutes."""
    console = console_of(stage)
    console.fails = {f"@{key}": [Unreachable("blocked")] * 9 for key in ("lukas.becker", "chen.jie", "zhang.wei")}
    await open_p1(stage, anna)
    assert not any(pages(stage, key) for key in ("lukas.becker", "chen.jie", "zhang.wei"))
    assert any(pages(stage, key) for key in ("sun.hao", "helen.zhou"))
    assert (await stage.ticket(1)).opened_at == stage.clock.now


async def test_a_busy_platform_is_given_the_time_it_asks_for_and_others_do_not_wait(
    stage: Stage, anna: AtTheConsole
) -> None:
    await anna.commands("/new The wifi is slow")
    await anna.says("submit")
    lukas, console = AtTheConsole(stage, "lukas.becker"), console_of(stage)
    console.fails["@anna.weber"] = [TryLater(40)]
    await lukas.commands("/claim 1")
    await lukas.sees("T-1 is yours")
    tried = len([each for each in console.tried if each.place.room == "@anna.weber"])
    for _ in range(3):
        stage.clock.now += timedelta(seconds=12)
        await stage.settle()
    await anna.does_not_see("has taken T-1")
    assert len([each for each in console.tried if each.place.room == "@anna.weber"]) == tried
    stage.clock.now += timedelta(seconds=5)
    await stage.settle()
    await anna.sees("has taken T-1")


async def test_what_the_platform_will_never_take_is_kept_for_a_person_to_look_at(
    stage: Stage, anna: AtTheConsole
) -> None:
    await anna.commands("/new The wifi is slow")
    await anna.says("submit")
    console_of(stage).fails["@anna.weber"] = [Rejected("too long")]
    await AtTheConsole(stage, "lukas.becker").commands("/claim 1")
    async with stage.app.database.reading() as tx:
        (letter,) = (each for each in await outbox.dead_letters(tx) if each.target == "person:anna.weber")
    assert letter.error == "Rejected: too long"
    async with stage.app.database.transaction() as tx:
        assert await outbox.redrive(tx, letter.id, stage.clock())
    await stage.settle()
    await anna.sees("has taken T-1")


async def test_a_channel_that_fails_for_a_while_loses_nothing_and_keeps_the_order(
    stage: Stage, anna: AtTheConsole
) -> None:
    await anna.commands("/new The wifi is slow")
    await anna.says("submit")
    lukas, console = AtTheConsole(stage, "lukas.becker"), console_of(stage)
    await lukas.commands("/claim 1")
    console.fails["@anna.weber"] = [SendFailed("500")] * 5
    for number in range(4):
        await lukas.commands(f"/reply 1 Message number {number}")
    await anna.does_not_see("Message number")
    await stage.pass_time(minutes=3)
    assert re.findall(r"Message number (\d)", await anna.screen()) == ["0", "1", "2", "3"]


async def test_a_row_that_cannot_be_drawn_is_put_aside_and_the_next_goes_through_at_once(
    stage: Stage, anna: AtTheConsole
) -> None:
    """Five tries, then it is a dead letter; a message to the same person, queued behind it, does not wait."""
    await anna.commands("/new The wifi is slow")
    await anna.says("submit")
    async with stage.app.database.transaction() as tx:
        for key, notice in (("poison", "no-such-notice"), ("good", "told")):
            facts = {"about": "comment", "by": "", "text": "hello"}
            await outbox.put(tx, key, "person:lukas.becker", notice, facts, int(Lane.NOTICE), 1, stage.clock())
    with capture_logs():
        await stage.settle()
    await AtTheConsole(stage, "lukas.becker").sees("hello")
    async with stage.app.database.reading() as tx:
        (letter,) = (each for each in await outbox.dead_letters(tx) if each.key == "poison")
    assert letter.attempts == 5


async def test_a_channel_that_stumbles_over_a_message_gives_it_up_after_five_tries(
    stage: Stage, anna: AtTheConsole
) -> None:
    """A mistake in a channel's own code must not be tried for ever."""
    console_of(stage).fails["@anna.weber"] = [KeyError("ts")] * 99
    with capture_logs():
        await anna.commands("/list")
        await stage.pass_time(minutes=5)
    async with stage.app.database.reading() as tx:
        (letter,) = await outbox.dead_letters(tx)
    assert letter.attempts == 5


async def test_an_account_nobody_linked_is_told_what_to_do_in_both_languages(stage: Stage) -> None:
    stranger = AtTheConsole(stage, "stranger")
    await stranger.says("The wifi is slow")
    for language in ("en", "zh"):
        await stranger.sees(tell("unlinked", language))
    assert Place.direct(stranger.identity).private


async def test_whoever_writes_again_is_written_to_again(stage: Stage, anna: AtTheConsole) -> None:
    """Who blocked the bot once is not lost for ever: their next word says that they are back."""
    console, chen = console_of(stage), AtTheConsole(stage, "chen.jie")
    console.fails = {"@chen.jie": [Unreachable("blocked")]}
    await open_p1(stage, anna)
    assert not pages(stage, "chen.jie")
    await chen.says("hello")
    heard = len(await chen.chat())
    await AtTheConsole(stage, "lukas.becker").commands("/assign 1 chen.jie")
    assert len(await chen.chat()) > heard
