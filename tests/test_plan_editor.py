"""The plan on pages of the product: made, added to, reworded, moved, withdrawn, led.

Everything through the pages, as an administrator without JavaScript would.
"""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from actions.models import Action, ActionLead, Milestone, Progress
from partnerships.models import Role
from priorities.models import GroupHeading, Plan, Priority, PriorityLead
from rounds.models import Answer, LeadUpdate
from rounds.services import close_round, open_round
from tests.factories import (
    ActionFactory,
    ActionLeadFactory,
    GroupFactory,
    GroupHeadingFactory,
    IndicatorFactory,
    MembershipFactory,
    MilestoneFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    RoundFactory,
)
from tests.scenes import open_round_scene, submit, write
from tests.writing import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(slug="swale")


@pytest.fixture
def plan(partnership):
    return PlanFactory(partnership=partnership)


@pytest.fixture
def administrator(client, partnership):
    membership = MembershipFactory(partnership=partnership, administrator=True)
    client.force_login(membership.user)
    client.user = membership.user
    return client


def address(name, *args, slug="swale"):
    return reverse(f"administration:{name}", args=[slug, *args])


def marker(client, where):
    """What the form on a page carries to notice that somebody changed it since."""
    return re.search(r'name="marker" value="(\w+)"', client.get(where).text)[1]


def day(name, when):
    return {
        f"{name}_day": str(when.day),
        f"{name}_month": str(when.month),
        f"{name}_year": str(when.year),
    }


def typed_action(action, milestones=(), **given):
    """An action's form filled in: rows of milestones are (key, title, timescale, more)."""
    data = {
        "reference": action.reference,
        "title": action.title,
        "desired_outcome": action.desired_outcome,
        "lead_text": action.lead_text,
        "priority": action.priority_id,
        "row": [],
    }
    for key, title, timescale, *more in milestones:
        data["row"].append(key)
        data |= {f"m-{key}-title": title, f"m-{key}-timescale": timescale, f"m-{key}-kind": ""}
        for name, value in (more[0] if more else {}).items():
            data[f"m-{key}-{name}"] = value
    return data | given


def save_action(client, action, milestones=(), **given):
    where = address("edit_action", action.pk)
    data = {"marker": marker(client, where)} | typed_action(action, milestones, **given)
    return client.post(where, data)


def rows_of(action):
    """Its milestones as a form that was not touched sends them."""
    found = []
    for each in action.milestones.all():
        more = {"kind": each.timescale_kind}
        if each.due_on:
            more |= day("due_on", each.due_on)
        if each.completed_on:
            more |= day("completed_on", each.completed_on)
        found.append((str(each.pk), each.title, each.timescale, more))
    return found


# The plan ----------------------------------------------------------------------------


def test_the_next_year_is_proposed_for_a_new_plan(administrator, plan):
    page = administrator.get(address("new_plan")).text

    assert 'value="2024/25"' in page
    assert 'name="starts_on_year" value="2024"' in page
    assert 'name="ends_on_year" value="2025"' in page


def test_a_plan_is_made_with_an_address_of_its_year(administrator, partnership):
    typed = {
        "year_label": "2019/20",
        "title": "Plan of 2019/20",
        "kind": "partnership",
        "introduction": "What was agreed.",
        **day("starts_on", date(2019, 4, 1)),
        **day("ends_on", date(2020, 3, 31)),
    }

    answer = administrator.post(address("new_plan"), typed)

    made = Plan.objects.get()
    assert answer["Location"] == address("edit_plan", made.pk)
    assert (made.slug, made.partnership, made.introduction) == (
        "2019-20",
        partnership,
        "What was agreed.",
    )


def test_a_year_that_is_taken_is_refused_and_what_was_typed_stays(administrator, plan):
    typed = {
        "year_label": "2023/24",
        "title": "A second plan",
        "kind": "partnership",
        **day("starts_on", date(2023, 4, 1)),
        **day("ends_on", date(2024, 3, 31)),
    }

    page = administrator.post(address("new_plan"), typed).text

    assert "is already the plan of 2023/24" in page
    assert "A second plan" in page
    assert Plan.objects.count() == 1


def test_a_plan_keeps_its_rounds_inside_its_dates(administrator, plan):
    RoundFactory(plan=plan)
    where = address("plan_details", plan.pk)
    typed = {
        "marker": marker(administrator, where),
        "year_label": "2023/24",
        "title": plan.title,
        "kind": "partnership",
        **day("starts_on", date(2023, 8, 1)),
        **day("ends_on", date(2024, 3, 31)),
    }

    page = administrator.post(where, typed).text

    assert "A round of this plan begins before that day" in page


