"""Who is on call, when it changes hands, and that somebody always is."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.calendar import Span, UnknownZone, Window
from escalation.rota import (
    Absence,
    BadRotation,
    Override,
    Rota,
    Rotation,
    Shift,
    next_handover,
    on_call,
    shifts,
)

SHANGHAI = "Asia/Shanghai"
# 2 March 2026 is a Monday.
WEEKLY = Rotation(("wang", "li", "zhao"), date(2026, 3, 2), 7, time(9), SHANGHAI)
NIGHTS = Window("nights", SHANGHAI, ((Span(0, 480), Span(1200, 1440)),) * 7)


def at(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def utc(text: str, zone: str = SHANGHAI) -> datetime:
    return at(text, zone).astimezone(UTC)


class TestTurns:
    @pytest.mark.parametrize(
        ("when", "person"),
        [
            ("2026-03-02 09:00", "wang"),
            ("2026-03-09 08:59:59", "wang"),
            ("2026-03-09 09:00", "li"),
            ("2026-03-16 09:00", "zhao"),
            ("2026-03-23 09:00", "wang"),
            ("2028-02-29 12:00", "zhao"),
        ],
    )
    def test_each_takes_a_week_from_monday_at_nine(self, when: str, person: str) -> None:
        assert on_call(Rota((WEEKLY,)), at(when)) == person

    def test_nobody_is_on_call_before_the_rotation_starts(self) -> None:
        rota = Rota((WEEKLY,))
        assert on_call(rota, at("2026-03-02 08:59:59")) is None
        assert on_call(rota, at("2025-03-02 12:00")) is None
        assert next_handover(rota, at("2026-02-20 12:00")) == utc("2026-03-02 09:00")

    def test_a_daily_rotation_turns_each_evening(self) -> None:
        rota = Rota((Rotation(("wang", "li"), date(2026, 3, 2), 1, time(20, 30), SHANGHAI),))
        assert on_call(rota, at("2026-03-03 20:29")) == "wang"
        assert on_call(rota, at("2026-03-03 20:30")) == "li"
        assert next_handover(rota, at("2026-03-03 20:30")) == utc("2026-03-04 20:30")

    def test_a_rotation_of_one_is_always_that_one_and_never_handed_over(self) -> None:
        rota = Rota((Rotation(("wang",), date(2026, 3, 2), 1, time(9), SHANGHAI),))
        assert on_call(rota, at("2031-07-07 03:00")) == "wang"
        assert next_handover(rota, at("2026-03-05 03:00")) is None
        whole = shifts(rota, at("2026-03-05 03:00"), at("2026-03-12 03:00"))
        assert whole == (Shift("wang", utc("2026-03-05 03:00"), utc("2026-03-12 03:00")),)

    def test_a_rota_without_layers_names_nobody(self) -> None:
        assert on_call(Rota(()), at("2026-03-05 03:00")) is None
        assert next_handover(Rota(()), at("2026-03-05 03:00")) is None

    def test_a_rotation_without_people_without_days_or_in_no_zone_is_refused(self) -> None:
        with pytest.raises(BadRotation, match="nobody"):
            Rotation((), date(2026, 3, 2), 7, time(9), SHANGHAI)
        with pytest.raises(BadRotation, match="0 days"):
            Rotation(("wang",), date(2026, 3, 2), 0, time(9), SHANGHAI)
        with pytest.raises(UnknownZone):
            Rotation(("wang",), date(2026, 3, 2), 7, time(9), "Tianjin")


class TestDaylightSaving:
    @pytest.mark.parametrize(
        ("zone", "before", "after", "hours"),
        [
            ("America/New_York", "2026-03-07 09:00", "2026-03-08 09:00", 23),
            ("America/New_York", "2026-10-31 09:00", "2026-11-01 09:00", 25),
            ("Europe/Berlin", "2026-03-28 09:00", "2026-03-29 09:00", 23),
            ("Europe/Berlin", "2026-10-24 09:00", "2026-10-25 09:00", 25),
            ("Australia/Lord_Howe", "2026-04-04 09:00", "2026-04-05 09:00", 24.5),
            ("Australia/Lord_Howe", "2026-10-03 09:00", "2026-10-04 09:00", 23.5),
        ],
    )
    def test_hand_over_stays_at_nine_when_the_clocks_turn(
        self, zone: str, before: str, after: str, hours: float
    ) -> None:
        rota = Rota((Rotation(("ann", "ben"), date(2026, 1, 1), 1, time(9), zone),))
        start = at(before, zone)
        handover = next_handover(rota, start)
        assert handover == utc(after, zone)
        assert handover - start.astimezone(UTC) == timedelta(hours=hours)

    def test_a_hand_over_in_the_hour_left_out_comes_an_hour_later_on_the_wall(self) -> None:
        rota = Rota((Rotation(("ann", "ben"), date(2026, 3, 7), 1, time(2, 30), "America/New_York"),))
        assert next_handover(rota, at("2026-03-07 12:00", "America/New_York")) == utc(
            "2026-03-08 03:30", "America/New_York"
        )

    def test_a_hand_over_in_the_hour_shown_twice_comes_once_at_the_first(self) -> None:
        rota = Rota((Rotation(("ann", "ben"), date(2026, 10, 31), 1, time(1, 30), "America/New_York"),))
        first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
        assert next_handover(rota, first - timedelta(hours=3)) == first
        assert on_call(rota, first) == on_call(rota, first + timedelta(hours=1)) == "ben"

    def test_a_hand_over_is_not_undone_when_the_clock_goes_back_to_the_day_before(self) -> None:
        """St. John's turned its clocks at one minute past midnight until 2011."""
        rota = Rota((Rotation(("ann", "ben"), date(2010, 11, 6), 1, time(0), "America/St_Johns"),))
        midnight = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
        assert on_call(rota, midnight - timedelta(seconds=1)) == "ann"
        assert on_call(rota, midnight) == on_call(rota, midnight + timedelta(minutes=30)) == "ben"
        assert next_handover(rota, midnight + timedelta(minutes=30)) == datetime(2010, 11, 8, 3, 30, tzinfo=UTC)


