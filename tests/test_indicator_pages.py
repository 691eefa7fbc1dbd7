"""The pages of figures: all of them, and each with the readings it is made of."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from partnerships.models import Marking
from partnerships.quarters import Period
from performance.models import Indicator
from performance.services import record_reading
from tests.factories import (
    NOW,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    ReadingFactory,
)
from tests.writing import words

pytestmark = pytest.mark.django_db

TODAY = "2024-01-15T09:00:00Z"
"""After Quarter 3 of 2023/24 has ended; the readings below reach to the end of Quarter 2."""


@pytest.fixture(autouse=True)
def in_january(time_machine):
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture
def partnership():
    return PartnershipFactory(slug="swale")


@pytest.fixture
def member(client, partnership):
    client.force_login(MembershipFactory(partnership=partnership).user)
    return client


@pytest.fixture
def plan(partnership):
    return PlanFactory(partnership=partnership)


def page_of(indicator):
    return reverse("performance:indicator", args=["swale", indicator.pk])


def list_page():
    return reverse("performance:indicators", args=["swale"])


def both_years(indicator, previous, current):
    """Both rolling years to September 2023, each as one reading."""
    ReadingFactory(
        indicator=indicator,
        period_starts_on=date(2021, 10, 1),
        period_ends_on=date(2022, 9, 30),
        value=previous,
    )
    ReadingFactory(indicator=indicator, value=current)


def months(indicator, first, last, value=10):
    """A reading for each month from the first to the last, given as (2023, 4)."""
    for month in Period(date(*first, 1), Period.of_month(*last).ends_on).months():
        ReadingFactory(
            indicator=indicator,
            period_starts_on=month.starts_on,
            period_ends_on=month.ends_on,
            value=value,
        )


# The list --------------------------------------------------------------------------


def test_figures_stand_under_the_priorities_of_todays_plan(member, plan):
    asb = PriorityFactory(plan=plan, reference="3", title="ASB")
    placed = PriorityIndicatorFactory(priority=asb, indicator__name="ASB incidents").indicator
    other = IndicatorFactory(partnership=plan.partnership, name="Fires")

    page = member.get(list_page()).text

    assert page.index("Priority 3: ASB") < page.index("ASB incidents")
    assert page.index("ASB incidents") < page.index("Other figures") < page.index("Fires")
    assert page.count(page_of(placed)) == page.count(page_of(other)) == 1


def test_figures_of_an_earlier_plans_priorities_are_other_figures(member, plan):
    last_year = PlanFactory(
        partnership=plan.partnership,
        slug="2022-23",
        starts_on=date(2022, 4, 1),
        ends_on=date(2023, 3, 31),
    )
    old = PriorityFactory(plan=last_year, title="Graffiti")
    PriorityIndicatorFactory(priority=old, indicator__name="Tags removed")

    page = member.get(list_page()).text

    assert "Graffiti" not in page
    assert "Tags removed" in page
    assert "Other figures" not in page, "there are none that they are other than"

    asb = PriorityFactory(plan=plan, reference="3", title="ASB")
    PriorityIndicatorFactory(priority=asb)
    page = member.get(list_page()).text
    assert page.index("Priority 3: ASB") < page.index("Other figures") < page.index("Tags removed")


def test_both_years_and_the_change_are_computed(member, plan):
    indicator = IndicatorFactory(partnership=plan.partnership)
    both_years(indicator, 5326, 4759)

    page = member.get(list_page()).text

    assert "Oct 2021 to Sep 2022" in page
    assert "5,326" in page
    assert "Oct 2022 to Sep 2023" in page
    assert "4,759" in page
    assert "−567 (−10.6%)" in page
    assert "Better" in page


def test_all_figures_are_shown_to_the_last_quarter_of_which_most_have_come(member, plan):
    for _ in range(2):
        both_years(IndicatorFactory(partnership=plan.partnership), 50, 40)
    behind = IndicatorFactory(partnership=plan.partnership)
    months(behind, (2021, 10), (2023, 8))

    page = member.get(list_page()).text

    assert "Years to the end of Quarter 2, 2023/24" in page
    assert "the last quarter for which most figures have come in" in page
    assert "Incomplete: September 2023 is missing" in page
    assert "Not yet known" in page


def test_the_first_figures_of_a_new_quarter_do_not_move_the_others_on(member, plan):
    indicators = IndicatorFactory.create_batch(4, partnership=plan.partnership)
    for indicator in indicators:
        both_years(indicator, 50, 40)
        assert "Years to the end of Quarter 2, 2023/24" in member.get(list_page()).text
    for indicator in indicators[:2]:
        months(indicator, (2023, 10), (2023, 12))
        assert "Years to the end of Quarter 2, 2023/24" in member.get(list_page()).text

    months(indicators[2], (2023, 10), (2023, 12))

    assert "Years to the end of Quarter 3, 2023/24" in member.get(list_page()).text


def test_a_figure_that_has_stopped_is_not_waited_for(member, plan):
    for _ in range(2):
        months(IndicatorFactory(partnership=plan.partnership), (2020, 1), (2021, 3))
    stopping = IndicatorFactory(partnership=plan.partnership)
    months(stopping, (2022, 1), (2022, 9))
    both_years(IndicatorFactory(partnership=plan.partnership), 50, 40)

    assert "Years to the end of Quarter 2, 2023/24" in member.get(list_page()).text


def test_readings_of_a_quarter_that_is_not_over_are_not_waited_for(member, plan):
    indicator = IndicatorFactory(partnership=plan.partnership)
    both_years(indicator, 50, 40)
    months(indicator, (2023, 10), (2023, 11))

    assert "Years to the end of Quarter 2, 2023/24" in member.get(list_page()).text


def test_without_any_reading_the_list_speaks_of_no_quarter(member, plan):
    indicator = IndicatorFactory(partnership=plan.partnership)

    page = member.get(list_page()).text

    assert "No reading has come in yet." in page
    assert page_of(indicator) in page
    assert "Quarter" not in page
    assert "Not yet received" not in page


def test_an_empty_list_says_who_adds_figures(member):
    page = member.get(list_page()).text

    assert "There are no figures yet" in page
    assert "An administrator adds what the partnership counts" in page


def test_another_partnerships_figures_are_not_listed(member, plan):
    IndicatorFactory(name="Burglary elsewhere")

    assert "Burglary elsewhere" not in member.get(list_page()).text


@pytest.mark.parametrize("count", [8, 48])
def test_the_list_takes_six_queries(member, plan, count, django_assert_num_queries):
    priority = PriorityFactory(plan=plan)
    for number in range(count):
        indicator = PriorityIndicatorFactory(priority=priority).indicator
        both_years(indicator, 50 + number, 40)
    both_years(IndicatorFactory(partnership=plan.partnership), 50, 40)

    with django_assert_num_queries(6):
        member.get(list_page())


# What is marked OFFICIAL-SENSITIVE --------------------------------------------------


def test_a_sensitive_figure_is_for_those_with_the_grant(client, partnership):
    indicator = IndicatorFactory(
        partnership=partnership, name="Modern slavery reports", marking=Marking.SENSITIVE
    )
    client.force_login(MembershipFactory(partnership=partnership).user)
    assert "Modern slavery reports" not in client.get(list_page()).text
    assert client.get(page_of(indicator)).status_code == 404

    client.force_login(MembershipFactory(partnership=partnership, reads_sensitive=True).user)
    assert "OFFICIAL-SENSITIVE" in client.get(list_page()).text
    assert "OFFICIAL-SENSITIVE" in client.get(page_of(indicator)).text


def test_guests_read_no_figures(client, partnership):
    indicator = IndicatorFactory(partnership=partnership)
    client.force_login(MembershipFactory(partnership=partnership, guest=True).user)

    assert client.get(list_page()).status_code == 403
    assert client.get(page_of(indicator)).status_code == 404


# One figure --------------------------------------------------------------------------


def test_a_figures_page_says_what_it_is(member, plan):
    indicator = PriorityIndicatorFactory(
        priority=PriorityFactory(plan=plan, reference="3", title="ASB"),
        indicator__name="ASB incidents",
        indicator__definition="Incidents that the police record.",
        indicator__unit="incidents",
        indicator__polarity=Indicator.Polarity.NONE,
    ).indicator
    both_years(indicator, 2595, 2668)

    page = member.get(page_of(indicator)).text

    for text in (
        "<title>ASB incidents",
        "Priority 3: ASB",
        "Incidents that the police record.",
        "incidents</dd>",
        "+73 (+2.8%)",
        "Up, no judgement",
        "A rise may mean more harm, or more trust in telling of it",
        "How change is worked out",
    ):
        assert text in page


def test_readings_are_listed_latest_first_with_source_and_day(member, plan):
    indicator = IndicatorFactory(partnership=plan.partnership)
    months(indicator, (2023, 7), (2023, 8))
    ReadingFactory(
        indicator=indicator,
        period_starts_on=date(2023, 9, 1),
        period_ends_on=date(2023, 9, 30),
        value=Decimal("239"),
        is_provisional=True,
    )

    page = member.get(page_of(indicator)).text

    assert page.index("September 2023") < page.index("August 2023") < page.index("July 2023")
    assert "provisional" in page
    assert "Kent Police" in page
    assert "20 October 2023" in page


def test_a_revised_reading_shows_what_it_was_and_until_when(member, plan):
    reading = ReadingFactory(indicator__partnership=plan.partnership, value=4760)
    record_reading(
        indicator=reading.indicator,
        period=reading.period,
        value=Decimal(4759),
        source="Kent Police",
        is_provisional=False,
        by=None,
        now=NOW.replace(month=11),
    )

    page = member.get(page_of(reading.indicator)).text

    assert "<details" in page
    assert "4,760, Kent Police, until 20 November 2023" in page


def test_a_missing_month_is_named_and_no_smaller_sum_is_shown(member, plan):
    indicator = IndicatorFactory(partnership=plan.partnership)
    months(indicator, (2022, 10), (2023, 6))
    months(indicator, (2023, 8), (2023, 9))

    page = member.get(page_of(indicator)).text

    assert "Years to the end of Quarter 2, 2023/24, as in the list of figures." in page
    assert "Incomplete: July 2023 is missing" in page
    assert ">110<" not in page
    assert "Not yet known" in page


def test_a_figure_that_is_behind_shows_the_last_years_that_its_readings_complete(member, plan):
    for _ in range(2):
        both_years(IndicatorFactory(partnership=plan.partnership), 50, 40)
    behind = IndicatorFactory(partnership=plan.partnership)
    months(behind, (2021, 4), (2023, 8))

    page = words(member.get(page_of(behind)))

    assert "Jul 2022 to Jun 2023 120" in page
    assert "Jul 2021 to Jun 2022 120" in page
    assert (
        "Years to the end of Quarter 1, 2023/24, the last that its own readings complete. "
        "The list of figures goes to the end of Quarter 2, 2023/24, "
        "for which it is incomplete: September 2023 is missing."
    ) in page


def test_the_last_quarter_of_the_years_can_be_chosen_among_those_with_readings(member, plan):
    for _ in range(2):
        both_years(IndicatorFactory(partnership=plan.partnership), 50, 40)
    ahead = IndicatorFactory(partnership=plan.partnership)
    months(ahead, (2021, 1), (2023, 3), value=10)
    months(ahead, (2023, 4), (2023, 12), value=30)

    page = words(member.get(page_of(ahead)))
    assert "Oct 2022 to Sep 2023 240" in page
    assert "as in the list of figures. Its own readings go on to Quarter 3, 2023/24." in page
    assert "Quarter 3, 2023/24 Quarter 2, 2023/24 Quarter 1, 2023/24 Quarter 4, 2022/23" in page

    chosen = words(member.get(page_of(ahead), {"to": "2023-24-q3"}))
    assert "Jan to Dec 2023 300" in chosen
    assert (
        "Years to the end of Quarter 3, 2023/24, as chosen; "
        "the list of figures goes to the end of Quarter 2, 2023/24."
    ) in chosen
    for elsewhere in ("2023-24-q4", "2020-21-q3", "q3", ""):
        assert member.get(page_of(ahead), {"to": elsewhere}).status_code == 404


def test_months_that_do_not_add_up_to_the_year_entered_are_told(member, plan):
    indicator = IndicatorFactory(partnership=plan.partnership)
    months(indicator, (2022, 10), (2023, 9))
    ReadingFactory(indicator=indicator, value=125)

    page = member.get(page_of(indicator)).text

    assert "The months add up to 120; the year was entered as 125." in page


def test_a_figure_without_readings_says_who_enters_them_and_leads_there_who_may(client, plan):
    partnership = plan.partnership
    indicator = IndicatorFactory(partnership=partnership)
    enter = reverse("performance:enter", args=["swale", indicator.pk])
    people = reverse("administration:people", args=["swale"])
    MembershipFactory(partnership=partnership, post="Analyst", loads_figures=True)
    MembershipFactory(
        partnership=partnership, post="Former analyst", loads_figures=True, ends_on=date(2023, 6, 1)
    )

    def read_by(**role):
        client.force_login(MembershipFactory(partnership=partnership, **role).user)
        found = client.get(page_of(indicator))
        assert "No reading has come in yet" in found.text
        assert "entered by coordinators and by others who may enter figures" in found.text
        assert "Quarter" not in found.text
        assert "Not yet" not in found.text
        return found.text

    member = read_by(member=True)
    assert enter not in member
    assert people not in member
    assert enter in read_by(coordinator=True)
    administrator = read_by(administrator=True)
    assert "can be entered by Analyst; Coordinator." in administrator
    assert "tick “Enter figures of any indicator”" in administrator
    assert people in administrator
    assert enter not in administrator


def test_readings_are_paged(member, plan):
    indicator = IndicatorFactory(partnership=plan.partnership)
    months(indicator, (2020, 9), (2023, 9))

    first = member.get(page_of(indicator)).text
    second = member.get(page_of(indicator), {"page": "2"}).text

    assert "Page 1 of 2" in first
    assert "September 2021" not in first
    assert "September 2021" in second
    assert "September 2020" in second


def test_a_figures_page_takes_nine_queries_however_many_readings(
    member, plan, django_assert_num_queries
):
    indicator = IndicatorFactory(partnership=plan.partnership)
    PriorityIndicatorFactory(priority=PriorityFactory(plan=plan), indicator=indicator)
    months(indicator, (2019, 10), (2023, 9))

    with django_assert_num_queries(9):
        member.get(page_of(indicator))


def test_another_partnerships_figure_is_not_found(member, plan):
    elsewhere = IndicatorFactory()

    assert member.get(page_of(elsewhere)).status_code == 404
