"""The services of a round: making, opening, closing, reopening, and what a round asks for."""

from datetime import date, datetime, timedelta

import pytest

from actions.models import Progress
from priorities.models import Priority, PriorityLead
from reports.content import build_report
from rounds.models import Answer, LeadUpdate, Round
from rounds.services import (
    RecommendationsChanged,
    Refused,
    ask_for_action,
    close_round,
    make_rounds,
    open_round,
    reopen_round,
    sections_to_ask,
    write_recommendations,
)
from tests.factories import (
    LONDON,
    NOW,
    ActionFactory,
    GroupHeadingFactory,
    MembershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    RoundFactory,
)
from tests.scenes import close, open_round_scene

pytestmark = pytest.mark.django_db


def headings(round, priority):
    answers = Answer.objects.filter(update__round=round, update__priority=priority)
    return [answer.heading for answer in answers]


@pytest.fixture
def coordinator():
    return MembershipFactory(coordinator=True).user


def test_a_plan_year_gets_four_quarters_with_the_dates_of_the_printed_papers():
    made = make_rounds(plan=PlanFactory())

    assert [round.full_label for round in made] == [
        f"Quarter {number}, 2023/24" for number in (1, 2, 3, 4)
    ]
    second = made[1]
    assert second.slug == "2023-24-q2"
    assert (second.period_starts_on, second.period_ends_on) == (
        date(2023, 7, 1),
        date(2023, 9, 30),
    )
    assert second.opens_on == date(2023, 10, 2)
    assert second.due_on == date(2023, 10, 27)
    assert second.closes_at == datetime(2023, 10, 30, 17, tzinfo=LONDON)
    assert second.meets_on == date(2023, 11, 3)
    assert all(round.is_planned for round in made)


def test_no_date_of_a_round_falls_on_a_weekend_or_a_bank_holiday():
    plan = PlanFactory(starts_on=date(2024, 4, 1), ends_on=date(2025, 3, 31))

    dates = {
        round.short_label: (round.opens_on, round.due_on, round.closes_at.date(), round.meets_on)
        for round in make_rounds(plan=plan)
    }

    # 1 January is a bank holiday; the 25th day after 2 January is a Monday.
    assert dates["Q3"] == (
        date(2025, 1, 2),
        date(2025, 1, 27),
        date(2025, 2, 3),
        date(2025, 2, 7),
    )
    # The 25th day after 1 April is a Saturday; the Monday after its Monday is a bank holiday.
    assert dates["Q4"] == (
        date(2025, 4, 1),
        date(2025, 4, 28),
        date(2025, 5, 6),
        date(2025, 5, 9),
    )


@pytest.mark.parametrize(
    ("months_each", "labels"),
    [(6, ["Half-year 1", "Half-year 2"]), (4, ["Round 1", "Round 2", "Round 3"])],
)
def test_half_years_and_four_month_rounds_are_possible(months_each, labels):
    made = make_rounds(plan=PlanFactory(), months_each=months_each)

    assert [round.label for round in made] == labels


def test_rounds_are_made_once():
    plan = PlanFactory()
    make_rounds(plan=plan)

    assert make_rounds(plan=plan) == []
    assert plan.rounds.count() == 4


def test_no_round_is_made_for_months_that_another_round_covers():
    plan = PlanFactory()
    make_rounds(plan=plan, months_each=6)
    plan.rounds.get(label="Half-year 2").delete()

    made = make_rounds(plan=plan)

    assert [round.label for round in made] == ["Quarter 3", "Quarter 4"]


def test_a_lead_the_plan_does_not_name_is_kept_as_who_was_linked_on_the_day_of_opening():
    scene = open_round_scene(opened=False)
    Priority.objects.update(lead_text="")
    open_round(round=scene.round, by=scene.coordinator, now=scene.now)
    PriorityLead.objects.all().delete()
    scene.round.refresh_from_db()

    report = build_report(scene.round, now=scene.now)

    assert scene.update.lead_text == "Strategic lead"
    assert report.priorities[0].lead == "Strategic lead"
    assert {row.asked for row in report.silences.rows} == {"Strategic lead"}


def test_opening_makes_every_row_in_the_order_of_the_printed_paper(coordinator):
    round = RoundFactory()
    priority = PriorityFactory(plan=round.plan, reference="1", title="Safer streets", order=1)
    PriorityFactory(plan=round.plan, theme=True, reference="1", order=2)
    GroupHeadingFactory(priority=priority, heading="Second Group", order=2)
    GroupHeadingFactory(priority=priority, heading="First Group and Other Group", order=1)
    for order, reference in enumerate(["1.9", "1.10", "1.2"]):
        ActionFactory(priority=priority, reference=reference, title="Act", order=order)
    PriorityIndicatorFactory(priority=priority)

    open_round(round=round, by=coordinator, now=NOW)

    assert headings(round, priority) == [
        "Figures",
        "1.9 Act",
        "1.10 Act",
        "1.2 Act",
        "Key issues and emerging trends",
        "First Group and Other Group",
        "Second Group",
        "Cross-cutting themes",
    ]
    round.refresh_from_db()
    assert (round.state, round.opened_at) == (Round.State.OPEN, NOW)
    update = LeadUpdate.objects.get(round=round)
    assert (update.label, update.title, update.lead_text) == (
        "Priority 1",
        "Safer streets",
        "Strategic lead",
    )


def test_opening_asks_for_a_theme_only_where_it_has_actions_of_its_own(coordinator):
    round = RoundFactory()
    theme = PriorityFactory(plan=round.plan, theme=True, reference="6")
    PriorityFactory(plan=round.plan, theme=True, reference="7")
    ActionFactory(priority=theme, reference="6.1", title="Train")

    open_round(round=round, by=coordinator, now=NOW)

    assert [update.label for update in round.updates.all()] == ["Cross-cutting theme 6"]
    assert headings(round, theme) == ["6.1 Train", "Key issues and emerging trends"]


