"""What the public edition of a round leaves out and why, for the coordinator before it is released.

This list is no part of the edition.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.urls import reverse

from actions.models import Action
from partnerships.models import Marking
from performance.figures import FigureRow
from performance.models import Indicator
from rounds.models import Answer, Round

from .content import Updates, figures_of, updates_of
from .giving_away import KeptBack, RateKept, kept_back
from .past import Past
from .priority import NOT_PUBLISHED
from .public import Figures, without_sensitive
from .silence import section_name
from .small_numbers import NOT_SHOWN, has_small_number
from .withholding import Withheld

SENSITIVE = f"Marked {Marking.SENSITIVE.label}."
Address = Callable[[str, int], str]
LEFT_OUT = "Left out, its name too"


@dataclass(frozen=True)
class Hidden:
    """One thing that is not published: what stands in its place, why, and where to change it."""

    what: str
    address: str
    prints: str
    why: str


@dataclass(frozen=True)
class HiddenList:
    heading: str
    rows: tuple[Hidden, ...]


def hidden_in(round: Round) -> tuple[HiddenList, ...]:
    """Everything withheld in the public edition of a round, and every small number hidden."""
    updates = updates_of(round)
    answers = [answer for _, found in updates for answer in found]
    withheld = Withheld.of(round, answers)
    figures = figures_of(round, [update for update, _ in updates])
    kept = kept_back(round, figures, withheld=withheld.sections_of_figures(updates))
    to = partial(_address, round.partnership.slug)
    found = (
        HiddenList("Titles of actions", tuple(_titles(answers, withheld, to))),
        HiddenList("Answers", tuple(_answers(updates, withheld, to))),
        HiddenList("Ratings of earlier rounds", tuple(_earlier(round, answers, withheld, to))),
        HiddenList("Figures", tuple(_figures(figures, kept, to))),
        HiddenList("Small numbers", tuple(_small(round, figures, kept, to))),
        HiddenList("The end of the report", tuple(_recommendations(round, to))),
    )
    return tuple(each for each in found if each.rows)


def _address(slug: str, name: str, pk: int) -> str:
    return reverse(name, args=[slug, pk])


def _why(is_sensitive: bool, reason: str) -> str:
    return " ".join(words for words in (SENSITIVE if is_sensitive else "", reason) if words)


def _titles(answers: list[Answer], withheld: Withheld, to: Address) -> Iterator[Hidden]:
    untitled = {answer.action_id: answer for answer in answers if answer.action_id}
    reasons = Action.objects.filter(pk__in=withheld.titles & untitled.keys())
    for action, reason in reasons.order_by("pk").values_list("pk", "title_withheld_reason"):
        address = to("rounds:title_publication", action)
        yield Hidden(untitled[action].heading, address, NOT_PUBLISHED, reason)


def _answers(updates: Updates, withheld: Withheld, to: Address) -> Iterator[Hidden]:
    for update, answers in updates:
        for answer in answers:
            if answer.pk not in withheld.answers:
                continue
            reason = answer.withheld_reason if answer.is_withheld else ""
            yield Hidden(
                section_name(update, answer),
                to("rounds:read", answer.pk),
                "Not published, and the figures above it" if answer.is_figures else NOT_PUBLISHED,
                _why(answer.is_sensitive, reason) or "Its title is not published.",
            )


def _earlier(
    round: Round, answers: list[Answer], withheld: Withheld, to: Address
) -> Iterator[Hidden]:
    past = Past.until(round, answers)
    for answer in answers:
        if not answer.action_id:
            continue
        for each in past.rounds[:-1]:
            for said in past.of(answer.action_id, each):
                if said.pk in withheld.answers:
                    yield Hidden(
                        f"{answer.heading}, {each.full_label}",
                        to("rounds:read", said.pk),
                        NOT_PUBLISHED,
                        "Withheld in that round.",
                    )


def _figures(figures: Figures, kept: KeptBack, to: Address) -> Iterator[Hidden]:
    for row in {row.indicator.pk: row for rows in figures.values() for row in rows}.values():
        indicator = row.indicator
        if indicator.is_sensitive or indicator.is_withheld:
            yield Hidden(
                indicator.name,
                to("performance:indicator", indicator.pk),
                LEFT_OUT if indicator.is_sensitive else NOT_PUBLISHED,
                _why(indicator.is_sensitive, indicator.withheld_reason),
            )
        elif (rate := kept.rates.get(indicator.pk)) and rate.words == NOT_PUBLISHED:
            why = " ".join(_why_no_rate(rate, kept))
            yield Hidden(
                indicator.name, to("performance:indicator", indicator.pk), NOT_PUBLISHED, why
            )


def _small(round: Round, figures: Figures, kept: KeptBack, to: Address) -> Iterator[Hidden]:
    threshold = round.partnership.small_number_threshold
    public = without_sensitive(figures)
    for row in {row.indicator.pk: row for rows in public.values() for row in rows}.values():
        why = " ".join(_why_not_shown(row, kept, threshold))
        if why and not row.indicator.is_withheld:
            address = to("performance:indicator", row.indicator.pk)
            yield Hidden(row.indicator.name, address, NOT_SHOWN, why)


def _why_not_shown(row: FigureRow, kept: KeptBack, threshold: int) -> Iterator[str]:
    pk = row.indicator.pk
    if has_small_number(row, threshold):
        yield f"It, its change or a note has a number from 1 to {threshold - 1}."
    if pk in kept.hidden:
        yield _beside_what(row.indicator, kept)
    if (rate := kept.rates.get(pk)) and rate.words == NOT_SHOWN:
        yield from _why_no_rate(rate, kept)
    if pk in kept.given_away:
        yield "An earlier public version already gives the number away."


def _why_no_rate(rate: RateKept, kept: KeptBack) -> Iterator[str]:
    is_not = "not shown" if rate.words == NOT_SHOWN else "not published"
    yield f"It is worked out from “{rate.count}”, which is {is_not}."
    if rate.count.pk in kept.given_away:
        yield "An earlier public version already gives that number away."


def _beside_what(indicator: Indicator, kept: KeptBack) -> str:
    total = kept.hidden[indicator.pk]
    if total is None:
        return "Beside an earlier public version it would give away a hidden number."
    parts = "its parts" if total == indicator else f"“{total}”"
    would = f"would let a hidden number be worked out from {parts}."
    if indicator.pk in kept.beside_earlier:
        return f"Beside an earlier public version it {would}"
    return f"It {would}"


def _recommendations(round: Round, to: Address) -> Iterator[Hidden]:
    if round.recommendations_are_withheld:
        yield Hidden(
            "Recommendations",
            to("rounds:recommendations_publication", round.pk),
            NOT_PUBLISHED,
            round.recommendations_withheld_reason,
        )
