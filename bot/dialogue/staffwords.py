"""What each command word does once it is understood."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.cards import answers
from bot.cards.reader import Reader, strong
from bot.cards.tickets import list_card
from bot.desk.concerning import concerning
from bot.dialogue import answering, arguments, attention, connecting, learning, majors, opening, redrawing, swapping
from bot.dialogue.beside import beside
from bot.dialogue.commands import ACTIONS, Command
from bot.dialogue.effects import ListMine
from bot.dialogue.helping import help_card
from bot.dialogue.naming import people_near, person_named, whole_group
from bot.dialogue.talk import Talk
from bot.dialogue.ticketwork import Work
from bot.dialogue.turns import LONGEST_WORDS, Turn
from bot.dialogue.world import World
from bot.messages import Block, Button, Card, Reply, Text, plain
from bot.phrases import LANGUAGES, tell
from escalation.access import may_file_for_others
from escalation.dispatch import Group, Tier, on_duty
from escalation.errors import Forbidden, Malformed
from escalation.priority import Priority
from escalation.rota import shifts
from escalation.ticket import OPEN, Action, Status, Ticket
from storage import people, tickets
from storage.tickets import Filter

WEEK = timedelta(days=7)
MOST_STARS = 5
_AS_PICTURE = "\ufe0f"  # what a telephone writes behind each star, so that it is drawn in colour
_CHINESE = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_STARS = re.compile(
    r"(?:(?P<digit>[1-5])|(?P<chinese>[一二两三四五])(?=颗?星|分))(?: ?(?:stars?|points?|/ ?5|out of 5|颗?星|分))?"
    r"|(?P<drawn>[★⭐]{1,5})"
)
Routed = Turn | tuple[Reply, ...]


async def run(command: Command, talk: Talk, work: Work) -> Routed:
    """The command carried out. Raises a `Refusal`."""
    if len(command.rest) > LONGEST_WORDS:
        raise Malformed("said.too_long", longest=LONGEST_WORDS, length=len(command.rest))
    if command.word in ACTIONS:
        return await _act(ACTIONS[command.word], command, work)
    match command.word:
        case "help":
            return Turn(talk, (help_card(work.world),))
        case "new":
            return await beside(_new, command.rest, talk, work)
        case "list":
            return Turn(talk, (ListMine(),))
        case "show" if command.ticket is not None:
            return (await work.show(command.ticket),)
        case "show":
            return Turn(talk, (ListMine(),))
        case "faq" if command.rest:
            return await beside(_answered, talk, command.rest, work.world)
        case "queue":
            return (await _queue(command.rest, work),)
        case "mine":
            return (await _mine(work),)
        case "oncall" if not work.world.organisation.is_guest(work.world.person.key):
            return (_oncall(command.rest, work),)
        case "report":
            return (await _report(work),)
        case "needs":
            return (await attention.needs_me(work),)
        case "answer" if command.ticket is None and not command.rest:
            return (await learning.waiting(work),)
        case "answer":
            return (await learning.begin(work, command.ticket, command.rest),)
        case "swap":
            return (swapping.begin(work),)
        case "settings":
            return await _settings(command.rest, talk, work)
        case "connect":
            return (await connecting.issue(work.tx, work.world, work.via),)
    return Turn(talk, (help_card(work.world),))


# -- tickets ---------------------------------------------------------------------------------------


async def _act(action: Action, command: Command, work: Work) -> tuple[Reply, ...]:
    """`claim 12`, `priority 12 P2`, `note 12 seen it`: with its argument at once, without it by a form."""
    if action is Action.RATE and await _says_stars(command, work):
        command = replace(command, ticket=None, rest=str(command.ticket))
    number = command.ticket if command.ticket is not None else await _only_one(action, work)
    if not isinstance(number, int):
        return (number,)
    if command.ticket is None and not command.rest:  # nobody typed which: look before it is done
        return await work.begin(action, number)
    if action is Action.MAJOR:
        return await majors.begin(work, number, command.rest)
    if action in _TAKE_NOTHING:
        return await work.do(action, number, {})
    if action is Action.RATE and command.rest[:1] in set("12345"):
        return await work.do(action, number, {"stars": int(command.rest[0]), "comment": command.rest[1:].strip()})
    return await work.begin(action, number, arguments.read(action, command.rest, work.world) if command.rest else {})


async def _says_stars(command: Command, work: Work) -> bool:
    """Whether "rate 5" is five stars: it is, unless ticket 5 is one of theirs that can be rated. "rate T-5" is not."""
    if command.rest or command.outright or command.ticket is None or not 1 <= command.ticket <= MOST_STARS:
        return False
    named = await tickets.load(work.tx, command.ticket)
    rateable = named is not None and named.requester == work.world.person.key and named.status not in OPEN
    return not rateable


async def rated_by(words: str, work: Work) -> tuple[Reply, ...] | None:
    """The rating that words such as "5" or 五星 give, while exactly one ticket waits for one; None otherwise."""
    said = _STARS.fullmatch(words.replace(_AS_PICTURE, "").strip().lower())
    if said is None:
        return None
    stars = len(said["drawn"] or "") or int(said["digit"] or _CHINESE[said["chinese"]])
    if any(ticket.id == stars for ticket in work.world.open_tickets):
        return None
    over = Filter(requester=work.world.person.key, statuses=frozenset({Status.CLOSED}), limit=10)
    waiting = [ticket for ticket in await tickets.find(work.tx, over) if not ticket.rating]
    if len(waiting) != 1:
        return None
    return await work.do(Action.RATE, waiting[0].id, {"stars": stars})


async def _only_one(action: Action, work: Work) -> int | Card:
    """The one ticket the word can mean, else a question with a button each."""
    reader, person = work.world.reader, work.world.person.key
    if action in _OF_WHAT_IS_DONE:
        over = Filter(requester=person, statuses=frozenset({Status.RESOLVED, Status.CLOSED}), limit=10)
        found = tuple(t for t in await tickets.find(work.tx, over) if action is not Action.RATE or not t.rating)
    elif work.world.actor.groups:
        wanted = Filter(groups=work.world.actor.groups, statuses=OPEN, limit=10, urgent_first=True)
        found = await tickets.find(work.tx, wanted)
        if action is not Action.CLAIM:
            found = tuple(ticket for ticket in found if ticket.assignee == person) or found
    else:
        found = work.world.open_tickets
    if len(found) == 1:
        return found[0].id
    buttons = [Button(f"{t.name} · {t.summary}"[:60], f"t:{action.value}:{t.id}") for t in found[:8]]
    body = reader.tell("which.ticket_body" if found else "which.none")
    return answers.choices(reader.tell("which.ticket", action=reader.tell(f"action.{action.value}")), body, buttons)


_OF_WHAT_IS_DONE = frozenset({Action.REOPEN, Action.RATE})
_TAKE_NOTHING = frozenset(
    {
        Action.CLAIM,
        Action.RELEASE,
        Action.RESUME,
        Action.ESCALATE,
        Action.ACK,
        Action.ARRIVE,
        Action.MAJOR,
        Action.REOPEN,
    }
)


def _answered(talk: Talk, words: str, world: World) -> Turn:
    fresh = Talk(turn=talk.turn, files=talk.files, later=talk.later)  # looked up anew: nothing was tried yet
    return answering.answer(opening.about(fresh, words, world.understand(words), world), world, looked_up=True)


def _new(rest: str, talk: Talk, work: Work) -> Turn:
    """`new`, `new printer is on fire`, or for an operator `new @person …`."""
    if not rest.startswith("@"):
        return opening.start_form(talk, rest, "", work.world)
    if not may_file_for_others(work.world.actor):
        raise Forbidden("refused.for_others")
    named = person_named(rest, work.world.organisation)
    if named is not None:
        return opening.start_form(talk, named[1], named[0], work.world)
    near = people_near(rest, work.world.organisation)
    if near is None:
        raise Malformed("refused.no_such_person", name=rest.removeprefix("@")[:60])
    return opening.ask_for_whom(talk, near, work.world)


# -- lists -----------------------------------------------------------------------------------------


def _queue_groups(work: Work) -> frozenset[str]:
    """Never empty: to the database, no group at all would mean every group."""
    groups = work.world.organisation.queue_of(work.world.actor)
    if not groups:
        raise Forbidden("refused.queue")
    return groups


async def _queue(words: str, work: Work) -> Card:
    """What waits for this person; with the keys of groups behind the word, only what waits there."""
    reader, groups = work.world.reader, _queue_groups(work)
    if words:
        groups &= frozenset(whole_group(each, work.world.organisation) for each in words.split())
        if not groups:
            raise Forbidden("refused.queue")
    wanted = Filter(groups=groups, statuses=OPEN, limit=10, urgent_first=True)
    if words:  # of these groups, and nothing else
        found = await tickets.find(work.tx, wanted)
    else:
        found = await concerning(work.tx, work.desk, work.world.person.key, wanted)
    return list_card(reader.tell("list.queue"), found, reader, reader.tell("list.queue_empty"))


async def _mine(work: Work) -> Card:
    reader = work.world.reader
    found = await tickets.find(work.tx, Filter(assignee=work.world.person.key, statuses=OPEN, limit=10))
    return list_card(reader.tell("list.assigned"), found, reader, reader.tell("list.assigned_none"))


def _oncall(words: str, work: Work) -> Card:
    reader = work.world.reader
    known = work.world.organisation.groups
    groups = [known[whole_group(words, work.world.organisation)]] if words else list(known.values())
    blocks: list[Block] = []
    for group in groups:
        blocks.append(strong(reader.say(group.names)))
        blocks += [plain(_tier_line(group, tier.level, work)) for tier in group.tiers]
        blocks += [plain(line) for tier in group.tiers for line in (_week_ahead(tier, reader) if words else ())]
    swaps = (reader.button("swap", "m:swap"),) if swapping.may_swap(work) else ()
    return Card(reader.tell("oncall.title"), blocks=tuple(blocks), buttons=swaps)


def _tier_line(group: Group, level: int, work: Work) -> str:
    reader = work.world.reader
    names = reader.tell("list.comma").join(reader.name(p) for p in on_duty(group, level, reader.now))
    return f"{reader.tell('tier', level=level)}{reader.tell('colon')}{names}"


def _week_ahead(tier: Tier, reader: Reader) -> list[str]:
    """Whose turn comes next in the tier, up to a week from now, a line a shift."""
    if tier.rota is None:
        return []
    coming = shifts(tier.rota, reader.now, reader.now + WEEK)[1:]
    lines = [
        reader.tell("oncall.next", at=reader.moment(shift.start), who=reader.name(shift.person))
        for shift in coming
        if shift.person
    ]
    return [reader.tell("oncall.coming", tier=reader.tell("tier", level=tier.level)), *lines] if lines else []


async def _report(work: Work) -> Card:
    """How the queue stands now, for those who answer for it."""
    reader, groups = work.world.reader, _queue_groups(work)
    found = await tickets.find(work.tx, Filter(groups=groups, statuses=OPEN, limit=500))
    unclaimed = sum(not ticket.assignee for ticket in found)
    body = reader.tell("report.body", count=len(found), unclaimed=unclaimed, urgent=_urgent(found))
    return Card(reader.tell("report.title"), blocks=(plain(body),))


def _urgent(found: tuple[Ticket, ...]) -> int:
    return sum(ticket.priority in (Priority.P1, Priority.P2) for ticket in found)


async def _settings(rest: str, talk: Talk, work: Work) -> Routed:
    """The person's language; `language zh` sets it."""
    reader = work.world.reader
    wanted = rest.strip().lower()
    if wanted in LANGUAGES:
        settings = await people.settings(work.tx, work.world.person.key)
        await people.save_settings(work.tx, work.world.person.key, {**settings, "language": wanted})
        if not talk.turn:  # before the first word there is nothing to confirm: the page itself has changed its language
            return ()
        speaking = replace(work.world, reader=replace(reader, language=wanted))
        turn = redrawing.anew(talk, speaking)
        return replace(turn, doings=(*turn.doings, Text(tell("settings.changed", wanted))))
    buttons = [Button(reader.tell(f"language.{code}"), f"m:language:{code}") for code in LANGUAGES]
    return (answers.choices(reader.tell("settings.title"), reader.tell("settings.body"), buttons),)
