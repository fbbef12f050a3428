"""Swapping hours on call: one person asks, a colleague of the same tier answers, and the rota follows at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from bot.cards import answers
from bot.cards.reader import Reader
from bot.cards.rota import hours_text, swap_card
from bot.dialogue import forms
from bot.dialogue.telling import reader_of, tell_person
from bot.dialogue.ticketwork import Work
from bot.messages import Choice, Field, FieldKind, Form, Reply, Text, Tone
from escalation.dispatch import Group, Tier
from escalation.errors import Absent, Forbidden, TooLate
from escalation.rota import Shift
from escalation.swaps import Hours, Swap, coming_shifts
from storage import swaps

MOST_SHIFTS = 20


def begin(work: Work) -> Form:
    """The form: which of my shifts, who takes it, and what I take in return. Raises Forbidden without any shift."""
    mine = {value: label for value, label, person in _shifts(work) if person == work.world.person.key}
    if not mine:
        raise Forbidden("refused.no_shift")
    theirs = {value: label for value, label, person in _shifts(work) if person != work.world.person.key}
    reader = work.world.reader
    colleagues = tuple(Choice(key, reader.name(key)) for key in _colleagues(work))
    return Form(
        key="swap",
        title=reader.tell("swap.form"),
        fields=(
            _choice("shift", reader, tuple(Choice(*one) for one in mine.items()), required=True),
            _choice("colleague", reader, colleagues, required=True, kind=FieldKind.PERSON),
            _choice("in_return", reader, tuple(Choice(*one) for one in theirs.items())),
        ),
        submit=reader.tell("button.ask"),
        intro=reader.tell("swap.intro"),
    )


def may_swap(work: Work) -> bool:
    """Whether this person takes turns with anybody."""
    return any(True for _ in _tiers(work))


async def submit(work: Work, values: Mapping[str, str]) -> tuple[Reply, ...]:
    """The question goes to the colleague."""
    reader = work.world.reader
    checked = forms.check(begin(work), values, reader)
    if not checked.ok:
        return (checked.form,)
    swap = _swap(work, checked.values)
    problem = _problem(work, swap, checked.values)
    if problem:
        return (_with_error(checked.form, problem, reader),)
    asked = await swaps.ask(work.tx, swap, work.desk.clock())
    colleague = await reader_of(work.tx, work.desk, swap.colleague)
    await tell_person(work.tx, work.desk, f"swap:{asked.id}:ask", swap.colleague, swap_card(asked.id, swap, colleague))
    return (answers.settled("swap", reader.tell("swap.asked", who=reader.name(swap.colleague)), ""),)


async def press(work: Work, word: str, number: int) -> tuple[Reply, ...]:
    """*Accept* or *Decline*, by the colleague who was asked and nobody else."""
    asked = await swaps.load(work.tx, number)
    reader, now = work.world.reader, work.desk.clock()
    if asked is None or asked.swap.colleague != work.world.person.key or word not in _DECISIONS:
        raise Absent("refused.no_swap")
    swap, decision = asked.swap, _DECISIONS[word]
    if decision == "accepted" and swap.hours.end <= now:
        raise TooLate("refused.swap_over")
    if not await swaps.decide(work.tx, number, decision, now):
        raise TooLate("refused.swap_answered")
    for person in _who_hears(work, swap, decision):
        told = await reader_of(work.tx, work.desk, person)
        facts = {"who": told.name(swap.colleague), "asker": told.name(swap.asker)}
        words = told.tell(f"swap.told_{decision}", hours=hours_text(swap.hours, told), **facts)
        await tell_person(work.tx, work.desk, f"swap:{number}:{decision}:{person}", person, Text(words))
    title = reader.tell(f"swap.{decision}", who=reader.name(swap.asker), hours=hours_text(swap.hours, reader))
    return (answers.settled(f"swap:{number}", title, "", Tone.GOOD if decision == "accepted" else Tone.NEUTRAL),)


_DECISIONS = {"accept": "accepted", "decline": "declined"}


def _who_hears(work: Work, swap: Swap, decision: str) -> tuple[str, ...]:
    """The one who asked; an agreed swap is also the lead's to know."""
    lead = work.world.organisation.group_of(swap.group).lead if decision == "accepted" else ""
    people_told = dict.fromkeys((swap.asker, lead))
    return tuple(each for each in people_told if each in work.world.organisation.people and each != swap.colleague)


