"""What is found in a partnership for the words a person looks for, within their rights.

Both databases look for the words as they are typed, without regard to the case of the letters
A to Z. Every word must stand somewhere in the row. What the database finds in the markup of a
rich text and not in its words is left out afterwards, of the latest rows it found.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse

from actions.models import Action
from documents.richtext import plain_words
from partnerships.models import Membership
from partnerships.permissions import Access
from performance.models import Indicator, IndicatorAlias
from rounds.models import Answer, priorities_led_by

from .words import Piece, excerpt, has_all

# More rows than these are not looked at: whoever finds so many needs another word.
MOST_ROWS = 200


@dataclass(frozen=True)
class Hit:
    """One thing that was found: its name, what it is of, and what in it matched."""

    name: str
    address: str
    about: str
    matched: list[tuple[str, list[Piece]]]


@dataclass(frozen=True)
class Found:
    """What was found of one kind."""

    kind: str
    label: str
    hits: list[Hit]
    is_cut: bool


@dataclass(frozen=True)
class _Kind:
    """One kind of thing to look for, and how it is told."""

    label: str
    rows: Callable[[Access], QuerySet]
    fields: Callable[[Access], Sequence[str]]
    texts: Callable[[object, Access], Iterable[tuple[str, str]]]
    tell: Callable[[object, Access], tuple[str, str, str]]
    is_rich: bool = False


def find(access: Access, words: Sequence[str], kinds: Iterable[str]) -> list[Found]:
    """What these words find of each of the kinds; a query or two each."""
    return [_find(kind, access, words) for kind in kinds]


def _find(name: str, access: Access, words: Sequence[str]) -> Found:
    kind = KINDS[name]
    rows = kind.rows(access)
    for word in words:
        asked = Q()
        for field in kind.fields(access):
            asked |= Q(**{f"{field}__icontains": word})
            if kind.is_rich:
                asked |= Q(**{f"{field}__icontains": escape(word, quote=False)})
        rows = rows.filter(asked)
    found = list(rows.distinct()[: MOST_ROWS + 1])
    hits = []
    for row in found[:MOST_ROWS]:
        texts = [(label, text) for label, text in kind.texts(row, access) if text]
        if has_all([text for _, text in texts], words):
            hits.append(_hit(kind, row, access, texts, words))
    return Found(name, kind.label, hits, is_cut=len(found) > MOST_ROWS)


def _hit(kind, row, access, texts, words) -> Hit:
    name, address, about = kind.tell(row, access)
    matched = [(label, excerpt(text, words)) for label, text in texts]
    return Hit(name, address, about, [(label, pieces) for label, pieces in matched if pieces])


# The kinds ----------------------------------------------------------------------------


def _actions(access: Access) -> QuerySet:
    return (
        Action.objects.visible_to(access)
        .select_related("plan", "priority")
        .prefetch_related("milestones")
        .order_by("-plan__starts_on", "priority__order", "order", "pk")
    )


def _texts_of_action(action: Action, access: Access):
    yield "Reference", action.reference
    yield "Title", action.title
    yield "Desired outcome", action.desired_outcome
    yield "Lead", action.lead_text
    for milestone in action.milestones.all():
        yield "Milestone", milestone.title


def _tell_action(action: Action, access: Access):
    about = f"{action.priority}, {action.plan.year_label}"
    address = reverse("rounds:action", args=[access.partnership.slug, action.pk])
    return str(action), address, about


def _answers(access: Access) -> QuerySet:
    return (
        Answer.objects.visible_to(access)
        .exclude(response=Answer.Response.NONE)
        .annotate(
            is_led=Exists(priorities_led_by(access).filter(priority=OuterRef("update__priority")))
        )
        .select_related("update__round__plan", "update__round__partnership")
        .latest_first()
    )


def _texts_of_answer(answer: Answer, access: Access):
    yield "Heading", answer.heading
    yield "Update", plain_words(answer.text)
    yield "Reason for the rating", answer.rag_reason
    yield "Way back to green", answer.way_back


def _tell_answer(answer: Answer, access: Access):
    slug, address = access.partnership.slug, ""
    if access.runs_rounds:
        address = reverse("rounds:read", args=[slug, answer.pk])
    elif answer.action_id:
        address = reverse("rounds:action", args=[slug, answer.action_id])
    elif answer.is_led:
        address = reverse("rounds:update", args=[slug, answer.update_id])
    about = f"{answer.update}, {answer.update.round.full_label}: {answer.get_state_display()}"
    return answer.heading, address, about


def _indicators(access: Access) -> QuerySet:
    aliases = Prefetch("aliases", IndicatorAlias.objects.visible_to(access))
    return Indicator.objects.visible_to(access).select_related("source").prefetch_related(aliases)


def _texts_of_indicator(indicator: Indicator, access: Access):
    yield "Name", indicator.name
    yield "Definition", indicator.definition
    yield "Source", indicator.source.name if indicator.source else ""
    for alias in indicator.aliases.all():
        yield "Earlier name", alias.name


def _tell_indicator(indicator: Indicator, access: Access):
    address = reverse("performance:indicator", args=[access.partnership.slug, indicator.pk])
    return indicator.name, address, str(indicator.source or "")


def _people(access: Access) -> QuerySet:
    return (
        Membership.objects.visible_to(access)
        .current(access.today)
        .select_related("organisation", "user")
    )


def _fields_of_person(access: Access) -> Sequence[str]:
    shown = ("post", "organisation__name")
    return (*shown, "user__full_name", "user__email") if _names_people(access) else shown


def _names_people(access: Access) -> bool:
    """Names and email addresses are for those who keep them or ask them to answer."""
    return access.keeps_people or access.runs_rounds


def _texts_of_person(membership: Membership, access: Access):
    yield "Post", membership.post
    yield "Organisation", membership.organisation.name if membership.organisation else ""
    if _names_people(access):
        yield "Name", membership.user.full_name
        yield "Email", membership.user.email


def _tell_person(membership: Membership, access: Access):
    address = ""
    if access.keeps_people:
        slug = access.partnership.slug
        address = reverse("administration:person", args=[slug, membership.user_id])
    name = membership.user.full_name if _names_people(access) else ""
    return str(membership), address, name


KINDS = {
    "actions": _Kind(
        "Actions",
        _actions,
        lambda access: ("reference", "title", "desired_outcome", "lead_text", "milestones__title"),
        _texts_of_action,
        _tell_action,
    ),
    "answers": _Kind(
        "Updates",
        _answers,
        lambda access: ("reference", "title", "text", "rag_reason", "way_back"),
        _texts_of_answer,
        _tell_answer,
        is_rich=True,
    ),
    "figures": _Kind(
        "Figures",
        _indicators,
        lambda access: ("name", "definition", "source__name", "aliases__name"),
        _texts_of_indicator,
        _tell_indicator,
    ),
    "people": _Kind("People", _people, _fields_of_person, _texts_of_person, _tell_person),
}
