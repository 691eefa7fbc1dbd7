"""Who is asked for what in a round, person by person, as plain values.

A priority is asked of the people linked to it, leads and deputies; where nobody is, of those who
run the partnership's rounds. A figure is asked of the person who supplies it as well, and a section
that was given to somebody of that person until they say that it is finished. Who cannot sign in yet
is told by their invitation, and not here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from django.db.models import Q

from accounts.models import User
from partnerships.models import Membership
from partnerships.permissions import Permission, roles_with
from performance.models import Indicator
from priorities.models import PriorityLead

from .given import Given, Sections, given_among, given_in, holders_of
from .models import Answer, Delegation, LeadUpdate, Round
from .tasks import ratings_before
from .typed_figures import rows_of_answers

NOT_NAMED = "Title not shown here: sign in to read it"


@dataclass(frozen=True)
class Line:
    """One section that is asked for, as it may be told by email."""

    answer: int
    heading: str
    last: str = ""
    """How its action was rated in the round before, such as "Last quarter: Amber"."""
    returned: bool = False
    given: tuple[Given, ...] = ()
    """Who else has it to write, as its lead is told."""

    @property
    def in_words(self) -> str:
        said = (
            f"{self.heading} ({self.last[0].lower()}{self.last[1:]})" if self.last else self.heading
        )
        return f"{said}: {self._standing}" if self._standing else said

    @property
    def _standing(self) -> str:
        writing = [each.post for each in self.given if not each.is_finished]
        if writing:
            return f"{'returned, and ' if self.returned else ''}with {' and '.join(writing)}"
        if self.returned:
            return "returned to you"
        return "ready for you to check" if self.given else ""

    def with_person(self, person: User) -> bool:
        """Whether the person has it to write, and has not finished."""
        return any(each.awaits(person) for each in self.given)


@dataclass(frozen=True)
class PriorityAsked:
    """One priority or theme of which something is still to come."""

    update: LeadUpdate
    lines: tuple[Line, ...]
    as_deputy: bool = False
    in_place_of_lead: bool = False
    """Nobody is linked to it: who runs the round is asked instead."""
    given_by: str = ""
    """The post of whoever gave these sections to the person; empty where they lead it."""

    @property
    def heading(self) -> str:
        return f"{self.update.label}: {self.update.title}"

    def for_person(self, *, as_deputy: bool = False, in_place: bool = False) -> "PriorityAsked":
        return PriorityAsked(self.update, self.lines, as_deputy, in_place)

    def writers(self) -> "Iterable[tuple[User, PriorityAsked]]":
        """Each person who was given some of these sections, with those that they still write."""
        given = [each for line in self.lines for each in line.given]
        for person in dict.fromkeys(each.person for each in given if each.awaits(each.person)):
            theirs = [each.row for each in given if each.awaits(person)]
            yield (
                person,
                PriorityAsked(
                    self.update,
                    tuple(
                        replace(line, given=()) for line in self.lines if line.with_person(person)
                    ),
                    given_by=" and ".join(dict.fromkeys(row.given_as for row in theirs)),
                ),
            )


@dataclass
class Request:
    """What one person is asked for in one round."""

    person: User
    priorities: list[PriorityAsked] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    """Names of figures that the person supplies, of priorities that others lead."""
    also: set[int] = field(default_factory=set)
    """The sections, by number, that it is about besides those of its priorities."""

    @property
    def sections(self) -> int:
        return sum(len(asked.lines) for asked in self.priorities)

    @property
    def about(self) -> list[int]:
        """Every section that something is told of, by number."""
        lines = {line.answer for asked in self.priorities for line in asked.lines}
        return sorted(lines | self.also)


def requests_of(round: Round, today: date) -> list[Request]:
    """What is still asked for in an open round, person by person; a fixed number of queries."""
    unsent = unsent_of(round)
    given = given_in(round, today)
    asked = priorities_asked(round, unsent, given)
    found: dict[int, Request] = {}
    for person, of_person in _answering(round, asked, today):
        found.setdefault(person.pk, Request(person)).priorities.append(of_person)
    leads = {(pk, each.update.priority_id) for pk, at in found.items() for each in at.priorities}
    for each in asked:
        for person, of_person in each.writers():
            if (person.pk, each.update.priority_id) not in leads:
                found.setdefault(person.pk, Request(person)).priorities.append(of_person)
    for person, answer, name in _supplying(round, unsent, today):
        if (person.pk, answer.update.priority_id) not in leads:
            request = found.setdefault(person.pk, Request(person))
            request.also.add(answer.pk)
            if name not in request.figures:
                request.figures.append(name)
    return sorted(found.values(), key=lambda request: request.person.email)


def unsent_of(round: Round) -> list[Answer]:
    """The sections of an open round that have not been sent; one query."""
    unsent = Answer.objects.filter(update__round=round, state__in=Answer.UNSENT)
    found = list(unsent.select_related("update", "action"))
    for answer in found:
        answer.update.round = round
    return found


def priorities_asked(
    round: Round, unsent: Sequence[Answer], given: Sections = MappingProxyType({})
) -> list[PriorityAsked]:
    """What these sections ask for by priority, in the plan's order; one query.

    `given` says who else has which of them.
    """
    ratings = ratings_before(round, unsent)
    updates: dict[int, LeadUpdate] = {}
    lines: dict[int, list[Line]] = {}
    for answer in unsent:
        rating = ratings.get(answer.action_id)
        is_told = rating is not None and rating.is_public
        updates[answer.update.priority_id] = answer.update
        lines.setdefault(answer.update.priority_id, []).append(
            Line(
                answer.pk,
                told_heading(answer),
                last=rating.in_words if is_told else "",
                returned=answer.state == Answer.State.RETURNED,
                given=tuple(holders_of(given.get(answer.pk, ()))),
            )
        )
    ordered = sorted(updates.values(), key=lambda update: update.order)
    return [PriorityAsked(update, tuple(lines[update.priority_id])) for update in ordered]


@dataclass(frozen=True)
class Writers:
    """Whom a returned answer goes back to."""

    people: list[User]
    given: Sequence[Delegation] = ()
    """By what its writer has it, where that is not its lead."""


def writers_of(answer: Answer, today: date) -> Writers:
    """Who wrote it, or else everybody it is asked of; at most two queries.

    Somebody who was given it is its writer as long as they still have it.
    """
    people = leads_of(answer.update, today)
    wrote = [person for person in people if person.pk == answer.saved_by_id]
    if answer.given_for or wrote:
        return Writers(people if answer.given_for else wrote[:1])
    given = given_among(Q(answer=answer), today).get(answer.pk, ())
    theirs = [each for each in holders_of(given) if each.person.pk == answer.saved_by_id]
    if not theirs or not theirs[0].has_accepted:
        return Writers(people)
    return Writers([theirs[0].person], [each.row for each in theirs])


def leads_of(update: LeadUpdate, today: date) -> list[User]:
    """Those whom an update is asked of: its lead and deputy, or who runs the round."""
    asked = [PriorityAsked(update, ())]
    return [person for person, _ in _answering(update.round, asked, today)]


def told_heading(answer: Answer) -> str:
    """As on the plan; of a title that is not for everybody, the reference alone."""
    if answer.action is not None and answer.action.title_is_withheld:
        return f"{answer.reference} {NOT_NAMED}".strip()
    return answer.heading


def _answering(
    round: Round, asked: Sequence[PriorityAsked], today: date
) -> Iterable[tuple[User, PriorityAsked]]:
    """Each priority with each person who is asked for it."""
    links = (
        PriorityLead.objects.filter(
            priority__in=[each.update.priority_id for each in asked],
            membership__user__is_active=True,
        )
        .leading_on(today)
        .select_related("membership__user")
    )
    # Who is linked twice is asked as the lead.
    linked: dict[int, dict[User, bool]] = {}
    for link in links:
        people = linked.setdefault(link.priority_id, {})
        person = link.membership.user
        people[person] = people.get(person, True) and link.is_deputy
    has_nobody = any(each.update.priority_id not in linked for each in asked)
    coordinators = coordinators_of(round, today) if has_nobody else []
    for each in asked:
        people = linked.get(each.update.priority_id, {})
        for person, is_deputy in people.items():
            yield person, each.for_person(as_deputy=is_deputy)
        if not people:
            for person in coordinators:
                yield person, each.for_person(in_place=True)


def coordinators_of(round: Round, today: date) -> list[User]:
    """Those who run the partnership's rounds on a day."""
    found = (
        Membership.objects.filter(
            partnership=round.partnership_id,
            role__in=roles_with(Permission.RUN_ROUNDS),
            user__is_active=True,
        )
        .current(today)
        .select_related("user")
        .order_by("user__email")
    )
    return list(dict.fromkeys(membership.user for membership in found))


def _supplying(
    round: Round, unsent: Sequence[Answer], today: date
) -> Iterable[tuple[User, Answer, str]]:
    """Each figure that has not come yet with who supplies it: person, section, name."""
    figures = [answer for answer in unsent if answer.is_figures]
    rows = rows_of_answers(figures, round, small_base=round.partnership.small_base)
    missing: list[tuple[Answer, Indicator]] = [
        (answer, row.indicator)
        for answer in figures
        for row in rows[answer.pk]
        if not row.is_complete and row.indicator.supplier_id
    ]
    suppliers = Membership.objects.filter(
        pk__in={indicator.supplier_id for _, indicator in missing}, user__is_active=True
    )
    people = {each.pk: each.user for each in suppliers.current(today).select_related("user")}
    for answer, indicator in missing:
        if indicator.supplier_id in people:
            withheld = indicator.is_withheld or indicator.is_sensitive
            name = "A figure whose name is not shown here" if withheld else indicator.name
            yield people[indicator.supplier_id], answer, name
