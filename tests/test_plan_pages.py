"""The plan and its actions, as those who may read them see them."""

import re
from datetime import date

import pytest
from django.urls import reverse

from actions.models import ActionLink, Progress
from partnerships.models import Marking
from rounds.models import Answer, Rag
from rounds.services import open_round
from tests.factories import (
    NOW,
    ActionFactory,
    GroupFactory,
    GroupHeadingFactory,
    MembershipFactory,
    MilestoneFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    RoundFactory,
)
from tests.scenes import (
    accept,
    close,
    closed_round_scene,
    give_back,
    open_round_scene,
    submit,
    write,
    write_all_at_once,
)
from tests.writing import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def partnership():
    return PartnershipFactory(slug="swale")


@pytest.fixture
def plan(partnership):
    return PlanFactory(partnership=partnership)


@pytest.fixture
def member(client, partnership):
    client.force_login(MembershipFactory(partnership=partnership).user)
    return client


def plan_page(plan):
    return reverse("rounds:plan", args=[plan.partnership.slug, plan.pk])


def action_page(action):
    return reverse("rounds:action", args=[action.partnership.slug, action.pk])


def seen_by(client, user, address, data=None):
    client.force_login(user)
    response = client.get(address, data)
    assert response.status_code == 200
    return response.text


def next_round(scene, *, label, period, slug):
    """Move the scene on to another round of its plan, opened."""
    scene.round = RoundFactory(
        plan=scene.plan,
        label=label,
        short_label=label.replace("Quarter ", "Q"),
        slug=slug,
        period_starts_on=period[0],
        period_ends_on=period[1],
    )
    open_round(round=scene.round, by=scene.coordinator, now=scene.now)
    scene.round.refresh_from_db()


QUARTER_3 = {
    "label": "Quarter 3",
    "slug": "2023-24-q3",
    "period": (date(2023, 10, 1), date(2023, 12, 31)),
}


# Which plan ---------------------------------------------------------------------------


def test_the_way_to_the_plan_leads_to_todays(member, plan):
    PlanFactory(
        partnership=plan.partnership,
        slug="2024-25",
        starts_on=date(2024, 4, 1),
        ends_on=date(2025, 3, 31),
    )

    response = member.get(reverse("rounds:plans", args=["swale"]))

    assert response["Location"] == plan_page(plan)


def test_without_a_plan_of_today_the_latest_is_shown(member, partnership):
    years = [
        PlanFactory(
            partnership=partnership,
            slug=str(year),
            starts_on=date(year, 4, 1),
            ends_on=date(year + 1, 3, 31),
        )
        for year in (2020, 2022, 2021)
    ]

    response = member.get(reverse("rounds:plans", args=["swale"]))

    assert response["Location"] == plan_page(years[1])


def test_a_partnership_without_a_plan_is_told_who_adds_it(member):
    page = member.get(reverse("rounds:plans", args=["swale"])).text

    assert "There is no plan yet" in page
    assert "An administrator of the partnership adds the plan" in page


def test_a_plan_without_priorities_says_so(member, plan):
    assert "This plan has no priorities yet" in member.get(plan_page(plan)).text


def test_a_plan_leads_to_the_plans_of_other_years(member, plan):
    other = PlanFactory(
        partnership=plan.partnership,
        title="Community Safety Plan 2022/23",
        slug="2022-23",
        starts_on=date(2022, 4, 1),
        ends_on=date(2023, 3, 31),
    )

    page = member.get(plan_page(plan)).text

    assert f'href="{plan_page(other)}"' in page
    assert page.count(f'href="{plan_page(plan)}"') == 0


# A plan -------------------------------------------------------------------------------


def test_a_plan_shows_its_priorities_leads_groups_and_actions_in_order(member, plan):
    second = PriorityFactory(
        plan=plan, reference="2", title="Crime", lead_text="Kent Police", order=20
    )
    first = PriorityFactory(plan=plan, reference="1", title="Domestic Abuse", order=10)
    GroupHeadingFactory(priority=second, heading="Panel", order=10)
    GroupHeadingFactory(priority=second, heading="Forum", order=20)
    ActionFactory(priority=second, reference="2.10", title="Ten", order=2)
    ActionFactory(priority=second, reference="2.9", title="Nine", order=1)

    page = member.get(plan_page(plan)).text

    assert "2 priorities, 2 actions." in page
    assert page.index(f'id="priority-{first.pk}"') < page.index(f'id="priority-{second.pk}"')
    assert "Lead: Kent Police. Reported to by Panel; Forum" in page
    assert page.index("Nine") < page.index("Ten")


