"""Of two troubles in one message the one put behind waits as it stood, and goes on there."""

from __future__ import annotations

import pytest

from bot.phrases import tell
from tests.journeys.stage import Stage

ANNA, ZHAO = "anna.weber", "zhao.min"
STORIES = pytest.mark.parametrize(
    ("key", "both", "other_first", "back", "solved"),
    [
        (ANNA, "the printer does not print and my wifi is slow", "wifi first", "the printer first", "it works now"),
        (ZHAO, "打印机打不了，另外无线网很慢", "先弄无线网", "还是先弄打印机", "好了"),
    ],
)  # fmt: skip


@STORIES
async def test_what_was_tried_is_not_asked_again(
    stage: Stage, key: str, both: str, other_first: str, back: str, solved: str
) -> None:
    """The second step of the printer's comes back after the Wi-Fi is over, and the first goes along to the engineer."""
    person = stage.person(key)
    await person.says(both)
    await person.presses((await person.offers())[0])
    second = await person.offers()
    await person.says(other_first)
    assert await person.offers() != second
    await person.says(solved)
    assert await person.offers() == second
    await person.presses("Talk to a human")
    await person.fills()
    ticket = await stage.ticket(1)
    assert ticket.service == "printing"
    assert [found.kind for found in ticket.evidence] == ["step"]


@STORIES
async def test_whoever_changes_their_mind_twice_goes_on_where_they_were(
    stage: Stage, key: str, both: str, other_first: str, back: str, solved: str
) -> None:
    """Each of the two at its own step."""
    person = stage.person(key)
    await person.says(both)
    await person.presses((await person.offers())[0])
    printer = await person.offers()
    await person.says(other_first)
    await person.presses((await person.offers())[0])
    wifi = await person.offers()
    await person.says(back)
    assert await person.offers() == printer
    await person.says(other_first)
    assert await person.offers() == wifi


@STORIES
async def test_a_form_that_was_put_behind_comes_back_with_what_was_tried(
    stage: Stage, key: str, both: str, other_first: str, back: str, solved: str
) -> None:
    """And with what was said beside it."""
    person = stage.person(key)
    await person.says(both)
    await person.presses((await person.offers())[0])
    await person.presses("Talk to a human")
    await person.says("PRN-0042")
    await person.says(other_first)
    await person.sees(tell("flow.progress", person.language, number=1, total=4))
    await person.says(solved)
    assert person.written["service"] == "printing"
    await person.fills()
    ticket = await stage.ticket(1)
    assert "PRN-0042" in ticket.description
    assert ticket.evidence


@pytest.mark.parametrize(
    ("key", "first", "two", "second", "third"),
    [
        (ANNA, "my mouse is dead", "outlook hangs, oh and… vpn too", "outlook hangs", "vpn too"),
        (ZHAO, "鼠标坏了", "邮箱收不到 对了…vpn也不行", "邮箱收不到", "vpn也不行"),
    ],
)
async def test_two_troubles_beside_a_form_are_two(
    stage: Stage, key: str, first: str, two: str, second: str, third: str
) -> None:
    """Neither is part of the ticket at hand; each begins when the one before is over."""
    person = stage.person(key)
    await person.commands(f"/new {first}")
    await person.says(two)
    await person.fills()
    await person.sees(tell("several.next", person.language, words=second))
    assert second not in (await stage.ticket(1)).description
    await person.says("never mind" if person.language == "en" else "算了")
    await person.sees(tell("several.next", person.language, words=third))
