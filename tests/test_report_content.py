"""What the report says, worked out once as plain values."""

from datetime import date, timedelta

import pytest

from actions.models import Action, ActionLink, Milestone
from partnerships.models import Marking
from priorities.models import Priority
from reports.priority import heading_of
from rounds.models import Answer, FigureEntry, Round
from tests.factories import (
    NOW,
    ActionFactory,
    MilestoneFactory,
    PlanFactory,
    PriorityFactory,
    ReadingFactory,
    RoundFactory,
)
from tests.reporting import (
    action_of,
    changed,
    open_quarter,
    report_of,
    row_of,
    shut,
    tell,
    tell_section,
    tick,
)
from tests.scenes import give_back, open_round_scene, submit, write, write_all

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(now=NOW, opened=False)


@pytest.fixture
def quarters(scene):
    """Quarter 1 and Quarter 2 of the plan, both open."""
    Round.objects.all().delete()
    return open_quarter(scene, "Q1 2023/24"), open_quarter(scene, "Q2 2023/24")


def narrative(report, kind):
    return next(entry for entry in report.priorities[0].narratives if entry.kind == kind)


def words_of(report, heading):
    return [
        change.words
        for each in report.changes.lists
        if each.heading == heading
        for change in each.changes
    ]


def rated(report):
    """The changes of rating: under each heading from which, of which round, to which."""
    return {
        each.heading: [
            (change.before.words, change.before_in, change.after.words)
            for change in each.changes
            if change.after
        ]
        for each in report.changes.lists
        if any(change.after for change in each.changes)
    }


# What it is made of ---------------------------------------------------------------


def test_an_introduction_of_the_plan_stands_before_the_standing_one(scene, quarters):
    assert "for the Community Safety Partnership Executive to discuss" in (
        report_of(quarters[1]).introduction_html
    )

    scene.plan.introduction = "Our own words.\n\nIn <b>two</b> paragraphs."
    scene.plan.save()

    assert report_of(quarters[1]).introduction_html == (
        "<p>Our own words.</p><p>In &lt;b&gt;two&lt;/b&gt; paragraphs.</p>"
    )


def test_titles_and_leads_are_those_of_the_day_of_opening(quarters):
    Action.objects.update(title="Renamed since")
    Priority.objects.update(title="Renamed since", lead_text="Somebody else")

    report = report_of(quarters[1])

    assert action_of(report, "1.1").title == "Title of action 1.1"
    assert report.priorities[0].title == "Safer streets"
    assert report.priorities[0].lead == "Strategic lead"
    assert report.grid.parts[0].rows[0].title == "Title of action 1.1"


def test_a_theme_with_actions_of_its_own_comes_after_the_priorities(scene):
    Round.objects.all().delete()
    ActionFactory(priority=scene.theme, reference="6.1")
    scene.theme.order = 1
    scene.theme.save()

    report = report_of(open_quarter(scene, "Q2 2023/24"))

    assert [section.heading for section in report.priorities] == [
        "Priority 1: Safer streets",
        "Cross-cutting theme 1: Training",
    ]
    assert [part.heading for part in report.grid.parts] == [
        "Priority 1: Safer streets",
        "Cross-cutting theme 1: Training",
    ]
    assert [entry.kind for entry in report.priorities[1].narratives] == ["key_issues"]


# What prints of an answer ---------------------------------------------------------


def test_what_was_sent_prints_with_its_rating_reason_and_way_back(quarters):
    tell(quarters[1], "1.1", "amber", text="<p>Slow.</p><script>x</script>")

    entry = action_of(report_of(quarters[1]), "1.1")

    assert entry.text_html == "<p>Slow.</p>"
    assert (entry.rag_label, entry.progress) == ("Amber", "In progress")
    assert (entry.why_heading, entry.why, entry.way_back) == ("Why amber", "Money.", "A grant.")


@pytest.mark.parametrize(
    ("response", "statement"),
    [("verbal", "Verbal update at the meeting."), ("nothing", "Nothing to report.")],
)
def test_an_answer_not_in_writing_prints_in_one_sentence(quarters, response, statement):
    tell(quarters[1], "1.1", "", response=response, text="")

    entry = action_of(report_of(quarters[1]), "1.1")

    assert (entry.text_html, entry.statement) == ("", statement)


