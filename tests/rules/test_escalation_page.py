"""`docs/escalation.md` draws the state machine; it is drawn from the table the code runs by."""

from __future__ import annotations

from pathlib import Path

from escalation.access import MATRIX, Relation
from escalation.ticket import TRANSITIONS, Action, Status

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


def drawn(name: str) -> str:
    """What stands on the page between the marks of that name."""
    page = PAGE.read_text(encoding="utf-8")
    return page.split(f"<!-- {name} -->\n")[1].split(f"\n<!-- /{name} -->")[0]


def test_the_diagram_is_the_state_machine() -> None:
    assert drawn("diagram") == f"```mermaid\n{diagram()}\n```", f"paste this into {PAGE.name}:\n{diagram()}"


def test_the_table_of_actions_is_the_state_machine() -> None:
    assert drawn("actions") == actions_table(), f"paste this into {PAGE.name}:\n{actions_table()}"


def test_the_table_of_rights_is_the_matrix() -> None:
    assert drawn("rights") == rights_table(), f"paste this into {PAGE.name}:\n{rights_table()}"
