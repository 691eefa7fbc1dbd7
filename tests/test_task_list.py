"""The task list of a lead's update: each section with its tag, taken from what is stored."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import ActionLink
from partnerships.quarters import Period
from priorities.models import PriorityLead
from rounds.models import Answer, LeadUpdate, Rag, Round
from rounds.services import Figure, open_round
from tests.factories import (
    ActionFactory,
    IndicatorFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    ReadingFactory,
    RoundFactory,
)
from tests.scenes import (
    accept,
    all_figures,
    close,
    give_back,
    open_round_scene,
    submit,
    write,
    write_all,
)

pytestmark = pytest.mark.django_db
Kind = Answer.Kind
YEAR = Period(date(2022, 10, 1), date(2023, 9, 30))
YEAR_BEFORE = Period(date(2021, 10, 1), date(2022, 9, 30))


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


@pytest.fixture
def scene(client, scene):
    client.force_login(scene.lead)
    return scene


def address(scene, update=None):
    return reverse("rounds:update", args=[scene.partnership.slug, (update or scene.update).pk])


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def page(client, scene, update=None):
    response = client.get(address(scene, update))
    assert response.status_code == 200
    return words(response.content.decode())


def row(client, answer):
    """What the list says of one section."""
    slug = answer.update.partnership.slug
    whole = client.get(reverse("rounds:update", args=[slug, answer.update_id])).content.decode()
    (found,) = re.findall(rf'<li class="task-row" id="answer-{answer.pk}">(.*?)</li>', whole, re.S)
    return words(found)


def test_every_section_is_on_the_list_and_leads_to_its_form(client, scene):
    whole = client.get(address(scene)).content.decode()

    for answer in scene.answers:
        form = reverse("rounds:answer", args=[scene.partnership.slug, answer.pk])
        assert f'<a class="govuk-link" href="{form}">' in whole
    said = words(whole)
    assert "0 of 7 sections are done." in said
    for heading in ("Actions", "Figures", "What else the Executive should know"):
        assert heading in said
    assert said.index("1.1 Title of action 1.1") < said.index("1.2 Title of action 1.2")


def test_a_section_not_started_can_be_answered_in_one_click(client, scene):
    said = row(client, scene.action_answers[0])

    assert "Not started" in said
    assert "Nothing to report" in said
    assert "Verbal at the meeting" in said


@pytest.mark.parametrize(
    ("content", "tag"),
    [
        ({}, "Done"),
        ({"rag": Rag.AMBER}, "Draft"),
        ({"rag": ""}, "Draft"),
        ({"text": ""}, "Draft"),
        ({"rag": Rag.RED, "rag_reason": "Late.", "way_back": "Money."}, "Done"),
        ({"response": "nothing", "text": "", "rag": ""}, "Nothing to report"),
        ({"response": "verbal", "text": "", "rag": ""}, "Verbal at the meeting"),
    ],
)
def test_a_draft_is_done_when_it_says_enough_to_be_sent(client, scene, content, tag):
    answer = scene.action_answers[0]
    write(scene, answer, **content)

    said = row(client, answer)

    assert re.search(rf"Saved today at \d\d:\d\d {tag}$", said), said


def test_what_was_sent_returned_or_accepted_says_so(client, scene):
    first, second, _ = scene.action_answers
    write_all(scene)
    submit(scene)
    assert row(client, first).endswith("Submitted")

    give_back(scene, first, "Say how many people came.")
    assert row(client, first).endswith("Sent back: Say how many people came. Returned")

    accept(scene)
    assert row(client, second).endswith("Accepted")
    assert "6 of 7 sections are done." in page(client, scene)


def test_a_returned_section_that_is_being_revised_keeps_its_reason(client, scene):
    answer = scene.action_answers[0]
    write(scene, answer)
    submit(scene)
    answer = give_back(scene, answer)
    write(scene, answer, "<p>Forty people came.</p>")

    assert "Sent back: Say how many people came." in row(client, answer)


def earlier_round(scene, **given):
    """The quarter before on the same priority, with its first action sent as red."""
    given = {"period_starts_on": date(2023, 4, 1), "period_ends_on": date(2023, 6, 30)} | given
    return RoundFactory(
        plan=scene.plan, slug="q1", label="Quarter 1", today=scene.now.date(), **given
    )


def say(update, action, rag, at):
    Answer.objects.filter(update=update, action=action).update(
        state="submitted",
        response="verbal",
        progress="in_progress",
        rag=rag,
        rag_reason="Late.",
        way_back="Money.",
        submitted_at=at,
    )


def test_the_last_rating_stands_beside_an_action_and_is_not_carried_forward(client, scene):
    round = earlier_round(scene)
    open_round(round=round, by=scene.coordinator, now=scene.now)
    say(round.updates.get(), scene.actions[0], Rag.RED, scene.now)
    Answer.objects.filter(update__round=round, action=scene.actions[1]).update(
        state="draft", response="verbal", rag=Rag.GREEN
    )

    assert "Last quarter: Red" in row(client, scene.action_answers[0])
    assert "Last quarter" not in row(client, scene.action_answers[1])
    assert scene.action_answers[0].rag == ""


def test_the_last_rating_is_found_in_the_plan_before_by_the_link(client, scene):
    plan = PlanFactory(partnership=scene.partnership, slug="old", year_label="2022/23")
    priority = PriorityFactory(plan=plan, title="Streets")
    old = ActionFactory(priority=priority, reference="4.9")
    ActionLink.objects.create(
        partnership=scene.partnership, earlier=old, later=scene.actions[1], kind="reworded"
    )
    round = RoundFactory(
        plan=plan,
        slug="old-q4",
        period_starts_on=date(2023, 1, 1),
        period_ends_on=date(2023, 3, 31),
        today=scene.now.date(),
    )
    open_round(round=round, by=scene.coordinator, now=scene.now)
    say(round.updates.get(), old, Rag.AMBER, scene.now)

    assert f"In {round.full_label}: Amber" in row(client, scene.action_answers[1])
    assert ": Amber" not in row(client, scene.action_answers[0])


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "when"),
    [
        (date(2023, 4, 1), date(2023, 6, 30), "Last quarter"),
        (date(2023, 1, 1), date(2023, 6, 30), "Last half-year"),
        (date(2023, 3, 1), date(2023, 6, 30), "Last round"),
        (date(2023, 4, 14), date(2023, 6, 30), "Last round"),
        (date(2023, 1, 1), date(2023, 3, 31), "In Quarter 1, 2023/24"),
    ],
)
def test_the_round_before_is_called_by_its_length(client, scene, starts_on, ends_on, when):
    round = earlier_round(scene, period_starts_on=starts_on, period_ends_on=ends_on)
    open_round(round=round, by=scene.coordinator, now=scene.now)
    say(round.updates.get(), scene.actions[0], Rag.RED, scene.now)
    answer = scene.action_answers[0]

    assert f"{when}: Red" in row(client, answer)
    section = reverse("rounds:answer", args=[scene.partnership.slug, answer.pk])
    assert f"{when} they said" in words(client.get(section).content.decode())
    check = reverse("reports:check", args=[scene.partnership.slug, scene.update.pk])
    assert f"{when}: Red" in words(client.get(check).content.decode())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda scene: {}, "Last quarter you said"),
        (lambda scene: {"saved_by": scene.member}, "Last quarter {} said"),
        (lambda scene: {"given_for": "Strategic lead"}, "Last quarter, written for you"),
        (lambda scene: {"taken_in_by": scene.coordinator}, "Last quarter you had drafted"),
    ],
)
def test_what_somebody_else_wrote_or_sent_is_not_what_you_said(client, scene, given, said):
    round = earlier_round(scene)
    open_round(round=round, by=scene.coordinator, now=scene.now)
    say(round.updates.get(), scene.actions[0], Rag.RED, scene.now)
    Answer.objects.filter(update__round=round, action=scene.actions[0]).update(
        **{"saved_by": scene.lead, "saved_as": "A post"} | given(scene)
    )

    page = client.get(
        reverse("rounds:answer", args=[scene.partnership.slug, scene.action_answers[0].pk])
    )

    page = words(page.content.decode())
    assert said.format(scene.member) in page
    was_sent = "taken_in_by" not in given(scene)
    assert "Quarter 1, 2023/24, written by A post" in page
    assert (", sent " in page) == was_sent
    assert ("never sent, and taken in" in page) != was_sent


def test_the_cross_cutting_themes_are_named(client, scene):
    PriorityFactory(plan=scene.plan, theme=True, reference="2", title="Hate crime", order=30)

    said = row(client, scene.answer(Kind.THEMES))
    assert said.startswith("Cross-cutting themes Training, Hate crime Not started")


def test_the_figures_say_how_many_for_when_and_what_is_missing(client, scene):
    figures = scene.answer(Kind.FIGURES)
    assert "1 figure for the twelve months to 30 September 2023" in row(client, figures)
    assert "Reports of damage is still missing" in row(client, figures)

    fires = IndicatorFactory(partnership=scene.partnership, name="Fires")
    PriorityIndicatorFactory(priority=scene.priority, indicator=fires)
    assert "Reports of damage and Fires are still missing" in row(client, figures)
    theft = IndicatorFactory(partnership=scene.partnership, name="Theft")
    PriorityIndicatorFactory(priority=scene.priority, indicator=theft)
    assert "3 of 3 are still missing" in row(client, figures)
    assert "3 figures for the twelve months to 30 September 2023" in row(client, figures)

    for indicator in (scene.indicator, fires, theft):
        for period in (YEAR, YEAR_BEFORE):
            ReadingFactory(
                indicator=indicator,
                period_starts_on=period.starts_on,
                period_ends_on=period.ends_on,
            )
    assert "All 3 are in" in row(client, figures)


def test_figures_typed_in_the_draft_are_not_missing_any_more(client, scene):
    figures = [
        Figure(scene.indicator.pk, period, Decimal(412), "Kent Police", False)
        for period in (YEAR, YEAR_BEFORE)
    ]
    write(scene, scene.answer(Kind.FIGURES), "", figures=figures)

    assert "It is in" in row(client, scene.answer(Kind.FIGURES))


def test_figures_given_with_some_missing_are_not_done_until_they_are_accepted(client, scene):
    figures = scene.answer(Kind.FIGURES)
    write(scene, figures, "", figures=all_figures(scene)[:1])

    assert row(client, figures).endswith(" 1 missing")
    assert "Reports of damage is still missing" in row(client, figures)
    assert "0 of 7 sections are done." in page(client, scene)

    submit(scene)
    assert row(client, figures).endswith("Submitted, 1 missing")
    assert "0 of 7 sections are done." in page(client, scene)
    sent = client.get(reverse("rounds:sent", args=[scene.partnership.slug, scene.update.pk]))
    assert "7 sections are not complete." in words(sent.content.decode())

    accept(scene)
    assert row(client, figures).endswith("Accepted, 1 missing")
    assert "1 of 7 sections are done." in page(client, scene)


def test_figures_that_came_in_from_elsewhere_are_done_once_they_are_looked_over(client, scene):
    for period in (YEAR, YEAR_BEFORE):
        ReadingFactory(
            indicator=scene.indicator,
            period_starts_on=period.starts_on,
            period_ends_on=period.ends_on,
        )
    write(scene, scene.answer(Kind.FIGURES), "")

    assert row(client, scene.answer(Kind.FIGURES)).endswith(" Done")


def test_nothing_to_report_on_the_figures_is_an_answer(client, scene):
    write(scene, scene.answer(Kind.FIGURES), "", response="nothing")

    assert row(client, scene.answer(Kind.FIGURES)).endswith(" Nothing to report")
    assert "1 of 7 sections are done." in page(client, scene)


def test_a_closed_round_can_be_read_and_offers_nothing_to_send(client, scene):
    write(scene, scene.action_answers[0])
    close(scene)

    said = page(client, scene)

    assert "Answers have closed." in said
    assert "See how it prints" in said
    assert "Check and submit" not in said
    assert "Nothing to report" not in said
    assert "in 7 days" not in said


def test_after_the_closing_moment_the_list_says_that_answers_have_closed(client, scene):
    Round.objects.update(
        opened_at=scene.now - timedelta(days=2), closes_at=scene.now - timedelta(minutes=1)
    )

    assert "Answers have closed." in page(client, scene)


def test_the_coordinator_sees_the_same_list_and_that_it_is_not_theirs(client, scene):
    client.force_login(scene.coordinator)
    said = page(client, scene)

    assert "You are the coordinator, and this is the list of Strategic lead." in said
    assert "What you save here is sent on their behalf at once" in said
    assert "What the lead has saved and not submitted is not in the report." in said
    assert "until you submit it" not in said
    assert "See how it prints" in said
    assert "Check and submit" not in said


def test_where_the_plan_names_no_lead_the_list_is_of_who_is_linked(client, scene):
    LeadUpdate.objects.update(lead_text="")
    client.force_login(scene.coordinator)
    assert "this is the list of Strategic lead." in page(client, scene)

    PriorityLead.objects.all().delete()
    assert "this is the list of the lead." in page(client, scene)


def test_the_lead_reads_that_what_is_saved_waits_to_be_submitted(client, scene):
    said = page(client, scene)

    assert "It does not go into the report until you submit it." in said
    assert "on their behalf" not in said


def test_the_coordinator_can_answer_for_the_lead_after_closing_too(client, scene):
    close(scene)
    client.force_login(scene.coordinator)

    said = page(client, scene)

    assert "You can still add or change an answer." in said
    assert "The coordinator can still" not in said


def test_a_coordinator_who_leads_the_priority_submits_like_any_lead(client, scene):
    PriorityLeadFactory(priority=scene.priority, membership=scene.memberships["coordinator"])
    client.force_login(scene.coordinator)

    assert "Check and submit" in page(client, scene)


def test_it_says_who_can_write_and_leads_to_the_last_update(client, scene):
    round = earlier_round(scene)
    open_round(round=round, by=scene.coordinator, now=scene.now)

    said = page(client, scene)

    assert "Who can write here Strategic lead Deputy lead (deputy)" in said
    assert "Read the update for Quarter 1, 2023/24" in said


def test_what_a_lead_may_not_see_is_not_there(client, scene):
    other = PriorityFactory(plan=scene.plan, title="Somebody else's")
    theirs = LeadUpdate.objects.create(
        partnership=scene.partnership, round=scene.round, priority=other, label="3", title="x"
    )
    elsewhere = open_round_scene(slug="elsewhere")

    assert client.get(address(scene, theirs)).status_code == 404
    assert client.get(address(scene, elsewhere.update)).status_code == 404
    assert client.get(address(elsewhere)).status_code == 404
    client.force_login(scene.member)
    assert client.get(address(scene)).status_code == 404


def test_the_queries_are_the_same_however_many_actions_there_are(client):
    counts = {"lead": [], "coordinator": []}
    for actions in (8, 48, 480):
        scene = open_round_scene(actions=actions)
        write(scene, scene.answer(Kind.FIGURES), "")
        for person, of_person in counts.items():
            client.force_login(getattr(scene, person))
            page = address(scene)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            of_person.append(len(queries))

    assert all(len(set(of_person)) == 1 for of_person in counts.values()), counts
    assert all(of_person[0] <= 11 for of_person in counts.values()), counts
