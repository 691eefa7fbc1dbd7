"""The year of a plan is ended: each action's position is asked, fixed and printed."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from actions.models import Action, ActionLink, Closing, Progress
from administration.closing import Carried, carry_forward, marker_of_positions
from priorities.models import Plan
from rounds.models import Answer, Round
from rounds.services import Content, Refused, make_rounds, open_round, reopen_round, take_in
from tests.factories import (
    ActionFactory,
    MilestoneFactory,
    PlanFactory,
    PriorityFactory,
    RoundFactory,
)
from tests.pages import Fields
from tests.scenes import close, closed_round_scene, on_behalf, open_round_scene, write

pytestmark = pytest.mark.django_db


def words(response):
    """The page's text, every white space a single space."""
    return " ".join(strip_tags(response.text.replace("<", " <")).split())


@pytest.fixture(scope="module")
def made(kept):
    """A plan whose year has long ended, its only round closed."""
    return closed_round_scene()


@pytest.fixture
def administrator(scene, client):
    client.force_login(scene.administrator)
    return client


def address(scene, name="closing", plan=None):
    return reverse(f"administration:{name}", args=[scene.partnership.slug, (plan or scene.plan).pk])


def typed(client, scene, *answers):
    """The form as it stands, with these answers: each (action, closing) or with a reason."""
    found = Fields(client.get(address(scene)).text).found
    for action, closing, *reason in answers:
        found[f"action-{action.pk}-closing"] = closing
        found[f"action-{action.pk}-reason"] = reason[0] if reason else ""
    return found


def save(client, scene, *answers):
    return client.post(address(scene), typed(client, scene, *answers), follow=True)


def close_the_plan(client, scene):
    """Give every action a position, and close."""
    first, second, third = scene.actions
    save(
        client,
        scene,
        (first, "complete"),
        (second, "carried"),
        (third, "ended", "The grant came to an end."),
    )
    confirm = client.get(address(scene, "close_plan"))
    done = client.post(address(scene, "close_plan"), Fields(confirm.text).found, follow=True)
    scene.plan.refresh_from_db()
    for action in scene.actions:
        action.refresh_from_db()
    return done


# Asking --------------------------------------------------------------------------------


def test_the_page_says_of_each_action_how_it_stands(administrator, scene):
    page = words(administrator.get(address(scene)))

    assert "0 of 3 actions have a position that is saved" in page
    assert "1.1 Title of action 1.1 Progress In progress Last rating Green Q2 2023/24" in page


def test_complete_is_proposed_for_what_is_complete_and_nothing_for_the_rest(administrator, scene):
    first = scene.actions[0]
    Action.objects.filter(pk=first.pk).update(
        progress=Progress.COMPLETE, completed_on=date(2023, 9, 1)
    )

    found = typed(administrator, scene)

    assert found[f"action-{first.pk}-closing"] == "complete"
    assert f"action-{scene.actions[1].pk}-closing" not in found


def test_a_position_that_was_saved_is_taken_back_to_not_decided(administrator, scene):
    first, second, _ = scene.actions
    assert "Not decided yet" not in words(administrator.get(address(scene)))
    page = save(administrator, scene, (first, "ended", "No money."), (second, "carried"))
    assert words(page).count("Not decided yet") == 2

    page = save(administrator, scene, (first, ""))

    assert "1 of 3 actions have a position that is saved" in words(page)
    first.refresh_from_db()
    assert (first.closing, first.closing_reason) == ("", "")


def test_complete_is_doubted_where_the_plan_says_otherwise_and_is_taken(administrator, scene):
    first, second, third = scene.actions
    Action.objects.filter(pk__in=(second.pk, third.pk)).update(
        progress=Progress.COMPLETE, completed_on=date(2023, 9, 1)
    )
    MilestoneFactory.create_batch(2, action=first, timescale_kind="unknown")
    MilestoneFactory(action=second, timescale_kind="unknown")
    MilestoneFactory(action=second, completed_on=date(2023, 9, 1))
    # Of one that goes on nobody can say that it is done: nothing is doubted for it.
    MilestoneFactory(action=second, timescale_kind="as_required")
    MilestoneFactory(action=third, timescale_kind="recurring")
    MilestoneFactory(action=third, completed_on=date(2023, 9, 1))
    said = (
        "Its progress is “In progress”, and 2 of its milestones are not marked as done.",
        "1 of its milestones is not marked as done.",
    )

    page = words(administrator.get(address(scene)))
    assert said[0] not in page
    # What is complete already is proposed as that, and so doubted at once.
    assert page.count("Complete?") == 1
    assert said[1] in page
    page = words(save(administrator, scene, (first, "complete")))
    assert page.count("Complete?") == 2
    assert said[0] in page
    confirm = administrator.get(address(scene, "close_plan"))
    for action, doubt in zip(scene.actions, said, strict=False):
        assert f"{action} . {doubt}".replace(" .", ".") in words(confirm)
    assert f"{third}." not in words(confirm)

    administrator.post(address(scene, "close_plan"), Fields(confirm.text).found)

    first.refresh_from_db()
    assert first.progress == Progress.COMPLETE
    assert not first.milestones.exclude(completed_on=None).exists()


