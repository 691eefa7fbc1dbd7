"""Destroying: issued reports and the words that may not stand anywhere, when two people agree.

One site administrator asks, another agrees within a week. Then, in one transaction, the files of
the reports are emptied, their public editions are withdrawn, and the words are taken out of every
place that was chosen and out of its history. What remains is when, why, who and the hashes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from json import dumps

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from documents.removal import Words
from partnerships.models import Partnership
from partnerships.refusals import Refused
from rounds.models import Round

from ..models import (
    Destruction,
    DestructionRequest,
    IssuedReport,
    IssuedReportQuerySet,
    ReportFile,
    Withdrawal,
)
from ..places import How, Place, frozen_places_of, places_of
from ..purging import (
    empty_files,
    forget_tried_links,
    forget_words,
    overwrite_what_is_freed,
    purge,
)
from .telling import tell_second_person


@dataclass(frozen=True)
class Findings:
    """Where the words stand in a partnership at this moment."""

    is_in_report: bool
    others: tuple[IssuedReport, ...]
    """Other issued reports with them."""
    places: tuple[Place, ...]
    frozen: tuple[str, ...]
    """What can never be changed: reasons that were given for issued reports."""

    @property
    def looked_at(self) -> str:
        """Tells what was found from anything else, so that nothing unseen is agreed to."""
        said = [
            self.is_in_report,
            [report.pk for report in self.others],
            [asdict(place) for place in self.places],
        ]
        return sha256(dumps(said).encode()).hexdigest()


class FindingsChanged(Refused):
    """What would be destroyed is not what was looked at."""

    def __init__(self) -> None:
        super().__init__("The words stand in other places than when you looked.")


def findings_of(report: IssuedReport, words: Iterable[str]) -> Findings:
    sought = Words.of(words)
    holding = _with_words(report.partnership, sought)
    return Findings(
        is_in_report=report in holding,
        others=tuple(other for other in holding if other != report),
        places=tuple(places_of(report.partnership, sought)),
        frozen=tuple(frozen_places_of(report.partnership, sought)),
    )


def _undestroyed(partnership: Partnership) -> IssuedReportQuerySet:
    found = IssuedReport.objects.with_what_became().latest_first()
    return found.filter(partnership=partnership, destruction__isnull=True)


def _with_words(partnership: Partnership, sought: Words) -> list[IssuedReport]:
    """The reports whose web pages say them: the other files of an edition say the same."""
    standing = _undestroyed(partnership)
    pages = ReportFile.objects.filter(report__in=standing, format="html").order_by("pk")
    # One page is in memory at a time.
    holding = {
        number
        for number, content in pages.values_list("report", "content").iterator(chunk_size=1)
        if sought.stand_in(bytes(content).decode())
    }
    return [report for report in standing if report.pk in holding]


# Asking ---------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_destroy(
    *,
    report: IssuedReport,
    by: User,
    now: datetime,
    words: list[str],
    reason: str,
    looked_at: str,
    also: Iterable[int],
    purges: Mapping[str, str],
) -> DestructionRequest:
    """Ask a second site administrator; `looked_at` is of the findings that the first one saw."""
    _require_site_administrator(by)
    Partnership.objects.select_for_update().get(pk=report.partnership_id)
    report = IssuedReport.objects.with_what_became().get(pk=report.pk)
    if report.is_destroyed:
        raise Refused("Its files were destroyed already.")
    requests = DestructionRequest.objects.filter(partnership=report.partnership)
    if requests.waiting(now).exists():
        raise Refused("Another request waits in this partnership. Agree to it or call it off.")
    if Words.of(words).stand_in(reason):
        raise Refused("The reason stays for good: write it without the words that must go.")
    findings = findings_of(report, words)
    if findings.looked_at != looked_at:
        raise FindingsChanged
    offered = {other.pk for other in findings.others}
    chosen = {key: How(how) for key, how in purges.items() if how != How.LEAVE}
    if not offered.issuperset(also) or not chosen.keys() <= {each.key for each in findings.places}:
        raise FindingsChanged
    forget_words(report.partnership)
    request = DestructionRequest.objects.create(
        partnership_id=report.partnership_id,
        report=report,
        also=sorted(also),
        words=words,
        purges=chosen,
        reason=reason,
        asked_at=now,
        asked_by=by,
    )
    tell_second_person(request, now=now)
    return request


@transaction.atomic
def call_off(*, request: DestructionRequest, by: User, now: datetime) -> None:
    _require_site_administrator(by)
    request = DestructionRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not request.is_waiting(now):
        raise Refused("It waits no longer, so that there is nothing to call off.")
    request.called_off_at, request.called_off_by, request.words = now, by, []
    request.save()
    forget_words(request.partnership)


# Agreeing -------------------------------------------------------------------------------------


@transaction.atomic
def agree_to_destroy(
    *, request: DestructionRequest, by: User, now: datetime, looked_at: str
) -> None:
    """Do what was asked, as the second person; it cannot be undone."""
    _require_site_administrator(by)
    overwrite_what_is_freed()
    _hold(request.partnership)
    request = DestructionRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not request.is_waiting(now):
        raise Refused("It waits no longer: it was agreed to, called off, or has run out.")
    if request.asked_by_id == by.pk:
        raise Refused("You asked for this. Another site administrator has to agree.")
    if findings_of(request.report, request.words).looked_at != looked_at:
        raise FindingsChanged
    numbers = [request.report_id, *request.also]
    for report in _undestroyed(request.partnership).filter(pk__in=numbers):
        _destroy(report, request, by, now)
    _purge(request, now)
    request.agreed_at, request.agreed_by, request.words = now, by, []
    request.save()
    forget_words(request.partnership)
    forget_tried_links(request.partnership)


def _hold(partnership: Partnership) -> None:
    """Meanwhile nobody releases or withdraws a report, nor issues one with the old text."""
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    rounds = Round.objects.select_for_update(of=("self",)).filter(partnership=partnership)
    list(rounds.order_by("pk").values_list("pk", flat=True))


def _destroy(report: IssuedReport, request: DestructionRequest, by: User, now: datetime) -> None:
    files = ReportFile.objects.filter(report=report)
    was_public = report.is_public
    Destruction.objects.create(
        partnership_id=report.partnership_id,
        report=report,
        destroyed_at=now,
        destroyed_by_id=request.asked_by_id,
        agreed_by=by,
        reason=request.reason,
        hashes=dict(files.order_by("pk").values_list("name", "sha256")),
    )
    if was_public:
        Withdrawal.objects.create(
            partnership_id=report.partnership_id,
            report=report,
            withdrawn_at=now,
            withdrawn_by=by,
            reason=request.reason,
        )
    empty_files(report)


def _purge(request: DestructionRequest, now: datetime) -> None:
    words = Words.of(request.words)
    chosen = {key: How(how) for key, how in request.purges.items()}
    instead = f"[removed on {timezone.localdate(now):%-d %B %Y}]"
    try:
        with transaction.atomic():
            purge(request.partnership, chosen, words, instead=instead, now=now)
    except IntegrityError as error:
        raise Refused(
            "Without the words two things would have the same name. Give one of them another "
            "name first, then ask again."
        ) from error
    left = [place.what for place in places_of(request.partnership, words) if place.key in chosen]
    if left:
        raise Refused(f"The words could not be taken out of {left[0]}.")


def _require_site_administrator(person: User) -> None:
    if not (person.is_superuser and person.is_active):
        raise PermissionDenied("Only a site administrator may do this.")
