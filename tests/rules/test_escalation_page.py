"""`docs/escalation.md` draws the state machine; it is drawn from the table the code runs by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.organisation_file import load, sample_path
from escalation.access import MATRIX, Relation
from escalation.clocks import ON_SITE, PROMISE, RESOLUTION, RESPONSE, UPDATE, Clock
from escalation.policy import MINUTE
from escalation.priority import Priority
from escalation.ticket import TRANSITIONS, Action, Status
from tests.rules.escalating import Story

PAGE = Path(__file__).parents[2] / "docs" / "escalation.md"
ENDS = (Status.CANCELLED,)


def diagram() -> str:
    """TRANSITIONS as a mermaid state diagram: an arrow for each pair of states, with the actions that take it."""
    arrows: dict[tuple[Status, Status], list[str]] = {}
    for action, (allowed, becomes) in TRANSITIONS.items():
        for status in Status:
            if status in allowed and becomes is not None and becomes is not status:
                arrows.setdefault((status, becomes), []).append(action.value)
    lines = [f"    {start} --> {end}: {', '.join(actions)}" for (start, end), actions in sorted(arrows.items())]
    return "\n".join(
        ["stateDiagram-v2", f"    [*] --> {TRANSITIONS[Action.OPEN][1]}: open", *lines]
        + [f"    {status} --> [*]" for status in ENDS]
    )


def actions_table() -> str:
    """TRANSITIONS as a table: what each action needs and makes."""
    rows = ["| action | from | to |", "|---|---|---|"]
    for action, (allowed, becomes) in TRANSITIONS.items():
        needs = ", ".join(status.value for status in Status if status in allowed) or "–"
        rows.append(f"| {action.value} | {needs} | {becomes.value if becomes else 'stays'} |")
    return "\n".join(rows)


def rights_table() -> str:
    """MATRIX as a table: who may do what."""
    rows = ["| action | who |", "|---|---|"]
    for action, relations in MATRIX.items():
        who = ", ".join(relation.value for relation in Relation if relation in relations)
        rows.append(f"| {action.value} | {who or 'nobody: the ticket itself'} |")
    return "\n".join(rows)


def clocks_table() -> str:
    """What each action does to each clock, seen by doing it; the holds both with and without a pausing reason."""
    rows = ["| what happens | " + " | ".join(CLOCKS) + " |", "|---" * (len(CLOCKS) + 1) + "|"]
    for words, state, action, facts in DEEDS:
        story = _story(state)
        before = story.ticket
        story.does(action, "wang", **facts)
        effects = (_effect(before.clock(name), story.ticket.clock(name)) for name in CLOCKS)
        rows.append(f"| {words} | {' | '.join(effects)} |")
    return "\n".join(rows)


CLOCKS = (RESPONSE, RESOLUTION, UPDATE, ON_SITE, PROMISE)
PLAIN: dict[str, str] = {}
DEEDS: tuple[tuple[str, Status, Action, dict[str, str]], ...] = (
    ("claimed", Status.NEW, Action.CLAIM, PLAIN),
    ("assigned", Status.NEW, Action.ASSIGN, PLAIN),
    ("acknowledged", Status.NEW, Action.ACK, PLAIN),
    ("reply to the requester", Status.CLAIMED, Action.REPLY, PLAIN),
    ("on hold, for a reason that pauses", Status.CLAIMED, Action.HOLD, {"reason": "requester"}),
    ("on hold, for another reason", Status.CLAIMED, Action.HOLD, {"reason": "change"}),
    ("resumed, or the hold's end has come", Status.ON_HOLD, Action.RESUME, PLAIN),
    ("released", Status.CLAIMED, Action.RELEASE, PLAIN),
    ("transferred", Status.CLAIMED, Action.TRANSFER, PLAIN),
    ("escalated", Status.CLAIMED, Action.ESCALATE, PLAIN),
    ("another priority", Status.NEW, Action.PRIORITY, {"priority": "P1"}),
    ("a visit agreed", Status.CLAIMED, Action.VISIT, PLAIN),
    ("a visit agreed by a moment", Status.CLAIMED, Action.VISIT, {"until": "2026-11-24T16:00:00+08:00"}),
    ("arrived", Status.CLAIMED, Action.ARRIVE, PLAIN),
    ("resolved", Status.CLAIMED, Action.RESOLVE, PLAIN),
    ("reopened", Status.RESOLVED, Action.REOPEN, PLAIN),
    ("cancelled", Status.CLAIMED, Action.CANCEL, PLAIN),
)


def _story(state: Status) -> Story:
    """A P2 with a promise to its requester, a quarter of an hour old, in this state since five minutes."""
    story = Story.opens(Priority.P2).does(Action.PROMISE).passes(minutes=10)
    ways: dict[Status, tuple[Action, ...]] = {
        Status.NEW: (),
        Status.CLAIMED: (Action.CLAIM,),
        Status.ON_HOLD: (Action.CLAIM, Action.HOLD),
        Status.RESOLVED: (Action.CLAIM, Action.RESOLVE),
    }
    for action in ways[state]:
        story.does(action).passes(minutes=5)
    return story.passes(minutes=5)


def _effect(before: Clock | None, after: Clock | None) -> str:
    """What became of a clock, in a few words."""
    assert before is not None
    assert after is not None
    if after.attempt != before.attempt:
        return "fresh" if after.running else "fresh, waits"
    if after.stopped and not before.stopped:
        return "stops"
    if before.stopped:
        return "–"
    if after.fixed and not before.fixed:
        return "by that moment"
    if before.dormant and not after.dormant:
        return "is promised"
    if after.target != before.target:
        return "another target, same time used"
    if before.running and not after.running:
        return "pauses"
    if after.running and not before.running:
        return "starts again from zero" if after.spent < before.spent else "runs"
    if after.running and after.running_since != before.running_since and not after.spent:
        return "starts again from zero"
    return "goes on" if after.running else "waits" if not after.paused_at else "stays paused"


def ladder_diagram() -> str:
    """The ladder of the sample's P1, and what an acknowledgement does to it, as a mermaid flowchart."""
    sample = load(sample_path(), years=(2026,), self_address=("localhost", 8080))
    ladder = sample.policy.ladders["P1"]
    lines = ["flowchart LR", '    open(["a P1 is opened"]) -->|at once| rung1']
    for number, rung in enumerate(ladder.rungs, 1):
        lines.append(f'    rung{number}["rung {number}<br>{", ".join(rung.who)}"]')
        if number < len(ladder.rungs):
            lines.append(f"    rung{number} -->|{_minutes(ladder.rungs[number].after)}| rung{number + 1}")
        lines.append(f"    rung{number} -.->|Acknowledge| held")
    last = len(ladder.rungs)
    lines += [
        f"    rung{last} -->|{_minutes(ladder.alarm_every)}| alarm",
        f'    alarm["admins alarmed<br>{ladder.alarms} times, then daily"]',
        f'    held["somebody is on it"] -->|{_minutes(ladder.acknowledged_for)}| asked{{"still on it?"}}',
        "    asked -->|Yes| held",
        "    asked -->|No| next[the next rung now]",
        f"    asked -->|{_minutes(ladder.answer_within)} of silence| again[the same rung again]",
        '    held -.->|Claim| silence(["the ladder rests"])',
    ]
    return "\n".join(lines)


def _minutes(seconds: int) -> str:
    return f"{seconds // MINUTE} min"


DRAWN: Mapping[str, Callable[[], str]] = {
    "diagram": lambda: f"```mermaid\n{diagram()}\n```",
    "actions": actions_table,
    "rights": rights_table,
    "clocks": clocks_table,
    "ladder": lambda: f"```mermaid\n{ladder_diagram()}\n```",
}


def drawn(name: str) -> str:
    """What stands on the page between the marks of that name."""
    page = PAGE.read_text(encoding="utf-8")
    return page.split(f"<!-- {name} -->\n")[1].split(f"\n<!-- /{name} -->")[0]


@pytest.mark.parametrize("name", DRAWN)
def test_the_page_shows_what_the_tables_say(name: str) -> None:
    wanted = DRAWN[name]()
    assert drawn(name) == wanted, f"paste this between the marks of {name} in {PAGE.name}:\n{wanted}"