def test_an_action_without_a_rating_says_so_in_words(administrator, scene):
    first, second, _ = scene.actions
    first.answers.update(response="verbal", rag="", text="")
    second.answers.all().delete()

    page = words(administrator.get(address(scene)))

    assert "Last rating Not rated in Q2 2023/24: Verbal" in page
    assert "Last rating No update yet" in page
    assert "Last rating None" not in page


def test_a_withdrawn_action_is_listed_and_not_asked_about(administrator, scene):
    gone = ActionFactory(
        priority=scene.priority,
        reference="1.9",
        progress=Progress.WITHDRAWN,
        withdrawn_reason="Now the council's.",
    )

    page = administrator.get(address(scene))

    assert "Withdrawn, and not asked about" in words(page)
    assert f"action-{gone.pk}-closing" not in page.text


def test_part_of_it_can_be_saved_and_is_found_again(administrator, scene):
    first, second, _ = scene.actions

    page = save(administrator, scene, (first, "carried"), (second, "ended", "No money."))

    assert "2 of 3 actions have a position that is saved" in words(page)
    again = typed(administrator, scene)
    assert again[f"action-{first.pk}-closing"] == "carried"
    assert again[f"action-{second.pk}-reason"].strip() == "No money."
    second.refresh_from_db()
    assert second.history.latest().history_user == scene.administrator
    again = save(administrator, scene, (first, "carried"), (second, "ended", "No money."))
    assert "Nothing was changed." in words(again)
    # Nobody else sees it yet.
    administrator.force_login(scene.member)
    assert "No money." not in administrator.get(scene.plan.get_absolute_url()).text


def test_what_ended_without_a_reason_is_asked_again_with_everything_kept(administrator, scene):
    first, second, _ = scene.actions

    page = save(administrator, scene, (first, "carried"), (second, "ended", ""))

    assert "Say why 1.2 ended" in words(page)
    assert Fields(page.text).found[f"action-{first.pk}-closing"] == "carried"
    assert not Action.objects.exclude(closing="").exists()


def test_a_reason_is_kept_beside_ended_alone(administrator, scene):
    save(administrator, scene, (scene.actions[0], "carried", "Typed, then chosen otherwise."))

    scene.actions[0].refresh_from_db()
    assert (scene.actions[0].closing, scene.actions[0].closing_reason) == ("carried", "")


def test_what_somebody_else_saved_meanwhile_is_shown_before_it_is_replaced(administrator, scene):
    first = scene.actions[0]
    mine = typed(administrator, scene, (first, "carried"))
    save(administrator, scene, (first, "complete"))

    refused = administrator.post(address(scene), mine)

    assert refused.status_code == 409
    assert "1.1: Complete" in words(refused)
    again = Fields(refused.text).found
    assert again[f"action-{first.pk}-closing"] == "carried"
    assert administrator.post(address(scene), again).status_code == 302
    first.refresh_from_db()
    assert first.closing == "carried"


def test_a_year_that_still_runs_cannot_be_ended(client):
    scene = open_round_scene()
    year = scene.now.year
    Plan.objects.filter(pk=scene.plan.pk).update(ends_on=date(year + 1, 3, 31))
    client.force_login(scene.administrator)

    assert f"ends on 31 March {year + 1}" in words(client.get(address(scene)))
    refused = client.post(address(scene), {f"action-{scene.actions[0].pk}-closing": "carried"})

    assert refused.status_code == 409
    assert not Action.objects.exclude(closing="").exists()


