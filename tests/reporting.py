"""Several quarters of one plan, each answered in a line, for tests of the report."""

from datetime import date, datetime

from actions.models import Action, Milestone
from partnerships.models import Marking
from reports.content import build_report
from rounds.models import Answer, MilestoneDone, Round
from rounds.services import close_round, open_round
from tests.factories import (
    LONDON,
    NOW,
    IndicatorFactory,
    MeetingFactory,
    MeetingItemFactory,
    MilestoneFactory,
    PriorityIndicatorFactory,
    ReadingFactory,
    RoundFactory,
)
from tests.scenes import Scene, give_back, open_round_scene

QUARTERS = {
    "Q3 2022/23": (date(2022, 10, 1), date(2022, 12, 31)),
    "Q4 2022/23": (date(2023, 1, 1), date(2023, 3, 31)),
    "Q1 2023/24": (date(2023, 4, 1), date(2023, 6, 30)),
    "Q2 2023/24": (date(2023, 7, 1), date(2023, 9, 30)),
    "Q3 2023/24": (date(2023, 10, 1), date(2023, 12, 31)),
}


def open_quarter(scene: Scene, name: str, *, plan=None) -> Round:
    """Open the round of a quarter, of the scene's plan or of another of its partnership."""
    plan = plan or scene.plan
    starts_on, ends_on = QUARTERS[name]
    round = RoundFactory(
        plan=plan,
        label=f"Quarter {name[1]}",
        short_label=name[:2],
        slug=f"{starts_on:%Y-%m}",
        period_starts_on=starts_on,
        period_ends_on=ends_on,
    )
    open_round(round=round, by=scene.coordinator, now=NOW)
    round.refresh_from_db()
    return round


def shut(round: Round) -> None:
    close_round(round=round, now=datetime(2023, 10, 30, 17, 0, tzinfo=LONDON))
    round.refresh_from_db()


def tell(round: Round, reference: str, rag: str = "green", **fields) -> None:
    """One action is answered and sent; any field may be given."""
    tell_all(round, [reference], rag, **fields)


def tell_all(round: Round, references: list[str], rag: str = "green", **fields) -> None:
    """The same of several actions at once."""
    written = {"response": "written", "text": "<p>The work goes on.</p>"}
    reasons = {"rag_reason": "Money.", "way_back": "A grant."} if rag in ("red", "amber") else {}
    sent = {"state": "submitted", "submitted_at": NOW, "progress": "in_progress", "rag": rag}
    # Of one table: PostgreSQL knows nothing yet of rows this young, and joins them one by one.
    updates = list(round.updates.values_list("pk", flat=True))
    Answer.objects.filter(update__in=updates, reference__in=references).update(
        **(written | reasons | sent | fields)
    )


def tell_section(round: Round, kind: str, text: str, **fields) -> None:
    """A section that is not an action is answered and sent."""
    sent = {"state": "submitted", "submitted_at": NOW, "response": "written", "text": text}
    Answer.objects.filter(update__round=round, kind=kind).update(**(sent | fields))


def report_of(round: Round):
    round = Round.objects.select_related("plan", "partnership").get(pk=round.pk)
    return build_report(round, now=NOW)


def row_of(report, reference: str) -> list[str]:
    """The words of an action's cells on the plan on a page."""
    for part in report.grid.parts:
        for row in part.rows:
            if row.reference == reference:
                return [each.cell.spoken or each.cell.words for each in row.cells]
    raise AssertionError(f"{reference} is not on the page")


def changed(report) -> dict[str, list[str]]:
    """What changed: under each heading the references."""
    return {
        each.heading: [change.reference for change in each.changes] for each in report.changes.lists
    }


def action_of(report, reference: str):
    return next(
        entry
        for section in report.priorities
        for entry in section.actions
        if entry.reference == reference
    )


RICH = (
    "<h4>What was done</h4><p>The <strong>first</strong> and the <em>second</em> of 10<sup>2</sup>,"
    ' see <a href="https://example.org/a?b=1&amp;c=2">the minutes</a>.<br>And more.</p>'
    "<ul><li>One<ul><li>Within one</li></ul></li><li>Two</li></ul>"
    "<ol><li>First</li><li>Then</li></ol>"
)


