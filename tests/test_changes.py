"""What changed, in plain words: who, when, from what to what; and putting a former text back."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.models import Milestone, Progress
from partnerships.changes import ENTRIES_ON_A_PAGE
from partnerships.models import Marking
from performance.changes import story_of_indicator
from performance.models import Reading
from priorities.models import GroupHeading, PriorityLead
from rounds.changes import story_of_action, story_of_answer, story_of_plan, story_of_priority
from rounds.models import Answer, Rag
from tests.factories import (
    LONDON,
    GroupFactory,
    MembershipFactory,
    MilestoneFactory,
    OrganisationFactory,
    PriorityIndicatorFactory,
    ReadingFactory,
)
from tests.scenes import accept, give_back, open_round_scene, submit, write
from tests.writing import words

pytestmark = pytest.mark.django_db

AT = datetime(2023, 10, 18, 14, 32, tzinfo=LONDON)

# What tells people nothing, or is told in words of its own.
LEFT_OUT = {
    "plan": {"id", "partnership", "slug", "closed_at"},
    "priority": {"id", "partnership", "plan", "order"},
    "action": {"id", "partnership", "plan", "order"},
    "milestone": {"id", "partnership", "action", "order"},
    "lead": {"id", "partnership", "priority", "action", "membership", "organisation", "group"},
    "heading": {"id", "partnership", "priority", "order"},
    "figure": {"id", "partnership", "priority", "indicator", "order"},
    "reading": {
        "id",
        "partnership",
        "indicator",
        "entered_at",
        "entered_by",
        "superseded_at",
        "taken_back_reason",
        "taken_back_by",
    },
    "name": {"id", "partnership", "indicator"},
    "tick": {"id", "partnership", "answer", "milestone", "title", "told_on"},
    "entry": {
        "id",
        "partnership",
        "answer",
        "indicator",
        "period_starts_on",
        "period_ends_on",
    },
    "answer": {
        "id",
        "partnership",
        "update",
        "kind",
        "action",
        "group_heading",
        "order",
        "period_ends_on",
        "state",
        "text_format",
        "old_progress",
        "old_completed_on",
        "old_due_on",
        "version",
        "saved_at",
        "saved_by",
        "saved_as",
        "saved_from",
        "given_for",
        "edited_at",
        "edited_by",
        "edited_as",
        "submitted_at",
        "accepted_at",
        "returned_at",
        "return_reason",
        "taken_in_by",
    },
}


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(slug="here")


def told(story, page="1"):
    """Each entry as its sentences."""
    return [[_whole(each) for each in entry.told] for entry in story.page(page)]


def _whole(sentence):
    marks = {"stayed": "{}", "went": "[-{}-]", "came": "[+{}+]"}
    pieces = " ".join(marks[piece.kind].format(piece.words) for piece in sentence.pieces)
    return f"{sentence.said}: {pieces}" if pieces else sentence.said


def said_of(story):
    """Every sentence, the latest first."""
    return [each for entry in told(story) for each in entry]


def story(of, scene, thing, **given):
    return of(thing, scene.access(scene.coordinator), **given)


def stories(scene):
    return [
        story(story_of_plan, scene, scene.plan),
        story(story_of_priority, scene, scene.priority),
        story(story_of_action, scene, scene.actions[0]),
        story(story_of_indicator, scene, scene.indicator),
        story(story_of_answer, scene, scene.answers[0], writes=True),
    ]


def change(row, by=None, at=None, **fields):
    """Save a row as a person at a moment."""
    for name, value in fields.items():
        setattr(row, name, value)
    if by is not None:
        row._history_user = by
    if at is not None:
        row._history_date = at
    row.save()


def test_every_field_is_told_or_left_out_on_purpose(scene):
    for each in (kept for found in stories(scene) for kept in found.kept):
        fields = {field.name for field in each.model._meta.fields}
        fields |= set(each.lists)
        assert fields - set(each.fields) - LEFT_OUT[each.key] == set(), each.model
        assert set(each.fields) <= fields, each.model
        assert each.restorable <= set(each.fields), each.model


# In words -----------------------------------------------------------------------------------


def test_an_entry_says_who_by_post_when_and_from_what_to_what(scene, client):
    post = scene.memberships["administrator"]
    post.organisation = OrganisationFactory(partnership=scene.partnership, name="Borough Council")
    post.post = "Community Safety Manager"
    post.save()
    type(post).history.update(history_date=AT - timedelta(days=1))
    change(scene.actions[0], by=scene.administrator, title="More light")
    type(scene.actions[0]).history.filter(title="More light").update(history_date=AT)
    client.force_login(scene.member)

    page = words(client.get(address(scene, "rounds:action_changes", scene.actions[0])))

    assert "18 October 2023 at 14:32" in page
    assert "Administrator (Community Safety Manager, Borough Council)" in page

    type(post).history.update(post="Partnership administrator")
    page = words(client.get(address(scene, "rounds:action_changes", scene.actions[0])))
    assert "14:32 Partnership administrator, Borough Council" in page


def address(scene, name, thing, *former):
    return reverse(name, args=[scene.partnership.slug, thing.pk, *former])


def test_several_fields_of_one_save_are_one_entry(scene):
    action = scene.actions[0]
    change(
        action,
        by=scene.administrator,
        title="More light",
        due_on=date(2024, 3, 31),
        progress=Progress.IN_PROGRESS,
        lead_text="Chief Inspector",
    )

    assert told(story(story_of_action, scene, action))[0] == [
        "changed the title from “Title of action 1.1” to “More light”",
        "set the lead to “Chief Inspector”",
        "set the end date to 31 March 2024",
        "changed the progress from “Not yet started” to “In progress”",
    ]


def test_a_former_timescale_comes_back_with_what_was_understood_from_it(scene, client):
    action = scene.actions[0]
    milestone = MilestoneFactory(
        action=action, timescale="By Mar 24", timescale_kind="by_date", due_on=date(2024, 3, 31)
    )
    change(
        milestone,
        by=scene.administrator,
        timescale="Ongoing",
        timescale_kind="ongoing",
        due_on=None,
    )
    client.force_login(scene.administrator)
    row = milestone.history.first().history_id
    where = address(scene, "rounds:action_changes_former", action, "milestone", row, "timescale")

    press(client, where)

    milestone.refresh_from_db()
    found = milestone.timescale, milestone.timescale_kind, milestone.due_on
    assert found == ("By Mar 24", "by_date", date(2024, 3, 31))


def test_the_milestones_that_were_ticked_are_told_with_their_answer(scene):
    answer = scene.action_answers[0]
    milestone = MilestoneFactory(action=answer.action, title="Count the lamps")
    write(scene, answer, done=frozenset({milestone.pk}))
    answer.refresh_from_db()
    write(scene, answer)

    said = said_of(story(story_of_answer, scene, answer, writes=True))
    assert "said that the milestone “Count the lamps” was done" in said
    assert "took back that the milestone “Count the lamps” was done" in said


def test_what_belongs_to_an_action_is_told_with_it(scene):
    action = scene.actions[0]
    milestone = MilestoneFactory(action=action, title="Count the lamps")
    change(milestone, by=scene.administrator, timescale="By Mar 24", due_on=date(2024, 3, 31))
    Milestone.objects.get().delete()

    removed, changed, added = told(story(story_of_action, scene, action))
    assert removed == ["removed the milestone “Count the lamps”"]
    assert changed == [
        "changed the timescale of the milestone “Count the lamps” "
        "from “As required” to “By Mar 24”",
        "set the date of the milestone “Count the lamps” to 31 March 2024",
    ]
    assert added == ["added it", "added the milestone “Count the lamps”"]


def test_leads_headings_and_figures_of_a_priority_are_told_by_name(scene):
    group = GroupFactory(partnership=scene.partnership, name="Harbour Forum")
    GroupHeading.objects.get().groups.add(group)
    lead = PriorityLead.objects.filter(is_deputy=True).get()
    change(lead, ends_on=date(2024, 1, 31))
    PriorityIndicatorFactory(priority=scene.priority)

    said = said_of(story(story_of_priority, scene, scene.priority))

    assert "added “Harbour Forum” to the groups of the group heading “Streets Group”" in said
    assert "set the last day of the lead “Deputy lead” (deputy) to 31 January 2024" in said
    assert any(each.startswith("added the figure “Indicator ") for each in said)


def test_a_name_is_that_of_its_day(scene):
    lead = PriorityLead.objects.filter(is_deputy=False).get()
    membership = scene.memberships["lead"]
    change(lead, ends_on=date(2024, 1, 31))
    change(membership, at=timezone.now() + timedelta(days=1), post="Chief of all")

    said = said_of(story(story_of_priority, scene, scene.priority))

    assert "set the last day of the lead “Strategic lead” to 31 January 2024" in said


def test_the_changes_of_a_plan_hold_those_of_its_priorities_and_actions(scene):
    change(scene.priority, by=scene.administrator, title="Safer nights")
    said = said_of(story(story_of_plan, scene, scene.plan))

    assert (
        "changed the title of the priority “Priority 1: Safer nights” "
        "from “Safer streets” to “Safer nights”"
    ) in said
    assert "added the action “1.1 Title of action 1.1”" in said


def test_closing_a_plan_is_told(scene):
    change(scene.plan, by=scene.administrator, closed_at=timezone.now())

    assert told(story(story_of_plan, scene, scene.plan))[0] == ["closed the plan"]


def test_the_partnerships_own_words_for_progress_are_used(scene):
    scene.partnership.progress_labels = {"in_progress": "Under way"}
    scene.partnership.save()
    change(scene.actions[0], by=scene.administrator, progress=Progress.IN_PROGRESS)

    assert told(story(story_of_action, scene, scene.actions[0]))[0] == [
        "changed the progress from “Not yet started” to “Under way”"
    ]


def test_readings_are_told_with_their_period_and_reason(scene):
    reading = ReadingFactory(indicator=scene.indicator, value=Decimal("4759"))
    change(reading, by=scene.coordinator, superseded_at=timezone.now())
    ReadingFactory(
        indicator=scene.indicator, value=Decimal("4760.5"), is_provisional=True, reason="Late ones"
    )
    assert Reading.objects.count() == 2

    said = said_of(story(story_of_indicator, scene, scene.indicator))

    assert set(said) >= {
        "entered 4,760.5 for Oct 2022 to Sep 2023 (Kent Police, provisional): “Late ones”",
        "set aside the reading 4,759 for Oct 2022 to Sep 2023",
        "entered 4,759 for Oct 2022 to Sep 2023 (Kent Police)",
    }


def test_a_reading_taken_back_is_told_with_its_reason(scene):
    reading = ReadingFactory(indicator=scene.indicator, value=Decimal("4759"))
    change(reading, superseded_at=timezone.now(), taken_back_reason="Of another year")

    assert "took back the reading 4,759 for Oct 2022 to Sep 2023: “Of another year”" in said_of(
        story(story_of_indicator, scene, scene.indicator)
    )


def test_an_answers_way_is_told(scene):
    answer = scene.answer(Answer.Kind.ACTION)
    write(scene, answer, "<p>We met <strong>shops</strong> twice in the long month of May.</p>")
    answer.refresh_from_db()
    write(scene, answer, "<p>We met shops three times in the long month of May.</p>")
    submit(scene)
    give_back(scene, answer, "Say which shops.")
    answer.refresh_from_db()
    write(
        scene,
        answer,
        "<p>We met all shops.</p>",
        rag=Rag.RED,
        rag_reason="Nobody",
        way_back="Somebody",
        new_due_on=date(2024, 3, 31),
        date_reason="Late",
    )
    submit(scene)
    accept(scene)

    entries = told(story(story_of_answer, scene, answer, writes=True))
    said = [each for entry in entries for each in entry]

    assert "returned it: “Say which shops.”" in said
    assert "sent it to the coordinator" in said
    assert "accepted it" in said
    assert "asked for it" in said
    assert "changed the rating from “Green” to “Red”" in said
    assert "set the new date to 31 March 2024" in said
    assert (
        "changed the text: We met shops [-twice-] [+three times+] in the long month of May."
    ) in said


def test_a_save_that_changed_nothing_says_so(scene):
    change(scene.actions[0], by=scene.administrator)

    assert told(story(story_of_action, scene, scene.actions[0]))[0] == ["saved it without a change"]


def test_moving_several_at_once_is_told_once(scene):
    for action in scene.actions:
        change(action, by=scene.administrator, order=action.order + 5)

    assert told(story(story_of_plan, scene, scene.plan))[0] == ["changed the order of the actions"]


# Pages --------------------------------------------------------------------------------------


@pytest.fixture
def long_past(scene):
    """Sixty changes of an action, an hour apart."""
    began = timezone.now() + timedelta(hours=1)
    for number in range(60):
        change(
            scene.actions[0],
            by=scene.administrator,
            at=began + timedelta(hours=number),
            title=f"Title {number}",
        )
    return scene


def test_the_list_is_paged_the_latest_first(long_past, client):
    client.force_login(long_past.member)
    where = address(long_past, "rounds:action_changes", long_past.actions[0])

    first, last = words(client.get(where)), words(client.get(f"{where}?page=4"))

    assert "Page 1 of 4" in first
    assert "from “Title 58” to “Title 59”" in first
    assert "from “Title 5” to “Title 6”" not in first
    assert "Added it" in last


def test_the_queries_are_few_and_the_same_however_long_the_past(client):
    for times in (1, 2 * ENTRIES_ON_A_PAGE):
        scene = open_round_scene()
        for number in range(times):
            lived(scene, number)
        client.force_login(scene.coordinator)
        for name, thing, most in (
            ("rounds:plan_changes", scene.plan, 13),
            ("rounds:priority_changes", scene.priority, 16),
            ("rounds:action_changes", scene.actions[0], 13),
            ("performance:changes", scene.indicator, 12),
            ("rounds:answer_changes", scene.answers[0], 12),
        ):
            where = address(scene, name, thing)
            client.get(where)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(where).status_code == 200
            assert len(queries) <= most, (name, [query["sql"][:200] for query in queries])


def lived(scene, number):
    """Something happens to everything, by several people."""
    by = [scene.administrator, scene.coordinator, None][number % 3]
    change(scene.plan, by=by, title=f"Plan {number}")
    change(scene.priority, by=by, title=f"Priority {number}")
    change(scene.actions[0], by=by, title=f"Action {number}")
    change(scene.indicator, by=by, definition=f"Definition {number}")
    change(scene.answers[0], by=by, title=f"Answer {number}")
    MilestoneFactory(action=scene.actions[0])
    GroupHeading.objects.filter(priority=scene.priority).get().groups.add(
        GroupFactory(partnership=scene.partnership)
    )
    member = MembershipFactory(
        partnership=scene.partnership,
        organisation=OrganisationFactory(partnership=scene.partnership),
    )
    PriorityLead.objects.create(
        partnership=scene.partnership, priority=scene.priority, membership=member
    )
    PriorityIndicatorFactory(priority=scene.priority)
    ReadingFactory(
        indicator=scene.indicator,
        period_starts_on=date(2000, 1, 1),
        period_ends_on=date(2000 + number, 1, 31),
    )


# Restoring ------------------------------------------------------------------------------------


def former_of(scene, name, thing, key, field):
    row = type(thing).history.filter(id=thing.pk).first().history_id
    return address(scene, f"{name}_former", thing, key, row, field)


def press(client, where, **changes):
    page = client.get(where).content.decode()
    marker = page.split('name="marker" value="')[1].split('"')[0]
    return client.post(where, {"marker": marker} | changes)


def test_a_former_title_is_shown_beside_the_present_one_and_restored(scene, client):
    action = scene.actions[0]
    change(action, by=scene.administrator, title="More light")
    client.force_login(scene.administrator)
    where = former_of(scene, "rounds:action_changes", action, "action", "title")

    page = words(client.get(where))
    assert "Title of action 1.1" in page
    assert "More light" in page
    response = press(client, where)

    action.refresh_from_db()
    assert response.status_code == 302
    assert action.title == "Title of action 1.1"
    last = action.history.first()
    assert (last.history_user, last.prev_record.title) == (scene.administrator, "More light")


def test_a_text_changed_since_is_not_overwritten(scene, client):
    action = scene.actions[0]
    change(action, by=scene.administrator, title="More light")
    client.force_login(scene.administrator)
    where = former_of(scene, "rounds:action_changes", action, "action", "title")
    client.get(where)

    response = client.post(where, {"marker": "of a text that is gone"})

    action.refresh_from_db()
    assert response.status_code == 409
    assert "Nothing was changed" in words(response)
    assert action.title == "More light"


def test_an_answers_text_comes_back_as_a_new_version(scene, client):
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    write(scene, answer, "<p>The first text.</p>")
    answer.refresh_from_db()
    write(scene, answer, "<p>The second text.</p>")
    client.force_login(scene.lead)
    where = former_of(scene, "rounds:answer_changes", answer, "answer", "text")

    response = press(client, where)

    answer.refresh_from_db()
    assert response.status_code == 302
    assert (answer.text, answer.version) == ("<p>The first text.</p>", 3)
    assert answer.saved_by == scene.lead


def test_a_newer_save_of_an_answer_is_a_conflict_even_when_its_text_is_the_same(scene, client):
    answer = scene.answer(Answer.Kind.ACTION)
    write(scene, answer, "<p>The first text.</p>")
    answer.refresh_from_db()
    write(scene, answer, "<p>The second text.</p>")
    client.force_login(scene.lead)
    where = former_of(scene, "rounds:answer_changes", answer, "answer", "text")
    page = client.get(where).content.decode()
    marker = page.split('name="marker" value="')[1].split('"')[0]
    answer.refresh_from_db()
    write(scene, answer, "<p>The second text.</p>", rag=Rag.NOT_RATED)

    assert client.post(where, {"marker": marker}).status_code == 409


def test_a_text_that_was_marked_sensitive_brings_its_marking_with_it(scene, client):
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    write(scene, answer, "<p>A name.</p>", marking=Marking.SENSITIVE)
    answer.refresh_from_db()
    write(scene, answer, "<p>Nobody.</p>")
    client.force_login(scene.lead)
    where = former_of(scene, "rounds:answer_changes", answer, "answer", "text")

    press(client, where)

    answer.refresh_from_db()
    assert (answer.text, answer.marking) == ("<p>A name.</p>", Marking.SENSITIVE)


def test_a_definition_of_a_time_marked_sensitive_does_not_come_back_unmarked(scene, client):
    indicator = scene.indicator
    change(indicator, definition="A name.", marking=Marking.SENSITIVE)
    change(indicator, definition="Nobody.", marking=Marking.OFFICIAL)
    membership = scene.memberships["administrator"]
    membership.reads_sensitive = True
    membership.save()
    client.force_login(scene.administrator)
    where = former_of(scene, "performance:changes", indicator, "figure", "definition")

    response = press(client, where)

    indicator.refresh_from_db()
    assert response.status_code == 409
    assert "marked OFFICIAL-SENSITIVE" in words(response)
    assert indicator.definition == "Nobody."


def test_the_page_of_a_sent_answer_says_what_restoring_does(scene, client):
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    write(scene, answer, "<p>The first text.</p>")
    answer.refresh_from_db()
    write(scene, answer, "<p>The second text.</p>")
    client.force_login(scene.coordinator)
    where = former_of(scene, "rounds:answer_changes", answer, "answer", "text")

    assert "sends the answer at once" in words(client.get(where))
