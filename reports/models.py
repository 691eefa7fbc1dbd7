"""Reports as they were issued: their files, and what happened to them since. None is ever changed.

The database itself refuses to change or delete a row of these tables (`frozen.py`), but of the
last two: a request to destroy is no more than that until a second person has agreed, and what came
of trying a link is soon forgotten.
"""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from partnerships.models import Marking, Owned, OwnedQuerySet
from rounds.models import Round

from .editions import WITHHELD, Edition
from .reaching import Outcome

EDITION_NAMES = [
    (Edition.FULL.value, "Full edition"),
    (Edition.PUBLIC.value, "Public edition"),
    (WITHHELD, "What the public edition leaves out"),
]

sha256_rule = RegexValidator(r"\A[0-9a-f]{64}\Z", "A SHA-256 is 64 figures and letters a to f.")


class IssuedReportQuerySet(OwnedQuerySet):
    """Visible to everybody who reads the plan; their files ask for more."""

    def latest_first(self) -> Self:
        return self.order_by("-round__period_starts_on", "-round", "-version")

    def on_public_list(self):
        """The latest released version of each round, unless it was taken back.

        One that it corrected does not come back in its place.
        """
        latest = Release.objects.filter(report__round=models.OuterRef("round"))
        latest = latest.order_by("-report__version").values("report")[:1]
        return self.filter(
            pk=models.Subquery(latest), withdrawal__isnull=True, destruction__isnull=True
        ).latest_first()

    def with_what_became(self) -> Self:
        """With its round, and whether it was released, withdrawn or destroyed."""
        return self.select_related(
            "round__plan",
            "round__partnership",
            "partnership",
            "release",
            "withdrawal",
            "destruction",
        )


class IssuedReport(Owned):
    """The report of a round as it was issued: one version of it, frozen."""

    owner = "round"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="issued_reports")
    version = models.PositiveIntegerField()
    reason = models.TextField("reason for the correction", blank=True)
    layout_version = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    post = models.TextField(help_text="Of who issued it, on that day.")
    marking = models.CharField(max_length=20, choices=Marking)
    content_hash = models.CharField(
        max_length=64,
        validators=[sha256_rule],
        help_text="Of what was looked at before it was issued, all editions together.",
    )

    objects = IssuedReportQuerySet.as_manager()

    class Meta:
        ordering = ["round", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "version"],
                name="issuedreport_one_per_version",
                violation_error_message="This version has been issued already.",
            ),
            models.CheckConstraint(
                condition=Q(version=1, reason="") | (Q(version__gt=1) & ~Q(reason="")),
                name="issuedreport_correction_has_reason",
                violation_error_message="Say why the report is corrected.",
            ),
        ]

    def __str__(self):
        return f"{self.round}, version {self.version}"

    def get_absolute_url(self):
        return reverse("reports:issued", args=[self.partnership.slug, self.pk])

    @property
    def public_address(self):
        """Of this version for everybody, for good; round and partnership keep their slugs."""
        return reverse("public:report", args=[self.partnership.slug, self.round.slug, self.version])

    @property
    def is_sensitive(self):
        return self.marking == Marking.SENSITIVE

    @property
    def is_released(self):
        return hasattr(self, "release")

    @property
    def is_withdrawn(self):
        return hasattr(self, "withdrawal")

    @property
    def is_public(self):
        """Released, and not taken back since; whether its partnership shows it is another thing."""
        return self.is_released and not (self.is_withdrawn or self.is_destroyed)

    @property
    def is_destroyed(self):
        return hasattr(self, "destruction")


class ReportFileQuerySet(OwnedQuerySet):
    def visible_to(self, access):
        """The full edition as its marking allows; the public one is the coordinator's until then.

        "Then" is its release, after which it is for everybody who reads the plan. What it leaves
        out stays the coordinator's.
        """
        found = super().visible_to(access)
        if access.runs_rounds:
            return found
        full = Q(edition=Edition.FULL)
        if not access.reads_sensitive:
            full &= Q(report__marking=Marking.OFFICIAL)
        withdrawn = Withdrawal.objects.filter(report=models.OuterRef("report"))
        released = Q(edition=Edition.PUBLIC, report__release__isnull=False)
        return found.filter(full | (released & ~models.Exists(withdrawn)))

    def without_content(self):
        return self.defer("content")


