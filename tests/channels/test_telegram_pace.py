"""How fast Telegram is written to: each chat at its own pace, pages before anything else."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram.pace import Pace
from bot.messages import Lane, TryLater


class Ticking:
    """A clock that moves only when told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


async def refused(pace: Pace, chat: str, lane: Lane = Lane.NOTICE) -> float:
    """How long this chat would have to wait; 0 when it gets its turn, at once or after a moment."""
    turn = asyncio.create_task(pace.turn(chat, lane))
    await asyncio.sleep(0)
    waits = turn.cancel()
    try:
        await turn
    except TryLater as later:
        return later.seconds
    except asyncio.CancelledError:
        assert waits
    return 0.0


async def test_a_group_gets_at_most_twenty_in_any_minute(clock: Ticking) -> None:
    pace, sent = Pace(1.0, clock), list[float]()
    for _ in range(600):
        if not await refused(pace, "-100"):
            sent.append(clock.now)
        clock.now += 0.5
    assert max(sum(start <= at < start + 60 for at in sent) for start in sent) <= 20
    assert len(sent) > 60


async def test_a_person_gets_about_one_a_second(clock: Ticking) -> None:
    pace = Pace(1.0, clock)
    assert [await refused(pace, "5") for _ in range(4)] == [0, 0, 0, 0]
    assert await refused(pace, "5") > 1
    clock.now += 1.0
    assert await refused(pace, "5") == 0


async def test_a_chat_that_has_to_wait_holds_up_no_other(clock: Ticking) -> None:
    pace = Pace(1.0, clock)
    pace.hold("-100", 35)
    assert await refused(pace, "-100", Lane.PAGE) == pytest.approx(35)
    assert await refused(pace, "5", Lane.PAGE) == 0
    clock.now += 35
    assert await refused(pace, "-100") == 0


async def test_a_page_has_room_when_everything_else_has_used_up_its_share(clock: Ticking) -> None:
    """A thousand notices to as many people leave ten of thirty for pages."""
    pace = Pace(1.0, clock)
    sent = 0
    for person in range(1000):
        sent += not await refused(pace, str(person))
    assert sent <= 25
    assert [await refused(pace, f"9{person}", Lane.PAGE) for person in range(5)] == [0] * 5


async def test_a_short_wait_is_waited_for(clock: Ticking) -> None:
    pace = Pace(50.0, clock)
    for _ in range(4):
        await pace.turn("5", Lane.ANSWER)
