"""The phone desk files for somebody else, and sees of it afterwards what is the filer's to see."""

from __future__ import annotations

from bot.messages import Card
from tests.journeys.stage import Somebody, play


async def files(operator: Somebody, caller: str, words: str, service: str) -> list[str]:
    """File a ticket for the caller; the buttons the operator is then shown."""
    await operator.commands(f"/new @{caller} {words}")
    answer = await operator.fills(service=service)
    return [button.label for reply in answer.replies if isinstance(reply, Card) for button in reply.buttons]


async def test_the_operator_is_offered_only_what_an_operator_may_do(sqlite_url: str) -> None:
    """More can be added by whoever filed it; hurrying and withdrawing are the caller's."""
    async with play(sqlite_url) as stage:
        assert await files(stage.person("ma.li"), "anna.weber", "The screen is broken", "display") == ["补充说明"]


async def test_a_confidential_ticket_is_filed_and_then_the_callers_alone(sqlite_url: str) -> None:
    """Who joins and who leaves is nobody else's business, but it can be telephoned in."""
    async with play(sqlite_url) as stage:
        operator, caller = stage.person("ma.li"), stage.person("anna.weber")
        assert await files(operator, caller.key, "Somebody starts on Monday", "onboarding") == []
        await operator.sees("T-1 已提交")
        await caller.sees("Somebody starts on Monday")
        await operator.commands("/show 1")
        await operator.sees("没有找到 T-1")
