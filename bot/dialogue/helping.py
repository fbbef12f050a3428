"""Help: exactly the words this person may use, each with what it does."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards.reader import strong
from bot.dialogue.world import World
from bot.messages import Block, Card, Line, Span, Steps, plain
from escalation.access import Role, may_file_for_others, sees_queue

FOR_ONESELF = ("new", "list", "show", "faq", "cancel", "reopen", "rate")
ON_A_TICKET = (
    *("claim", "release", "assign", "transfer", "escalate", "priority", "hold", "resume"),
    *("note", "reply", "visit", "arrive", "promise", "resolve", "link", "major", "ack", "cancel"),
)


def help_card(world: World) -> Card:
    """What can be said and pressed here, by what the person is."""
    reader = world.reader
    blocks: list[Block] = [plain(reader.tell("help.body")), _lines(world, for_oneself(world))]
    for title, words in (("help.overview", overview(world)), ("help.work", work(world))):
        if words:
            blocks += [strong(reader.tell(title)), _lines(world, words)]
    needs = (reader.button("needs", "m:needs"),) if world.actor.manages else ()
    buttons = (reader.button("my_tickets", "m:list"), reader.button("new_ticket", "m:new"), *needs)
    return Card(reader.tell("help.title"), blocks=tuple(blocks), buttons=buttons)


def words(world: World) -> frozenset[str]:
    """Every word this person may use."""
    return frozenset((*for_oneself(world), *overview(world), *work(world), "help", "escalate", "connect"))


def for_oneself(world: World) -> tuple[str, ...]:
    """The words of everybody who asks for help."""
    others = ("new_for",) if may_file_for_others(world.actor) else ()
    return (*FOR_ONESELF, *others, "settings", *(("connect",) if world.linkable else ()))


def overview(world: World) -> tuple[str, ...]:
    """The words of whoever looks over tickets: engineers, managers, auditors."""
    return tuple(_overview(world))


def _overview(world: World) -> Iterator[str]:
    if sees_queue(world.actor):
        yield from ("queue", "report")
    if sees_queue(world.actor) or world.actor.groups:
        yield "oncall"
    if world.actor.groups:
        yield from ("mine", "swap")
    if world.actor.manages:
        yield "needs"


def work(world: World) -> tuple[str, ...]:
    """The words of whoever works on tickets."""
    works = world.actor.groups or world.actor.manages or Role.ADMIN in world.actor.roles
    return (*ON_A_TICKET, "answer") if works else ()


def _lines(world: World, words: tuple[str, ...]) -> Steps:
    return Steps(tuple(_line(world, word) for word in words), ordered=False)


def _line(world: World, word: str) -> Line:
    reader = world.reader
    usage = f"{world.root}{reader.tell(f'word.{word}.usage')}"
    return Span(usage, "code"), Span(f"{reader.tell('colon')}{reader.tell(f'word.{word}')}")
