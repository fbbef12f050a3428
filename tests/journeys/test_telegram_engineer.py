"""A ticket's whole life by an engineer who never leaves Telegram: in its topic, without topics, and from a page."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.telegram import BOT, PIXEL
from tests.journeys.telegram_stage import Seat, play_in_telegram


async def open_ticket(anna: Seat, words: str = "The Wi-Fi in Berlin drops", **more: str) -> None:
    await anna.says(f"/new {words}")
    await anna.fills({"Service": "Wi-Fi", **more})


async def test_a_whole_life_in_its_topic(sqlite_url: str, tmp_path: Path) -> None:
    """Listed, tapped, answered, noted, held, resumed, given away, resolved: one pinned card, a title that tells."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, wang, li = stage.seat("anna.weber"), stage.seat("wang.fang"), stage.seat("li.qiang")
        await open_ticket(anna)
        (topic,) = stage.staff.topics.values()
        assert topic.name.startswith("T-1 · P4 · ")
        (card,) = stage.cards(1)
        assert (card.pinned, card.topic) == (True, topic.id)

        await wang.says_in_group("/queue")
        await wang.taps("/claim_1")
        assert (await stage.ticket(1)).assignee == "wang.fang"
        assert "王芳" in topic.name
        await anna.sees("has taken T-1")

        sent = await wang.writes_in(topic, "On my way")
        await anna.sees("On my way")
        await anna.says("Thank you, third floor", reply_to="On my way")
        await wang.sees("Thank you, third floor")
        noted = await wang.writes_in(topic, "note: antenna 3 again")
        assert (sent.reactions[BOT], noted.reactions[BOT]) == (["👍"], ["✍"])
        await wang.hands.sends_photo(PIXEL, "this cable", topic=topic)
        await stage.settle()
        await anna.sees("this cable")
        assert any(message.file for message in stage.telegram.messages(anna.hands))
        await wang.hands.sends_photo(PIXEL, "note: the cable of the neighbour", topic=topic)
        await stage.settle()
        assert len([m for m in stage.telegram.messages(anna.hands) if m.by_bot and m.file]) == 1
        assert not anna.reads("neighbour")

        await wang.presses("Hold", on=card)
        await wang.fills({"Waiting for": "waiting for a part"})
        assert (await stage.ticket(1)).status == "on_hold"
        await wang.writes_in(topic, "/resume")
        await wang.writes_in(topic, "/priority@firstline_bot P2")
        assert (await stage.ticket(1)).priority == "P2"
        assert "P2" in topic.name
        await wang.presses("More", on=card)
        await wang.presses("Release")
        await wang.writes_in(topic, "/assign li.qiang")
        assert (await stage.ticket(1)).assignee == "li.qiang"
        await li.presses("Resolve", on=card)
        await li.fills({"Cause": "Antenna", "What was done": "New antenna"})
        await anna.sees("New antenna")
        await anna.presses("It works", on="New antenna")
        assert (await stage.ticket(1)).status == "closed"
        assert topic.closed
        assert [m for m in stage.telegram.messages(stage.staff) if m.pinned] == [card]
        assert not anna.reads("antenna 3 again")
        log = [m.text for m in stage.telegram.messages(stage.staff) if m.topic == topic.id and m.sender == BOT]
        assert sum("Thank you, third floor" in text for text in log) == 1
        assert sum("On my way" in text for text in log) == 0
        assert not [text for text in log if "已发送" in text or "备注已加到" in text]


async def test_a_whole_life_without_topics(sqlite_url: str, tmp_path: Path) -> None:
    """One card in the group, and the talk in answers to it; other talk in the group is none of ours."""
    async with play_in_telegram(sqlite_url, tmp_path, way="webhook", topics=False) as stage:
        anna, wang = stage.seat("anna.weber"), stage.seat("wang.fang")
        await open_ticket(anna)
        await open_ticket(stage.seat("zhao.min"), "会议室没有无线网")
        (card,) = stage.cards(1)
        await wang.presses("Claim", on=card)
        await wang.says("Please hold the laptop closer", reply_to=card)
        await anna.sees("Please hold the laptop closer")
        await wang.says_in_group("who is coming to lunch?")
        await anna.says("It works next to the window", reply_to="Please hold the laptop closer")
        told = next(m for m in stage.telegram.messages(stage.staff) if "next to the window" in m.text)
        assert (told.by_bot, told.reply_to) == (True, card.id)
        await wang.says("Then stay there", reply_to=told)
        await anna.sees("Then stay there")
        stage.staff.reacts = False
        await wang.says("note: antenna 3", reply_to=card)
        await wang.sees("备注已加到 T-1")
        await wang.says("/resolve Antenna / Replaced", reply_to=card)
        await anna.presses("It works", on="Replaced")
        assert [m.id for m in stage.telegram.messages(stage.staff) if m.id == card.id] == [card.id]
        assert not anna.reads("antenna 3")
        assert not anna.reads("lunch")
        assert (await stage.ticket(2)).status == "new"


async def test_from_the_private_chat_of_a_page(sqlite_url: str, tmp_path: Path) -> None:
    """Acknowledge, look, claim and resolve, alone with the bot; a second press says who was first."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        anna, chen, wang = stage.seat("anna.weber"), stage.seat("chen.jie"), stage.seat("wang.fang")
        await open_ticket(anna, **{"Who is affected": "Everyone", "How bad is it": "Work has stopped"})
        await chen.presses("Acknowledge", on="P1 · T-1")
        await chen.presses("View", on="T-1")
        await chen.presses("Claim", on="T-1")
        assert (await stage.ticket(1)).assignee == "chen.jie"
        await wang.writes_in("T-1", "/claim")
        await wang.sees("抢先一步")
        await chen.says("/resolve 1")
        await chen.fills({"Cause": "Power", "What was done": "Switched on"})
        await anna.presses("It works", on="Switched on")
        assert (await stage.ticket(1)).status == "closed"
        assert stage.telegram.unanswered() == []