def test_a_priority_without_a_lead_is_to_be_confirmed(member, plan):
    PriorityFactory(plan=plan, lead_text="")

    page = member.get(plan_page(plan)).text

    assert "Lead: to be confirmed" in page
    assert "No actions yet." in page


def test_themes_are_listed_and_those_with_actions_have_a_table(member, plan):
    PriorityFactory(plan=plan, theme=True, reference="1", title="Training")
    owning = PriorityFactory(plan=plan, theme=True, reference="6", title="Hate Crime")
    ActionFactory(priority=owning, reference="6.1", title="Promote reporting")

    page = member.get(plan_page(plan)).text

    assert "2 cross-cutting themes, 1 action." in page
    assert "Actions of Cross-cutting theme 6" in page
    assert re.search(r"<li [^>]*>Training <a [^>]*>What changed", page)


def test_the_next_milestone_is_shown_and_how_many_are_done(member, plan):
    action = ActionFactory(priority__plan=plan)
    MilestoneFactory(action=action, title="Review", completed_on=date(2023, 8, 29), order=1)
    MilestoneFactory(
        action=action,
        title="Hub reopens",
        timescale="By Dec 23",
        timescale_kind="in_month",
        due_on=date(2023, 12, 31),
        order=2,
    )
    for kind in ("recurring", "ongoing", "as_required"):
        MilestoneFactory(action=action, title="Meet", timescale_kind=kind)

    page = member.get(plan_page(plan)).text

    assert "1 of 2 done, and 3 that go on" in page
    assert "1 of 2 done, and 3 that go on" in member.get(action.get_absolute_url()).text
    next_one = page[page.index("Next:") : page.index("<details")]
    assert "Hub reopens" in next_one
    assert "(By Dec 23)" in next_one


def test_what_is_overdue_is_said_in_words(member, plan):
    ActionFactory(priority__plan=plan, due_on=date(2023, 10, 19))
    late = ActionFactory(priority__plan=plan)
    MilestoneFactory(action=late, due_on=date(2023, 9, 30))
    ActionFactory(priority__plan=plan, due_on=date(2023, 10, 20))

    page = member.get(plan_page(plan)).text

    assert page.count("Overdue") == 2
    assert "<strong>Overdue</strong> since 19 October 2023" in page


def test_a_withdrawn_action_is_shown_as_such_with_the_reason(member, plan):
    ActionFactory(
        priority__plan=plan,
        progress=Progress.WITHDRAWN,
        withdrawn_reason="The money ended.",
        due_on=date(2023, 5, 1),
    )

    page = member.get(plan_page(plan)).text

    assert "1 withdrawn." in page
    assert "Withdrawn" in page
    assert "The money ended." in page
    assert "Overdue" not in page


# Ratings on it, and who sees them --------------------------------------------------------


def test_members_see_a_rating_once_it_is_accepted_and_its_round_is_closed(client):
    scene = open_round_scene(now=NOW, actions=1)
    write(scene, scene.answers[1], rag=Rag.GREEN)
    for step in (submit, accept):
        step(scene)
        assert "No update yet" in seen_by(client, scene.member, plan_page(scene.plan))

    close(scene)

    page = seen_by(client, scene.member, plan_page(scene.plan))
    assert "No update yet" not in page
    assert "Ratings in Quarter 2, 2023/24" in page
    assert "Green</span> 1" in page


def test_leads_and_coordinators_see_a_rating_once_it_is_sent(client):
    scene = open_round_scene(now=NOW, actions=1)
    write(scene, scene.answers[1], rag=Rag.GREEN)
    for user in (scene.lead, scene.coordinator):
        assert "No update yet" in seen_by(client, user, plan_page(scene.plan))

    submit(scene)

    for user in (scene.lead, scene.coordinator):
        assert "Green</span> 1" in seen_by(client, user, plan_page(scene.plan))


