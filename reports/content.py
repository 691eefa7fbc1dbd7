"""The report of a round: worked out once, as plain values, for whoever prints it.

A page, a file or another program prints what is here and asks nothing further: every text is as
it will be printed. docs/report.md says each rule in plain English.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.html import format_html

from documents.richtext import clean, from_plain
from partnerships.days import WEEKDAYS, clock
from partnerships.models import Marking
from performance.figures import FigureRow, figure_rows
from priorities.models import Plan, Priority
from rounds.as_closed import figures_under, themes_of
from rounds.milestones import milestones_of
from rounds.models import Answer, LeadUpdate, Round

from .as_printed import as_printed
from .changes import Changes, changes_of
from .editions import Edition, NotForPublic, editions_of
from .endings import EndingPart, endings_of
from .giving_away import kept_back
from .grid import Grid, grid_of
from .matters import NOTHING_AROSE, Arising, MattersTable, arising_for
from .past import Past
from .priority import NOT_PUBLISHED, Figure, PrioritySection, figure_of, printed_day, section_of
from .public import (
    not_published,
    public_figure,
    without_bare_sections,
    without_sensitive,
)
from .silence import History, Silences, silences_of
from .withholding import NOTHING_WITHHELD, Withheld, published_updates

TITLE = "Strategic Leads Update Report"
DRAFT = "DRAFT"

Updates = list[tuple[LeadUpdate, list[Answer]]]


@dataclass(frozen=True)
class Issue:
    """The issuing of a report, as it is told in it."""

    version: int
    at: datetime
    post: str
    """Of who issues it: people are never named."""
    reason: str = ""
    """Why an earlier version is corrected, where the readers of this edition are told."""


@dataclass(frozen=True)
class Report:
    """Everything a report prints, in its order."""

    title: str
    partnership: str
    plan: str
    round: str
    edition: Edition
    state: str
    """DRAFT, until it is issued."""
    issued: str
    """When and by whom it was issued, as which version; nothing in a draft."""
    marking: str
    is_sensitive: bool
    compiled: str
    made_at: datetime | None
    """When it was put together or issued, to the minute."""
    answered: str
    to: str
    date: str
    subject: str
    introduction_html: str
    matters: MattersTable | None
    """What came of the meeting before and has no place under a priority; nothing in public."""
    grid: Grid
    changes: Changes
    silences: Silences | None
    """Left out of the public edition."""
    priorities: tuple[PrioritySection, ...]
    """The priorities, and after them the themes that have actions of their own."""
    endings: tuple[EndingPart, ...]
    """Where each action ended, in the last report of a plan that was closed."""
    recommendations_html: str
    standing_html: str
    """The partnership's own text at the end of every report."""

    @property
    def caption(self) -> str:
        """Whose report it is, and its marking; the public edition has none."""
        return f"{self.partnership}. {self.marking}" if self.marking else self.partnership


def build_report(
    round: Round,
    *,
    edition: Edition = Edition.FULL,
    now: datetime,
    issue: Issue | None = None,
) -> Report:
    """The report of an opened round as it stands now.

    Nine queries, however long it is; eight once it is closed, or where there was no meeting
    before. One more where an action has no rating in the rounds of the grid, and one more where
    the plan is closed: ten at most. The public edition takes four more, and five where a total
    has a part that is not in the report.

    It holds what was sent and has not been returned; a draft answer never prints. The report
    itself is a draft unless it is being issued. From the public edition everything withheld is
    taken out before anything is worked out; a plan that has none is refused (`NotForPublic`).
    """
    if edition not in editions_of(round.plan):
        raise NotForPublic
    is_public = edition == Edition.PUBLIC
    updates = updates_of(round)
    withheld = NOTHING_WITHHELD
    if is_public:
        withheld = Withheld.of(round, [answer for _, found in updates for answer in found])
        updates = published_updates(updates, withheld)
    answers = [answer for _, found in updates for answer in found]
    told = [answer for answer in answers if not answer.stands_in]
    printing = {answer.pk for answer in told if answer.is_sent}
    past = Past.until(round, answers, withheld.published_before)
    untold = withheld.untold(past) if is_public else None
    history = History.of(round, told, past)
    figures = figures_of(round, [update for update, _ in updates])
    as_figure: Callable[[FigureRow], Figure] = figure_of
    if is_public:
        kept = kept_back(round, figures, withheld=withheld.sections_of_figures(updates))
        figures = without_sensitive(figures)
        updates = without_bare_sections(updates, figures)
        as_figure = public_figure(
            threshold=round.partnership.small_number_threshold, words=kept.words
        )
    themes = themes_of(round)
    milestones = milestones_of(round, told, printing=printing)
    arising = NOTHING_AROSE
    if not is_public and past.last_round:
        today = timezone.localdate(now)
        arising = arising_for(round, updates, past=past, today=today)
    printed = [each for each in answers if each.pk in printing]
    marking = _marking(round.plan, printed, figures, arising)
    report = Report(
        title=TITLE,
        partnership=round.partnership.name,
        plan=round.plan.title,
        round=round.full_label,
        edition=edition,
        state="" if issue else DRAFT,
        issued=_issued(issue) if issue else "",
        marking="" if is_public else marking.label,
        is_sensitive=marking == Marking.SENSITIVE,
        compiled=_moment(now),
        made_at=(issue.at if issue else now).replace(second=0, microsecond=0),
        answered="" if is_public else _answered(round, now, len(printing), len(answers)),
        to=round.partnership.report_to,
        date=_day(round.meets_on) if round.meets_on else "No date yet",
        subject=f"{round.full_label}: {TITLE}",
        introduction_html=_introduction(round),
        matters=arising.general,
        grid=grid_of(updates, past, without_title=withheld.titles),
        changes=changes_of(
            told,
            past,
            round=round,
            milestones=milestones,
            history=history,
            untold=untold,
        ),
        silences=None if is_public else silences_of(updates, round=round, history=history),
        priorities=tuple(
            section_of(
                update,
                found,
                round=round,
                figures=figures.get(update.priority_id, []),
                themes=themes,
                milestones=milestones,
                printing=printing,
                as_figure=_as_figure(found, as_figure),
                matters=arising.under.get(update.pk),
                untold=untold or (),
                tells_giver=round.partnership.prints_on_behalf and not is_public,
                last_answered=None if is_public else history.last_answered_and_when,
            )
            for update, found in updates
        ),
        endings=endings_of(round, withheld),
        recommendations_html=_recommendations(round, is_public=is_public),
        standing_html=from_plain(round.partnership.report_standing_text),
    )
    return as_printed(report)


