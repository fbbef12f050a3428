"""A week of wall-clock hours laid out on the line of instants, so that sums are exact and fast.

A zone is a row of stretches with one offset each. A moment is open when the clock on the wall shows a time
inside a span; laying the spans over the stretches gives intervals of UTC, daylight saving included.
They are built a UTC year at a time and carry running totals, so that a sum is a bisection.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import accumulate

NOTHING = timedelta(0)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

# Past this a sum is taken as never ending; it bounds what a nearly empty window can cost.
HORIZON_YEARS = 100
LAST_YEAR = 9997
YEARS_KEPT = 8

OpenMinutes = Callable[[date], Iterable[tuple[int, int]]]
"""The spans of one local date, as minutes after midnight, 0 to 1440."""


def utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone: give an aware datetime")
    return at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Year:
    """The open intervals [start, end) of one UTC year, in order, none empty, none touching.

    `before[i]` is the open time from the year's start to `starts[i]`; `total` is the whole year's.
    """

    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    before: tuple[timedelta, ...]
    total: timedelta

    def elapsed(self, at: datetime) -> timedelta:
        """Open time from the year's start to `at`."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return NOTHING
        end = self.ends[i]
        return self.before[i] + ((at if at < end else end) - self.starts[i])

    def reaches(self, total: timedelta) -> datetime:
        """The first moment at which this much (more than nothing, at most `total`) has been open."""
        i = bisect_left(self.before, total) - 1
        return self.starts[i] + (total - self.before[i])


class Timeline:
    """The sums of one window. Looks pure from outside: it only remembers years it has laid out."""

    def __init__(self, zone: tzinfo, open_minutes: OpenMinutes) -> None:
        self._zone = zone
        self._open_minutes = open_minutes
        self._year = lru_cache(maxsize=YEARS_KEPT)(self._lay_out)

    def add(self, start: datetime, working: timedelta) -> datetime | None:
        """The first moment at which `working` time has been open; None beyond the horizon."""
        start = utc(start)
        if not working:
            return start
        wanted = working + self._year(start.year).elapsed(start)
        for year in map(self._year, _years_from(start)):
            if wanted <= year.total:
                return year.reaches(wanted)
            wanted -= year.total
        return None

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Open time from `a` to `b`; negative when `b` is the earlier."""
        a, b = utc(a), utc(b)
        if a.year > b.year:
            return -self.between(b, a)
        passed = self._year(b.year).elapsed(b) - self._year(a.year).elapsed(a)
        for year in range(a.year, b.year):
            passed += self._year(year).total
        return passed

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in an open interval; an interval's end does not."""
        at = utc(at)
        year = self._year(at.year)
        i = bisect_right(year.starts, at) - 1
        return i >= 0 and at < year.ends[i]

    def next_open(self, at: datetime) -> datetime | None:
        """`at` itself when open, else the next opening; None beyond the horizon."""
        at = utc(at)
        if self.is_open(at):
            return at
        for year in map(self._year, _years_from(at)):
            i = bisect_right(year.starts, at)
            if i < len(year.starts):
                return year.starts[i]
        return None

    def next_close(self, at: datetime) -> datetime | None:
        """`at` itself when closed, else the moment it closes; None beyond the horizon."""
        at = utc(at)
        if not self.is_open(at):
            return at
        for year in map(self._year, _years_from(at)):
            i = bisect_right(year.ends, at)
            # An interval that ends with the year may go on as the next year's first.
            if i < len(year.ends) and not self.is_open(year.ends[i]):
                return year.ends[i]
        return None

    def _lay_out(self, year: int) -> Year:
        intervals = list(_merged(self._open_intervals(year)))
        totals = list(accumulate((end - start for start, end in intervals), initial=NOTHING))
        return Year(
            starts=tuple(start for start, _ in intervals),
            ends=tuple(end for _, end in intervals),
            before=tuple(totals[:-1]),
            total=totals[-1],
        )

    def _open_intervals(self, year: int) -> Iterator[tuple[datetime, datetime]]:
        spans = list(self._wall_spans(year))
        for since, until, offset in _stretches(self._zone, year):
            for start, end in spans:
                opens, closes = max(start - offset, since), min(end - offset, until)
                if opens < closes:
                    yield opens, closes

    def _wall_spans(self, year: int) -> Iterator[tuple[datetime, datetime]]:
        """Every span as wall times that pass for UTC. A UTC year touches the local dates next to it."""
        first, last = date(year, 1, 1) - DAY, date(year + 1, 1, 1)
        for number in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(number)
            midnight = datetime.combine(day, time(), UTC)
            for start, end in self._open_minutes(day):
                yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)


def _years_from(at: datetime) -> range:
    return range(at.year, min(at.year + HORIZON_YEARS, LAST_YEAR) + 1)


def _merged(intervals: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """The same open time without overlaps: touching intervals become one."""
    current: tuple[datetime, datetime] | None = None
    for start, end in sorted(intervals):
        if current is not None and start <= current[1]:
            current = current[0], max(current[1], end)
            continue
        if current is not None:
            yield current
        current = start, end
    if current is not None:
        yield current


def _stretches(zone: tzinfo, year: int) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """(from, until, offset) covering one UTC year, one stretch for each offset in force."""
    since, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    offset, midnight = _offset(zone, since), since
    while midnight < end:
        midnight += DAY
        if _offset(zone, midnight) != offset:
            change = _change_between(zone, midnight - DAY, midnight)
            yield since, change, offset
            since, offset = change, _offset(zone, change)
    if since < end:
        yield since, end, offset


def _change_between(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The second after `before`, at most `after`, from which the zone's offset is another."""
    old = _offset(zone, before)
    low, high = 0, (after - before) // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, before + middle * SECOND) == old:
            low = middle
        else:
            high = middle
    return before + high * SECOND


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
