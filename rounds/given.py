"""Who has been given which sections of a round to write, as plain values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import User
from partnerships.days import long_day
from partnerships.models import Membership
from partnerships.permissions import Permission, roles_with
from partnerships.posts import is_held

from .models import Answer, Delegation, LeadUpdate


@dataclass(frozen=True)
class Given:
    """A section as one person has it, on a day."""

    row: Delegation
    today: date

    @property
    def post(self) -> str:
        return str(self.row.membership)

    @property
    def person(self) -> User:
        return self.row.membership.user

    def awaits(self, person: User) -> bool:
        """Whether this person has it to write: they are here, and have not finished."""
        return (
            person.pk == self.person.pk
            and self.is_here
            and self.has_accepted
            and not self.row.is_finished
        )

    @property
    def is_here(self) -> bool:
        """Whether the person's post counts today; otherwise the section is the lead's again."""
        return is_held(self.row.membership, self.today)

    @property
    def has_accepted(self) -> bool:
        """Whether the person can sign in; a guest cannot before accepting the invitation."""
        return self.person.is_active

    @property
    def is_finished(self) -> bool:
        return self.is_here and self.row.is_finished

    @property
    def in_words(self) -> str:
        """ "With Detective Inspector since 3 October", and how it stands with them."""
        if not self.is_here:
            return f"{self.post} had it and has left: it is the lead’s again"
        if self.is_finished:
            return f"Finished by {self.post}"
        said = f"With {self.post} since {long_day(self.row.given_on, self.today)}"
        return said if self.has_accepted else f"{said}, who has not accepted the invitation yet"


Sections = Mapping[int, tuple[Given, ...]]
"""By the number of each section that was given to somebody: who has it."""


def given_among(about: Q, today: date) -> Sections:
    """Of the delegations that `about` says, those that were not taken back; one query."""
    rows = (
        Delegation.objects.standing()
        .filter(about)
        .select_related("membership__user", "membership__organisation")
        .order_by("given_at", "pk")
    )
    found = defaultdict(list)
    for row in rows:
        found[row.answer_id].append(Given(row, today))
    return {answer: tuple(given) for answer, given in found.items()}


def given_unsent(update: LeadUpdate, answers: Sequence[Answer], today: date) -> Sections:
    """Of an update's sections that are still to be sent; no query where there are none."""
    if update.round.is_closed or not any(may_be_given(answer) for answer in answers):
        return {}
    return given_among(Q(answer__update=update, answer__state__in=Answer.UNSENT), today)


def holders_of(given: Sequence[Given]) -> list[Given]:
    """Of those who were given a section the ones who can write it, or soon will."""
    return [each for each in given if each.is_here]


def who_may_be_given(update: LeadUpdate, today: date) -> list[Membership]:
    """The people of the partnership who do not write this update already, by their posts.

    One query. Who cannot sign in yet is invited, by address.
    """
    lead_it = update.priority.leads.leading_on(today).filter(membership__isnull=False)
    runs = Membership.objects.of(update.partnership_id).filter(
        role__in=roles_with(Permission.RUN_ROUNDS)
    )
    people = (
        Membership.objects.of(update.partnership_id)
        .current(today)
        .filter(user__is_active=True)
        .exclude(user__in=lead_it.values("membership__user"))
        .exclude(user__in=runs.current(today).values("user"))
        .select_related("user", "organisation")
        .order_by("post", "pk")
    )
    # Of somebody with several posts the first is enough to be found by.
    return list({each.user_id: each for each in reversed(people)}.values())[::-1]


def may_be_given(answer: Answer) -> bool:
    """Whether it is still to be written; what was sent its lead changes."""
    return answer.state in Answer.UNSENT
