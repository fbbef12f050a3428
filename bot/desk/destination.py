"""Where a ticket belongs: what it is about, how it is sorted, and who looks after it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Destination:
    """A service, where it is known; a category and a group only where they are not the service's own."""

    service: str = ""
    category: str = ""
    group: str = ""

    @property
    def label(self) -> str:
        """As a router knows it."""
        return "|".join((self.service, self.category, self.group))

    def stands(self, organisation: Organisation) -> bool:
        """Whether everything it names is still in the organisation's file, and it names something."""
        known = (
            (self.service, organisation.services),
            (self.category, organisation.categories),
            (self.group, organisation.groups),
        )
        return any(key for key, _ in known) and all(key in there for key, there in known if key)


def labelled(label: str) -> Destination:
    """The destination a router names; an empty one for a label that is none."""
    parts = label.split("|")
    return Destination(*parts) if len(parts) == 3 else Destination()


def destination_of(kind: str, service: str, category: str, group: str, organisation: Organisation) -> Destination:
    """Where a ticket ended up: another group than its service's own says that somebody moved it there."""
    known = organisation.services.get(service)
    own = known.category if known else ""
    moved = group if group != organisation.group_for(kind, service).key else ""
    return Destination(service if known else "", category if category != own else "", moved)
