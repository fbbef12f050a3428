"""The life of a fault, as the three people in it live it."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play


async def test_a_vpn_fault_from_the_first_word_to_the_rating(sqlite_url: str) -> None:
    """Steps and an answer come first; then a half-filled form, an engineer, and a rating the manager hears of."""
    async with play(sqlite_url) as stage:
        anna, wang = stage.person("anna.weber"), stage.person("wang.fang")

        await anna.says("The wifi on my laptop drops every few minutes since this morning")
        for _ in range(8):
            if any(b.label == "Open a ticket" for b in last_buttons(await anna.chat())):
                break
            await anna.presses("Skip")
        await anna.presses("Open a ticket")
        assert anna.form is not None
        prefilled = {each.name: each.value for each in anna.form.fields}
        assert prefilled["service"] == "wifi"
        assert prefilled["since"]
        await anna.fills(severity="blocked", affected="team")

        await anna.sees("T-1")
        await wang.presses("Claim", on="T-1")
        await anna.sees("has taken T-1")
        await wang.commands("/reply 1 Please restart the client")
        await anna.sees("Please restart the client")
        await wang.commands("/hold 1 requester")
        await anna.sees("on hold")
        await anna.says("I did, it still drops")
        await wang.sees("I did, it still drops")
        assert (await stage.ticket(1)).status == "claimed"
        await wang.commands("/resolve 1")
        await wang.fills(cause="The tunnel's certificate had expired", solution="Renewed it")
        await anna.sees("Renewed it")
        await anna.presses("Still broken", on="T-1 is resolved")
        await wang.sees("还是不行")
        await wang.presses("Claim", on="还是不行")
        await wang.commands("/resolve 1 Old client / Updated the client")
        await anna.presses("It works", on="T-1 is resolved")
        await anna.presses("★ 2")
        await stage.person("zhang.wei").sees("2 分")


def last_buttons(chat: list[object]) -> list[object]:
    for reply in reversed(chat):
        buttons = getattr(reply, "buttons", ())
        if buttons:
            return list(buttons)
    return []


pytestmark = pytest.mark.filterwarnings("error")