def test_a_year_whose_last_round_is_closed_can_be_ended_before_its_last_day(administrator, scene):
    ends_on = date(scene.now.year + 1, 3, 31)
    Plan.objects.filter(pk=scene.plan.pk).update(ends_on=ends_on)
    Round.objects.filter(pk=scene.round.pk).update(period_ends_on=ends_on)

    assert "0 of 3 actions" in words(administrator.get(address(scene)))


# Closing -------------------------------------------------------------------------------


def test_closing_is_asked_once_more_and_fixes_every_position(administrator, scene):
    done = close_the_plan(administrator, scene)

    assert scene.plan.closed_at is not None
    assert "is closed" in words(done)
    first, second, third = scene.actions
    assert (first.progress, first.completed_on) == (Progress.COMPLETE, date(2024, 3, 31))
    assert second.progress == Progress.IN_PROGRESS
    assert third.closing_reason == "The grant came to an end."
    administrator.force_login(scene.member)
    plan = words(administrator.get(scene.plan.get_absolute_url()))
    assert "At the end of the year: carried forward." in plan
    assert "At the end of the year: ended. The grant came to an end." in plan
    page = words(administrator.get(third.get_absolute_url()))
    assert "At the end of the year: ended. The grant came to an end." in page


def test_a_plan_is_not_closed_while_an_action_has_no_position(administrator, scene):
    save(administrator, scene, (scene.actions[0], "carried"))

    marker = marker_of_positions(scene.plan.actions.all())

    refused = administrator.post(address(scene, "close_plan"), {"marker": marker})

    scene.plan.refresh_from_db()
    assert scene.plan.closed_at is None
    assert "2 of 3 actions have no closing position yet" in words(refused)


def test_a_plan_is_not_closed_while_a_round_is_open(client):
    scene = open_round_scene()
    client.force_login(scene.administrator)

    close_the_plan(client, scene)

    assert scene.plan.closed_at is None
    assert "is still open: close it first" in words(client.get(address(scene, "close_plan")))


def test_the_last_report_prints_where_each_action_ended(
    administrator, scene, django_assert_max_num_queries
):
    before = PlanFactory(partnership=scene.partnership, slug="before", title="The plan before")
    close_the_plan(administrator, scene)
    administrator.force_login(scene.coordinator)
    report = reverse("reports:report", args=[scene.partnership.slug, scene.round.pk])

    with django_assert_max_num_queries(17):  # session, user and memberships are three of them
        page = words(administrator.get(report))

    assert before.closed_at is None
    assert "Where each action ended" in page
    assert "1.2 Title of action 1.2 Carried forward" in page
    assert "1.3 Title of action 1.3 Ended The grant came to an end." in page


def test_an_earlier_report_of_the_plan_does_not(administrator, scene):
    later = RoundFactory(
        plan=scene.plan,
        today=timezone.localdate(scene.now),
        slug="later",
        label="Quarter 3",
        period_starts_on=date(2023, 10, 1),
        period_ends_on=date(2023, 12, 31),
    )
    open_round(round=later, by=scene.coordinator, now=scene.now)
    scene.round, earlier = later, scene.round
    close(scene)
    close_the_plan(administrator, scene)
    administrator.force_login(scene.coordinator)

    first, last = (
        words(administrator.get(reverse("reports:report", args=[scene.partnership.slug, each.pk])))
        for each in (earlier, later)
    )

    assert "Where each action ended" not in first
    assert "Where each action ended" in last


# A closed plan -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("route", "of"),
    [
        ("plan_details", "plan"),
        ("edit_priority", "priority"),
        ("withdraw_priority", "priority"),
        ("new_action", "priority"),
        ("new_heading", "priority"),
        ("new_priority_lead", "priority"),
        ("edit_action", "action"),
        ("withdraw_action", "action"),
        ("new_action_lead", "action"),
    ],
)
def test_a_closed_plan_is_not_edited_and_says_why(administrator, scene, route, of):
    close_the_plan(administrator, scene)
    row = {"plan": scene.plan, "priority": scene.priority, "action": scene.actions[0]}[of]
    where = reverse(f"administration:{route}", args=[scene.partnership.slug, row.pk])

    refused = administrator.post(where, {"title": "Words that were typed in vain"})

    assert refused.status_code == 409
    assert f"{scene.plan} was closed on" in words(refused)
    assert "Words that were typed in vain" in refused.text
    assert administrator.get(where).status_code == 409
    editor = reverse("administration:edit_plan", args=[scene.partnership.slug, scene.plan.pk])
    assert administrator.get(editor).status_code == 409


