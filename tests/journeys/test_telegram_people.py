"""Who somebody is in Telegram: linked by a code, let in as a guest, known again, and written to where they wish."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.app import utc_now
from bot.checking import telegram_invitation
from bot.messages import Commanded, Identity, Place
from bot.phrases import tell
from tests.journeys.stage import reply_text
from tests.journeys.telegram_stage import play_in_telegram


async def test_a_stranger_is_told_how_and_a_code_makes_them_somebody(sqlite_url: str, tmp_path: Path) -> None:
    """The web desk gives a link; following it links the account; the same link a second time links nobody."""
    async with play_in_telegram(sqlite_url, tmp_path, linked=False) as stage:
        anna, other = stage.seat("anna.weber"), stage.seat("somebody else")
        await other.hands.starts()
        await stage.settle()
        await other.sees(tell("unlinked", "en"))
        await other.sees(tell("unlinked", "zh"))
        assert await stage.count_tickets() == 0

        web = Identity("web", "", "anna.weber")
        answer = await stage.app.conversation.handle(Commanded("web-1", web, Place.direct(web), "connect"))
        said = "\n".join(map(reply_text, answer.replies))
        link = next(word for word in said.split() if word.startswith("https://t.me/"))
        await anna.hands.follows(link)
        await stage.settle()
        await anna.says("/new The Wi-Fi is slow")
        await anna.fills({"Service": "Wi-Fi"})
        assert (await stage.ticket(1)).requester == "anna.weber"

        await other.hands.follows(link)
        await other.says("/my")
        assert not other.reads("T-1")


async def test_an_administrator_invites_somebody(sqlite_url: str, tmp_path: Path) -> None:
    """From the command line: the same kind of link, for whoever is to be linked."""
    async with play_in_telegram(sqlite_url, tmp_path, linked=False) as stage:
        wang = stage.seat("wang.fang")
        stage.clock.now = utc_now()  # the command line is no part of the story, and goes by its own clock
        said = await telegram_invitation(stage.app.settings, "wang.fang")
        link = next(word for word in said.split() if "t.me" in word)
        await wang.hands.follows(link)
        await stage.settle()
        await wang.says("/mine")
        assert wang.reads("工单"), wang.hands.screen()


async def test_guests_are_let_in_where_the_organisation_says_so(sqlite_url: str, tmp_path: Path) -> None:
    """With the least rights: tickets of their own, and nothing of anybody else's."""

    def let_in(file: dict[str, Any]) -> None:
        file["organisation"]["guests"] = ["telegram"]

    async with play_in_telegram(sqlite_url, tmp_path, changes=let_in) as stage:
        anna, guest = stage.seat("anna.weber"), stage.seat("a guest")
        await anna.says("/new A secret of Anna's")
        await anna.fills({"Service": "Wi-Fi"})
        await guest.hands.starts()
        await guest.says("/new The guest network is down")
        await guest.fills({"Service": "Wi-Fi"})
        assert (await stage.ticket(2)).summary == "The guest network is down"
        for command in ("show 1", "claim 1", "queue", "mine", "reply 1 hello", "resolve 1 a / b", "oncall", "report"):
            await guest.says(f"/{command}")
        assert not guest.reads("secret of Anna's")
        assert (await stage.ticket(1)).status == "new"


async def test_somebody_pressing_another_persons_button_may_do_no_more_than_they_may(
    sqlite_url: str, tmp_path: Path
) -> None:
    """What a button carries is checked against whoever presses; a made-up one does nothing."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, zhao, wang = stage.seat("anna.weber"), stage.seat("zhao.min"), stage.seat("wang.fang")
        await anna.says("/new A secret of Anna's")
        await anna.fills({"Service": "Wi-Fi"})
        (card,) = stage.cards(1)
        own = anna.hands.message("T-1 · A secret")
        carried = [button["callback_data"] for button in (*card.buttons, *own.buttons)]
        await zhao.says("/help")
        for data in (*carried, "#" + "0" * 32, "t:claim:1", "t:show:1", "\x00"):
            zhao.hands.press(zhao.hands.message("Firstline"), data)
        assert await stage.telegram.until(lambda: not stage.telegram.updates.waiting)
        await stage.settle()
        assert (await stage.ticket(1)).status == "new"
        assert not zhao.reads("secret of Anna's")
        await wang.presses("Claim", on=card)
        assert (await stage.ticket(1)).assignee == "wang.fang"
