"""What a plan's timescales mean: "By Mar 20", "Quarterly", "As required", "May19".

Plans are written by hand, so nothing here is an error: what is not understood is unknown, and
what was written is kept beside it. As these plans use them, a month followed by two figures names
a year ("By Mar 20" is March 2020), days stand before months, and a month without a day is due on
its last day. A date outside the plan's own year is flagged, never corrected.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from partnerships.quarters import MONTH_NAMES, Period, Quarter, quarters_between


class Kind(StrEnum):
    """The kinds a milestone's timescale may have; the model's choices carry the same words."""

    BY_DATE = "by_date"
    IN_MONTH = "in_month"
    RECURRING = "recurring"
    ONGOING = "ongoing"
    AS_REQUIRED = "as_required"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Timescale:
    """What a timescale was understood to mean; dated kinds have the last day it may be met."""

    kind: Kind
    due_on: date | None = None
    outside_plan: bool = False


UNKNOWN = Timescale(Kind.UNKNOWN)

_MONTHS = {
    written: number
    for number, name in enumerate((name.lower() for name in MONTH_NAMES), start=1)
    for written in (name, name[:3])
} | {"sept": 9}

_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_YEAR = r"(?P<year>20[0-9]{2}|19[0-9]{2}|[0-9]{2})"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"

_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DAY} ?(?:of )?{_MONTH}(?:[ ,'-]*{_YEAR})?",
        rf"{_MONTH} ?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[ ,]+(?P<year>(?:19|20)[0-9]{{2}})",
        rf"(?P<day>[0-9]{{1,2}})(?P<mark>[/.-])(?P<month>[0-9]{{1,2}})(?P=mark){_YEAR}",
        r"(?P<year>(?:19|20)[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})",
        rf"{_MONTH}(?:[ ,'/-]*{_YEAR})?",
        r"(?P<month>[0-9]{1,2})/(?P<year>(?:19|20)[0-9]{2})",
    )
)
_QUARTER = re.compile(
    r"(?:q|quarter )(?P<number>[1-4])(?:[ ,]+(?P<year>20[0-9]{2})[/-](?:20)?(?P<second>[0-9]{2}))?"
)
_BY = re.compile(r"(?:.*\b)?(?:by|until|no later than|due)(?: the)? (?P<rest>.+)")
_END_OF = re.compile(r"(?:the )?end (?:of )?(?P<rest>.+)")
_IN = re.compile(r"(?:in|during) (?P<rest>.+)")

_PHRASES = (
    (Kind.AS_REQUIRED, r"as (?:and )?(?:when|required|needed|necessary|appropriate)"),
    (Kind.AS_REQUIRED, r"(?:when|where|if) (?:required|needed|necessary)|ad[ -]?hoc"),
    (Kind.RECURRING, r"daily|(?:bi-?)?weekly|fortnightly|(?:bi-?|six[ -]|6[ -])?monthly"),
    (Kind.RECURRING, r"quarterly|termly|(?:half[ -]|bi-?)?(?:yearly|annual(?:ly)?)"),
    (Kind.RECURRING, r"(?:every|each|per) .*\b(?:day|week|month|quarter|term|year)s?"),
    (Kind.RECURRING, r"(?:once|twice|[a-z]+ times) (?:a|per|each) (?:week|month|quarter|year)"),
    (Kind.ONGOING, r"on[ -]?going|continu(?:ous(?:ly)?|al(?:ly)?|ing|es)|throughout"),
)
_KINDS = tuple((kind, re.compile(rf"\b(?:{phrase})\b")) for kind, phrase in _PHRASES)

_EVERY = {
    "daily": (1, "day"),
    "weekly": (1, "week"),
    "fortnightly": (2, "week"),
    "monthly": (1, "month"),
    "quarterly": (3, "month"),
    "termly": (1, "term"),
    "yearly": (1, "year"),
    "annual": (1, "year"),
    "annually": (1, "year"),
}
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10}
_NUMBER = rf"{'|'.join(_NUMBERS)}|[1-9][0-9]?"
_UNIT = "day|week|fortnight|month|quarter|term|year"
_ADVERB = "|".join(_EVERY)
_OFTEN = re.compile(
    rf"\b(?:(?P<times>once|twice|(?:{_NUMBER}|several) times)[ -]"
    rf"(?:(?:a|per|each|every) (?P<per>{_UNIT})|(?P<regular>{_ADVERB}))"
    rf"|(?:every|each) (?:(?P<number>{_NUMBER}|other|second) )?(?P<unit>{_UNIT})s?"
    rf"|(?:(?P<part>bi|half|semi|{_NUMBER})[ -]?)?(?P<adverb>{_ADVERB}))\b"
    r"(?P<several>(?<=ly) [a-z]+s\b)?"
)


def understand(written: str, plan: Period) -> Timescale:
    """What a timescale means in a plan of this period.

    A date without a year takes the one year in which it falls inside the plan; where none or
    several would do, the timescale is unknown, as is a date that no calendar has ("31 June"). A
    quarter ("Q2") is due on its last day. Never raises.
    """
    text = " ".join(written.replace("’", "'").lower().split()).rstrip(".")
    by = _BY.fullmatch(text)
    if dated := _dated((by or _IN.fullmatch(text) or {"rest": text})["rest"], bool(by), plan):
        return dated
    for kind, phrase in _KINDS:
        if phrase.search(text):
            return Timescale(kind)
    return UNKNOWN


def how_often(written: str) -> str:
    """How often what recurs is to be done, as in "every 3 months"; nothing where that is unclear.

    "Bi-monthly" and its like mean two things, so nothing is said of them, nor where a timescale
    names two.
    """
    text = " ".join(written.lower().split())
    found = {_every(**each.groupdict()) for each in _OFTEN.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def _every(
    times: str | None,
    per: str | None,
    regular: str | None,
    number: str | None,
    unit: str | None,
    part: str | None,
    adverb: str | None,
    several: str | None,
) -> str:
    if times:
        unit = per or _EVERY[regular or ""][1]
        return _in_words(1, unit) if times == "once" else f"{times} a {unit}"
    if unit:
        return _in_words(_number(number), unit)
    size, unit = _EVERY[adverb or ""]
    if part in ("half", "semi"):
        return _in_words(6, "month") if unit == "year" else ""
    # "Six monthly meetings" may be six that are held every month.
    is_unclear = part == "bi" or (part and (several or size > 1))
    return "" if is_unclear else _in_words(size * _number(part), unit)


def _number(written: str | None) -> int:
    if written in ("other", "second"):
        return 2
    return (_NUMBERS.get(written) or int(written)) if written else 1


def _in_words(number: int, unit: str) -> str:
    if unit in ("quarter", "fortnight"):
        number, unit = (number * 3, "month") if unit == "quarter" else (number * 2, "week")
    return f"every {unit}" if number == 1 else f"every {number} {unit}s"


def _dated(text: str, is_limit: bool, plan: Period) -> Timescale | None:
    """The text as a date, month or quarter; `is_limit` where it said "by". None if it is none."""
    if end := _END_OF.fullmatch(text):
        text, is_limit = end["rest"], True
    if quarter := _QUARTER.fullmatch(text):
        return _due(_end_of_quarter(quarter, plan), Kind.BY_DATE, plan)
    for pattern in _DATES:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            kind = Kind.BY_DATE if is_limit or parts.get("day") else Kind.IN_MONTH
            return _due(_last_day(parts, plan), kind, plan)
    return None


def _due(due_on: date | None, kind: Kind, plan: Period) -> Timescale:
    if due_on is None:
        return UNKNOWN
    return Timescale(kind, due_on, outside_plan=not plan.contains(due_on))


def _last_day(parts: dict[str, str | None], plan: Period) -> date | None:
    """The day that was written, or the last of the month that was."""
    written_month = parts["month"] or ""
    month = _MONTHS.get(written_month) or int(written_month)
    written_day = parts.get("day")
    day = int(written_day) if written_day else None
    if parts["year"]:
        year = int(parts["year"])
        return _calendar_day(year if year >= 100 else 2000 + year, month, day)
    years = range(plan.starts_on.year, plan.ends_on.year + 1)
    return _only_one_in(plan, [_calendar_day(year, month, day) for year in years])


def _calendar_day(year: int, month: int, day: int | None) -> date | None:
    """This day, or the month's last where none is given; None where no calendar has it."""
    try:
        return Period.of_month(year, month).ends_on if day is None else date(year, month, day)
    except ValueError:
        return None


def _end_of_quarter(quarter: re.Match[str], plan: Period) -> date | None:
    number = int(quarter["number"])
    if quarter["year"]:
        year = int(quarter["year"])
        follows = int(quarter["second"]) == (year + 1) % 100
        return Quarter(year, number).period.ends_on if follows else None
    quarters = quarters_between(plan.starts_on, plan.ends_on)
    return _only_one_in(plan, [each.period.ends_on for each in quarters if each.number == number])


def _only_one_in(plan: Period, days: list[date | None]) -> date | None:
    inside = [day for day in days if day and plan.contains(day)]
    return inside[0] if len(inside) == 1 else None
