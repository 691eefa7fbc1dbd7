"""Everything to look at in the report of a round, kind by kind, in the order it prints."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain, islice

from django.urls import reverse

from performance.figures import FigureRow
from rounds.as_closed import figures_since
from rounds.matters import Matter, Matters, matters_before
from rounds.milestones import milestones_of
from rounds.models import Answer, LeadUpdate, Round

from ..content import Updates, figures_of, updates_of
from ..endings import endings_of
from ..priority import heading_of
from . import characters, gaps, links, percentages, personal, small_numbers
from .passages import (
    Hit,
    Passage,
    Piece,
    Place,
    Remark,
    passage_of_html,
    passage_of_lines,
    remark_of,
)

SHOWN = 100
"""So many remarks of a kind are shown: a report with more has one cause for many of them."""

Finder = Callable[[Passage, Piece], Iterable[Hit]]


@dataclass(frozen=True)
class Remarks:
    """The remarks of one kind."""

    key: str
    heading: str
    about: str
    nothing: str
    """What is said where there are none."""
    shown: tuple[Remark, ...]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)


@dataclass(frozen=True)
class LookedThrough:
    """What was found in a report, every kind of it, and the websites its texts lead to."""

    kinds: tuple[Remarks, ...]
    web_links: tuple[links.WebLink, ...]


def look_through(round: Round, *, today: date, keeps_settings: bool) -> LookedThrough:
    """Look through the report as it stands now.

    Seven queries, six of an open round before which there was no meeting, and three more where
    the plan is closed.
    """
    updates = updates_of(round)
    figures = figures_of(round, [update for update, _ in updates])
    answers = list(_answers(updates, round))
    matters = matters_before(round, today)
    passages = list(_passages(round, updates, answers, matters, keeps_settings))
    computed = _computed(round, figures)
    below = round.partnership.small_number_threshold

    kinds = (
        _kind(
            "gaps",
            "Gaps",
            "Sections without an answer, returned, or not accepted, and recommendations that "
            "nobody has written.",
            "Every section was answered and accepted, and there are recommendations.",
            _gaps(round, answers, figures),
        ),
        _kind(
            "figures",
            "Figures",
            "Figures that are missing, incomplete or provisional, or less than their parts.",
            "Every figure is there, none is provisional, and no total is less than its parts.",
            chain(
                gaps.of_figures(_rows(updates, figures, round)),
                gaps.of_totals(_rows(updates, figures, round)),
                _later_figures(updates, round),
            ),
        ),
        _kind(
            "percentages",
            "Percentages in texts",
            "Percentages somebody has typed that differ from the computed figure they seem to "
            "speak of, or for which none was found.",
            "No percentage in a text differs from the computed figures.",
            _found(
                passages,
                lambda passage, piece: percentages.find(piece, computed, passage.priority),
            ),
        ),
        _kind(
            "personal",
            "Personal data",
            "What looks like a name, an address, a number or a date of one person. There may be "
            "more that no rule finds.",
            "Nothing found that looks like personal data.",
            _found(passages, lambda passage, piece: personal.find(piece.text), with_titles=True),
        ),
        _kind(
            "small",
            "Small numbers of people",
            f"Numbers under {below} near words for people. Texts are never altered: if somebody "
            "could be recognised, the text is edited or withheld.",
            "No small number found that seems to count people.",
            _found(passages, lambda passage, piece: small_numbers.find(piece.text, below=below)),
        ),
        _kind(
            "links",
            "Links",
            "Links that lead elsewhere than they say, or where not everybody gets.",
            "No link stands out.",
            _found(passages, lambda passage, piece: links.find(piece)),
        ),
        _kind(
            "characters",
            "Characters",
            "Characters the report's fonts do not have. They print as their numbers.",
            "Every character can be printed.",
            _found(passages, lambda passage, piece: characters.find(piece.text), with_titles=True),
        ),
    )
    return LookedThrough(kinds, links.web_links_of(passages))


def _kind(key: str, heading: str, about: str, nothing: str, found: Iterable[Remark]) -> Remarks:
    remarks = iter(found)
    shown = tuple(islice(remarks, SHOWN))
    return Remarks(key, heading, about, nothing, shown, len(shown) + sum(1 for _ in remarks))


def _found(
    passages: Iterable[Passage], find: Finder, *, with_titles: bool = False
) -> Iterator[Remark]:
    for passage in passages:
        if passage.is_title and not with_titles:
            continue
        for piece in passage.pieces:
            for hit in find(passage, piece):
                yield remark_of(passage.place, piece.text, hit)


# Where things stand -----------------------------------------------------------------------------


def _answers(updates: Updates, round: Round) -> Iterator[tuple[LeadUpdate, Answer, Place]]:
    """The sections in the order they print; each is mended where it is edited."""
    slug = round.partnership.slug
    for update, answers in updates:
        for answer in answers:
            name = answer.heading if answer.is_action else heading_of(answer)
            section = name if answer.is_action and answer.reference else f"{update.label}, {name}"
            address = reverse("rounds:answer", args=[slug, answer.pk])
            yield update, answer, Place(section, address)


def _passages(
    round: Round,
    updates: Updates,
    answers: list[tuple[LeadUpdate, Answer, Place]],
    matters: Matters | None,
    keeps_settings: bool,
) -> Iterator[Passage]:
    """Every text that prints, in the order of the report; a draft answer does not."""
    yield from _introduction(round, keeps_settings)
    for matter in matters.matters if matters else ():
        place = _place_of(matter, round)
        yield passage_of_html(place, matter.text)
        yield _name(place, matter.owner)
    printing = {answer.pk for _, answer, _ in answers if answer.is_sent}
    told = milestones_of(round, [answer for _, answer, _ in answers], printing=printing)
    seen = None
    for update, answer, place in answers:
        if update.pk != seen:
            seen = update.pk
            yield _name(Place(update.label), update.title)
            yield _name(Place(f"{update.label}, lead"), update.lead_text)
        priority = update.priority_id
        yield _name(place, answer.title)
        if answer.is_sent:
            yield passage_of_html(place, answer.text, priority)
            for said in (
                answer.rag_reason,
                answer.way_back,
                answer.date_reason,
                answer.withheld_reason,
            ):
                yield passage_of_lines(place, said, priority)
        if answer.pk in told:
            for title in (*told[answer.pk].done, *told[answer.pk].overdue):
                yield _name(place, title)
    for part in endings_of(round):
        for row in part.rows:
            name = f"Where each action ended: {row.reference} {row.title}".strip()
            yield passage_of_lines(Place(name), row.why)
    yield passage_of_html(_recommendations(round), round.recommendations)
    yield passage_of_lines(
        _settings("Standing text", round, keeps_settings), round.partnership.report_standing_text
    )


def _recommendations(round: Round) -> Place:
    address = reverse("rounds:recommendations", args=[round.partnership.slug, round.pk])
    return Place("Recommendations", address)


def _place_of(matter: Matter, round: Round) -> Place:
    """What came of a meeting is mended where it is kept, but for a round that has closed."""
    section = f"Matters arising: {matter.about_in_full}"
    if round.is_closed:
        said = (
            "This report has it as it was when the round closed: change it on the page of its "
            "meeting, reopen the round, and close it again."
        )
        return Place(section, mended=said)
    return Place(section, reverse("rounds:meeting_item", args=[round.partnership.slug, matter.pk]))


def _introduction(round: Round, keeps_settings: bool) -> Iterator[Passage]:
    plan = round.plan
    address = reverse("rounds:plan", args=[round.partnership.slug, plan.pk])
    yield _name(Place("Title of the plan", address), plan.title)
    if plan.introduction:
        yield passage_of_lines(Place("Introduction", address), plan.introduction)
    else:
        place = _settings("Introduction", round, keeps_settings)
        yield passage_of_lines(place, round.partnership.report_introduction)


def _settings(section: str, round: Round, keeps_settings: bool) -> Place:
    """A text of the partnership's own, which its administrators change."""
    if keeps_settings:
        slug = round.partnership.slug
        return Place(section, reverse("administration:settings_reports", args=[slug]))
    return Place(section, mended="An administrator changes it in the settings.")