def test_a_draft_never_prints(scene):
    scene = open_round_scene(now=NOW)
    write(scene, scene.answers[1], "<p>Not for reading yet.</p>", rag="green")

    report = report_of(scene.round)

    assert action_of(report, "1.1").statement == "No update received"
    assert action_of(report, "1.1").rag == action_of(report, "1.1").progress == ""
    assert "Not for reading yet" not in repr(report)
    assert report.answered.endswith("0 of 7 sections have been answered so far.")


def test_a_returned_answer_never_prints_its_old_text():
    scene = open_round_scene(now=NOW)
    write_all(scene)
    submit(scene)
    answer = give_back(scene, scene.action_answers[0])

    def prints_no_text():
        report = report_of(scene.round)
        entry = action_of(report, "1.1")
        assert (entry.statement, entry.text_html, entry.rag) == ("Returned for revision", "", "")
        assert row_of(report, "1.1")[-1] == "Returned"
        return report

    prints_no_text()
    write(scene, answer, "<p>Being revised.</p>")
    assert "Being revised" not in repr(prints_no_text())


def test_a_date_that_moved_prints_what_it_was_and_is(quarters):
    moved = {"new_due_on": date(2023, 12, 31), "date_reason": "The venue closed."}
    tell(quarters[1], "1.1", old_due_on=date(2023, 9, 30), **moved)
    tell(quarters[1], "1.2", old_due_on=None, **moved)
    # Once sent, the action has the new date.
    Action.objects.update(due_on=date(2023, 12, 31))

    report = report_of(quarters[1])

    assert action_of(report, "1.1").date_moved == "was 30 September 2023, now 31 December 2023"
    assert action_of(report, "1.1").date_reason == "The venue closed."
    assert action_of(report, "1.2").date_moved == (
        "the plan gave no date for the action itself, now 31 December 2023"
    )


def test_the_marking_is_the_highest_of_what_is_printed(scene, quarters):
    tell(quarters[1], "1.1", marking=Marking.SENSITIVE, state="draft")
    assert report_of(quarters[1]).marking == "OFFICIAL"

    tell(quarters[1], "1.1", marking=Marking.SENSITIVE)
    assert report_of(quarters[1]).marking == "OFFICIAL-SENSITIVE"
    assert action_of(report_of(quarters[1]), "1.1").marking == "OFFICIAL-SENSITIVE"


@pytest.mark.parametrize("name", ["indicator", "plan"])
def test_a_sensitive_figure_or_plan_marks_the_whole_report(scene, quarters, name):
    marked = getattr(scene, name)
    marked.marking = Marking.SENSITIVE
    marked.save()

    assert report_of(quarters[1]).marking == "OFFICIAL-SENSITIVE"


# Figures --------------------------------------------------------------------------


def test_a_figure_that_cannot_be_worked_out_says_why(scene, quarters):
    [figure] = report_of(quarters[1]).priorities[0].figures.rows
    assert (figure.previous, figure.current) == ("not yet received", "not yet received")
    assert figure.printed_change == figure.percentage == "Not yet known"

    ReadingFactory(
        indicator=scene.indicator,
        period_starts_on=date(2022, 10, 1),
        period_ends_on=date(2023, 6, 30),
        is_provisional=True,
    )
    [figure] = report_of(quarters[1]).priorities[0].figures.rows
    assert figure.current == "incomplete: July to September 2023 are missing"


def test_a_provisional_figure_and_a_sum_that_differs_say_so(scene, quarters):
    for start, end in (("2022-10-01", "2023-03-31"), ("2023-04-01", "2023-09-30")):
        ReadingFactory(
            indicator=scene.indicator,
            period_starts_on=date.fromisoformat(start),
            period_ends_on=date.fromisoformat(end),
            value=50,
            is_provisional=True,
        )
    ReadingFactory(indicator=scene.indicator, value=90)

    [figure] = report_of(quarters[1]).priorities[0].figures.rows

    assert figure.current == "100"
    assert figure.current_notes == (
        "provisional",
        "The parts add up to 100; the year was entered as 90.",
    )


def test_a_figure_typed_but_not_sent_is_not_in_the_report(scene, quarters):
    FigureEntry.objects.create(
        partnership=scene.partnership,
        answer=Answer.objects.get(update__round=quarters[1], kind="figures"),
        indicator=scene.indicator,
        period_starts_on=date(2022, 10, 1),
        period_ends_on=date(2023, 9, 30),
        value=777,
        source="Typed",
    )

    assert "777" not in repr(report_of(quarters[1]))


