"""The web desk in a real browser, with real typing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from bot.messages import Button, Card, Event, Reply, Text, Tone
from bot.web.parts import Limits
from tests.fakes.web_desk import World, serving
from tests.fakes.web_sample import PEOPLE, furnish

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
SCRIPT = "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
PHONE, DESKTOP = (390, 780), (1200, 800)
PATIENCE = 20_000  # milliseconds; two cores may be busy with something else
expect.set_options(timeout=PATIENCE)


class Visitor:
    """Somebody in front of a browser; whatever the browser complains about fails the test."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.complaints: list[str] = []
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._hear)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    async def sits(self, person: str, path: str = "/") -> Page:
        """Choose a seat in the picker, and open a page from there."""
        picker = await self.context.new_page()
        await picker.goto(self.address)
        async with self.context.expect_page() as opening:
            await picker.locator(f"button[value='{person}']").click()
        page = await opening.value
        await page.wait_for_load_state()
        await picker.close()
        if path != "/":
            await page.goto(f"{self.address}/seat/{person}{path}")
        return page


@pytest.fixture
def world() -> World:
    world = World(limits=Limits(upload=100_000, poll=0.1))
    furnish(world.views)
    return world


@pytest_asyncio.fixture(loop_scope="module")
async def address(world: World) -> AsyncIterator[str]:
    async with serving(world.application()) as address:
        yield address


