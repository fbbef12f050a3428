"""Reads `targets` and `contracts`: what is promised, to whom, on which clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from bot.organisation_file.known import Known
from bot.organisation_file.nodes import Fields, Value, Wrong, attempt, each, entries
from bot.organisation_file.scalars import above_zero, duration_in, reference, word
from bot.organisation_file.windows import working_day
from escalation.calendar import always
from escalation.clocks import ON_SITE, RESOLUTION, RESPONSE, UPDATE
from escalation.policy import Contract, Target
from escalation.priority import Priority
from escalation.ticket import Kind

Reader = Callable[[Value], int]

EVERY_KIND = "default"
KINDS = tuple(kind.value for kind in Kind)
PRIORITIES = tuple(priority.value for priority in Priority)
IN_WINDOWS = (RESPONSE, UPDATE, RESOLUTION, ON_SITE)


def rows(value: Value, known: Iterable[str], what: str) -> list[tuple[str, Value]]:
    """The entries of a mapping whose keys are words we know; another key is written down."""
    found = [
        (attempt(key, lambda key: word(key, known, what), ""), at)
        for key, at in value.pairs(f"a mapping with keys such as {', '.join(known)}")
    ]
    return [(key, at) for key, at in found if key]


def duration_of(name: str, known: Known) -> Reader:
    """The reader of durations that run in the window of that name."""
    return duration_in(name, working_day(known.windows_read.get(name, always())))


def window_and_clock(fields: Fields, known: Known) -> tuple[str, Reader]:
    """The section's window, and the reader of durations that run in it."""
    name = fields.need("window", reference(known.windows, "window", "windows"), "")
    return name, duration_of(name, known)


def read_targets(value: Value, known: Known) -> Mapping[str, Target]:
    """Targets by "kind:priority": those of `default`, unless the kind has its own. Every pair must have one."""
    mistakes = len(value.mistakes)
    found = _given(value, known)
    missing = [f"{kind} {priority}" for kind in KINDS for priority in PRIORITIES if f"{kind}:{priority}" not in found]
    if missing and len(value.mistakes) == mistakes:
        raise Wrong(value, f"no target for {', '.join(missing)}: add it under the kind or under {EVERY_KIND!r}")
    return found


def _given(value: Value, known: Known) -> Mapping[str, Target]:
    found: dict[str, Target] = {}
    kinds = rows(value, (EVERY_KIND, *KINDS), "a kind of ticket")
    for kind, row in sorted(kinds, key=lambda entry: entry[0] != EVERY_KIND):
        for priority, at in attempt(row, partial(rows, known=PRIORITIES, what="a priority"), []):
            target = attempt(at, partial(_target, known=known), None)
            for name in KINDS if kind == EVERY_KIND else (kind,):
                if target is not None:
                    found[f"{name}:{priority}"] = target
    return found


def _target(value: Value, known: Known) -> Target:
    fields = Fields(value, "target")
    window, _ = window_and_clock(fields, known)
    windows = fields.get("windows", partial(_windows, known=known), {})

    def clock(name: str) -> Reader:
        return duration_of(windows.get(name, window), known)

    return Target(
        response=fields.need("response", _or_none(clock(RESPONSE)), 0),
        resolution=fields.need("resolution", _or_none(clock(RESOLUTION)), 0),
        update=fields.need("update", above_zero(clock(UPDATE)), 0),
        window=window,
        on_site=fields.get("on_site", _or_none(clock(ON_SITE)), 0),
        windows=windows,
    )


def _windows(value: Value, known: Known) -> Mapping[str, str]:
    """Clocks that run in a window of their own."""
    window = reference(known.windows, "window", "windows")
    found = {clock: attempt(at, window, "") for clock, at in rows(value, IN_WINDOWS, "a clock")}
    return {clock: name for clock, name in found.items() if name}


def _or_none(clock: Reader) -> Reader:
    """The word "none" promises nothing, which a policy writes as zero."""

    def read(value: Value) -> int:
        return 0 if value.scalar("a duration or none") == "none" else above_zero(clock)(value)

    return read


def read_contracts(value: Value, known: Known) -> Mapping[str, Contract]:
    """Every contract by key. A service or a group has one contract at most."""
    covered: dict[str, int] = {}
    found = {
        key: attempt(at, partial(_contract, known=known, covered=covered), None)
        for key, _, at in entries(value, "a mapping of contracts")
    }
    return {key: contract for key, contract in found.items() if contract is not None}


def _contract(value: Value, known: Known, covered: dict[str, int]) -> Contract:
    fields = Fields(value, "contract")

    def covers(section: str, what: str, declared: Iterable[str]) -> tuple[str, ...]:
        def one(at: Value) -> str:
            name = reference(declared, what, section)(at)
            first = covered.setdefault(f"{what} {name}", at.line)
            if first != at.line:
                raise Wrong(at, f"the {what} {name!r} has a contract already, in line {first}")
            return name

        return fields.get(section, lambda at: each(at, one, f"a list of {section}"), ())

    services, groups = covers("services", "service", known.services), covers("groups", "group", known.groups)
    if not services and not groups and fields.at("services") is None and fields.at("groups") is None:
        raise Wrong(value, "this contract covers nothing: name its services, its groups, or both")
    return Contract(services, groups, fields.need("targets", partial(_given, known=known), {}))
