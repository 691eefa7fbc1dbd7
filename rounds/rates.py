"""How much of what was asked each organisation answered in the last rounds, and when.

**Asked** are the sections that a round asked the leads of an organisation for. **In time** are
those first sent by the end of the day, in London, on which updates were due; **late** those first
sent after it, be it before closing, let in late, taken in, or given by the coordinator. **Nothing**
are the others: not sent, or returned and not sent again. The three make up what was asked. An
answer that was returned and sent again counts by its first sending. “Nothing to report” and “verbal
at the meeting” are answers. **Given for them** are those of the answers that the coordinator gave
for the lead, or took in as a draft.

The organisation is that of the leads as they were linked when the round closed, today's while it
is open; deputies' only where nobody else is linked. A priority with leads of two organisations
counts for each of them, so that the rows may add up to more than the line for all. Where no
organisation is linked, what the plan said of the lead stands in its place.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery

from priorities.leads import Linked

from .as_closed import linked_in_each
from .last_rounds import LastRounds, Share, last_rounds
from .models import Answer, LeadUpdate, Round
from .record import is_late

ALL = "All that was asked"
NOBODY = "No lead named"


@dataclass(frozen=True)
class Rate:
    """What was asked in one round, and what came of it: numbers of sections."""

    asked: int = 0
    in_time: int = 0
    late: int = 0
    given: int = 0

    @property
    def answered(self) -> int:
        return self.in_time + self.late

    @property
    def nothing(self) -> int:
        return self.asked - self.answered

    @property
    def in_words(self) -> str:
        """As in "8 in time, 2 late, 2 without an answer"; what there is none of is left out."""
        counts = {"in time": self.in_time, "late": self.late, "without an answer": self.nothing}
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count)

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(
            self.asked + other.asked,
            self.in_time + other.in_time,
            self.late + other.late,
            self.given + other.given,
        )


@dataclass(frozen=True)
class Rates:
    """Each organisation with its rate in each of the rounds, oldest first."""

    rounds: list[Round]
    rows: list[tuple[str, list[tuple[str, Rate]]]]
    """By organisation, each with the label of its round."""
    all: list[tuple[str, Rate]]

    @property
    def labels(self) -> list[str]:
        return [label_of(each) for each in self.rounds]


def label_of(round: Round) -> str:
    """ "Q2 2023/24", and "so far" while it is not closed."""
    return round.narrow_label if round.is_closed else f"{round.narrow_label} so far"


def rates_until(round: Round, today: date) -> Rates:
    """Of the last rounds up to this one; a fixed number of queries for any number of sections."""
    rounds = sorted(last_rounds(round), key=lambda each: (each.period_ends_on, each.pk))
    of_round = {each.pk: each for each in rounds}
    updates = list(LeadUpdate.objects.filter(round__in=rounds).order_by("order", "pk"))
    for update in updates:
        update.round = of_round[update.round_id]
    linked = linked_in_each(updates, today)
    rates = _rates_of_updates(of_round)
    found: dict[str, dict[int, Rate]] = defaultdict(lambda: defaultdict(Rate))
    for update in updates:
        for name in _names(update, linked[update.pk].organisations):
            found[name][update.round_id] += rates[update.pk]
        found[ALL][update.round_id] += rates[update.pk]
    by_round = {
        name: [(label_of(each), row[each.pk]) for each in rounds] for name, row in found.items()
    }
    total = by_round.pop(ALL, [])
    return Rates(rounds, sorted(by_round.items(), key=lambda row: row[0].casefold()), total)


def shares_by_organisation(
    last: LastRounds, linked: Mapping[int, Linked]
) -> list[tuple[str, list[Share]]]:
    """How much each organisation answered in the last rounds; who left most unanswered first.

    `linked` is who is linked to the priority of each update of them, by its number. No query.
    """
    columns = {each.pk: column for column, each in enumerate(last.rounds)}
    blank = [Share(label_of(each), 0, 0) for each in last.rounds]
    found: dict[str, list[Share]] = {}
    for update in last.counted:
        for name in _names(update, linked[update.pk].organisations):
            shares, column = found.setdefault(name, list(blank)), columns[update.round_id]
            shares[column] += Share("", update.sent, update.asked)
    return sorted(found.items(), key=_most_silent_first)


def _most_silent_first(row: tuple[str, list[Share]]) -> tuple[int, str]:
    name, shares = row
    whole = sum(shares, Share("", 0, 0))
    return whole.percent, name.casefold()


def _names(update: LeadUpdate, organisations: Iterable[str]) -> Iterable[str]:
    return organisations or [update.lead_text or NOBODY]


def _rates_of_updates(rounds: dict[int, Round]) -> dict[int, Rate]:
    """By the number of the update; one query."""
    sendings = Answer.history.filter(id=OuterRef("pk"), submitted_at__isnull=False)
    first = sendings.order_by("submitted_at").values("submitted_at")[:1]
    answers = (
        Answer.objects.filter(update__round__in=rounds)
        .annotate(first_sent_at=Subquery(first))
        .order_by()
        .values_list(
            "update", "update__round", "state", "first_sent_at", "given_for", "taken_in_by"
        )
    )
    found: dict[int, Rate] = defaultdict(Rate)
    for update, round, state, first_sent_at, given_for, taken_in_by in answers:
        rate = Rate(asked=1)
        if state in Answer.SENT:
            late = is_late(first_sent_at, rounds[round])
            given = bool(given_for) or taken_in_by is not None
            rate = Rate(1, int(not late), int(late), int(given))
        found[update] += rate
    return found