# The plan on a page ---------------------------------------------------------------


def test_the_grid_shows_the_last_four_rounds_opened_up_to_this_one(scene):
    Round.objects.all().delete()
    for name in ("Q4 2022/23", "Q1 2023/24", "Q2 2023/24", "Q3 2023/24", "Q3 2022/23"):
        tell(open_quarter(scene, name), "1.1")

    of_q3 = report_of(Round.objects.get(short_label="Q3", period_ends_on__year=2023))
    of_q1 = report_of(Round.objects.get(short_label="Q1"))

    assert [name[:2] for name in of_q3.grid.columns] == ["Q4", "Q1", "Q2", "Q3"]
    assert [name[:2] for name in of_q1.grid.columns] == ["Q3", "Q4", "Q1"]


def test_a_round_that_was_never_opened_is_no_column_and_no_last_round(scene):
    RoundFactory(
        plan=scene.plan,
        slug="skipped",
        period_starts_on=date(2023, 4, 1),
        period_ends_on=date(2023, 6, 30),
    )
    Round.objects.exclude(slug="skipped").delete()

    report = report_of(open_quarter(scene, "Q2 2023/24"))

    assert report.grid.columns == ("Q2 2023/24",)
    assert report.changes.last_round == ""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"rag": "red"}, "Red"),
        ({"rag": "not_rated"}, "Not rated"),
        ({"rag": "", "response": "verbal", "text": ""}, "Verbal"),
        ({"rag": "green", "response": "verbal", "text": ""}, "Green"),
        ({"rag": "", "response": "nothing", "text": ""}, "Nothing to report"),
        ({"rag": "green", "state": "draft"}, "No update"),
        ({"rag": "green", "state": "returned", "return_reason": "Why?"}, "Returned"),
    ],
)
def test_every_cell_of_the_grid_has_a_word(quarters, answer, words):
    tell(quarters[1], "1.1", **answer)

    assert row_of(report_of(quarters[1]), "1.1") == ["No update", words]


def test_an_action_is_followed_into_the_plan_before_by_its_link(scene, quarters):
    before = PlanFactory(partnership=scene.partnership, year_label="2022/23", slug="2022-23")
    earlier = PriorityFactory(plan=before)
    was = ActionFactory(priority=earlier, reference="7.7")
    also = ActionFactory(priority=earlier, reference="7.8")
    for action in (was, also):
        ActionLink.objects.create(
            partnership=scene.partnership, earlier=action, later=scene.actions[0], kind="merged"
        )
    q3 = open_quarter(scene, "Q3 2022/23", plan=before)
    q4 = open_quarter(scene, "Q4 2022/23", plan=before)
    tell(q3, "7.7", "green")
    tell(q4, "7.7", "green")
    tell(q4, "7.8", "red")
    tell(quarters[1], "1.1")

    report = report_of(quarters[1])

    assert row_of(report, "1.1") == ["Green", "Red", "No update", "Green"]
    assert row_of(report, "1.2") == ["Not in the plan", "New in Q1", "No update", "No update"]


# What changed ---------------------------------------------------------------------


def test_without_an_earlier_round_nothing_is_compared(scene):
    Round.objects.all().delete()
    report = report_of(open_quarter(scene, "Q1 2023/24"))

    assert (report.changes.last_round, report.changes.lists) == ("", ())


@pytest.mark.parametrize(
    ("before", "after", "heading"),
    [
        ("green", "red", "Went red"),
        ("amber", "red", "Went red"),
        ("not_rated", "red", "Went red"),
        ("red", "green", "Turned green"),
        ("amber", "green", "Turned green"),
        ("green", "amber", "Went amber"),
        ("not_rated", "amber", "Went amber"),
        ("red", "amber", "No longer red"),
        ("red", "not_rated", "No longer red"),
        ("not_rated", "green", None),
        ("green", "green", None),
        ("green", "not_rated", None),
    ],
)
def test_a_change_of_rating_stands_under_its_heading(quarters, before, after, heading):
    tell(quarters[0], "1.1", before)
    tell(quarters[1], "1.1", after)

    report = report_of(quarters[1])

    assert changed(report) == ({heading: ["1.1"]} if heading else {})
    assert report.changes.last_round == "Quarter 1, 2023/24"