@asynccontextmanager
async def visiting(
    browser: Browser, address: str, size: tuple[int, int] = DESKTOP, locale: str = "en-GB"
) -> AsyncIterator[Visitor]:
    """A visitor with a window of this size and a browser in this language."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=locale, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    visitor = Visitor(context, address)
    try:
        yield visitor
    finally:
        await context.close()
    assert visitor.complaints == []


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(browser: Browser, address: str) -> AsyncIterator[Visitor]:
    async with visiting(browser, address) as visitor:
        yield visitor


async def test_a_fault_is_told_and_becomes_a_ticket_by_keyboard_alone(visitor: Visitor) -> None:
    page = await visitor.sits("zhao.min")
    await page.keyboard.type("My VPN drops")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("every few minutes")
    await page.keyboard.press("Enter")
    await expect(page.locator(".from-person .bubble")).to_have_text("My VPN drops\nevery few minutes")
    await expect(page.get_by_text("Answered with status 503")).to_be_visible()
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.value") == "ticket:new":
            break
    await expect(page.get_by_role("button", name="Open a ticket")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("What is wrong")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Say in a few words what is wrong.")).to_be_visible()
    await expect(page.get_by_label("What is wrong")).to_be_focused()
    await expect(page.get_by_label("What is wrong")).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("VPN drops")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="T-12 is open")).to_be_visible()
    await expect(page.locator("form.form")).to_have_count(0)


async def test_what_was_typed_is_shown_and_never_run(visitor: Visitor, world: World) -> None:
    page = await visitor.sits("zhao.min")
    await page.get_by_role("textbox").fill(SCRIPT + "\n  two  spaces 😀")
    await page.keyboard.press("Enter")
    await expect(page.locator(".from-desk")).to_have_count(1)
    await page.reload()
    await expect(page.locator(".from-person .bubble")).to_contain_text(SCRIPT)
    assert await page.locator(".from-person .typed").inner_text() == SCRIPT + "\n  two  spaces 😀"
    assert "broken" not in await page.title()


async def test_a_card_is_redrawn_in_place_while_one_looks(visitor: Visitor, world: World) -> None:
    page = await visitor.sits("zhao.min")
    await world.conversation.deliver("zhao.min", "k1", Card("Checking the VPN", key="probe"))
    await world.conversation.deliver("zhao.min", "k2", Text("One moment."))
    await expect(page.locator(".line")).to_have_count(2)
    await world.conversation.deliver("zhao.min", "k3", Card("The VPN is fine", Tone.GOOD, "Fine", key="probe"))
    await expect(page.locator(".line").first).to_contain_text("The VPN is fine")
    await expect(page.locator(".line")).to_have_count(2)


async def test_whoever_is_paged_sees_it_beside_the_menu_at_once(visitor: Visitor, world: World) -> None:
    waiting, world.views.waiting = world.views.waiting, ()
    page = await visitor.sits("zhang.wei")
    await expect(page.locator("#pages-count")).to_have_text("")
    world.views.waiting = waiting
    await world.conversation.deliver("zhang.wei", "k1", Card("T-14 needs somebody", Tone.BAD, "Nobody yet", ticket=14))
    await expect(page.locator("#pages-count")).to_have_text("1")
    await page.get_by_role("link", name="Pages").click()
    await expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()


async def test_words_sent_while_the_desk_is_away_arrive_once_it_is_back(browser: Browser, world: World) -> None:
    async with serving(world.application()) as address:
        port = int(address.rsplit(":", 1)[1])
        playing = visiting(browser, address)
        visitor = await playing.__aenter__()
        page = await visitor.sits("zhao.min")
        await expect(page.get_by_role("heading", name="Hello Zhao Min")).to_be_visible()
    await page.get_by_role("textbox").fill("is anybody there")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Not sent yet — trying again")).to_be_visible()
    async with serving(world.application(), port):
        await expect(page.get_by_text("Thanks, I have got that.")).to_be_visible()
        await expect(page.locator(".from-person")).to_have_count(1)
        await expect(page.get_by_text("Not sent yet")).to_have_count(0)
        visitor.complaints.clear()  # the browser says so itself when it cannot connect
        await playing.__aexit__(None, None, None)
    assert len(world.conversation.events) == 1


async def test_words_on_a_ticket_that_cannot_leave_yet_say_so_and_outlive_a_reload(
    visitor: Visitor, world: World
) -> None:
    page = await visitor.sits("wang.fang", "/t/12")
    await page.route("**/chat/say", lambda route: route.abort())
    await page.get_by_role("textbox").fill("is anybody there")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Not sent yet — trying again")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Not sent yet — trying again")).to_be_visible()
    await page.unroute("**/chat/say")
    await expect(page.locator(".toast")).to_have_text("Sent.×")
    visitor.complaints.clear()  # the browser says so itself when it cannot connect
    assert len(world.conversation.events) == 1


async def test_a_button_is_pressed_once_however_often_one_clicks(visitor: Visitor, world: World) -> None:
    page = await visitor.sits("wang.fang", "/t/12")
    await page.get_by_role("button", name="Claim").dblclick()
    await expect(page.locator(".toast")).to_have_text("Wang Fang was first: T-12 is already claimed.×")
    await asyncio.sleep(0.3)
    assert len(world.conversation.events) == 1


async def test_a_form_of_a_page_opens_in_a_dialog(visitor: Visitor, world: World) -> None:
    page = await visitor.sits("wang.fang", "/t/12")
    await page.get_by_role("button", name="Resolve").click()
    await expect(page.get_by_label("Cause")).to_be_focused()
    await page.keyboard.type("Overloaded gateway")
    await page.get_by_label("Solution").fill("Restarted it")
    await page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    await expect(page.locator(".toast")).to_contain_text("Done.")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_dialog_that_closes_gives_the_focus_back(
    visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the button that opened it, or to the menu that button stands in: never to nothing."""
    question = Card(title="Sure?", buttons=(Button("Yes", "t:yes:12"), Button("Keep it", "t:no:12")))
    monkeypatch.setattr(world.conversation, "replies", lambda event: (question,))
    page = await visitor.sits("wang.fang", "/t/12")
    dialog, claim = page.get_by_role("dialog"), page.get_by_role("button", name="Claim")
    await claim.press("Enter")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(claim).to_be_focused()
    more = page.locator("summary", has_text="More")
    await more.press("Enter")
    await page.get_by_role("button", name="Transfer").press("Enter")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()


async def test_whose_button_is_gone_keeps_their_place_on_the_page(visitor: Visitor, world: World) -> None:
    page = await visitor.sits("wang.fang", "/t/12")
    await page.get_by_role("button", name="Claim").focus()
    world.views.details[12] = replace(world.views.details[12], buttons=())
    world.views.version += 1
    await expect(page.get_by_role("button", name="Claim")).to_have_count(0)
    await expect(page.locator("main")).to_be_focused()