class ReportFile(Owned):
    """One edition of an issued report as one kind of file: its bytes, never rendered again.

    What its public edition leaves out is kept in the same way, as a web page.
    """

    owner = "report"

    report = models.ForeignKey(IssuedReport, on_delete=models.PROTECT, related_name="files")
    edition = models.CharField(max_length=10, choices=EDITION_NAMES)
    format = models.CharField(max_length=10, help_text="As its name ends: html, docx, pdf, json.")
    name = models.CharField(max_length=200)
    content = models.BinaryField(help_text="Empty once the report was destroyed.")
    sha256 = models.CharField(max_length=64, validators=[sha256_rule])
    size = models.PositiveIntegerField(help_text="In bytes.")

    objects = ReportFileQuerySet.as_manager()

    class Meta:
        ordering = ["edition", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "edition", "format"],
                name="reportfile_one_per_format",
                violation_error_message="This edition has that file already.",
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0),
                name="reportfile_not_empty",
                violation_error_message="A file of a report is never empty.",
            ),
        ]

    def __str__(self):
        return self.name


class Release(Owned):
    """The public edition of an issued report put on the web, by somebody who may."""

    owner = "report"

    report = models.OneToOneField(IssuedReport, on_delete=models.PROTECT, related_name="release")
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-released_at"]

    def __str__(self):
        return f"Release of {self.report}"


class Withdrawal(Owned):
    """The public edition of an issued report taken back, with the reason."""

    owner = "report"

    report = models.OneToOneField(IssuedReport, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField()

    class Meta:
        ordering = ["-withdrawn_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="withdrawal_has_reason",
                violation_error_message="Say why it is withdrawn.",
            ),
        ]

    def __str__(self):
        return f"Withdrawal of {self.report}"


class Destruction(Owned):
    """That the files of an issued report were emptied, why, and who agreed; the hashes stay."""

    owner = "report"

    report = models.OneToOneField(
        IssuedReport, on_delete=models.PROTECT, related_name="destruction"
    )
    destroyed_at = models.DateTimeField()
    destroyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField()
    hashes = models.JSONField(help_text="The SHA-256 of each file by its name.")

    class Meta:
        ordering = ["-destroyed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="destruction_has_reason",
                violation_error_message="Say why it is destroyed.",
            ),
            models.CheckConstraint(
                condition=~Q(destroyed_by=F("agreed_by")),
                name="destruction_by_two_people",
                violation_error_message="A second person has to agree.",
            ),
        ]

    def __str__(self):
        return f"Destruction of {self.report}"


class DestructionRequestQuerySet(OwnedQuerySet):
    def waiting(self, now: datetime) -> Self:
        """Those that somebody can still agree to."""
        return self.filter(
            agreed_at__isnull=True,
            called_off_at__isnull=True,
            asked_at__gt=now - DestructionRequest.LASTS,
        )


class DestructionRequest(Owned):
    """One site administrator asks to destroy issued reports and words; another has to agree."""

    LASTS = timedelta(days=7)

    owner = "report"

    report = models.ForeignKey(
        IssuedReport, on_delete=models.PROTECT, related_name="destruction_requests"
    )
    also = models.JSONField(
        default=list, blank=True, help_text="The numbers of other issued reports to destroy."
    )
    words = models.JSONField(
        default=list, blank=True, help_text="What must go; empty once they have, or may stay."
    )
    purges = models.JSONField(
        default=dict, blank=True, help_text="How each chosen place is purged, by its key."
    )
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DestructionRequestQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="destructionrequest_has_reason",
                violation_error_message="Say why it is to be destroyed.",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")),
                name="destructionrequest_by_two_people",
                violation_error_message="A second person has to agree.",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(called_off_at__isnull=True),
                name="destructionrequest_ends_once",
                violation_error_message="What was called off cannot be agreed to.",
            ),
        ]

    def __str__(self):
        return f"Request to destroy {self.report}"

    def get_absolute_url(self):
        return reverse("destroying:request", args=[self.partnership.slug, self.pk])

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + self.LASTS

    def is_waiting(self, now: datetime) -> bool:
        return not self.agreed_at and not self.called_off_at and now < self.expires_at


class TriedLinkQuerySet(OwnedQuerySet):
    def lately(self, now: datetime) -> Self:
        """Those that are not too old to be believed."""
        return self.filter(tried_at__gt=now - TriedLink.KEPT)


class TriedLink(Owned):
    """What came of asking whether an address that stands in texts answers: the last time only."""

    KEPT = timedelta(days=90)

    address = models.TextField()
    address_hash = models.CharField(
        max_length=64, validators=[sha256_rule], help_text="An address may be too long to be a key."
    )
    outcome = models.CharField(max_length=20, choices=Outcome)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="As in 404.")
    led_to = models.TextField(blank=True, help_text="Where it was sent on to, if it was.")
    tried_at = models.DateTimeField()

    objects = TriedLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-tried_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "address_hash"],
                name="triedlink_one_per_address",
                violation_error_message="What came of this address is kept already.",
            ),
        ]

    def __str__(self):
        return self.address