def test_a_next_plan_without_priorities_says_to_add_them_first(administrator, scene):
    Action.objects.filter(plan=scene.plan).update(closing=Closing.CARRIED)
    Plan.objects.filter(pk=scene.plan.pk).update(closed_at=timezone.now())
    PlanFactory(
        partnership=scene.partnership,
        slug="2024-25",
        title="The plan after",
        starts_on=date(2024, 4, 1),
        ends_on=date(2025, 3, 31),
    )

    page = words(administrator.get(address(scene, "carry")))

    assert "The plan after has no priorities yet. Add its priorities" in page
    assert "Not now" not in page


def test_a_round_that_a_closed_plan_never_opened_is_offered_nowhere(administrator, scene):
    never = RoundFactory(
        plan=scene.plan,
        slug="never",
        label="Quarter 3",
        period_starts_on=date(2023, 10, 1),
        period_ends_on=date(2023, 12, 31),
        today=timezone.localdate(),
    )
    slug = scene.partnership.slug
    reports = reverse("reports:reports", args=[slug])
    administrator.force_login(scene.coordinator)
    assert "Still to be opened: Quarter 3" in words(administrator.get(reports))
    administrator.force_login(scene.administrator)
    RoundFactory(
        plan=scene.plan,
        slug="last",
        label="Quarter 4",
        period_starts_on=date(2024, 1, 1),
        period_ends_on=date(2024, 3, 31),
        today=timezone.localdate(),
    )
    scene.plan.actions.update(closing=Closing.CARRIED)
    confirm = words(administrator.get(address(scene, "close_plan")))
    assert "while the plan is closed: Quarter 3, 2023/24; Quarter 4, 2023/24." in confirm
    close_the_plan(administrator, scene)
    opening = reverse("rounds:open", args=[slug, never.pk])
    administrator.force_login(scene.coordinator)

    home, rounds, board, listed, report = (
        administrator.get(where)
        for where in (
            scene.partnership.get_absolute_url(),
            reverse("rounds:rounds", args=[slug]),
            reverse("rounds:board", args=[slug, never.pk]),
            reports,
            reverse("reports:report", args=[slug, never.pk]),
        )
    )

    assert not any(opening in page.text for page in (home, rounds, board, listed, report))
    assert "there is no later plan yet. An administrator makes it." in words(home)
    assert "Never opened" in words(rounds)
    assert "Make the missing rounds" not in words(rounds)
    assert "This round was never opened" in words(board)
    assert "Still to be opened" not in words(listed)
    assert "This round was never opened" in words(report)
    administrator.force_login(scene.lead)
    home = administrator.get(scene.partnership.get_absolute_url())
    assert "no date is set for the next" in words(home)


def test_after_closing_the_set_up_and_the_home_speak_of_the_next_plan(administrator, scene):
    slug = scene.partnership.slug
    set_up = reverse("administration:index", args=[slug])
    home_of = scene.partnership.get_absolute_url()
    close_the_plan(administrator, scene)

    index, home = (administrator.get(each) for each in (set_up, home_of))

    assert "Before the first round of the next plan opens" in words(index)
    assert "Community Safety Plan 2023/24 is closed: make the next plan" in words(index)
    where = reverse("administration:new_plan", args=[slug])
    assert f'href="{where}">Make the next plan</a>' in home.text
    PlanFactory(
        partnership=scene.partnership,
        year_label="2024/25",
        slug="2024-25",
        starts_on=date(2024, 4, 1),
        ends_on=date(2025, 3, 31),
    )
    index, home = (administrator.get(each) for each in (set_up, home_of))
    assert "Before the first round of 2024/25 opens" in words(index)
    assert "Get 2024/25 ready for its first round" in words(home)


def test_nothing_is_told_to_a_closed_plan_by_its_rounds(administrator, scene):
    planned = RoundFactory(
        plan=scene.plan,
        slug="later",
        period_starts_on=date(2023, 10, 1),
        period_ends_on=date(2023, 12, 31),
    )
    close_the_plan(administrator, scene)
    answer = scene.answer(Answer.Kind.ACTION)

    with pytest.raises(Refused, match="was closed on"):
        on_behalf(scene, answer, Content.of(answer))
    with pytest.raises(Refused, match="was closed on"):
        open_round(round=planned, by=scene.coordinator, now=scene.now)
    with pytest.raises(Refused, match="was closed on"):
        make_rounds(plan=scene.plan)
    with pytest.raises(Refused, match="was closed on"):
        reopen_round(round=scene.round, reason="Late", closes_at=planned.closes_at, now=scene.now)


