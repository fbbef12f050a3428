"""The rota as a calendar: the reader's days, whole or cut where somebody else takes over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.cards.reader import Reader
from bot.organisation import Organisation
from bot.organisation_file import load, sample_path
from bot.web.rota_reading import rota_view
from bot.web.rota_views import TierWeek
from escalation.dispatch import Tier
from escalation.rota import Absence

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Tianjin


@pytest.fixture(scope="module")
def sample() -> Organisation:
    return load(sample_path(), years=(2026, 2027), self_address=("127.0.0.1", 8080))


def seen_by(person: str, sample: Organisation, *, zone: str = "Asia/Shanghai", language: str = "en") -> Reader:
    return Reader(person, language, zone, TUESDAY, sample)


def first_line(reader: Reader, week: int = 0) -> TierWeek:
    view = rota_view(reader, week)
    (network,) = [group for group in view.groups if group.name in ("Network", "网络组")]
    return network.tiers[0]


def test_a_week_shows_whose_turn_each_day_is_and_where_it_changes_hands(sample: Organisation) -> None:
    week = first_line(seen_by("wang.fang", sample))
    monday, tuesday, *_ = week.days
    assert [(turn.name, turn.hours) for turn in monday.turns] == [
        ("Li Qiang", "00:00–09:00"),
        ("Wang Fang", "09:00–24:00"),
    ]
    assert [(turn.name, turn.hours, turn.mine, turn.now) for turn in tuesday.turns] == [("Wang Fang", "", True, True)]
    assert [day.today for day in week.days] == [False, True, False, False, False, False, False]
    assert len(week.days) == 7


def test_the_week_after_is_the_other_persons(sample: Organisation) -> None:
    tuesday = first_line(seen_by("wang.fang", sample), week=1).days[1]
    assert [turn.name for turn in tuesday.turns] == ["Li Qiang"]
    assert not tuesday.today


def test_days_are_the_readers_own_and_so_are_their_names(sample: Organisation) -> None:
    """Nine in Tianjin is two in the morning in Berlin."""
    berlin = first_line(seen_by("lukas.becker", sample, zone="Europe/Berlin"))
    assert [turn.hours for turn in berlin.days[0].turns] == ["00:00–02:00", "02:00–24:00"]
    chinese = rota_view(seen_by("wang.fang", sample, language="zh"), 0)
    assert chinese.title == "周一 11月23日 – 周日 11月29日"
    assert chinese.groups[0].name == "网络组"


def test_a_hole_is_shown_as_one_and_named_above(sample: Organisation) -> None:
    group = sample.groups["network"]
    rota = group.tiers[0].rota
    assert rota is not None
    away = tuple(Absence(person, TUESDAY, TUESDAY.replace(hour=6)) for person in group.tiers[0].people)
    tier = Tier(1, group.tiers[0].people, replace(rota, absences=away))
    holed = replace(sample, groups={**sample.groups, "network": replace(group, tiers=(tier, *group.tiers[1:]))})
    reader = seen_by("wang.fang", holed)
    turns = first_line(reader).days[1].turns
    assert [(turn.name, turn.hours, turn.hole) for turn in turns] == [
        ("Wang Fang", "00:00–10:00", False),
        ("Nobody", "10:00–14:00", True),
        ("Wang Fang", "14:00–24:00", False),
    ]
    (hole,) = rota_view(reader, 0).holes
    assert hole == "Network: nobody is on call from 10:00 to 14:00; Wang Fang, Li Qiang would be paged instead."
    assert rota_view(seen_by("wang.fang", sample), 0).holes == ()