async def test_a_question_that_wants_a_decision_comes_before_everything_else(
    visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a corner it was overlooked, and a second and a third question piled up on the first."""
    question = Card(title="Cancel it?", buttons=(Button("Yes", "t:yes:12"), Button("Keep it", "t:no:12")))
    offer = Card(title="Kept.", buttons=(Button("Look at it", "t:show:12"),))

    def asked(event: Event) -> tuple[Reply, ...]:
        return (question,) if getattr(event, "action", "") == "t:claim:12" else (offer,)

    monkeypatch.setattr(world.conversation, "replies", asked)
    page = await visitor.sits("wang.fang", "/t/12")
    await page.get_by_role("button", name="Claim").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading", name="Cancel it?")).to_be_visible()
    await expect(page.locator(".toast")).to_have_count(0)
    await dialog.get_by_role("button", name="Keep it").click()
    await expect(dialog).to_have_count(0)
    await expect(page.locator(".toast").get_by_role("button", name="Look at it")).to_be_visible()


async def test_what_stands_behind_more_unfolds_and_goes_by_escape_and_by_a_choice(
    visitor: Visitor, world: World
) -> None:
    page = await visitor.sits("wang.fang", "/t/12")
    more, transfer = page.locator("summary", has_text="More"), page.get_by_role("button", name="Transfer")
    await expect(transfer).to_be_hidden()
    await more.press("Enter")
    await expect(transfer).to_be_visible()
    await transfer.press("Escape")
    await expect(transfer).to_be_hidden()
    await expect(more).to_be_focused()
    await more.click()
    await transfer.click()
    await expect(transfer).to_be_hidden()
    await expect(page.locator(".toast")).to_contain_text("Done.")
    assert [getattr(event, "action", "") for event in world.conversation.events] == ["t:transfer:12"]


async def test_an_open_queue_follows_without_losing_the_place(visitor: Visitor, world: World) -> None:
    page = await visitor.sits("wang.fang", "/queue")
    await page.get_by_role("link", name="T-9 Monitor flickers").focus()
    world.views.tickets[15] = replace(world.views.tickets[12], id=15, name="T-15", summary="Scanner jams")
    world.views.version += 1
    await expect(page.get_by_role("link", name="T-15 Scanner jams")).to_be_visible()
    await expect(page.get_by_role("link", name="T-9 Monitor flickers")).to_be_focused()
    await page.get_by_label("Search").fill("scanner")
    await expect(page.get_by_role("status").filter(has_text="1 ticket")).to_be_visible()
    assert page.url.endswith("/queue?text=scanner")


async def test_a_file_and_its_words_are_sent_from_a_tickets_page(
    visitor: Visitor, world: World, tmp_path: Path
) -> None:
    (tmp_path / "屏幕.png").write_bytes(b"PNG")
    (tmp_path / "large.bin").write_bytes(b"x" * 100_001)
    page = await visitor.sits("wang.fang", "/t/12")
    await page.get_by_label("Attach files").set_input_files(tmp_path / "large.bin")
    await expect(page.locator(".toast")).to_contain_text("10 MB")
    await page.get_by_label("Attach files").set_input_files(tmp_path / "屏幕.png")
    await page.get_by_label("Write about this ticket").fill("as you see")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".toast").filter(has_text="Sent.")).to_be_visible()
    assert [kept[0] for kept in world.files.kept.values()] == ["屏幕.png"]
    assert getattr(world.conversation.events[0], "reply_to", "") == "T-12"


async def test_the_first_stop_of_the_keyboard_is_a_way_to_the_content(visitor: Visitor) -> None:
    page = await visitor.sits("wang.fang", "/mine")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_phone_never_scrolls_sideways(browser: Browser, world: World, address: str, language: str) -> None:
    furnish(world.views, language)
    world.views.languages = dict.fromkeys(PEOPLE, language)
    async with visiting(browser, address, PHONE, language) as visitor:
        page = await visitor.sits("wang.fang")
        await page.get_by_role("textbox").fill("vpn " + "x" * 300)
        await page.keyboard.press("Enter")
        await expect(page.locator(".from-desk")).to_have_count(2)
        for path in ("/", "/mine", "/queue", "/pages", "/t/12"):
            await page.goto(f"{visitor.address}/seat/wang.fang{path}")
            width = await page.evaluate("document.documentElement.scrollWidth")
            inside = await page.evaluate("document.querySelector('main').scrollWidth")
            assert max(width, inside) <= PHONE[0], path
