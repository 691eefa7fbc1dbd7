"""Readings are entered, corrected and taken back on pages, and nothing of them is lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from time_machine import travel

from partnerships.refusals import ChangedSince, Refused
from performance.models import Indicator, Reading
from performance.services import correct_reading, enter_reading, take_back_reading
from reports.content import build_report
from rounds.models import Answer
from tests.factories import NOW, IndicatorFactory, MembershipFactory, ReadingFactory
from tests.scenes import open_round_scene
from tests.writing import boxes, fill, press, problems, said, words

pytestmark = pytest.mark.django_db

PREVIOUS = {"period_starts_on": date(2021, 10, 1), "period_ends_on": date(2022, 9, 30)}
SUMMER = {"period_starts_on": date(2023, 7, 1), "period_ends_on": date(2023, 9, 30)}
SUMMER_BEFORE = {"period_starts_on": date(2022, 7, 1), "period_ends_on": date(2022, 9, 30)}


@pytest.fixture(autouse=True)
def in_the_quarters_days(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(scope="module")
def made(kept):
    with travel(NOW, tick=False):
        return open_round_scene(now=NOW, slug="swale")


@pytest.fixture
def indicator(scene):
    return scene.indicator


@pytest.fixture
def coordinator(client, scene):
    client.force_login(scene.coordinator)
    return client


def page_of(name, row, **query):
    address = reverse(f"performance:{name}", args=["swale", row.pk])
    return address + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def typed(length="quarter", month="9", year="2023", value="120", source="Kent Police", **more):
    return {
        "length": length,
        "ends_in_month": month,
        "ends_in_year": year,
        "value": value,
        "source": source,
    } | more


def current(indicator):
    return {
        (str(each.period), each.value, each.is_provisional) for each in indicator.readings.current()
    }


# One ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "month", "period"),
    [
        ("month", "Sep", "September 2023"),
        ("quarter", "9", "July to September 2023"),
        ("year", "september", "October 2022 to September 2023"),
    ],
)
def test_a_figure_is_entered_for_a_month_a_quarter_or_twelve_months(
    coordinator, scene, indicator, length, month, period
):
    saved = fill(
        coordinator,
        page_of("enter", indicator),
        **typed(length, month, value="1,204", is_provisional="on"),
    )

    assert f"Saved: 1,204 for {period}." in said(coordinator, saved)
    assert current(indicator) == {(period, Decimal(1204), True)}
    reading = indicator.readings.get()
    assert (reading.entered_by, reading.entered_at) == (scene.coordinator, NOW)
    assert reading.partnership == scene.partnership


@pytest.mark.parametrize(
    ("wrong", "box", "text"),
    [
        ({"month": "8"}, "id_ends_in_month", "A quarter ends in March, June, September"),
        ({"length": "month", "month": "10"}, "id_ends_in_month", "not over yet"),
        ({"month": ""}, "id_ends_in_month", "Enter a month and year"),
        ({"year": ""}, "id_ends_in_year", "Enter a month and year"),
        ({"year": "23"}, "id_ends_in_year", "Enter the year in four figures"),
        ({"month": "Smarch"}, "id_ends_in_month", "Enter the month as a number"),
        ({"length": ""}, "id_length", "Choose what the figure covers"),
        ({"value": ""}, "id_value", "Enter the figure"),
        ({"value": "-3"}, "id_value", "not below nought"),
        ({"value": "12.5"}, "id_value", "a whole number"),
        ({"value": "many"}, "id_value", "a whole number"),
        ({"source": ""}, "id_source", "Say where the figure comes from"),
    ],
)
def test_what_cannot_be_a_reading_is_asked_about_where_it_was_typed(
    coordinator, indicator, wrong, box, text
):
    page = fill(coordinator, page_of("enter", indicator), **typed(**wrong))

    assert text in problems(page)[box]
    assert not Reading.objects.exists()
    assert boxes(page)["value"] == wrong.get("value", "120")


def test_a_rate_may_have_decimals(coordinator, scene):
    rate = IndicatorFactory(partnership=scene.partnership, kind=Indicator.Kind.RATE)

    fill(coordinator, page_of("enter", rate), **typed("year", value="4.25"))

    assert rate.readings.get().value == Decimal("4.25")


def test_a_second_figure_for_a_period_is_a_correction(coordinator, indicator):
    stands = ReadingFactory(indicator=indicator, value=100, **SUMMER)

    page = fill(coordinator, page_of("enter", indicator), **typed(value="120"))

    assert page.status_code == 409
    assert "There is a figure for July to September 2023 already: 100" in words(page)
    leads_to = page_of("correct", stands, value="120")
    assert leads_to in page.text
    assert boxes(coordinator.get(leads_to))["value"] == "120"
    assert indicator.readings.count() == 1


def test_a_month_within_a_quarter_that_is_in_is_taken(coordinator, indicator):
    ReadingFactory(indicator=indicator, value=100, **SUMMER)

    fill(coordinator, page_of("enter", indicator), **typed("month", value="30"))

    assert indicator.readings.current().count() == 2


def test_a_figure_far_from_last_years_is_asked_about_and_may_be_right(coordinator, indicator):
    ReadingFactory(indicator=indicator, value=100, **SUMMER_BEFORE)
    where = page_of("enter", indicator)

    page = fill(coordinator, where, **typed(value="1200"))

    assert "1,200 is more than double the 100 for Jul to Sep 2022" in problems(page)["id_value"]
    assert not indicator.readings.filter(**SUMMER).exists()

    # The tick is for the figure that was asked about, not for another.
    page = press(coordinator, where, page, is_sure="on", value="1300")
    assert "1,300 is more than double" in problems(page)["id_value"]
    assert "is_sure" not in {k for k, v in boxes(page).items() if v}

    press(coordinator, where, page, is_sure="on")
    assert indicator.readings.get(**SUMMER).value == 1300


def test_small_counts_may_double(coordinator, indicator):
    ReadingFactory(indicator=indicator, value=4, **SUMMER_BEFORE)

    saved = fill(coordinator, page_of("enter", indicator), **typed(value="12"))

    assert saved.status_code == 302


def test_a_figure_of_twelve_months_that_looks_like_a_quarters_is_asked_about(
    coordinator, indicator
):
    ReadingFactory(indicator=indicator, value=1068, **PREVIOUS)

    page = fill(coordinator, page_of("enter", indicator), **typed("year", value="260"))

    assert "260 is less than half of the 1,068" in problems(page)["id_value"]


# A year of quarters -------------------------------------------------------------------


def test_the_quarters_of_a_year_are_typed_at_once(coordinator, indicator):
    where = page_of("enter_year", indicator, year=2022)

    saved = fill(
        coordinator,
        where,
        source="Kent Police",
        **{
            "2022-06-value": "100",
            "2022-09-value": "110",
            "2022-12-value": "120",
            "2023-03-value": "130",
            "2023-03-is_provisional": "on",
        },
    )

    assert "4 figures are saved for 2022/23." in said(coordinator, saved)
    assert current(indicator) == {
        ("April to June 2022", 100, False),
        ("July to September 2022", 110, False),
        ("October to December 2022", 120, False),
        ("January to March 2023", 130, True),
    }
    assert {each.source for each in indicator.readings.all()} == {"Kent Police"}


def test_any_year_may_be_chosen(coordinator, indicator):
    page = coordinator.get(page_of("enter_year", indicator, year=2020))

    assert '<option value="2020" selected>2020/21</option>' in page.text
    assert "2023/24 2022/23 2021/22 2020/21 2019/20" in words(page)
    chosen = coordinator.get(page_of("enter_year", indicator, year=2005, each="year"))
    assert "Enter the figures of 2005/06" in words(chosen)
    assert '<input type="hidden" name="each" value="year">' in chosen.text


def test_quarters_that_are_not_over_are_named_and_not_asked_for(coordinator, indicator):
    page = coordinator.get(page_of("enter_year", indicator))

    assert "Enter the figures of 2023/24" in words(page)
    assert "Not over yet: October to December 2023; January to March 2024." in words(page)
    assert {"2023-06-value", "2023-09-value"} < set(boxes(page))
    assert "2023-12-value" not in boxes(page)
    assert coordinator.get(page_of("enter_year", indicator, year=2024)).status_code == 404
    assert coordinator.get(page_of("enter_year", indicator, each="week")).status_code == 404


def test_a_figure_that_is_not_added_up_is_asked_for_twelve_months_each(coordinator, scene):
    rate = IndicatorFactory(partnership=scene.partnership, kind=Indicator.Kind.RATE)

    fill(coordinator, page_of("enter_year", rate), source="ONS", **{"2023-09-value": "4.5"})

    assert current(rate) == {("October 2022 to September 2023", Decimal("4.5"), False)}


def test_a_changed_quarter_needs_a_reason_and_the_others_stay_as_they_are(coordinator, indicator):
    ReadingFactory(indicator=indicator, value=100, source="Council", **SUMMER)
    where = page_of("enter_year", indicator)

    page = fill(coordinator, where, **{"2023-06-value": "90", "2023-09-value": "105"})
    assert "Say why" in problems(page)["id_reason"]

    press(coordinator, where, page, reason="Recounted.")
    assert current(indicator) == {
        ("April to June 2023", 90, False),
        ("July to September 2023", 105, False),
    }
    reasons = {str(each.period): each.reason for each in indicator.readings.current()}
    assert reasons == {"April to June 2023": "", "July to September 2023": "Recounted."}


def test_an_empty_year_asks_for_one_figure_and_a_figure_is_not_wiped_out(coordinator, indicator):
    where = page_of("enter_year", indicator)
    assert "at least one figure" in problems(fill(coordinator, where))["id_2023-06-value"]

    ReadingFactory(indicator=indicator, value=100, **SUMMER)
    page = fill(coordinator, where, **{"2023-09-value": ""})

    assert "A figure stands here" in problems(page)["id_2023-09-value"]
    assert current(indicator) == {("July to September 2023", 100, False)}


def test_a_year_that_somebody_else_has_entered_meanwhile_is_shown_first(coordinator, indicator):
    where = page_of("enter_year", indicator)
    opened = coordinator.get(where)
    ReadingFactory(indicator=indicator, value=100, **SUMMER)

    page = press(coordinator, where, opened, source="Police", **{"2023-06-value": "90"})

    assert page.status_code == 409
    assert "Someone else entered figures" in words(page)
    assert boxes(page)["2023-06-value"] == "90"
    assert boxes(page)["2023-09-value"] == "100"
    assert current(indicator) == {("July to September 2023", 100, False)}

    press(coordinator, where, page)
    assert indicator.readings.current().count() == 2


# Corrections --------------------------------------------------------------------------


def test_a_correction_needs_a_reason_and_the_old_figure_is_seen_with_it(
    coordinator, scene, indicator
):
    reading = ReadingFactory(indicator=indicator, value=100, **SUMMER)
    where = page_of("correct", reading)
    page = fill(coordinator, where, value="110")
    assert problems(page) == {"id_reason": "Say why the figure is corrected"}

    page = said(coordinator, press(coordinator, where, page, reason="Ten came in late."))

    assert "July to September 2023 is corrected." in page
    assert "100, Kent Police, until today at 10:00" in page
    assert f"corrected by {scene.coordinator} Ten came in late." in page
    assert current(indicator) == {("July to September 2023", 110, False)}


def test_a_provisional_figure_becomes_final_without_a_reason(coordinator, indicator):
    reading = ReadingFactory(indicator=indicator, is_provisional=True, **SUMMER)

    fill(coordinator, page_of("correct", reading), is_provisional=None)

    assert current(indicator) == {("July to September 2023", 4759, False)}


def test_nothing_changed_is_no_correction(coordinator, indicator):
    reading = ReadingFactory(indicator=indicator, **SUMMER)

    page = fill(coordinator, page_of("correct", reading), reason="Looked again.")

    assert "This is the figure that stands" in problems(page)["id_value"]


def test_what_was_corrected_meanwhile_is_not_corrected_again(coordinator, scene, indicator):
    reading = ReadingFactory(indicator=indicator, value=100, **SUMMER)
    where = page_of("correct", reading)
    opened = coordinator.get(where)
    correct_reading(
        reading=Reading.objects.get(pk=reading.pk),
        value=Decimal(105),
        source="Kent Police",
        is_provisional=False,
        reason="Five more.",
        by=scene.coordinator,
        now=NOW,
    )

    page = press(coordinator, where, opened, value="110", reason="Ten more.")

    assert page.status_code == 409
    assert "This figure has been corrected since." in words(page)
    assert "Ten more." in words(page)
    assert current(indicator) == {("July to September 2023", 105, False)}


def test_of_two_who_change_the_same_reading_at_once_the_second_is_refused(scene, indicator):
    """As the services hold it: the page of the second was past its own look already."""
    reading = ReadingFactory(indicator=indicator, value=100, **SUMMER)
    first, second = Reading.objects.get(pk=reading.pk), Reading.objects.get(pk=reading.pk)
    take_back_reading(reading=first, reason="Not ours.", by=scene.coordinator, now=NOW)

    with pytest.raises(ChangedSince):
        take_back_reading(reading=second, reason="Twice.", by=scene.coordinator, now=NOW)
    with pytest.raises(ChangedSince):
        correct_reading(
            reading=second,
            value=Decimal(5),
            source="Police",
            is_provisional=False,
            reason="Recounted.",
            by=scene.coordinator,
            now=NOW,
        )
    assert current(indicator) == set()


def test_what_no_page_lets_through_no_service_takes(scene, indicator):
    for value, day in (("1.5", date(2023, 9, 30)), ("1", date(2023, 10, 20))):
        reading = Reading(
            partnership=scene.partnership,
            indicator=indicator,
            period_starts_on=date(2023, 7, 1),
            period_ends_on=day,
            value=Decimal(value),
            source="Police",
        )
        with pytest.raises(Refused):
            enter_reading(reading=reading, by=scene.coordinator, now=NOW)


def test_a_reading_is_taken_back_with_a_reason(coordinator, scene, indicator):
    reading = ReadingFactory(indicator=indicator, value=100, **SUMMER)
    where = page_of("take_back", reading)
    page = coordinator.get(where)
    assert "will be incomplete or not yet received" in words(page)
    page = press(coordinator, where, page)
    assert problems(page) == {"id_reason": "Say why it is taken back"}

    page = said(coordinator, press(coordinator, where, page, reason="It was Maidstone's."))

    assert "The figure of July to September 2023 is taken back." in page
    assert "taken back – What it was : July to September 2023 100, Kent Police" in page
    assert f"taken back by {scene.coordinator} It was Maidstone's." in page
    assert current(indicator) == set()
    assert coordinator.get(where).status_code == 409


def test_readers_do_not_see_a_period_whose_only_reading_was_taken_back(client, scene, indicator):
    reading = ReadingFactory(indicator=indicator, value=987, **SUMMER)
    take_back_reading(reading=reading, reason="Not ours.", by=scene.coordinator, now=NOW)
    ReadingFactory(
        indicator=indicator,
        period_starts_on=date(2023, 9, 1),
        period_ends_on=date(2023, 9, 30),
        value=33,
    )
    client.force_login(scene.member)

    page = client.get(indicator.get_absolute_url())

    assert "September 2023 33" in words(page)
    assert "987" not in words(page)
    assert "Take back" not in words(page)


# What it changes ----------------------------------------------------------------------


def test_what_is_entered_and_corrected_shows_at_once_everywhere(coordinator, scene, indicator):
    def shown():
        section = reverse("rounds:answer", args=["swale", scene.answer(Answer.Kind.FIGURES).pk])
        report = reverse("reports:report", args=["swale", scene.round.pk])
        where = (reverse("performance:indicators", args=["swale"]), section, report)
        return [words(coordinator.get(each)) for each in (*where, indicator.get_absolute_url())]

    for year, value in (("2022", "1000"), ("2023", "1,100")):
        fill(coordinator, page_of("enter", indicator), **typed("year", year=year, value=value))
    for page in shown():
        assert "+100 (+10.0%)" in page

    reading = indicator.readings.current().get(value=1100)
    fill(coordinator, page_of("correct", reading), value="900", reason="Counted twice.")

    for page in shown():
        assert "−100 (−10.0%)" in page
    [row] = build_report(scene.round, now=NOW).priorities[0].figures.rows
    assert row.current == "900"


def test_quarters_entered_at_once_add_up_to_both_years(coordinator, scene, indicator):
    for year, value in ((2021, "100"), (2022, "100"), (2023, "110")):
        where = page_of("enter_year", indicator, year=year)
        quarters = {
            name: value for name in boxes(coordinator.get(where)) if name.endswith("-value")
        }
        assert fill(coordinator, where, source="Council", **quarters).status_code == 302

    assert "+20 (+5.0%)" in words(coordinator.get(indicator.get_absolute_url()))
    [row] = build_report(scene.round, now=NOW).priorities[0].figures.rows
    assert (row.previous, row.current, row.printed_change) == ("400", "420", "+20 (+5.0%)")


# Who, and how many queries ------------------------------------------------------------


def test_an_analyst_may_enter_figures_and_not_change_what_they_are(client, scene, indicator):
    analyst = MembershipFactory(partnership=scene.partnership, loads_figures=True)
    client.force_login(analyst.user)

    assert fill(client, page_of("enter", indicator), **typed()).status_code == 302
    page = words(client.get(indicator.get_absolute_url()))
    assert "Enter a figure" in page
    assert "Rename it" not in page
    assert client.get(page_of("edit", indicator)).status_code == 403


def test_pages_of_readings_take_few_queries_however_many_there_are(
    coordinator, indicator, django_assert_max_num_queries
):
    for year in range(2000, 2023):
        ReadingFactory(
            indicator=indicator,
            period_starts_on=date(year, 7, 1),
            period_ends_on=date(year, 9, 30),
            value=100,
        )
    reading = ReadingFactory(indicator=indicator, value=100, **SUMMER)

    for where in (
        page_of("enter", indicator),
        page_of("enter_year", indicator),
        page_of("correct", reading),
        page_of("take_back", reading),
    ):
        with django_assert_max_num_queries(6):
            assert coordinator.get(where).status_code == 200
    spring = typed(month="6", value="101")
    with django_assert_max_num_queries(14):
        assert coordinator.post(page_of("enter", indicator), spring).status_code == 302
    with django_assert_max_num_queries(14):
        changed = {"value": "104", "source": "Kent Police", "reason": "Late."}
        assert coordinator.post(page_of("correct", reading), changed).status_code == 302
    page = coordinator.get(page_of("enter_year", indicator))
    changed = boxes(page) | {"2023-06-value": "95", "2023-09-value": "99", "reason": "Late."}
    with django_assert_max_num_queries(14):
        assert coordinator.post(page_of("enter_year", indicator), changed).status_code == 302