def quarter_with_everything() -> Scene:
    """A quarter after another, in whose report stands whatever a report can say.

    Seven actions: red with a moved date, rich text, sensitive, verbal, nothing to report,
    returned, silent; what came of the meetings before; two figures, one of them sensitive, withheld
    and provisional; recommendations; two milestones that were done, one ticked and one known to the
    plan, and one overdue.
    """
    scene = open_round_scene(now=NOW, opened=False, actions=7)
    scene.round.delete()
    first = open_quarter(scene, "Q1 2023/24")
    tell_all(first, ["1.1", "1.2", "1.7"], "green")
    shut(first)
    scene.round = round = open_quarter(scene, "Q2 2023/24")
    moved = {"new_due_on": date(2024, 3, 29), "old_due_on": date(2023, 12, 29)}
    moved |= {"date_reason": "The grant\ncame late."}
    tell(round, "1.1", "red", rag_reason="No money.\nNo room.", way_back="A new <grant>.", **moved)
    tell(round, "1.2", "amber", text=RICH, is_withheld=True, withheld_reason="Names a victim.")
    tell(round, "1.3", marking=Marking.SENSITIVE)
    silent = {"text": "", "rag": "", "progress": ""}
    tell(round, "1.4", response="verbal", **silent)
    tell(round, "1.5", response="nothing", **silent)
    tell(round, "1.6", progress="complete")
    give_back(scene, Answer.objects.get(update__round=round, reference="1.6"))
    tell_section(round, "key_issues", RICH)
    tell_section(round, "themes", "<p>Two were trained.</p>")
    tell_section(round, "figures", "<p>Fewer than ever.</p>")
    _give_figures(scene)
    _give_milestones(scene)
    give_matters(scene, first)
    Round.objects.filter(pk=round.pk).update(recommendations=RICH)
    scene.partnership.report_standing_text = "Ask the coordinator.\n\n- By telephone\n- By letter"
    scene.partnership.save()
    Action.objects.filter(reference="1.1").update(due_on=date(2024, 3, 29))
    round.refresh_from_db()
    return scene


def _give_figures(scene: Scene) -> None:
    hidden = IndicatorFactory(
        partnership=scene.partnership,
        name="Reports of harm",
        is_headline=False,
        marking=Marking.SENSITIVE,
        is_withheld=True,
        withheld_reason="One house\nis known.",
    )
    PriorityIndicatorFactory(priority=scene.priority, indicator=hidden)
    year = scene.round.period.rolling_year()
    for indicator, values in ((scene.indicator, (400, 412)), (hidden, (57, 34))):
        for period, value in zip((year.year_before(), year), values, strict=True):
            ReadingFactory(
                indicator=indicator,
                period_starts_on=period.starts_on,
                period_ends_on=period.ends_on,
                value=value,
                is_provisional=indicator is hidden,
            )


def give_matters(scene: Scene, first: Round) -> None:
    """What came of two meetings: said, decided, and agreed: done, overdue, and still to be done."""
    before = RoundFactory(
        plan=scene.plan,
        label="Quarter 4",
        slug="2023-01",
        period_starts_on=date(2023, 1, 1),
        period_ends_on=date(2023, 3, 31),
    )
    earlier = MeetingFactory(round=before, held_on=date(2023, 5, 5))
    MeetingItemFactory(meeting=earlier, agreed=True, text="<p>Long since agreed.</p>")
    meeting = MeetingFactory(round=first, held_on=date(2023, 8, 4))
    answer = Answer.objects.get(update__round=first, reference="1.1")
    of_action = {"meeting": meeting, "update": answer.update, "answer": answer}
    MeetingItemFactory(**of_action, kind="said", text=RICH)
    MeetingItemFactory(**of_action, text="<p>It goes on.</p>", marking=Marking.SENSITIVE)
    MeetingItemFactory(
        meeting=meeting,
        update=answer.update,
        agreed=True,
        text="<p>Ask for a &lt;grant&gt;.</p>",
        due_on=date(2023, 9, 1),
    )
    MeetingItemFactory(meeting=meeting, agreed=True, done_on=date(2023, 9, 8))


def _give_milestones(scene: Scene) -> None:
    first, second = scene.actions[:2]
    map_it = MilestoneFactory(action=first, title="The <map> is drawn", due_on=date(2023, 9, 30))
    MilestoneFactory(action=first, title="A plan is agreed", due_on=date(2023, 8, 31))
    MilestoneFactory(action=second, title="Staff are met", completed_on=date(2023, 7, 1))
    tick(scene.round, map_it)


def tick(round: Round, milestone: Milestone) -> MilestoneDone:
    """The answer for its action says that a milestone was done; the plan is not told."""
    answer = Answer.objects.get(update__round=round, action=milestone.action)
    owner = {"partnership": answer.partnership, "title": milestone.title}
    return MilestoneDone.objects.create(answer=answer, milestone=milestone, **owner)