def test_two_people_who_change_a_plan_do_not_overwrite_each_other(administrator, plan):
    where = address("plan_details", plan.pk)
    typed = {
        "marker": marker(administrator, where),
        "year_label": "2023/24",
        "title": "Mine",
        "kind": "partnership",
        **day("starts_on", plan.starts_on),
        **day("ends_on", plan.ends_on),
    }
    plan.title = "Theirs"
    plan.save()

    answer = administrator.post(where, typed)
    assert answer.status_code == 409
    assert "Mine" in answer.text
    assert "Theirs" in answer.text
    assert Plan.objects.get().title == "Theirs"

    # Saving again, with what is saved now before one's eyes, keeps what was typed.
    again = re.search(r'name="marker" value="(\w+)"', answer.text)[1]
    assert administrator.post(where, typed | {"marker": again}).status_code == 302
    assert Plan.objects.get().title == "Mine"


# Priorities and actions in order ------------------------------------------------------


def titles(rows):
    return [row.title for row in rows.all()]


def test_a_priority_stands_after_the_last_and_before_the_themes(administrator, plan):
    PriorityFactory(plan=plan, reference="1", title="Crime")
    PriorityFactory(plan=plan, reference="1", theme=True, title="Training")

    administrator.post(address("new_priority", plan.pk), {"reference": "2", "title": "Drugs"})

    assert titles(plan.priorities) == ["Crime", "Drugs", "Training"]
    assert plan.priorities.get(title="Drugs").history.first().history_user == administrator.user


def test_a_reference_is_kept_as_typed(administrator, plan):
    priority = PriorityFactory(plan=plan, reference="4")
    first = ActionFactory(priority=priority, reference="4.9")

    administrator.post(
        address("new_action", priority.pk),
        {"reference": "4.10", "title": "After 4.9", "priority": priority.pk},
    )

    assert [each.reference for each in priority.actions.all()] == [first.reference, "4.10"]


def test_a_duplicate_reference_is_refused_with_the_place_of_the_other(administrator, plan):
    two = PriorityFactory(plan=plan, reference="2", title="Crime")
    ActionFactory(priority=two, reference="2.7", title="Gangs")
    one = PriorityFactory(plan=plan, reference="1")
    action = ActionFactory(priority=one, reference="1.1")

    page = save_action(administrator, action, reference="2.7").text

    assert "2.7 is already the reference of “Gangs” under Priority 2" in page
    action.refresh_from_db()
    assert action.reference == "1.1"


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\ufeff", "\u00ad", "\u00a0"])
def test_a_reference_with_a_character_that_nobody_sees_is_a_duplicate(administrator, plan, unseen):
    two = PriorityFactory(plan=plan, reference="2")
    ActionFactory(priority=two, reference="2.7", title="Gangs")
    action = ActionFactory(priority=two, reference="2.8")

    page = save_action(administrator, action, reference=f"2.7{unseen}").text

    assert "2.7 is already the reference of “Gangs”" in page


def test_a_title_of_nothing_that_can_be_seen_is_refused_as_empty(administrator, plan):
    action = ActionFactory(priority=PriorityFactory(plan=plan), title="Gangs")

    page = save_action(administrator, action, title="\u200b\u00a0\u202e").text
    action.refresh_from_db()

    assert "Enter the title of the action" in page
    assert action.title == "Gangs"


def test_a_reference_of_another_plan_may_be_used_again(administrator, plan):
    other = PlanFactory(partnership=plan.partnership, slug="2022-23")
    ActionFactory(priority=PriorityFactory(plan=other), reference="1.1")
    priority = PriorityFactory(plan=plan)

    typed = {"reference": "1.1", "title": "Again", "priority": priority.pk}
    assert administrator.post(address("new_action", priority.pk), typed).status_code == 302


def test_a_duplicate_reference_of_a_priority_is_refused(administrator, plan):
    PriorityFactory(plan=plan, reference="1", title="Crime")

    page = administrator.post(
        address("new_priority", plan.pk), {"reference": "1", "title": "Drugs"}
    ).text

    assert "1 is already the reference of “Crime”" in page
    assert "Drugs" in page


def test_buttons_move_an_action_and_come_back_to_its_row(administrator, plan):
    priority = PriorityFactory(plan=plan)
    first, second = (ActionFactory(priority=priority, title=title) for title in ("A", "B"))

    answer = administrator.post(address("move_action", second.pk), {"to": "up"})

    assert titles(priority.actions) == ["B", "A"]
    assert answer["Location"] == address("edit_plan", plan.pk) + f"#action-{second.pk}"
    page = administrator.get(address("edit_plan", plan.pk)).text
    assert f'id="action-{second.pk}" tabindex="-1"' in page
    assert second.history.first().history_user == administrator.user

    administrator.post(address("move_action", second.pk), {"to": "down"})
    administrator.post(address("move_action", second.pk), {"to": "down"})
    assert titles(priority.actions) == ["A", "B"]
    assert first.history.count() == 3


def test_buttons_move_a_priority_with_its_actions(administrator, plan):
    first, second = (PriorityFactory(plan=plan, title=title) for title in ("A", "B"))

    administrator.post(address("move_priority", first.pk), {"to": "down"})

    assert titles(plan.priorities) == ["B", "A"]
    assert second.history.first().history_user == administrator.user


