"""An administrator changes the partnership's settings, and each works where it is meant to."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from partnerships.models import Marking, Partnership
from rounds.models import Answer, Round
from rounds.services import Content, open_round
from tests.factories import PlanFactory
from tests.pages import Fields
from tests.scenes import close, on_behalf, open_round_scene, submit, write
from tests.word_reading import words_in

pytestmark = pytest.mark.django_db


def words(response):
    """The page's text, every white space a single space."""
    return " ".join(strip_tags(response.text.replace("<", " <")).split())


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(opened=False)


@pytest.fixture
def administrator(scene, client):
    client.force_login(scene.administrator)
    return client


def address(scene, name):
    return reverse(f"administration:settings_{name}", args=[scene.partnership.slug])


def fields_of(client, where):
    page = client.get(where).text
    found = Fields(page).found
    if "asks" in found:
        found["asks"] = re.findall(r'name="asks" value="(\w+)"[^>]* checked', page)
    return found


def change(client, scene, group, /, **typed):
    """Fill in a form of the settings as a browser does."""
    where = address(scene, group)
    response = client.post(where, fields_of(client, where) | typed, follow=True)
    scene.partnership.refresh_from_db()
    return response


def page_as(client, user, route, *args):
    client.force_login(user)
    return client.get(reverse(route, args=args))


def opened(scene):
    open_round(round=scene.round, by=scene.coordinator, now=scene.now)
    scene.round = Round.objects.select_related("plan", "partnership").get(pk=scene.round.pk)
    return scene.round


# Details -------------------------------------------------------------------------------


def test_a_new_name_is_used_at_once_and_the_earlier_one_is_kept(administrator, scene):
    earlier = scene.partnership.name

    page = change(administrator, scene, "details", name="Safer Valley Partnership")

    assert "Safer Valley Partnership" in words(page)
    assert f"Earlier: {earlier}" in words(page)
    assert scene.partnership.aliases.get().name == earlier
    assert scene.partnership.history.latest().history_user == scene.administrator


def test_the_address_is_shown_and_cannot_be_typed_over(administrator, scene):
    slug = scene.partnership.slug

    assert f"/{slug}/ for good" in words(administrator.get(address(scene, "details")))
    change(administrator, scene, "details", slug="elsewhere", help_telephone="01632 960999")

    assert (scene.partnership.slug, scene.partnership.help_telephone) == (slug, "01632 960999")


def test_a_colour_on_which_white_cannot_be_read_is_refused_with_what_was_typed(
    administrator, scene
):
    page = change(administrator, scene, "details", brand_colour="#ffee00", name="Typed name")

    assert "White text on this colour is too faint" in words(page)
    assert 'value="#ffee00"' in page.text
    assert 'value="Typed name"' in page.text
    assert Partnership.objects.get(pk=scene.partnership.pk).brand_colour == "#10495a"


def test_an_empty_name_is_asked_for(administrator, scene):
    assert "Enter the partnership’s name" in words(
        change(administrator, scene, "details", name="  ")
    )


# Reports -------------------------------------------------------------------------------


def test_introduction_and_standing_text_print_in_the_report(administrator, scene):
    opened(scene)
    change(
        administrator,
        scene,
        "reports",
        report_to="Safer Valley Executive",
        report_introduction="Four times a year.\n\nFor discussion.",
        report_standing_text="Printed by the council.",
    )

    report = page_as(
        administrator, scene.coordinator, "reports:report", scene.partnership.slug, scene.round.pk
    )

    assert "To Safer Valley Executive" in words(report)
    assert "<p>Four times a year.</p><p>For discussion.</p>" in report.text.replace("\n", "")
    assert words(report).index("Recommendations") < words(report).index("Printed by the council.")


