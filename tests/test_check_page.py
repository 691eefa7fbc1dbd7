"""A lead's update as it will print, before it is sent."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.models import Marking, Membership, Role
from performance.models import Indicator, Reading
from rounds.models import Answer, Rag
from rounds.services import Figure
from tests.factories import IndicatorFactory, PriorityIndicatorFactory, ReadingFactory
from tests.reporting import open_quarter, report_of, tell
from tests.scenes import (
    accept,
    close,
    give_back,
    open_round_scene,
    submit,
    write,
    write_all,
    write_all_at_once,
)
from tests.writing import words

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


def check_page(scene):
    return reverse("reports:check", args=[scene.partnership.slug, scene.update.pk])


def answer_page(scene, answer):
    return reverse("rounds:answer", args=[scene.partnership.slug, answer.pk])


def read(client, scene, who="lead"):
    client.force_login(getattr(scene, who))
    response = client.get(check_page(scene))
    assert response.status_code == 200
    return response


def test_complete_drafts_stand_as_they_will_print(client, scene):
    write(
        scene,
        scene.answer("action"),
        "<p>Two patrols a week.</p>",
        rag=Rag.AMBER,
        rag_reason="No money.",
        way_back="A grant.",
    )

    page = read(client, scene).text

    for printed in ("Two patrols a week.", "Why amber:", "No money.", "Way back to green:"):
        assert printed in page


def test_once_sent_the_report_holds_exactly_what_was_checked(client, scene):
    write_all(scene)
    checked = read(client, scene).context["check"].section
    submit(scene)

    [printed] = report_of(scene.round).priorities

    assert printed == checked


def test_what_cannot_be_printed_stands_as_in_the_report_and_is_named(client, scene):
    write_all(scene)
    write(scene, scene.answer("action"), "<p>Fish &amp; 😀, <strong>ש</strong>, 😀 again.</p>")
    page = read(client, scene)
    checked = page.context["check"].section
    submit(scene)

    [printed] = report_of(scene.round).priorities

    assert printed == checked
    assert "Fish &amp; [U+1F600], <strong>[U+05E9]</strong>, [U+1F600] again." in page.text
    assert (
        "The report cannot print “grinning face” ([U+1F600]) and “hebrew letter shin” ([U+05E9])."
        in words(page)
    )
    assert "😀" not in page.text


def test_of_texts_that_print_whole_nothing_is_said(client, scene):
    write_all(scene)

    assert "cannot print" not in read(client, scene).text


def test_gaps_are_named_with_links_and_what_they_lack(client, scene):
    answers = scene.answers
    write_all(scene)
    Answer.objects.filter(pk=answers[1].pk).update(rag="")
    Answer.objects.filter(pk=answers[2].pk).update(state="not_started", response="none", text="")

    response = read(client, scene)
    page = response.text

    assert "2 sections are not complete" in page
    assert "Choose how the action is going" in page
    assert page.count(answer_page(scene, answers[1])) == 2
    assert "Each prints “No update received”." in page
    assert "Submit with 2 gaps" in page
    assert [gap.answer for gap in response.context["check"].gaps] == [answers[1].pk, answers[2].pk]


def test_an_unfinished_draft_is_not_shown_as_if_it_would_print(client, scene):
    write(scene, scene.answer("action"), "<p>Half a thought.</p>", rag="")

    assert "Half a thought." not in read(client, scene).text


def test_with_nothing_missing_the_button_just_says_submit(client, scene):
    write_all(scene)

    page = read(client, scene).text

    assert ">Submit</button>" in page.replace("\n", "").replace("  ", "")
    assert "not complete" not in page
    submitting = reverse("rounds:submit", args=[scene.partnership.slug, scene.update.pk])
    assert f'action="{submitting}"' in page


def test_every_section_can_be_changed_from_here(client, scene):
    page = read(client, scene).text

    for answer in scene.answers:
        assert answer_page(scene, answer) in page


def test_figures_given_with_some_missing_are_sent_and_named_as_a_gap(client, scene):
    arson = IndicatorFactory(partnership=scene.partnership, name="Arson")
    PriorityIndicatorFactory(priority=scene.priority, indicator=arson)
    write_all(scene)
    figures = scene.answer("figures")

    response = read(client, scene)

    assert "1 section is not complete" in response.text
    assert "Arson is missing" in response.text
    assert "Reports of damage is missing" not in response.text
    assert "You can submit with this gap. It prints “Not yet known”." in response.text
    assert "Submit with 1 gap" in response.text
    assert [gap.answer for gap in response.context["check"].gaps] == [figures.pk]
    assert response.context["check"].to_send == len(scene.answers)

    submit(scene)
    assert "Arson is missing" in read(client, scene).text
    accept(scene)
    assert "Arson is missing" not in read(client, scene).text


def test_figures_that_all_came_from_elsewhere_are_no_gap(client, scene):
    year = scene.round.period.rolling_year()
    for each in (year, year.year_before()):
        ReadingFactory(
            indicator=scene.indicator, period_starts_on=each.starts_on, period_ends_on=each.ends_on
        )
    for answer in scene.answers:
        write(scene, answer)

    assert not read(client, scene).context["check"].gaps


def test_nothing_to_report_on_the_figures_is_no_gap(client, scene):
    for answer in scene.answers:
        if answer.is_figures:
            write(scene, answer, "", response="nothing")
        else:
            write(scene, answer)

    assert not read(client, scene).context["check"].gaps


def test_a_typed_figure_stands_in_for_the_reading_to_come(client, scene):
    year = scene.round.period.rolling_year()
    figures = [
        Figure(scene.indicator.pk, each, Decimal(value), "Kent Police", False)
        for each, value in ((year.year_before(), 200), (year, 100))
    ]
    write(scene, scene.answer("figures"), "", figures=figures)

    page = read(client, scene).text

    assert "−100 (−50.0%)" in page
    assert not Reading.objects.exists()


def test_a_returned_section_is_a_gap_until_it_is_written_again(client, scene):
    write_all(scene)
    submit(scene)
    answer = give_back(scene, scene.action_answers[0], "Say how many came.")

    page = read(client, scene).text
    assert "Returned: Say how many came." in page
    assert "It prints “Returned for revision”." in page
    assert "Everything that is finished has been sent." in page

    write(scene, answer, "<p>Forty came.</p>")
    page = read(client, scene).text
    assert "Forty came." in page
    assert ">Submit</button>" in page.replace("\n", "").replace("  ", "")


def test_with_nothing_written_there_is_nothing_to_submit(client, scene):
    page = read(client, scene).text

    assert "Nothing is ready to be sent yet." in page
    assert "<form" not in page.split("<main", 1)[1]


def test_the_rating_of_the_last_round_stands_beside_this_ones(client, scene):
    earlier = open_quarter(scene, "Q1 2023/24")
    tell(earlier, "1.1", "red")

    assert "Last quarter: Red" in read(client, scene).text


def test_the_deputy_may_submit_and_the_coordinator_only_reads(client, scene):
    write_all(scene)

    assert "Submit to the coordinator" in read(client, scene, "deputy").text

    page = read(client, scene, "coordinator").text
    assert "Submit to the coordinator" not in page
    assert "Check the update for Priority 1" in page


@pytest.mark.parametrize("who", ["member", "administrator", "guest"])
def test_it_is_not_there_for_others(client, scene, who):
    client.force_login(getattr(scene, who))

    assert client.get(check_page(scene)).status_code == 404


@pytest.mark.parametrize("who", ["lead", "deputy"])
def test_a_sensitive_figure_is_linked_only_for_those_who_may_read_its_page(client, scene, who):
    Indicator.objects.filter(pk=scene.indicator.pk).update(marking=Marking.SENSITIVE)
    figures = answer_page(scene, scene.answer("figures"))
    its_own = scene.indicator.get_absolute_url()

    for page in (read(client, scene, who).text, client.get(figures).text):
        assert scene.indicator.name in page
        assert "OFFICIAL-SENSITIVE" in page
        assert its_own not in page
    assert client.get(its_own).status_code == 404

    scene.memberships[who].reads_sensitive = True
    scene.memberships[who].save()
    for page in (read(client, scene, who).text, client.get(figures).text):
        assert its_own in page
    assert client.get(its_own).status_code == 200


def test_a_guest_who_leads_is_not_linked_to_what_members_read(client, scene):
    Membership.objects.filter(pk=scene.memberships["lead"].pk).update(role=Role.GUEST)
    write_all(scene)

    page = read(client, scene).text

    assert scene.indicator.name in page
    assert scene.indicator.get_absolute_url() not in page


def test_a_closed_round_says_so_and_shows_what_is_in_the_report(client, scene):
    write_all(scene)
    submit(scene)
    accept(scene)
    Answer.objects.filter(pk=scene.action_answers[0].pk).update(
        state="draft", accepted_at=None, text="<p>Came too late.</p>"
    )
    close(scene)

    page = read(client, scene).text

    assert "Answers have closed." in page
    assert "Came too late." not in page
    assert "Submit to the coordinator" not in page


def test_its_queries_do_not_grow_with_the_plan(client):
    counts = {}
    for actions in (8, 48, 480):
        scene = open_round_scene(actions=actions)
        write_all_at_once(scene)
        client.force_login(scene.lead)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(check_page(scene)).status_code == 200
        counts[actions] = len(captured)

    assert counts[8] <= 15
    assert counts == dict.fromkeys(counts, counts[8])
