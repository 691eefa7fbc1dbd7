"""The first page: what is asked of a person, what they have sent, and what they run."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partnerships.days import away, long_day, weekday_day
from priorities.models import PriorityLead
from rounds.models import Answer, Round
from rounds.services import open_round
from tests.factories import (
    ActionFactory,
    DelegationFactory,
    MembershipFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityLeadFactory,
    RoundFactory,
    UserFactory,
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


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


def words(response):
    """What the page says, without its tags and with single spaces."""
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.split())


def home(client, user, scene):
    client.force_login(user)
    return words(client.get(scene.partnership.get_absolute_url()))


def opened_second_priority(scene, slug="second", **of_round):
    """Another priority of the same lead, asked about in a round of a later plan."""
    plan = PlanFactory(
        partnership=scene.partnership,
        slug=slug,
        year_label="2024/25",
        starts_on=date(2024, 4, 1),
        ends_on=date(2025, 3, 31),
    )
    priority = PriorityFactory(plan=plan, reference="2", title="Warm homes")
    ActionFactory(priority=priority)
    PriorityLeadFactory(priority=priority, membership=scene.memberships["lead"])
    round = RoundFactory(
        plan=plan,
        slug=slug,
        label="Quarter 1",
        period_starts_on=date(2024, 4, 1),
        period_ends_on=date(2024, 6, 30),
        today=timezone.localdate(scene.now),
        **of_round,
    )
    open_round(round=round, by=scene.coordinator, now=scene.now)
    return round


def test_a_lead_sees_what_is_asked_by_when_and_one_button(client, scene):
    page = home(client, scene.lead, scene)
    today = timezone.localdate()

    assert "Your updates" in page
    assert "Quarter 2, 2023/24 (July to September 2023)" in page
    assert "Priority 1: Safer streets" in page
    due = scene.round.due_on
    assert f"Due {weekday_day(due, today)}, {away(due, today)}" in page
    assert "Done so far 0 of 7 sections" in page
    assert page.count("Start your update") == 1
    address = reverse("rounds:update", args=[scene.partnership.slug, scene.update.pk])
    assert f'href="{address}"' in client.get(scene.partnership.get_absolute_url()).content.decode()


def test_a_deputy_sees_the_same(client, scene):
    assert "Start your update" in home(client, scene.deputy, scene)


def test_done_counts_complete_drafts_and_what_was_sent_but_no_half_written_ones(client, scene):
    first, second, third = scene.action_answers
    write(scene, first)
    write(scene, second, rag="amber")
    write(scene, third, response="nothing", text="", progress="", rag="")
    submit(scene)
    write(scene, scene.answer(Answer.Kind.GROUP))

    page = home(client, scene.lead, scene)

    assert "Done so far 3 of 7 sections" in page
    assert "Continue your update" in page


def test_figures_given_with_some_missing_are_not_counted_as_done(client, scene):
    figures = scene.answer(Answer.Kind.FIGURES)
    write(scene, figures, "", figures=all_figures(scene)[:1])
    assert "Done so far 0 of 7 sections" in home(client, scene.lead, scene)

    figures.refresh_from_db()
    write(scene, figures, "", figures=all_figures(scene))
    assert "Done so far 1 of 7 sections" in home(client, scene.lead, scene)


def test_a_returned_section_is_counted_as_to_do_and_said(client, scene):
    write_all(scene)
    submit(scene)
    give_back(scene, scene.action_answers[0])

    page = home(client, scene.lead, scene)

    assert "Done so far 6 of 7 sections" in page
    assert "Sent back to you 1 section" in page


def test_an_update_that_is_sent_whole_asks_for_nothing_more(client, scene):
    write_all(scene)
    submit(scene)

    page = home(client, scene.lead, scene)

    assert "All 7 sections have been sent." in page
    assert "Continue your update" not in page
    assert "Quarter 2, 2023/24 Safer streets" in page
    assert "7 of 7 Submitted" in page


def test_what_was_accepted_is_told_in_the_list_of_what_was_sent(client, scene):
    write_all(scene)
    submit(scene)
    accept(scene)
    close(scene)

    assert "7 of 7 Accepted" in home(client, scene.lead, scene)


def planned(scene, **given):
    """Quarter 3, planned."""
    given = {"due_on": None, "closes_at": None, "meets_on": None} | given
    return RoundFactory(
        plan=given.pop("plan", scene.plan),
        slug=given.pop("slug", "q3"),
        label="Quarter 3",
        period_starts_on=date(2023, 10, 1),
        period_ends_on=date(2023, 12, 31),
        **given,
    )


def told_of_what_was_sent(client, scene):
    """The one row of what was sent."""
    table = home(client, scene.lead, scene).split("What you have sent", 1)[1]
    return table.split("Safer streets , Quarter 2, 2023/24", 1)[1].split("Need help", 1)[0]


def test_an_update_of_which_a_part_was_sent_is_not_accepted_when_that_part_is(client, scene):
    for answer in scene.action_answers:
        write(scene, answer)
    submit(scene)
    assert "3 of 7 Partly sent" in told_of_what_was_sent(client, scene)
    accept(scene)
    assert "3 of 7 Partly sent" in told_of_what_was_sent(client, scene)

    write(scene, scene.answer("group"))
    submit(scene)
    assert "4 of 7, 3 accepted Partly sent" in told_of_what_was_sent(client, scene)


def test_an_update_with_a_returned_section_is_returned_until_that_is_sent_again(client, scene):
    write_all(scene)
    submit(scene)
    accept(scene)
    first = give_back(scene, scene.action_answers[0])
    assert "6 of 7 Returned" in told_of_what_was_sent(client, scene)
    write(scene, first)
    assert "6 of 7 Returned" in told_of_what_was_sent(client, scene)

    submit(scene)
    assert "7 of 7, 6 accepted Submitted" in told_of_what_was_sent(client, scene)
    accept(scene)
    assert "7 of 7 Accepted" in told_of_what_was_sent(client, scene)


def test_it_is_quiet_until_the_next_round_that_is_planned(client, scene):
    close(scene)
    RoundFactory(
        plan=scene.plan,
        slug="next",
        label="Quarter 3",
        period_starts_on=date(2023, 10, 1),
        period_ends_on=date(2023, 12, 31),
        opens_on=date(2098, 1, 2),
        due_on=date(2098, 1, 26),
        closes_at=None,
        meets_on=None,
    )

    page = home(client, scene.lead, scene)

    assert "Nothing to do until 2 January 2098" in page
    assert "Quarter 3, 2023/24 (October to December 2023) is planned to open then." in page
    assert "your update" not in page


def test_without_a_date_to_come_it_says_so(client, scene):
    close(scene)
    RoundFactory(plan=scene.plan, slug="undated", period_starts_on=date(2023, 8, 1), opens_on=None)
    RoundFactory(
        plan=scene.plan,
        slug="never-opened",
        period_starts_on=date(2023, 9, 1),
        today=timezone.localdate(),
    )

    page = home(client, scene.lead, scene)

    assert "No round is open, and no date is set for the next." in page
    assert "Nothing to do until" not in page


def test_a_round_whose_opening_day_has_passed_is_still_waited_for(client, scene):
    close(scene)
    today = timezone.localdate()
    late = planned(scene, opens_on=today - timedelta(days=2))

    page = home(client, scene.lead, scene)

    assert "Nothing to do until Quarter 3, 2023/24 opens" in page
    opens_on = long_day(late.opens_on, today)
    assert f"was planned to open on {opens_on}, and has not been opened yet." in page
    assert "Planned to open" in page.split("Dates for Quarter 3, 2023/24", 1)[1]

    Round.objects.filter(pk=late.pk).update(opens_on=today)
    page = home(client, scene.lead, scene)
    assert "Nothing to do until Quarter 3, 2023/24 opens" in page
    assert "is planned to open today." in page


def test_a_round_that_can_no_longer_be_opened_as_dated_does_not_hide_the_next(client, scene):
    close(scene)
    today = timezone.localdate()
    planned(
        scene,
        opens_on=today - timedelta(days=90),
        closes_at=scene.now - timedelta(days=1),
    )
    following = RoundFactory(
        plan=scene.plan,
        slug="q4",
        label="Quarter 4",
        period_starts_on=date(2024, 1, 1),
        period_ends_on=date(2024, 3, 31),
        today=today + timedelta(days=30),
    )

    page = home(client, scene.lead, scene)

    assert f"Nothing to do until {long_day(following.opens_on, today)}" in page


def test_a_round_of_another_kind_of_plan_with_the_same_end_is_not_skipped(client, scene):
    close(scene)
    county = PlanFactory(partnership=scene.partnership, slug="county", kind="county")
    tomorrow = timezone.localdate() + timedelta(days=1)
    RoundFactory(plan=county, slug="h1", label="Half-year 1", opens_on=tomorrow, due_on=None)

    assert "Half-year 1, 2023/24" in home(client, scene.lead, scene)


def test_the_first_to_open_of_all_partnerships_is_waited_for(client, scene):
    close(scene)
    today = timezone.localdate()
    planned(scene, opens_on=today + timedelta(days=9))
    other = open_round_scene(name="Example Vale", slug="vale", opened=False)
    MembershipFactory(partnership=other.partnership, user=scene.lead, member=True)
    sooner = today + timedelta(days=4)
    Round.objects.filter(pk=other.round.pk).update(opens_on=sooner, closes_at=None)
    client.force_login(scene.lead)

    page = words(client.get("/"))

    assert f"Nothing to do until {long_day(sooner, today)}" in page
    assert "(July to September 2023) of Example Vale is planned to open then." in page


def test_after_the_closing_moment_nothing_is_asked_though_the_round_is_still_open(client, scene):
    write(scene, scene.action_answers[0])
    submit(scene)
    Round.objects.filter(pk=scene.round.pk).update(
        opened_at=scene.now - timedelta(days=9), closes_at=scene.now - timedelta(hours=1)
    )

    page = home(client, scene.lead, scene)

    assert "1 of 7 sections has been sent. The coordinator can still add an answer" in page
    assert "Continue your update" not in page


def test_a_lead_of_last_year_is_asked_nothing(client, scene):
    PriorityLead.objects.update(ends_on=timezone.localdate() - timedelta(days=1))

    page = home(client, scene.lead, scene)

    assert "You lead no priority, so there is no update for you to write." in page
    assert "Safer streets" not in page


def test_a_coordinator_sees_the_round_and_what_is_to_be_read(client, scene):
    write_all(scene)
    submit(scene)
    Answer.objects.filter(pk=scene.answers[0].pk).update(state="accepted", accepted_at=scene.now)

    page = home(client, scene.coordinator, scene)

    assert "The round you run" in page
    assert "For you to read 6" in page
    assert "Accepted 1 of 7" in page
    assert "See who has answered" in page
    assert "On the board you can answer for a lead who cannot." in page


def test_a_coordinator_without_an_open_round_is_led_to_the_rounds(client, scene):
    close(scene)

    page = home(client, scene.coordinator, scene)

    assert "No round is open No other round is planned. See the rounds" in page
    assert "Nothing has been asked of you" not in page


def test_a_coordinator_is_led_to_the_round_that_opens_next(client, scene):
    close(scene)
    today = timezone.localdate()
    following = planned(scene, opens_on=today + timedelta(days=3))

    page = home(client, scene.coordinator, scene)
    whole = client.get(scene.partnership.get_absolute_url()).content.decode()

    opening = reverse("rounds:open", args=[scene.partnership.slug, following.pk])
    assert f'href="{opening}">Check the dates and open Quarter 3</a>' in whole
    opens_on = long_day(following.opens_on, today)
    assert f"(October to December 2023) is planned to open on {opens_on}." in page


def new_partnership(client, role, **of_user):
    """The first page of somebody in a partnership that has only just been set up."""
    user = UserFactory(**of_user)
    membership = MembershipFactory(user=user, **{role: True})
    client.force_login(user)
    return membership.partnership, client.get(membership.partnership.get_absolute_url())


def test_a_new_coordinator_without_a_plan_is_told_who_adds_it(client):
    _, response = new_partnership(client, "coordinator")
    page = words(response)

    assert "First comes the plan" in page
    assert "An administrator adds it, with its priorities and actions. See what is missing" in page
    assert "Nothing has been asked of you" not in page
    assert "/admin/" not in response.content.decode()


def test_a_new_coordinator_who_is_administrator_too_is_led_to_the_administration(client):
    partnership, response = new_partnership(client, "coordinator")
    user = response.wsgi_request.user
    MembershipFactory(partnership=partnership, user=user, administrator=True)

    page = words(client.get(partnership.get_absolute_url()))

    assert "Add it with its priorities and actions under Administration" in page


def test_a_coordinator_whose_plan_has_no_rounds_is_led_to_making_them(client):
    partnership, _ = new_partnership(client, "coordinator")
    PlanFactory(partnership=partnership)

    response = client.get(partnership.get_absolute_url())

    assert "2023/24 has no rounds yet" in words(response)
    rounds = reverse("rounds:rounds", args=[partnership.slug])
    button = f'<a class="govuk-button" href="{rounds}">Make the rounds of 2023/24</a>'
    assert button in response.content.decode()


def test_a_new_administrator_is_led_to_the_set_up(client):
    partnership, response = new_partnership(client, "administrator")
    page = words(response)

    assert "You are an administrator Set the partnership up" in page
    where = reverse("administration:index", args=[partnership.slug])
    assert f'<a class="govuk-button" href="{where}">Start the set-up</a>' in (
        response.content.decode()
    )
    assert "Nothing has been asked of you" not in page
    assert "/admin/" not in response.content.decode()


def test_an_administrator_is_told_what_they_can_do(client, scene):
    page = home(client, scene.administrator, scene)
    whole = client.get(scene.partnership.get_absolute_url()).content.decode()

    assert "You are an administrator Community Safety Plan 2023/24" in page
    assert "Rounds are run by the coordinator." in page
    assert "Nothing has been asked of you" not in page
    assert f'<a class="govuk-link" href="{scene.plan.get_absolute_url()}">the plan</a>' in whole


def test_an_administrator_who_leads_a_priority_sees_their_update_alone(client, scene):
    PriorityLeadFactory(priority=scene.priority, membership=scene.memberships["administrator"])

    page = home(client, scene.administrator, scene)

    assert "Start your update" in page
    assert "You are an administrator" not in page


def test_who_runs_rounds_in_two_partnerships_is_told_of_both(client, scene):
    membership = MembershipFactory(
        partnership=PartnershipFactory(name="Example Vale"),
        user=scene.coordinator,
        coordinator=True,
    )
    PlanFactory(partnership=membership.partnership, year_label="2031/32")
    client.force_login(scene.coordinator)

    page = words(client.get("/"))

    assert "The round you run. Partnership" in page
    assert "The rounds you run. Example Vale 2031/32 has no rounds yet" in page


def test_a_member_is_asked_nothing_and_can_read(client, scene):
    page = home(client, scene.member, scene)

    assert "Nothing has been asked of you" in page
    assert "You can read the plan , the figures and the reports" in page
    assert "The round you run" not in page


def test_a_guest_is_offered_nothing_to_read(client, scene):
    page = home(client, scene.guest, scene)

    assert "As a guest you see only what somebody asks you to answer." in page
    assert "the plan" not in page


def test_several_priorities_each_have_a_card_the_first_due_first(client, scene):
    later = timezone.localdate(scene.now) + timedelta(days=20)
    opened_second_priority(scene, due_on=later, closes_at=scene.now + timedelta(days=22))

    page = home(client, scene.lead, scene)

    assert page.index("Priority 1: Safer streets") < page.index("Priority 2: Warm homes")
    assert page.count("Start your update") == 2
    assert "Dates for Quarter 2, 2023/24" in page


def test_several_partnerships_are_on_one_page_each_named(client, scene):
    other = open_round_scene(name="Example Vale", slug="vale")
    membership = MembershipFactory(partnership=other.partnership, user=scene.lead, post="Ranger")
    PriorityLeadFactory(priority=other.priority, membership=membership)
    client.force_login(scene.lead)

    page = words(client.get("/"))

    assert page.count("Start your update") == 2
    assert "Example Vale" in page
    assert "Your partnerships" in page
    assert "Example Vale , Ranger" in page
    alone = words(client.get(scene.partnership.get_absolute_url()))
    assert alone.count("Start your update") == 1


def test_somebody_in_one_partnership_is_led_to_its_home(client, scene):
    client.force_login(scene.lead)

    assert client.get("/")["Location"] == scene.partnership.get_absolute_url()


def test_somebody_in_no_partnership_is_told_whom_to_ask(client):
    client.force_login(UserFactory())
    page = words(client.get("/"))

    assert "You are in no partnership yet" in page
    assert "Ask the coordinator of your partnership." in page
    assert "site administration" not in page


def test_a_site_administrator_is_led_to_the_partnerships_of_the_portal(client):
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)

    where = reverse("site:partnerships")
    assert f'href="{where}"' in client.get("/").content.decode()
    partnership = MembershipFactory(user=user, coordinator=True).partnership
    assert f'href="{where}"' in client.get(partnership.get_absolute_url()).content.decode()


def test_nothing_of_anybody_else_is_on_the_page(client, scene):
    other = open_round_scene(name="Example Vale", slug="vale")
    PriorityFactory(plan=scene.plan, title="Somebody else's priority")
    other.priority.title = "Elsewhere"
    other.priority.save()
    write_all(other)
    submit(other)
    third = PriorityFactory(
        plan=PlanFactory(partnership=scene.partnership, slug="p3", year_label="2030/31"),
        title="Not mine",
    )
    PriorityLeadFactory(priority=third)
    round = RoundFactory(plan=third.plan, slug="r3")
    Round.objects.filter(pk=round.pk).update(closes_at=scene.now + timedelta(days=5))
    round.refresh_from_db()
    open_round(round=round, by=scene.coordinator, now=scene.now)

    page = home(client, scene.lead, scene)

    assert "Safer streets" in page
    assert "Not mine" not in page
    assert "Elsewhere" not in page
    assert "Example Vale" not in page
    assert client.get(other.partnership.get_absolute_url()).status_code == 404


def test_what_was_sent_is_shown_eight_at_a_time(client, scene):
    write_all(scene)
    submit(scene)
    for number in range(8):
        round = opened_second_priority(scene, slug=f"plan-{number}")
        round.updates.update(submitted_at=scene.now, submitted_by=scene.lead)

    page = home(client, scene.lead, scene)
    rest = words(client.get(scene.partnership.get_absolute_url() + "?page=2"))

    assert page.count("Warm homes , Quarter 1, 2024/25") == 8
    assert "Safer streets , Quarter 2, 2023/24" not in page
    assert "Safer streets , Quarter 2, 2023/24" in rest


def test_who_leads_is_given_sections_and_runs_two_rounds_costs_no_more_queries(client, scene):
    write(scene, scene.answer(Answer.Kind.FIGURES), "")
    here = scene.memberships["coordinator"]
    later = opened_second_priority(scene)
    PriorityLeadFactory(priority=later.updates.get().priority, membership=here)
    DelegationFactory(answer=scene.action_answers[0], membership=here)
    client.force_login(scene.coordinator)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(scene.partnership.get_absolute_url())

    assert "Warm homes" in words(page)
    assert len(queries) <= 12


def test_the_queries_are_the_same_however_many_actions_there_are(client):
    PartnershipFactory()
    counts = {"lead": [], "coordinator": [], "member": [], "administrator": []}
    for actions in (8, 48, 480):
        scene = open_round_scene(actions=actions)
        write(scene, scene.answer(Answer.Kind.FIGURES), "")
        for person, of_person in counts.items():
            client.force_login(getattr(scene, person))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(scene.partnership.get_absolute_url()).status_code == 200
            of_person.append(len(queries))

    assert all(len(set(of_person)) == 1 for of_person in counts.values()), counts
    assert all(of_person[0] <= 12 for of_person in counts.values()), counts