def test_a_button_names_what_it_moves(administrator, plan):
    priority = PriorityFactory(plan=plan, reference="1", title="Crime")
    for number in (1, 2):
        ActionFactory(priority=priority, reference=f"1.{number}", title="Gangs")

    page = administrator.get(address("edit_plan", plan.pk)).text

    assert 'Move up<span class="govuk-visually-hidden">: 1.2 Gangs</span>' in page
    assert 'Move up<span class="govuk-visually-hidden">: 1.1 Gangs' not in page


def test_an_action_goes_to_another_priority_of_its_plan_and_stands_last_there(administrator, plan):
    here, there = PriorityFactory(plan=plan), PriorityFactory(plan=plan)
    action = ActionFactory(priority=here, order=10, title="Moves")
    ActionFactory(priority=there, order=90, title="Stays")
    elsewhere = PriorityFactory(plan=PlanFactory(partnership=plan.partnership, slug="2022-23"))

    page = save_action(administrator, action, priority=elsewhere.pk)
    assert "Choose one of the answers shown" in page.text

    save_action(administrator, action, priority=there.pk)
    assert titles(there.actions) == ["Stays", "Moves"]


# Withdrawing ----------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["action", "priority"])
def test_a_second_withdrawal_says_so_and_gives_its_reason_back(administrator, plan, what):
    priority = PriorityFactory(plan=plan)
    row = ActionFactory(priority=priority) if what == "action" else priority
    where = address(f"withdraw_{what}", row.pk)
    administrator.post(where, {"reason": "The money ended."})

    second = administrator.post(where, {"reason": "The group was dissolved."})
    row.refresh_from_db()

    assert second.status_code == 409
    assert "is withdrawn already: “The money ended.”" in words(second)
    assert "The group was dissolved." in second.text
    assert row.withdrawn_reason == "The money ended."


def test_withdrawing_an_action_asks_why_and_can_be_taken_back(administrator, plan):
    action = ActionFactory(
        priority=PriorityFactory(plan=plan), progress=Progress.COMPLETE, completed_on=plan.starts_on
    )
    where = address("withdraw_action", action.pk)

    assert "Say why it is withdrawn" in administrator.post(where, {"reason": " "}).text
    administrator.post(where, {"reason": "The money ended."})
    action.refresh_from_db()
    assert (action.progress, action.withdrawn_reason) == (Progress.WITHDRAWN, "The money ended.")
    assert "The money ended." in administrator.get(address("edit_plan", plan.pk)).text

    administrator.post(address("restore_action", action.pk))
    action.refresh_from_db()
    assert (action.progress, action.completed_on) == (Progress.COMPLETE, plan.starts_on)
    assert action.withdrawn_reason == ""


def test_withdrawing_a_priority_shows_on_the_plan_and_can_be_taken_back(administrator, plan):
    priority = PriorityFactory(plan=plan, title="Crime")
    ActionFactory(priority=priority)
    where = address("withdraw_priority", priority.pk)

    assert "nor about its 1 action" in administrator.get(where).text
    administrator.post(where, {"reason": "Merged with another."})
    page = administrator.get(reverse("rounds:plan", args=["swale", plan.pk])).text
    assert "Merged with another." in page
    assert "1 priority" not in page
    assert "1 withdrawn" in page

    administrator.post(address("restore_priority", priority.pk))
    priority.refresh_from_db()
    assert (priority.withdrawn_on, priority.withdrawn_reason) == (None, "")


def next_round_of(scene):
    close_round(round=scene.round, now=scene.now)
    return RoundFactory(
        plan=scene.plan,
        today=scene.now.date(),
        label="Quarter 3",
        slug="2023-24-q3",
        period_starts_on=date(2023, 10, 1),
        period_ends_on=date(2023, 12, 31),
    )


def test_the_next_round_does_not_ask_for_what_is_withdrawn_and_past_rounds_keep_it(client):
    scene = open_round_scene(slug="swale")
    client.force_login(scene.administrator)
    other = PriorityFactory(plan=scene.plan, reference="2", title="Drugs")
    asked_before = [answer.title for answer in scene.answers]
    client.post(address("withdraw_action", scene.actions[0].pk), {"reason": "No money."})
    client.post(address("withdraw_priority", other.pk), {"reason": "Merged."})
    client.post(address("withdraw_priority", scene.theme.pk), {"reason": "Ended."})

    following = next_round_of(scene)
    open_round(round=following, by=scene.coordinator, now=scene.now)

    update = LeadUpdate.objects.get(round=following)
    assert update.priority == scene.priority
    titles = [answer.title for answer in update.answers.all()]
    assert scene.actions[0].title not in titles
    assert scene.actions[1].title in titles
    # The only theme is gone, so nobody comments on themes.
    assert not update.answers.filter(kind=Answer.Kind.THEMES).exists()
    assert [answer.title for answer in scene.answers] == asked_before


def test_an_answer_begun_before_does_not_bring_a_withdrawn_action_back(client):
    scene = open_round_scene(slug="swale")
    write(scene, scene.answer(Answer.Kind.ACTION))
    client.force_login(scene.administrator)
    client.post(address("withdraw_action", scene.actions[0].pk), {"reason": "No money."})

    submit(scene)

    scene.actions[0].refresh_from_db()
    assert scene.actions[0].progress == Progress.WITHDRAWN