def test_a_red_action_that_is_new_went_red(scene, quarters):
    ActionFactory(priority=scene.priority, reference="1.9", title="New")
    q3 = open_quarter(scene, "Q3 2023/24")
    tell(q3, "1.9", "red")

    report = report_of(q3)
    [change] = report.changes.lists[0].changes

    assert changed(report) == {"Went red": ["1.9"]}
    assert (change.before.words, change.after.words) == ("New in Q3", "Red")


@pytest.mark.parametrize(
    "between",
    [
        {"state": "draft"},
        {"rag": "", "response": "verbal", "text": ""},
        {"state": "returned", "return_reason": "Why?", "returned_at": NOW},
    ],
)
def test_a_rating_is_compared_with_the_last_that_was_given(scene, quarters, between):
    q3 = open_quarter(scene, "Q3 2023/24")
    tell(quarters[0], "1.1", "amber")
    tell(quarters[0], "1.2", "green")
    tell(quarters[0], "1.3", "red")
    for reference in ("1.1", "1.2", "1.3"):
        tell(quarters[1], reference, **({"rag": "red"} | between))
    tell(q3, "1.1", "green")
    tell(q3, "1.2", "green")
    tell(q3, "1.3", "amber")

    report = report_of(q3)

    assert rated(report) == {
        "Turned green": [("Amber", "Quarter 1", "Green")],
        "No longer red": [("Red", "Quarter 1", "Amber")],
    }
    assert report.changes.last_round == "Quarter 2, 2023/24"


def test_a_rating_of_an_earlier_plan_is_compared_with_after_a_year_of_silence(scene, quarters):
    before = PlanFactory(partnership=scene.partnership, year_label="2022/23", slug="2022-23")
    for reference in ("7.7", "7.8"):
        action = ActionFactory(priority=PriorityFactory(plan=before), reference=reference)
        ActionLink.objects.create(
            partnership=scene.partnership, earlier=action, later=scene.actions[0], kind="merged"
        )
    q3 = open_quarter(scene, "Q3 2022/23", plan=before)
    tell(q3, "7.7", "red")
    tell(q3, "7.8", "amber")
    open_quarter(scene, "Q4 2022/23", plan=before)
    q3 = open_quarter(scene, "Q3 2023/24")
    tell(q3, "1.1", "green")

    report = report_of(q3)

    assert "Q3 2022/23" not in report.grid.columns
    assert rated(report) == {"Turned green": [("Red", "Quarter 3, 2022/23", "Green")]}


def test_an_action_never_rated_says_why_from_the_last_round_it_was_in(scene, quarters):
    tell(quarters[0], "1.1", "", response="verbal", text="")
    q3 = open_quarter(scene, "Q3 2023/24")
    Answer.objects.filter(update__round=quarters[1], reference="1.1").delete()
    tell(q3, "1.1", "red")

    assert rated(report_of(q3)) == {"Went red": [("Verbal", "", "Red")]}


def test_a_date_moved_says_how_often(scene, quarters):
    moved = {"date_reason": "Late."}
    tell(quarters[0], "1.1", new_due_on=date(2023, 9, 30), **moved)
    tell(quarters[1], "1.1", old_due_on=date(2023, 9, 30), new_due_on=date(2023, 12, 31), **moved)

    assert words_of(report_of(quarters[1]), "Dates moved") == [
        "Was 30 September 2023, now 31 December 2023. Moved twice."
    ]


def test_an_action_is_completed_once(scene, quarters):
    tell(quarters[0], "1.1", progress="complete")
    tell(quarters[0], "1.2")
    tell(quarters[1], "1.1", progress="complete")
    tell(quarters[1], "1.2", progress="complete")

    assert changed(report_of(quarters[1])) == {"Completed": ["1.2"]}


def test_milestones_met_in_the_period_are_named(scene, quarters):
    period = quarters[1].period
    for title, day in (
        ("First day", period.starts_on),
        ("Last day", period.ends_on),
        ("Too early", period.starts_on - timedelta(days=1)),
        ("Too late", period.ends_on + timedelta(days=1)),
    ):
        MilestoneFactory(action=scene.actions[0], title=title, completed_on=day)

    assert words_of(report_of(quarters[1]), "Milestones met") == ["First day", "Last day"]


def milestones(report, reference):
    entry = action_of(report, reference)
    return entry.milestones_done, entry.milestones_overdue


