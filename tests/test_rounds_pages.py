"""The coordinator's pages of rounds: making, dating, opening, closing and reopening them."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from priorities.models import Priority, PriorityLead
from rounds.coordinator_forms import marker_of_dates
from rounds.models import Answer, Rag, Round
from rounds.services import close_round, make_rounds, open_round
from tests.factories import (
    LONDON,
    MembershipFactory,
    MilestoneFactory,
    PlanFactory,
    RoundFactory,
)
from tests.scenes import (
    all_figures,
    close,
    closed_round_scene,
    open_round_scene,
    write,
)

pytestmark = pytest.mark.django_db
State = Answer.State


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


@pytest.fixture
def scene(client, scene):
    client.force_login(scene.coordinator)
    return scene


@pytest.fixture
def planned(client):
    scene = open_round_scene(opened=False)
    client.force_login(scene.coordinator)
    return scene


@pytest.fixture
def partnership(client):
    coordinator = MembershipFactory(coordinator=True)
    client.force_login(coordinator.user)
    return coordinator.partnership


def address(scene, name, number=None):
    return reverse(f"rounds:{name}", args=[scene.partnership.slug, number or scene.round.pk])


def words(response):
    return " ".join(response.content.decode().split())


def three_boxes(name, day):
    return {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}


def days_from(scene, days):
    return timezone.localdate(scene.now) + timedelta(days=days)


def dates(scene, **days):
    """The form of the dates, filled in by days from today."""
    days = {"opens_on": 0, "due_on": 7, "closes_on": 10, "meets_on": 14} | days
    marker = marker_of_dates(Round.objects.get(pk=scene.round.pk))
    posted = {"closes_time": "5pm", "marker": marker}
    for name, offset in days.items():
        posted |= three_boxes(name, days_from(scene, offset))
    return posted


# The list -----------------------------------------------------------------------------


def test_without_a_plan_the_page_says_who_makes_one(client, partnership):
    response = client.get(reverse("rounds:rounds", args=[partnership.slug]))

    assert "When an administrator has added the plan" in words(response)


def test_the_rounds_of_a_plan_year_are_made_from_the_list(client, partnership):
    plan = PlanFactory(partnership=partnership)
    made = client.post(
        reverse("rounds:make", args=[partnership.slug]),
        {"plan": plan.pk, "months_each": 3},
        follow=True,
    )

    assert plan.rounds.count() == 4
    page = words(made)
    assert "Made for 2023/24: Quarter 1, Quarter 2, Quarter 3, Quarter 4." in page
    assert "Check the dates and open Quarter 1" in page
    assert "Make the missing rounds" not in page


def test_rounds_are_made_once_and_only_of_known_lengths(client, partnership):
    plan = PlanFactory(partnership=partnership)
    make = reverse("rounds:make", args=[partnership.slug])
    client.post(make, {"plan": plan.pk, "months_each": 6})

    again = client.post(make, {"plan": plan.pk, "months_each": 3}, follow=True)
    assert "Every month of 2023/24 has a round already." in words(again)
    for wrong in ({"plan": plan.pk, "months_each": 5}, {"plan": "x", "months_each": 3}, {}):
        assert "Choose how long each round is" in words(client.post(make, wrong, follow=True))
    assert plan.rounds.count() == 2


def test_the_round_to_open_next_follows_the_last_that_was_opened(client):
    scene = closed_round_scene()
    make_rounds(plan=scene.plan)
    client.force_login(scene.coordinator)

    page = words(client.get(reverse("rounds:rounds", args=[scene.partnership.slug])))

    assert "No round is open" in page
    assert "Check the dates and open Quarter 3" in page


def test_rounds_of_another_partnerships_plan_are_not_made(client, partnership):
    elsewhere = PlanFactory()
    make = reverse("rounds:make", args=[partnership.slug])

    assert client.post(make, {"plan": elsewhere.pk, "months_each": 3}).status_code == 404
    assert not elsewhere.rounds.exists()


def test_the_list_shows_the_latest_plan_first_and_many_on_several_pages(
    client, partnership, django_assert_num_queries
):
    for year in range(2018, 2025):
        plan = PlanFactory(
            partnership=partnership,
            slug=f"plan-{year}",
            year_label=f"{year}/{year - 1999}",
            starts_on=date(year, 4, 1),
            ends_on=date(year + 1, 3, 31),
        )
        # Each a round that nobody ever opened.
        RoundFactory(plan=plan, slug=f"round-{year}")
    rounds = reverse("rounds:rounds", args=[partnership.slug])
    with django_assert_num_queries(6):
        page = words(client.get(rounds))

    assert page.index("2024/25") < page.index("2020/21")
    assert "2019/20" not in page
    assert "No round is open" in page
    second = words(client.get(rounds, {"page": 2}))
    assert "2019/20" in second
    assert "No round is open" not in second


# Dates --------------------------------------------------------------------------------


def test_two_people_at_the_dates_do_not_overwrite_each_other(client, planned):
    client.force_login(planned.coordinator)
    first, second = dates(planned), dates(planned, due_on=5)
    client.post(address(planned, "dates"), first)

    response = client.post(address(planned, "dates"), second)
    saved = Round.objects.get(pk=planned.round.pk)

    assert response.status_code == 409
    assert "You changed this in another window" in words(response)
    assert saved.due_on == days_from(planned, 7)
    colleague = Client()
    of_colleague = MembershipFactory(partnership=planned.partnership, coordinator=True)
    colleague.force_login(of_colleague.user)
    recommended = {"text": "Agree.", "marker": saved.recommendations_marker}
    assert colleague.post(address(planned, "recommendations"), recommended).status_code == 302
    for person, told in (
        (client, "You changed this in another window"),  # Of the dates; the text is another matter.
        (colleague, "Someone else changed this while you were writing"),
    ):
        assert told in words(person.post(address(planned, "dates"), second))
    again = second | {"marker": response.context["form"].data["marker"]}
    assert client.post(address(planned, "dates"), again).status_code == 302
    assert Round.objects.get(pk=planned.round.pk).due_on == days_from(planned, 5)


def test_the_dates_of_a_planned_round_are_set_in_london_time(client, planned):
    response = client.post(address(planned, "dates"), dates(planned))

    assert response.status_code == 302
    planned.round.refresh_from_db()
    closing = days_from(planned, 10)
    assert planned.round.closes_at == datetime.combine(
        closing, datetime.min.time().replace(hour=17), LONDON
    )
    assert planned.round.due_on == days_from(planned, 7)
    assert planned.round.history.latest().history_user == planned.coordinator


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        ({"opens_on": 8}, "Updates cannot be due before the round opens"),
        ({"closes_on": 6}, "Answers cannot close before they are due"),
        ({"meets_on": 9}, "The Executive cannot meet before answers close"),
        ({"opens_on": -9, "due_on": -1}, "That day has passed: choose a later one"),
        ({"opens_on": -9, "due_on": -5, "closes_on": -1}, "That time has passed"),
    ],
)
def test_dates_out_of_order_or_past_are_said_beside_their_boxes(client, planned, days, problem):
    response = client.post(address(planned, "dates"), dates(planned, **days))

    page = words(response)
    assert page.count(problem) == 2
    assert "Everything you typed is still here" in page


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"due_on_day": "31", "due_on_month": "6"}, "June has 30 days: check the day"),
        ({"closes_time": "teatime"}, "Enter a time such as 5pm or 17:00"),
        ({"closes_time": ""}, "Enter a time such as 5pm or 17:00"),
        ({"meets_on_month": ""}, "Enter a day, month and year"),
    ],
)
def test_what_was_typed_wrongly_comes_back_with_what_to_do(client, planned, typed, problem):
    before = planned.round.due_on
    page = words(client.post(address(planned, "dates"), dates(planned) | typed))

    assert problem in page
    for value in filter(None, typed.values()):
        assert f'value="{value}"' in page
    planned.round.refresh_from_db()
    assert planned.round.due_on == before


def test_an_open_round_keeps_a_due_date_and_a_closing_time(client, scene):
    posted = {"closes_time": "5pm"} | three_boxes("meets_on", days_from(scene, 20))
    page = words(client.post(address(scene, "dates"), posted))

    assert page.count("Enter a day, month and year") == 4
    assert "Opens on" not in page


def test_a_date_that_has_passed_by_itself_does_not_stop_another_change(client, scene):
    yesterday = days_from(scene, -1)
    Round.objects.update(opens_on=days_from(scene, -30), due_on=yesterday)
    posted = dates(scene, due_on=-1, meets_on=30)

    assert client.post(address(scene, "dates"), posted).status_code == 302
    scene.round.refresh_from_db()
    assert scene.round.meets_on == days_from(scene, 30)


def test_dates_proposed_long_ago_must_be_set_anew_before_a_round_opens(client, planned):
    now = planned.now - timedelta(days=100)
    Round.objects.filter(pk=planned.round.pk).update(
        opens_on=days_from(planned, -100), due_on=days_from(planned, -90), closes_at=now
    )
    posted = dates(planned, opens_on=-100, due_on=-90, closes_on=-80)

    page = words(client.post(address(planned, "dates"), posted))
    assert page.count("That day has passed: choose a later one") == 2
    assert "leads need it to answer. Once the round is closed, the meeting can be given" in page
    assert page.count("That time has passed: choose a later one") == 2


def test_an_open_round_is_not_due_before_the_day_it_was_to_open(client, scene):
    Round.objects.update(opens_on=days_from(scene, 7))

    page = words(client.post(address(scene, "dates"), dates(scene, due_on=3)))

    assert "Updates cannot be due before the round opens" in page


def test_a_closed_round_has_only_its_meeting_to_move(client, scene):
    close(scene)
    before = scene.round.closes_at

    response = client.post(address(scene, "dates"), dates(scene, closes_on=30, meets_on=40))

    assert response.status_code == 302
    scene.round.refresh_from_db()
    assert (scene.round.closes_at, scene.round.meets_on) == (before, days_from(scene, 40))


# Opening ------------------------------------------------------------------------------


def test_before_opening_who_is_linked_stands_in_for_a_lead_the_plan_does_not_name(client, planned):
    Priority.objects.update(lead_text="")

    page = words(client.get(address(planned, "open")))
    assert 'data-label="Lead">Strategic lead</td>' in page

    PriorityLead.objects.all().delete()
    page = words(client.get(address(planned, "open")))
    assert 'data-label="Lead">To be confirmed</td>' in page


def test_the_page_before_opening_says_who_is_asked_for_what(client, planned):
    page = words(client.get(address(planned, "open")))

    assert "Opening asks the leads below for 7 sections" in page
    assert "Priority 1: Safer streets" in page
    assert "Strategic lead<br>Deputy lead (deputy)" in page
    assert "figures, 3 actions, key issues, 1 group, cross-cutting themes" in page
    assert "asked by email at once" in page


def test_a_lead_who_has_not_accepted_an_invitation_yet_is_told_as_that(client, planned):
    planned.lead.is_active = False
    planned.lead.save()

    page = words(client.get(address(planned, "open")))

    assert "Strategic lead, who has not accepted the invitation yet" in page


def test_a_priority_that_nobody_is_linked_to_falls_to_the_coordinator(client, planned):
    PriorityLead.objects.all().delete()

    page = words(client.get(address(planned, "open")))
    assert "No person is linked: you are asked instead" in page


def test_opening_makes_the_sections_and_leads_to_the_board(client, planned):
    response = client.post(address(planned, "open"), follow=True)

    assert "Quarter 2, 2023/24 is open. 2 people are asked by email." in words(response)
    assert response.redirect_chain[-1][0] == address(planned, "board")
    assert Answer.objects.filter(update__round=planned.round).count() == 7


@pytest.mark.parametrize(
    ("change", "hindrance"),
    [
        ({"due_on": None}, "Set the due date before opening"),
        ({"closes_at": None}, "Set the closing time before opening"),
        ({"due_on": None, "closes_at": None}, "Set the due date and the closing time before"),
        ({"closes_at": datetime(2020, 1, 1, tzinfo=LONDON)}, "The closing time has passed"),
    ],
)
def test_missing_and_past_dates_are_named_and_keep_the_round_from_opening(
    client, planned, change, hindrance
):
    Round.objects.filter(pk=planned.round.pk).update(**change)
    page = words(client.get(address(planned, "open")))
    assert hindrance in page
    assert ">Open Quarter 2</button>" not in page

    refused = client.post(address(planned, "open"))

    assert refused.status_code == 409
    assert "There is a problem" in words(refused)
    assert not planned.round.updates.exists()


def test_a_plan_without_priorities_is_not_opened(client, partnership):
    round = RoundFactory(plan=PlanFactory(partnership=partnership), today=timezone.localdate())
    opening = reverse("rounds:open", args=[partnership.slug, round.pk])

    assert "The plan has no priorities yet" in words(client.get(opening))
    assert client.post(opening).status_code == 409


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_round_that_is_open_already_leads_to_its_board(client, scene, method):
    response = getattr(client, method)(address(scene, "open"), follow=True)

    assert "has been opened already" in words(response)
    assert scene.round.updates.count() == 1


def test_opening_takes_as_many_queries_for_many_actions_as_for_few(
    client, django_assert_max_num_queries
):
    for actions in (8, 48, 480):
        scene = open_round_scene(actions=actions, opened=False)
        client.force_login(scene.coordinator)
        with django_assert_max_num_queries(12):
            client.get(address(scene, "open"))
        # Two more say what the round before still wants.
        before = RoundFactory(
            plan=scene.plan,
            label="Quarter 1",
            slug="before",
            period_starts_on=date(2023, 4, 1),
            period_ends_on=date(2023, 6, 30),
            today=scene.now.date(),
        )
        open_round(round=before, by=scene.coordinator, now=scene.now)
        close_round(round=before, now=scene.now)
        with django_assert_max_num_queries(12):
            client.get(address(scene, "open"))


# Closing and reopening ----------------------------------------------------------------


def test_the_page_before_closing_names_the_drafts_and_who_wrote_them(client, scene):
    write(scene, scene.action_answers[0])
    page = words(client.get(address(scene, "close")))

    assert "1 draft not sent" in page
    assert "1.1 Title of action 1.1</a>" in page
    assert "saved today" in page
    assert "by Strategic lead" in page
    assert "6 not started" in page


def test_closing_leads_to_the_drafts_and_without_any_to_the_board(client, scene):
    write(scene, scene.answers[0])
    closed = client.post(address(scene, "close"))
    assert closed.url == address(scene, "drafts")

    other = open_round_scene()
    client.force_login(other.coordinator)
    assert client.post(address(other, "close")).url == address(other, "board")
    other.round.refresh_from_db()
    assert other.round.is_closed


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_round_that_is_not_open_is_not_closed(client, planned, method):
    response = getattr(client, method)(address(planned, "close"), follow=True)

    assert "Quarter 2, 2023/24 is not open." in words(response)


def test_a_draft_is_taken_in_after_closing_one_by_one(client, scene):
    first, second, _ = scene.action_answers
    write(scene, first, "<p>The first draft.</p>")
    write(scene, second, "<p>The second draft.</p>")
    close(scene)
    page = words(client.get(address(scene, "drafts")))
    assert "<p>The first draft.</p>" in page
    assert page.count("Take this draft in") == 2

    taken = client.post(address(scene, "take_in", first.pk), {"version": 1}, follow=True)

    assert "1.1 Title of action 1.1, Priority 1, is taken in." in words(taken)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.taken_in_by) == (State.SUBMITTED, scene.coordinator)
    assert second.state == State.DRAFT


def test_a_draft_of_figures_is_named_by_its_priority_as_well(client, scene):
    figures = scene.answer(Answer.Kind.FIGURES)
    write(scene, figures, "", response="nothing")
    close(scene)

    page = words(client.get(address(scene, "drafts")))
    taken = client.post(address(scene, "take_in", figures.pk), {"version": 1}, follow=True)

    assert re.search(r"<h2[^>]*><span[^>]*>Priority 1: Safer streets</span>Figures</h2>", page), (
        page
    )
    assert "Figures, Priority 1, is taken in." in words(taken)


def test_figures_of_which_some_are_missing_can_be_taken_in_and_say_so(client, scene):
    figures = scene.answer(Answer.Kind.FIGURES)
    write(scene, figures, "", figures=all_figures(scene)[:1])
    close(scene)

    page = words(client.get(address(scene, "drafts")))

    assert "<strong>1 missing:</strong> Reports of damage for Oct 2022" in page
    assert "Take this draft in" in page


def test_an_incomplete_draft_says_what_is_missing_and_is_edited_for_the_lead(client, scene):
    milestone = MilestoneFactory(action=scene.actions[0], title="Maps drawn")
    draft = write(scene, scene.action_answers[0], rag=Rag.RED, done=frozenset({milestone.pk}))
    close(scene)
    page = words(client.get(address(scene, "drafts")))

    assert "<strong>Milestones done:</strong> Maps drawn</p>" in page
    assert "Say why the action is red" in page
    assert "Take this draft in" not in page
    assert reverse("rounds:answer", args=[scene.partnership.slug, draft.pk]) in page
    refused = client.post(address(scene, "take_in", draft.pk), {"version": 1}, follow=True)
    assert "was not taken in. Before it can be sent: Say why" in words(refused)


def test_a_draft_is_not_taken_in_while_its_lead_can_send_it_or_when_it_has_changed(client, scene):
    draft = write(scene, scene.action_answers[0])
    assert "Leads can still change and send these" in words(client.get(address(scene, "drafts")))
    early = client.post(address(scene, "take_in", draft.pk), {"version": 1}, follow=True)
    assert "Its lead can still send it" in words(early)

    close(scene)
    for version in ("0", "", "x"):
        stale = client.post(address(scene, "take_in", draft.pk), {"version": version}, follow=True)
        assert "has changed since you opened it" in words(stale)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_a_closed_round_is_reopened_with_a_reason_and_a_closing_time(client):
    scene = closed_round_scene()
    client.force_login(scene.coordinator)
    posted = {"reason": "Health was ill.", "closes_time": "noon"}
    posted |= three_boxes("closes_on", days_from(scene, 3))

    response = client.post(address(scene, "reopen"), posted, follow=True)

    assert "is open again" in words(response)
    assert "Reopened: Health was ill." in words(response)
    scene.round.refresh_from_db()
    assert timezone.localtime(scene.round.closes_at).hour == 12


def test_reopening_without_a_reason_or_into_the_past_is_refused_and_keeps_what_was_typed(client):
    scene = closed_round_scene()
    client.force_login(scene.coordinator)
    posted = {"reason": "", "closes_time": "5pm"} | three_boxes("closes_on", date(2020, 1, 2))

    page = words(client.post(address(scene, "reopen"), posted))

    assert "Say why the round is opened again" in page
    assert "That time has passed: choose a later one" in page
    assert 'value="2020"' in page
    scene.round.refresh_from_db()
    assert scene.round.is_closed


def test_an_open_round_is_not_reopened_and_the_reason_is_kept(client, scene):
    posted = {"reason": "By mistake.", "closes_time": "5pm"}
    posted |= three_boxes("closes_on", days_from(scene, 3))

    page = words(client.post(address(scene, "reopen"), posted))

    assert "is not closed" in page
    assert "By mistake." in page
