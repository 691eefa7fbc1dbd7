"""What a sent answer tells the plan, and what is taken back when it is returned or edited."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from actions.models import Action, Progress
from partnerships.quarters import Period
from performance.models import Reading
from performance.services import record_reading
from rounds.services import Content, Figure, open_round, reopen_round, save_answer, submit_update
from tests.factories import NOW, RoundFactory
from tests.scenes import close, give_back, on_behalf, open_round_scene, submit, write

pytestmark = pytest.mark.django_db

PLANNED = date(2023, 12, 31)
MOVED = {"new_due_on": date(2024, 2, 29), "date_reason": "The hall is let."}
SUMMER = Period(date(2023, 7, 1), date(2023, 9, 30))


@pytest.fixture
def scene():
    scene = open_round_scene(now=NOW)
    Action.objects.update(due_on=PLANNED)
    return scene


def an_hour_later(scene):
    scene.now += timedelta(hours=1)


def in_the_plan(scene):
    action = Action.objects.get(pk=scene.actions[0].pk)
    return action.progress, action.completed_on, action.due_on


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


def test_returning_an_answer_of_an_earlier_round_leaves_what_a_later_one_said(scene):
    write(scene, scene.action_answers[0], **MOVED)
    submit(scene)
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
    save_answer(
        answer=update.answers.get(action=scene.actions[0]),
        content=Content(response="written", text="<p>A</p>", progress="complete", rag="green"),
        version=0,
        by=scene.access(scene.lead),
        now=now,
    )
    submit_update(update=update, by=scene.lead, now=now)
    reopen_round(round=scene.round, reason="A slip", closes_at=now + timedelta(days=9), now=now)

    give_back(scene, scene.action_answers[0])

    assert in_the_plan(scene) == ("complete", now.date(), MOVED["new_due_on"])


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


def test_an_edit_of_other_words_leaves_a_reading_that_was_revised_since(scene):
    type_figure(scene, 41)
    submit(scene)
    an_hour_later(scene)
    record(scene, 43)

    type_figure(scene, 41)

    assert current() == [43]