def test_opening_leaves_withdrawn_actions_out_and_asks_no_themes_where_there_are_none(coordinator):
    round = RoundFactory()
    priority = PriorityFactory(plan=round.plan)
    ActionFactory(priority=priority, reference="1.1", title="Act", progress=Progress.WITHDRAWN)

    open_round(round=round, by=coordinator, now=NOW)

    assert headings(round, priority) == ["Key issues and emerging trends"]


def test_opening_leaves_a_history_row_for_every_row_with_who_opened_it():
    scene = open_round_scene(now=NOW)

    for answer in scene.answers:
        assert [row.history_user for row in answer.history.all()] == [scene.coordinator]
    assert scene.update.history.get().history_user == scene.coordinator


def test_what_would_be_asked_is_what_opening_asks(coordinator):
    scene = open_round_scene(now=NOW, opened=False)

    told = [
        (priority, [section.heading for section in sections])
        for priority, sections in sections_to_ask(scene.round)
    ]
    open_round(round=scene.round, by=scene.coordinator, now=NOW)

    assert told == [(scene.priority, headings(scene.round, scene.priority))]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"due_on": None}, "Set the due date and the closing time"),
        ({"closes_at": None}, "Set the due date and the closing time"),
        ({"closes_at": NOW}, "The closing time has passed"),
    ],
)
def test_a_round_does_not_open_without_its_dates(coordinator, change, words):
    round = RoundFactory(**change)
    PriorityFactory(plan=round.plan)

    with pytest.raises(Refused, match=words):
        open_round(round=round, by=coordinator, now=NOW)

    assert not round.updates.exists()


def test_a_round_opens_once_and_not_without_priorities(coordinator):
    with pytest.raises(Refused, match="no priorities yet"):
        open_round(round=RoundFactory(), by=coordinator, now=NOW)
    scene = open_round_scene(now=NOW)
    with pytest.raises(Refused, match="has been opened already"):
        open_round(round=scene.round, by=scene.coordinator, now=NOW)


def test_an_action_added_after_opening_is_asked_for_behind_the_others():
    scene = open_round_scene(now=NOW)
    late = ActionFactory(priority=scene.priority, reference="1.4", title="Late")

    answer = ask_for_action(round=scene.round, action=late)

    assert headings(scene.round, scene.priority)[1:5] == [
        "1.1 Title of action 1.1",
        "1.2 Title of action 1.2",
        "1.3 Title of action 1.3",
        "1.4 Late",
    ]
    assert answer.state == Answer.State.NOT_STARTED
    assert answer.history.count() == 1


def test_an_action_is_asked_for_once_and_only_where_its_priority_is_asked():
    scene = open_round_scene(now=NOW)
    gone = ActionFactory(priority=scene.priority, reference="1.8", progress=Progress.WITHDRAWN)
    elsewhere = ActionFactory(priority=PriorityFactory(plan=scene.plan), reference="9.1")

    with pytest.raises(Refused, match=r"asks for 1\.1 Title of action 1\.1 already"):
        ask_for_action(round=scene.round, action=scene.actions[0])
    with pytest.raises(Refused, match="has been withdrawn"):
        ask_for_action(round=scene.round, action=gone)
    with pytest.raises(Refused, match="does not ask for that action's priority"):
        ask_for_action(round=scene.round, action=elsewhere)


def test_an_action_withdrawn_after_opening_keeps_its_row():
    scene = open_round_scene(now=NOW)
    action = scene.actions[1]
    action.progress = Progress.WITHDRAWN
    action.save()

    assert "1.2 Title of action 1.2" in headings(scene.round, scene.priority)


def test_closing_stops_answers_and_reopening_takes_them_again_with_the_reason():
    scene = open_round_scene(now=NOW)
    close(scene)
    assert scene.round.closed_at == NOW
    assert not scene.round.takes_answers(NOW)

    later = NOW + timedelta(days=3)
    reopen_round(round=scene.round, reason="Health was ill.", closes_at=later, now=NOW)

    scene.round.refresh_from_db()
    assert scene.round.takes_answers(later - timedelta(seconds=1))
    assert not scene.round.takes_answers(later)
    assert scene.round.reopened_reason == "Health was ill."
    assert scene.round.closed_at is None
    assert scene.round.history.latest().history_change_reason == "Reopened: Health was ill."


def test_only_an_open_round_closes_and_only_a_closed_one_reopens():
    scene = open_round_scene(now=NOW)
    again = {"round": scene.round, "reason": "Late", "now": NOW}

    with pytest.raises(Refused, match="is not closed"):
        reopen_round(closes_at=NOW + timedelta(days=1), **again)
    close(scene)
    with pytest.raises(Refused, match="is not open"):
        close_round(round=scene.round, now=NOW)
    with pytest.raises(Refused, match="still to come"):
        reopen_round(closes_at=NOW, **again)


def test_recommendations_are_never_written_over_unseen():
    round = open_round_scene(now=NOW).round
    empty = round.recommendations_marker
    write_recommendations(round=round, text="<p>Note it.</p>", marker=empty)

    with pytest.raises(RecommendationsChanged) as refused:
        write_recommendations(round=round, text="<p>Agree it.</p>", marker=empty)
    saved = refused.value.saved
    assert saved.recommendations == "<p>Note it.</p>"

    write_recommendations(round=round, text="<p>Note it.</p>", marker=empty)
    write_recommendations(round=round, text="<p>Agree it.</p>", marker=saved.recommendations_marker)
    round.refresh_from_db()
    assert round.recommendations == "<p>Agree it.</p>"
