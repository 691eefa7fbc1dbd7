"""However much a save changes at once, it takes at most 14 queries, and all of it is told."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.models import Action, Milestone
from performance.models import Reading
from rounds.models import Answer, FigureEntry, MilestoneDone
from tests.factories import (
    IndicatorFactory,
    MilestoneFactory,
    PriorityIndicatorFactory,
    ReadingFactory,
    RoundFactory,
)
from tests.scenes import open_round_scene, submit, write
from tests.writing import WRITTEN, address, asked, boxes, press

pytestmark = pytest.mark.django_db

DAY = {"new_due_on_day": "14", "new_due_on_month": "6", "new_due_on_year": "2024"}
MOVED = WRITTEN | DAY | {"moved": "yes", "date_reason": "The hall is let."}
PREVIOUS = {"period_starts_on": date(2021, 10, 1), "period_ends_on": date(2022, 9, 30)}
CURRENT = {"period_starts_on": date(2022, 10, 1), "period_ends_on": date(2023, 9, 30)}


def save(client, scene, answer, writer, **changes):
    """Change these boxes of a section as this person; what was asked of the database."""
    client.force_login(getattr(scene, writer))
    page = client.get(address(scene, answer))
    since = timezone.now()
    with CaptureQueriesContext(connection) as saving:
        response = press(client, address(scene, answer), page, **changes)
    assert response.status_code == 302, response.content.decode()
    found = asked(saving)
    [read] = [each for each in found if '"is_overtaken"' in each]
    assert connection.vendor == "sqlite" or 'FOR UPDATE OF "rounds_answer"' in read
    return len(found), since


def told(scene, writer, since, **expected):
    """Assert what the history tells of the last save: how many lines of each kind, and the rows."""
    lines = {}
    for model in (Answer, Action, Milestone, MilestoneDone, FigureEntry, Reading):
        for line in model.history.filter(history_date__gte=since):
            key = f"{model.__name__}{line.history_type}"
            lines[key] = lines.get(key, 0) + 1
            assert line.history_user == getattr(scene, writer)
            row = model.objects.filter(pk=line.id).first()
            if line.history_type == "-":
                assert row is None
                assert line.prev_record.history_type in "+~"
            else:
                names = [field.attname for field in model.history.model.tracked_fields]
                assert {name: getattr(line, name) for name in names} == {
                    name: getattr(row, name) for name in names
                }
    assert lines == {"Answer~": 1} | expected


def ticked(*groups):
    return {"done": [str(step.pk) for group in groups for step in group]}


def also_said(scene, answer, steps):
    """An answer of the round before, that was accepted, says that these were done too."""
    before = RoundFactory(
        plan=scene.plan,
        slug=f"before-{answer.pk}",
        period_starts_on=date(2023, 4, 1),
        period_ends_on=date(2023, 4, answer.pk % 28 + 1),
    )
    update, other = scene.update, Answer.objects.get(pk=answer.pk)
    update.pk, update.round = None, before
    update.save()
    other.pk, other.update, other.period_ends_on = None, update, before.period_ends_on
    other.save()
    for step in steps:
        MilestoneDone.objects.create(
            partnership=scene.partnership, answer=other, milestone=step, title=step.title
        )
    return other


def test_no_save_of_an_action_takes_more_than_14(client):
    """Ticks that are given, taken back and inherited, with progress and date, all at once."""
    scene = open_round_scene(actions=4)
    counts = {1: {}, 9: {}}
    each = zip(scene.action_answers, (1, 1, 9, 9), ("lead", "coordinator") * 2, strict=True)
    for answer, number, writer in each:
        inherited, taken, given = (
            MilestoneFactory.create_batch(number, action=answer.action, timescale_kind="unknown")
            for _ in range(3)
        )
        first, since = save(client, scene, answer, "lead", **WRITTEN, **ticked(inherited, given))
        told(scene, "lead", since, **{"MilestoneDone+": 2 * number})
        both = MOVED | ticked(inherited, taken)
        second, since = save(client, scene, answer, writer, **both)
        ticks = {"MilestoneDone+": number, "MilestoneDone-": number}
        if writer == "lead":
            told(scene, writer, since, **ticks)
            submit(scene)
        else:
            plan = {"Action~": 1, "Milestone~": 2 * number, "MilestoneDone~": number}
            told(scene, writer, since, **ticks | plan)
        other = also_said(scene, answer, inherited)

        last = {"moved": "no", "progress": "complete"} | ticked(given)
        third, since = save(client, scene, answer, writer, **last)

        ticks["MilestoneDone-"] = 2 * number
        plan = {"Action~": 1, "Milestone~": 2 * number, "MilestoneDone~": number}
        told(scene, writer, since, **ticks | plan)
        done = Milestone.objects.filter(action=answer.action, completed_on__isnull=False)
        assert set(done) == {*inherited, *given}
        assert not other.milestones_done.filter(told_on=None).exists()
        counts[number][writer] = (first, second, third)

    assert counts[1] == counts[9]
    assert counts[9] == {"lead": (9, 10, 14), "coordinator": (9, 14, 14)}


def test_no_other_act_on_a_section_takes_more_than_14(client):
    """A former text put back and so sent, one click in place of what was sent, a return."""
    scene = open_round_scene(actions=3)
    client.force_login(scene.coordinator)
    drafted, spoken, sent = scene.action_answers
    ticks = {
        answer.pk: MilestoneFactory.create_batch(2, action=answer.action, timescale_kind="unknown")
        for answer in scene.action_answers
    }

    def done(answer):
        return {"done": frozenset(step.pk for step in ticks[answer.pk])}

    write(scene, drafted, "<p>Once.</p>", **done(drafted))
    drafted.refresh_from_db()
    write(scene, drafted, "<p>Now.</p>", **done(drafted))
    Answer.history.filter(id=drafted.pk).update(history_user=scene.lead)
    changed = drafted.history.latest().history_id
    former = [scene.partnership.slug, drafted.pk, "answer", changed, "text"]
    former = reverse("rounds:answer_changes_former", args=former)
    counts = [count(client, former, marker=boxes(client.get(former))["marker"])]
    write(scene, spoken, "", response="verbal", rag="", **done(spoken))
    write(scene, sent, **done(sent))
    submit(scene)
    for answer, page, said in ((spoken, "quick", {"response": "verbal"}), (sent, "return", {})):
        also_said(scene, answer, ticks[answer.pk][:1])
        given = told_to_return(answer) | said
        counts.append(count(client, address(scene, answer, page), **given))

    # A return tells the writer by email too, of whom it asks first.
    assert counts == [14, 14, 14 + 3]
    assert [each.state for each in scene.action_answers] == ["submitted", "submitted", "returned"]
    for answer, still in ((drafted, 2), (spoken, 1), (sent, 1)):
        assert answer.action.milestones.filter(completed_on__isnull=False).count() == still

    Milestone.objects.filter(action=drafted.action).delete()
    assert count(client, address(scene, drafted, "return"), **told_to_return(drafted)) == 13


def told_to_return(answer):
    return {"reason": "Say more.", "version": Answer.objects.get(pk=answer.pk).version}


def count(client, where, **given):
    with CaptureQueriesContext(connection) as acting:
        response = client.post(where, given)
    assert response.status_code == 302, response.content.decode()
    return len(asked(acting))


def test_no_save_of_figures_takes_more_than_14(client):
    """Figures that are new, changed and emptied, some in place of what stood there before."""
    counts = {1: {}, 6: {}}
    for number, writer in ((1, "lead"), (1, "coordinator"), (6, "lead"), (6, "coordinator")):
        scene = open_round_scene()
        some, others = (
            IndicatorFactory.create_batch(number, partnership=scene.partnership) for _ in range(2)
        )
        for indicator in some + others:
            PriorityIndicatorFactory(priority=scene.priority, indicator=indicator)
        figures = scene.answer(Answer.Kind.FIGURES)
        draft = typed(some, previous="400", current="410") | typed(others, previous="420")

        first, since = save(client, scene, figures, "lead", **draft)
        told(scene, "lead", since, **{"FigureEntry+": 3 * number})
        for indicator in some:
            entered = {"indicator": indicator, "entered_at": scene.now - timedelta(days=1)}
            ReadingFactory(**entered, value=399, **PREVIOUS)
            ReadingFactory(**entered, value=409, **CURRENT)
        changes = typed(some, previous="401") | typed(others, previous="", current="430")
        second, since = save(client, scene, figures, writer, **changes)
        entries = {f"FigureEntry{kind}": number for kind in "+~-"}
        if writer == "lead":
            told(scene, writer, since, **entries)
            submit(scene)
        else:
            told(
                scene, writer, since, **entries, **{"Reading~": 2 * number, "Reading+": 3 * number}
            )

        changes = typed(some, previous="402", current="") | typed(others, previous="422")
        third, since = save(client, scene, figures, writer, **changes)

        told(scene, writer, since, **entries, **{"Reading~": 3 * number, "Reading+": 2 * number})
        counts[number][writer] = (first, second, third)
        current = Reading.objects.current().filter(indicator__partnership=scene.partnership)
        assert sorted(current.values_list("value", flat=True)) == sorted(
            [402, 409, 422, 430] * number
        )
        client.force_login(scene.coordinator)
        returning = address(scene, figures, "return")
        assert count(client, returning, **told_to_return(figures)) == 14
        assert sorted(current.values_list("value", flat=True)) == sorted([399, 409] * number)

    assert counts[1] == counts[6]
    assert counts[6] == {"lead": (10, 11, 14), "coordinator": (10, 14, 14)}


def typed(indicators, **values):
    return {
        f"{indicator.pk}-{year}-{box}": value and said
        for indicator in indicators
        for year, value in values.items()
        for box, said in (("value", value), ("source", "Police"))
    }
