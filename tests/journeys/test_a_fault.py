"""The life of a fault, as the three people in it live it."""

from __future__ import annotations

from bot.messages import Button, Card
from tests.journeys.stage import Somebody, Stage, play


async def test_a_fault_from_the_first_word_to_the_rating(database_url: str) -> None:
    """Steps and an answer come first; then a half-filled form, an engineer, and a rating the manager hears of."""
    async with play(database_url) as stage:
        anna, wang = stage.person("anna.weber"), stage.person("wang.fang")

        await anna.says("The wifi on my laptop drops every few minutes since this morning")
        await skip_to_the_answer(anna)
        await anna.presses("Open a ticket")
        assert anna.form is not None
        prefilled = {each.name: each.value for each in anna.form.fields}
        assert (prefilled["service"], prefilled["device"]) == ("wifi", "laptop")
        assert "this morning" in prefilled["since"]
        await anna.fills(severity="blocked", affected="team")
        await anna.sees("first response by")

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


async def test_what_a_step_finds_brings_the_answer_that_fits_it(stage: Stage) -> None:
    """The second factor does not arrive: the answer is about that, whatever else "vpn" suggests."""
    anna = stage.person("anna.weber")
    await anna.says("my vpn does not connect")
    for answer in ("Go through the steps", "Website opens", "Still broken", "No code or request"):
        await anna.presses(answer)
    await anna.sees("Second factor: new, lost or broken phone")
    await anna.presses("Open a ticket")
    assert anna.form is not None
    assert await anna.count("Second factor: new, lost or broken phone") == 1


async def skip_to_the_answer(person: Somebody) -> None:
    """Skip the guided steps until an answer is on the table."""
    for _ in range(8):
        if any(button.label == "Open a ticket" for button in await newest_buttons(person)):
            return
        await person.presses("Skip")
    raise AssertionError(f"no answer came; sees:\n{await person.screen()}")


async def newest_buttons(person: Somebody) -> tuple[Button, ...]:
    cards = [reply for reply in await person.chat() if isinstance(reply, Card) and reply.buttons]
    return cards[-1].buttons if cards else ()
