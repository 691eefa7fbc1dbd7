"""What each person was told of a round by email and whether it arrived, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from mail.models import Message
from partnerships.models import Invitation, Membership, Organisation
from partnerships.permissions import Permission, roles_with

from .models import Notice, Round

Kind = Notice.Kind


@dataclass(frozen=True)
class Told:
    """What one person was told: the last notice tells whether messages reach them."""

    person: User
    post: str
    """The first that they hold here today; empty where they hold none."""
    runs_rounds: bool
    last: Notice
    asked_on: date | None = None
    reminded_on: date | None = None
    invited_on: date | None = None
    days: tuple[tuple[str, date], ...] = ()
    """Everything they were told, such as "asked", each with its day."""

    @property
    def problem(self) -> str:
        """What the mail server said of the last message, if that was not delivered."""
        message = self.last.message
        return " ".join(message.problem.split()) if message.is_failed else ""

    @property
    def is_waiting(self) -> bool:
        return self.last.message.is_waiting

    @property
    def address(self) -> str:
        return self.last.message.to


# Which day of a person a notice of each kind sets.
_DAYS = {Kind.ASKED: "asked_on", Kind.REMINDED: "reminded_on", Kind.INVITED: "invited_on"}


def told_in(round: Round, today: date) -> Mapping[int, Told]:
    """By the number of each person who was told something; one query.

    What was called off told nobody anything.
    """
    found: dict[int, Told] = {}
    notices = round.notices.exclude(
        Q(kind=Kind.DIGEST) | Q(message__state=Message.State.CALLED_OFF)
    ).select_related("person", "message")
    notices = notices.defer("message__text", "message__html", "message__calendar")
    for notice in notices.annotate(**_known(round, today)).order_by("day", "pk"):
        told = found.get(notice.person_id) or _first(notice)
        days = (*told.days, *_days(notice))
        changed: dict[str, Any] = {"last": notice, "days": days}
        if notice.kind in _DAYS:
            changed[_DAYS[Kind(notice.kind)]] = notice.day
        found[notice.person_id] = replace(told, **changed)
    return found


def _known(round: Round, today: date) -> dict[str, Any]:
    """What a notice is asked for besides: who its person is here, and an accepted invitation."""
    held = Membership.objects.filter(partnership=round.partnership_id, user=OuterRef("person"))
    first = held.current(today).order_by("pk")
    accepted = Invitation.objects.filter(
        membership__user=OuterRef("person"),
        partnership=round.partnership_id,
        accepted_at__gte=OuterRef("message__made_at"),
    )
    return {
        "post": Subquery(first.values("post")[:1]),
        "organisation": Subquery(first.values("organisation__name")[:1]),
        "runs_rounds": Exists(
            held.current(today).filter(role__in=roles_with(Permission.RUN_ROUNDS))
        ),
        "accepted_at": Subquery(accepted.order_by("accepted_at").values("accepted_at")[:1]),
    }


def _first(notice: Any) -> Told:
    name = notice.organisation
    here = Membership(
        post=notice.post or "", organisation=Organisation(name=name) if name else None
    )
    return Told(notice.person, str(here), notice.runs_rounds, notice)


def _days(notice: Any) -> list[tuple[str, date]]:
    label = Kind(notice.kind).label
    said = [(f"{label[0].lower()}{label[1:]}", notice.day)]
    if notice.kind == Kind.INVITED and notice.accepted_at:
        said.append(("accepted the invitation", timezone.localdate(notice.accepted_at)))
    return said
