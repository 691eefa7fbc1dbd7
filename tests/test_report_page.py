"""The report as a page, and the list of reports."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.models import Marking
from priorities.models import Plan, PriorityLead
from rounds.models import Answer, Meeting, MeetingItem, Round
from tests.factories import (
    NOW,
    GroupHeadingFactory,
    IndicatorFactory,
    MeetingFactory,
    MeetingItemFactory,
    MilestoneFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    ReadingFactory,
    RoundFactory,
)
from tests.reporting import (
    QUARTERS,
    open_quarter,
    report_of,
    shut,
    tell,
    tell_all,
    tell_section,
    tick,
)
from tests.scenes import open_round_scene
from tests.writing import words

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(now=NOW)


def page_of(round):
    return reverse("reports:report", args=[round.partnership.slug, round.pk])


def read(client, scene, round=None):
    client.force_login(scene.coordinator)
    response = client.get(page_of(round or scene.round))
    assert response.status_code == 200
    return response.text


def test_the_parts_stand_in_the_order_of_the_paper(client, scene):
    scene.round.recommendations = "<p>That the Executive notes this report.</p>"
    scene.round.save()

    page = read(client, scene)

    parts = [
        *("DRAFT.", "To</dt>", "Date</dt>", "Subject</dt>", "1. Introduction"),
        *('id="grid"', 'id="changed"', 'id="silent"'),
        *("Lead: Strategic lead", ">Performance Stats<", ">Actions<"),
        *("Key Issues/Emerging Trends", "Streets Group – Key Updates", "Cross Cutting Themes"),
        *('id="recommendations"', "That the Executive notes this report."),
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_what_was_typed_cannot_become_part_of_the_page(client, scene):
    evil = "<script>alert(1)</script>"
    tell(scene.round, "1.1", "red", text=f"<p>{evil}Fine</p>", rag_reason=evil, way_back=evil)
    Answer.objects.update(title=evil)
    Round.objects.update(recommendations=f"<p onclick=x>{evil}Agree</p>")

    page = read(client, scene)

    assert evil not in page
    assert "onclick" not in page


def test_every_cell_has_a_shape_and_a_word(client, scene):
    tell(scene.round, "1.1", "amber")

    page = read(client, scene)

    assert '<span class="rag rag--amber"><svg' in page
    assert '<span class="blank">No update</span>' in page


def test_what_changed_says_when_a_rating_was_given_if_not_in_the_last_round(client, scene):
    # The scene's own round is Quarter 2, in which nothing is said.
    tell(open_quarter(scene, "Q1 2023/24"), "1.1", "amber")
    q3 = open_quarter(scene, "Q3 2023/24")
    tell(q3, "1.1", "green")
    client.force_login(scene.coordinator)

    shown = words(client.get(page_of(q3)))

    assert "Compared with Quarter 2, 2023/24." in shown
    assert "Turned green (1) 1.1 Title of action 1.1 Amber in Quarter 1 to Green" in shown


def test_an_action_and_a_figure_lead_to_their_pages(client, scene):
    page = read(client, scene)

    assert scene.actions[0].get_absolute_url() in page
    assert scene.indicator.get_absolute_url() in page


def test_the_empty_report_says_so(client, scene):
    page = read(client, scene)

    assert "No earlier round is on record" in page
    assert "There are no recommendations." in page
    assert "0 of 7 sections have been answered so far." in page


def test_a_round_without_changes_says_so(client, scene):
    q3 = open_quarter(scene, "Q3 2023/24")

    assert "Nothing has changed since Quarter 2, 2023/24." in read(client, scene, q3)


def test_a_sensitive_report_prints_its_marking_on_every_page(client, scene):
    assert "report--sensitive" not in read(client, scene)

    tell(scene.round, "1.1", marking=Marking.SENSITIVE)

    page = read(client, scene)
    assert "report--draft report--sensitive" in page
    assert "OFFICIAL-SENSITIVE" in page
    assert "marking.css" in page


def test_a_planned_round_says_that_nothing_has_been_asked(client):
    scene = open_round_scene(now=NOW, opened=False)

    assert "Nothing has been asked yet" in read(client, scene)


@pytest.mark.parametrize("who", ["lead", "deputy", "member", "administrator", "guest"])
def test_a_draft_report_is_for_coordinators_only(client, scene, who):
    client.force_login(getattr(scene, who))

    assert client.get(page_of(scene.round)).status_code == 403
    listed = client.get(reverse("reports:reports", args=[scene.partnership.slug]))
    assert listed.status_code == (403 if who == "guest" else 200)
    assert scene.round.full_label not in listed.text


def test_another_partnerships_report_is_not_there(client, scene):
    elsewhere = open_round_scene(now=NOW)
    client.force_login(elsewhere.coordinator)

    assert client.get(page_of(scene.round)).status_code == 404
    theirs = reverse("reports:report", args=[elsewhere.partnership.slug, scene.round.pk])
    assert client.get(theirs).status_code == 404


def test_the_list_names_every_round_with_a_report(client, scene, django_assert_num_queries):
    planned = RoundFactory(
        plan=scene.plan,
        label="Quarter 4",
        slug="q4",
        period_starts_on=date(2024, 1, 1),
        period_ends_on=date(2024, 3, 31),
    )
    client.force_login(scene.coordinator)

    with django_assert_num_queries(7):
        page = client.get(reverse("reports:reports", args=[scene.partnership.slug])).text

    assert page_of(scene.round) in page
    assert page_of(planned) not in page
    assert "Still to be opened: Quarter 4, 2023/24" in page


def test_the_list_has_twenty_reports_on_a_page(client, scene):
    for number in range(1, 21):
        starts_on = date(2000 + number, 4, 1)
        RoundFactory(
            plan=scene.plan,
            label=f"Old {number}",
            slug=f"old-{number}",
            period_starts_on=starts_on,
            period_ends_on=date(starts_on.year, 6, 30),
            state=Round.State.CLOSED,
            opened_at=NOW,
            closed_at=NOW,
        )
    address = reverse("reports:reports", args=[scene.partnership.slug])
    client.force_login(scene.coordinator)

    first, second = client.get(address), client.get(address, {"page": "2"})

    assert first.text.count('role="rowheader"') == 20
    assert "Page 1 of 2" in words(first)
    assert 'href="?page=2"' in first.text
    assert "Old 1," not in words(first)
    assert "Old 1, 2023/24" in words(second)
    assert second.text.count('role="rowheader"') == 1


def test_a_list_without_a_report_says_what_comes_next(client):
    scene = open_round_scene(now=NOW, opened=False)
    client.force_login(scene.coordinator)
    address = reverse("reports:reports", args=[scene.partnership.slug])

    assert "Quarter 2, 2023/24 is planned next" in client.get(address).text

    scene.round.delete()
    assert "no round has been made" in client.get(address).text


# How much is asked of the database ------------------------------------------------


def full_report(actions):
    """An open quarter in whose report every part has something; it grows in every direction.

    One action was last rated, and one section last answered, before the rounds of the grid.
    """
    scene = open_round_scene(now=NOW, actions=actions, opened=False)
    Round.objects.of(scene.partnership).delete()
    for number in range(actions // 8):
        priority = PriorityFactory(plan=scene.plan, reference=f"p{number}")
        GroupHeadingFactory(priority=priority)
        indicator = IndicatorFactory(partnership=scene.partnership, name=f"Figure {number}")
        PriorityIndicatorFactory(priority=priority, indicator=indicator)
        ReadingFactory(indicator=indicator)
        ReadingFactory(
            indicator=indicator,
            period_starts_on=date(2021, 10, 1),
            period_ends_on=date(2022, 9, 30),
        )
        action = scene.actions[number]
        MilestoneFactory(action=action, title="Met", completed_on=date(2023, 11, 1))
        MilestoneFactory(action=action, title="Overdue", due_on=date(2023, 6, 1))
    long_ago, *rounds = (open_quarter(scene, name) for name in QUARTERS)
    Round.objects.filter(pk=long_ago.pk).update(label="Quarter 0")
    tell(long_ago, "1.1", "red")
    tell_section(long_ago, "key_issues", "<p>Trends.</p>")
    moved = {"new_due_on": date(2023, 12, 31), "date_reason": "Late."}
    references = [action.reference for action in scene.actions][1:]
    for offset, round in enumerate(rounds):
        told = references[:-1] if round == rounds[-1] else references
        for number, rag in enumerate(("red", "amber", "green", "not_rated")):
            given = moved if rag == "amber" else {}
            tell_all(round, told[(number + offset) % 4 :: 4], rag, **given)
    scene.round = rounds[-1]
    tell(scene.round, "1.1", "green")
    tick(scene.round, MilestoneFactory(action=scene.actions[0], title="Ticked"))
    for round in rounds[:-1]:
        meeting = MeetingFactory(round=round, held_on=round.period_ends_on + timedelta(days=40))
        for answer in round.updates.first().answers.all():
            MeetingItemFactory(meeting=meeting, update=answer.update, answer=answer, agreed=True)
    for model in (Meeting, MeetingItem):
        model.history.update(history_date=NOW)
    return scene


def test_the_reports_queries_do_not_grow_with_the_plan(client, django_assert_num_queries):
    """Session, person, memberships and round among them, open and in the last of a closed plan."""
    counts = {}
    for actions in (8, 160):
        scene = full_report(actions)
        client.force_login(scene.coordinator)
        where = page_of(scene.round)
        for state, silent in (("open", "Answered last time"), ("closed", "Fell silent")):
            if state == "closed":
                shut(scene.round)
                Plan.objects.filter(pk=scene.plan.pk).update(closed_at=NOW)
            with CaptureQueriesContext(connection) as captured:
                page = words(client.get(where))
            counts[actions, state] = len(captured)
            for said in (
                *("Went red (", "Dates moved (", "Milestones met (", silent),
                *("Red in Quarter 0 to Green", "Quarter 0, 2023/24", "Milestones overdue"),
                *("Matters arising", "Agreed at the meeting on"),
            ):
                assert said in page, said
        report = report_of(scene.round)
        access = scene.access(scene.coordinator)
        found = {"report": report, "round": scene.round, "access": access}
        with django_assert_num_queries(0):
            render_to_string("reports/_report.html", found)

    assert counts == dict.fromkeys(counts, 14)


def test_a_priority_that_is_the_same_has_the_links_of_whoever_reads_it(scene):
    """It is kept as HTML between readers."""
    indicator = IndicatorFactory(partnership=scene.partnership, marking=Marking.SENSITIVE)
    PriorityIndicatorFactory(priority=scene.priority, indicator=indicator)
    report = report_of(scene.round)
    readers = {"coordinator": scene.access(scene.coordinator), "nobody": None}
    readers["member"] = scene.access(scene.member)

    links = {}
    for reader in (*readers, *readers):
        found = {"report": report, "round": scene.round, "access": readers[reader]}
        page = render_to_string("reports/_report.html", found)
        priorities = page[page.index('class="report__priority"') :]
        links.setdefault(reader, set()).add(
            (
                f"/{scene.partnership.slug}/actions/" in priorities,
                f"/figures/{indicator.pk}/" in priorities,
            )
        )

    assert links == {
        "coordinator": {(True, True)},
        "nobody": {(False, False)},
        "member": {(True, False)},
    }


def test_nobody_is_named_but_by_post(client, scene):
    assert PriorityLead.objects.exists()

    page = read(client, scene)

    assert scene.lead.email not in page
    assert scene.deputy.email not in page
