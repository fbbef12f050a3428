"""The organisation changes while the desk is at work: people come, groups go, tickets stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.organisation_file import sample_path
from bot.web.reading import DeskViews
from storage import people
from tests.journeys.stage import play

TEMPLATE = sample_path().read_text(encoding="utf-8")


async def test_a_newcomer_of_a_file_read_again_is_remembered(sqlite_url: str, tmp_path: Path) -> None:
    """Who was added to the file while the desk ran can choose a language, and it stays chosen."""
    config = tmp_path / "desk.yaml"
    config.write_text(TEMPLATE, encoding="utf-8")
    async with play(sqlite_url, config=config) as stage:
        config.write_text(TEMPLATE.replace("  ma.li:", "  new.comer: {name: New Comer, office: berlin}\n  ma.li:"))
        assert await stage.app.reload()
        newcomer = stage.person("new.comer")
        await newcomer.commands("/language zh")
        async with stage.app.database.reading() as tx:
            assert (await people.settings(tx, "new.comer"))["language"] == "zh"


async def test_tickets_of_a_group_that_is_gone_are_handed_on_by_an_admin(sqlite_url: str) -> None:
    """The default group is paged for them, they can be read, and an admin transfers them to a group that exists."""
    async with play(sqlite_url) as stage:
        anna, admin = stage.person("anna.weber"), stage.person("emma.fischer")
        await anna.commands("/new Something in my room is slow")
        await anna.fills(service="wifi")
        known = stage.app.desk.organisation
        services = {key: service for key, service in known.services.items() if service.group != "network"}
        groups = {key: group for key, group in known.groups.items() if key != "network"}
        stage.app.desk.organisation = replace(known, groups=groups, services=services)

        await stage.pass_time(hours=7)
        await stage.person("he.jun").sees("T-1")
        for person in (anna.key, admin.key):
            assert await DeskViews(stage.app.database, stage.app.desk).ticket(person, 1) is not None
        await admin.commands("/assign 1")
        await admin.commands("/transfer 1 servers")
        assert (await stage.ticket(1)).group == "servers"


async def test_what_counts_as_a_low_rating_is_the_policys_to_say(sqlite_url: str, tmp_path: Path) -> None:
    """With `low: 3`, three stars bring the manager, and the way back is offered."""
    config = tmp_path / "desk.yaml"
    config.write_text(TEMPLATE.replace("low: 2}", "low: 3}"), encoding="utf-8")
    async with play(sqlite_url, config=config) as stage:
        anna, lukas = stage.person("anna.weber"), stage.person("lukas.becker")
        await anna.commands("/new Something in my room is slow")
        await anna.fills(service="wifi")
        await lukas.commands("/resolve 1 a / b")
        await anna.presses("It works")
        await anna.presses("★ 3")
        await anna.sees("The manager in charge has been told")
        await stage.person("zhang.wei").sees("3 分")
