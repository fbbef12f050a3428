"""What whoever is on call is known by, in `desk.yaml`; and who that is, at every moment of a rota."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from escalation.dispatch import Group, Tier, first_line, on_duty
from escalation.rota import Absence, Rota, Rotation
from tests.rules.test_organisation_file import SMALL, mistakes, read

ROOMS = '    rooms: {slack: C024BE91L, telegram: "-1001234567890"}\n'
SECOND = """\
  night:
    name: Night
    lead: ann
    manager: ben
    tiers: [{people: [cem]}]
"""


def with_badge(badge: str, rooms: str = ROOMS, second: str = "") -> str:
    assert ROOMS in SMALL
    return SMALL.replace(ROOMS, f"{rooms}    badge: {badge}\n{second}")


@pytest.mark.parametrize("written", ["desk-on-call", '"@desk-on-call"', "S0615G0KT"])
def test_a_badge_is_read_with_or_without_its_sign(written: str, tmp_path: Path) -> None:
    """The handle of a user group as people write it, or its id; a title as it stands."""
    organisation = read(with_badge(f"{{slack: {written}, telegram: 值班 on call}}"), tmp_path)
    name = written.strip('"').removeprefix("@")
    assert organisation.groups["desk"].badges == {"slack": name, "telegram": "值班 on call"}


@pytest.mark.parametrize(
    ("badge", "at", "said"),
    [
        ("{slack: On Call}", "On Call", "expected the handle of a Slack user group"),
        ("{telegram: the one who is on call}", "the one", "a title has at most 16 characters in Telegram, this one 22"),
        ("{telegram: on call 🚒}", "on call", "Telegram takes no emoji in a title"),
        ("{slak: x}", "slak", "unknown key 'slak' in the badge: did you mean 'slack'?"),
        ("on-call", "on-call", "expected a mapping that describes the badge"),
    ],
)
def test_a_wrong_badge_is_told_with_its_place(badge: str, at: str, said: str, tmp_path: Path) -> None:
    text = with_badge(badge)
    (mistake,) = mistakes(text, tmp_path)
    line = next(number for number, row in enumerate(text.splitlines(), 1) if row.startswith("    badge:"))
    assert mistake.startswith(f"{line}:{text.splitlines()[line - 1].index(at) + 1}: {said}")


def test_a_title_needs_a_room_to_be_worn_in(tmp_path: Path) -> None:
    (mistake,) = mistakes(with_badge("{telegram: on call}", rooms="    rooms: {slack: C024BE91L}\n"), tmp_path)
    assert "add telegram to its rooms" in mistake


def test_two_groups_do_not_take_one_badge_from_each_other(tmp_path: Path) -> None:
    night = f"{SECOND}    badge: {{slack: '@ours'}}\n"
    (mistake,) = mistakes(with_badge("{slack: ours}", second=night), tmp_path)
    assert "'ours' is the badge of the group 'desk' already" in mistake


def test_nobody_wears_it_in_a_hole_of_the_rota_though_everybody_is_asked_then() -> None:
    """Without a rota everybody who is there does, and whoever is on holiday does not."""
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    away = (Absence("ann", start, start + timedelta(days=1)), Absence("cem", start, start + timedelta(days=1)))
    rota = Rota((Rotation(("ann", "cem"), date(2026, 1, 5), 7, time(9), "UTC"),), absences=away)
    with_rota = Group("g", {}, "", "", (Tier(1, ("ann", "cem"), rota),))
    assert first_line(with_rota, start) == ()
    assert on_duty(with_rota, 1, start) == ("ann", "cem")
    assert first_line(with_rota, start + timedelta(days=1)) == ("ann",)
    without = Group("g", {}, "", "", (Tier(1, ("ann", "cem"), None, away[:1]),))
    assert first_line(without, start) == ("cem",)
