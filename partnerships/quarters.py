"""Periods and quarters as values: what a figure, a round or a plan year covers.

Everything here is a frozen, ordered value made of calendar dates, both ends included. Nothing
reads the clock and nothing knows Django. The financial year runs from April to March, as in
every council's accounts: Quarter 2 of 2023/24 is July to September 2023, Quarter 4 is January
to March 2024.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Self

ONE_DAY = timedelta(days=1)
MONTHS_IN_A_QUARTER = 3
MONTHS_IN_A_YEAR = 12
FIRST_MONTH_OF_FINANCIAL_YEAR = 4
ROUND_LENGTHS = (3, 4, 6, 12)
"""How many months a round of reporting may cover: quarters are the rule."""

MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@lru_cache(maxsize=1024)
def month_end(day: date) -> date:
    """The last day of the month that holds this day."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier); 31 January and one month is 28 February."""
    years, month = divmod(day.month - 1 + months, MONTHS_IN_A_YEAR)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


@dataclass(frozen=True, order=True)
class Period:
    """The days from one date to another, both included; ordered by start, then by end.

    Raises ValueError when it would end before it starts.
    """

    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError("A period cannot end before it starts.")

    def __str__(self) -> str:
        return self.long

    @classmethod
    def of_month(cls, year: int, month: int) -> Self:
        """One calendar month, month 1 being January."""
        first = date(year, month, 1)
        return cls(first, month_end(first))

    @property
    def whole_months(self) -> bool:
        """Whether it begins on the first of a month and ends on the last of one."""
        return self.starts_on.day == 1 and self.ends_on == month_end(self.ends_on)

    def contains(self, day: date) -> bool:
        """Whether this day falls in the period, its first and last day included."""
        return self.starts_on <= day <= self.ends_on

    def encloses(self, other: "Period") -> bool:
        """Whether every day of the other period falls in this one."""
        return self.starts_on <= other.starts_on and other.ends_on <= self.ends_on

    def overlaps(self, other: "Period") -> bool:
        """Whether any day falls in both periods."""
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on

    def rolling_year(self) -> "Period":
        """The twelve whole months up to the end of the month in which this period ends."""
        last_month = self.ends_on.replace(day=1)
        return Period(add_months(last_month, 1 - MONTHS_IN_A_YEAR), month_end(last_month))

    def year_before(self) -> "Period":
        """The same period a year earlier.

        A period that ends with a month still does: the year to 28 February 2025 is compared
        with the year to 29 February 2024. One that starts on 29 February starts on the 28th.
        """
        ends_on = add_months(self.ends_on, -MONTHS_IN_A_YEAR)
        if self.ends_on == month_end(self.ends_on):
            ends_on = month_end(ends_on)
        return Period(add_months(self.starts_on, -MONTHS_IN_A_YEAR), ends_on)

    @property
    def month_count(self) -> int:
        """How many calendar months it is. Raises ValueError unless it is whole months."""
        if not self.whole_months:
            raise ValueError("Only a period of whole months has a number of them.")
        years = self.ends_on.year - self.starts_on.year
        return years * MONTHS_IN_A_YEAR + self.ends_on.month - self.starts_on.month + 1

    def months(self) -> tuple["Period", ...]:
        """The calendar months in it, in order. Raises ValueError unless it is whole months."""
        return self._whole_month_pieces(1)

    def quarters(self) -> tuple["Period", ...]:
        """Its three-month pieces, counted from its start; a shorter piece may be left at the end.

        Raises ValueError unless the period is whole months.
        """
        return self._whole_month_pieces(MONTHS_IN_A_QUARTER)

    def _whole_month_pieces(self, months_each: int) -> tuple["Period", ...]:
        if not self.whole_months:
            raise ValueError("Only a period of whole months can be cut into months.")
        return _pieces(self, months_each)

    @property
    def long(self) -> str:
        """In full: "July to September 2023", "July 2023", "14 May to 13 August 2024"."""
        return self._written(MONTH_NAMES)

    @property
    def short(self) -> str:
        """For a table heading: "Oct 2021 to Sep 2022", "Jul 2023"."""
        return self._written(tuple(name[:3] for name in MONTH_NAMES))

    @property
    def year_to(self) -> str:
        """The heading of its rolling year: "Year to Sep 2023"."""
        return f"Year to {MONTH_NAMES[self.ends_on.month - 1][:3]} {self.ends_on.year}"

    def _written(self, names: tuple[str, ...]) -> str:
        start, end = self.starts_on, self.ends_on
        if self.whole_months:
            first, last = (names[day.month - 1] for day in (start, end))
        else:
            first, last = (f"{day.day} {names[day.month - 1]}" for day in (start, end))
        if start.year != end.year:
            return f"{first} {start.year} to {last} {end.year}"
        if first == last:
            return f"{last} {end.year}"
        return f"{first} to {last} {end.year}"


