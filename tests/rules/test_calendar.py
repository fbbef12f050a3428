"""What a service window accepts, refuses, remembers and costs."""

import json
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from escalation.calendar import (
    BadSpan,
    Holidays,
    NeverOpens,
    Span,
    UnknownCountry,
    UnknownZone,
    Window,
    always,
    five_by_eight,
    holidays_of,
    seven_by_twelve,
)

CLOSED_WEEK: tuple[tuple[Span, ...], ...] = ((),) * 7
TUESDAY = datetime(2026, 3, 10, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


class TestSpan:
    def test_a_span_is_written_as_people_write_it(self) -> None:
        assert Span.parse("8:30-12:00") == Span(510, 720)
        assert Span.parse(" 13:30 – 24:00 ") == Span(810, 1440)
        assert str(Span(510, 720)) == "08:30-12:00"

    @pytest.mark.parametrize("text", ["", "8-12", "08:60-09:00", "22:00-06:00", "00:00-24:01", "8:30", "a:b-c:d"])
    def test_what_is_not_a_span_of_one_day_is_refused(self, text: str) -> None:
        with pytest.raises(BadSpan):
            Span.parse(text)


class TestNeverOpen:
    @pytest.mark.parametrize(
        "window",
        [
            Window("shut", "Asia/Shanghai", CLOSED_WEEK),
            Window("a span of nothing", "Asia/Shanghai", ((Span(540, 540),),) * 7),
            Window("was open once", "Asia/Shanghai", CLOSED_WEEK, workdays={date(2020, 1, 1): (Span(0, 60),)}),
        ],
        ids=lambda window: window.name,
    )
    def test_a_window_that_never_opens_again_says_so_by_name(self, window: Window) -> None:
        assert not window.has_weekly_hours
        assert not window.is_open(TUESDAY)
        assert window.between(TUESDAY, TUESDAY + timedelta(days=400)) == timedelta(0)
        with pytest.raises(NeverOpens, match=window.name):
            window.add(TUESDAY, timedelta(seconds=1))
        with pytest.raises(NeverOpens, match=window.name):
            window.next_open(TUESDAY)

    def test_adding_nothing_to_a_closed_window_is_still_the_start(self) -> None:
        assert Window("shut", "UTC", CLOSED_WEEK).add(TUESDAY, timedelta(0)) == TUESDAY

    def test_a_window_that_opens_on_one_named_day_is_good_for_that_day_only(self) -> None:
        window = Window("stocktaking", "UTC", CLOSED_WEEK, workdays={date(2027, 5, 1): (Span(540, 600),)})
        assert window.next_open(TUESDAY) == datetime(2027, 5, 1, 9, tzinfo=UTC)
        assert window.add(TUESDAY, HOUR) == datetime(2027, 5, 1, 10, tzinfo=UTC)
        with pytest.raises(NeverOpens):
            window.add(TUESDAY, HOUR + timedelta(seconds=1))


class TestRefusals:
    def test_an_unknown_zone_is_refused_when_the_window_is_made(self) -> None:
        with pytest.raises(UnknownZone, match="Asia/Tianjin"):
            five_by_eight("Asia/Tianjin")

    def test_a_week_of_five_days_is_refused(self) -> None:
        with pytest.raises(ValueError, match="5 weekdays"):
            Window("short", "UTC", ((),) * 5)

    @pytest.mark.parametrize("window", [five_by_eight("Asia/Shanghai"), always()])
    def test_negative_working_time_and_times_without_a_zone_are_refused(self, window: Window) -> None:
        with pytest.raises(ValueError, match="negative"):
            window.add(TUESDAY, -HOUR)
        naive = TUESDAY.replace(tzinfo=None)
        for asked in (
            lambda: window.add(naive, HOUR),
            lambda: window.between(TUESDAY, naive),
            lambda: window.is_open(naive),
        ):
            with pytest.raises(ValueError, match="no time zone"):
                asked()


class TestDaysThatDiffer:
    def test_a_day_named_in_workdays_wins_over_the_holiday_list(self) -> None:
        day = date(2026, 10, 1)
        window = Window("duty", "UTC", CLOSED_WEEK, holidays=frozenset({day}), workdays={day: (Span(540, 600),)})
        assert window.spans_on(day) == (Span(540, 600),)

    def test_a_day_named_without_hours_is_closed(self) -> None:
        window = Window("outing", "UTC", ((Span(0, 1440),),) * 7, workdays={date(2026, 3, 10): ()})
        assert not window.is_open(TUESDAY)
        assert window.next_open(TUESDAY) == datetime(2026, 3, 11, tzinfo=UTC)

    def test_a_make_up_day_takes_the_hours_of_the_first_open_weekday(self) -> None:
        window = five_by_eight("Asia/Shanghai", holidays_of("CN", [2026]))
        assert window.spans_on(date(2026, 2, 14)) == window.weekdays[0]

    def test_a_window_open_at_weekends_keeps_its_own_hours_on_a_make_up_day(self) -> None:
        window = seven_by_twelve("Asia/Shanghai", holidays_of("CN", [2026]))
        assert window.spans_on(date(2026, 2, 14)) == (Span(540, 1260),)
        assert window.spans_on(date(2026, 2, 17)) == ()

    def test_what_the_organisation_says_of_a_date_stands_against_the_country(self) -> None:
        saturday, festival = date(2026, 2, 14), date(2026, 2, 17)
        ours = Window(
            "ours",
            "Asia/Shanghai",
            five_by_eight("Asia/Shanghai").weekdays,
            holidays=frozenset({saturday}),
            workdays={festival: (Span(540, 600),)},
        ).observing(holidays_of("CN", [2026]))
        assert ours.spans_on(saturday) == ()
        assert ours.spans_on(festival) == (Span(540, 600),)


class TestHolidays:
    def test_china_works_on_six_weekend_days_in_2026(self) -> None:
        listed = holidays_of("CN", [2026])
        assert sorted(day.isoformat() for day in listed.make_up) == [
            "2026-01-04",
            "2026-02-14",
            "2026-02-28",
            "2026-05-09",
            "2026-09-20",
            "2026-10-10",
        ]
        assert not listed.guessed_years

    def test_china_rests_for_the_whole_of_national_day_week(self) -> None:
        window = five_by_eight("Asia/Shanghai", holidays_of("CN", [2026]))
        week = [date(2026, 10, day) for day in range(1, 8)]
        assert all(window.spans_on(day) == () for day in week)
        assert window.spans_on(date(2026, 10, 8)) == window.weekdays[3]

    def test_only_the_years_asked_for_are_given(self) -> None:
        listed = holidays_of("CN", [2026])
        assert {day.year for day in (*listed.closed, *listed.make_up)} == {2026}

    def test_a_year_whose_exchanged_days_are_not_published_is_a_guess(self) -> None:
        assert holidays_of("CN", [2025, 2026, 2049]).guessed_years == {2049}

    def test_a_year_with_a_day_that_hangs_on_the_moon_is_a_guess(self) -> None:
        assert 2049 in holidays_of("AE", [2049]).guessed_years

    def test_a_list_fixed_by_law_is_no_guess(self) -> None:
        germany = holidays_of("DE", range(2026, 2031))
        assert not germany.guessed_years
        assert not germany.make_up
        assert germany.closed[date(2028, 12, 25)] == "Christmas Day"

    def test_a_year_the_list_does_not_reach_is_a_guess(self) -> None:
        assert holidays_of("DE", [2026, 2300]).guessed_years == {2300}

    @pytest.mark.parametrize("country", ["ZZ", "", "Atlantis"])
    def test_an_unknown_country_is_refused(self, country: str) -> None:
        with pytest.raises(UnknownCountry):
            holidays_of(country, [2026])


class TestIdentity:
    def test_a_window_survives_json(self) -> None:
        window = five_by_eight("Asia/Shanghai", holidays_of("CN", [2026]))
        again = Window.from_json(json.loads(json.dumps(window.to_json())))
        assert again == window
        assert hash(again) == hash(window)
        assert again.add(TUESDAY, 30 * HOUR) == window.add(TUESDAY, 30 * HOUR)

    def test_equal_windows_give_the_same_text_whatever_order_their_days_came_in(self) -> None:
        first, second = date(2026, 5, 1), date(2026, 10, 1)
        one = Window("w", "UTC", CLOSED_WEEK, workdays={first: (), second: (Span(0, 60),)})
        two = Window("w", "UTC", CLOSED_WEEK, workdays={second: (Span(0, 60),), first: ()})
        assert json.dumps(one.to_json()) == json.dumps(two.to_json())

    def test_windows_alike_but_for_a_named_day_do_not_share_their_sums(self) -> None:
        plain = five_by_eight("Asia/Shanghai")
        closed = plain.observing(Holidays({date(2026, 3, 10): "Anniversary"}))
        special = Window(plain.name, plain.zone, plain.weekdays, workdays={date(2026, 3, 10): ()})
        assert plain.is_open(TUESDAY)
        assert not closed.is_open(TUESDAY)
        assert not special.is_open(TUESDAY)

    def test_the_days_given_to_a_window_cannot_be_changed_behind_its_back(self) -> None:
        days = {date(2026, 3, 10): (Span(0, 60),)}
        window = Window("w", "UTC", CLOSED_WEEK, workdays=days)
        days[date(2026, 3, 11)] = (Span(0, 60),)
        assert window.spans_on(date(2026, 3, 11)) == ()


class TestClosing:
    def test_a_window_says_when_it_closes(self) -> None:
        window = five_by_eight("Asia/Shanghai")
        assert window.next_close(TUESDAY) == datetime(2026, 3, 10, 4, tzinfo=UTC)
        lunch = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)
        assert window.next_close(lunch) == lunch

    def test_spans_that_touch_or_overlap_close_together(self) -> None:
        window = Window("touching", "UTC", ((Span(0, 240), Span(240, 300), Span(270, 360)),) * 7)
        assert window.next_close(TUESDAY) == datetime(2026, 3, 10, 6, tzinfo=UTC)

    def test_a_span_that_goes_on_over_new_year_closes_in_the_new_year(self) -> None:
        window = Window("night", "UTC", ((Span(0, 360), Span(1320, 1440)),) * 7)
        assert window.next_close(datetime(2026, 12, 31, 23, tzinfo=UTC)) == datetime(2027, 1, 1, 6, tzinfo=UTC)

    def test_a_window_that_never_closes_says_never(self) -> None:
        assert always().next_close(TUESDAY) is None
        open_but_for_the_past = Window(
            "from 2020", "UTC", ((Span(0, 1440),),) * 7, holidays=frozenset({date(2019, 1, 1)})
        )
        assert open_but_for_the_past.next_close(TUESDAY) is None


@pytest.mark.parametrize(
    "window",
    [
        five_by_eight("Asia/Shanghai", holidays_of("CN", [2026, 2027])),
        five_by_eight("America/New_York", holidays_of("US", [2026, 2027])),
        always(),
    ],
    ids=["Shanghai", "New York", "always"],
)
def test_ten_thousand_sums_over_a_year_take_a_tenth_of_a_second(window: Window) -> None:
    """Processor time, the best of five runs: other work on the machine is not ours to measure."""
    year = datetime(2026, 1, 1, tzinfo=UTC)
    sums = [(year + timedelta(seconds=3137 * n), timedelta(seconds=719 * n)) for n in range(10_000)]

    def seconds_taken() -> float:
        began = time.process_time()
        for start, working in sums:
            window.add(start, working)
        return time.process_time() - began

    assert min(seconds_taken() for _ in range(5)) <= 0.1
