"""What somebody changes after they sent it.

While nothing followed, it is heard anew in the place of what it said before. What has gone to a ticket is followed by
the corrected words there; what belongs to a conversation that went on is noted with it. It is never done twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.cards import answers
from bot.dialogue import commands
from bot.dialogue.filling import form_of
from bot.dialogue.talk import Mode, Spoken, Talk
from bot.dialogue.ticketwork import NOTE_PREFIXES, Work
from bot.dialogue.turns import LONGEST_WORDS, Turn, joined, note
from bot.messages import Attached, Commanded, Corrected, Event, Reply, Said
from escalation.ticket import Action

REMEMBERED = 20  # messages of one conversation
ANEW = frozenset({"new", "faq", "help", "list", "my", "status", "show"})  # commands that changed nothing for good
WORDS = {
    Action.NOTE: Action.NOTE,
    Action.REPLY: Action.REPLY,
    Action.COMMENT: Action.COMMENT,
    Action.OPEN: Action.COMMENT,
}
OTHERWISE = "done"  # something that no words correct


# -- remembering -----------------------------------------------------------------------------------


def remembered(was: Talk, talk: Talk, event: Event | None, work: Work) -> Talk:
    """The talk with what is to be known of this event's message, should it be changed later."""
    spoken = _filed(was, talk, work)
    message, text = _message(event)
    if isinstance(event, Corrected) and message not in was.spoken:
        message = ""
    if message:
        spoken[message] = _became(was.spoken.get(message), text, work)
    if isinstance(event, Attached) and event.album:
        spoken.setdefault(_album(event), spoken.get(message, Spoken("")))
    last, before = _last(was, event, message, work)
    return replace(talk, spoken=dict(list(spoken.items())[-REMEMBERED:]), last=last, before=before)


def _last(was: Talk, event: Event | None, message: str, work: Work) -> tuple[str, Mapping[str, Any]]:
    """The message after which nothing was done, and the talk before it."""
    match event:
        case None:  # the conversation went on by itself
            return was.last, was.before
        case Corrected() if work.done or message != was.last:
            return "", {}
        case Corrected():
            return was.last, was.before
        case Commanded(word=word) if word.lower() not in ANEW:
            return "", {}
    return (message, replace(was, spoken={}, last="", before={}).to_json()) if message and not work.done else ("", {})


def _message(event: Event | None) -> tuple[str, str]:
    """What the platform calls the message, and how it reads."""
    match event:
        case Said(message=message, text=text) | Attached(message=message, caption=text):
            return message, text
        case Corrected(message=message, text=text):
            return message, text
        case Commanded(message=message, word=word, rest=rest):
            return message, f"{word} {rest}"
    return "", ""


def _filed(was: Talk, talk: Talk, work: Work) -> dict[str, Spoken]:
    """What the messages of this conversation are now: of the ticket it led to, and forgotten when it is over."""
    if talk.mode is not Mode.IDLE:
        return dict(was.spoken)
    led_to = next((number for action, number in work.done if action in (Action.OPEN, Action.COMMENT)), 0)
    if not led_to or was.mode is Mode.IDLE:
        return {name: each for name, each in was.spoken.items() if each.ticket}
    comment = Action.COMMENT.value
    return {n: e if e.ticket else replace(e, ticket=led_to, action=comment) for n, e in was.spoken.items()}


def _became(known: Spoken | None, text: str, work: Work) -> Spoken:
    """The message as it reads now, and where its words went."""
    if known is not None and known.ticket:
        return replace(known, print=_print(text))
    words = [(WORDS[action], number) for action, number in work.done if action in WORDS]
    if words:
        action, ticket = words[-1]
        return Spoken(_print(text), ticket, action.value)
    if not work.done:
        return Spoken(_print(text))
    action, ticket = work.done[-1]
    return Spoken(_print(text), ticket, Action.COMMENT.value if action is Action.ATTACH else OTHERWISE)


def _print(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def _album(event: Attached) -> str:
    return f"album:{event.album}"


# -- correcting ------------------------------------------------------------------------------------


def heard_anew(talk: Talk, event: Corrected) -> tuple[Talk, Said | Commanded] | None:
    """The talk before the message and the message as it reads now, when nothing followed it; None otherwise."""
    known = talk.spoken.get(event.message)
    if known is None or known.ticket or event.message != talk.last or known.print == _print(event.text):
        return None
    if event.word and event.word.lower() not in ANEW:
        return None
    before = replace(Talk.from_json(talk.before), turn=talk.turn, pressed=talk.pressed, files=talk.files)
    if before.mode is Mode.PROBING:
        return None  # those checks are over
    now: Said | Commanded
    if event.word:
        now = Commanded(event.id, event.sender, event.place, event.word, event.rest)
    else:
        now = Said(event.id, event.sender, event.place, event.text)
    return before, now


async def passed_on(event: Corrected, talk: Talk, work: Work) -> Turn | tuple[Reply, ...]:
    """A message changed after something followed it, or after it went to a ticket."""
    known, world = talk.spoken.get(event.message), work.world
    if known is not None and known.print == _print(event.text):
        return note(talk, world, "corrected.file") if event.with_file else Turn(talk)
    if known is None and not event.place.private:
        return Turn(talk)  # people talk with one another there, too
    if known is None or not (known.ticket or talk.filling is not None or talk.mode is not Mode.IDLE):
        return note(talk, world, "corrected.unknown")
    words = _words(event, known)
    if not words:
        return note(talk, world, "corrected.empty" if words == "" else "corrected.command")
    if known.ticket:
        return await _to_ticket(known, words, work)
    corrected = world.reader.tell("corrected.words", text=words)[:LONGEST_WORDS]
    if talk.filling is not None and form_of(talk.filling).ticket is not None:
        return note(talk, world, "corrected.form")
    if talk.mode in (Mode.FORM, Mode.CHOOSING):
        talk = replace(talk, pending=joined(talk.pending, corrected))
    else:
        talk = replace(talk, words=joined(talk.words, corrected))
    return Turn(talk, (answers.note("corrected.noted", world.reader),))


def _words(event: Corrected, known: Spoken) -> str | None:
    """The words of the message as it reads now; None where a command, or what a command did, would be another."""
    if known.action == OTHERWISE:
        return None
    if not event.word:
        return event.text.strip()
    command = commands.parse(event.word, event.rest)
    if command is None or command.word not in ("new", known.action):
        return None
    return command.rest.strip()


async def _to_ticket(known: Spoken, words: str, work: Work) -> tuple[Reply, ...]:
    """After the words it corrects, in the same way. A note stays one: no change makes it public."""
    prefix = next((each for each in NOTE_PREFIXES if words.lower().startswith(each)), "")
    action = Action(known.action)
    if prefix and action is Action.REPLY:
        action = Action.NOTE
    if prefix and action is Action.NOTE:
        words = words[len(prefix) :].strip()
    return await work.do(action, known.ticket, {"text": words[:LONGEST_WORDS], "corrected": 1})


# -- albums ----------------------------------------------------------------------------------------


def album_of(talk: Talk, event: Attached) -> Spoken | None:
    """What became of the album's first file, when this is another of it without words of its own."""
    return talk.spoken.get(_album(event)) if event.album and not event.caption.strip() else None
