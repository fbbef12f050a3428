"""A ticket before it is one: what the intake form, an operator or a monitoring system has gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from escalation.priority import Priority
from escalation.ticket import Evidence, Kind, Origin

EMERGENCY = "emergency"  # the category of a danger, whatever `desk.yaml` calls its own


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything needed to open a ticket. `requester` and `opened_by` are keys of people.

    `category` and `group` are the service's own where they are empty.
    """

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
    category: str = ""
    group: str = ""
