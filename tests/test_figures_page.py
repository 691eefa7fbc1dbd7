"""The figures section: what is typed, what is computed, and what comes back with a question."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.quarters import add_months, month_end
from performance.models import Indicator, Reading
from rounds.models import Answer, FigureEntry
from tests.factories import (
    IndicatorFactory,
    MembershipFactory,
    OrganisationFactory,
    PriorityIndicatorFactory,
    ReadingFactory,
)
from tests.scenes import accept, close, open_round_scene, submit, write_all
from tests.writing import address, asked, boxes, fill, press, problems, said, words

pytestmark = pytest.mark.django_db

PREVIOUS = {"period_starts_on": date(2021, 10, 1), "period_ends_on": date(2022, 9, 30)}
CURRENTLY = "Reports of damage, Oct 2022 to Sep 2023"
CURRENT = {"period_starts_on": date(2022, 10, 1), "period_ends_on": date(2023, 9, 30)}


@pytest.fixture(scope="module")
def made(kept):
    """One indicator, whose previous year is known and whose current one is not."""
    scene = open_round_scene()
    ReadingFactory(indicator=scene.indicator, value=1068, **PREVIOUS)
    return scene


@pytest.fixture
def figures(scene):
    return scene.answer(Answer.Kind.FIGURES)


@pytest.fixture
def lead(client, scene):
    client.force_login(scene.lead)
    return client


def name(scene, part="value", year="current"):
    return f"{scene.indicator.pk}-{year}-{part}"


def typed(scene, value="1,704", source="Kent Police", **more):
    return {name(scene): value, name(scene, "source"): source} | more


def kept(figures):
    return Answer.objects.get(pk=figures.pk)


# What one finds -----------------------------------------------------------------------


def test_a_missing_year_is_asked_for_with_last_years_figure_beside_it(lead, scene, figures):
    page = lead.get(address(scene, figures))

    told = words(page)
    assert "Reports, October 2022 to September 2023" in told
    assert "All twelve months. A whole number, such as 1,450. Last year it was 1,068." in told
    assert "Reports of damage 1,068 Not yet received Not yet known Kent Police" in told
    assert name(scene) in boxes(page)
    assert name(scene, year="previous") not in boxes(page)


def test_the_organisation_that_gives_a_figure_is_proposed_as_its_source(lead, scene, figures):
    scene.indicator.source = OrganisationFactory(partnership=scene.partnership, name="Police")
    scene.indicator.save()

    assert boxes(lead.get(address(scene, figures)))[name(scene, "source")] == "Police"


def test_missing_months_are_named(lead, scene, figures):
    for month in range(1, 9):
        first = date(2023, month, 1)
        last = date(2023, month + 1, 1).replace(day=1) - (date(2023, 1, 2) - date(2023, 1, 1))
        ReadingFactory(
            indicator=scene.indicator, value=9, period_starts_on=first, period_ends_on=last
        )

    page = words(lead.get(address(scene, figures)))

    assert (
        "So far it is incomplete: October to December 2022 and September 2023 are missing." in page
    )


def test_nothing_is_asked_where_all_is_there_and_it_can_be_said_so(lead, scene, figures):
    ReadingFactory(indicator=scene.indicator, value=1704, **CURRENT)

    page = lead.get(address(scene, figures))

    assert "+636 (+59.6%) Worse" in words(page)
    assert set(boxes(page)) == {"csrfmiddlewaretoken", "version", "page", "continues"}
    assert press(lead, address(scene, figures), page).status_code == 302
    assert (kept(figures).response, kept(figures).state) == ("written", "draft")


# Typing --------------------------------------------------------------------------------


def test_the_change_is_computed_from_what_was_typed(lead, scene, figures):
    response = fill(
        lead, address(scene, figures), **typed(scene, **{name(scene, "is_provisional"): "on"})
    )

    assert "Saved: Figures" in said(lead, response)
    entry = FigureEntry.objects.get()
    assert (entry.value, entry.source, entry.is_provisional) == (1704, "Kent Police", True)
    assert (kept(figures).response, kept(figures).state) == ("written", "draft")
    page = lead.get(address(scene, figures))
    assert "1,704 provisional +636 (+59.6%) Worse" in words(page)
    assert boxes(page)[name(scene)] == "1704"
    assert not Reading.objects.filter(**CURRENT).exists()


def test_a_typed_figure_becomes_a_reading_when_the_update_is_sent(lead, scene, figures):
    fill(lead, address(scene, figures), **typed(scene))

    submit(scene)

    reading = Reading.objects.get(**CURRENT)
    assert (reading.value, reading.source, reading.entered_by) == (1704, "Kent Police", scene.lead)


def test_a_figure_can_be_put_right_and_taken_back(lead, scene, figures):
    fill(lead, address(scene, figures), **typed(scene))
    fill(lead, address(scene, figures), **typed(scene, "1705"))
    assert FigureEntry.objects.get().value == 1705

    other = ReadingFactory(
        indicator=PriorityIndicatorFactory(priority=scene.priority).indicator, **CURRENT
    )
    assert other.value
    fill(lead, address(scene, figures), **typed(scene, ""))
    assert not FigureEntry.objects.exists()


def test_some_may_still_be_missing(lead, scene, figures):
    PriorityIndicatorFactory(priority=scene.priority)

    response = fill(lead, address(scene, figures), **typed(scene))

    assert response.status_code == 302
    assert "Not yet received" in words(lead.get(address(scene, figures)))


def test_one_year_alone_is_an_answer(lead, scene, figures):
    Reading.objects.all().delete()

    assert fill(lead, address(scene, figures), **typed(scene)).status_code == 302


def test_without_any_figure_one_is_asked_for(lead, scene, figures):
    Reading.objects.all().delete()

    response = fill(lead, address(scene, figures))

    assert response.status_code == 422
    assert list(problems(response).values()) == [
        "Type at least one figure. If you have none, say so on the list"
    ]
    assert kept(figures).state == "not_started"


def test_going_back_without_typing_saves_nothing(lead, scene, figures):
    Reading.objects.all().delete()

    response = fill(lead, address(scene, figures), then="list")

    assert response["Location"].endswith(f"#answer-{figures.pk}")
    assert kept(figures).version == 0


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("-5", "Enter a figure that is not below nought"),
        ("−5", "Enter a figure that is not below nought"),
        ("many", "Enter a whole number, such as 1,450, in figures"),
        ("4.5", "Enter a whole number, such as 1,450, in figures"),
        ("1,70", "Enter a whole number, such as 1,450, in figures"),
        ("1e5", "Enter a whole number, such as 1,450, in figures"),
        ("NaN", "Enter a whole number, such as 1,450, in figures"),
        ("１７０", "Enter a whole number, such as 1,450, in figures"),
        ("1" * 31, "This figure has too many digits: check it"),
        ("12345678901", "This figure has too many digits: check it"),
    ],
)
def test_what_is_no_count_comes_back_with_what_to_do(lead, scene, figures, value, problem):
    response = fill(lead, address(scene, figures), **typed(scene, value))

    assert response.status_code == 422
    assert problems(response) == {f"id_{name(scene)}": f"{CURRENTLY}: {problem}"}
    found = boxes(response)
    assert (found[name(scene)], found[name(scene, "source")]) == (value, "Kent Police")
    assert "<title>Error: " in response.content.decode()
    assert not FigureEntry.objects.exists()


@pytest.mark.parametrize("value", ["1,704", "1704", " 1 704 ", "1704\u00a0"])
def test_a_count_is_read_as_people_type_it(lead, scene, figures, value):
    fill(lead, address(scene, figures), **typed(scene, value))

    assert FigureEntry.objects.get().value == 1704


def test_nought_is_a_figure(lead, scene, figures):
    Reading.objects.all().delete()
    fill(lead, address(scene, figures), **typed(scene, "0"))

    assert FigureEntry.objects.get().value == 0


def test_a_rate_has_decimals(lead, scene, figures):
    Indicator.objects.filter(pk=scene.indicator.pk).update(kind=Indicator.Kind.RATE)

    assert "at most 4 decimal places" in str(
        problems(fill(lead, address(scene, figures), **typed(scene, "4.12345")))
    )
    fill(lead, address(scene, figures), **typed(scene, "1,004.5"))

    assert FigureEntry.objects.get().value == Decimal("1004.5")


def test_a_percentage_may_be_typed_with_its_sign(lead, scene, figures):
    Indicator.objects.filter(pk=scene.indicator.pk).update(kind=Indicator.Kind.PERCENTAGE)
    Reading.objects.update(value=40)

    fill(lead, address(scene, figures), **typed(scene, "41.3%"))

    assert FigureEntry.objects.get().value == Decimal("41.3")


def test_a_figure_needs_its_source_and_a_source_its_figure(lead, scene, figures):
    response = fill(lead, address(scene, figures), **typed(scene, source=""))
    assert problems(response) == {
        f"id_{name(scene, 'source')}": f"{CURRENTLY}: Say where the figure comes from"
    }

    response = fill(lead, address(scene, figures), **typed(scene, "", source="Police"))
    assert problems(response) == {
        f"id_{name(scene)}": f"{CURRENTLY}: Enter the figure, or clear where it comes from"
    }


def test_all_that_is_wrong_is_in_one_summary(lead, scene, figures):
    Reading.objects.all().delete()
    wrong = {name(scene): "many", name(scene, year="previous"): "few"}

    response = fill(lead, address(scene, figures), **wrong)

    wanted = "Enter a whole number, such as 1,450, in figures"
    assert problems(response) == {
        f"id_{name(scene, year='previous')}": (
            f"Reports of damage, Oct 2021 to Sep 2022: {wanted}"
        ),
        f"id_{name(scene)}": f"{CURRENTLY}: {wanted}",
    }
    assert response.content.decode().count("There is a problem") == 1


def test_a_reading_that_came_in_meanwhile_is_told_and_nothing_is_lost(lead, scene, figures):
    page = lead.get(address(scene, figures))
    ReadingFactory(indicator=scene.indicator, value=1700, **CURRENT)

    response = press(lead, address(scene, figures), page, **typed(scene))

    assert response.status_code == 422
    assert "1,700 has come in while you were typing" in str(problems(response))
    assert boxes(response)[name(scene)] == "1,704"
    page = press(lead, address(scene, figures), response, **{name(scene): ""})
    assert page.status_code == 302
    assert not FigureEntry.objects.exists()


# Twelve months, or fewer -----------------------------------------------------------------

CHECK = "Check that it is for all twelve months, then change it or tick that it is right"
RIGHT = "Yes, this is right for all twelve months"


def in_months(scene, months, value=100):
    """Readings of so many months from the beginning of the current year."""
    for index in range(months):
        first = add_months(CURRENT["period_starts_on"], index)
        ReadingFactory(
            indicator=scene.indicator,
            value=value,
            period_starts_on=first,
            period_ends_on=month_end(first),
        )


@pytest.mark.parametrize(
    ("value", "doubt"),
    [
        ("533", "533 is less than half of the 1,068 for Oct 2021 to Sep 2022"),
        ("2137", "2,137 is more than double the 1,068 for Oct 2021 to Sep 2022"),
    ],
)
def test_a_figure_far_from_the_year_before_is_asked_about(lead, scene, figures, value, doubt):
    response = fill(lead, address(scene, figures), **typed(scene, value))

    assert response.status_code == 422
    assert problems(response) == {f"id_{name(scene)}": f"{CURRENTLY}: {doubt}. {CHECK}"}
    assert (boxes(response)[name(scene)], boxes(response)[name(scene, "source")]) == (
        value,
        "Kent Police",
    )
    assert not FigureEntry.objects.exists()


@pytest.mark.parametrize("value", ["534", "1068", "2136"])
def test_half_and_double_are_not_asked_about(lead, scene, figures, value):
    assert fill(lead, address(scene, figures), **typed(scene, value)).status_code == 302


def test_a_figure_that_is_said_to_be_right_is_kept_and_never_asked_about_again(
    lead, scene, figures
):
    assert RIGHT not in words(lead.get(address(scene, figures)))
    asked = fill(lead, address(scene, figures), **typed(scene, "267"))
    assert RIGHT in words(asked)
    assert name(scene, "is_right") not in boxes(asked)  # not ticked

    again = press(lead, address(scene, figures), asked)
    assert again.status_code == 422
    kept = press(lead, address(scene, figures), again, **{name(scene, "is_right"): "on"})

    assert kept.status_code == 302
    assert FigureEntry.objects.get().value == 267
    changed = fill(lead, address(scene, figures), **{name(scene, "source"): "Council"})
    assert changed.status_code == 302


def test_another_odd_figure_is_asked_about_though_the_first_was_right(lead, scene, figures):
    asked = fill(lead, address(scene, figures), **typed(scene, "267"))
    changed = {name(scene): "26", name(scene, "is_right"): "on"}

    response = press(lead, address(scene, figures), asked, **changed)

    assert response.status_code == 422
    assert RIGHT in words(response)
    assert name(scene, "is_right") not in boxes(response)


def test_a_figure_put_right_is_kept_without_more_ado(lead, scene, figures):
    asked = fill(lead, address(scene, figures), **typed(scene, "267"))

    response = press(lead, address(scene, figures), asked, **{name(scene): "1,068"})

    assert response.status_code == 302
    assert FigureEntry.objects.get().value == 1068


def test_of_two_years_typed_at_once_the_later_is_asked_about(lead, scene, figures):
    Reading.objects.all().delete()
    before = {
        name(scene, year="previous"): "1068",
        name(scene, "source", "previous"): "Kent Police",
    }

    response = fill(lead, address(scene, figures), **typed(scene, "267", **before))

    assert list(problems(response)) == [f"id_{name(scene)}"]
    right = press(lead, address(scene, figures), response, **{name(scene, "is_right"): "on"})
    assert right.status_code == 302
    response = fill(lead, address(scene, figures), **{name(scene, year="previous"): "2000"})
    assert list(problems(response)) == [f"id_{name(scene, year='previous')}"]
    assert "more than double the 267 for Oct 2022 to Sep 2023" in str(problems(response))


def test_a_figure_is_compared_with_the_months_that_are_in(lead, scene, figures):
    Reading.objects.all().delete()
    in_months(scene, 3)

    less = fill(lead, address(scene, figures), **typed(scene, "299"))
    assert "299 is less than the 300 of the 3 months that are in already" in str(problems(less))
    few = fill(lead, address(scene, figures), **typed(scene, "599"))
    assert "599 is less than half of what the 3 months that are in point to, about 1,200" in str(
        problems(few)
    )
    many = fill(lead, address(scene, figures), **typed(scene, "2401"))
    assert "more than double what the 3 months that are in point to" in str(problems(many))
    assert fill(lead, address(scene, figures), **typed(scene, "600")).status_code == 302


def test_where_neither_year_is_known_another_twelve_months_will_do(lead, scene, figures):
    Reading.objects.all().delete()
    ReadingFactory(
        indicator=scene.indicator,
        value=4759,
        period_starts_on=date(2022, 7, 1),
        period_ends_on=date(2023, 6, 30),
    )
    quarters = typed(scene, "1210") | {
        name(scene, year="previous"): "1190",
        name(scene, "source", "previous"): "Kent Police",
    }

    response = fill(lead, address(scene, figures), **quarters)

    assert list(problems(response)) == [
        f"id_{name(scene, year='previous')}",
        f"id_{name(scene)}",
    ]
    said = "less than half of the 4,759 for Jul 2022 to Jun 2023"
    assert str(problems(response)).count(said) == 2


def test_what_is_wrong_and_what_is_odd_are_told_together(lead, scene, figures):
    response = fill(lead, address(scene, figures), **typed(scene, "267", source=""))

    assert set(problems(response)) == {f"id_{name(scene)}", f"id_{name(scene, 'source')}"}


def test_small_counts_may_double(lead, scene, figures):
    Reading.objects.update(value=4)

    assert fill(lead, address(scene, figures), **typed(scene, "19")).status_code == 302
    assert fill(lead, address(scene, figures), **typed(scene, "20")).status_code == 422


def test_a_rate_however_small_is_asked_about(lead, scene, figures):
    Indicator.objects.filter(pk=scene.indicator.pk).update(kind=Indicator.Kind.RATE)
    Reading.objects.update(value=Decimal("4.5"))

    response = fill(lead, address(scene, figures), **typed(scene, "45"))

    assert "45 is more than double the 4.5 for" in str(problems(response))
    assert (
        press(
            lead, address(scene, figures), response, **{name(scene, "is_right"): "on"}
        ).status_code
        == 302
    )


def test_more_than_a_hundred_per_cent_is_asked_about(lead, scene, figures):
    Indicator.objects.filter(pk=scene.indicator.pk).update(kind=Indicator.Kind.PERCENTAGE)
    Reading.objects.update(value=90)

    asked = fill(lead, address(scene, figures), **typed(scene, "101"))

    assert "101 is more than 100 per cent. Check" in str(problems(asked))


def test_an_indicators_own_small_base_goes_before_the_partnerships(lead, scene, figures):
    Reading.objects.update(value=30)
    Indicator.objects.filter(pk=scene.indicator.pk).update(small_base=100)

    assert fill(lead, address(scene, figures), **typed(scene, "99")).status_code == 302


def test_a_coordinator_is_asked_too(client, scene, figures):
    client.force_login(scene.coordinator)

    response = fill(client, address(scene, figures), **typed(scene, "267"))

    assert "Check that it is for all twelve months" in str(problems(response))
    assert kept(figures).state == "not_started"


# Two people ------------------------------------------------------------------------------


def test_two_people_typing_lose_nothing(client, scene, figures):
    other = PriorityIndicatorFactory(
        priority=scene.priority, indicator=IndicatorFactory(partnership=scene.partnership)
    ).indicator
    client.force_login(scene.lead)
    page = client.get(address(scene, figures))
    client.force_login(scene.deputy)
    theirs = {f"{other.pk}-current-value": "12", f"{other.pk}-current-source": "Council"}
    fill(client, address(scene, figures), **theirs)
    client.force_login(scene.lead)

    response = press(client, address(scene, figures), page, **typed(scene))

    assert response.status_code == 409
    assert "Someone else saved this section" in words(response)
    found = boxes(response)
    assert found[name(scene)] == "1,704"
    assert found[f"{other.pk}-current-value"] == "12"
    assert found[f"{other.pk}-current-source"] == "Council"
    assert press(client, address(scene, figures), response).status_code == 302
    values = dict(FigureEntry.objects.values_list("indicator", "value"))
    assert values == {scene.indicator.pk: 1704, other.pk: 12}


# Who, and when ---------------------------------------------------------------------------


def test_a_coordinator_types_for_the_lead_which_sends_it(client, scene, figures):
    client.force_login(scene.coordinator)

    page = words(client.get(address(scene, figures)))
    response = fill(client, address(scene, figures), **typed(scene))

    assert "You are answering for Strategic lead." in page
    assert response["Location"] == address(scene, figures, "read")
    assert kept(figures).state == "submitted"
    assert Reading.objects.get(**CURRENT).entered_by == scene.coordinator


def test_somebody_who_enters_figures_may_type_them_and_nothing_else(client, scene, figures):
    analyst = MembershipFactory(partnership=scene.partnership, member=True, loads_figures=True)
    client.force_login(analyst.user)

    response = fill(client, address(scene, figures), **typed(scene))

    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200
    assert kept(figures).saved_by == analyst.user
    assert client.get(address(scene, scene.action_answers[0])).status_code == 404


def test_members_may_not_type(client, scene, figures):
    client.force_login(scene.member)

    assert client.get(address(scene, figures)).status_code in (403, 404)


def test_accepted_figures_are_read_only(lead, scene, figures):
    write_all(scene)
    fill(lead, address(scene, figures), **typed(scene, "417"))
    submit(scene)
    accept(scene)

    page = lead.get(address(scene, figures))

    assert "The coordinator has accepted this answer." in words(page)
    assert "417" in words(page)
    assert '<form method="post" novalidate' not in page.content.decode()


def test_a_closed_round_gives_the_figures_back(lead, scene, figures):
    page = lead.get(address(scene, figures))
    close(scene)

    response = press(lead, address(scene, figures), page, **typed(scene))

    assert response.status_code == 409
    assert boxes(response)[name(scene)] == "1,704"
    assert "closed" in words(response)


def in_every_box(page):
    return {
        box: "1" if box.endswith("-value") else "Police"
        for box in boxes(page)
        if box.endswith(("-value", "-source"))
    }


@pytest.mark.parametrize(("writer", "most"), [("lead", 10), ("coordinator", 12)])
def test_opening_and_saving_take_the_same_queries_however_many_figures(client, writer, most):
    counts = []
    for indicators in (1, 12):
        scene = open_round_scene()
        for _ in range(indicators):
            source = OrganisationFactory(partnership=scene.partnership)
            PriorityIndicatorFactory(
                priority=scene.priority,
                indicator=IndicatorFactory(partnership=scene.partnership, source=source),
            )
        figures = scene.answer(Answer.Kind.FIGURES)
        client.force_login(getattr(scene, writer))
        with CaptureQueriesContext(connection) as opening:
            page = client.get(address(scene, figures))
        with CaptureQueriesContext(connection) as saving:
            response = press(client, address(scene, figures), page, **in_every_box(page))
        assert response.status_code == 302
        counts.append((len(opening), len(asked(saving))))

    assert counts[0] == counts[1]
    assert counts[0][0] <= 12
    assert counts[0][1] <= most, "\n".join(asked(saving))
