"""The real process is killed with Slack's events in its hands, again and again: each is handled once and seen once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

from bot.channels.slack.manifest import manifest
from bot.organisation_file import load
from bot.settings import SlackSettings
from escalation.ticket import Action
from tests.fakes.slack import Message, Pace, Person, Workspace, fake_workspace
from tests.faults.afterwards import texts_of
from tests.faults.desk_process import DeskProcess, desk_process
from tests.journeys.slack_stage import FAST, ROOM, company, user_id

KILLS, AT_ONCE = 6, 12
ENGINEERS = ("wang.fang", "li.qiang", "chen.jie", "lukas.becker", "sun.hao")
# Slack tries an event four times within minutes; here it is as patient with a process that is being killed.
STUBBORN = Pace(acknowledge=10.0, trigger=20.0, retry_delays=(0.3,) * 200)
PATIENCE = 60.0


async def test_killed_with_events_pending(sqlite_url: str, tmp_path: Path) -> None:
    """By socket and over HTTP in turns, at any moment: what engineers write in the thread reaches the employee once."""
    chance, written = random.Random(7), 0
    async with fake_workspace(STUBBORN) as workspace:
        with desk_process(sqlite_url, tmp_path) as desk:
            desk.config = company(tmp_path)
            anna, engineers, card = await a_ticket(workspace, desk)
            speaking = list[asyncio.Task[Message]]()
            for number in range(KILLS):
                for _ in range(AT_ONCE):
                    written += 1
                    words = f"remark {written}."
                    speaking.append(asyncio.create_task(chance.choice(engineers).says(ROOM, words, thread=card.ts)))
                await posts(workspace, chance.randrange(1, AT_ONCE), desk)
                desk.kill()
                await asyncio.to_thread(desk.buried)
                desk.clock.set(desk.clock.seconds + 60)  # what the dead process had in its hands is free again
                await started(workspace, desk, by_socket=number % 2 == 1)
            await asyncio.gather(*speaking)
            everything = [f"remark {number}." for number in range(1, written + 1)]
            assert await workspace.until(lambda: all(map(anna.reads, everything)), PATIENCE), desk.log[-3000:]
            assert await asyncio.to_thread(desk.stop) == 0, desk.log[-3000:]
        assert workspace.undelivered == []
        assert seen(workspace, anna, everything) == Counter(everything)
    assert await texts_of(Action.REPLY, sqlite_url) == Counter(everything)


async def a_ticket(workspace: Workspace, desk: DeskProcess) -> tuple[Person, list[Person], Message]:
    """The one ticket of this story: who reported it, who works on it, and its card in the group's channel."""
    workspace.install(manifest())
    assert desk.config is not None
    people = load(desk.config, years=(2026,), self_address=("127.0.0.1", 1)).people
    known = {key: workspace.person(user_id(key), key, email=people[key].email) for key in people}
    workspace.channel("network", [known[key] for key in ENGINEERS], identifier=ROOM)
    await started(workspace, desk, by_socket=True)
    anna = known["anna.weber"]
    await anna.slash("/it", "new The Wi-Fi in Berlin drops")
    await anna.has_form()
    await anna.fills({"Service": "Wi-Fi"})
    await anna.submits()
    assert await workspace.until(lambda: workspace.messages(ROOM), PATIENCE), desk.log[-3000:]
    return anna, [known[key] for key in ENGINEERS], workspace.messages(ROOM)[0]


async def started(workspace: Workspace, desk: DeskProcess, *, by_socket: bool) -> None:
    """The desk is up, and Slack speaks to it this way."""
    desk.slack = SlackSettings(
        workspace.bot_token,
        app_token=workspace.app_token if by_socket else "",
        signing_secret="" if by_socket else workspace.signing_secret,
        api_url=workspace.api_url,
        per_second=FAST,
        look_every=0.5,
    )
    workspace.deliver_to(None)
    await asyncio.to_thread(desk.start)
    if by_socket:
        assert await workspace.inbound.sockets.connected(within=PATIENCE), desk.log[-3000:]
    else:
        workspace.deliver_to(f"{desk.url}/slack/events")


async def posts(workspace: Workspace, many: int, desk: DeskProcess) -> None:
    """Until the desk has posted so many more messages, taken or not."""
    goal = len(workspace.calls_to("chat.postMessage")) + many
    assert await workspace.until(lambda: len(workspace.calls_to("chat.postMessage")) >= goal, PATIENCE), desk.log[
        -3000:
    ]


def seen(workspace: Workspace, anna: Person, everything: list[str]) -> Counter[str]:
    """How often each remark stands in her direct messages, by itself or in a digest."""
    direct = workspace.direct_messages(anna.id)
    shown = "".join(str(message.blocks) for message in direct.messages if message.by_app)
    return Counter({words: shown.count(words) for words in everything})
