"""Whose ticket words and files are meant for: the one named, the only one that fits, else the person is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import answers
from bot.cards.reader import Reader
from bot.dialogue.effects import Act, Doing
from bot.dialogue.talk import Mode, Talk
from bot.dialogue.turns import Turn, joined
from bot.dialogue.world import World
from bot.messages import Button, Card, Text, Tone
from escalation.clocks import UPDATE
from escalation.ticket import Action, Status, Ticket
from intents.catalogue import Intent
from intents.classify import Understanding
from intents.manner import worsens

SMALL_WORDS = frozenset({Intent.STATUS, Intent.THANKS, Intent.CANCEL})
IN_TROUBLE = frozenset({Intent.FAULT, Intent.UNKNOWN})
MAY_BE_ABOUT_A_TICKET = IN_TROUBLE | {Intent.QUESTION, Intent.REQUEST}
STILL_MEANT = timedelta(minutes=30)  # how long the ticket last written to is meant by what names no other
SURE_OF_ANOTHER = 0.95  # of the service meant, from which on even an answer to an engineer is about something new
SHOWN_AT_MOST = 5
LABEL = 60  # characters of a button that names a ticket
SURELY_ASKED = 0.8  # from which confidence on a question after a ticket is one
SURELY_SAID = 0.95  # and when it ends without a question mark


def meant_ticket(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """Where words go that may belong to a ticket already open; None when they are a matter of their own."""
    likely = _likely(talk, meant, world)
    if not likely:
        return None
    if len(likely) == 1 and not _new_fault(likely[0], meant, world):
        return to_ticket(talk, likely[0], words, world)
    return ask(talk, likely, words, world)


def awaited(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """The answer a ticket or its engineer waits for: "I did, it still drops" may ask how far it is, but hardly does."""
    waiting = [t for t in world.open_tickets if world.here in (0, t.id) and _waits_for_answer(t, world)]
    asks = SURELY_ASKED if words.rstrip().endswith(("?", "？")) else SURELY_SAID
    unsure = meant.intent in SMALL_WORDS and meant.confidence < asks and not meant.entities.tickets
    if talk.mode is not Mode.IDLE or len(waiting) != 1 or not unsure:
        return None
    return to_ticket(talk, waiting[0], words, world)


def with_engineer(world: World) -> bool:
    """Whether somebody has taken a ticket of theirs: what they write may be meant for that person."""
    return any(ticket.assignee or ticket.status is Status.RESOLVED for ticket in world.open_tickets)


def _waits_for_answer(ticket: Ticket, world: World) -> bool:
    on_hold = ticket.hold is not None and ticket.hold.reason == "requester"
    return on_hold or (ticket.status is Status.CLAIMED and _just_written_to(ticket, world))


def _likely(talk: Talk, meant: Understanding, world: World) -> tuple[Ticket, ...]:
    """The tickets the words may be about; none when they are plainly about something else."""
    mine = world.open_tickets
    named = tuple(ticket for ticket in mine if ticket.id in meant.entities.tickets)
    here = tuple(ticket for ticket in mine if ticket.id == world.here)
    if here and not named:
        return here  # in a ticket's own thread one writes about that ticket
    same = tuple(ticket for ticket in mine if meant.service and ticket.service == meant.service)
    if named or same or (meant.service and meant.intent not in IN_TROUBLE):
        return named or same
    # Once a person has taken over, the bot keeps quiet: what is written goes to them.
    with_engineer = tuple(ticket for ticket in mine if ticket.assignee or ticket.status is Status.RESOLVED)
    lately = tuple(ticket for ticket in mine if ticket.id == focused(talk, world) or ticket.id == talk.opened)
    if meant.service and meant.intent is Intent.FAULT and worsens(meant.words):
        return lately[-1:] or (mine if len(mine) == 1 else with_engineer)  # of the same trouble, by another name
    if meant.service:
        return with_engineer
    if meant.intent not in IN_TROUBLE:
        return with_engineer if len(with_engineer) == 1 else ()
    return tuple(ticket for ticket in mine if ticket.id == focused(talk, world)) or mine


def focused(talk: Talk, world: World) -> int:
    """The ticket last written to, while that is recent."""
    recent = talk.focus and world.reader.now - datetime.fromisoformat(talk.focus_at) < STILL_MEANT
    return talk.focus if recent else 0


def _new_fault(ticket: Ticket, meant: Understanding, world: World) -> bool:
    """Whether the words report trouble with something else than the ticket is about, and do not name it.

    "Restarted it, still the same" sounds like a computer's trouble; just after an engineer wrote it is an answer.
    """
    if ticket.hold is not None and ticket.hold.reason == "requester":
        return False  # what it waits for is an answer
    elsewhere = meant.service is not None and ticket.service not in ("", meant.service)
    answers_engineer = meant.certainty < SURE_OF_ANOTHER and _just_written_to(ticket, world)
    return elsewhere and not answers_engineer and ticket.id not in meant.entities.tickets


def _just_written_to(ticket: Ticket, world: World) -> bool:
    """Whether its engineer wrote to the requester, or claimed it, only now: then the promise of news began anew."""
    promised = ticket.clock(UPDATE)
    since = promised.running_since if promised else None
    return since is not None and world.reader.now - since < STILL_MEANT


def ask(talk: Talk, tickets: tuple[Ticket, ...], words: str, world: World) -> Turn:
    """Which one is meant? What was written waits for the answer."""
    turn = talk.turn + 1
    asked = replace(talk, mode=Mode.CHOOSING, turn=turn, pending=words)
    return Turn(asked, (which_card(tickets, turn, world.reader),))


def which_card(tickets: tuple[Ticket, ...], turn: int, reader: Reader) -> Card:
    """These tickets, and something new."""
    one = len(tickets) == 1
    buttons = [
        Button(
            reader.tell("button.about_it", ticket=t.name) if one else _label(t),
            f"d:{turn}:to:{t.id}",
        )
        for t in tickets[:SHOWN_AT_MOST]
    ]
    buttons.append(reader.button("something_new", f"d:{turn}:new"))
    title = reader.tell("which.or_new", ticket=tickets[0].name) if one else reader.tell("which.title")
    body = tickets[0].summary if one else reader.tell("which.body")
    return answers.choices(title, body, buttons, key=f"which:{turn}")


def _kept(talk: Talk, count: int, reader: Reader, *, of_album: bool) -> Text | Card:
    """That files are here; what they are about is asked of whoever has not said anything yet."""
    if talk.mode is not Mode.IDLE and talk.words:
        return Text(reader.tell("attach.goes_along"))
    title = reader.tell("attach.kept_all") if of_album else reader.tell("attach.kept", count=count)
    return answers.choices(title, "", (reader.button("human", f"d:{talk.turn}:human"),))


def _label(ticket: Ticket) -> str:
    label = f"{ticket.name} · {ticket.summary}"
    return label if len(label) <= LABEL else f"{label[: LABEL - 1].rstrip()}…"


def to_ticket(talk: Talk, ticket: Ticket, words: str, world: World) -> Turn:
    """Straight to the ticket, with whatever was attached; one press away from being something new instead."""
    reader, turn = world.reader, talk.turn + 1
    sent = Card(
        title=reader.tell("comment.sent", ticket=ticket.name, who=_who_reads(ticket, world)),
        buttons=(reader.button("something_new", f"d:{turn}:new"),),
        key=f"which:{turn}",
        ticket=ticket.id,
    )
    kept = _focused(replace(talk, mode=Mode.IDLE, turn=turn, pending=words, files=()), ticket, world)
    return Turn(kept, (*_written(talk, ticket, words), sent))


def chosen(talk: Talk, ticket: Ticket, world: World) -> Turn:
    """The person said which ticket: the words and files that waited go there."""
    words = talk.pending if talk.mode is Mode.CHOOSING else talk.pending or talk.words
    words = joined(words, talk.quoted)
    sent = answers.settled(
        f"which:{talk.turn}" if talk.mode is Mode.CHOOSING else f"answer:{talk.turn}",
        world.reader.tell("comment.sent", ticket=ticket.name, who=_who_reads(ticket, world)),
        "",
        Tone.NEUTRAL,
    )
    return Turn(_focused(Talk(turn=talk.turn + 1), ticket, world), (*_written(talk, ticket, words), sent))


def _written(talk: Talk, ticket: Ticket, words: str) -> tuple[Doing, ...]:
    files = {"files": ",".join(map(str, talk.files))}
    attach = (Act(Action.ATTACH, ticket.id, {**files}),) if talk.files else ()
    return (*attach, *((Act(Action.COMMENT, ticket.id, {"text": words}),) if words else ()))


def _focused(talk: Talk, ticket: Ticket, world: World) -> Talk:
    return replace(talk, focus=ticket.id, focus_at=world.reader.now.isoformat())


def _who_reads(ticket: Ticket, world: World) -> str:
    return world.reader.name(ticket.assignee) if ticket.assignee else world.reader.group(ticket.group)


def attached(talk: Talk, files: tuple[int, ...], world: World, *, captioned: bool, of_album: bool = False) -> Turn:
    """Files before there is a ticket are kept for it; with one ticket open they go there, with several one is asked."""
    reader, active = world.reader, world.open_tickets
    kept = replace(talk, files=(*talk.files, *files))
    if talk.mode is not Mode.IDLE or captioned or not active:
        return Turn(kept, () if captioned else (_kept(talk, len(files), reader, of_album=of_album),))
    if len(active) == 1 or focused(talk, world):
        ticket = next((t for t in active if t.id == focused(talk, world)), active[0])
        sent = Text(reader.tell("attach.sent", ticket=ticket.name), ticket.id)
        return Turn(talk, (Act(Action.ATTACH, ticket.id, {"files": ",".join(map(str, files))}), sent))
    return ask(kept, active, "", world)
