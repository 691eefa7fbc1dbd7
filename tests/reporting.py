"""Several quarters of one plan, each answered in a line, for tests of the report."""

from datetime import date, datetime

from reports.content import build_report
from rounds.models import Answer, Round
from rounds.services import close_round, open_round
from tests.factories import LONDON, NOW, RoundFactory
from tests.scenes import Scene

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
    Answer.objects.filter(update__round=round, reference__in=references).update(
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