def test_a_rating_of_an_earlier_round_says_of_which(client):
    scene = closed_round_scene(now=NOW, actions=2)
    next_round(scene, **QUARTER_3)
    write(scene, scene.action_answers[0], rag=Rag.NOT_RATED)
    submit(scene)

    page = seen_by(client, scene.coordinator, plan_page(scene.plan))

    assert "Ratings in Quarter 3, 2023/24" in page
    assert "Not rated</span> 1" in page
    assert "No rating 1" in page
    assert page.count("Q2 2023/24") == 1


def test_a_verbal_answer_is_told_in_words(client):
    scene = open_round_scene(now=NOW, actions=1)
    write(scene, scene.answers[1], text="", response=Answer.Response.VERBAL, rag="")
    submit(scene)

    page = seen_by(client, scene.lead, plan_page(scene.plan))

    assert "Verbal update at the meeting" in page


# An action -----------------------------------------------------------------------------


def test_an_action_shows_its_milestones_as_written_with_their_dates(member, plan):
    action = ActionFactory(priority__plan=plan)
    MilestoneFactory(
        action=action, timescale="By Mar 20", due_on=date(2020, 3, 31), completed_on=None
    )
    MilestoneFactory(
        action=action,
        timescale="August",
        due_on=date(2023, 8, 31),
        completed_on=date(2023, 8, 29),
    )
    nine = date(2023, 5, 9)
    MilestoneFactory(action=action, timescale="By 9 May 2023", due_on=nine, completed_on=nine)
    MilestoneFactory(action=action, timescale="Six monthly", timescale_kind="recurring")
    MilestoneFactory(action=action, timescale="Every month", timescale_kind="recurring")

    answer = member.get(action_page(action))

    page = answer.text
    assert "By Mar 20" in page
    assert "Six monthly Every 6 months" in words(answer)
    assert words(answer).count("Every month") == 1
    assert words(answer).count("By 9 May 2023 Done 9 May 2023") == 1
    assert "31 March 2020, outside the year of this plan" in page
    assert "31 August 2023<" in page
    assert "Done 29 August 2023" in page
    assert page.count("Overdue") == 1


def test_an_action_without_updates_says_when_they_come(client):
    scene = open_round_scene(now=NOW, actions=1)

    page = seen_by(client, scene.coordinator, action_page(scene.actions[0]))

    assert "There are no updates yet. An update is shown here once" in page


def test_a_past_answer_is_told_with_its_rating_reasons_and_moved_date(client):
    scene = open_round_scene(now=NOW, actions=1)
    scene.actions[0].due_on = date(2023, 12, 31)
    scene.actions[0].save()
    write(
        scene,
        scene.answers[1],
        text="<p>No sessions ran.</p>",
        rag=Rag.AMBER,
        rag_reason="The money came late.",
        way_back="A first session in December.",
        new_due_on=date(2024, 3, 31),
        date_reason="The money came late again.",
    )
    submit(scene)

    page = seen_by(client, scene.lead, action_page(scene.actions[0]))

    for text in (
        "<p>No sessions ran.</p>",
        "Amber</span>",
        "Why amber",
        "The money came late.",
        "A first session in December.",
        "31 December 2023",
        "The money came late again.",
        "Strategic lead, today at 10:00",
        "<dt>Dates moved</dt><dd>Once</dd>",
        "<dt>Ends</dt><dd>31 March 2024</dd>",
    ):
        assert text in page, text


def test_an_answer_given_on_behalf_says_by_whom_and_for_whom(client):
    scene = open_round_scene(now=NOW, actions=1)
    answer = scene.answers[1]
    write(scene, answer)
    submit(scene)
    Answer.objects.filter(pk=answer.pk).update(saved_as="Coordinator", given_for="Kent Police")

    page = seen_by(client, scene.lead, action_page(scene.actions[0]))

    assert "Coordinator, for Kent Police, today at 10:00" in page


def test_unsent_and_returned_text_is_not_told_here(client):
    scene = open_round_scene(now=NOW, actions=2)
    draft, returned = scene.action_answers
    write(scene, returned, "<p>Sent and given back.</p>")
    submit(scene)
    give_back(scene, returned)
    write(scene, draft, "<p>Still being written.</p>")

    for user in (scene.lead, scene.coordinator):
        first = seen_by(client, user, action_page(scene.actions[0]))
        second = seen_by(client, user, action_page(scene.actions[1]))
        assert "Still being written." not in first
        assert "Not sent yet" in first
        assert "Sent and given back." not in second
        assert "Returned for revision" in second


