"""The list of a plan's actions: filtered, sorted, paged, and taken away as a file."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import Action, Milestone, Progress
from rounds.models import Rag
from tests.factories import (
    ActionFactory,
    ActionLeadFactory,
    GroupFactory,
    MembershipFactory,
    MilestoneFactory,
    OrganisationFactory,
    PlanFactory,
    PriorityFactory,
    PriorityLeadFactory,
)
from tests.scenes import accept, close, open_round_scene, submit, write
from tests.writing import words

pytestmark = pytest.mark.django_db

AS_UNDERSTOOD = ("Timescale", "Understood as", "How often")
EXPLAINED = {"rag_reason": "No staff", "way_back": "Hire"}


@pytest.fixture(scope="module")
def made(kept):
    """Three actions, rated red, green and not at all, in a closed round."""
    scene = open_round_scene(slug="swale")
    red, green, _ = scene.action_answers
    write(scene, red, rag=Rag.RED, **EXPLAINED)
    write(scene, green)
    submit(scene)
    accept(scene)
    close(scene)
    return scene


@pytest.fixture
def member(client, scene):
    client.force_login(scene.member)
    return client


def listed(client, scene, **chosen):
    """The references on the page, in order."""
    response = client.get(reverse("search:actions", args=["swale", scene.plan.pk]), chosen)
    assert response.status_code == 200
    return [row.action.reference for row in response.context["rows"]]


def test_today_leads_to_the_plan_of_today(member, scene):
    response = member.get(reverse("search:today", args=["swale"]))

    assert response["Location"] == reverse("search:actions", args=["swale", scene.plan.pk])


def test_without_a_filter_every_action_is_there_as_in_the_plan(member, scene):
    ActionFactory(priority=scene.priority, reference="4.10", order=5)

    assert listed(member, scene) == ["4.10", "1.1", "1.2", "1.3"]


@pytest.mark.parametrize(
    ("rag", "found"),
    [("red", ["1.1"]), ("green", ["1.2"]), ("none", ["1.3"]), ("amber", [])],
)
def test_actions_are_found_by_their_last_rating(member, scene, rag, found):
    assert listed(member, scene, rag=rag) == found


def test_a_rating_that_the_reader_may_not_read_is_no_filter_for_them(client, scene):
    answer = scene.action_answers[0]
    answer.marking = "official_sensitive"
    answer.save()
    client.force_login(scene.member)

    assert listed(client, scene, rag="red") == []
    assert listed(client, scene, rag="none") == ["1.1", "1.3"]


def test_actions_are_found_by_progress_and_by_being_overdue(member, scene):
    Action.objects.filter(reference="1.2").update(due_on=date(2020, 1, 1))
    Action.objects.filter(reference="1.3").update(
        due_on=date(2020, 1, 1), progress=Progress.COMPLETE, completed_on=date(2020, 1, 1)
    )

    assert listed(member, scene, progress="complete") == ["1.3"]
    assert listed(member, scene, overdue="yes") == ["1.2"]
    assert listed(member, scene, overdue="no") == ["1.1", "1.3"]


def test_an_action_with_an_overdue_milestone_is_overdue(member, scene):
    late, done, later = scene.actions
    MilestoneFactory(action=late, due_on=date(2020, 1, 1))
    MilestoneFactory(action=done, due_on=date(2020, 1, 1), completed_on=date(2019, 12, 1))
    MilestoneFactory(action=later, due_on=date(2099, 1, 1))

    assert listed(member, scene, overdue="yes") == ["1.1"]
    page = member.get(reverse("search:actions", args=["swale", scene.plan.pk]))
    assert "No date A milestone is overdue" in words(page)
    assert [line["Overdue"] for line in lines(member, scene)] == ["yes", "no", "no"]


def test_actions_are_found_by_priority_lead_and_organisation(member, scene):
    other = ActionFactory(priority=PriorityFactory(plan=scene.plan, order=90), reference="9.1")
    trust = OrganisationFactory(partnership=scene.partnership)
    ActionLeadFactory(action=other, membership=None, organisation=trust)
    officer = MembershipFactory(partnership=scene.partnership, organisation=trust)
    ActionLeadFactory(action=scene.actions[0], membership=officer)
    panel = GroupFactory(partnership=scene.partnership)
    GroupFactory(partnership=scene.partnership, name="A group that leads nothing")
    PriorityLeadFactory(priority=other.priority, membership=None, group=panel)

    assert listed(member, scene, priority=other.priority.pk) == ["9.1"]
    assert listed(member, scene, organisation=trust.pk) == ["1.1", "9.1"]
    assert listed(member, scene, lead=officer.pk) == ["1.1"]
    assert listed(member, scene, organisation=f"group-{panel.pk}") == ["9.1"]
    page = member.get(reverse("search:actions", args=["swale", scene.plan.pk]))
    assert "A group that leads nothing" not in words(page)
    assert listed(member, scene, lead=scene.memberships["lead"].pk) == ["1.1", "1.2", "1.3"]


def test_the_list_is_sorted_as_asked(member, scene):
    Action.objects.filter(reference="1.3").update(due_on=date(2023, 12, 1), title="Aardvark")
    Action.objects.filter(reference="1.2").update(due_on=date(2023, 11, 1))

    assert listed(member, scene, sort="due") == ["1.2", "1.3", "1.1"]
    assert listed(member, scene, sort="title") == ["1.3", "1.1", "1.2"]
    assert listed(member, scene, sort="rating") == ["1.1", "1.2", "1.3"]


def test_a_choice_that_is_none_is_told_and_shows_everything(member, scene):
    address = reverse("search:actions", args=["swale", scene.plan.pk])

    page = member.get(address, {"rag": "purple", "priority": "999"})

    assert "Choose one of the answers shown" in words(page)
    assert len(page.context["rows"]) == 3


def test_a_priority_of_another_plan_is_no_choice(member, scene):
    elsewhere = PriorityFactory()

    page = member.get(
        reverse("search:actions", args=["swale", scene.plan.pk]), {"priority": elsewhere.pk}
    )

    assert elsewhere.title not in words(page)
    assert "Choose one of the answers shown" in words(page)


def test_nothing_found_and_nothing_there_are_told_apart(member, scene):
    address = reverse("search:actions", args=["swale", scene.plan.pk])
    empty = PlanFactory(partnership=scene.partnership, slug="empty")

    assert "No action is like this" in words(member.get(address, {"rag": "amber"}))
    nothing = member.get(reverse("search:actions", args=["swale", empty.pk]))
    assert "This plan has no actions yet" in words(nothing)


def test_a_long_list_is_paged_with_its_filter(member, scene):
    for number in range(21):
        ActionFactory(priority=scene.priority, reference=f"2.{number}", order=100 + number)

    page = member.get(
        reverse("search:actions", args=["swale", scene.plan.pk]), {"overdue": "no", "page": "2"}
    )

    assert len(page.context["rows"]) == 4
    assert "overdue=no&amp;page=1" in page.text


def lines(client, scene, file="actions", **chosen):
    address = reverse(f"search:{file}_file", args=["swale", scene.plan.pk])
    response = client.get(address, chosen)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_file_holds_what_the_list_shows_under_the_same_filter(member, scene):
    [line] = lines(member, scene, rag="red")

    assert line["Reference"] == "1.1"
    assert line["Priority"] == "Priority 1: Safer streets"
    assert (line["Rating"], line["Rated in"], line["Overdue"]) == ("Red", "Q2", "no")
    assert line["Progress"] == "In progress"
    assert len(lines(member, scene)) == 3


def test_a_second_file_has_a_line_for_each_milestone_of_the_list(member, scene):
    first, second, _ = scene.actions
    map_it = {"title": "Map", "timescale": "By Mar 20", "timescale_kind": "by_date"}
    MilestoneFactory(action=second, title="Seek views")
    MilestoneFactory(action=first, order=2, **map_it, due_on=date(2020, 3, 31))
    MilestoneFactory(action=first, order=1, timescale="Quarterly", timescale_kind="recurring")
    Milestone.objects.filter(title="Seek views").update(
        timescale="", timescale_kind="unknown", completed_on=date(2023, 9, 12)
    )

    regular, late, done = lines(member, scene, "milestones", sort="title")

    assert [line["Reference"] for line in (regular, late, done)] == ["1.1", "1.1", "1.2"]
    assert [regular[name] for name in AS_UNDERSTOOD] == ["Quarterly", "Recurring", "every 3 months"]
    assert (regular["Due on"], regular["Overdue"]) == ("", "no")
    assert [late[name] for name in AS_UNDERSTOOD] == ["By Mar 20", "By a date", ""]
    assert (late["Due on"], late["Completed on"], late["Overdue"]) == ("2020-03-31", "", "yes")
    assert [done[name] for name in AS_UNDERSTOOD] == ["", "", ""]
    assert (done["Milestone"], done["Completed on"]) == ("Seek views", "2023-09-12")
    assert [line["Milestone"] for line in lines(member, scene, "milestones", rag="green")] == [
        "Seek views"
    ]
    Action.objects.update(progress=Progress.COMPLETE, completed_on=date(2023, 9, 30))
    assert {line["Overdue"] for line in lines(member, scene, "milestones")} == {"no"}


@pytest.mark.parametrize("title", ["=1+1", "+44 20", "-1", "@cmd", "\tx"])
def test_no_cell_of_the_file_is_a_formula(member, scene, title):
    Action.objects.filter(reference="1.1").update(title=title)

    assert lines(member, scene)[0]["Action"] == f"'{title}"


def test_the_list_takes_few_queries_however_many_actions(member, scene):
    address = reverse("search:actions", args=["swale", scene.plan.pk])
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as taken:
            member.get(address)
        counts.append(len(taken))
        for number in range(15):
            ActionFactory(priority=scene.priority, reference="", order=100 + number)

    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_a_file_takes_the_same_queries_however_many_milestones(member, scene):
    address = reverse("search:milestones_file", args=["swale", scene.plan.pk])
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as taken:
            member.get(address)
        counts.append(len(taken))
        for action in scene.actions:
            MilestoneFactory.create_batch(3, action=action)

    assert counts[0] == counts[1]
    assert counts[0] <= 10
