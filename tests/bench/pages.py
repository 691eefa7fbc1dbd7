"""The main pages, and beside three of them a bare view of the same rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path, reverse

from actions.models import Action, ActionLead, ActionLink, Milestone
from performance.models import Reading
from reports.past import ROUNDS_SHOWN
from rounds.action_page import ANSWERS_ON_A_PAGE
from rounds.models import Answer, LeadUpdate, Round

from .measuring import expect, signed_in
from .seeding import TEXT, Place

BARE = engines["django"].from_string(
    "<!DOCTYPE html><title>Bare</title><table>{% for row in rows %}<tr>"
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


def cells(rows):
    """Every field that was fetched of each row, as a table's cells."""
    for row in rows:
        left = row.get_deferred_fields()
        names = [field.attname for field in row._meta.concrete_fields]
        yield [getattr(row, name) for name in names if name not in left]


def bare(find: Callable):
    @login_required
    def view(request, pk):
        rows = [cell for rows in find(pk) for cell in cells(rows)]
        return HttpResponse(BARE.render({"rows": rows}, request))

    return view


def rows_of_list(pk):
    actions = Action.objects.filter(plan=pk)
    latest = Answer.objects.filter(action__plan=pk, update__round__slug="q1")
    return actions, Milestone.objects.filter(action__plan=pk), latest


def rows_of_action(pk):
    said = Answer.objects.filter(action=pk).select_related("update__round")
    answers = said.order_by("-period_ends_on", "-pk")[:ANSWERS_ON_A_PAGE]
    links = ActionLink.objects.filter(Q(earlier=pk) | Q(later=pk))
    leads = ActionLead.objects.filter(action=pk)
    return Action.objects.filter(pk=pk), Milestone.objects.filter(action=pk), answers, links, leads


def rows_of_report(pk):
    round = Round.objects.get(pk=pk)
    year_ago = round.period_starts_on - timedelta(days=640)
    readings = Reading.objects.current().filter(
        partnership=round.partnership_id, period_starts_on__gte=year_ago
    )
    this = LeadUpdate.objects.filter(round=pk)
    earlier = Round.objects.filter(plan=round.plan_id, period_ends_on__lt=round.period_ends_on)
    shown = list(earlier.latest_first()[: ROUNDS_SHOWN - 1])
    before = Answer.objects.filter(update__round__in=shown, kind=Answer.Kind.ACTION).defer("text")
    return this, Answer.objects.filter(update__round=pk), shown, before, readings


urlpatterns = [
    path("bench/list/<int:pk>/", bare(rows_of_list), name="bare_list"),
    path("bench/action/<int:pk>/", bare(rows_of_action), name="bare_action"),
    path("bench/report/<int:pk>/", bare(rows_of_report), name="bare_report"),
    path("", include("cspportal.urls")),
]


@dataclass(frozen=True)
class Page:
    """A page that is measured, by whom, and its bare counterpart with the goal against it."""

    name: str
    ask: Callable
    bare: Callable | None = None
    goal: float = 0


def pages(place: Place) -> list[Page]:
    action = place.plan.actions.get(reference="2.3")
    answer = Answer.objects.get(update__round=place.round, action=action)
    reader, lead = signed_in(place.coordinator), signed_in(place.lead)

    def get(name, *args):
        address = reverse(name, args=args)
        return lambda: expect(200, reader.get(address))

    def save():
        version = Answer.objects.values_list("version", flat=True).get(pk=answer.pk)
        address = reverse("rounds:answer", args=[place.slug, answer.pk])
        typed = {
            "version": version,
            "response": "written",
            "text": f"{TEXT}<p>{version}</p>",
            "text_format": "html",
            "progress": "in_progress",
            "rag": "green",
        }
        expect(302, lead.post(address, typed))

    Answer.objects.filter(pk=answer.pk).update(state=Answer.State.SUBMITTED, accepted_at=None)
    return [
        Page(
            "list",
            get("rounds:plan", place.slug, place.plan.pk),
            get("bare_list", place.plan.pk),
            2,
        ),
        Page(
            "action",
            get("rounds:action", place.slug, action.pk),
            get("bare_action", action.pk),
            2,
        ),
        Page("board", get("rounds:board", place.slug, place.round.pk)),
        Page(
            "report",
            get("reports:report", place.slug, place.round.pk),
            get("bare_report", place.round.pk),
            3,
        ),
        Page("saving", save),
    ]
