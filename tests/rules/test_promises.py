"""The table of promises, `promises.txt`, case by case: each ticket is played to its last step, to the second."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from escalation import clocks, promises
from escalation.calendar import Span, Window, always, five_by_eight, holidays_of, seven_by_twelve
from escalation.clocks import Clock, State
from escalation.policy import DAY, HOUR, MINUTE, Contract, Policy, Target
from escalation.priority import Priority
from escalation.ticket import Action
from tests.rules import test_calendar_table
from tests.rules.escalating import POLICY, WORKING_DAY, Story, a_ticket

TABLE = Path(__file__).with_name("promises.txt")
TIANJIN = "Asia/Shanghai"
NIGHT = ("00:00-06:00", "22:00-24:00")


def daily(name: str, zone: str, *spans: str) -> Window:
    """The same spans on every day."""
    return Window(name, zone, (tuple(Span.parse(span) for span in spans),) * 7)


OFFICE = five_by_eight(TIANJIN, holidays_of("CN", [2026, 2027]))
WINDOWS = {
    "always": always(),
    "office": OFFICE,
    "phone": seven_by_twelve(TIANJIN),
    "berlin": five_by_eight("Europe/Berlin", holidays_of("DE", [2026])),
    "berlin-night": daily("night", "Europe/Berlin", *NIGHT),
    "newyork": five_by_eight("America/New_York"),
    "newyork-night": daily("night", "America/New_York", *NIGHT),
    "howe-night": daily("night", "Australia/Lord_Howe", *NIGHT),
    "thin": daily("thin", TIANJIN, "07:00-07:00", "09:00-10:00", "12:00-12:00"),
    "odd": replace(OFFICE, workdays={**OFFICE.workdays, date(2026, 3, 11): (Span.parse("08:30-08:30"),)}),
}
USUAL = Target(4 * HOUR, 24 * HOUR, WORKING_DAY, "office")
TARGETS = {
    "incident:P1": Target(15 * MINUTE, 4 * HOUR, 30 * MINUTE, "always", on_site=2 * HOUR),
    "incident:P2": Target(1 * HOUR, 8 * HOUR, 2 * HOUR, "phone", on_site=4 * HOUR),
    "incident:P3": USUAL,
    "incident:P4": Target(8 * HOUR, 80 * HOUR, 3 * WORKING_DAY, "office"),
}
FIELD = Target(30 * MINUTE, 5 * HOUR, 2 * HOUR, "phone", on_site=3 * HOUR)
CONTRACTS = {
    "field": Contract((), ("field",), {"incident:P2": FIELD}),
    "noc": Contract((), ("noc",), {"incident:P3": replace(USUAL, window="always")}),
    "mixed": Contract((), ("mixed",), {"incident:P3": replace(USUAL, windows={"response": "phone"})}),
    **{
        name: Contract((), (name,), {"incident:P3": replace(USUAL, window=name)})
        for name in ("berlin", "berlin-night", "newyork", "newyork-night", "howe-night", "thin", "odd")
    },
}
TABLE_POLICY: Policy = replace(
    POLICY,
    windows={**POLICY.windows, **WINDOWS},
    targets=TARGETS,
    contracts=CONTRACTS,
    pausing_reasons=("requester", "vendor", "part"),
    hold_at_most=90 * DAY,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A line of the table."""

    line: int
    priority: str
    group: str
    zone: ZoneInfo
    steps: tuple[str, ...]
    stands: tuple[str, ...]

    def __str__(self) -> str:
        return f"line {self.line}: {self.priority} {self.group}, {'; '.join(self.steps)}"


def read_table() -> list[Case]:
    """Every case of `promises.txt`."""
    found = []
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        who, steps, stands, why = (cell.strip() for cell in line.split(" | "))
        assert why, f"line {number} does not say why"
        priority, group, *zone = who.split()
        where = ZoneInfo(zone[0].removeprefix("@") if zone else TIANJIN)
        found.append(Case(number, priority, group, where, tuple(steps.split("; ")), tuple(stands.split("; "))))
    return found


CASES = read_table()
TIME = re.compile(r"(?:(?P<day>\d{4}-\d\d-\d\d) )?(?P<time>\d\d:\d\d(?::\d\d)?)(?: (?P<which>first|second))?")


@dataclass
class Wall:
    """A wall to read times from: one without a date is on the day of the one before."""

    zone: ZoneInfo
    day: str = ""

    def read(self, text: str) -> datetime:
        """The moment written as "2026-10-25 02:30 second"."""
        match = TIME.fullmatch(text)
        assert match is not None, f"{text!r} is no time"
        self.day = match["day"] or self.day
        moment = datetime.fromisoformat(f"{self.day}T{match['time']}")
        # In UTC: Python calls a time that is shown twice unequal to every time of another zone.
        return moment.replace(tzinfo=self.zone, fold=match["which"] == "second").astimezone(UTC)


def played(case: Case) -> tuple[Story, Wall]:
    """The ticket after its last step."""
    wall = Wall(case.zone)
    verb, _, when = case.steps[0].partition(" ")
    assert verb == "open"
    moment = wall.read(when)
    ticket = replace(a_ticket(Priority(case.priority)), group=case.group, service="", opened_at=moment)
    story = Story.of(ticket, moment, TABLE_POLICY)
    for step in case.steps[1:]:
        _do(step, story, wall)
    return story, wall


ARGUMENTS = {"hold": "reason", "transfer": "group", "priority": "priority"}


def _do(step: str, story: Story, wall: Wall) -> None:
    words, _, until = step.partition(" until ")
    verb, _, rest = words.partition(" ")
    facts = {}
    if verb in ARGUMENTS:
        facts[ARGUMENTS[verb]], _, rest = rest.partition(" ")
    moment = wall.read(rest)
    story.until(moment)
    if until:
        facts["until"] = wall.read(until).isoformat()
        wall.day = f"{moment.astimezone(wall.zone):%Y-%m-%d}"
    if verb != "look":
        story.does(Action(verb), **facts)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_ticket_stands_as_was_worked_out_on_paper(case: Case) -> None:
    story, wall = played(case)
    for stands in case.stands:
        words = stands.removeprefix("past ").split(" ", 2)
        past = story.ticket.past_clocks if stands.startswith("past ") else ()
        clock = next(each for each in past if each.name == words[0]) if past else story.ticket.clock(words[0])
        assert clock is not None
        _compare(clock, words[1], words[2] if len(words) > 2 else "", story, wall)


def _compare(clock: Clock, how: str, value: str, story: Story, wall: Wall) -> None:
    window = promises.window_of(story.ticket, TABLE_POLICY, clock)
    standing = clocks.standing(clock, window, story.now)
    match how:
        case "due" | "overdue":
            assert standing.due == wall.read(value)
            assert standing.state is (State.OVERDUE if how == "overdue" else State.RUNNING)
        case "met" | "missed":
            assert standing.state is State(how)
        case "paused":
            assert (standing.state, standing.since) == (State.PAUSED, wall.read(value))
        case "used":
            hours, minutes, seconds = (int(part) for part in value.split(":"))
            wanted = timedelta(hours=hours, minutes=minutes, seconds=seconds)
            assert timedelta(seconds=clocks.used(clock, window, story.now)) == wanted
        case _:
            raise AssertionError(f"the table says {how!r}")


def test_there_are_cases_enough() -> None:
    """At least 120 with those of working time alone."""
    assert len(CASES) >= 100
    assert len(CASES) + len(test_calendar_table.CASES) >= 180
