"""A person is forgotten: nothing they wrote is left in any byte of the database; numbers and others' words stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from escalation.ticket import Action, TicketEvent
from storage import attachments, dialogues, inbox, outbox, people, tickets, transcript
from storage.database import Database
from storage.erasing import STRUCK, erase, leave_no_trace
from storage.tables import metadata
from storage.tickets import Filter
from tests.storage.conftest import NOON, a_ticket

CANARIES = (
    "canary-summary",
    "canary-description",
    'canary 评论 "quoted"\nsecond canary line',
    "canary-reply-of-wang",
    "canary-file.png",
    "canary-chat",
    "canary-rating",
    "Lin Weiwei",
    "13800138000",
)
CONTENT = b"canary-in-a-file" * 100


async def a_life(database: Database) -> None:
    """Lin Wei's ticket with everything that comes with one, and somebody else's with words like theirs."""
    summary, description, comment, reply, file, chat, rating, name, phone = CANARIES
    async with database.transaction() as tx:
        await people.sync(tx, {"lin.wei", "wang.fang", "lin.weihua"})
        await people.link(tx, "slack", "T1", "U-canary", "lin.wei", NOON)
        said = {"summary": summary, "description": description, "details": {"callback": phone}}
        ticket = await tickets.insert(tx, a_ticket(**said))
        ticket = await tickets.save(tx, replace(ticket, rating=2, rating_comment=rating, assignee="wang.fang"))
        await tickets.insert(tx, a_ticket(requester="lin.weihua", opened_by="lin.weihua", summary="printer jams"))
        for by, text in (("lin.wei", comment), ("wang.fang", reply)):
            commented = TicketEvent(ticket.id, NOON, by, Action.COMMENT, "web", {"text": text}, public=True)
            await tickets.add_event(tx, commented)
        staged = await attachments.stage(tx, file, "image/png", CONTENT, "lin.wei", NOON)
        assert await attachments.bind(tx, staged.id, ticket.id)
        told = {"text": comment, "by": "lin.wei", "about": "comment"}
        await outbox.put(tx, "told", "person:wang.fang", "told", told, 2, ticket.id, NOON)
        await inbox.record(tx, "e1", NOON, "lin.wei")
        await inbox.answered(tx, "e1", [{"type": "text", "text": summary}])
        await inbox.record(tx, "e2", NOON, "wang.fang")
        await inbox.answered(tx, "e2", [{"type": "text", "text": f"T-1 · {summary} · {name}"}])
        await inbox.park(tx, "e3", {"text": comment, "sender": {"user": "lin.wei"}}, "ZeroDivisionError", NOON)
        await transcript.say(tx, "lin.wei", "k1", "person", {"reply": {"type": "text", "text": chat}}, "", NOON)
        seen = {"reply": {"type": "card", "title": summary, "blocks": [{"quote": comment, "who": name}]}}
        await transcript.say(tx, "wang.fang", "k2", "desk", seen, "", NOON)
        await dialogues.save(tx, dialogues.Stored("place:lin.wei", "lin.wei", {"words": chat}))


async def test_nothing_of_theirs_is_left_and_the_numbers_stay(database: Database, tmp_path: Path) -> None:
    await a_life(database)
    async with database.transaction() as tx:
        done = await erase(tx, "lin.wei", "erased-1", ["Lin Weiwei"])
    await leave_no_trace(database)
    assert done.rows > 8
    async with database.reading() as tx:
        ticket = await tickets.load(tx, 1)
        assert ticket is not None
        assert (ticket.requester, ticket.opened_by, ticket.assignee) == ("erased-1", "erased-1", "wang.fang")
        assert (ticket.summary, ticket.rating, ticket.opened_at) == (STRUCK, 2, NOON)
        log = await tickets.events(tx, 1, public_only=False)
        assert [(event.by, event.facts["text"]) for event in log] == [("erased-1", STRUCK), ("wang.fang", STRUCK)]
        loaded = await attachments.load(tx, 1)
        assert loaded is not None
        assert (loaded[0].name, loaded[1]) == (STRUCK, b"")
        (other,) = await tickets.find(tx, Filter(requester="lin.weihua"))
        assert other.summary == "printer jams"
        everything = str([tuple(row) for table in metadata.sorted_tables for row in await tx.all(table.select())])
    assert "canary" not in everything
    assert "lin.wei'" not in everything
    if database.dialect == "sqlite":
        await database.close()
        for path in tmp_path.glob("firstline.db*"):
            content = path.read_bytes()
            assert [word for word in ("canary", "Lin Weiwei", "13800138000") if word.encode() in content] == [], path


async def test_forgetting_somebody_twice_changes_nothing_more(database: Database) -> None:
    await a_life(database)
    async with database.transaction() as tx:
        await erase(tx, "lin.wei", "erased-1", ["Lin Weiwei"])
    async with database.transaction() as tx:
        assert (await erase(tx, "lin.wei", "erased-2", ["Lin Weiwei"])).rows == 0
