"""Which event goes where: to the employee's conversation, or to the work on a ticket."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import answers
from bot.desk.notify import to_place
from bot.dialogue import (
    aiming,
    asides,
    commands,
    correcting,
    filling,
    helping,
    languages,
    learning,
    majors,
    opening,
    pressing,
    shiftwork,
    staffwords,
    step,
    swapping,
)
from bot.dialogue.beside import beside
from bot.dialogue.intake import intake
from bot.dialogue.talk import Mode, Spoken, Talk
from bot.dialogue.ticketwork import NOTE_PREFIXES, Work, refused
from bot.dialogue.turns import LONGEST_WORDS, Turn, is_number
from bot.messages import (
    Attached,
    Button,
    Card,
    Commanded,
    Corrected,
    Event,
    Place,
    Pressed,
    Reply,
    Said,
    Submitted,
    Text,
)
from bot.phrases import tell
from escalation.errors import Malformed, Refusal
from escalation.ticket import Action
from intents.catalogue import Intent
from storage import cards

Routed = Turn | tuple[Reply, ...]


async def route(event: Event, talk: Talk, work: Work) -> Routed:
    """What the event leads to. Raises a `Refusal`."""
    match event:
        case Said(text=text, reply_to=reply_to):
            return await _said(event, talk, text, reply_to, work)
        case Attached():
            return await _attached(event, talk, work)
        case Pressed(action=action):
            return await pressed(event, talk, action, work)
        case Submitted():
            return await submitted(event, talk, work)
        case Commanded(word=word, rest=rest, reply_to=reply_to):
            return await _commanded(event, talk, word, rest, reply_to, work)
        case Corrected():
            anew = correcting.heard_anew(talk, event)
            if anew is None:
                return await correcting.passed_on(event, talk, work)
            before, now = anew
            routed = await route(now, before, work)
            return routed if isinstance(routed, Turn) else Turn(before, routed)


async def _said(event: Said, talk: Talk, text: str, reply_to: str, work: Work) -> Routed:
    ticket = await _answered_ticket(event.place, reply_to, work)
    if ticket is not None:
        return await work.note_or_reply(ticket, _bounded(text, work))
    if talk.filling is not None and text.strip():
        besides = await beside(asides.aside, talk, text, work.world)
        if besides is not None:
            return besides
        words = await beside(asides.understood, talk, text, work.world)
        answered, sends = filling.typed(talk, words, work.world.reader)
        return await _filled(event, answered, work, submit=sends)
    command = commands.unslashed(text, helping.words(work.world))
    if command is not None:
        return await _commanded(event, talk, *command, "", work)
    if wanted := languages.told(text):
        routed = await _commanded(event, talk, "language", wanted, "", work)
        return routed or (Text(tell("settings.changed", wanted)),)
    if talk.mode is Mode.IDLE and (rated := await staffwords.rated_by(text, work)) is not None:
        return rated
    near = commands.mistyped(text, helping.words(work.world)) if talk.mode is Mode.IDLE else None
    if near is not None and work.world.understand(text).intent is Intent.UNKNOWN:
        return (_did_you_mean(text.strip(), near, work),)
    turn = await beside(step.said, talk, text, work.world)
    offer = await languages.offered(text, work) if event.place.private else None
    return replace(turn, doings=(*turn.doings, offer)) if offer is not None else turn


def _did_you_mean(word: str, near: str, work: Work) -> Card:
    reader, root = work.world.reader, work.world.root
    buttons = (Button(f"{root}{near}", f"m:{near}"), reader.button("help", "m:help"))
    return answers.choices(reader.tell("command.mistyped", word=word, near=near, root=root), "", buttons)


def _bounded(text: str, work: Work) -> str:
    if len(text) > LONGEST_WORDS:
        raise Malformed("said.too_long", longest=LONGEST_WORDS, length=len(text))
    return text


async def _attached(event: Attached, talk: Talk, work: Work) -> Routed:
    files = tuple(int(file.reference) for file in event.files if is_number(file.reference))
    if not files:
        raise Malformed("refused.no_files")
    album = correcting.album_of(talk, event)
    if album is not None:
        return await _more_of_album(album, files, talk, work)
    ticket = await _answered_ticket(event.place, event.reply_to, work)
    if ticket is not None:
        return await _attached_to(ticket, files, event.caption.strip(), work)
    turn = aiming.attached(talk, files, work.world, captioned=bool(event.caption.strip()), of_album=bool(event.album))
    if not event.caption.strip():
        return turn
    after = await beside(step.said, turn.talk, event.caption, work.world)
    return replace(after, doings=(*turn.doings, *after.doings))


async def _more_of_album(first: Spoken, files: tuple[int, ...], talk: Talk, work: Work) -> Turn:
    """Where the first file of the album went; it was answered for all of them."""
    if not first.ticket:
        return Turn(replace(talk, files=(*talk.files, *files)))
    await work.do(Action.ATTACH, first.ticket, {"files": ",".join(map(str, files))})
    return Turn(talk)


async def _attached_to(ticket: int, files: tuple[int, ...], words: str, work: Work) -> Routed:
    """Files on a ticket, and the words beside them like any others: to the other side, which sees every file."""
    if words.lower().startswith(NOTE_PREFIXES):
        seen = await work.desk.see(work.tx, ticket, work.world.person.key)
        if seen.ticket.requester != work.world.person.key:
            raise Malformed("refused.internal_file", who=work.world.reader.name(seen.ticket.requester))
    kept = await work.do(Action.ATTACH, ticket, {"files": ",".join(map(str, files))})
    return await work.note_or_reply(ticket, _bounded(words, work)) if words else kept


async def _answered_ticket(place: Place, reply_to: str, work: Work) -> int | None:
    """The ticket a message answers: named outright ("T-12"), or the one its message was about."""
    if reply_to.startswith("T-") and is_number(reply_to[2:]):
        return int(reply_to[2:])
    return await cards.ticket_of(work.tx, place_string(place), reply_to) if reply_to else None


def place_string(place: Place) -> str:
    """A place as the outbox and the live cards store it, whatever the thread."""
    return to_place(replace(place, thread="")).removeprefix("place:")


async def pressed(event: Pressed, talk: Talk, action: str, work: Work) -> Routed:
    """A button: of the conversation (d), of a form asked in steps (f), of a ticket (t), a drafted answer (k),
    a swap (w), a hand-over (h), a major incident (j), a command word (m), or a form that waits (intake)."""
    match action.split(":"):
        case ["d", turn, *words] if is_number(turn):
            return await beside(pressing.pressed, talk, int(turn), tuple(words), work.world)
        case ["f", at, *parts] if talk.filling is not None:
            word = ":".join(parts)  # a choice may carry a moment
            answered = filling.pressed(talk, at, word, work.world.reader)
            return await _filled(event, answered, work, submit=filling.sends(at, word))
        case ["t", "major", number] if is_number(number):
            return await majors.asked(work, int(number))
        case ["t", "major!", number, _] if is_number(number):
            return (await work.answered(Action.MAJOR, int(number)), *await majors.begin(work, int(number)))
        case ["j", word, number] if is_number(number):
            return await majors.press(work, word, int(number))
        case ["t", "answer", number] if is_number(number):
            return (await learning.begin(work, int(number)),)
        case ["t", name, number] if is_number(number):
            return await work.press(name, int(number))
        case ["t", name, number, argument] if is_number(number):
            return await work.press(name, int(number), argument)
        case ["k", word, number] if is_number(number):
            return await learning.press(work, word, int(number))
        case ["w", word, number] if is_number(number):
            return await swapping.press(work, word, int(number))
        case ["h", group, tier, moment] if is_number(tier) and is_number(moment):
            return await shiftwork.accept(work, group, int(tier), int(moment))
        case ["m", word, *rest]:
            return await _commanded(event, talk, word, " ".join(rest), "", work)
        case ["intake", _] if opening.asks(talk, action):
            return (intake(talk, work.world),)
    return (Text(work.world.reader.tell("stale")),)


async def _filled(event: Event, talk: Talk, work: Work, *, submit: bool = False) -> Routed:
    """After an answer to one field: the next question, the summary, or the whole form at last."""
    reader = work.world.reader
    if talk.filling is None:
        return Turn(talk, (Text(reader.tell("cancelled")),))
    if not (submit and talk.filling.complete):
        return Turn(talk, (filling.question(talk, reader),))
    whole = filling.submission(talk, event.id, Submitted(event.id, event.sender, event.place, "", {}))
    emptied = replace(talk, filling=None)
    try:
        routed = await submitted(whole, emptied, work)
    except Refusal as refusal:
        # What is refused now is refused for good: the person must not stay caught in a form nobody takes.
        return Turn(emptied, (refused(refusal, work.world),))
    return routed if isinstance(routed, Turn) else Turn(emptied, routed)


async def submitted(event: Submitted, talk: Talk, work: Work) -> Routed:
    """A form came back: the intake form, one about a ticket, a drafted answer, or a swap."""
    match event.form.split(":"):
        case ["intake", _]:
            return opening.submitted(talk, event.form, dict(event.values), work.world)
        case ["t", name, number] if is_number(number) and name in set(Action):
            return await work.submit(Action(name), int(number), event.values)
        case ["answer", number] if is_number(number):
            return await learning.submit(work, int(number), event.values)
        case ["j", word, number] if is_number(number) and word in majors.FORMS:
            return await majors.submit(work, word, int(number), event.values)
        case ["swap"]:
            return await swapping.submit(work, event.values)
        case ["draft", number] if is_number(number):
            return await learning.change(work, int(number), event.values)
    return (Text(work.world.reader.tell("stale")),)


async def _commanded(event: Event, talk: Talk, word: str, rest: str, reply_to: str, work: Work) -> Routed:
    command = commands.parse(word, rest)
    reader = work.world.reader
    if command is None:
        near = commands.nearest(word)
        key = "command.unknown_near" if near else "command.unknown"
        return (Text(reader.tell(key, word=word[:40], near=near or "", root=work.world.root)),)
    if command.word == "answer" and reply_to and command.rest:  # the message's own words, whatever they begin with
        command = commands.Command("answer", None, rest)
    ticket = command.ticket
    if command.word == "cancel" and ticket is None and (talk.filling is not None or talk.mode is not Mode.IDLE):
        return await _put_aside(event, talk, work)
    if ticket is None and (command.word in commands.ACTIONS or command.word == "answer"):
        ticket = await _answered_ticket(event.place, reply_to, work)
    return await staffwords.run(replace(command, ticket=ticket), talk, work)


async def _put_aside(event: Event, talk: Talk, work: Work) -> Routed:
    """`/cancel` while something is being asked ends that; it takes a ticket back only when nothing is."""
    if talk.filling is not None:
        at = "s" if talk.filling.complete else str(talk.filling.at)
        return await _filled(event, filling.pressed(talk, at, "x", work.world.reader), work)
    return Turn(replace(opening.over(talk, work.world), later=()), (Text(work.world.reader.tell("cancelled")),))