@lru_cache(maxsize=256)
def _pieces(whole: Period, months_each: int) -> tuple[Period, ...]:
    """Cut a period on the same day of every so many months, without gap or overlap."""
    pieces: list[Period] = []
    starts_on = whole.starts_on
    while starts_on <= whole.ends_on:
        next_starts_on = add_months(whole.starts_on, months_each * (len(pieces) + 1))
        pieces.append(Period(starts_on, min(next_starts_on - ONE_DAY, whole.ends_on)))
        starts_on = next_starts_on
    return tuple(pieces)


def split_year(starts_on: date, ends_on: date, months_each: int) -> tuple[Period, ...]:
    """Cut a plan year into the periods of its rounds: 3, 4, 6 or 12 months each.

    A plan that starts in mid-month is cut on that day of the month. Where the months do not
    divide evenly the last piece is the shorter one. Raises ValueError for any other length, or
    when the year would end before it starts.
    """
    if months_each not in ROUND_LENGTHS:
        raise ValueError("A round covers 3, 4, 6 or 12 months.")
    return _pieces(Period(starts_on, ends_on), months_each)


def financial_year_of(day: date) -> int:
    """The first calendar year of the financial year that holds this day: 2023 for 2023/24."""
    return day.year if day.month >= FIRST_MONTH_OF_FINANCIAL_YEAR else day.year - 1


def financial_year_label(year: int) -> str:
    """The financial year that begins in April of this year, as it is written: "2023/24"."""
    return f"{year}/{(year + 1) % 100:02d}"


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a financial year: its first calendar year, and 1 (April to June) to 4.

    Raises ValueError for any other number.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError("A quarter is numbered 1 to 4.")

    def __str__(self) -> str:
        return self.label

    @classmethod
    def containing(cls, day: date) -> Self:
        """The quarter that holds this day: 31 March 2024 is in Quarter 4 of 2023/24."""
        months_in = (day.month - FIRST_MONTH_OF_FINANCIAL_YEAR) % MONTHS_IN_A_YEAR
        return cls(financial_year_of(day), months_in // MONTHS_IN_A_QUARTER + 1)

    @property
    def period(self) -> Period:
        """The three calendar months it covers."""
        first = date(self.year, FIRST_MONTH_OF_FINANCIAL_YEAR, 1)
        starts_on = add_months(first, MONTHS_IN_A_QUARTER * (self.number - 1))
        return Period(starts_on, month_end(add_months(starts_on, MONTHS_IN_A_QUARTER - 1)))

    @property
    def label(self) -> str:
        """With its financial year: "Quarter 2, 2023/24"."""
        return f"{self.name}, {financial_year_label(self.year)}"

    @property
    def name(self) -> str:
        """Without it: "Quarter 2"."""
        return f"Quarter {self.number}"

    @property
    def short(self) -> str:
        """For a table heading: "Q2 2023/24"."""
        return f"Q{self.number} {financial_year_label(self.year)}"

    @property
    def slug(self) -> str:
        """For addresses: "2023-24-q2"."""
        return f"{financial_year_label(self.year).replace('/', '-')}-q{self.number}"

    def next(self) -> "Quarter":
        """The quarter after this one."""
        return self._moved(1)

    def previous(self) -> "Quarter":
        """The quarter before this one."""
        return self._moved(-1)

    def _moved(self, quarters: int) -> "Quarter":
        years, index = divmod(self.number - 1 + quarters, 4)
        return Quarter(self.year + years, index + 1)


def quarters_between(starts_on: date, ends_on: date) -> tuple[Quarter, ...]:
    """Every quarter that has a day in the period from one date to the other, in order.

    Raises ValueError when the period would end before it starts.
    """
    period = Period(starts_on, ends_on)
    quarters = [Quarter.containing(period.starts_on)]
    while quarters[-1].period.ends_on < period.ends_on:
        quarters.append(quarters[-1].next())
    return tuple(quarters)
