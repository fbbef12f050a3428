"""Stories lived in each channel: people who want the other thing first, count stars, or change the language midway.

Everybody acts by visible words. In each story somebody else sits there, in English or in Chinese.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.test_understanding_everywhere import ANNA, FELIX, LI, PAN, QIAN, Room, Story, lived

HAN = "han.mei"


async def the_other_trouble_comes_first(room: Room) -> None:
    """Two troubles, and the second is the one that hurts: it begins, and the first waits in its place."""
    for key, both, rather, begun, first in (
        (FELIX, "the printer jams and also the wifi is down", "wifi first please", "Wi-Fi", "the printer jams"),
        (LI, "打印机卡纸了，还有wifi连不上", "还是先看wifi吧", "无线网", "打印机卡纸了"),
    ):
        person = room.person(key)
        await person.says(both)
        await person.says(rather)
        await person.sees(room.say(key, "several.instead", later=first))
        await person.sees(begun)
        await person.says("never mind" if key == FELIX else "算了")
        await person.sees(room.say(key, "several.next", words=first))
        await person.says("never mind" if key == FELIX else "算了")


async def a_rating_without_stars(room: Room) -> None:
    """T-3 is a ticket and not three stars: how many is asked, and the number alone answers."""
    anna, han = room.person(ANNA), room.person(HAN)
    await anna.runs("new my mouse is dead")
    await room.sends_the_form(ANNA, pressed=True)
    number = await room.stage.count_tickets()
    await han.runs(f"claim {number}")
    await han.runs(f"resolve {number} battery / a new one")
    await anna.presses("It works")
    await anna.runs(f"rate T-{number}")
    await anna.sees(f"How many stars for T-{number}")
    assert (await room.stage.ticket(number)).rating == 0
    await anna.says("4")
    assert (await room.stage.ticket(number)).rating == 4


async def another_language_in_the_middle(room: Room) -> None:
    """What is asked just then is asked in the new language, where it stands, and its buttons do what they did."""
    pan = room.person(PAN)
    await pan.says("my printer is jammed, can you help me please")
    await pan.presses("English")
    asked = await pan.sees("What does the printer's own display say?")
    assert "打印机自己的屏幕上显示什么" not in asked
    assert await pan.count("打印机自己的屏幕上显示什么") == 0
    await pan.says("off or dead")  # as its button says now
    await pan.sees("step 2 of at most 4")
    await pan.says("never mind")


async def chinese_in_latin_letters(room: Room) -> None:
    """Whole sentences of it, said as they come: the trouble, "no better", "what does that mean", "a human please"."""
    qian = room.person(QIAN)
    await qian.says("wo de diannao hen ka")
    await qian.sees(room.say(QIAN, "flow.progress", number=1, total=4))
    await qian.says("hai shi hen ka")
    await qian.sees(room.say(QIAN, "flow.progress", number=2, total=4))
    await qian.says("shenme yisi")
    await qian.sees(room.say(QIAN, "ask.step"))
    await qian.says("zhuan rengong ba")
    await room.sends_the_form(QIAN)
    ticket = await room.stage.ticket(await room.stage.count_tickets())
    assert (ticket.service, ticket.summary) == ("computer", "wo de diannao hen ka")


STORIES: tuple[Story, ...] = (
    the_other_trouble_comes_first,
    a_rating_without_stars,
    another_language_in_the_middle,
    chinese_in_latin_letters,
)


@pytest.mark.parametrize("channel", ["web", "slack", "telegram"])
async def test_crossed_words_in_every_channel(channel: str, sqlite_url: str, tmp_path: Path) -> None:
    await lived(STORIES, channel, sqlite_url, tmp_path)