def test_a_changed_title_leaves_past_rounds_as_they_were(client):
    scene = open_round_scene(slug="swale")
    client.force_login(scene.administrator)
    action, old = scene.actions[0], scene.actions[0].title

    save_action(client, action, title="New words", reference="1.1a")
    where = address("edit_priority", scene.priority.pk)
    client.post(
        where,
        {"marker": marker(client, where), "reference": "1", "title": "New name", "lead_text": "X"},
    )

    answer = scene.update.answers.get(action=action)
    assert (answer.reference, answer.title) == ("1.1", old)
    assert (scene.update.title, scene.update.lead_text) == ("Safer streets", "Strategic lead")
    following = next_round_of(scene)
    open_round(round=following, by=scene.coordinator, now=scene.now)
    later = LeadUpdate.objects.get(round=following, priority=scene.priority)
    assert (later.title, later.lead_text) == ("New name", "X")
    assert later.answers.get(action=action).title == "New words"


def test_why_something_is_in_the_plan_is_kept_shown_and_put_back(administrator, plan):
    priority = PriorityFactory(plan=plan)
    theme = PriorityFactory(plan=plan, theme=True, activities="A network")
    where = address("edit_priority", priority.pk)
    typed = {"title": priority.title, "reference": priority.reference}
    texts = {"summary": "Why <b>so</b>.\r\n\r\nAnd more.", "activities": "One\r\nTwo"}
    assert f'hidden">: {priority}' not in administrator.get(plan.get_absolute_url()).text
    mark = {"marker": marker(administrator, where)}

    administrator.post(where, typed | texts | mark)

    priority.refresh_from_db()
    assert (priority.summary, priority.activities) == ("Why <b>so</b>.\n\nAnd more.", "One\nTwo")
    page = administrator.get(plan.get_absolute_url()).text
    assert "<summary>Summary and activities<span" in page
    assert f'hidden">: {priority}' in page
    assert "<p>Why &lt;b&gt;so&lt;/b&gt;.</p>\n\n<p>And more.</p>" in page
    assert "<p>One<br>Two</p>" in page
    assert f'<summary>Activities<span class="govuk-visually-hidden">: {theme}' in page

    # Somebody who opened the page before is told of it.
    assert administrator.post(where, typed | {"summary": "Other"} | mark).status_code == 409

    mark = {"marker": marker(administrator, where)}
    administrator.post(where, typed | {"summary": "New."} | mark)
    row = priority.history.first().history_id
    for field in texts:
        at = ["swale", priority.pk, "priority", row, field]
        former = reverse("rounds:priority_changes_former", args=at)
        administrator.post(former, {"marker": marker(administrator, former)})
    priority.refresh_from_db()
    assert (priority.summary, priority.activities) == ("Why <b>so</b>.\n\nAnd more.", "One\nTwo")


# Milestones -------------------------------------------------------------------------------

# As the 2019/20 plan has them: the timescale as written, what it means, and whether it is flagged.
ODD_TIMESCALES = [
    ("Quarterly", "recurring", None),
    ("As required", "as_required", None),
    ("By Mar 20", "by_date", date(2020, 3, 31)),
    ("Ongoing", "ongoing", None),
    ("May19", "in_month", date(2019, 5, 31)),
    ("June 18", "in_month", date(2018, 6, 30)),
    ("Annual inspection", "recurring", None),
    ("When the moon is full", "unknown", None),
    ("", "unknown", None),
]


@pytest.fixture
def year_2019(partnership):
    return PlanFactory(
        partnership=partnership,
        slug="2019-20",
        year_label="2019/20",
        starts_on=date(2019, 4, 1),
        ends_on=date(2020, 3, 31),
    )


@pytest.fixture
def action(year_2019):
    return ActionFactory(priority=PriorityFactory(plan=year_2019, reference="1"), reference="1.2")


def test_milestones_are_typed_with_their_action_and_kept_as_written(administrator, year_2019):
    priority = PriorityFactory(plan=year_2019)
    typed = typed_action(
        Action(reference="1.2", title="Oversight", lead_text="A group/another", priority=priority),
        [(f"new{n}", f"Step {n}", row[0]) for n, row in enumerate(ODD_TIMESCALES, start=1)],
        desired_outcome="More people come.",
    )

    answer = administrator.post(address("new_action", priority.pk), typed, follow=True)

    action = Action.objects.get()
    assert (action.lead_text, action.desired_outcome) == ("A group/another", "More people come.")
    found = action.milestones.values_list("timescale", "timescale_kind", "due_on")
    assert list(found) == ODD_TIMESCALES
    assert "the date of milestone 6 is outside the year of this plan" in answer.text
    assert "the timescale of milestone 8 was not understood" in answer.text
    assert "Understood as: in a month, 31 May 2019." in answer.text
    assert "Understood as: recurring, every 3 months." in answer.text
    assert "Understood as: recurring, every year." in answer.text
    assert answer.text.count("Understood as: not understood.") == 1
    assert "No timescale." in answer.text
    assert "That is outside the year of this plan." in answer.text