class TestOverridesAndAbsences:
    def test_an_override_holds_from_its_start_up_to_its_end(self) -> None:
        rota = Rota((WEEKLY,), (Override("chen", at("2026-03-04 18:00"), at("2026-03-05 09:00")),))
        assert shifts(rota, at("2026-03-02 09:00"), at("2026-03-10 09:00")) == (
            Shift("wang", utc("2026-03-02 09:00"), utc("2026-03-04 18:00")),
            Shift("chen", utc("2026-03-04 18:00"), utc("2026-03-05 09:00")),
            Shift("wang", utc("2026-03-05 09:00"), utc("2026-03-09 09:00")),
            Shift("li", utc("2026-03-09 09:00"), utc("2026-03-10 09:00")),
        )

    def test_of_two_overrides_the_later_one_wins(self) -> None:
        rota = Rota(
            (WEEKLY,),
            (
                Override("chen", at("2026-03-04 09:00"), at("2026-03-06 09:00")),
                Override("sun", at("2026-03-05 09:00"), at("2026-03-05 18:00")),
            ),
        )
        assert on_call(rota, at("2026-03-05 08:59")) == "chen"
        assert on_call(rota, at("2026-03-05 09:00")) == "sun"
        assert on_call(rota, at("2026-03-05 18:00")) == "chen"

    def test_two_who_swap_their_weeks_each_take_the_other_s(self) -> None:
        rota = Rota(
            (WEEKLY,),
            (
                Override("li", at("2026-03-02 09:00"), at("2026-03-09 09:00")),
                Override("wang", at("2026-03-09 09:00"), at("2026-03-16 09:00")),
            ),
        )
        week = timedelta(days=7)
        turns = [on_call(rota, at("2026-03-04 12:00") + n * week) for n in range(4)]
        assert turns == ["li", "wang", "zhao", "wang"]

    def test_the_turn_of_someone_away_goes_to_the_next_and_comes_back(self) -> None:
        rota = Rota((WEEKLY,), absences=(Absence("wang", at("2026-03-04 00:00"), at("2026-03-06 00:00")),))
        assert on_call(rota, at("2026-03-03 23:59")) == "wang"
        assert on_call(rota, at("2026-03-04 00:00")) == "li"
        assert on_call(rota, at("2026-03-06 00:00")) == "wang"
        assert next_handover(rota, at("2026-03-03 12:00")) == utc("2026-03-04 00:00")

    def test_two_away_in_a_row_are_both_passed_over(self) -> None:
        away = (at("2026-03-01 00:00"), at("2026-04-01 00:00"))
        rota = Rota((WEEKLY,), absences=(Absence("wang", *away), Absence("li", *away)))
        assert on_call(rota, at("2026-03-04 12:00")) == "zhao"
        assert on_call(rota, at("2026-03-11 12:00")) == "zhao"

    def test_when_all_are_away_the_hole_is_shown_as_a_shift_of_nobody(self) -> None:
        away = (at("2026-03-04 00:00"), at("2026-03-05 00:00"))
        rota = Rota((WEEKLY,), absences=tuple(Absence(person, *away) for person in WEEKLY.people))
        assert on_call(rota, away[0]) is None
        assert Shift(None, utc("2026-03-04 00:00"), utc("2026-03-05 00:00")) in shifts(
            rota, at("2026-03-02 09:00"), at("2026-03-09 09:00")
        )

    def test_an_override_by_someone_away_counts_for_nothing(self) -> None:
        day = (at("2026-03-04 00:00"), at("2026-03-05 00:00"))
        rota = Rota((WEEKLY,), (Override("chen", *day),), (Absence("chen", *day),))
        assert on_call(rota, at("2026-03-04 12:00")) == "wang"

    def test_an_override_that_ends_before_it_starts_never_holds(self) -> None:
        rota = Rota((WEEKLY,), (Override("chen", at("2026-03-05 00:00"), at("2026-03-04 00:00")),))
        whole = shifts(rota, at("2026-03-02 09:00"), at("2026-03-09 09:00"))
        assert whole == (Shift("wang", utc("2026-03-02 09:00"), utc("2026-03-09 09:00")),)


