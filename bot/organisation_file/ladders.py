"""Reads `ladders`: who is paged until somebody acknowledges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from bot.organisation_file.known import Known
from bot.organisation_file.mistakes import meant
from bot.organisation_file.nodes import Fields, Value, Wrong, attempt, each, entries
from bot.organisation_file.scalars import above_zero, plain_duration, reference, whole, word
from bot.organisation_file.targets import KINDS, PRIORITIES, Reader, duration_of, rows, window_and_clock
from escalation.dispatch import ROLES
from escalation.policy import Ladder, Rung, ladder_above

Who = Callable[[Value], tuple[str, ...]]

GROUPS = "groups"
NO_LADDER = "none"
CHANNELS = ("slack", "telegram", "web")
MOST_TIERS = 9
NUMBERED = ("on_call", "tier")


def read_ladders(value: Value, known: Known, who: Who) -> tuple[Mapping[str, Ladder], tuple[str, ...]]:
    """The ladders as `Policy.ladder_key` looks for them, and the groups that say they have none."""
    sections = dict(rows(value, (*PRIORITIES, *KINDS, GROUPS), "a priority, a kind of ticket or 'groups'"))
    found: dict[str, Ladder] = {}
    for key in (key for key in sections if key in PRIORITIES):
        found |= attempt(sections[key], partial(_ladders, key=key, known=known, who=who), {})
    missing = [priority for priority in PRIORITIES if priority not in sections]
    if missing:
        value.note(f"no ladder for {', '.join(missing)}: add one for every priority")
    for kind in (key for key in sections if key in KINDS):
        found |= attempt(sections[kind], partial(_special, stem=f"{kind}:", known=known, who=who), {})
    groups = attempt(sections[GROUPS], partial(_by_group, known=known), []) if GROUPS in sections else []
    for group, at in groups:
        if at.shape != repr(NO_LADDER):
            found |= attempt(at, partial(_special, stem=f"{group}/", known=known, who=who), {})
    return found, tuple(group for group, at in groups if at.shape == repr(NO_LADDER))


def _by_group(value: Value, known: Known) -> list[tuple[str, Value]]:
    group = reference(known.groups, "group", "groups")
    found = [(attempt(key, group, ""), at) for _, key, at in entries(value, "a mapping of groups")]
    return [(name, at) for name, at in found if name]


def _special(value: Value, stem: str, known: Known, who: Who) -> Mapping[str, Ladder]:
    """The ladders of one kind or one group, by priority; those it does not name are as for everybody."""
    found: dict[str, Ladder] = {}
    for priority, at in rows(value, PRIORITIES, "a priority"):
        found |= attempt(at, partial(_ladders, key=f"{stem}{priority}", known=known, who=who), {})
    return found


def _ladders(value: Value, key: str, known: Known, who: Who) -> Mapping[str, Ladder]:
    """A ladder under its key, and under theirs those that take its place for tickets of higher tiers."""
    fields = Fields(value, "ladder")
    window, clock = window_and_clock(fields, known)
    tier = fields.get("tier", whole(1, MOST_TIERS), 1)
    first = _ladder(fields, Ladder((), window, 0, 0, 1, tier), clock, who, fields.need)
    return {key: first, **fields.get("tiers", partial(_above, key=key, first=first, known=known, who=who), {})}


def _above(value: Value, key: str, first: Ladder, known: Known, who: Who) -> Mapping[str, Ladder]:
    found: dict[str, Ladder] = {}
    for number, at in value.pairs("a mapping of tiers, such as {2: {rungs: …}}"):
        level = attempt(number, whole(1, MOST_TIERS), 0)
        if 0 < level <= first.tier:
            number.note(f"tickets start with tier {first.tier} here and climb the rungs above: name a higher tier")
        elif level:
            read = partial(_tier_ladder, first=replace(first, tier=level), known=known, who=who)
            found[ladder_above(key, level)] = attempt(at, read, first)
    return found


def _tier_ladder(value: Value, first: Ladder, known: Known, who: Who) -> Ladder:
    """Rungs of its own; what else it does not say is as in the first."""
    fields = Fields(value, "tier_ladder")
    window = fields.get("window", reference(known.windows, "window", "windows"), first.window)
    return _ladder(fields, replace(first, window=window), duration_of(window, known), who, fields.get)


def _ladder(fields: Fields, first: Ladder, clock: Reader, who: Who, given: Callable[..., int]) -> Ladder:
    def rungs(at: Value) -> tuple[Rung, ...]:
        if not at.items("a list of rungs"):
            raise Wrong(at, "a ladder needs at least one rung: add one that says who is paged")
        return each(at, partial(_rung, who=who, clock=clock), "a list of rungs")

    return Ladder(
        rungs=fields.need("rungs", rungs, ()),
        window=first.window,
        acknowledged_for=given("acknowledged_for", above_zero(clock), first.acknowledged_for),
        alarm_every=given("alarm_every", above_zero(plain_duration), first.alarm_every),
        alarms=given("alarms", whole(1, 100), first.alarms),
        tier=first.tier,
        answer_within=fields.get("answer_within", above_zero(clock), first.answer_within),
        on_my_way=fields.get("on_my_way", above_zero(plain_duration), first.on_my_way),
    )


def _rung(value: Value, who: Who, clock: Reader) -> Rung:
    step = Fields(value, "rung")
    times = step.get("times", whole(1, 100), 1)
    if (times > 1) != (step.at("every") is not None):
        raise Wrong(value, "a rung that is paged several times needs both: 'times' (two or more) and 'every'")
    return Rung(
        who=step.need("who", who, ()),
        after=step.get("after", clock, 0),
        channels=step.get("channels", _channels, ()),
        times=times,
        every=step.get("every", above_zero(clock), 0),
    )


def _channels(value: Value) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each(value, lambda at: word(at, CHANNELS, "a channel"), "a list of channels")))


def read_who(value: Value, known: Known, tiers: int) -> tuple[str, ...]:
    """At least one role, as `escalation.dispatch.recipients` reads them."""
    if not value.items("a list such as [on_call, lead]"):
        raise Wrong(value, "nobody is named here: add at least one, such as on_call, lead or manager")
    return each(value, partial(_role, known=known, tiers=tiers), "a list such as [on_call, lead]")


def _role(value: Value, known: Known, tiers: int) -> str:
    written = value.scalar("a role such as on_call:2")
    name, colon, argument = written.partition(":")
    if name not in ROLES:
        raise Wrong(value, f"{written[:60]!r} is nobody we can page{meant(name, ROLES)}")
    if name == "person":
        if argument not in known.people:
            near = meant(argument, known.people)
            raise Wrong(value, f"there is no person {argument[:60]!r} in people{near}")
    elif name in NUMBERED and colon:
        if not argument.isdecimal() or not argument.isascii() or not 1 <= int(argument[:9]) <= tiers:
            raise Wrong(value, f"{written[:60]!r}: no group has that tier, the highest is {tiers}")
    elif colon:
        raise Wrong(value, f"{name!r} takes nothing after it: write just {name}")
    return written
