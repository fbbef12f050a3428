"""Every command word in Slack, in both languages, and the same sentences there as in the web desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import App
from bot.dialogue.commands import WORDS
from bot.messages import Commanded, Event, Form, Identity, Place, Reply, Said
from faq.normalise import has_han
from tests.fakes.slack import TEAM
from tests.journeys.slack_stage import Seat, play_in_slack, user_id
from tests.journeys.stage import reply_text

# Who says it, in whose Slack; every word is said twice: by an English engineer and by a Chinese one.
ENGINEERS = ("lukas.becker", "wang.fang")
SHOW_BOTH = frozenset({"settings", "language"})  # whoever does not read this language finds their own


def ours(person: Seat) -> int:
    """How much this person sees of us: messages, edits and modals."""
    seen = [m for room in person.stage.workspace.conversations.values() for m in room.messages if m.by_app]
    mine = [m for m in seen if m.only_for in ("", person.hands.id)]
    return len(mine) + sum(m.edits for m in mine) + len(person.stage.workspace.modals.get(person.hands.id, []))


def in_private(person: Seat) -> list[str]:
    """What we said to this person alone, message by message."""
    direct = person.stage.workspace.direct_messages(person.hands.id)
    return [f"{m.text} {m.blocks} {m.attachments}" for m in direct.messages if m.by_app]


def modals(person: Seat) -> list[str]:
    """What their open modals say; a choice is named in one language, a person's name may be written in either."""
    return [str(view.content["title"]) for view in person.stage.workspace.modals.get(person.hands.id, [])]


@pytest.mark.parametrize(("way", "engineer"), list(zip(("socket", "http"), ENGINEERS, strict=True)))
async def test_every_word_is_answered(sqlite_url: str, tmp_path: Path, way: str, engineer: str) -> None:
    """With a sentence, a card or a modal in their language; never with silence, and never with a warning of Slack's."""
    async with play_in_slack(sqlite_url, tmp_path, way=way) as stage:
        anna, person = stage.seat("anna.weber"), stage.seat(engineer)
        await anna.runs("new The Wi-Fi is slow")
        await anna.fills({"Service": "Wi-Fi"})
        for word in WORDS:
            before, said = ours(person), len(in_private(person))
            await person.runs(f"{word} 1" if word not in ("faq", "oncall") else word)
            await stage.workspace.until(lambda before=before: ours(person) > before)  # type: ignore[misc]
            assert ours(person) > before, f"nothing was said to /it {word}"
            if word not in SHOW_BOTH:
                told = " ".join(in_private(person)[said:] + modals(person))
                assert has_han(told) is (person.language == "zh") or not told, (
                    f"/it {word} in {person.language}: {told}"
                )
            while stage.workspace.modals.get(person.hands.id):
                await person.hands.closes()
        assert stage.workspace.undelivered == []


async def test_an_unknown_word_gets_the_nearest(sqlite_url: str, tmp_path: Path) -> None:
    """And no word at all gets the menu."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        await anna.runs("lits")
        await anna.sees("list")
        await anna.runs("")
        await anna.sees("help")


async def test_the_same_is_said_in_slack_and_on_the_web(sqlite_url: str, tmp_path: Path) -> None:
    """Card by card: the neutral replies to the same words are the same in both."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        said = ("status", "thanks", "My laptop's Wi-Fi drops all the time", "skip", "skip", "skip")
        heard = {"slack": await listen(stage.app, "slack", said), "web": await listen(stage.app, "web", said)}
        assert len(heard["slack"]) > 5
        assert heard["slack"] == heard["web"]


async def listen(app: App, channel: str, said: tuple[str, ...]) -> list[Reply]:
    """What Anna is told on this channel."""
    who = Identity(
        channel, TEAM if channel == "slack" else "", user_id("anna.weber") if channel == "slack" else "anna.weber"
    )
    replies: list[Reply] = []
    events: list[Event] = [Said(f"{channel}-{n}", who, Place.direct(who), text) for n, text in enumerate(said)]
    events.append(Commanded(f"{channel}-new", who, Place.direct(who), "new", "The Wi-Fi is slow"))
    for event in events:
        replies += (await app.conversation.handle(event)).replies
        await app.conversation.probes_settled()
    assert any(isinstance(reply, Form) for reply in replies)
    assert any(reply_text(reply) for reply in replies)
    return replies