def test_who_gave_an_answer_for_its_lead_prints_where_the_partnership_wants_it(administrator):
    scene = open_round_scene()
    lead, coordinator = scene.update.lead_text, scene.memberships["coordinator"].post
    given, own = scene.action_answers[:2]
    content = Content(response="written", text="<p>Said by telephone.</p>", rag="green")
    on_behalf(scene, given, replace(content, progress="in_progress"))
    write(scene, own, "<p>Written alone.</p>")
    submit(scene)
    edited = replace(content, progress="in_progress", text="<p>Written and mended.</p>")
    own.refresh_from_db()
    on_behalf(scene, own, edited)
    administrator.force_login(scene.administrator)
    said = f"Given by {coordinator} for {lead}."

    def printed(route="report", key=scene.round.pk):
        slug = scene.partnership.slug
        return words(page_as(administrator, scene.coordinator, f"reports:{route}", slug, key))

    assert said not in printed()
    administrator.force_login(scene.administrator)
    assert "Printed with who gave them" in words(
        change(administrator, scene, "reports", prints_on_behalf="on")
    )

    # Once: the author of what the coordinator has only edited stays its author.
    assert printed().count(said) == 1
    assert f"Said by telephone. {said}" in printed()
    assert printed("check", scene.update.pk).count(said) == 1
    file = [scene.partnership.slug, scene.round.pk, "docx"]
    as_word = administrator.get(reverse("reports:report_file", args=file))
    assert words_in(as_word.content).count(said) == 1
    assert "Said by telephone." in printed("public")
    assert said not in printed("public")


def test_a_plan_with_its_own_introduction_prints_that_instead(administrator, scene):
    opened(scene)
    scene.plan.introduction = "The plan’s own words."
    scene.plan.save()
    change(administrator, scene, "reports", report_introduction="The partnership’s words.")

    report = page_as(
        administrator, scene.coordinator, "reports:report", scene.partnership.slug, scene.round.pk
    )

    assert "The plan’s own words." in report.text
    assert "The partnership’s words." not in report.text


def test_small_bases_are_numbers_within_bounds(administrator, scene):
    page = change(administrator, scene, "reports", small_base="-1", small_number_threshold="some")

    assert "Enter a number, in figures" in words(page)
    assert "Enter 0 or more" in words(page)
    assert "Ensure" not in words(page)
    change(administrator, scene, "reports", small_base="50", small_number_threshold="10")
    assert (scene.partnership.small_base, scene.partnership.small_number_threshold) == (50, 10)


# Rounds --------------------------------------------------------------------------------


def test_the_length_of_rounds_is_proposed_where_they_are_made(administrator, scene):
    change(administrator, scene, "rounds", round_months="6")
    plan = PlanFactory(partnership=scene.partnership, slug="next", year_label="2024/25")

    page = page_as(administrator, scene.coordinator, "rounds:rounds", scene.partnership.slug)

    chosen = Fields(page.text[page.text.index(f"plan-{plan.pk}-") :]).found
    assert chosen["months_each"] == "6"


@pytest.mark.parametrize(
    ("left", "gone"),
    [
        (["asks_groups", "asks_themes"], Answer.Kind.KEY_ISSUES),
        (["asks_key_issues", "asks_themes"], Answer.Kind.GROUP),
        (["asks_key_issues", "asks_groups"], Answer.Kind.THEMES),
    ],
)
def test_a_section_that_is_not_asked_for_is_left_out_from_the_next_opening_on(
    administrator, scene, left, gone
):
    change(administrator, scene, "rounds", asks=left)

    opened(scene)

    kinds = {answer.kind for answer in scene.answers}
    assert gone not in kinds
    assert len(kinds) == 4


def test_a_round_that_is_open_goes_on_asking_for_what_it_asked_for(administrator, scene):
    opened(scene)

    change(administrator, scene, "rounds", asks=[])

    assert Answer.Kind.KEY_ISSUES in {answer.kind for answer in scene.answers}


def test_nobody_is_asked_about_a_priority_without_a_section(administrator, scene):
    scene.priority.actions.all().delete()
    scene.priority.priority_indicators.all().delete()
    change(administrator, scene, "rounds", asks=[])

    page = page_as(
        administrator, scene.coordinator, "rounds:open", scene.partnership.slug, scene.round.pk
    )

    assert "none with a section to answer" in words(page)


def test_a_section_nobody_has_answered_begins_with_the_marking_of_new_texts(administrator, scene):
    change(administrator, scene, "rounds", default_marking=Marking.SENSITIVE)
    opened(scene)
    answer = scene.answer(Answer.Kind.KEY_ISSUES)

    fresh = page_as(administrator, scene.lead, "rounds:answer", scene.partnership.slug, answer.pk)
    assert Fields(fresh.text).found["is_sensitive"] == "on"

    write(scene, answer, marking=Marking.OFFICIAL)
    again = page_as(administrator, scene.lead, "rounds:answer", scene.partnership.slug, answer.pk)
    assert "is_sensitive" not in Fields(again.text).found


# Wording -------------------------------------------------------------------------------

MINE = {"rag_amber": "Slipping. It needs watching.", "progress_in_progress": "Under way"}


