"""Who is who in Telegram: linked by a code, let in as a guest, out of reach; and whether all is set up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram.survey import Room, survey
from bot.checking import check_all, telegram_invitation
from bot.dialogue import connecting
from bot.logs import redacted
from bot.settings import Settings, SettingsError, TelegramSettings, from_environment
from escalation.ticket import Action
from storage import people
from tests.journeys.stage import Somebody, Stage
from tests.journeys.telegram_stage import NUMBER, account, play_in_telegram


def with_guests(company: dict[str, Any]) -> None:
    """It lets guests in."""
    company["organisation"]["guests"] = ["telegram"]


async def test_an_account_is_linked_by_a_link_from_the_web_desk_or_an_administrator(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with play_in_telegram(sqlite_url, tmp_path, linked=False) as stage:
        anna, fang = stage.person("anna.weber"), stage.person("wang.fang")
        await anna.starts()
        await stage.settle()
        await anna.sees("I do not know you here yet")
        assert not anna.reads("…")  # a card without a title has no line for it
        assert anna.reads("我还不认识您") or anna.reads("绑定")

        at_the_web = Somebody(Stage(stage.app, stage.clock), "anna.weber")
        await at_the_web.commands("/connect")
        link = next(word for word in (await at_the_web.screen()).split() if word.startswith("https://t.me/"))
        await anna.follows(link)
        await stage.settle()
        await anna.sees("Welcome, Anna Weber")
        await fang.follows(link)
        await stage.settle()
        await fang.sees("I do not know you here yet")

        async with stage.app.database.transaction() as tx:
            code = await connecting.invite(tx, "wang.fang", stage.clock())
        assert code is not None
        assert stage.app.telegram is not None
        stage.clock.advance(minutes=9)
        await fang.follows(f"{stage.app.telegram.door}{code}")
        await stage.settle()
        await fang.sees("王芳")
        await fang.says("/queue")
        await stage.settle()
        await fang.sees("工单队列")


async def test_an_invitation_names_the_bot_and_the_person(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(f"{sqlite_url}.desk", tmp_path) as stage:
        given = TelegramSettings(stage.telegram.token, stage.telegram.url)
        settings = Settings(database_url=sqlite_url, telegram=given)
        link = await telegram_invitation(settings, "wang.fang")
        assert link.startswith("https://t.me/firstline_bot?start=")
        assert len(link.partition("=")[2]) == 22
        unopened = await check_all(settings)
        assert unopened == ()  # nobody of the sample has an account yet
        (refused,) = await check_all(replace(settings, telegram=replace(given, bot_token=f"{given.bot_token}x")))
        assert "*API Token*, copy it anew" in refused
        with pytest.raises(LookupError, match="no person 'nobody'"):
            await telegram_invitation(settings, "nobody")
        with pytest.raises(LookupError, match="TELEGRAM_BOT_TOKEN"):
            await telegram_invitation(Settings(database_url=sqlite_url), "wang.fang")


async def test_a_guest_asks_and_has_a_ticket_and_sees_nothing_else(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path, linked=False, changes=with_guests) as stage:
        guest = stage.telegram.person(77, "Maria Rossi", language="zh-hans", met=True)
        other = stage.telegram.person(78, "Peter Pan", met=True)
        await guest.says("/new 打印机卡纸了")
        await stage.settle()
        await guest.presses("提交")
        await stage.settle()
        await guest.sees("T-1")
        assert (await stage.ticket(1)).requester == "guest.telegram.77"
        for word in ("/queue", "/oncall", "/claim 1", "/report", "/assign 1 wang.fang", "/new @wang.fang x"):
            await guest.says(word)
            await stage.settle()
        assert not guest.reads("Wang Fang")
        assert not guest.reads("王芳")
        assert not (await stage.ticket(1)).assignee

        await other.says("/show 1")
        await stage.settle()
        await other.sees("/list 可以看您的工单")
        assert not other.reads("打印机")

        # Told like anybody else, and from now on somebody we know.
        async with stage.app.database.transaction() as tx:
            await stage.app.desk.act(tx, Action.CLAIM, 1, by="han.mei", via="web", facts={})
            code = await connecting.invite(tx, "anna.weber", stage.clock())
        await stage.settle()
        await guest.sees("韩梅")
        await guest.starts(str(code))
        await stage.settle()
        await guest.sees("Welcome, Anna Weber")
        await guest.says("/my")
        await stage.settle()
        await guest.sees("You have no open tickets")


async def test_whoever_blocks_the_bot_is_out_of_reach_until_they_write_again(sqlite_url: str, tmp_path: Path) -> None:
    """The page goes elsewhere, and the ladder does not wait for them."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        first = stage.app.desk.organisation.groups["network"].tiers[0].people
        on_call = [stage.person(key) for key in first]
        for person in on_call:
            await person.blocks_bot()
        await anna.says("/new Wi-Fi drops in the Berlin office")
        await anna.presses("Submit")
        async with stage.app.database.reading() as tx:
            lost = {key for key in first for each in await people.identities_of(tx, key) if each.unreachable}
        assert lost
        assert lost <= set(first)
        # The group hears of it beside the ticket's own card.
        (topic,) = stage.staff.topics.values()
        assert topic.name.startswith("T-1 · P4 ·")
        assert [m for m in stage.telegram.messages(stage.staff) if "需要有人处理" in m.text]
        back = stage.person(sorted(lost)[0])
        await back.starts()
        await stage.settle()
        async with stage.app.database.reading() as tx:
            assert not any(each.unreachable for each in await people.identities_of(tx, sorted(lost)[0]))


