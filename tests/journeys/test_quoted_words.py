"""Whoever quotes somebody else is understood by their own words, and the engineer reads all of them."""

from __future__ import annotations

import pytest

from storage import tickets
from tests.journeys.stage import Stage

ANNA, ZHAO = "anna.weber", "zhao.min"


@pytest.mark.parametrize(
    ("key", "message", "human", "summary", "service", "quoted"),
    [
        (
            ANNA,
            "> the VPN keeps dropping\nmy printer jams",
            "talk to a human",
            "my printer jams",
            "printing",
            "> the VPN keeps dropping",
        ),
        (
            ZHAO,
            "打印机卡纸了\n在 2026年11月23日，李四写道：\nVPN 连不上",
            "转人工",
            "打印机卡纸了",
            "printing",
            "> VPN 连不上",
        ),
    ],
)
async def test_the_trouble_is_in_their_own_words(
    stage: Stage, key: str, message: str, human: str, summary: str, service: str, quoted: str
) -> None:
    """Nothing is checked, and no second trouble put off, for what somebody else wrote."""
    person = stage.person(key)
    await person.says(message)
    await person.says(human)
    assert (person.written["summary"], person.written["service"]) == (summary, service)
    await person.fills()
    assert quoted in (await stage.ticket(1)).description


async def test_own_words_that_tell_nothing_are_about_what_is_quoted(stage: Stage) -> None:
    """Danger that somebody passes on is danger; a fault they share is theirs."""
    anna = stage.person(ANNA)
    await anna.says("> smoke in the server room\nis this true?")
    assert (await stage.ticket(1)).priority == "P1"
    zhao = stage.person(ZHAO)
    await zhao.says("> 无线网连不上\n我也是")
    await zhao.sees("无线网连不上或者很慢")


async def test_what_is_asked_below_a_message_about_a_ticket_is_about_that_one(stage: Stage) -> None:
    anna = stage.person(ANNA)
    for words in ("the wifi is gone", "the projector is dark"):
        await anna.commands(f"/new {words}")
        await anna.fills()
    await anna.says("> T-1 is open. Network has been told.\nany news?")
    assert (await anna.sees("the wifi is gone")).startswith("T-1")
    assert "Latest steps" in await anna.sees("the wifi is gone")


async def test_words_for_an_engineer_keep_what_they_quote(stage: Stage) -> None:
    anna, wang = stage.person(ANNA), stage.person("wang.fang")
    await anna.commands("/new the wifi is gone")
    await anna.fills(service="wifi")
    await wang.commands("/claim 1")
    await anna.says("> Did you restart it?\nthe wifi is still gone")
    async with stage.app.database.reading() as tx:
        events = await tickets.events(tx, 1, public_only=True)
    assert [event.facts["text"] for event in events if event.action == "comment"] == [
        "the wifi is still gone\n> Did you restart it?"
    ]