def test_a_page_ends_with_three_empty_rows_and_saves_to_more(administrator, action):
    page = administrator.get(address("edit_action", action.pk)).text
    assert [f"m-new{n}-title" in page for n in (1, 2, 3, 4)] == [True, True, True, False]

    rows = [(f"new{n}", f"Step {n}", "Quarterly") for n in (1, 2, 3)]
    answer = save_action(administrator, action, rows, then="more")

    assert answer["Location"].endswith("#milestone-new1")
    assert action.milestones.count() == 3


def test_rows_left_empty_make_no_milestones(administrator, action):
    save_action(administrator, action, [("new1", "", ""), ("new2", "A step", ""), ("new3", "", "")])

    assert titles(action.milestones) == ["A step"]


def test_a_timescale_without_its_milestone_is_refused_and_kept(administrator, action):
    page = save_action(administrator, action, [("new1", "", "By June")])

    assert "Write what milestone 1 is" in page.text
    assert 'value="By June"' in page.text


def test_a_new_wording_is_understood_again_and_a_correction_by_hand_stays(administrator, action):
    one = MilestoneFactory(action=action, timescale="Ongoing", timescale_kind="ongoing")
    key = str(one.pk)

    save_action(administrator, action, [(key, "S", "By Mar 20", {"kind": "ongoing"})])
    one.refresh_from_db()
    assert (one.timescale_kind, one.due_on) == ("by_date", date(2020, 3, 31))

    by_hand = {"kind": "in_month", **day("due_on", date(2020, 2, 29))}
    save_action(administrator, action, [(key, "S", "By Mar 20", by_hand)])
    save_action(administrator, action, [(key, "Other words", "By Mar 20", by_hand)])
    one.refresh_from_db()
    assert (one.timescale_kind, one.due_on) == ("in_month", date(2020, 2, 29))

    save_action(administrator, action, [(key, "S", "By Mar 20", by_hand | {"kind": ""})])
    one.refresh_from_db()
    assert (one.timescale_kind, one.due_on) == ("by_date", date(2020, 3, 31))


def test_a_kind_with_a_date_asks_for_it(administrator, action):
    page = save_action(administrator, action, [("new1", "S", "Soon", {"kind": "by_date"})])

    assert "Enter the date that the timescale stands for" in page.text
    assert not action.milestones.exists()


def test_a_milestone_is_completed_and_not_in_the_future(administrator, action):
    one = MilestoneFactory(action=action)
    [row] = rows_of(action)

    row[3].update(day("completed_on", date.today() + timedelta(days=2)))  # noqa: DTZ011
    assert "This day is still to come" in save_action(administrator, action, [row]).text
    row[3].update(day("completed_on", date(2019, 6, 1)))
    save_action(administrator, action, [row])

    one.refresh_from_db()
    assert one.completed_on == date(2019, 6, 1)


def test_milestones_move_with_what_was_typed_saved(administrator, action):
    one, two = (MilestoneFactory(action=action, title=title) for title in ("A", "B"))
    rows = rows_of(action)
    rows[0] = (rows[0][0], "A, reworded", *rows[0][2:])

    answer = save_action(administrator, action, rows, then=f"up:{two.pk}")

    assert titles(action.milestones) == ["B", "A, reworded"]
    assert answer["Location"].endswith(f"#milestone-{two.pk}")
    assert one.history.first().history_user == administrator.user


def test_a_milestone_is_removed_and_named(administrator, action):
    one = MilestoneFactory(action=action, title="Step that goes")
    MilestoneFactory(action=action, title="Step that stays")
    rows = rows_of(action)
    rows[0][3]["remove"] = "on"

    where = address("edit_action", action.pk)
    data = {"marker": marker(administrator, where)} | typed_action(action, rows)
    page = administrator.post(where, data, follow=True).text

    assert titles(action.milestones) == ["Step that stays"]
    assert "Removed: Step that goes" in page
    assert Milestone.history.filter(id=one.pk, history_type="-").exists()


def test_what_was_not_changed_leaves_no_history(administrator, action):
    MilestoneFactory(action=action, order=10)
    administrator.get(address("edit_action", action.pk))

    save_action(administrator, action, rows_of(action))

    assert action.history.count() == 1
    assert Milestone.history.count() == 1


def test_two_people_at_one_action_do_not_overwrite_each_other(administrator, action):
    one = MilestoneFactory(action=action, title="Before")
    where = address("edit_action", action.pk)
    data = {"marker": marker(administrator, where)} | typed_action(action, rows_of(action))
    data[f"m-{one.pk}-title"] = "Mine"
    one.title = "Theirs"
    one.save()
    added = MilestoneFactory(action=action, title="Added by them")

    answer = administrator.post(where, data)
    assert answer.status_code == 409
    assert "Mine" in answer.text
    assert "Added by them" in answer.text
    one.refresh_from_db()
    assert one.title == "Theirs"

    again = re.search(r'name="marker" value="(\w+)"', answer.text)[1]
    assert administrator.post(where, data | {"marker": again}).status_code == 302
    assert titles(action.milestones) == ["Mine", "Added by them"]
    assert added in action.milestones.all()