async def test_a_flood_in_the_staff_group_holds_up_no_page_to_anybody(sqlite_url: str, tmp_path: Path) -> None:
    """Telegram asks for 35 seconds in the group; the page to the person on call leaves at once."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        assert stage.app.telegram is not None
        stage.app.telegram.channel._pace._clock = lambda: stage.clock().timestamp()
        stage.telegram.floods(stage.staff, 35)
        anna = stage.seat("anna.weber")
        await anna.says("/new Wi-Fi drops in the Berlin office")
        asked = stage.clock()
        await anna.presses("Submit")
        assert stage.clock() == asked
        paged = [key for key in stage.app.desk.organisation.groups["network"].people if stage.person(key).reads("T-1")]
        assert paged
        assert not stage.cards(1)
        stage.telegram.advance(36)
        await stage.pass_time(seconds=40)
        assert len(stage.cards(1)) == 1


async def test_after_an_unclear_answer_a_page_repeats_and_says_so(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna = stage.seat("anna.weber")
        on_call = [stage.seat(key) for key in stage.app.desk.organisation.groups["network"].tiers[0].people]
        for seat in on_call:
            stage.telegram.faults.cut("sendMessage", applied=True, target=seat.hands.id)
        stage.telegram.faults.error("sendMessage", "Bad Request: can't parse entities: bad tag", target=anna.hands.id)
        await anna.says("/new Wi-Fi <drops> in the Berlin office")
        await anna.presses("Submit")
        await stage.pass_time(seconds=10)
        pages = [m.text for seat in on_call for m in stage.telegram.messages(seat.hands) if "需要有人处理" in m.text]
        assert sorted(text.startswith("（重发）") for text in pages) == [False, True]
        assert anna.reads("Wi-Fi <drops> in the Berlin office")


async def test_the_survey_says_what_to_press(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        assert stage.app.telegram is not None
        channel, telegram = stage.app.telegram.channel, stage.telegram
        people_there = {key: str(account(key)) for key in ("wang.fang", "li.qiang")}
        room = Room("network", str(NUMBER), people_there)
        assert await survey(channel, "", (room,), people_there) == ()

        stage.staff.rights = {next(iter(stage.staff.rights)): {"can_pin_messages"}}
        stage.person("li.qiang").account.blocked = True
        stage.staff.members.discard(account("wang.fang"))
        found = "\n".join(await survey(channel, "", (room,), people_there))
        assert "may not *Manage topics*" in found
        assert "li.qiang: has blocked the bot" in found
        assert "wang.fang is not in its Telegram group" in found

        stage.staff.forum, stage.staff.rights = False, {}
        (hears,) = await survey(channel, "", (Room("network", str(NUMBER), {}),), {})
        assert "/setprivacy" in hears
        telegram.privacy = False
        assert await survey(channel, "", (Room("network", str(NUMBER), {}),), {}) == ()
        nowhere, nobody = await survey(channel, "", (Room("servers", "-100999", {}),), {"x": "999999"})
        assert "*Add members*, @firstline_bot" in nowhere
        assert "x: has not opened the bot yet" in nobody
        telegram.kick(stage.staff)
        (kicked,) = await survey(channel, "", (Room("network", str(NUMBER), {}),), {})
        assert "not in the Telegram group" in kicked


async def test_the_survey_looks_at_the_webhook(sqlite_url: str, tmp_path: Path) -> None:
    async with play_in_telegram(sqlite_url, tmp_path, way="webhook") as stage:
        assert stage.app.telegram is not None
        channel, ours = stage.app.telegram.channel, "https://desk.example/telegram/webhook"
        assert await survey(channel, ours, (), {}) == ()
        assert "TELEGRAM_WEBHOOK_URL is not set" in (await survey(channel, "", (), {}))[0]
        assert "not to https://other.example" in (await survey(channel, "https://other.example", (), {}))[0]
        webhook = stage.telegram.updates.webhook
        assert webhook is not None
        webhook.error, webhook.error_at = "Connection timed out", stage.telegram.now()
        assert "could not post" in (await survey(channel, ours, (), {}))[0]


def test_settings_name_what_is_wrong_with_a_bot() -> None:
    token = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
    given = {"TELEGRAM_BOT_TOKEN": token, "TELEGRAM_WEBHOOK_URL": "https://desk.example"}
    made = from_environment(given).telegram
    assert made == TelegramSettings(token, "", "https://desk.example", "")
    assert token not in repr(made)
    assert from_environment({}).telegram is None
    for wrong, words in (
        ({"TELEGRAM_BOT_TOKEN": "nonsense"}, "BotFather"),
        ({"TELEGRAM_WEBHOOK_URL": "https://desk.example"}, "TELEGRAM_BOT_TOKEN is missing"),
        ({**given, "TELEGRAM_WEBHOOK_URL": "http://desk.example"}, "https"),
        ({**given, "TELEGRAM_WEBHOOK_SECRET": "short"}, "16 to 256"),
    ):
        with pytest.raises(SettingsError, match=words):
            from_environment(wrong)


def test_a_token_is_in_no_line_of_the_log() -> None:
    token = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
    for line in (token, f"https://api.telegram.org/bot{token}/sendMessage", f"/file/bot{token}/photos/1.jpg"):
        assert "AAbb" not in redacted(line)
