"""What one engineer learned is the next person's answer: written with a press, published by a manager."""

from __future__ import annotations

import pytest

from bot.dialogue.library import Library
from bot.messages import Pressed
from bot.web.knowledge_reading import DeskKnowledge
from faq.verdict import AS_SHIPPED
from storage import articles
from tests.journeys.stage import Stage, play


async def solved(stage: Stage) -> None:
    """A fault nobody had an answer for, solved by Wang Fang."""
    employee, engineer = stage.person("zhao.min"), stage.person("wang.fang")
    await employee.commands("/new The badge reader at gate three blinks purple")
    await employee.fills(service="vpn")
    await engineer.commands("/claim 1")
    await engineer.commands("/resolve 1 The reader lost its key / 1. Hold a badge for ten seconds.\n2. Wait for green.")


async def test_a_resolution_becomes_an_answer_with_one_press_and_is_live_at_once(database_url: str) -> None:
    async with play(database_url) as stage:
        await solved(stage)
        engineer, manager, colleague = stage.person("wang.fang"), stage.person("zhang.wei"), stage.person("li.na")
        await engineer.commands("/show 1")
        await engineer.presses("Save as answer")
        assert engineer.form is not None
        known = {field.name: field.value for field in engineer.form.fields}
        assert known["title"] == "The badge reader at gate three blinks purple"
        assert "Hold a badge for ten seconds" in known["body"]
        await engineer.fills(title="Badge reader blinks purple", phrasings="gate stays shut\nbadge reader purple light")
        await engineer.sees("Badge reader blinks purple")
        await manager.sees("Badge reader blinks purple")
        await manager.presses("Publish", on="Badge reader blinks purple")
        await engineer.sees("张伟发布了您写的答案")
        await colleague.commands("/faq the badge reader has a purple light and blinks")
        assert "ten seconds" in await colleague.sees("Badge reader blinks purple")


@pytest.mark.parametrize(
    ("key", "language", "title", "question", "note"),
    [
        ("anna.weber", "zh", "充电桩不认工卡", "充电桩不认我的工卡", "I only have this answer in Chinese."),
        ("zhao.min", "en", "Charging post refuses my badge", "the charging post refuses my badge", "目前只有英文"),
    ],
)
async def test_an_answer_in_the_other_language_says_so(
    sqlite_url: str, key: str, language: str, title: str, question: str, note: str
) -> None:
    """Better than none; in one's own language, once it is there, it comes without a note."""
    async with play(sqlite_url) as stage:
        reader, at = stage.person(key), stage.clock()
        article = {"id": "post", "language": language, "title": title, "phrasings": [], "services": []}
        async with stage.app.database.transaction() as tx:
            await articles.publish(tx, {**article, "body": "1. Hold it longer."}, "zhang.wei", at)
        assert await stage.app.ticker.library.refresh()
        await reader.commands(f"/faq {question}")
        assert note in await reader.sees(title)
        own = "en" if language == "zh" else "zh"
        async with stage.app.database.transaction() as tx:
            mine = {**article, "language": own, "title": "Post and badge 工卡", "body": "1. Longer."}
            await articles.publish(tx, mine, "zhang.wei", at)
        assert await stage.app.ticker.library.refresh()
        await reader.commands("/new")
        await reader.commands(f"/faq {question}")
        assert note not in await reader.sees("Post and badge 工卡")


async def test_a_manager_changes_a_draft_before_publishing_and_the_second_manager_hears_who_was_first(
    sqlite_url: str,
) -> None:
    async with play(sqlite_url) as stage:
        await solved(stage)
        engineer, manager = stage.person("wang.fang"), stage.person("zhang.wei")
        await engineer.commands("/answer 1")
        await engineer.fills()
        await manager.presses("Change…", on="blinks purple")
        await manager.fills(title="Purple badge reader")
        publish = await manager.button("Publish", on="Purple badge reader")
        await manager.presses("Publish", on="Purple badge reader")
        await manager.sees("已发布")
        pressed = Pressed(stage.next_id(), manager.identity, manager.place, publish.action)
        await stage.app.conversation.handle(pressed)
        await stage.settle()
        await manager.sees("已经有人先处理了")