def test_a_milestone_that_somebody_removed_is_not_lost_to_who_was_writing(administrator, action):
    one = MilestoneFactory(action=action, title="Before")
    where = address("edit_action", action.pk)
    data = {"marker": marker(administrator, where)} | typed_action(action, rows_of(action))
    one.delete()

    answer = administrator.post(where, data)
    assert answer.status_code == 409
    again = re.search(r'name="marker" value="(\w+)"', answer.text)[1]
    administrator.post(where, data | {"marker": again})

    assert titles(action.milestones) == ["Before"]


# Leads ------------------------------------------------------------------------------------


def test_a_person_who_leads_from_today_sees_it_at_home(administrator, client):
    scene = open_round_scene(slug="vale")
    newcomer = MembershipFactory(partnership=scene.partnership, member=True, post="Inspector")
    client.force_login(scene.administrator)
    where = address("new_priority_lead", scene.priority.pk, slug="vale")
    today = date.today()  # noqa: DTZ011
    # Of a plan whose year is over no day is proposed; of one that runs, today.
    assert not re.search(r'name="starts_on_year" value="\d', client.get(where).text)
    scene.plan.ends_on = today
    scene.plan.save()
    assert f'name="starts_on_year" value="{today.year}"' in client.get(where).text

    client.post(where, {"who": f"membership-{newcomer.pk}", **day("starts_on", today)})

    lead = PriorityLead.objects.get(membership=newcomer)
    assert (lead.partnership, lead.starts_on) == (scene.partnership, today)
    client.force_login(newcomer.user)
    home = reverse("rounds:home", args=["vale"])
    assert "Safer streets" in client.get(home).text

    # From tomorrow it is not theirs yet.
    lead.starts_on = today + timedelta(days=1)
    lead.save()
    assert "Safer streets" not in client.get(home).text


def test_a_lead_is_corrected_and_ended_and_an_organisation_may_lead(administrator, plan):
    priority = PriorityFactory(plan=plan)
    body = OrganisationFactory(partnership=plan.partnership, name="Housing Trust")
    lead = PriorityLeadFactory(priority=priority)

    typed = {"who": f"organisation-{body.pk}", "is_deputy": "on"} | day(
        "ends_on", date(2023, 12, 31)
    )
    typed["marker"] = marker(administrator, address("priority_lead", lead.pk))
    administrator.post(address("priority_lead", lead.pk), typed)

    lead.refresh_from_db()
    assert (lead.membership, lead.organisation, lead.is_deputy) == (None, body, True)
    assert lead.ends_on == date(2023, 12, 31)
    page = administrator.get(address("edit_priority", priority.pk)).text
    assert "Housing Trust" in page
    assert "31 December 2023 (over)" in page
    assert "No person is linked today: the coordinator is asked instead." in page


def test_a_group_leads_and_the_coordinator_is_asked_for_it(administrator, plan):
    priority = PriorityFactory(plan=plan, lead_text="")
    action = ActionFactory(priority=priority)
    panel = GroupFactory(partnership=plan.partnership, name="Harbour Panel")
    ended = {"ends_on": date(2020, 1, 1)}
    GroupFactory(partnership=plan.partnership, name="Old Panel", **ended)
    where = address("new_priority_lead", priority.pk)
    assert "Old Panel" not in administrator.get(where).text

    typed = {"who": f"group-{panel.pk}"}
    assert "Harbour Panel is linked." in administrator.post(where, typed, follow=True).text
    administrator.post(address("new_action_lead", action.pk), typed | {"is_deputy": "on"})

    assert PriorityLead.objects.get().who == ActionLead.objects.get().who == panel
    page = administrator.get(address("edit_priority", priority.pk)).text
    assert "No person is linked today: the coordinator is asked instead." in page
    page = administrator.get(address("edit_plan", plan.pk)).text
    assert "Lead: Harbour Panel. No person is linked, so the coordinator is asked instead" in page
    assert "Lead: Harbour Panel" in administrator.get(plan.get_absolute_url()).text
    assert "Harbour Panel (deputy)" in administrator.get(action.get_absolute_url()).text
    for page, noun in ("priority_changes", priority.pk), ("action_changes", action.pk):
        changes = words(administrator.get(reverse(f"rounds:{page}", args=["swale", noun])))
        assert "Added the lead “Harbour Panel”" in changes
    ending = administrator.get(address("group_end", panel.pk)).text
    assert f"{priority}" in ending
    assert f"{action} (deputy)" in ending