def test_milestones_stand_under_their_action_done_or_overdue(scene, quarters):
    ends_on = quarters[1].period.ends_on
    first, second = scene.actions[:2]
    done, _, _, old = (
        MilestoneFactory(action=first, title=title, due_on=day)
        for title, day in (
            ("Done late", ends_on),
            ("Due on the last day", ends_on),
            ("Not due yet", ends_on + timedelta(days=1)),
            ("Ticked in the quarter before", quarters[0].period.ends_on),
        )
    )
    MilestoneFactory(action=second, title="Over with its action", due_on=ends_on)
    MilestoneFactory(action=second, title="Known to the plan", completed_on=ends_on)
    tell(quarters[0], "1.1")
    tell(quarters[1], "1.1")
    tell(quarters[1], "1.2", progress="complete")
    tick(quarters[0], old)
    tick(quarters[1], done)
    # Both were sent after the quarter had ended, which is when the plan was told.
    Milestone.objects.filter(pk__in=[done.pk, old.pk]).update(completed_on=date(2023, 10, 9))

    report = report_of(quarters[1])

    assert milestones(report, "1.1") == (("Done late",), ("Due on the last day",))
    assert milestones(report, "1.2") == (("Known to the plan",), ())
    assert words_of(report, "Milestones met") == ["Done late", "Known to the plan"]


def test_a_tick_prints_only_with_its_answer(scene, quarters):
    milestone = MilestoneFactory(action=scene.actions[0], title="Map", due_on=date(2023, 8, 1))
    tick(quarters[1], milestone)

    assert milestones(report_of(quarters[1]), "1.1") == ((), ("Map",))
    tell(quarters[1], "1.1")
    assert milestones(report_of(quarters[1]), "1.1") == (("Map",), ())


def test_the_plan_tells_what_is_done_until_a_tick_is_sent(scene, quarters):
    """Of a milestone that it says was done in the quarter before."""
    day = quarters[0].period.ends_on
    milestone = MilestoneFactory(action=scene.actions[0], title="Map", completed_on=day)
    tick(quarters[1], milestone)

    assert milestones(report_of(quarters[0]), "1.1") == (("Map",), ())
    tell(quarters[1], "1.1")
    assert milestones(report_of(quarters[0]), "1.1") == ((), ())
    assert milestones(report_of(quarters[1]), "1.1") == (("Map",), ())


def test_a_tick_of_what_the_plan_has_removed_prints_last(scene, quarters):
    removed, last, first = (
        MilestoneFactory(action=scene.actions[0], title=title, order=order)
        for title, order in (("Removed", 0), ("Last", 2), ("First", 1))
    )
    tell(quarters[1], "1.1")
    for milestone in (removed, last, first):
        tick(quarters[1], milestone)
    removed.delete()

    assert milestones(report_of(quarters[1]), "1.1") == (("First", "Last", "Removed"), ())


def test_a_tick_of_a_later_round_leaves_a_milestone_overdue_before(scene, quarters):
    due_on = quarters[0].period.ends_on
    milestone = MilestoneFactory(action=scene.actions[0], title="Map", due_on=due_on)
    tell(quarters[1], "1.1")
    tick(quarters[1], milestone)

    assert milestones(report_of(quarters[0]), "1.1") == ((), ("Map",))


def test_a_closed_round_says_of_milestones_what_it_said(scene, quarters):
    given = {"action": scene.actions[0], "due_on": date(2023, 8, 1)}
    done, late, dated, gone, ticked = (
        MilestoneFactory(**given, title=title) for title in ("Met", "Late", "Dated", "Gone", "Told")
    )
    Milestone.objects.filter(pk=done.pk).update(completed_on=date(2023, 8, 1))
    tell(quarters[1], "1.1")
    tick(quarters[1], ticked)
    shut(quarters[1])
    before = milestones(report_of(quarters[1]), "1.1")

    Milestone.objects.filter(pk=late.pk).update(completed_on=date(2023, 9, 1))
    Milestone.objects.filter(pk=dated.pk).update(due_on=date(2024, 3, 31), title="Dated anew")
    Milestone.objects.filter(pk=done.pk).update(completed_on=None)
    gone.delete()
    ticked.delete()

    assert before == (("Met", "Told"), ("Late", "Dated", "Gone"))
    assert milestones(report_of(quarters[1]), "1.1") == before