async def test_an_answer_may_be_written_from_words_alone_and_is_published_by_an_admin(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        engineer = stage.person("wang.fang")
        await engineer.commands("/answer Hold the power button for ten seconds")
        assert engineer.form is not None
        assert {field.name: field.value for field in engineer.form.fields}["body"].startswith("Hold the power button")
        await engineer.fills(title="")
        assert any(field.error for field in engineer.form.fields)


async def test_who_may_write_and_who_may_publish(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        await solved(stage)
        employee, engineer = stage.person("zhao.min"), stage.person("wang.fang")
        await employee.commands("/answer 1")
        await employee.sees("只有工程师和经理可以写答案")
        await engineer.commands("/answer 1")
        await engineer.fills()
        await engineer.commands("/answer")
        await engineer.sees("没有待审的答案")
        press = Pressed(stage.next_id(), engineer.identity, engineer.place, "k:publish:1")
        await stage.app.conversation.handle(press)
        await stage.settle()
        await engineer.sees("发布由经理决定")
        manager = stage.person("zhang.wei")
        await manager.commands("/answer")
        await manager.sees("待审答案")
        await manager.presses("Discard")
        await engineer.sees("没有采用您写的答案")
        assert ("desk-1", "en") not in stage.app.conversation.knowledge.articles


async def test_another_process_hears_of_it_too(sqlite_url: str) -> None:
    """The library asks the database; who published does not matter."""
    async with play(sqlite_url) as stage:
        await solved(stage)
        other = Library(stage.app.database, stage.app.conversation)
        assert not await other.refresh()
        engineer = stage.person("wang.fang")
        await engineer.commands("/answer 1")
        await engineer.fills()
        await stage.person("zhang.wei").presses("Publish")
        assert ("desk-1", "en") in stage.app.conversation.knowledge.articles
        assert await other.refresh()


async def test_what_we_believed_and_what_came_of_it_are_kept_for_the_next_calibration(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        anna = stage.person("anna.weber")
        await anna.commands("/faq how do I add a shared printer")
        await anna.presses("That fixed it")
        await anna.commands("/faq the aquarium in the lobby has turned green")
        async with stage.app.database.reading() as tx:
            ((believed, helped),) = await articles.labels(tx)
            questions = [words for words, _, _ in await articles.unanswered(tx, 5)]
        assert 0 < believed <= 1
        assert helped
        assert questions == ["the aquarium in the lobby has turned green"]
        pages = DeskKnowledge(stage.app.database, stage.app.desk, lambda: stage.app.conversation.knowledge)
        assert await pages.knowledge("anna.weber") is None
        page = await pages.knowledge("zhang.wei")
        assert page is not None
        assert [one.words for one in page.questions] == questions
        assert (page.articles[0].offered, page.articles[0].fixed) == (1, 1)
        assert [(bar.helped, bar.count) for bar in page.bars] == [(100, 1)]


async def test_a_desk_whose_answers_mostly_fail_becomes_less_sure_of_them(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        library = stage.app.ticker.library
        await library.recalibrate()
        assert stage.app.conversation.knowledge.platt == AS_SHIPPED
        async with stage.app.database.transaction() as tx:
            for number in range(80):
                came = "fixed" if number % 4 == 0 else "not_fixed"
                now = stage.clock()
                await articles.feedback(tx, "wifi", "en", "zhao.min", came, now, probability=0.9 if number % 2 else 0.7)
        await library.recalibrate()
        platt = stage.app.conversation.knowledge.platt
        assert platt(0.9) < 0.6
        await stage.person("anna.weber").says("how do I connect my phone to the guest wifi")
        assert stage.app.conversation.knowledge.platt == platt
