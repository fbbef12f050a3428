"""One set of stories, lived in each channel: what people write, what is understood, and what is honestly not.

Everybody acts by visible words. In each story somebody else sits there, in English or in Chinese.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bot.phrases import tell
from escalation.priority import Priority
from tests.journeys.everywhere import AtTheWebDesk, InSlack, Person, play_everywhere
from tests.journeys.stage import AtWork, play, reply_text

ANNA, FELIX, LAURA, MAX = "anna.weber", "felix.schmidt", "laura.meyer", "max.schulz"
ZHAO, LI, PAN, YUAN = "zhao.min", "li.xin", "pan.li", "yuan.bo"
SOPHIE, QIAN = "sophie.richter", "qian.hong"
EVERYBODY = (ANNA, FELIX, LAURA, MAX, ZHAO, LI, PAN, YUAN, SOPHIE, QIAN)


@dataclass
class Room:
    """The desk at work, and one channel in which everybody sits."""

    stage: AtWork
    find: Callable[[str], Person]

    def person(self, key: str) -> Person:
        return self.find(key)

    def say(self, key: str, sentence: str, **facts: str | int) -> str:
        """A sentence of the desk as this person reads it."""
        return tell(sentence, self.stage.app.desk.organisation.people[key].language, **facts)

    async def reads(self, key: str, words: str) -> str:
        """What they see with these words in it; the web desk's form stands beside its chat."""
        person = self.person(key)
        if isinstance(person, AtTheWebDesk) and person.somebody.form is not None:
            shown = reply_text(person.somebody.form)
            if words in shown:
                return shown
        return await person.sees(words)

    async def sends_the_form(self, key: str, *, pressed: bool = False) -> None:
        """The form exactly as it came. After words, Slack opens it by a button."""
        person = self.person(key)
        if isinstance(person, InSlack) and not pressed:
            await person.presses("New ticket")
        await person.fills({})


@contextlib.asynccontextmanager
async def seated(channel: str, database: str, folder: Path) -> AsyncIterator[Room]:
    """Everybody in this channel."""
    if channel == "web":
        async with play(database) as stage:
            yield Room(stage, cache(lambda key: AtTheWebDesk(stage.person(key))))
        return
    seats = {"slack": (EVERYBODY, ()), "telegram": ((), EVERYBODY)}[channel]
    async with play_everywhere(database, folder, in_slack=seats[0], in_telegram=seats[1]) as everywhere:
        yield Room(everywhere, everywhere.person)


Story = Callable[[Room], Awaitable[None]]


async def lived(stories: Sequence[Story], channel: str, database: str, folder: Path) -> None:
    """Each story in turn; a note names the one that went wrong."""
    async with seated(channel, database, folder) as room:
        for story in stories:
            try:
                await story(room)
            except BaseException as error:
                error.add_note(f"while {story.__name__.replace('_', ' ')}, in {channel}")
                raise


async def a_sure_answer_that_fixes(room: Room) -> None:
    """Asked, answered, *That fixed it*: that is all."""
    anna = room.person(ANNA)
    await anna.says("how do i add the printer on the 4th floor to my laptop")
    await anna.sees("Add a printer to my computer")
    await anna.presses("That fixed it")
    await anna.sees(room.say(ANNA, "fixed"))


async def three_suggestions(room: Room) -> None:
    """Not sure: up to three titles; the picked one is shown, did not help, and is not shown again."""
    felix = room.person(FELIX)
    await felix.says("can I see my mail and voicemail on my phone")
    await felix.sees(room.say(FELIX, "suggest.title", count=3))
    await felix.presses("Set up company e-mail on my phone")
    shown = await felix.count("Set up company e-mail on my phone")
    await felix.presses("Next answer")
    await felix.says("can I see my mail and voicemail on my phone")
    assert await felix.count("Set up company e-mail on my phone") <= shown
    await felix.says("never mind")
    await felix.sees(room.say(FELIX, "cancelled"))


