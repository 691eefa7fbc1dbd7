"""Who has been given which sections of a round to write, as plain values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, FilteredRelation, Q

from accounts.models import User
from partnerships.days import long_day
from partnerships.models import Membership, Organisation
from partnerships.permissions import Access, Permission, roles_with
from partnerships.posts import is_held

from .models import Answer, AnswerQuerySet, Delegation, Draft, LeadUpdate, Round

WRITES = "was given"


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

    @property
    def on_board(self) -> str:
        """The same in a word or two, before the names of sections."""
        if not self.is_here:
            return "has left, and had"
        if self.is_finished:
            return "has finished"
        return WRITES if self.has_accepted else "has not accepted the invitation yet, and was given"


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


def still_to_write(membership: Membership, now: datetime) -> list[Delegation]:
    """What somebody was given and has not finished, in rounds that take answers; one query.

    In the order of the plan, the sections of one giving together.
    """
    given = (
        Delegation.objects.standing()
        .filter(membership=membership, finished_at=None, answer__state__in=Answer.UNSENT)
        .select_related(
            "membership__user",
            "answer__update__round__plan",
            "answer__update__round__partnership",
            "answer__action",
        )
        .order_by("answer__update__round", "answer__update__order", "given_at", "pk")
    )
    return [each for each in given if each.answer.update.round.takes_answers(now)]


def others_writing(update: LeadUpdate, access: Access) -> dict[int, list[str]]:
    """Who else is at work on the sections of an update, in words by the section's number.

    Who was given it by name; of whoever has typed there without saving, only that somebody has.
    Two queries.
    """
    found: dict[int, list[str]] = defaultdict(list)
    for answer, given in given_among(Q(answer__update=update), access.today).items():
        found[answer] += [each.in_words for each in given if each.person != access.user]
    drafts = Draft.objects.filter(answer__update=update).exclude(person=access.user).live()
    for answer in drafts.values_list("answer", flat=True).order_by("answer").distinct():
        found[answer].append("Somebody else has typed here and not saved it yet")
    return found


def given_in(round: Round, today: date) -> Sections:
    """Of a round's sections that are still to be sent; no query once it is closed."""
    if round.is_closed:
        return {}
    unsent = Q(answer__update__round=round, answer__state__in=Answer.UNSENT)
    return given_among(unsent, today)


def given_unsent(update: LeadUpdate, answers: Sequence[Answer], today: date) -> Sections:
    """Of an update's sections that are still to be sent; no query where there are none."""
    if update.round.is_closed or not any(may_be_given(answer) for answer in answers):
        return {}
    return given_among(Q(answer__update=update, answer__state__in=Answer.UNSENT), today)


# What the board needs of a delegation, by where it stands.
_JOINED = {
    "given_pk": "pk",
    "given_given_at": "given_at",
    "given_finished_at": "finished_at",
    "given_member": "membership_id",
    "given_post": "membership__post",
    "given_starts_on": "membership__starts_on",
    "given_ends_on": "membership__ends_on",
    "given_organisation": "membership__organisation__name",
    "given_person": "membership__user_id",
    "given_is_active": "membership__user__is_active",
}


def with_given(answers: AnswerQuerySet) -> Any:
    """Answers with who was given them, without another query; `read_given` reads it.

    An answer comes once for each person who was given it, and once where nobody was: ordered by
    `given_pk` too, the first of them comes first.
    """
    standing = FilteredRelation("given", condition=Q(given__ended_at__isnull=True))
    return answers.annotate(stands=standing).annotate(
        **{name: F(f"stands__{field}") for name, field in _JOINED.items()}
    )


def read_given(rows: Sequence[Any], today: date) -> tuple[list[Answer], Sections]:
    """Each answer once, and of those that are still to be sent who was given them."""
    answers = {row.pk: row for row in reversed(rows)}
    found = defaultdict(list)
    for row in rows:
        if row.given_pk is not None and may_be_given(row):
            found[row.pk].append(Given(_joined(row), today))
    ordered = [answers[pk] for pk in dict.fromkeys(row.pk for row in rows)]
    return ordered, {pk: tuple(given) for pk, given in found.items()}


def _joined(row: Any) -> Delegation:
    name = row.given_organisation
    membership = Membership(
        pk=row.given_member,
        post=row.given_post,
        starts_on=row.given_starts_on,
        ends_on=row.given_ends_on,
        organisation=Organisation(name=name) if name else None,
        user=User(pk=row.given_person, is_active=row.given_is_active),
    )
    return Delegation(
        pk=row.given_pk,
        answer_id=row.pk,
        membership=membership,
        given_at=row.given_given_at,
        finished_at=row.given_finished_at,
    )


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
    found: dict[int, Membership] = {}
    for each in people:
        found.setdefault(each.user_id, each)
    return list(found.values())


def may_be_given(answer: Answer) -> bool:
    """Whether it is still to be written; what was sent its lead changes."""
    return answer.state in Answer.UNSENT
