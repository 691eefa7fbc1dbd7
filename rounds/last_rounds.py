"""The last rounds up to one of them, and how much was answered in each."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from .models import Answer, LeadUpdate, Round

ROUNDS_SHOWN = 4


@dataclass(frozen=True)
class Share:
    """How much an organisation has answered in one round; nothing where it was not asked."""

    label: str
    sent: int
    asked: int

    def __add__(self, other: "Share") -> "Share":
        return Share(self.label, self.sent + other.sent, self.asked + other.asked)

    @property
    def percent(self) -> int:
        return 100 * self.sent // self.asked if self.asked else 0


def last_rounds(round: Round) -> QuerySet[Round]:
    """The last rounds that were opened, of plans of its kind, up to this one."""
    return (
        Round.objects.filter(partnership_id=round.partnership_id, plan__kind=round.plan.kind)
        .exclude(state=Round.State.PLANNED)
        .filter(period_ends_on__lte=round.period_ends_on)
        .select_related("plan")
        .latest_first()[:ROUNDS_SHOWN]
    )


@dataclass(frozen=True)
class LastRounds:
    """The last rounds up to one of them, oldest first, and what was asked and sent in each.

    `counted` are their updates, each with how many sections it `asked` for and were `sent`.
    """

    rounds: list[Round]
    counted: list[LeadUpdate]

    @classmethod
    def until(cls, round: Round) -> "LastRounds":
        """One query, however many updates there are; a round that was opened has some."""
        counted = (
            LeadUpdate.objects.filter(round__in=last_rounds(round).values("pk"))
            .select_related("round__plan")
            .only(
                "priority_id",
                "lead_text",
                "linked",
                *(f"round__{name}" for name in ("label", "short_label", "period_ends_on", "state")),
                "round__plan__year_label",
            )
            .annotate(
                asked=Count("answers"),
                sent=Count("answers", filter=Q(answers__state__in=Answer.SENT)),
            )
            .order_by("lead_text", "pk")
        )
        rounds = {update.round for update in counted}
        return cls(sorted(rounds, key=lambda each: (each.period_ends_on, each.pk)), list(counted))

    @property
    def has_earlier(self) -> bool:
        return len(self.rounds) > 1

    def answered_before(self, update: LeadUpdate) -> str:
        """When this lead last answered before this round: "Quarter 1, 2023/24, in full"."""
        for round in reversed(self.rounds):
            theirs = [
                count
                for count in self.counted
                if count.round_id == round.pk != update.round_id
                and _is_same_lead(count, update)
                and count.sent
            ]
            if theirs:
                in_full = all(count.sent == count.asked for count in theirs)
                return f"{round.full_label}, {'in full' if in_full else 'in part'}"
        return ""


def _is_same_lead(count: LeadUpdate, update: LeadUpdate) -> bool:
    """The same priority, or in another plan the lead of the same name."""
    if count.priority_id == update.priority_id:
        return True
    return bool(update.lead_text) and count.lead_text == update.lead_text