def test_a_closed_round_without_an_answer_shows_as_such_to_the_coordinator(client):
    scene = open_round_scene(now=NOW, actions=1)
    close(scene)

    page = seen_by(client, scene.coordinator, action_page(scene.actions[0]))

    assert "No update received" in page


def test_a_sensitive_answer_is_for_those_with_the_grant(client):
    scene = open_round_scene(now=NOW, actions=1)
    write(scene, scene.answers[1], "<p>Named streets.</p>", marking=Marking.SENSITIVE)
    for step in (submit, accept, close):
        step(scene)

    page = seen_by(client, scene.member, action_page(scene.actions[0]))
    assert "Named streets." not in page
    assert "There are no updates that you may read here." in page
    assert "no updates yet" not in page
    scene.memberships["member"].reads_sensitive = True
    scene.memberships["member"].save()
    page = seen_by(client, scene.member, action_page(scene.actions[0]))
    assert "Named streets." in page
    assert "OFFICIAL-SENSITIVE" in page


def test_a_rating_that_is_not_for_the_reader_is_not_called_none(client):
    scene = open_round_scene(now=NOW, actions=2)
    first, second = scene.action_answers
    write(scene, first)
    write(scene, second, marking=Marking.SENSITIVE)
    for step in (submit, accept, close):
        step(scene)
    listed = reverse("search:actions", args=[scene.partnership.slug, scene.plan.pk])

    plan, actions = (seen_by(client, scene.member, at) for at in (plan_page(scene.plan), listed))
    assert "No rating shown to you 1" in plan
    assert "No rating shown to you" in actions
    assert "No rating yet</span>" not in actions
    scene.memberships["member"].reads_sensitive = True
    scene.memberships["member"].save()
    plan = seen_by(client, scene.member, plan_page(scene.plan))
    assert "No rating" not in plan


def test_the_strip_shows_the_last_four_rounds_oldest_first(client):
    scene = open_round_scene(now=NOW, actions=1, opened=False)
    many_rounds(scene, 6)

    page = seen_by(client, scene.coordinator, action_page(scene.actions[0]))

    strip = page.partition('<ol class="strip">')[2].partition("</ol>")[0]
    assert strip.count("<li>") == 4
    assert strip.index("R3") < strip.index("R4") < strip.index("R5") < strip.index("R6")


def test_updates_are_paged_by_ten_and_the_pages_lead_on(client):
    scene = open_round_scene(now=NOW, actions=1, opened=False)
    many_rounds(scene, 12)
    address = action_page(scene.actions[0])

    first = seen_by(client, scene.coordinator, address)
    second = seen_by(client, scene.coordinator, address, {"page": "2"})

    assert "Page 1 of 2" in first
    assert 'href="?page=2"' in first
    assert "Update of round 12." in first
    assert "Update of round 2." not in first
    assert "Update of round 2." in second


def test_a_page_number_that_makes_no_sense_shows_a_page(client):
    scene = closed_round_scene(now=NOW, actions=1)

    seen_by(client, scene.member, action_page(scene.actions[0]), {"page": "ninety"})


def test_an_action_says_what_it_came_from_and_tells_its_story(client):
    scene = closed_round_scene(now=NOW, actions=1)
    this_year = PlanFactory(
        partnership=scene.partnership,
        title="Community Safety Plan 2024/25",
        slug="2024-25",
        starts_on=date(2024, 4, 1),
        ends_on=date(2025, 3, 31),
    )
    later = ActionFactory(priority__plan=this_year, reference="4.3")
    earlier = scene.actions[0]
    ActionLink.objects.create(
        partnership=scene.partnership, earlier=earlier, later=later, kind=ActionLink.Kind.REWORDED
    )

    now_page = seen_by(client, scene.member, action_page(later))
    then_page = seen_by(client, scene.member, action_page(earlier))

    assert "Came from" in now_page
    assert f'href="{action_page(earlier)}">1.1 in Community Safety Plan 2023/24' in now_page
    assert "(reworded)" in now_page
    assert "As 1.1 in Community Safety Plan 2023/24" in now_page
    assert "The work goes on." in now_page
    assert f'href="{action_page(later)}">4.3 in Community Safety Plan 2024/25' in then_page


