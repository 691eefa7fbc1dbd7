"""What the partnership counts is defined, renamed and put in order on pages."""

from datetime import date

import pytest
from django.urls import reverse
from time_machine import travel

from partnerships.models import Marking
from performance.keeping import WrongRelation, change_indicator, marker_of_indicator
from performance.models import Indicator
from reports.content import build_report
from rounds.models import Answer, Round
from tests.factories import (
    NOW,
    IndicatorFactory,
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    PriorityIndicatorFactory,
    ReadingFactory,
)
from tests.scenes import close, open_round_scene
from tests.writing import boxes, fill, press, problems, said, words

pytestmark = pytest.mark.django_db

PREVIOUS = {"period_starts_on": date(2021, 10, 1), "period_ends_on": date(2022, 9, 30)}


@pytest.fixture(autouse=True)
def in_the_quarters_days(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(scope="module")
def made(kept):
    with travel(NOW, tick=False):
        return open_round_scene(now=NOW, slug="swale")


@pytest.fixture
def coordinator(client, scene):
    client.force_login(scene.coordinator)
    return client


def list_page():
    return reverse("performance:indicators", args=["swale"])


# Small base ------------------------------------------------------------------------


def test_a_figures_own_small_base_goes_before_the_partnerships_everywhere(coordinator, scene):
    ReadingFactory(indicator=scene.indicator, value=40, **PREVIOUS)
    ReadingFactory(indicator=scene.indicator, value=50)
    section = reverse("rounds:answer", args=["swale", scene.answer(Answer.Kind.FIGURES).pk])
    pages = (list_page(), scene.indicator.get_absolute_url(), section)
    report = reverse("reports:report", args=["swale", scene.round.pk])

    for where in (*pages, report):
        assert "+10 (+25.0%)" in coordinator.get(where).text, where

    scene.indicator.small_base = 50
    scene.indicator.save()

    for where in pages:
        page = coordinator.get(where).text
        assert "+10" in page, where
        assert "25.0%" not in page, where
    [row] = build_report(scene.round, now=NOW).priorities[0].figures.rows
    assert row.printed_change == "+10"


# Adding and changing ------------------------------------------------------------------


@pytest.fixture
def administrator(client, scene):
    client.force_login(scene.administrator)
    return client


def page_of(name, row=None):
    return reverse(f"performance:{name}", args=["swale", *([row.pk] if row else [])])


def test_a_figure_is_added_with_all_that_is_to_be_said_of_it(administrator, scene):
    police = OrganisationFactory(partnership=scene.partnership, name="Kent Police")
    analyst = MembershipFactory(partnership=scene.partnership, post="Analyst", organisation=police)

    saved = fill(
        administrator,
        page_of("add"),
        name=" Burglary  of homes ",
        definition="Offences recorded.",
        unit="offences",
        kind="count",
        polarity="lower",
        is_headline="False",
        source=str(police.pk),
        supplier=str(analyst.pk),
        received_by="CSP Executive, quarterly",
        small_base="0",
        national_code="PF1",
    )

    page = said(administrator, saved)
    for text in (
        "Burglary of homes is added.",
        "Offences recorded.",
        "Unit offences",
        "Source Kent Police",
        "Supplied by Analyst, Kent Police",
        "Received by CSP Executive, quarterly",
        "Headline or supporting Supporting",
        "Lower is better A fall is better, a rise is worse.",
        "Small base 0",
        "National code PF1",
        "It stands under no priority of today’s plan",
    ):
        assert text in page, text
    burglary = Indicator.objects.get(name="Burglary of homes")
    assert (burglary.partnership, burglary.small_base) == (scene.partnership, 0)
    assert burglary.history.get().history_user == scene.administrator


def test_a_name_and_what_a_change_means_are_asked_for(administrator):
    page = fill(administrator, page_of("add"), name="\u200b")

    assert problems(page) == {
        "id_name": "Enter the name of the figure",
        "id_polarity": "Choose what a change means",
    }


def test_a_figure_is_part_of_a_total_and_both_say_so(client, administrator, scene):
    total = IndicatorFactory(partnership=scene.partnership, name="All crime")
    elsewhere = IndicatorFactory(name="Crime elsewhere")
    rate = IndicatorFactory(partnership=scene.partnership, name="Crime rate", kind="rate")

    saved = fill(administrator, page_of("edit", scene.indicator), part_of=str(total.pk))

    assert "Part of All crime" in said(administrator, saved)
    assert f"Parts {scene.indicator}" in words(administrator.get(total.get_absolute_url()))
    assert f"{scene.indicator} Part of All crime" in words(administrator.get(list_page()))
    wrong = (
        (scene.indicator, elsewhere, {}, "part_of", "Choose one of the answers"),
        (scene.indicator, rate, {}, "part_of", "Choose one of the answers"),
        (scene.indicator, scene.indicator, {}, "part_of", "Choose one of the answers"),
        (total, scene.indicator, {}, "part_of", "is itself a part of this figure"),
        (scene.indicator, total, {"kind": "rate"}, "kind", "Only a count can be part"),
        (total, None, {"kind": "rate"}, "kind", "Only a count can have parts"),
    )
    for figure, chosen, typed, field, problem in wrong:
        part_of = str(chosen.pk) if chosen else ""
        page = fill(administrator, page_of("edit", figure), part_of=part_of, **typed)
        assert problem in problems(page)[f"id_{field}"], (figure, chosen)
    total.refresh_from_db()
    marker = marker_of_indicator(total)
    with pytest.raises(WrongRelation, match="is itself a part"):
        change_indicator(indicator=total, marker=marker, values={"part_of": scene.indicator})
    scene.indicator.refresh_from_db()
    assert scene.indicator.part_of == total
    client.force_login(scene.coordinator)
    story = words(client.get(page_of("changes", scene.indicator)))
    assert "the total it is part of" in story
    assert "All crime" in story


def test_a_rate_is_worked_out_from_a_count(client, administrator, scene):
    count = IndicatorFactory(partnership=scene.partnership, name="Repeat victims")
    ReadingFactory(indicator=count)
    rate = IndicatorFactory(partnership=scene.partnership, name="Repeat rate", kind="rate")
    elsewhere = IndicatorFactory(name="Crime elsewhere")

    saved = fill(administrator, page_of("edit", rate), worked_out_from=str(count.pk))

    assert "Worked out from Repeat victims" in said(administrator, saved)
    of_count = words(administrator.get(count.get_absolute_url()))
    assert "Rates worked out from it Repeat rate" in of_count
    assert "worked_out_from" not in administrator.get(page_of("edit", count)).text
    assert "part_of" not in administrator.get(page_of("edit", rate)).text
    wrong = (
        (rate, {"worked_out_from": str(elsewhere.pk)}, "worked_out_from", "Choose one of"),
        (rate, {"worked_out_from": str(rate.pk)}, "worked_out_from", "Choose one of"),
        (rate, {"kind": "count", "is_meant": "on"}, "kind", "Only a rate or a percentage"),
        (count, {"kind": "rate"}, "kind", "it has to stay a count"),
    )
    for figure, typed, field, problem in wrong:
        page = fill(administrator, page_of("edit", figure), **typed)
        found = problems(page)
        assert list(found) == [f"id_{field}"], (figure, typed)
        assert problem in found[f"id_{field}"], (figure, typed)
    client.force_login(scene.coordinator)
    story = words(client.get(page_of("changes", rate)))
    assert "the count it is worked out from" in story
    # Where its name is OFFICIAL-SENSITIVE, it is for those who may read that.
    Indicator.objects.filter(pk=count.pk).update(marking=Marking.SENSITIVE)
    assert "Repeat victims" in words(client.get(rate.get_absolute_url()))
    client.force_login(scene.administrator)
    for where in (rate.get_absolute_url(), page_of("changes", rate), page_of("edit", rate)):
        assert "Repeat victims" not in client.get(where).text, where
    said(client, fill(client, page_of("edit", rate), unit="in 1,000"))
    page = fill(client, page_of("edit", rate), kind="count", is_meant="on")
    assert "Only a rate or a percentage" in problems(page)["id_kind"]
    rate.refresh_from_db()
    assert (rate.worked_out_from, rate.unit) == (count, "in 1,000")


def test_a_total_is_named_only_to_those_who_may_read_its_name(client, scene):
    total = IndicatorFactory(
        partnership=scene.partnership, name="Secret", marking=Marking.SENSITIVE
    )
    scene.indicator.part_of = total
    scene.indicator.save()
    pages = (list_page(), scene.indicator.get_absolute_url(), page_of("changes", scene.indicator))
    client.force_login(scene.administrator)
    edit = page_of("edit", scene.indicator)

    for where in (*pages, edit):
        assert "Secret" not in client.get(where).text, where
    said(client, fill(client, edit, unit="crimes"))
    page = fill(client, edit, kind="rate", is_meant="on")
    assert "Only a count can be part" in problems(page)["id_kind"]
    client.force_login(scene.coordinator)
    for where in pages:
        assert "Secret" in client.get(where).text, where
    scene.indicator.refresh_from_db()
    assert (scene.indicator.part_of, scene.indicator.unit) == (total, "crimes")


@pytest.mark.parametrize(
    "name", ["Domestic abuse crimes", "Hate crime", "Reports of modern slavery"]
)
def test_where_more_reports_may_mean_more_trust_nothing_is_judged_unless_chosen(
    administrator, name
):
    fill(administrator, page_of("add"), name=name)
    assert Indicator.objects.get(name=name).polarity == Indicator.Polarity.NONE

    fill(administrator, page_of("add"), name=f"{name}, repeated", polarity="lower")
    assert Indicator.objects.get(name=f"{name}, repeated").polarity == Indicator.Polarity.LOWER


def test_a_name_that_another_figure_has_is_refused_with_a_link_to_it(administrator, scene):
    page = fill(administrator, page_of("add"), name="Reports  OF damage", polarity="lower")

    assert page.status_code == 409
    assert problems(page) == {"id_name": "Another figure has this name already"}
    assert scene.indicator.get_absolute_url() in page.text
    assert boxes(page)["name"] == "Reports  OF damage"
    assert Indicator.objects.count() == 1


def test_a_name_of_another_partnership_is_free(administrator):
    IndicatorFactory(name="Burglary")

    assert fill(administrator, page_of("add"), name="Burglary", polarity="lower").status_code == 302


def test_a_name_that_only_a_sensitive_figure_has_is_refused_without_a_link(administrator, scene):
    secret = IndicatorFactory(
        partnership=scene.partnership, name="Covert", marking=Marking.SENSITIVE
    )

    page = fill(administrator, page_of("add"), name="covert", polarity="lower")

    assert page.status_code == 409
    assert secret.get_absolute_url() not in page.text


def test_nobody_marks_a_figure_so_that_they_cannot_find_it_again(client, administrator, scene):
    page = fill(administrator, page_of("edit", scene.indicator), marking="official_sensitive")
    assert "You may not read what is OFFICIAL-SENSITIVE" in problems(page)["id_marking"]

    scene.memberships["administrator"].reads_sensitive = True
    scene.memberships["administrator"].save()
    fill(client, page_of("edit", scene.indicator), marking="official_sensitive")
    scene.indicator.refresh_from_db()
    assert scene.indicator.is_sensitive


def test_only_people_and_bodies_of_today_are_offered(administrator, scene):
    gone = MembershipFactory(
        partnership=scene.partnership, post="Former analyst", ends_on=date(2023, 1, 1)
    )
    elsewhere = MembershipFactory(partnership=PartnershipFactory(), post="Analyst elsewhere")
    where = page_of("edit", scene.indicator)

    assert "Former analyst" not in administrator.get(where).text
    assert "Analyst elsewhere" not in administrator.get(where).text
    page = fill(administrator, where, supplier=str(elsewhere.pk))
    assert problems(page) == {"id_supplier": "Choose one of the answers shown"}

    # Somebody who has left stays until another is chosen.
    scene.indicator.supplier = gone
    scene.indicator.save()
    assert fill(administrator, where, unit="calls").status_code == 302
    scene.indicator.refresh_from_db()
    assert (scene.indicator.supplier, scene.indicator.unit) == (gone, "calls")


@pytest.mark.parametrize(
    ("change", "said_of_it"),
    [
        ({"polarity": "higher"}, "“Lower is better” becomes “Higher is better”"),
        ({"kind": "rate"}, "Months and quarters will not be added up"),
        ({"kind": "percentage"}, "Changes will be in percentage points"),
    ],
)
def test_another_kind_or_polarity_says_what_it_does_to_past_reports(
    administrator, scene, change, said_of_it
):
    where = page_of("edit", scene.indicator)
    assert fill(administrator, where, polarity="none").status_code == 302
    assert fill(administrator, where, polarity="lower").status_code == 302
    ReadingFactory(indicator=scene.indicator)

    page = fill(administrator, where, **change)

    told = problems(page)["id_is_meant"]
    assert "There is 1 reading, and reports of past rounds are worked out from" in told
    assert said_of_it in told
    assert press(administrator, where, page, is_meant="on").status_code == 302
    scene.indicator.refresh_from_db()
    for name, value in change.items():
        assert getattr(scene.indicator, name) == value


def test_what_has_decimals_cannot_become_a_count(administrator, scene):
    rate = IndicatorFactory(partnership=scene.partnership, kind=Indicator.Kind.RATE)
    ReadingFactory(indicator=rate, value="4.5")

    page = fill(administrator, page_of("edit", rate), kind="count")

    assert problems(page) == {"id_kind": "Readings of it have decimals: a count has none"}


def test_what_somebody_else_changed_meanwhile_is_told_before_it_is_overwritten(
    administrator, scene
):
    where = page_of("edit", scene.indicator)
    opened = administrator.get(where)
    scene.indicator.definition = "Theirs."
    scene.indicator.save()

    page = press(administrator, where, opened, unit="calls")

    assert page.status_code == 409
    assert "Definition: Theirs." in words(page)
    assert "Unit: reports" in words(page)
    assert boxes(page)["unit"] == "calls"
    scene.indicator.refresh_from_db()
    assert (scene.indicator.definition, scene.indicator.unit) == ("Theirs.", "reports")

    press(administrator, where, page, definition="Theirs.")
    scene.indicator.refresh_from_db()
    assert (scene.indicator.definition, scene.indicator.unit) == ("Theirs.", "calls")


# Names --------------------------------------------------------------------------------


def day(name, day, month, year):
    return {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}


def test_a_new_name_keeps_the_old_one_with_its_last_day(administrator, scene):
    saved = fill(
        administrator,
        page_of("rename", scene.indicator),
        name="Criminal damage",
        why="new",
        **day("used_until", "31", "3", "2023"),
    )

    page = said(administrator, saved)
    assert "Reports of damage is now Criminal damage." in page
    assert "Earlier names Reports of damage until 31 March" in page
    [alias] = scene.indicator.aliases.all()
    assert (alias.name, alias.used_until) == ("Reports of damage", date(2023, 3, 31))
    assert alias.partnership == scene.partnership


def test_an_old_name_may_go_without_a_day_and_a_mistake_leaves_none(administrator, scene):
    where = page_of("rename", scene.indicator)
    fill(administrator, where, name="Criminal damge", why="new")
    fill(administrator, where, name="Criminal damage", why="mistake")

    scene.indicator.refresh_from_db()
    assert scene.indicator.name == "Criminal damage"
    [alias] = scene.indicator.aliases.all()
    assert (alias.name, alias.used_until) == ("Reports of damage", None)


def test_a_new_name_must_be_new_free_and_of_today(administrator, scene):
    other = IndicatorFactory(partnership=scene.partnership, name="Arson")
    where = page_of("rename", scene.indicator)

    page = fill(
        administrator, where, name="Reports of damage", **day("used_until", "21", "10", "2023")
    )
    assert problems(page) == {
        "id_name": "This is the name it has. Enter another one",
        "id_why": "Choose why the name changes",
        "id_used_until_day": "This day is still to come: enter today or an earlier one",
    }
    page = fill(administrator, where, name="arson", why="new")
    assert page.status_code == 409
    assert other.get_absolute_url() in page.text


def test_earlier_names_are_added_and_removed(administrator, scene):
    where = page_of("earlier_names", scene.indicator)
    assert "There are none yet." in words(administrator.get(where))

    saved = fill(administrator, where, name="Vandalism", **day("used_until", "1", "4", "2019"))
    assert "Vandalism until 1 April 2019" in said(administrator, saved)
    page = fill(administrator, where, name="vandalism")
    assert problems(page) == {"id_name": "This earlier name is there already"}

    alias = scene.indicator.aliases.get()
    administrator.post(page_of("remove_earlier_name", alias))
    assert not scene.indicator.aliases.exists()


def test_a_name_of_the_days_when_it_was_sensitive_stays_with_the_grant(client, scene, time_machine):
    """Neither on a page nor by a search, nor in the list of earlier names."""
    indicator, holder = scene.indicator, scene.memberships["administrator"]

    def save(**fields):
        time_machine.shift(60)
        for name, value in fields.items():
            setattr(indicator, name, value)
        indicator.save()

    def keep(name):
        time_machine.shift(60)
        indicator.aliases.create(partnership=scene.partnership, name=name)

    keep("Kept in the open")
    save(marking=Marking.SENSITIVE)
    save(name="Damage by the Wharf gang")
    keep("Reports of damage")
    keep("Kept while marked")
    save(name="Damage")
    keep("Damage by the Wharf gang")
    save(marking=Marking.OFFICIAL)
    save(name="Damage to property")
    keep("Damage")

    def shown(**looked_for):
        found = reverse("search:search", args=["swale"])
        pages = [
            indicator.get_absolute_url(),
            page_of("earlier_names", indicator),
            f"{found}?q=wharf",
            f"{found}?q=marked",
            f"{found}?q=open",
        ]
        return " ".join(words(client.get(page)) for page in pages)

    hidden = ("Damage by the Wharf gang", "Kept while marked", "Reports of damage")
    client.force_login(scene.administrator)
    page = shown()
    for name in hidden:
        assert name not in page
    assert "Kept in the open" in page
    assert page.count("Figures (1)") == 1

    holder.reads_sensitive = True
    holder.save()
    page = shown()
    for name in hidden:
        assert name in page
    assert page.count("Figures (1)") == 3


# How they print -----------------------------------------------------------------------


def test_figures_print_in_the_order_of_the_plan_and_supporting_ones_are_marked(coordinator, scene):
    scene.priority.priority_indicators.update(order=1)
    place = PriorityIndicatorFactory(
        priority=scene.priority, indicator__name="Glass broken", indicator__is_headline=False
    )
    place.order = 0
    place.save()

    rows = build_report(scene.round, now=NOW).priorities[0].figures.rows
    report = words(coordinator.get(reverse("reports:report", args=["swale", scene.round.pk])))
    listed = words(coordinator.get(list_page()))

    assert [(row.name, row.standing) for row in rows] == [
        ("Glass broken", "Supporting"),
        ("Reports of damage", ""),
    ]
    for page in (report, listed):
        assert page.index("Glass broken Supporting") < page.index("Reports of damage")
        assert "Reports of damage Supporting" not in page


def test_a_figure_taken_away_stays_in_the_reports_of_rounds_that_had_closed(
    client, scene, time_machine
):
    second = PriorityIndicatorFactory(priority=scene.priority, indicator__name="Glass broken")
    first = scene.priority.priority_indicators.get(indicator=scene.indicator)

    def printed():
        rows = build_report(Round.objects.get(), now=NOW).priorities[0].figures.rows
        return [row.name for row in rows]

    assert printed() == ["Reports of damage", "Glass broken"]
    close(scene)
    time_machine.shift(60)
    client.force_login(scene.administrator)
    for place in (first, second):
        client.post(reverse("administration:remove_place", args=["swale", place.pk]))
    assert printed() == ["Reports of damage", "Glass broken"]

    PriorityIndicatorFactory(priority=scene.priority, indicator=scene.indicator).delete()
    assert printed() == ["Reports of damage", "Glass broken"]


def test_a_figure_without_a_place_leads_to_where_it_is_given_one(administrator, scene):
    arson = IndicatorFactory(partnership=scene.partnership, name="Arson")
    place = reverse("administration:new_place", args=["swale", scene.priority.pk])

    page = administrator.get(arson.get_absolute_url()).text
    assert f'href="{place}?indicator={arson.pk}"' in page
    form = administrator.get(f"{place}?indicator={arson.pk}")
    assert f'<option value="{arson.pk}" selected>' in form.text
    fill(administrator, f"{place}?indicator={arson.pk}")
    assert f"{place}?" not in administrator.get(arson.get_absolute_url()).text


def test_keepers_of_the_plan_are_led_to_the_order_and_others_are_not(client, scene):
    order = reverse("administration:edit_priority", args=["swale", scene.priority.pk])

    client.force_login(scene.administrator)
    for page in (client.get(list_page()), client.get(scene.indicator.get_absolute_url())):
        assert f"{order}#figures" in page.text
    assert page_of("add") in client.get(list_page()).text

    client.force_login(scene.member)
    for page in (client.get(list_page()), client.get(scene.indicator.get_absolute_url())):
        assert order not in page.text
        assert page_of("add") not in page.text
        assert page_of("edit", scene.indicator) not in page.text
        assert page_of("enter", scene.indicator) not in page.text


def test_pages_of_indicators_take_few_queries_however_many_there_are(
    administrator, scene, django_assert_max_num_queries
):
    for number in range(12):
        indicator = IndicatorFactory(partnership=scene.partnership)
        MembershipFactory(
            partnership=scene.partnership,
            organisation=OrganisationFactory(partnership=scene.partnership),
        )
        ReadingFactory(indicator=indicator)
        indicator.aliases.create(partnership=scene.partnership, name=f"Name {number}")
    for name, row in (
        ("add", None),
        ("edit", scene.indicator),
        ("rename", scene.indicator),
        ("earlier_names", scene.indicator),
    ):
        with django_assert_max_num_queries(8):
            assert administrator.get(page_of(name, row)).status_code == 200
    page = boxes(administrator.get(page_of("edit", scene.indicator))) | {"unit": "calls"}
    with django_assert_max_num_queries(14):
        assert administrator.post(page_of("edit", scene.indicator), page).status_code == 302
    named = {"name": "New name", "why": "new"}
    page = boxes(administrator.get(page_of("rename", scene.indicator))) | named
    with django_assert_max_num_queries(16):
        assert administrator.post(page_of("rename", scene.indicator), page).status_code == 302
