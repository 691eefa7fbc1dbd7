"""What the page of a request to destroy says, to whoever asked and to whoever is to agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from .models import DestructionRequest, IssuedReport
from .places import How, Place
from .services.destroying import findings_of
from .taking_back_forms import ways_of


@dataclass(frozen=True)
class Chosen:
    """A place with what was chosen for it, in words."""

    place: Place
    way: str


@dataclass(frozen=True)
class RequestPage:
    request: DestructionRequest
    state: str
    is_waiting: bool
    can_agree: bool
    """Whoever asked cannot."""
    reports: Sequence[IssuedReport]
    """Those that are destroyed with it."""
    purged: Sequence[Chosen] = ()
    left: Sequence[Place] = ()
    """Where the words stand and stay."""
    other_reports: Sequence[IssuedReport] = ()
    """Other issued reports that hold the words and stay."""
    frozen: Sequence[str] = ()
    looked_at: str = ""


def page_of(request, person, now):
    """While it waits, what would be destroyed is looked for anew."""
    reports = list(
        IssuedReport.objects.of(request.partnership)
        .filter(pk__in=[request.report_id, *request.also])
        .with_what_became()
        .latest_first()
    )
    if not request.is_waiting(now):
        return RequestPage(request, _state(request), False, False, reports)
    findings = findings_of(request.report, request.words)
    chosen = request.purges
    return RequestPage(
        request=request,
        state="Waits for a second person",
        is_waiting=True,
        can_agree=request.asked_by_id != person.pk,
        reports=reports,
        purged=[
            Chosen(place, _way(place, chosen[place.key]))
            for place in findings.places
            if place.key in chosen
        ],
        left=[place for place in findings.places if place.key not in chosen],
        other_reports=[other for other in findings.others if other.pk not in request.also],
        frozen=findings.frozen,
        looked_at=findings.looked_at,
    )


def _way(place, how):
    return dict(ways_of(place.key))[How(how).value]


def _state(request):
    if request.agreed_at:
        return "Agreed to, and done"
    if request.called_off_at:
        return "Called off: nothing was destroyed"
    return "Ran out: nobody agreed within seven days, and nothing was destroyed"
