"""Which people stand behind a role at a moment in time."""

from __future__ import annotations

from datetime import date, time

import pytest

from escalation.dispatch import ROLES, Group, Tier, on_duty, recipients
from escalation.rota import Absence, Rota, Rotation
from tests.rules.escalating import at

# Wang has the week of 23 November, then Liu.
TURNS = Rotation(("wang", "liu"), date(2026, 11, 23), 7, time(9), "Asia/Shanghai")
WEEKLY = Rota((TURNS,))
NETWORK = Group(
    key="network",
    names={"en": "Network"},
    lead="lin",
    manager="boss",
    tiers=(Tier(1, ("wang", "liu"), WEEKLY), Tier(2, ("sun", "lu")), Tier(4, ("vendor",))),
)


def behind(*who: str, tier: int = 1, owner: str = "", moment: str = "10:00") -> tuple[str, ...]:
    """The people behind these roles, on that Tuesday unless another moment is given."""
    return recipients(who, group=NETWORK, tier=tier, owner=owner, admins=("root", "toor"), at=at(moment))


@pytest.mark.parametrize(
    ("role", "people"),
    [
        ("on_call", ("wang",)),
        ("on_call:2", ("sun", "lu")),
        ("tier", ("wang", "liu")),
        ("tier:2", ("sun", "lu")),
        ("group", ("liu", "lu", "sun", "vendor", "wang")),
        ("lead", ("lin",)),
        ("manager", ("boss",)),
        ("owner", ("wang",)),
        ("admin", ("root", "toor")),
        ("person:helen", ("helen",)),
    ],
)
def test_who_stands_behind_a_role(role: str, people: tuple[str, ...]) -> None:
    assert behind(role) == people


def test_every_role_that_may_be_written_is_understood() -> None:
    for role in ROLES:
        assert behind(f"{role}:helen" if role == "person" else role)
    with pytest.raises(ValueError, match="'captain'"):
        behind("captain")


def test_whoever_is_paged_is_on_call_now_and_not_when_the_ticket_was_opened() -> None:
    assert behind("on_call", moment="2026-11-30 08:59") == ("wang",)
    assert behind("on_call", moment="2026-11-30 09:00") == ("liu",)


def test_on_call_without_a_number_is_the_tickets_own_tier() -> None:
    assert behind("on_call", tier=2) == ("sun", "lu")
    assert behind("on_call:1", tier=2) == ("wang",)


def test_the_owner_is_told_and_while_there_is_none_whoever_is_on_call() -> None:
    assert behind("owner", owner="liu") == ("liu",)
    assert behind("owner", tier=2) == ("sun", "lu")


def test_nobody_is_told_twice_and_the_order_is_that_of_the_roles() -> None:
    assert behind("lead", "on_call", "tier", "person:lin") == ("lin", "wang", "liu")


def test_a_hole_in_the_rota_pages_the_whole_tier() -> None:
    absent = tuple(Absence(person, at("00:00"), at("23:00")) for person in ("wang", "liu"))
    group = Group("network", {}, "", "", (Tier(1, ("wang", "liu"), Rota((TURNS,), absences=absent)),))
    assert on_duty(group, 1, at("10:00")) == ("wang", "liu")
    assert on_duty(group, 1, at("23:00")) == ("wang",)


def test_a_post_that_is_vacant_reaches_nobody() -> None:
    group = Group("network", {}, lead="", manager="", tiers=(Tier(1, ("wang",)),))
    assert recipients(("lead", "manager"), group=group, tier=1, owner="", admins=(), at=at("10:00")) == ()


@pytest.mark.parametrize(("level", "found"), [(1, 1), (2, 2), (3, 2), (4, 4), (9, 4), (0, 1)])
def test_a_tier_the_group_lacks_is_the_nearest_below_it(level: int, found: int) -> None:
    assert NETWORK.tier(level).level == found


@pytest.mark.parametrize(("level", "above"), [(1, 2), (2, 4), (3, 4), (4, None)])
def test_above_the_top_tier_there_is_none(level: int, above: int | None) -> None:
    assert NETWORK.next_tier(level) == above


def test_everybody_of_a_group_whatever_the_tier() -> None:
    assert NETWORK.people == {"wang", "liu", "sun", "lu", "vendor"}
