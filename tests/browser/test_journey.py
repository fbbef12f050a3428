"""The whole life of a fault in a real browser, with real typing, in English and in Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.phrases import tell
from storage import tickets
from tests.browser.seats import PATIENCE, Seat, open_desk
from tests.journeys.stage import Clock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

STORY = {
    "en": {
        "fault": "My VPN drops every few minutes since this morning",
        "reply": "Please restart the VPN client once",
        "answer": "I did, and it dropped again",
        "cause": "The tunnel's certificate had expired",
        "solution": "Renewed the certificate",
        "second": "Updated the client",
        "comment": "Took two tries",
    },
    "zh": {
        "fault": "VPN 老是掉线，今天早上开始的",
        "reply": "麻烦重启一下 VPN 客户端",
        "answer": "重启过了，还是掉",
        "cause": "隧道证书过期",
        "solution": "已更新证书",
        "second": "已升级客户端",
        "comment": "来回了两次才好",
    },
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_life_of_a_fault(language: str, tmp_path: Path, browser: Browser) -> None:
    """Employee, engineer and manager, each in a browser of their own; nothing is reloaded."""
    words = STORY[language]
    async with open_desk(tmp_path, browser, Clock()) as desk:
        employee = await desk.seat("zhao.min", language)
        engineer = await desk.seat("wang.fang", language)
        manager = await desk.seat("zhang.wei", language)
        await engineer.goes_to("/queue")

        await self_diagnosis(employee, words["fault"])
        await fill_the_form(employee)

        await expect(manager.page.locator("#queue-count .count")).to_contain_text("1", timeout=PATIENCE)
        await engineer.sees(words["fault"])
        await engineer.presses_in_row("claim")
        await employee.sees(employee.word("step.claim", who="王芳" if language == "zh" else "Wang Fang", ticket="T-1"))
        await work_on_it(engineer, employee, words)

        await resolve(engineer, words["cause"], words["solution"])
        await employee.sees(words["solution"])
        await employee.presses("reopen")
        await employee.sees(employee.word("done.reopen", ticket="T-1"))
        await expect(engineer.button("claim")).to_be_visible(timeout=PATIENCE)
        await engineer.presses("claim")
        await expect(engineer.button("resolve")).to_be_visible(timeout=PATIENCE)
        await resolve(engineer, words["cause"], words["second"])
        await employee.sees(words["second"])
        await employee.presses("confirm")

        await employee.sees(employee.word("rate.ask"))
        await employee.page.get_by_role("button", name="★ 2", exact=True).last.click()
        await employee.presses("rate_comment")
        await employee.fills(employee.word("field.text"), words["comment"])
        await employee.submits(employee.word("button.rate"))
        await employee.sees(employee.word("rate.comment_kept"))
        name = "赵敏" if language == "zh" else "Zhao Min"
        await manager.sees(manager.word("told.low_rating", who=name, ticket="T-1", stars=2))
        await manager.sees(words["comment"])


async def test_a_telephone_operator_files_for_a_caller(tmp_path: Path, browser: Browser) -> None:
    """The page begins the word for it; what the caller takes back is put away; what is filed is found again."""
    async with open_desk(tmp_path, browser, Clock()) as desk:
        operator = await desk.seat("ma.li", "en")
        await operator.page.get_by_role("link", name=operator.word("web.nav.caller")).click()
        await expect(operator.page.locator("#text")).to_be_focused(timeout=PATIENCE)
        for words, button in (("My mouse died", "web.form.never_mind"), ("Printer jams", "button.submit")):
            await operator.page.locator("#text").fill("")
            await operator.goes_to("/?for=caller")
            await operator.page.keyboard.type(f"Zhao Min {words}")
            await operator.page.keyboard.press("Enter")
            await expect(operator.page.get_by_label(operator.word("field.summary"))).to_have_value(words)
            await operator.page.get_by_role("button", name=operator.word(button), exact=True).last.click()
            await expect(operator.page.locator("form.form")).to_have_count(0, timeout=PATIENCE)
        await operator.sees(operator.word("opened", ticket="T-1", group="Workplace support"))
        await operator.goes_to("/mine")
        await operator.sees("Printer jams")


async def test_what_was_typed_stays_when_the_form_is_drawn_anew(tmp_path: Path, browser: Browser) -> None:
    """A place said beside it and another language come into the form; title and choices made are kept, and are sent."""
    async with open_desk(tmp_path, browser, Clock()) as desk:
        anna = await desk.seat("anna.weber", "en")
        await anna.says("/new the scanner eats paper")
        form = anna.page.locator("form.form")
        await form.get_by_label(anna.word("field.summary")).fill("The scanner by the window eats paper")
        await form.get_by_label(anna.word("affected.team")).check()
        await form.locator("details summary").click()
        await form.get_by_label(anna.word("field.device")).fill("the grey one")
        await anna.says("I am at home")
        await expect(form.locator("[name=place]")).to_have_value("home", timeout=PATIENCE)
        await anna.says("还是用中文吧")
        await expect(form.get_by_role("button", name=tell("button.submit", "zh"))).to_be_visible(timeout=PATIENCE)
        await expect(form).to_have_count(1)
        await expect(form.get_by_label(tell("field.device", "zh"))).to_be_visible()
        await form.get_by_role("button", name=tell("button.submit", "zh")).click()
        await expect(form).to_have_count(0, timeout=PATIENCE)
        async with desk.app.database.reading() as tx:
            ticket = await tickets.load(tx, 1)
        assert ticket is not None
        said = {name: ticket.details[name] for name in ("affected", "device", "place")}
        assert said == {"affected": "team", "device": "the grey one", "place": "home"}
        assert ticket.summary == "The scanner by the window eats paper"


async def self_diagnosis(employee: Seat, fault: str) -> None:
    """Checks fill in, guided steps follow, and a fitting answer comes before any form."""
    await employee.says(fault)
    await employee.sees(employee.word("probes.done", service="VPN"))
    for step, answer in enumerate(ANSWERS[employee.language], 1):
        await employee.sees(employee.word("flow.progress", number=step, total=4))
        await employee.page.get_by_role("button", name=answer, exact=True).last.click()
    await employee.sees(employee.word("answer.state"))
    await employee.presses("open_ticket")


ANSWERS = {
    "en": ("Website opens", "Still broken", "Still broken"),
    "zh": ("网站能打开", "还是不行", "还是不行"),
}


async def fill_the_form(employee: Seat) -> None:
    """The form is half filled in; the employee says how bad it is and sends it."""
    form = employee.page.locator("form.form").last
    await expect(form.get_by_label(employee.word("field.summary"))).not_to_have_value("", timeout=PATIENCE)
    await form.get_by_label(employee.word("severity.blocked")).check()
    await form.get_by_label(employee.word("affected.team")).check()
    await form.get_by_role("button", name=employee.word("button.submit")).click()
    await employee.sees(
        employee.word("opened", ticket="T-1", group="网络组" if employee.language == "zh" else "Network")
    )
    await employee.sees(employee.word("field.promise"))


async def work_on_it(engineer: Seat, employee: Seat, words: dict[str, str]) -> None:
    """Reply, hold, resume; the employee reads each step, answers, and sends a photo."""
    await engineer.goes_to("/t/1")
    await engineer.says(words["reply"])
    await employee.sees(words["reply"])
    await employee.says(words["answer"])
    await engineer.sees(words["answer"])
    await engineer.presses("hold")
    await engineer.chooses(engineer.word("field.reason"), engineer.word("awaited.vendor"))
    await engineer.submits(engineer.word("button.hold"))
    held = employee.word("step.hold_until", ticket="T-1", reason=employee.word("hold.vendor"), until="…")
    for part in held.split("…"):
        await employee.sees(part.strip())
    await engineer.presses("resume")
    await employee.sees(employee.word("step.resume", ticket="T-1"))
    await employee.attaches("screen.png", b"\x89PNG\r\n\x1a\n" + b"0" * 2000)
    await engineer.sees("screen.png")


async def resolve(engineer: Seat, cause: str, solution: str) -> None:
    """The form of *Resolve* wants a cause and a solution."""
    await engineer.presses("resolve")
    await engineer.fills(engineer.word("field.cause"), cause)
    await engineer.fills(engineer.word("field.solution"), solution)
    await engineer.submits(engineer.word("button.resolve"))
