"""The real process is killed with a hundred updates of Telegram's pending, again and again: each is handled once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.settings import TelegramSettings
from escalation.ticket import Action
from tests.fakes.telegram import Person, Telegram, fake_telegram
from tests.faults.afterwards import texts_of
from tests.faults.desk_process import DeskProcess, desk_process
from tests.journeys.telegram_stage import PUBLIC, account, company

KILLS, PENDING = 10, 100
ENGINEERS = ("wang.fang", "li.qiang", "chen.jie", "lukas.becker", "sun.hao")
PATIENCE = 60.0


def without_rooms(file: dict[str, Any]) -> None:
    """No staff group: this is about what comes in."""
    del file["groups"]["network"]["rooms"]


def sent(telegram: Telegram) -> int:
    """How many messages have left the desk."""
    return len([call for call in telegram.calls_to("sendMessage") if call.ok])


async def open_ticket(telegram: Telegram, anna: Person) -> None:
    """The one ticket of this story."""
    await anna.says("/new The Wi-Fi in Berlin drops")
    await anna.sees("[Submit]", PATIENCE)
    await anna.presses("Submit")
    await anna.sees("T-1 is open", PATIENCE)


async def test_ten_kills_with_a_hundred_updates_pending(sqlite_url: str, tmp_path: Path) -> None:
    """Polled and posted in turns; what was half done is done, and nothing is done twice."""
    chance, written = random.Random(4), 0
    async with fake_telegram() as telegram:
        with desk_process(sqlite_url, tmp_path) as desk:
            desk.config = company(tmp_path, changes=without_rooms)
            polled = TelegramSettings(
                telegram.token, telegram.url, webhook_secret="s3cret-of-the-stage", speed=10_000.0
            )
            telegram.leads(PUBLIC, desk.url)
            people = [telegram.person(account(key), key, met=True) for key in ENGINEERS]
            desk.telegram = polled
            await asyncio.to_thread(desk.start)
            await open_ticket(telegram, telegram.person(account("anna.weber"), "Anna Weber", met=True))
            await killed(desk, telegram)
            for number in range(KILLS):
                while len(telegram.updates.waiting) < PENDING:
                    written += 1
                    await chance.choice(people).says(f"/note 1 remark {written}")
                desk.telegram = replace(polled, webhook_url=PUBLIC) if number % 3 == 2 else polled
                desk.clock.set(desk.clock.seconds + 60)  # what the dead process had in its hands is free again
                goal = sent(telegram) + chance.randrange(1, 40)  # while it starts it may answer all that waits
                await asyncio.to_thread(desk.start)
                await answers(telegram, goal, desk)
                await killed(desk, telegram)
            desk.telegram = polled
            await asyncio.to_thread(desk.start)
            assert await telegram.until(lambda: not telegram.updates.waiting, PATIENCE), desk.log[-3000:]
            assert await asyncio.to_thread(desk.stop) == 0, desk.log[-3000:]
            assert len(desk.deaths) == KILLS + 1
        remarks = (f"remark {number}" for number in range(1, written + 1))
        assert await texts_of(Action.NOTE, sqlite_url) == Counter(remarks)


async def answers(telegram: Telegram, count: int, desk: DeskProcess) -> None:
    """Until the desk has sent so many messages."""
    assert await telegram.until(lambda: sent(telegram) >= count, PATIENCE), desk.log[-3000:]


async def killed(desk: DeskProcess, telegram: Telegram) -> None:
    """SIGKILL, and nobody listens any more."""
    desk.kill()
    await asyncio.to_thread(desk.buried)
    telegram.updates.set_webhook(None)
    assert await telegram.until(lambda: not telegram.updates.listened_to)