def test_a_draft_of_a_closed_plan_is_not_taken_in(client):
    scene = open_round_scene()
    answer = write(scene, scene.answer(Answer.Kind.ACTION))
    close(scene)
    client.force_login(scene.administrator)
    close_the_plan(client, scene)

    with pytest.raises(Refused, match="was closed on"):
        take_in(answer=answer, version=answer.version, by=scene.coordinator, now=scene.now)


def test_drafts_never_sent_are_told_before_closing_and_not_offered_after(client):
    scene = open_round_scene()
    draft = write(scene, scene.answer(Answer.Kind.ACTION))
    sent = on_behalf(
        scene,
        scene.answer(Answer.Kind.KEY_ISSUES),
        Content(response=Answer.Response.WRITTEN, text="<p>Words.</p>"),
    )
    close(scene)
    slug, round = scene.partnership.slug, scene.round
    drafts = reverse("rounds:drafts", args=[slug, round.pk])
    read = [reverse("rounds:read", args=[slug, each.pk]) for each in (draft, sent)]
    board = reverse("rounds:board", args=[slug, round.pk])
    writing = reverse("rounds:answer", args=[slug, draft.pk])
    offers = (
        "Take in",
        "Read and take in",
        "Take this draft in",
        "Reopen the round",
        "Accept the chosen",
        "Answer for them",
        "Edit and send for them",
        "Change the dates",
        "You are answering for",
    )

    def offered():
        client.force_login(scene.coordinator)
        pages = " ".join(words(client.get(each)) for each in (board, drafts, *read, writing))
        return [each for each in offers if each in pages]

    assert offered() == list(offers)
    client.force_login(scene.administrator)
    scene.plan.actions.update(closing=Closing.ENDED, closing_reason="No grant.")
    confirm = words(client.get(address(scene, "close_plan")))
    assert "Not sent, and in no report" in confirm
    assert f"1 draft of {round.full_label}" in confirm

    client.post(
        address(scene, "close_plan"), Fields(client.get(address(scene, "close_plan")).text).found
    )

    assert offered() == []
    client.force_login(scene.administrator)
    plan = words(client.get(scene.plan.get_absolute_url()))
    assert "Carry actions forward" not in plan
    assert "Open the plan again" in plan


def test_opening_again_needs_a_reason_and_takes_back_what_closing_completed(administrator, scene):
    close_the_plan(administrator, scene)

    asked = administrator.post(address(scene, "reopen_plan"), {"reason": ""})
    assert "Say why the plan is opened again" in words(asked)
    administrator.post(address(scene, "reopen_plan"), {"reason": "1.1 goes on after all."})

    scene.plan.refresh_from_db()
    first = Action.objects.get(pk=scene.actions[0].pk)
    assert scene.plan.closed_at is None
    assert (first.progress, first.completed_on) == (Progress.IN_PROGRESS, None)
    assert first.closing == Closing.COMPLETE
    reason = scene.plan.history.latest().history_change_reason
    assert reason == "Opened again: 1.1 goes on after all."


def test_what_was_complete_before_closing_stays_complete_when_it_is_opened_again(
    administrator, scene
):
    first = scene.actions[0]
    first.progress, first.completed_on = Progress.COMPLETE, date(2023, 9, 1)
    first.save()
    close_the_plan(administrator, scene)

    administrator.post(address(scene, "reopen_plan"), {"reason": "A mistake."})

    first.refresh_from_db()
    assert (first.progress, first.completed_on) == (Progress.COMPLETE, date(2023, 9, 1))


# Into the next plan --------------------------------------------------------------------


@pytest.fixture
def following(scene):
    return PlanFactory(
        partnership=scene.partnership,
        title="Community Safety Plan 2024/25",
        year_label="2024/25",
        slug="2024-25",
        starts_on=date(2024, 4, 1),
        ends_on=date(2025, 3, 31),
    )


def carry(client, scene, **changed):
    where = address(scene, "carry")
    page = client.get(where).text
    chosen = {f"action-{scene.actions[1].pk}": ""} | changed
    for line in page.split("<option ")[1:]:
        if " selected" in line.partition(">")[0]:
            value = line.partition('value="')[2].partition('"')[0]
            chosen.setdefault("proposed", value)
    return client.post(where, chosen, follow=True), chosen.get("proposed", "")


