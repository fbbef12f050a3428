"""A ticket before it is one: what the intake form, an operator or a monitoring system has gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from escalation.priority import Priority
from escalation.ticket import Evidence, Kind, Origin


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything needed to open a ticket. `requester` and `opened_by` are keys of people."""

    kind: Kind
    origin: Origin
    requester: str
    opened_by: str
    service: str
    summary: str
    description: str
    priority: Priority
    details: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    files: tuple[int, ...] = ()  # attachments already staged