def _name(place: Place, words: str) -> Passage:
    return passage_of_lines(place, words, is_title=True)


def _gaps(
    round: Round,
    answers: list[tuple[LeadUpdate, Answer, Place]],
    figures: dict[int, list[FigureRow]],
) -> Iterator[Remark]:
    for update, answer, place in answers:
        yield from gaps.of_answer(answer, place)
        yield from gaps.of_sent_figures(answer, figures.get(update.priority_id, []), place)
    yield from gaps.of_recommendations(round.recommendations, _recommendations(round))


def _rows(
    updates: Updates, figures: dict[int, list[FigureRow]], round: Round
) -> Iterator[tuple[FigureRow, Place]]:
    slug = round.partnership.slug
    for update, _ in updates:
        for row in figures.get(update.priority_id, []):
            address = reverse("performance:indicator", args=[slug, row.indicator.pk])
            yield row, Place(f"{update.label}, {row.indicator.name}", address)


def _later_figures(updates: Updates, round: Round) -> Iterator[Remark]:
    """Whoever puts a figure under a priority may look for it in the report in vain."""
    slug = round.partnership.slug
    labels = {update.priority_id: update.label for update, _ in updates}
    for each in figures_since(round, [update for update, _ in updates]):
        address = reverse("performance:indicator", args=[slug, each.indicator_id])
        place = Place(f"{labels[each.priority_id]}, {each.indicator.name}", address)
        yield Remark(place, gaps.ONLY_SINCE)


def _computed(round: Round, figures: dict[int, list[FigureRow]]) -> list[percentages.Computed]:
    place_names = percentages.names_of_place(round.partnership.name)
    found = []
    for priority, rows in figures.items():
        for row in rows:
            change = row.change
            is_points = row.indicator.kind == row.indicator.Kind.PERCENTAGE
            values: tuple[Decimal, ...] = ()
            if change and is_points:
                values = (change.previous, change.current, change.difference)
            found.append(
                percentages.Computed(
                    name=row.indicator.name,
                    printed=change.printed if change else "",
                    percentage=change.percentage if change else None,
                    values=values,
                    priority=priority,
                    place_names=place_names,
                )
            )
    return found
