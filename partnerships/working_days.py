"""Working days in England and Wales: neither a weekend nor a bank holiday."""

from datetime import date

import holidays

from .quarters import ONE_DAY

BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG")


def working_day(day: date) -> date:
    """The day itself, or the next working day."""
    while day.weekday() > 4 or day in BANK_HOLIDAYS:
        day += ONE_DAY
    return day
