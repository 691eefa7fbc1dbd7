"""What a sent answer tells the plan, and what is taken back when it is returned or edited."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from actions.models import Action, Milestone, Progress
from partnerships.quarters import Period
from performance.models import Reading
from performance.services import record_reading
from rounds.models import Answer, FigureEntry, MilestoneDone
from rounds.services import (
    Conflict,
    Content,
    Figure,
    answer_in_one_click,
    open_round,
    reopen_round,
    return_answer,
    save_answer,
    submit_update,
)
from tests.factories import NOW, MilestoneFactory, RoundFactory
from tests.scenes import close, give_back, on_behalf, open_round_scene, submit, write

pytestmark = pytest.mark.django_db

PLANNED = date(2023, 12, 31)
MOVED = {"new_due_on": date(2024, 2, 29), "date_reason": "The hall is let."}
SUMMER = Period(date(2023, 7, 1), date(2023, 9, 30))


@pytest.fixture(scope="module")
def made(kept):
    scene = open_round_scene(now=NOW)
    Action.objects.update(due_on=PLANNED)
    return scene


def an_hour_later(scene):
    scene.now += timedelta(hours=1)


def in_the_plan(scene):
    action = Action.objects.get(pk=scene.actions[0].pk)
    return action.progress, action.completed_on, action.due_on


def send_in_the_next_quarter(scene, **content):
    """Close the quarter, open the next, send the same action in it; return when."""
    close(scene)
    later = RoundFactory(
        plan=scene.plan,
        slug="2023-24-q3",
        period_starts_on=date(2023, 10, 1),
        period_ends_on=date(2023, 12, 31),
        today=date(2024, 1, 8),
    )
    now = scene.now + timedelta(days=80)
    open_round(round=later, by=scene.coordinator, now=now)
    update = later.updates.get(priority=scene.priority)
    said = {"response": "written", "text": "<p>A</p>", "progress": "in_progress", "rag": "green"}
    save_answer(
        answer=update.answers.get(action=scene.actions[0]),
        content=Content(**said | content),
        version=0,
        by=scene.access(scene.lead),
        now=now,
    )
    submit_update(update=update, by=scene.lead, now=now)
    return now


def test_progress_and_date_reach_the_action_only_on_sending(scene):
    answer = scene.action_answers[0]
    write(scene, answer, progress=Progress.COMPLETE, **MOVED)
    assert in_the_plan(scene) == ("not_started", None, PLANNED)

    submit(scene)

    assert in_the_plan(scene) == ("complete", NOW.date(), MOVED["new_due_on"])
    assert scene.action_answers[0].old_due_on == PLANNED


def test_returning_an_answer_takes_its_progress_and_its_date_back(scene):
    write(scene, scene.action_answers[0], progress=Progress.COMPLETE, **MOVED)
    submit(scene)

    returned = give_back(scene, scene.action_answers[0])

    assert in_the_plan(scene) == ("not_started", None, PLANNED)
    assert (returned.old_progress, returned.old_due_on) == ("", None)
    assert returned.date_before == PLANNED
    by = Action.objects.get(pk=scene.actions[0].pk).history.latest().history_user
    assert by == scene.coordinator


def test_a_date_given_to_an_action_that_had_none_goes_with_the_answer(scene):
    Action.objects.update(due_on=None)
    write(scene, scene.action_answers[0], **MOVED)
    submit(scene)
    assert in_the_plan(scene) == ("in_progress", None, MOVED["new_due_on"])

    give_back(scene, scene.action_answers[0])

    assert in_the_plan(scene) == ("not_started", None, None)


def test_a_returned_answer_that_is_sent_again_tells_the_plan_again(scene):
    write(scene, scene.action_answers[0], progress=Progress.COMPLETE, **MOVED)
    submit(scene)
    give_back(scene, scene.action_answers[0])
    scene.now += timedelta(days=1)
    write(scene, scene.action_answers[0], progress=Progress.COMPLETE)
    submit(scene)

    assert in_the_plan(scene) == ("complete", scene.now.date(), PLANNED)


def test_a_date_that_is_edited_away_after_sending_goes_back(scene):
    write(scene, scene.action_answers[0], **MOVED)
    submit(scene)

    on_behalf(
        scene,
        scene.action_answers[0],
        Content(response="written", text="<p>A</p>", progress="abeyance", rag="green"),
    )

    assert in_the_plan(scene) == ("abeyance", None, PLANNED)


def test_a_complete_action_keeps_its_day_through_an_edit_of_its_date(scene):
    write(scene, scene.action_answers[0], progress=Progress.COMPLETE)
    submit(scene)
    scene.now += timedelta(days=2)

    write(scene, scene.action_answers[0], progress=Progress.COMPLETE, **MOVED)

    assert in_the_plan(scene) == ("complete", NOW.date(), MOVED["new_due_on"])


def test_what_somebody_has_put_right_in_the_plan_since_stays(scene):
    write(scene, scene.action_answers[0], **MOVED)
    submit(scene)
    Action.objects.update(progress=Progress.ABEYANCE, due_on=date(2024, 3, 31))

    write(scene, scene.action_answers[0], "<p>Another word.</p>", **MOVED)
    assert in_the_plan(scene) == ("abeyance", None, date(2024, 3, 31))
    give_back(scene, scene.action_answers[0])

    assert in_the_plan(scene) == ("abeyance", None, date(2024, 3, 31))


def test_only_an_action_that_an_answer_changes_has_a_row_of_history(scene):
    write(scene, scene.action_answers[0])
    write(scene, scene.action_answers[1], progress=Progress.NOT_STARTED)
    submit(scene)

    assert Action.history.filter(history_type="~", id=scene.actions[0].pk).count() == 1
    assert not Action.history.filter(history_type="~", id=scene.actions[1].pk).exists()


def test_an_edit_back_to_what_the_plan_said_before_is_written(scene):
    write(scene, scene.action_answers[0], progress=Progress.COMPLETE, **MOVED)
    submit(scene)

    on_behalf(
        scene,
        scene.action_answers[0],
        Content(response="written", text="<p>A</p>", progress="not_started", rag="green"),
    )

    assert in_the_plan(scene) == ("not_started", None, PLANNED)


def test_returning_an_answer_of_an_earlier_round_leaves_what_a_later_one_said(scene):
    write(scene, scene.action_answers[0], **MOVED)
    submit(scene)
    now = send_in_the_next_quarter(scene, progress=Progress.COMPLETE)
    reopen_round(round=scene.round, reason="A slip", closes_at=now + timedelta(days=9), now=now)

    give_back(scene, scene.action_answers[0])

    assert in_the_plan(scene) == ("complete", now.date(), MOVED["new_due_on"])


# Milestones -------------------------------------------------------------------------


@pytest.fixture
def milestone(scene):
    return MilestoneFactory(action=scene.actions[0], title="Mapping exercise")


def tick(scene, *milestones, **content):
    done = frozenset(each.pk for each in milestones)
    return write(scene, scene.action_answers[0], done=done, **content)


def done_on(milestone):
    return Milestone.objects.get(pk=milestone.pk).completed_on


def test_a_ticked_milestone_is_done_in_the_plan_on_the_day_of_sending(scene, milestone):
    other = MilestoneFactory(action=scene.actions[0])
    tick(scene, milestone)
    scene.now += timedelta(days=1)
    assert done_on(milestone) is None

    submit(scene)

    assert (done_on(milestone), done_on(other)) == (scene.now.date(), None)
    assert scene.action_answers[0].done == {milestone.pk}
    assert [each.title for each in scene.action_answers[0].ticks] == ["Mapping exercise"]
    assert milestone.history.latest().history_user == scene.lead
    assert MilestoneDone.history.latest().told_on == scene.now.date()


def test_returning_an_answer_takes_its_milestones_back_until_it_is_sent_again(scene, milestone):
    tick(scene, milestone)
    submit(scene)

    returned = give_back(scene, scene.action_answers[0])

    assert done_on(milestone) is None
    assert returned.done == {milestone.pk}
    assert milestone.history.latest().history_user == scene.coordinator
    scene.now += timedelta(days=3)
    tick(scene, milestone)
    submit(scene)
    assert done_on(milestone) == scene.now.date()


def test_a_milestone_put_right_in_the_plan_since_stays_when_its_answer_is_returned(
    scene, milestone
):
    tick(scene, milestone)
    submit(scene)
    Milestone.objects.update(completed_on=date(2023, 9, 1))

    give_back(scene, scene.action_answers[0])

    assert done_on(milestone) == date(2023, 9, 1)


def test_a_milestone_that_the_plan_knew_to_be_done_keeps_its_day(scene, milestone):
    tick(scene, milestone)
    Milestone.objects.update(completed_on=date(2023, 8, 29))
    submit(scene)
    assert done_on(milestone) == date(2023, 8, 29)

    give_back(scene, scene.action_answers[0])

    assert done_on(milestone) == date(2023, 8, 29)


def test_an_edit_of_a_sent_answer_tells_of_milestones_only_what_it_changed(scene, milestone):
    other = MilestoneFactory(action=scene.actions[0])
    third = MilestoneFactory(action=scene.actions[0])
    tick(scene, milestone, other)
    submit(scene)
    Milestone.objects.filter(pk=milestone.pk).update(completed_on=None)
    scene.now += timedelta(days=2)

    tick(scene, milestone, third)

    assert (done_on(milestone), done_on(other)) == (None, None)
    assert done_on(third) == scene.now.date()
    removed = MilestoneDone.history.filter(history_type="-")
    assert [each.milestone_id for each in removed] == [other.pk]


def test_an_answer_given_for_the_lead_tells_of_milestones_too(scene, milestone):
    tick(scene)

    content = Content(
        response="verbal", progress="in_progress", rag="green", done=frozenset({milestone.pk})
    )
    on_behalf(scene, scene.action_answers[0], content)

    assert done_on(milestone) == scene.now.date()


def test_one_click_says_of_no_milestone_that_it_is_done(scene, milestone):
    tick(scene, milestone, text="")

    answer_in_one_click(
        answer=scene.action_answers[0],
        response="nothing",
        version=1,
        by=scene.access(scene.lead),
        now=scene.now,
        on_behalf=False,
    )
    submit(scene)

    assert (scene.action_answers[0].done, done_on(milestone)) == (frozenset(), None)


def test_only_a_milestone_of_the_answers_own_action_can_be_ticked(scene):
    foreign = MilestoneFactory(action=scene.actions[1])

    tick(scene, foreign)

    assert scene.action_answers[0].done == frozenset()


def test_what_another_sent_answer_says_too_stays_done_until_that_is_returned(scene, milestone):
    tick(scene, milestone)
    submit(scene)
    Milestone.objects.update(completed_on=None)
    MilestoneDone.objects.update(told_on=None)
    now = send_in_the_next_quarter(scene, done=frozenset({milestone.pk}))
    reopen_round(round=scene.round, reason="A slip", closes_at=now + timedelta(days=9), now=now)

    give_back(scene, scene.action_answers[0])
    assert done_on(milestone) == now.date()
    scene.now = now
    tick(scene, milestone)
    submit(scene)
    later = Answer.objects.exclude(update__round=scene.round).get(milestones_done__isnull=False)
    return_answer(answer=later, reason="No", version=1, by=scene.coordinator, now=now)

    assert done_on(milestone) == now.date()
    give_back(scene, scene.action_answers[0])
    assert done_on(milestone) is None


def test_a_version_conflict_knows_ticks_that_differ(scene, milestone):
    tick(scene, milestone)

    with pytest.raises(Conflict):
        save_answer(
            answer=scene.action_answers[0],
            content=replace(Content.of(scene.action_answers[0]), done=frozenset()),
            version=0,
            by=scene.access(scene.lead),
            now=scene.now,
        )


def test_a_milestone_removed_from_the_plan_stays_in_the_answer_by_its_title(scene, milestone):
    tick(scene, milestone)
    submit(scene)

    Milestone.objects.get().delete()

    assert [each.title for each in scene.action_answers[0].ticks] == ["Mapping exercise"]
    give_back(scene, scene.action_answers[0])
    tick(scene)
    assert [each.title for each in scene.action_answers[0].ticks] == ["Mapping exercise"]


# Figures ----------------------------------------------------------------------------


def typed(scene, value):
    value = None if value is None else Decimal(value)
    return [Figure(scene.indicator.pk, SUMMER, value, "Kent Police", True)]


def type_figure(scene, value):
    return write(scene, scene.answer("figures"), "", figures=typed(scene, value))


def record(scene, value):
    return record_reading(
        indicator=scene.indicator,
        period=SUMMER,
        value=Decimal(value),
        source="Kent Police",
        is_provisional=True,
        by=scene.member,
        now=scene.now,
    )


def current():
    return [int(reading.value) for reading in Reading.objects.current()]


def test_figures_become_readings_only_on_sending(scene):
    type_figure(scene, 41)
    assert not Reading.objects.exists()

    submit(scene)

    reading = Reading.objects.get()
    assert (reading.indicator, reading.period, reading.value) == (scene.indicator, SUMMER, 41)
    assert (reading.source, reading.is_provisional) == ("Kent Police", True)
    assert reading.entered_by == scene.lead


def test_returning_figures_takes_their_readings_back(scene):
    type_figure(scene, 41)
    submit(scene)

    give_back(scene, scene.answer("figures"))

    assert current() == []
    assert Reading.objects.get().history.latest().history_user == scene.coordinator
    an_hour_later(scene)
    type_figure(scene, 14)
    submit(scene)
    assert current() == [14]


def test_what_stood_before_the_returned_figures_stands_again(scene):
    record(scene, 40)
    an_hour_later(scene)
    type_figure(scene, 41)
    submit(scene)
    an_hour_later(scene)
    on_behalf(scene, scene.answer("figures"), Content(response="written"), figures=typed(scene, 42))
    assert current() == [42]

    give_back(scene, scene.answer("figures"))

    assert current() == [40]


def test_a_reading_that_was_there_before_stays_when_the_figures_are_returned(scene):
    record(scene, 41)
    an_hour_later(scene)
    type_figure(scene, 41)
    submit(scene)

    give_back(scene, scene.answer("figures"))

    assert current() == [41]


def test_a_reading_that_was_revised_since_stays_when_the_figures_are_returned(scene):
    type_figure(scene, 41)
    submit(scene)
    an_hour_later(scene)
    record(scene, 43)

    give_back(scene, scene.answer("figures"))

    assert current() == [43]


def test_a_figure_that_is_emptied_after_sending_is_taken_back(scene):
    type_figure(scene, 41)
    submit(scene)

    type_figure(scene, None)

    assert current() == []
    [removed] = FigureEntry.history.filter(history_type="-")
    assert (removed.value, removed.history_user) == (41, scene.lead)


def test_an_edit_of_other_words_leaves_a_reading_that_was_revised_since(scene):
    type_figure(scene, 41)
    submit(scene)
    an_hour_later(scene)
    record(scene, 43)

    type_figure(scene, 41)

    assert current() == [43]