def test_an_action_that_was_answered_and_is_not_has_fallen_silent(quarters):
    tell(quarters[0], "1.1")
    assert changed(report_of(quarters[1])) == {"Answered last time, not yet this time": ["1.1"]}

    shut(quarters[1])
    report = report_of(quarters[1])

    assert changed(report) == {"Fell silent": ["1.1"]}
    assert words_of(report, "Fell silent") == ["Last update: Quarter 1, 2023/24"]


def test_of_an_action_that_was_complete_nothing_need_come(quarters):
    tell(quarters[0], "1.1", progress="complete")
    shut(quarters[1])
    report = report_of(quarters[1])

    assert changed(report) == {}
    notes = {row.section: row.note for row in report.silences.rows}
    assert notes["1.1 Title of action 1.1"] == "Complete in an earlier round"
    assert notes["1.2 Title of action 1.2"] == ""


def test_a_returned_answer_is_not_a_silence(quarters):
    tell(quarters[0], "1.1")
    tell(quarters[1], "1.1", state="returned", return_reason="Why?", returned_at=NOW)
    shut(quarters[1])

    assert changed(report_of(quarters[1])) == {}


# Who did not answer ---------------------------------------------------------------


def test_who_did_not_answer_says_who_was_asked_and_when_they_last_answered(quarters):
    tell(quarters[0], "1.1")
    tell_section(quarters[0], "key_issues", "<p>Trends.</p>")
    tell(quarters[1], "1.2")
    tell(quarters[1], "1.3", "", response="verbal", text="")
    shut(quarters[1])

    silences = report_of(quarters[1]).silences

    assert silences.heading == "Who did not answer"
    last = "Quarter 1, 2023/24, sent on 20 October 2023"
    assert [(row.section, row.asked, row.last_answered) for row in silences.rows] == [
        ("Priority 1, Figures", "Strategic lead", "Not answered before"),
        ("1.1 Title of action 1.1", "Strategic lead", last),
        ("Priority 1, Key issues and emerging trends", "Strategic lead", last),
        ("Priority 1, Streets Group", "Strategic lead", "Not answered before"),
        ("Priority 1, Cross-cutting themes", "Strategic lead", "Not answered before"),
    ]
    assert silences.spoken.startswith("1.3 Title of action 1.3 will be spoken to")


def test_what_was_last_said_before_the_rounds_of_the_grid_is_found_in_one_more_query(
    scene, quarters, django_assert_num_queries
):
    long_ago, _, q3 = (
        open_quarter(scene, name) for name in ("Q3 2022/23", "Q4 2022/23", "Q3 2023/24")
    )
    tell(long_ago, "1.1", "amber")
    tell_section(long_ago, "key_issues", "<p>Trends.</p>")
    tell(q3, "1.1", "green")

    with django_assert_num_queries(10):
        report = report_of(q3)

    assert rated(report) == {"Turned green": [("Amber", "Quarter 3", "Green")]}
    assert [row.last_answered for row in report.silences.rows if "Key" in row.section] == [
        "Quarter 3, 2023/24, sent on 20 October 2023"
    ]


def test_a_report_in_which_all_have_answered_names_nobody():
    scene = open_round_scene(now=NOW)
    write_all(scene)
    submit(scene)

    assert report_of(scene.round).silences.rows == ()


def test_a_round_without_any_answer_has_a_report(quarters):
    report = report_of(quarters[1])

    assert len(report.silences.rows) == 7
    assert report.recommendations_html == ""
    assert narrative(report, "themes").statement == "No update received"


def test_no_personal_name_is_in_it(scene, quarters):
    report = repr(report_of(quarters[1]))

    for person in (scene.lead, scene.deputy, scene.coordinator):
        assert person.email not in report


@pytest.mark.parametrize(
    ("heading", "printed"),
    [
        ("Harbour Panel", "Harbour Panel – Key Updates"),
        ("The Updates Group", "The Updates Group – Key Updates"),
        ("Backdate", "Backdate – Key Updates"),
        ("Harbour Panel update", "Harbour Panel update"),
        ("Harbour Panel – Key UPDATES:", "Harbour Panel – Key UPDATES:"),
    ],
)
def test_the_heading_of_a_group_says_update_once(heading, printed):
    assert heading_of(Answer(kind=Answer.Kind.GROUP, title=heading)) == printed
