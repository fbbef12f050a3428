"""A P1 in Slack: pages in direct messages, climbing until somebody acknowledges, silent once somebody has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.slack import Message
from tests.journeys.climbing import REPORTS, WIFI, climbs_until_somebody_has_it
from tests.journeys.slack_stage import ROOM, SlackStage, play_in_slack


async def open_p1(stage: SlackStage, reporter: str = "anna.weber") -> None:
    """Somebody reports that nobody has Wi-Fi: everyone, blocked, hence P1."""
    person = stage.seat(reporter)
    await person.runs(f"new {REPORTS[reporter]}")
    await person.fills({"Who is affected": "Everyone", "How bad is it": "Work has stopped", "Service": WIFI[reporter]})


def is_page(message: Message) -> bool:
    payload = (message.metadata or {}).get("event_payload", {})
    return str(payload.get("key", "")).startswith("escalate:")


def pages_so_far(stage: SlackStage) -> dict[str, int]:
    """How many pages each person has among their direct messages."""
    found = {}
    for key in stage.app.desk.organisation.people:
        direct = stage.workspace.direct_messages(stage.person(key).id)
        pages = [message for message in direct.messages if is_page(message)]
        if pages:
            found[key] = len(pages)
    return found


@pytest.mark.parametrize(("way", "reporter"), [("socket", "anna.weber"), ("http", "zhao.min")])
async def test_a_p1_nobody_claims_climbs_until_somebody_has_it(
    sqlite_url: str, tmp_path: Path, way: str, reporter: str
) -> None:
    """Tier two and the manager at once, then rung by rung; a page that lapses comes again; a claim is silence."""
    async with play_in_slack(sqlite_url, tmp_path, way=way) as stage:
        await open_p1(stage, reporter)
        again = 2
        await climbs_until_somebody_has_it(stage, reporter, lambda: pages_so_far(stage), again=again)
        for key in pages_so_far(stage):
            direct = stage.workspace.direct_messages(stage.person(key).id)
            open_pages = [m for m in direct.messages if is_page(m) and any(b["type"] == "actions" for b in m.blocks)]
            assert open_pages == [], f"{key} still has a page to answer"


async def test_who_cannot_be_reached_is_passed_over(sqlite_url: str, tmp_path: Path) -> None:
    """A deactivated account: the page stands in the group's channel instead, and the next rung is paged at once;
    whoever claims it there settles the page there."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        wang = stage.seat("wang.fang")
        for key in ("chen.jie", "zhang.wei"):
            stage.workspace.users[stage.person(key).id].deleted = True
        await open_p1(stage)
        assert pages_so_far(stage) == {"lukas.becker": 1, "liu.yang": 1, "sun.hao": 1}
        shown = [message for message in stage.workspace.messages(ROOM) if is_page(message)]
        assert len(shown) == 3, "one of them was on the second rung, too"
        await wang.sees("正在呼叫陈杰，但联系不上")
        await wang.sees("正在呼叫张伟，但联系不上")
        await wang.sees("联系不上陈杰")
        assert (await stage.ticket(1)).climb.rung == 3

        await wang.presses("Claim", on=shown[0])
        assert (await stage.ticket(1)).assignee == "wang.fang"
        for message in shown:
            assert not any(block["type"] == "actions" for block in message.blocks)


async def test_a_room_hears_of_no_page_that_reached_its_person(sqlite_url: str, tmp_path: Path) -> None:
    """Direct messages come first."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        await open_p1(stage)
        assert pages_so_far(stage) == {"zhang.wei": 1, "chen.jie": 1}
        assert not [message for message in stage.workspace.messages(ROOM) if is_page(message)]