def test_what_is_carried_forward_has_got_as_far_as_before(scene, following):
    """One that was complete and goes on was not complete after all."""
    under = PriorityFactory(plan=following)
    before = (Progress.ABEYANCE, Progress.NOT_STARTED, Progress.COMPLETE)
    for action, progress in zip(scene.actions, before, strict=True):
        action.closing, action.progress = Closing.CARRIED, progress
        action.completed_on = date(2023, 9, 1) if progress == Progress.COMPLETE else None
        action.save()

    chosen = [Carried(action, under=under) for action in scene.actions]
    carry_forward(chosen=chosen, into=following, by=scene.administrator)

    made = following.actions.values_list("progress", flat=True)
    assert list(made) == [Progress.ABEYANCE, Progress.NOT_STARTED, Progress.IN_PROGRESS]


def test_what_is_carried_forward_is_made_in_the_next_plan_and_linked(
    administrator, scene, following
):
    second = scene.actions[1]
    second.lead_text, second.due_on = "The council", date(2024, 1, 31)
    second.title_is_withheld, second.title_withheld_reason = True, "Names a street."
    second.save()
    MilestoneFactory(action=second, title="Met", completed_on=date(2023, 9, 1))
    MilestoneFactory(action=second, title="Still to do", timescale="By March")
    under = PriorityFactory(plan=following, title=scene.priority.title, reference="1")
    close_the_plan(administrator, scene)

    page, proposed = carry(administrator, scene, **{f"action-{second.pk}": f"under-{under.pk}"})

    assert proposed == f"under-{under.pk}"
    made = following.actions.get()
    assert (made.reference, made.title, made.lead_text) == ("1.2", second.title, "The council")
    assert (made.due_on, made.progress, made.closing) == (None, second.progress, "")
    assert (made.title_is_withheld, made.title_withheld_reason) == (True, "Names a street.")
    assert [(each.title, each.due_on) for each in made.milestones.all()] == [
        ("Still to do", date(2025, 3, 31))
    ]
    link = ActionLink.objects.get()
    assert (link.earlier, link.later, link.kind) == (second, made, ActionLink.Kind.CARRIED)
    assert made.history.latest().history_user == scene.administrator
    assert "Carried forward into Community Safety Plan 2024/25: 1." in words(page)
    again = administrator.get(address(scene, "carry"), follow=True)
    assert "No action is left to be carried forward" in words(again)


def test_what_is_in_the_next_plan_already_is_linked_and_not_made_again(
    administrator, scene, following
):
    second = scene.actions[1]
    there = ActionFactory(
        priority=PriorityFactory(plan=following), reference="1.2", title=second.title
    )
    close_the_plan(administrator, scene)

    _, proposed = carry(administrator, scene, **{f"action-{second.pk}": f"as-{there.pk}"})

    assert proposed == f"as-{there.pk}"
    assert following.actions.get() == there
    assert there.came_from.get().earlier == second


def test_a_reference_that_the_next_plan_has_is_left_empty(administrator, scene, following):
    under = PriorityFactory(plan=following)
    ActionFactory(priority=under, reference="1.2", title="Another")
    close_the_plan(administrator, scene)

    carry(administrator, scene, **{f"action-{scene.actions[1].pk}": f"under-{under.pk}"})

    assert following.actions.get(title=scene.actions[1].title).reference == ""


def test_without_a_next_plan_the_page_says_what_to_do(administrator, scene):
    close_the_plan(administrator, scene)

    assert "There is no later plan yet" in words(administrator.get(address(scene, "carry")))
    plan = words(administrator.get(scene.plan.get_absolute_url()))
    assert "Carry actions forward or open the plan again" in plan


# What it costs -------------------------------------------------------------------------


def test_ending_a_year_costs_the_same_for_many_actions(
    administrator, scene, django_assert_max_num_queries
):
    ActionFactory.create_batch(20, priority=scene.priority)
    every = [(action, "carried") for action in scene.plan.actions.all()]

    with django_assert_max_num_queries(10):
        administrator.get(address(scene))
    sent = typed(administrator, scene, *every)
    with django_assert_max_num_queries(14):
        assert administrator.post(address(scene), sent).status_code == 302
    with django_assert_max_num_queries(10):
        confirm = administrator.get(address(scene, "close_plan"))
    with django_assert_max_num_queries(14):
        administrator.post(address(scene, "close_plan"), Fields(confirm.text).found)