async def nobody_knows_this_one(room: Room) -> None:
    """No answer, honestly: straight to the form, with what was said in its fields."""
    zhao = room.person(ZHAO)
    await zhao.says("停车场的道闸从今天早上开始抬不起来，分机2214，整个楼都这样，很急")
    said = await room.reads(ZHAO, room.say(ZHAO, "unknown.form"))
    for fact in ("今天早上开始（2026-11-24）", "2214"):
        assert fact in said
    await room.sends_the_form(ZHAO)
    details = (await room.stage.ticket(await room.stage.count_tickets())).details
    assert (details["since"], details["callback"]) == ("今天早上开始（2026-11-24）", "2214")
    assert (details["affected"], details["severity"]) == ("everyone", "blocked")


async def two_faults_in_one_message(room: Room) -> None:
    """One after the other: the second begins by itself when the first is over."""
    li = room.person(LI)
    await li.says("打印机卡纸了，还有我外接显示器也黑了")
    await li.sees("打印机")
    await li.says("解决了")
    await li.sees(room.say(LI, "several.next", words="").split("“")[0])
    await li.sees("显示器")
    await li.presses("Talk to a human")
    await li.says("算了")


async def an_emergency(room: Room) -> None:
    """No question, no form: the highest priority."""
    pan = room.person(PAN)
    await pan.says("机房里闻到一股烧焦味")
    await pan.sees(room.say(PAN, "emergency"))
    assert (await room.stage.ticket(await room.stage.count_tickets())).priority is Priority.P1


async def somebody_writes_nonsense(room: Room) -> None:
    """We say that we did not understand, twice at most; then a person may look. Nothing is opened by itself."""
    before = await room.stage.count_tickets()
    laura = room.person(LAURA)
    for words in ("qwertz uiop yxcv", "asdf hjkl mnbv", "fghj bnm"):
        await laura.says(words)
    await room.reads(LAURA, room.say(LAURA, "unknown.form"))
    assert await laura.count(room.say(LAURA, "unsure.title")) <= 2
    await laura.says("never mind")
    await laura.sees(room.say(LAURA, "cancelled"))
    assert await room.stage.count_tickets() == before


async def somebody_changes_their_mind(room: Room) -> None:
    """One trouble, another one instead, and then none: what was asked last counts, and nothing stays open."""
    before = await room.stage.count_tickets()
    max_ = room.person(MAX)
    await max_.says("my laptop is frozen")
    await max_.says("no wait, it is the printer that jams")
    await max_.sees("The printer does not print")
    await max_.says("forget it, it works now")
    assert await room.stage.count_tickets() == before
    await max_.says("hello")
    await max_.sees(room.say(MAX, "welcome.body"))


async def a_sentence_of_two_languages(room: Room) -> None:
    """Code-switching, and a human one press away."""
    yuan = room.person(YUAN)
    await yuan.says("VPN 连不上 after update")
    await yuan.sees("VPN")
    await yuan.presses("Talk to a human")
    await room.sends_the_form(YUAN, pressed=True)
    assert (await room.stage.ticket(await room.stage.count_tickets())).service == "vpn"


async def somebody_types_instead_of_pressing(room: Room) -> None:
    """A name, "it doesn't work", a question about ours, what was asked, and "no": the ticket holds what was tried."""
    for key, said in (
        (SOPHIE, ("printer", "it doesn't work", "what do you mean?", "paper jam", "no")),
        (QIAN, ("打印机", "用不了", "什么意思", "卡纸", "没用")),
    ):
        person = room.person(key)
        for words, follows in zip(said, ("named.body", "", "ask.step", "", "tried.form"), strict=True):
            await person.says(words)
            if follows:
                await room.reads(key, room.say(key, follows))
        await room.sends_the_form(key)
        ticket = await room.stage.ticket(await room.stage.count_tickets())
        assert ticket.service == "printing"
        steps = [found.finding["en"] for found in ticket.evidence if found.kind == "step"]
        assert steps == ["The printer reports a paper jam."]
        assert any(found.kind == "article" for found in ticket.evidence)


STORIES: tuple[Story, ...] = (
    a_sure_answer_that_fixes,
    three_suggestions,
    nobody_knows_this_one,
    two_faults_in_one_message,
    an_emergency,
    somebody_writes_nonsense,
    somebody_changes_their_mind,
    a_sentence_of_two_languages,
    somebody_types_instead_of_pressing,
)


@pytest.mark.parametrize("channel", ["web", "slack", "telegram"])
async def test_what_people_write_in_every_channel(channel: str, sqlite_url: str, tmp_path: Path) -> None:
    await lived(STORIES, channel, sqlite_url, tmp_path)