def updates_of(round: Round) -> Updates:
    """Every update of a round with its answers in order, those of themes last; one query."""
    found: dict[int, tuple[LeadUpdate, list[Answer]]] = {}
    answers = (
        Answer.objects.filter(update__round=round)
        .select_related("update__priority")
        .order_by("update__order", "update", "order", "pk")
    )
    for answer in answers:
        found.setdefault(answer.update_id, (answer.update, []))[1].append(answer)
    return sorted(found.values(), key=lambda pair: pair[0].priority.kind == Priority.Kind.THEME)


def figures_of(round: Round, updates: Iterable[LeadUpdate]) -> dict[int, list[FigureRow]]:
    """The figures under each priority of these updates, made of readings alone; two queries."""
    asked = list(figures_under(round, updates))
    rows = figure_rows(
        {indicator.pk: indicator for indicator in asked}.values(),
        round.period,
        small_base=round.partnership.small_base,
    )
    by_indicator = {row.indicator.pk: row for row in rows}
    found: dict[int, list[FigureRow]] = {}
    for indicator in asked:
        found.setdefault(indicator.under, []).append(by_indicator[indicator.pk])
    return found


def _marking(
    plan: Plan, printed: list[Answer], figures: dict[int, list[FigureRow]], arising: Arising
) -> Marking:
    """The highest marking of anything in the report."""
    is_sensitive = (
        plan.marking == Marking.SENSITIVE
        or arising.is_sensitive
        or any(answer.is_sensitive for answer in printed)
        or any(row.indicator.is_sensitive for rows in figures.values() for row in rows)
    )
    return Marking.SENSITIVE if is_sensitive else Marking.OFFICIAL


def _introduction(round: Round) -> str:
    standing = format_html(
        "<p>This report sets out progress on the actions and figures of the {}, "
        "for the {} to discuss.</p>",
        round.plan.title,
        round.partnership.report_to,
    )
    own = round.plan.introduction or round.partnership.report_introduction
    return from_plain(own) or clean(standing).html


def _recommendations(round: Round, *, is_public: bool) -> str:
    if is_public and round.recommendations_are_withheld:
        return from_plain(NOT_PUBLISHED)
    return clean(round.recommendations).html


def _as_figure(
    answers: Iterable[Answer], printed: Callable[[FigureRow], Figure]
) -> Callable[[FigureRow], Figure]:
    """Where the section of the figures is withheld, so is every figure in it."""
    if any(answer.is_figures and answer.stands_in for answer in answers):
        return not_published
    return printed


def _issued(issue: Issue) -> str:
    """As in "Issued on Friday 3 November 2023 at 09:12 by Community safety coordinator."."""
    said = f"Issued on {_moment(issue.at)} by {issue.post}."
    if issue.version == 1:
        return said
    said += f" This is version {issue.version}, and replaces version {issue.version - 1}."
    why = " ".join(issue.reason.split())
    # What is said of the answers follows in the same line.
    ends = "" if why.endswith((".", "!", "?", "…", ".”", ".)")) else "."
    return f"{said} Why it was corrected: {why}{ends}" if why else said


def _answered(round: Round, now: datetime, sent: int, asked: int) -> str:
    """As in "Answers closed on 30 October 2023: 33 of 35 sections were answered."."""
    if round.is_closed:
        closed = printed_day(timezone.localtime(round.closed_at))
        return f"Answers closed on {closed}: {sent} of {asked} sections were answered."
    so_far = f"{sent} of {asked} sections have been answered so far."
    if round.closes_at is None:
        return f"Answers are still being taken: {so_far}"
    closes_at = timezone.localtime(round.closes_at)
    close = "close" if round.takes_answers(now) else "were due to close"
    return f"Answers {close} on {_day(closes_at)}, {clock(closes_at.time())}: {so_far}"


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {printed_day(day)}"


def _moment(now: datetime) -> str:
    local = timezone.localtime(now)
    return f"{_day(local)} at {local:%H:%M}"
