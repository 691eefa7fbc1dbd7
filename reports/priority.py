"""One priority as it prints: its lead, figures, actions, and what else its lead reports.

The report and the page on which a lead checks an update are both made of this.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.wording import progress_label
from documents.richtext import clean
from partnerships.models import Marking
from partnerships.quarters import MONTH_NAMES
from performance.charts import Bars, bars_of
from performance.figures import FigureRow
from performance.rolling import Disagreement, RollingYear
from rounds.milestones import NOTHING, Milestones
from rounds.models import Answer, LeadUpdate, Rag, Round

from .matters import LONGEST_UNBROKEN, MattersTable

Kind = Answer.Kind
Response = Answer.Response

RETURNED = "Returned for revision"
NOT_PUBLISHED = "Not published"
NOT_KNOWN = "Not yet known"
NO_LEAD = "Lead to be confirmed"
HEADINGS: dict[str, str] = {
    Kind.FIGURES: "Performance Stats",
    Kind.KEY_ISSUES: "Key Issues/Emerging Trends",
    Kind.GROUP: "{} – Key Updates",
    Kind.THEMES: ("Cross Cutting Themes (Comments/Impact on priority/specific actions undertaken)"),
}
SAYS_UPDATE = re.compile(r"\bupdates?\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class Chart:
    """Both rolling years of an indicator as two bars."""

    bars: Bars
    alternative: str
    """The same in words, for those who do not see it."""


@dataclass(frozen=True)
class Figure:
    """One indicator: both rolling years and the change, as printed."""

    indicator: int
    name: str
    standing: str
    """"Supporting", or nothing for a headline figure."""
    marking: str
    withheld: str
    """Why it is not for publication; printed in the full edition alone."""
    previous: str
    previous_notes: tuple[str, ...]
    current: str
    current_notes: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]
    """What the notes tell in numbers."""
    change: str
    percentage: str
    printed_change: str
    """Both together; where they cannot be worked out, in words."""
    direction: str
    judgement: str
    word: str
    chart: Chart | None
    """None where a value is missing, incomplete or not shown, or both are nought."""

    @property
    def is_known(self) -> bool:
        return bool(self.direction)


@dataclass(frozen=True)
class Figures:
    """The table of figures under a priority."""

    heading: str
    previous_year: str
    current_year: str
    rows: tuple[Figure, ...]

    @property
    def has_charts(self) -> bool:
        return any(row.chart for row in self.rows)


@dataclass(frozen=True)
class Entry:
    """What prints of one section: a text, or in words why there is none."""

    pk: int
    kind: str
    heading: str
    answer: str
    text_html: str
    marking: str
    withheld: str
    is_received: bool
    last_answered: str
    """Where it was not, the round of the last answer and when that was sent, if there was one."""
    given_for_lead: str
    """Who gave it for its lead, in a sentence, where that is to be told."""

    @property
    def statement(self) -> str:
        """What stands where there is no text."""
        return f"{self.answer}." if self.is_received else self.answer

    @property
    def is_on_themes(self) -> bool:
        return self.kind == Kind.THEMES

    @property
    def has_words(self) -> bool:
        """Figures may be sent without a comment; any other answer says something."""
        return bool(self.text_html) or self.answer != Response.WRITTEN.label


def anchor_of(action: int) -> str:
    return f"action-{action}"


@dataclass(frozen=True)
class ActionEntry(Entry):
    """What prints of one action."""

    action: int
    reference: str
    title: str
    rag: str
    rag_label: str
    progress: str
    why_heading: str
    why: str
    way_back: str
    date_moved: str
    date_reason: str
    may_break: bool
    milestones_done: tuple[str, ...] = ()
    milestones_overdue: tuple[str, ...] = ()
    last_rag: str = ""
    """As in "Last quarter: Red", for the page on which its lead checks it."""

    @property
    def anchor(self) -> str:
        """Where it stands in the report, so that it can be led to, unless its title is withheld."""
        return "" if self.title == NOT_PUBLISHED else anchor_of(self.action)

    @property
    def no_status(self) -> str:
        """What stands where there is neither a rating nor a progress."""
        return NOT_PUBLISHED if self.answer == NOT_PUBLISHED else "None given"


@dataclass(frozen=True)
class PrioritySection:
    """One priority or theme of the report."""

    update: int
    label: str
    reference: str
    title: str
    lead: str
    figures: Figures | None
    comment: Entry | None
    """What its lead says of the figures."""
    actions: tuple[ActionEntry, ...]
    narratives: tuple[Entry, ...]
    themes: tuple[str, ...]
    """The themes commented on."""
    is_theme: bool
    matters: MattersTable | None = None
    """What came of the meeting before."""

    @property
    def heading(self) -> str:
        return f"{self.label}: {self.title}"


def section_of(
    update: LeadUpdate,
    answers: Iterable[Answer],
    *,
    round: Round,
    figures: list[FigureRow],
    themes: tuple[str, ...],
    milestones: Mapping[int, Milestones],
    printing: set[int],
    as_figure: Callable[[FigureRow], Figure] | None = None,
    matters: MattersTable | None = None,
    untold: Collection[int] = (),
    tells_giver: bool = False,
    last_answered: Callable[[Answer], str] | None = None,
) -> PrioritySection:
    """One update as it prints; `printing` are the answers whose words are let through.

    Of the `untold` actions nothing prints that rests on earlier answers. Where it `tells_giver`,
    an answer given for its lead says by whom.
    """
    answers = list(answers)
    as_figure = as_figure or figure_of
    entries = [
        _entry(
            answer,
            answer.pk in printing,
            round,
            milestones.get(answer.pk, NOTHING),
            tells_past=answer.action_id not in untold,
            tells_giver=tells_giver,
            last_answered=last_answered,
        )
        for answer in answers
    ]
    comments = [entry for entry in entries if entry.kind == Kind.FIGURES]
    kind = update.priority.get_kind_display()
    return PrioritySection(
        update=update.pk,
        label=update.label,
        reference=update.label.removeprefix(kind).strip(),
        title=update.title,
        lead=update.lead_text or NO_LEAD,
        figures=_figures(figures, round, as_figure) if comments else None,
        comment=comments[0] if comments else None,
        actions=tuple(entry for entry in entries if isinstance(entry, ActionEntry)),
        narratives=tuple(
            entry for entry in entries if entry.kind not in (Kind.FIGURES, Kind.ACTION)
        ),
        themes=themes,
        is_theme=update.priority.kind == update.priority.Kind.THEME,
        matters=matters,
    )


def heading_of(answer: Answer) -> str:
    """The heading a section prints under; one that says "update" already says it once."""
    if answer.kind == Kind.GROUP and SAYS_UPDATE.search(answer.heading):
        return answer.heading
    return HEADINGS.get(answer.kind, "{}").format(answer.heading)


def _entry(
    answer: Answer,
    is_printing: bool,
    round: Round,
    milestones: Milestones,
    *,
    tells_past: bool,
    tells_giver: bool,
    last_answered: Callable[[Answer], str] | None,
) -> Entry:
    """A section whose words do not print is as good as blank, but for its heading."""
    said = answer if is_printing else Answer(kind=answer.kind)
    rag = Rag(said.rag).label if said.rag else ""
    common: dict[str, Any] = {
        "pk": answer.pk,
        "kind": str(answer.kind),
        "heading": heading_of(answer),
        "answer": _answer(answer, is_printing),
        "text_html": clean(said.text).html,
        "marking": said.get_marking_display() if said.is_sensitive else "",
        "withheld": said.withheld_reason if said.is_withheld else "",
        "is_received": is_printing,
        "last_answered": last_answered(answer) if last_answered and not is_printing else "",
        "given_for_lead": _given_for_lead(said) if tells_giver else "",
    }
    if answer.action_id is None:
        return Entry(**common)
    return ActionEntry(
        **common,
        action=answer.action_id,
        reference=answer.reference,
        title=answer.title,
        rag=said.rag,
        rag_label=rag,
        progress=progress_label(said.progress, round),
        why_heading=f"Why {rag.lower()}" if said.rag_reason else "",
        why=said.rag_reason,
        way_back=said.way_back,
        date_moved=date_moved(answer, tells_past=tells_past) if is_printing else "",
        date_reason=said.date_reason,
        milestones_done=milestones.done,
        milestones_overdue=milestones.overdue if tells_past else (),
        may_break=len(said.text) + len(said.rag_reason) + len(said.way_back) > LONGEST_UNBROKEN,
    )


def _given_for_lead(answer: Answer) -> str:
    if not answer.given_for:
        return ""
    return f"Given by {answer.saved_as or 'the coordinator'} for {answer.given_for}."


def _answer(answer: Answer, is_printing: bool) -> str:
    if is_printing:
        return Response(answer.response).label
    if answer.stands_in:
        return NOT_PUBLISHED
    return RETURNED if answer.is_awaiting_revision else Response.NONE.label


def date_moved(answer: Answer, *, tells_past: bool = True) -> str:
    """As in "was 30 September 2023, now 31 December 2023"; nothing where it stands."""
    if answer.new_due_on is None:
        return ""
    now = f"now {printed_day(answer.new_due_on)}"
    if not tells_past:
        return now
    # Once sent, the action itself has the new date.
    before = answer.old_due_on if answer.is_sent else answer.date_before
    if before is None:
        return f"the plan gave no date for the action itself, {now}"
    return f"was {printed_day(before)}, {now}"


def printed_day(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def _figures(
    rows: list[FigureRow], round: Round, as_figure: Callable[[FigureRow], Figure]
) -> Figures:
    current = round.period.rolling_year()
    return Figures(
        heading=HEADINGS[Kind.FIGURES],
        previous_year=current.year_before().long,
        current_year=current.long,
        rows=tuple(as_figure(row) for row in rows),
    )


def figure_of(row: FigureRow) -> Figure:
    change, judgement = row.change, row.judgement
    return Figure(
        indicator=row.indicator.pk,
        name=row.indicator.name,
        standing="" if row.indicator.is_headline else "Supporting",
        marking=Marking.SENSITIVE.label if row.indicator.is_sensitive else "",
        withheld=row.indicator.withheld_reason if row.indicator.is_withheld else "",
        previous=row.printed_previous,
        previous_notes=_notes(row.previous),
        current=row.printed_current,
        current_notes=_notes(row.current),
        disagreements=row.previous.disagreements + row.current.disagreements,
        change=change.printed_difference if change else NOT_KNOWN,
        percentage=change.printed_percentage if change else NOT_KNOWN,
        printed_change=change.printed if change else NOT_KNOWN,
        direction=str(judgement.direction) if judgement else "",
        judgement=str(judgement.verdict) if judgement else "",
        word=judgement.word if judgement else "",
        chart=_chart(row),
    )


def _chart(row: FigureRow) -> Chart | None:
    bars = bars_of(row.change.previous, row.change.current) if row.change else None
    if bars is None:
        return None
    return Chart(
        bars,
        f"{row.indicator.name}, two bars: {row.printed_previous} in the previous rolling year, "
        f"{row.printed_current} in the current one.",
    )


def _notes(year: RollingYear) -> tuple[str, ...]:
    """What is to be said of a value; why there is none stands in its place."""
    if year.value is None:
        return ()
    notes = ["provisional"] if year.provisional else []
    return tuple(notes + ([year.statement] if year.statement else []))