# -- the form --------------------------------------------------------------------------------------


def _tiers(work: Work) -> Iterator[tuple[Group, Tier]]:
    """The tiers with a rota that this person takes turns in."""
    person = work.world.person.key
    for group in work.world.organisation.groups.values():
        for tier in group.tiers:
            if tier.rota is not None and person in tier.people and len(tier.people) > 1:
                yield group, tier


def _colleagues(work: Work) -> tuple[str, ...]:
    found = (person for _, tier in _tiers(work) for person in tier.people if person != work.world.person.key)
    return tuple(dict.fromkeys(found))


def _shifts(work: Work) -> Iterator[tuple[str, str, str]]:
    """Every coming shift of these tiers: what its choice carries, what it says, and whose it is."""
    reader, now = work.world.reader, work.desk.clock()
    for group, tier in _tiers(work):
        for person in tier.people:
            for shift in coming_shifts(tier, person, now)[:MOST_SHIFTS]:
                yield _value(group, tier, shift), _label(group, tier, shift, person, reader), person


def _value(group: Group, tier: Tier, shift: Shift) -> str:
    return f"{group.key}|{tier.level}|{shift.start.isoformat()}|{shift.end.isoformat()}"


def _label(group: Group, tier: Tier, shift: Shift, person: str, reader: Reader) -> str:
    hours = hours_text(Hours(shift.start, shift.end), reader)
    if person != reader.person:
        return f"{reader.name(person)}{reader.tell('colon')}{hours}"
    return f"{reader.say(group.names)} · {reader.tell('tier', level=tier.level)} · {hours}"


def _swap(work: Work, values: Mapping[str, str]) -> Swap:
    group, tier, hours = _parsed(values["shift"])
    hours = replace(hours, start=max(hours.start, work.desk.clock()))  # what is over is over
    back = _parsed(values["in_return"])[2] if values["in_return"] else None
    return Swap(group, tier, work.world.person.key, values["colleague"], hours, back)


def _parsed(value: str) -> tuple[str, int, Hours]:
    group, tier, start, end = value.split("|")
    return group, int(tier), Hours(datetime.fromisoformat(start), datetime.fromisoformat(end))


def _problem(work: Work, swap: Swap, values: Mapping[str, str]) -> tuple[str, str] | None:
    """What does not fit together, as the field it stands in and the sentence about it."""
    tier = work.world.organisation.group_of(swap.group).tier(swap.tier)
    if swap.colleague not in tier.people:
        return "colleague", "swap.other_tier"
    if swap.in_return is not None:
        theirs = {(shift.start, shift.end) for shift in coming_shifts(tier, swap.colleague, work.desk.clock())}
        same_tier = values["in_return"].split("|")[:2] == [swap.group, str(swap.tier)]
        if not same_tier or (swap.in_return.start, swap.in_return.end) not in theirs:
            return "in_return", "swap.not_theirs"
    return None


def _with_error(form: Form, problem: tuple[str, str], reader: Reader) -> Form:
    name, key = problem
    fields = (replace(each, error=reader.tell(key)) if each.name == name else each for each in form.fields)
    return replace(form, fields=tuple(fields))


def _choice(
    name: str,
    reader: Reader,
    choices: tuple[Choice, ...],
    *,
    required: bool = False,
    kind: FieldKind = FieldKind.CHOICE,
) -> Field:
    label = reader.tell(f"field.swap_{name}")
    value = choices[0].value if required and len(choices) == 1 else ""
    return Field(name, label, kind, required, value, choices)
