"""How far rounds are for those who run them, and what a closed one still wants of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from .models import Answer, Round

State = Answer.State


@dataclass(frozen=True)
class Progress:
    """A round that was opened, with its sections counted: asked for, and how many are how far.

    The round comes from `with_issued`.
    """

    round: Round
    asked: int
    to_read: int
    accepted: int
    drafts: int

    @property
    def not_sent(self) -> int:
        return self.asked - self.to_read - self.accepted

    @property
    def is_finished(self) -> bool:
        """Whether nothing waits to be accepted and its report has been issued."""
        return bool(self.round.issued_version) and not self.to_read

    @property
    def wants(self) -> str:
        """What is still to be done, as in "3 answers are still to be accepted"."""
        waiting = f"{self.to_read} answer{' is' if self.to_read == 1 else 's are'}"
        is_open = self.round.is_open
        said = [
            "it is still open" if is_open else "",
            f"{waiting} still to be accepted" if self.to_read else "",
            "" if is_open or self.round.issued_version else "its report has not been issued",
        ]
        return " and ".join(each for each in said if each)


def progress_of(rounds: Sequence[Round]) -> list[Progress]:
    """Of each of these rounds, in their order; one query."""
    counted = (
        Answer.objects.filter(update__round__in=rounds)
        .order_by()
        .values("update__round")
        .annotate(
            asked=Count("pk"),
            to_read=Count("pk", filter=Q(state=State.SUBMITTED)),
            accepted=Count("pk", filter=Q(state=State.ACCEPTED)),
            drafts=Count("pk", filter=Q(state=State.DRAFT)),
        )
    )
    counts = {row.pop("update__round"): row for row in counted}
    nothing = {"asked": 0, "to_read": 0, "accepted": 0, "drafts": 0}
    return [Progress(round, **counts.get(round.pk, nothing)) for round in rounds]


def last_closed(rounds: Iterable[Round]) -> list[Round]:
    """Of rounds, latest first, the last closed one of each partnership and kind of plan.

    Nothing can be changed in a round of a closed plan, so those are left out.
    """
    found: dict[tuple[int, str], Round] = {}
    for round in rounds:
        if round.is_closed and round.plan.closed_at is None:
            found.setdefault((round.partnership_id, round.plan.kind), round)
    return list(found.values())


def to_look_at(rounds: Sequence[Round]) -> list[Round]:
    """The closed rounds that may want something, of all these, latest first.

    Two at most of each partnership and kind of plan: the last, to which late answers may come
    after its report was issued, and the last without an issued report.
    """
    unissued = [round for round in rounds if not round.issued_version]
    return list(dict.fromkeys([*last_closed(rounds), *last_closed(unissued)]))


def unfinished_before(round: Round) -> Progress | None:
    """The round before this one, of plans of its kind, where it is not finished; two queries."""
    earlier = (
        Round.objects.filter(
            partnership_id=round.partnership_id,
            plan__kind=round.plan.kind,
            plan__closed_at__isnull=True,
            period_ends_on__lt=round.period_ends_on,
        )
        .exclude(state=Round.State.PLANNED)
        .with_issued()
        .select_related("plan", "partnership")
        .latest_first()[:1]
    )
    return next((each for each in progress_of(list(earlier)) if not each.is_finished), None)