def test_two_people_who_change_a_lead_at_once_lose_nothing(administrator, plan):
    lead = PriorityLeadFactory(priority=PriorityFactory(plan=plan))
    where = address("priority_lead", lead.pk)
    typed = {"who": f"membership-{lead.membership_id}", "marker": marker(administrator, where)}
    lead.ends_on = date(2023, 12, 31)
    lead.save()

    answer = administrator.post(where, typed | {"is_deputy": "on"})
    assert answer.status_code == 409
    assert "It is saved now as “Strategic lead, until 31 December 2023”" in answer.text
    assert "checked" in answer.text
    lead.refresh_from_db()
    assert not lead.is_deputy

    # Saving again, with what is saved now before one's eyes, keeps what was typed.
    again = re.search(r'name="marker" value="(\w+)"', answer.text)[1]
    assert administrator.post(where, typed | {"marker": again}).status_code == 302
    lead.refresh_from_db()
    assert lead.ends_on is None


def test_only_people_of_the_same_partnership_lead(administrator, plan):
    stranger = MembershipFactory(member=True)
    priority = PriorityFactory(plan=plan)

    page = administrator.post(
        address("new_priority_lead", priority.pk), {"who": f"membership-{stranger.pk}"}
    )

    assert "Choose one of the answers shown" in page.text
    assert not PriorityLead.objects.exists()


@pytest.mark.parametrize(
    ("who", "factory"), [("organisation", OrganisationFactory), ("group", GroupFactory)]
)
def test_nobody_leads_the_same_thing_twice_at_once(administrator, plan, who, factory):
    lead = PriorityLeadFactory(priority=PriorityFactory(plan=plan))
    body = factory(partnership=plan.partnership)
    PriorityLeadFactory(priority=lead.priority, membership=None, **{who: body})
    where = address("new_priority_lead", lead.priority.pk)

    page = administrator.post(where, {"who": f"membership-{lead.membership_id}"})
    assert "This person leads this priority already." in page.text
    page = administrator.post(where, {"who": f"{who}-{body.pk}"})
    assert f"This {who} leads this priority already." in page.text


def test_a_lead_cannot_end_before_it_starts(administrator, plan):
    lead = PriorityLeadFactory(priority=PriorityFactory(plan=plan))
    typed = {"who": f"membership-{lead.membership_id}", **day("starts_on", date(2023, 5, 1))}

    page = administrator.post(
        address("priority_lead", lead.pk), typed | day("ends_on", date(2023, 4, 1))
    )

    assert "The end cannot be before the start" in page.text


def test_an_action_has_leads_that_its_readers_see(administrator, plan):
    action = ActionFactory(
        priority=PriorityFactory(plan=plan), desired_outcome="Fewer burglaries.", lead_text="CSU"
    )
    person = MembershipFactory(partnership=plan.partnership, member=True, post="Chief Inspector")

    administrator.post(
        address("new_action_lead", action.pk), {"who": f"membership-{person.pk}", "is_deputy": "on"}
    )

    assert ActionLead.objects.get().is_deputy
    page = administrator.get(reverse("rounds:action", args=["swale", action.pk])).text
    assert "Chief Inspector (deputy)" in page
    assert "Fewer burglaries." in page
    assert f'href="{address("edit_action", action.pk)}"' in page


def test_a_person_finds_the_actions_they_lead_at_home(client, plan):
    action = ActionFactory(priority=PriorityFactory(plan=plan), title="Patrols in the park")
    lead = ActionLeadFactory(action=action)
    client.force_login(lead.membership.user)
    home = reverse("rounds:home", args=["swale"])

    assert "Patrols in the park" in client.get(home).text
    lead.starts_on = date.today() + timedelta(days=1)  # noqa: DTZ011
    lead.save()
    assert "Patrols in the park" not in client.get(home).text


def test_readers_who_may_not_keep_the_plan_see_no_way_to_edit_it(client, plan):
    action = ActionFactory(priority=PriorityFactory(plan=plan))
    client.force_login(MembershipFactory(partnership=plan.partnership, member=True).user)

    for where in ("plan", plan.pk), ("action", action.pk):
        page = client.get(reverse(f"rounds:{where[0]}", args=["swale", where[1]])).text
        assert "/edit/" not in page


# Headings and figures ---------------------------------------------------------------------


def test_a_heading_may_name_two_groups_and_is_made_of_their_names(administrator, plan):
    priority = PriorityFactory(plan=plan)
    groups = [GroupFactory(partnership=plan.partnership, name=name) for name in ("A", "B")]

    administrator.post(
        address("new_heading", priority.pk), {"groups": [group.pk for group in groups]}
    )

    heading = GroupHeading.objects.get()
    assert heading.heading == "A and B"
    assert list(heading.groups.all()) == groups