def test_a_withdrawn_actions_page_says_why(member, plan):
    action = ActionFactory(
        priority__plan=plan, progress=Progress.WITHDRAWN, withdrawn_reason="The money ended."
    )

    assert "<strong>Withdrawn.</strong> The money ended." in member.get(action_page(action)).text


def test_another_partnerships_plan_and_action_are_not_found(member):
    elsewhere = ActionFactory()
    for address in (
        reverse("rounds:plan", args=["swale", elsewhere.plan.pk]),
        reverse("rounds:action", args=["swale", elsewhere.pk]),
    ):
        assert member.get(address).status_code == 404


def test_guests_read_no_plan(client, partnership, plan):
    action = ActionFactory(priority__plan=plan)
    client.force_login(MembershipFactory(partnership=partnership, guest=True).user)

    assert client.get(reverse("rounds:plans", args=["swale"])).status_code == 403
    assert client.get(plan_page(plan)).status_code == 404
    assert client.get(action_page(action)).status_code == 404


def test_an_overdue_milestone_is_told_before_one_that_recurs(client):
    scene = closed_round_scene(now=NOW)
    MilestoneFactory(action=scene.actions[0], title="Each quarter", order=1)
    MilestoneFactory(
        action=scene.actions[0],
        title="Long due",
        order=2,
        timescale="",
        timescale_kind="by_date",
        due_on=date(2020, 3, 31),
    )
    client.force_login(scene.member)

    page = words(client.get(plan_page(scene.plan)))

    assert "Next: Long due (by 31 March 2020) Overdue" in page


# How many queries ------------------------------------------------------------------------


def many_rounds(scene, count):
    """So many closed rounds of the scene's plan, with an accepted answer of its first action.

    Made without the services, since the plan's year has no room for so many.
    """
    for number in range(1, count + 1):
        period = date(2010 + number, 1, 1), date(2010 + number, 12, 31)
        RoundFactory(
            plan=scene.plan,
            label=f"Round {number}",
            short_label=f"R{number}",
            slug=f"r{number}",
            period_starts_on=period[0],
            period_ends_on=period[1],
            state="closed",
            opened_at=NOW,
            closed_at=NOW,
            closes_at=NOW,
        ).updates.create(
            partnership=scene.partnership, priority=scene.priority, label="1", title="Safer"
        ).answers.create(
            partnership=scene.partnership,
            period_ends_on=period[1],
            kind=Answer.Kind.ACTION,
            action=scene.actions[0],
            title="An action",
            state=Answer.State.ACCEPTED,
            response=Answer.Response.WRITTEN,
            text=f"<p>Update of round {number}.</p>",
            rag=Rag.GREEN,
            progress=Progress.IN_PROGRESS,
            saved_as="Strategic lead",
            submitted_at=NOW,
            accepted_at=NOW,
        )


@pytest.mark.parametrize("count", [8, 48, 480])
def test_a_plan_takes_six_queries(client, count, django_assert_num_queries):
    scene = open_round_scene(now=NOW, actions=count)
    write_all_at_once(scene)
    submit(scene)
    accept(scene)
    close(scene)
    for action in scene.actions[:3]:
        MilestoneFactory(action=action)
        MilestoneFactory(action=action)

    for user in (scene.member, scene.lead, scene.coordinator):
        client.force_login(user)
        with django_assert_num_queries(6):
            assert client.get(plan_page(scene.plan)).status_code == 200


def test_an_action_with_48_answers_takes_eight_queries(client, django_assert_num_queries):
    scene = closed_round_scene(now=NOW, actions=1)
    many_rounds(scene, 48)
    action = scene.actions[0]
    action.answers.update(new_due_on=date(2024, 6, 30), date_reason="Later.")
    MilestoneFactory(action=action)
    for lead in ({"membership": scene.memberships["lead"]}, {"group": GroupFactory()}):
        action.leads.create(partnership=scene.partnership, **lead)
    next_year = PlanFactory(partnership=scene.partnership, slug="2024-25")
    later = ActionFactory(priority__plan=next_year)
    ActionLink.objects.create(partnership=scene.partnership, earlier=action, later=later)

    for user in (scene.member, scene.lead, scene.coordinator):
        client.force_login(user)
        for each in (action, later):
            with django_assert_num_queries(8):
                page = client.get(action_page(each))
            assert "Update of round 48." in page.text
            assert "Update of round 30." not in page.text
