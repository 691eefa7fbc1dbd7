"""What the timescales of real plans mean."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.timescales import Kind, Timescale, how_often, understand
from partnerships.quarters import Period

PLAN_2019 = Period(date(2019, 4, 1), date(2020, 3, 31))
PLAN_2024 = Period(date(2024, 4, 1), date(2025, 3, 31))


@pytest.mark.parametrize(
    ("written", "kind", "due_on"),
    [
        ("Annual inspection", Kind.RECURRING, None),
        ("April 19", Kind.IN_MONTH, date(2019, 4, 30)),
        ("As required", Kind.AS_REQUIRED, None),
        ("By January 2020", Kind.BY_DATE, date(2020, 1, 31)),
        ("By July 19", Kind.BY_DATE, date(2019, 7, 31)),
        ("By June 19", Kind.BY_DATE, date(2019, 6, 30)),
        ("By Mar 20", Kind.BY_DATE, date(2020, 3, 31)),
        ("By March 20", Kind.BY_DATE, date(2020, 3, 31)),
        ("By May 19", Kind.BY_DATE, date(2019, 5, 31)),
        ("By Sept 2019", Kind.BY_DATE, date(2019, 9, 30)),
        ("By end June 19", Kind.BY_DATE, date(2019, 6, 30)),
        ("December 19", Kind.IN_MONTH, date(2019, 12, 31)),
        ("End April 19", Kind.BY_DATE, date(2019, 4, 30)),
        ("End May 19", Kind.BY_DATE, date(2019, 5, 31)),
        ("June 18", Kind.IN_MONTH, date(2018, 6, 30)),
        ("June 19", Kind.IN_MONTH, date(2019, 6, 30)),
        ("May 19", Kind.IN_MONTH, date(2019, 5, 31)),
        ("May19", Kind.IN_MONTH, date(2019, 5, 31)),
        ("Monthly", Kind.RECURRING, None),
        ("November 19", Kind.IN_MONTH, date(2019, 11, 30)),
        ("October 19", Kind.IN_MONTH, date(2019, 10, 31)),
        ("Ongoing", Kind.ONGOING, None),
        ("Quarterly", Kind.RECURRING, None),
        ("Sept 19", Kind.IN_MONTH, date(2019, 9, 30)),
        ("Six monthly", Kind.RECURRING, None),
        ("Weekly", Kind.RECURRING, None),
    ],
)
def test_every_timescale_of_a_published_plan(written: str, kind: Kind, due_on: date | None) -> None:
    before_the_plan = written == "June 18"

    assert understand(written, PLAN_2019) == Timescale(kind, due_on, outside_plan=before_the_plan)


@pytest.mark.parametrize(
    ("written", "due_on"),
    [
        ("31 March 2025", date(2025, 3, 31)),
        ("31/03/2025", date(2025, 3, 31)),
        ("31.3.25", date(2025, 3, 31)),
        ("31-03-2025", date(2025, 3, 31)),
        ("2025-03-31", date(2025, 3, 31)),
        ("By 1st of April, 2024", date(2024, 4, 1)),
        ("By the 3rd May 2024", date(2024, 5, 3)),
        ("By 12 March", date(2025, 3, 12)),
        ("12 Dec 24", date(2024, 12, 12)),
        ("March 31, 2025", date(2025, 3, 31)),
        ("  BY   DECEMBER 2024. ", date(2024, 12, 31)),
        ("By the end of February 2025", date(2025, 2, 28)),
        ("By end of March", date(2025, 3, 31)),
        ("By Mar-25", date(2025, 3, 31)),
        ("By Mar ’25", date(2025, 3, 31)),
        ("No later than July 2024", date(2024, 7, 31)),
        ("To be completed by Sept 24", date(2024, 9, 30)),
        ("Annual report by June 2024", date(2024, 6, 30)),
        ("End of Q2", date(2024, 9, 30)),
        ("Q4", date(2025, 3, 31)),
        ("Quarter 4, 2024/25", date(2025, 3, 31)),
        ("By Q1 2024-25", date(2024, 6, 30)),
    ],
)
def test_a_date_is_read_however_it_is_written(written: str, due_on: date) -> None:
    assert understand(written, PLAN_2024) == Timescale(Kind.BY_DATE, due_on)


@pytest.mark.parametrize("written", ["July 2024", "jul 24", "In July 2024", "07/2024", "July"])
def test_a_month_is_due_on_its_last_day(written: str) -> None:
    assert understand(written, PLAN_2024) == Timescale(Kind.IN_MONTH, date(2024, 7, 31))


def test_the_plan_gives_a_date_its_year() -> None:
    assert understand("12 March", PLAN_2019).due_on == date(2020, 3, 12)
    assert understand("12 April", PLAN_2019).due_on == date(2019, 4, 12)
    assert understand("29 February", PLAN_2019).due_on == date(2020, 2, 29)


@pytest.mark.parametrize("written", ["12 May", "By May", "Q1"])
def test_a_date_that_fits_twice_is_unknown(written: str) -> None:
    three_years = Period(date(2024, 4, 1), date(2027, 3, 31))

    assert understand(written, three_years) == Timescale(Kind.UNKNOWN)


def test_a_date_that_fits_nowhere_in_a_short_plan_is_unknown() -> None:
    summer = Period(date(2024, 6, 1), date(2024, 8, 31))

    assert understand("12 March", summer) == Timescale(Kind.UNKNOWN)


@pytest.mark.parametrize(
    ("written", "outside_plan"),
    [
        ("31 March 2024", True),
        ("1 April 2024", False),
        ("31 March 2025", False),
        ("1 April 2025", True),
        ("June 23", True),
    ],
)
def test_a_date_outside_the_plan_is_flagged(written: str, outside_plan: bool) -> None:
    assert understand(written, PLAN_2024).outside_plan is outside_plan


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Annually", Kind.RECURRING),
        ("Bi-monthly", Kind.RECURRING),
        ("Every six weeks", Kind.RECURRING),
        ("Twice a year", Kind.RECURRING),
        ("Half-yearly review", Kind.RECURRING),
        ("Quarterly meetings", Kind.RECURRING),
        ("On-going", Kind.ONGOING),
        ("Continuous", Kind.ONGOING),
        ("Throughout the year", Kind.ONGOING),
        ("As and when", Kind.AS_REQUIRED),
        ("As needed", Kind.AS_REQUIRED),
        ("When required", Kind.AS_REQUIRED),
        ("Ad hoc", Kind.AS_REQUIRED),
        ("Ongoing, as required", Kind.AS_REQUIRED),
    ],
)
def test_what_has_no_date_has_a_kind(written: str, kind: Kind) -> None:
    assert understand(written, PLAN_2024) == Timescale(kind)


@pytest.mark.parametrize(
    ("written", "often"),
    [
        ("Weekly", "every week"),
        ("Monthly", "every month"),
        ("Quarterly", "every 3 months"),
        ("Quarterly meetings", "every 3 months"),
        ("Six monthly", "every 6 months"),
        ("6-monthly", "every 6 months"),
        ("Half-yearly review", "every 6 months"),
        ("Annually", "every year"),
        ("Annual inspection", "every year"),
        ("Two-yearly", "every 2 years"),
        ("Fortnightly", "every 2 weeks"),
        ("Every six  weeks", "every 6 weeks"),
        ("Every other month", "every 2 months"),
        ("First week of each quarter", "every 3 months"),
        ("Once a year", "every year"),
        ("Twice a year", "twice a year"),
        ("Twice yearly", "twice a year"),
        ("Three times per term", "three times a term"),
        ("Monthly (every month)", "every month"),
    ],
)
def test_what_recurs_says_how_often(written: str, often: str) -> None:
    assert understand(written, PLAN_2024).kind == Kind.RECURRING
    assert how_often(written) == often


@pytest.mark.parametrize(
    "written",
    [
        "Bi-monthly",
        "Biannual",
        "Half-monthly",
        "Quarterly meetings, annual report",
        "Six monthly meetings",
        "Two quarterly reports",
        "Every few months",
    ],
)
def test_how_often_is_not_guessed(written: str) -> None:
    assert understand(written, PLAN_2024).kind == Kind.RECURRING
    assert how_often(written) == ""


@pytest.mark.parametrize(
    "written",
    [
        "",
        "TBC",
        "By 31 June 2024",
        "31/13/2024",
        "0 March 2024",
        "30 February",
        "Q5",
        "Q1 2024/26",
        "2024",
        "Maybe",
        "Summer 2024",
        "By Mayor",
        "٣١/٠٣/٢٠٢٤",
        "By",
    ],
)
def test_what_is_not_understood_is_unknown(written: str) -> None:
    assert understand(written, PLAN_2024) == Timescale(Kind.UNKNOWN)


PARTS = ["by", "end", "of", "31", "30", "99", "00", "/", "-", "march", "Feb", "sept", "2024", "q2"]
OFTEN = [" ", "every", "six", "bi", "twice", "times", "a", "month", "yearly"]
WORDS = st.sampled_from([*PARTS, *OFTEN])


@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.lists(WORDS).map("".join)))
def test_nothing_that_is_written_is_an_error(written: str) -> None:
    timescale = understand(written, PLAN_2024)
    how_often(written)

    assert (timescale.due_on is not None) == (timescale.kind in (Kind.BY_DATE, Kind.IN_MONTH))
    assert not timescale.outside_plan or timescale.due_on is not None


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_a_date_in_full_is_read_back(day: date) -> None:
    written = f"By {day.day} {day:%B} {day.year}"

    assert understand(written, PLAN_2024).due_on == day