def test_a_heading_that_was_asked_under_leaves_with_its_past_kept(client):
    scene = open_round_scene(slug="swale")
    client.force_login(scene.administrator)

    client.post(address("remove_heading", scene.heading.pk), follow=True)

    assert scene.answer(Answer.Kind.GROUP).title == "Streets Group"
    assert "Streets Group" not in client.get(address("edit_priority", scene.priority.pk)).text
    assert "Streets Group" not in client.get(scene.plan.get_absolute_url()).text
    following = next_round_of(scene)
    open_round(round=following, by=scene.coordinator, now=scene.now)
    assert not Answer.objects.filter(update__round=following, kind=Answer.Kind.GROUP).exists()

    # The same words bring it back, and a second time they are refused.
    where = address("new_heading", scene.priority.pk)
    client.post(where, {"heading": "Streets Group"})
    assert GroupHeading.objects.in_use().get() == scene.heading
    assert (
        "has the heading “Streets Group” already"
        in client.post(where, {"heading": "Streets Group"}).text
    )


def test_a_heading_nobody_was_asked_under_is_deleted_and_others_move(administrator, plan):
    priority = PriorityFactory(plan=plan)
    first, second, third = (GroupHeadingFactory(priority=priority, heading=name) for name in "ABC")

    administrator.post(address("remove_heading", second.pk))
    administrator.post(address("move_heading", third.pk), {"to": "up"})

    assert [each.heading for each in priority.group_headings.all()] == ["C", "A"]
    assert first.history.first().history_user == administrator.user


def test_figures_are_put_under_a_priority_ordered_and_taken_away(administrator, plan):
    priority = PriorityFactory(plan=plan)
    names = ("Burglary", "Robbery")
    figures = [IndicatorFactory(partnership=plan.partnership, name=name) for name in names]
    foreign = IndicatorFactory()

    for each in (*figures, figures[0], foreign):
        administrator.post(address("new_place", priority.pk), {"indicator": each.pk})
    places = list(priority.priority_indicators.all())
    assert [place.indicator.name for place in places] == ["Burglary", "Robbery"]

    administrator.post(address("move_place", places[1].pk), {"to": "up"})
    places = list(priority.priority_indicators.all())
    assert [place.indicator.name for place in places] == ["Robbery", "Burglary"]

    where = address("remove_place", places[0].pk)
    assert "The figure itself and its readings stay" in administrator.get(where).text
    administrator.post(address("remove_place", places[0].pk))
    assert [each.indicator.name for each in priority.priority_indicators.all()] == ["Burglary"]


# Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 12])
def test_the_editor_takes_seven_queries_however_much_is_in_the_plan(
    administrator, plan, many, django_assert_num_queries
):
    for _ in range(many):
        action = ActionFactory(priority=PriorityFactory(plan=plan))
        MilestoneFactory(action=action)
        PriorityLeadFactory(priority=action.priority)

    with django_assert_num_queries(7):
        administrator.get(address("edit_plan", plan.pk))


@pytest.mark.parametrize("many", [1, 12])
def test_an_action_with_many_milestones_takes_ten_queries_and_is_saved_in_fourteen(
    administrator, action, many, django_assert_max_num_queries
):
    for _ in range(many):
        MilestoneFactory(action=action)
        ActionLeadFactory(action=action)
    where = address("edit_action", action.pk)

    with django_assert_max_num_queries(10):
        mark = marker(administrator, where)
    data = {"marker": mark} | typed_action(action, rows_of(action), title="New words")
    # Fourteen, and the two words that stand for the transaction inside a test's own.
    with django_assert_max_num_queries(16):
        assert administrator.post(where, data).status_code == 302


@pytest.mark.parametrize("many", [1, 12])
def test_a_priority_takes_eleven_queries_however_much_stands_under_it(
    administrator, plan, many, django_assert_max_num_queries
):
    priority = PriorityFactory(plan=plan)
    for _ in range(many):
        GroupHeadingFactory(priority=priority, groups=[GroupFactory(partnership=plan.partnership)])
        PriorityIndicatorFactory(priority=priority)
        PriorityLeadFactory(priority=priority)

    with django_assert_max_num_queries(11):
        administrator.get(address("edit_priority", priority.pk))


def test_a_coordinator_may_not_keep_the_plan(client, plan):
    person = MembershipFactory(partnership=plan.partnership, role=Role.COORDINATOR)
    client.force_login(person.user)

    assert client.get(address("edit_plan", plan.pk)).status_code == 403
    assert Priority.objects.count() == 0


def test_two_people_at_one_heading_do_not_overwrite_each_other(administrator, plan):
    priority = PriorityFactory(plan=plan)
    group = GroupFactory(partnership=plan.partnership, name="Streets Group")
    heading = GroupHeadingFactory(priority=priority, heading="Streets")
    where = address("heading", heading.pk)
    opened = {"marker": marker(administrator, where), "groups": []}

    administrator.post(where, opened | {"heading": "Streets", "groups": [group.pk]})
    second = administrator.post(where, opened | {"heading": "Town centre"})
    heading.refresh_from_db()

    assert second.status_code == 409
    assert "It is saved now as “Streets (Streets Group)”" in words(second)
    assert 'value="Town centre"' in second.text
    assert (heading.heading, list(heading.groups.all())) == ("Streets", [group])
    newer = {"marker": second.context["form"].data["marker"], "heading": "Town centre"}
    assert administrator.post(where, newer).status_code == 302
    heading.refresh_from_db()
    assert heading.heading == "Town centre"