class TestLayers:
    def test_a_later_layer_takes_over_on_the_day_it_starts(self) -> None:
        new = Rotation(("qian", "wu"), date(2026, 3, 11), 7, time(9), SHANGHAI)
        rota = Rota((WEEKLY, new))
        assert on_call(rota, at("2026-03-11 08:59")) == "li"
        assert on_call(rota, at("2026-03-11 09:00")) == "qian"
        assert next_handover(rota, at("2026-03-09 10:00")) == utc("2026-03-11 09:00")

    def test_a_night_layer_speaks_only_at_night(self) -> None:
        rota = Rota((WEEKLY, Rotation(("night",), date(2026, 1, 1), 1, time(9), SHANGHAI, NIGHTS)))
        assert shifts(rota, at("2026-03-03 12:00"), at("2026-03-04 12:00")) == (
            Shift("wang", utc("2026-03-03 12:00"), utc("2026-03-03 20:00")),
            Shift("night", utc("2026-03-03 20:00"), utc("2026-03-04 08:00")),
            Shift("wang", utc("2026-03-04 08:00"), utc("2026-03-04 12:00")),
        )

    def test_a_layer_whose_people_are_all_away_leaves_it_to_the_one_below(self) -> None:
        top = Rotation(("night",), date(2026, 1, 1), 1, time(9), SHANGHAI)
        away = Absence("night", at("2026-03-03 00:00"), at("2026-03-04 00:00"))
        assert on_call(Rota((WEEKLY, top), absences=(away,)), at("2026-03-03 12:00")) == "wang"


few = settings(max_examples=50, deadline=None)
PEOPLE = ("ann", "ben", "cas", "dan")
START = datetime(2026, 2, 20, tzinfo=UTC)
hours = st.integers(0, 24 * 60).map(lambda hour: START + timedelta(hours=hour))
rotations = st.builds(
    Rotation,
    people=st.permutations(PEOPLE).map(lambda people: tuple(people[:3])),
    starts=st.dates(date(2026, 1, 1), date(2026, 3, 20)),
    every_days=st.sampled_from([1, 2, 7, 10]),
    handover=st.times().map(lambda moment: moment.replace(microsecond=0)),
    zone=st.sampled_from([SHANGHAI, "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana"]),
    during=st.sampled_from([None, NIGHTS]),
)
rotas = st.builds(
    Rota,
    layers=st.lists(rotations, max_size=3).map(tuple),
    overrides=st.lists(st.builds(Override, st.sampled_from(PEOPLE), hours, hours), max_size=4).map(tuple),
    absences=st.lists(st.builds(Absence, st.sampled_from(PEOPLE), hours, hours), max_size=4).map(tuple),
)


@few
@given(rotas, hours, st.integers(1, 24 * 21))
def test_shifts_follow_one_another_without_a_gap_and_always_change_hands(
    rota: Rota, start: datetime, length: int
) -> None:
    end = start + timedelta(hours=length)
    found = shifts(rota, start, end)
    assert found[0].start == start
    assert found[-1].end == end
    for shift, following in pairwise(found):
        assert shift.end == following.start
        assert shift.person != following.person


@few
@given(rotas, hours, st.lists(st.integers(0, 7 * 86_400 - 1), min_size=1, max_size=20))
def test_a_shift_names_whoever_is_on_call_at_any_moment_of_it(rota: Rota, start: datetime, seconds: list[int]) -> None:
    found = shifts(rota, start, start + timedelta(days=7))
    for second in seconds:
        moment = start + timedelta(seconds=second)
        (shift,) = [shift for shift in found if shift.start <= moment < shift.end]
        assert shift.person == on_call(rota, moment)


@few
@given(rotas, hours)
def test_the_next_hand_over_is_where_the_first_shift_ends(rota: Rota, moment: datetime) -> None:
    first, *later = shifts(rota, moment, moment + timedelta(days=60))
    assert next_handover(rota, moment) == (first.end if later else next_handover(rota, first.end))


@few
@given(rotas, rotations, hours)
def test_nobody_is_on_call_only_when_everyone_is_away(rota: Rota, base: Rotation, moment: datetime) -> None:
    """With a rotation at the bottom that runs all the time, a hole means that all its people are absent."""
    always = Rotation(base.people, date(2026, 1, 1), base.every_days, base.handover, base.zone)
    whole = Rota((always, *rota.layers), rota.overrides, rota.absences)
    absent = {away.person for away in rota.absences if away.start <= moment < away.end}
    person = on_call(whole, moment)
    assert person not in absent
    assert (person is None) <= absent.issuperset(always.people)
