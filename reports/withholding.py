"""What of a round is not for publication, and the blanks that stand in its place.

The public edition is worked out from answers out of which everything withheld has been taken
before anything is computed: what is not there cannot be printed, counted or compared by mistake.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from actions.models import Action
from partnerships.models import Marking
from rounds.models import Answer, LeadUpdate, Round

from .past import Past
from .priority import NOT_PUBLISHED


@dataclass(frozen=True)
class Withheld:
    """Everything withheld in a round and before it; in the full edition there is nothing."""

    answers: frozenset[int] = frozenset()
    """Those of the round itself and of earlier rounds, by number."""
    actions: frozenset[int] = frozenset()
    """Those with a withheld answer in the round or before it, and those of withheld titles."""
    titles: frozenset[int] = frozenset()
    """The actions whose titles are withheld, and with them all that is said of them."""
    is_public: bool = False

    @classmethod
    def of(cls, round: Round, answers: Iterable[Answer]) -> "Withheld":
        """Two queries; `answers` are those of the round."""
        titles = frozenset(
            Action.objects.filter(
                partnership=round.partnership_id, title_is_withheld=True
            ).values_list("pk", flat=True)
        )
        withheld = {
            answer.pk: answer.action_id
            for answer in answers
            if answer.is_withheld or answer.is_sensitive or answer.action_id in titles
        }
        withheld.update(_withheld_before(round, titles))
        actions = titles | {action for action in withheld.values() if action}
        return cls(frozenset(withheld), frozenset(actions), titles, is_public=True)

    def published(self, answer: Answer) -> Answer:
        """An answer of the round as the edition may know it: a blank unless it was sent.

        The blank has its heading and nothing else, and says whether it stands in for one that
        is withheld.
        """
        if self._lets_through(answer):
            return answer
        has_title = answer.action_id not in self.titles
        return self._blank(
            pk=answer.pk,
            partnership_id=answer.partnership_id,
            update=answer.update,
            kind=answer.kind,
            action_id=answer.action_id,
            group_heading_id=answer.group_heading_id,
            reference=answer.reference if has_title else "",
            title=answer.title if has_title else NOT_PUBLISHED,
            order=answer.order,
        )

    def published_before(self, answer: Answer) -> Answer:
        """The same for one of an earlier round, of which headings are not known."""
        if self._lets_through(answer):
            return answer
        return self._blank(
            pk=answer.pk,
            kind=Answer.Kind.ACTION,
            action_id=answer.action_id,
        )

    def _blank(self, **fields: Any) -> Answer:
        blank = Answer(**fields)
        blank.stands_in = blank.pk in self.answers
        return blank

    def _lets_through(self, answer: Answer) -> bool:
        return not self.is_public or (answer.is_sent and answer.pk not in self.answers)

    def sections_of_figures(
        self, updates: Iterable[tuple[LeadUpdate, list[Answer]]]
    ) -> frozenset[int]:
        """The priorities of which no figure is published."""
        return frozenset(
            update.priority_id
            for update, found in updates
            if any(answer.is_figures and answer.pk in self.answers for answer in found)
        )

    def untold(self, past: Past) -> frozenset[int]:
        """The actions of which nothing is compared: a withheld answer would be part of it."""
        now = {action for _, action in past.said}
        return frozenset(action for action in now if past.lineage.of(action) & self.actions)


NOTHING_WITHHELD = Withheld()


def _withheld_before(round: Round, titles: frozenset[int]) -> Iterable[tuple[int, int]]:
    """The answers about actions in earlier rounds, each with its action.

    Withheld is what is marked so today, and what was when its round closed: taking that back
    afterwards does not print, in a later report, what was left out of its own.
    """
    then = Answer.history.filter(
        id=OuterRef("pk"), history_date__lte=OuterRef("update__round__closed_at")
    ).order_by("-history_date", "-history_id")
    found: Iterable[tuple[int, int]] = (
        Answer.objects.filter(
            partnership=round.partnership_id,
            kind=Answer.Kind.ACTION,
            update__round__period_ends_on__lt=round.period_ends_on,
        )
        .annotate(
            withheld_then=Subquery(then.values("is_withheld")[:1]),
            marking_then=Subquery(then.values("marking")[:1]),
        )
        .filter(
            Q(is_withheld=True)
            | Q(marking=Marking.SENSITIVE)
            | Q(withheld_then=True)
            | Q(marking_then=Marking.SENSITIVE)
            | Q(action__in=titles)
        )
        .order_by()
        .values_list("pk", "action_id")
    )
    return found


def published_updates(
    updates: Iterable[tuple[LeadUpdate, list[Answer]]], withheld: Withheld
) -> list[tuple[LeadUpdate, list[Answer]]]:
    return [(update, [withheld.published(each) for each in found]) for update, found in updates]
