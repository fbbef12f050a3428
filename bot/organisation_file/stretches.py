"""Reads what lasts from one moment to another: overrides, absences, holidays."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.organisation_file.known import Known
from bot.organisation_file.nodes import Fields, Wrong
from bot.organisation_file.scalars import moment

DAWN, DUSK = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def stretch(fields: Fields, known: Known) -> tuple[datetime, datetime]:
    """`start` and `end` on the organisation's wall. Raises Wrong when it ends before it starts."""
    start = fields.need("start", moment(known.zone), DAWN)
    end = fields.need("end", moment(known.zone), DUSK)
    if end <= start:
        raise Wrong(fields.at("end") or fields.value, "this ends before it starts: give a later end")
    return start, end
