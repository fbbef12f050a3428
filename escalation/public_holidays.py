"""Public holidays and make-up working days by country, and how sure we are of them.

The lists are those of the `holidays` package. Where a government decides each year's exchanged days, as
China's does, the package knows those published so far; a later year holds the statutory days but no swaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


class UnknownCountry(ValueError):
    """We have no holiday list for this country: give its two-letter code, such as CN or DE."""


@dataclass(frozen=True, slots=True)
class Holidays:
    """`closed`: each public holiday with its name; `make_up`: weekend days that are worked instead.

    `guessed_years` are those whose list is not published, or holds a day that is only estimated.
    """

    closed: Mapping[date, str] = field(hash=False)
    make_up: frozenset[date] = frozenset()
    guessed_years: frozenset[int] = frozenset()


def holidays_of(country: str, years: Iterable[int]) -> Holidays:
    """The holidays of a country (ISO 3166, such as "CN") in these years.

    Raises UnknownCountry. Names are in English where the list has them, else in the country's language.
    """
    # Imported here: it takes a while to load, and most of what imports the calendar never asks for a country.
    from holidays import country_holidays

    wanted = frozenset(years)
    try:
        # A year's make-up days may be named in the list of the year before or after it.
        around = {year + step for year in wanted for step in (-1, 0, 1)}
        listed = country_holidays(country, years=sorted(around))
    except NotImplementedError as error:
        raise UnknownCountry(f"no holidays known for {country!r}: give a code such as CN or DE") from error
    if "en_US" in listed.supported_languages:
        listed = country_holidays(country, years=sorted(around), language="en_US")
    closed = {day: name for day, name in sorted(listed.items()) if day.year in wanted}
    make_up = frozenset(day for day in listed.weekend_workdays if day.year in wanted)
    guessed = frozenset(year for year in wanted if _is_guess(listed, closed, year))
    return Holidays(MappingProxyType(closed), make_up, guessed)


def _is_guess(listed: HolidayBase, closed: Mapping[date, str], year: int) -> bool:
    if not listed.start_year <= year <= listed.end_year:
        return True
    if listed.has_substituted_holidays and year > max(listed.special_public_holidays, default=0):
        return True
    marks = [_mark(listed, label) for label in ("estimated_label", "observed_estimated_label")]
    names = [name for day, name in closed.items() if day.year == year]
    return any(mark in name for mark in marks if mark for name in names)


def _mark(listed: HolidayBase, label: str) -> str:
    """What the list appends to the name of a day it only estimates, such as "(estimated)"; or nothing."""
    template: str | None = getattr(listed, label, None)
    return listed.tr(template).replace("%s", "").strip() if template else ""
