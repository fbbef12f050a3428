"""Rows of JSON lines, one object a line; every mistake is named by file and line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

Row = dict[str, Any]


class RowError(ValueError):
    """A row cannot be used: `file:line: what is wrong, what was meant`."""


def numbered(text: str, source: str) -> Iterator[tuple[str, Row]]:
    """Each row with where it stands, `file:line`; blank lines are skipped. Raises RowError for what is no object."""
    # Only line feeds end a row: JSON allows the other separators Unicode knows inside its texts.
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if line.strip():
            at = f"{source}:{number}"
            yield at, _object(line, at)


def rows_with(text: str, source: str, *names: str) -> tuple[Row, ...]:
    """The rows, each of which has these fields as they are meant. Raises RowError for the first that has not."""
    rows = []
    for at, row in numbered(text, source):
        for name in names:
            if name not in row:
                raise RowError(f"{at}: the row has no {name!r}")
            is_meant, meant = _MEANT[name]
            if not is_meant(row[name]):
                raise RowError(f"{at}: {name!r} is {json.dumps(row[name])[:40]}, {meant} is meant")
        rows.append(row)
    return tuple(rows)


def is_name(value: object) -> bool:
    """Whether this can name something: a text that is not blank, or a whole number."""
    return bool(value.strip()) if isinstance(value, str) else isinstance(value, int) and not isinstance(value, bool)


def _object(line: str, at: str) -> Row:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise RowError(f"{at}: this is not JSON: {error.msg}, at character {error.colno}") from error
    except RecursionError as error:
        raise RowError(f"{at}: this is nested too deeply to be a row") from error
    if not isinstance(row, dict):
        raise RowError(f"{at}: one JSON object a line is meant, this is {type(row).__name__}")
    return row


def _is_gold(value: object) -> bool:
    return value is None or is_name(value) or (isinstance(value, list) and all(map(is_name, value)))


_NAME = (is_name, "a text or a whole number")
_MEANT: dict[str, tuple[Callable[[object], bool], str]] = {
    "text": (lambda value: isinstance(value, str), "a text"),
    "gold": (_is_gold, "an article's id, a list of them, or null"),
    "qid": _NAME,
    "id": _NAME,
    "label": _NAME,
}