def test_own_words_stand_where_a_rating_or_a_progress_is_shown(administrator, scene):
    change(administrator, scene, "wording", **MINE)
    opened(scene)
    slug, action = scene.partnership.slug, scene.actions[0]
    answer = scene.answer(Answer.Kind.ACTION)

    form = page_as(administrator, scene.lead, "rounds:answer", slug, answer.pk)
    assert "Slipping. It needs watching." in words(form)
    assert "Under way" in words(form)

    write(scene, answer)
    for route, pk in (
        ("reports:check", answer.update_id),
        ("rounds:plan", scene.plan.pk),
        ("rounds:action", action.pk),
        ("rounds:read", answer.pk),
        ("reports:report", scene.round.pk),
    ):
        if route == "rounds:plan":
            submit(scene)
        user = scene.lead if route == "reports:check" else scene.coordinator
        page = words(page_as(administrator, user, route, slug, pk))
        assert "Under way" in page, route
        assert "In progress" not in page, route
    assert "Amber Slipping" in page
    assert "needs watching" not in page


def test_a_round_keeps_the_words_of_the_day_it_was_opened(administrator, scene):
    change(administrator, scene, "wording", **MINE)
    opened(scene)
    write(scene, scene.answer(Answer.Kind.ACTION))
    submit(scene)
    close(scene)

    administrator.force_login(scene.administrator)
    change(administrator, scene, "wording", rag_amber="Doubtful.", progress_in_progress="Begun")

    slug = scene.partnership.slug
    report = words(
        page_as(administrator, scene.coordinator, "reports:report", slug, scene.round.pk)
    )
    assert "Amber Slipping" in report
    assert "Under way" in report
    plan = words(page_as(administrator, scene.coordinator, "rounds:plan", slug, scene.plan.pk))
    assert "Begun" in plan
    assert "Under way" not in plan


def test_an_emptied_box_goes_back_to_the_usual_words(administrator, scene):
    change(administrator, scene, "wording", **MINE)
    page = administrator.get(address(scene, "wording"))
    assert "Instead of “In progress”" in words(page)

    change(administrator, scene, "wording", **dict.fromkeys(MINE, ""))

    assert (scene.partnership.rag_meanings, scene.partnership.progress_labels) == ({}, {})


def test_two_progresses_never_have_the_same_words(administrator, scene):
    page = change(administrator, scene, "wording", progress_abeyance="in  Progress")

    assert "“In progress” has the same words: choose others" in words(page)
    assert scene.partnership.progress_labels == {}


def test_own_words_are_short(administrator, scene):
    page = change(administrator, scene, "wording", progress_complete="x" * 31, rag_red="y" * 151)

    assert "Shorten this to 30 characters: it has 31" in words(page)
    assert "Shorten this to 150 characters: it has 151" in words(page)


# Two people at once --------------------------------------------------------------------


def test_what_somebody_else_saved_meanwhile_is_shown_before_it_is_replaced(administrator, scene):
    where = address(scene, "reports")
    mine = fields_of(administrator, where) | {"report_to": "Mine"}
    change(administrator, scene, "reports", report_to="Theirs")

    refused = administrator.post(where, mine)

    assert refused.status_code == 409
    assert "To: Theirs" in words(refused)
    assert 'value="Mine"' in refused.text
    again = Fields(refused.text).found
    assert administrator.post(where, again).status_code == 302
    scene.partnership.refresh_from_db()
    assert scene.partnership.report_to == "Mine"


def test_changes_of_another_group_do_not_meet(administrator, scene):
    where = address(scene, "reports")
    mine = fields_of(administrator, where) | {"report_to": "Mine"}
    change(administrator, scene, "rounds", round_months="4")

    assert administrator.post(where, mine).status_code == 302
    scene.partnership.refresh_from_db()
    assert (scene.partnership.report_to, scene.partnership.round_months) == ("Mine", 4)


@pytest.mark.parametrize("name", ["details", "reports", "rounds", "wording"])
def test_settings_cost_a_few_queries(administrator, scene, name, django_assert_max_num_queries):
    where = address(scene, name)
    with django_assert_max_num_queries(10):
        page = administrator.get(where)
    typed = Fields(page.text).found | {"name": "Another", "report_to": "Another"}
    with django_assert_max_num_queries(14):
        assert administrator.post(where, typed).status_code == 302
    with django_assert_max_num_queries(8):
        administrator.get(reverse("administration:settings", args=[scene.partnership.slug]))
