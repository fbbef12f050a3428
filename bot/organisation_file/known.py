"""What the rest of the file may refer to: the keys that each section declares, right or wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.organisation import Option
from bot.organisation_file.nodes import Fields
from escalation.calendar import Window


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the intake form offers it, and what it lends to the people whose office it is."""

    option: Option
    zone: str = ""
    language: str = ""


@dataclass(slots=True)
class Known:
    """Keys by section, and what is read before the rest because the rest leans on it.

    Keys count as declared even when their entry is wrong: one mistake is told once, where it is.
    """

    people: frozenset[str]
    groups: frozenset[str]
    services: frozenset[str]
    windows: frozenset[str]
    categories: frozenset[str]
    places: frozenset[str]
    flows: Collection[str]
    years: tuple[int, ...]
    self_address: tuple[str, int]
    zone: str = "UTC"
    languages: tuple[str, ...] = ()
    email_domain: str = ""
    places_read: Mapping[str, Place] = field(default_factory=dict)
    windows_read: Mapping[str, Window] = field(default_factory=dict)
    guessed: dict[str, frozenset[int]] = field(default_factory=dict)  # country -> years of which nothing is published


def declare(top: Fields, *, flows: Collection[str], years: tuple[int, ...], self_address: tuple[str, int]) -> Known:
    """Every key of the file's sections, before any entry is read."""

    def keys(section: str) -> frozenset[str]:
        at = top.at(section)
        if at is None or not at.is_mapping:
            return frozenset()
        return frozenset(str(key.value) for key, _ in at.node.value)

    return Known(
        people=keys("people"),
        groups=keys("groups"),
        services=keys("services"),
        windows=keys("windows"),
        categories=keys("categories"),
        places=keys("places"),
        flows=flows,
        years=years,
        self_address=self_address,
    )
