"""Partnerships, the organisations and groups in them, and who belongs to them as what."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

# First words of addresses that belong to the portal itself.
RESERVED_SLUGS = frozenset(
    (
        "accounts",
        "admin",
        "api",
        "asked",
        "assets",
        "calendar",
        "feed",
        "help",
        "invitations",
        "media",
        "p",
        "partnerships",
        "public",
        "static",
    )
)

slug_rule = RegexValidator(
    r"\A[a-z0-9]+(?:-[a-z0-9]+)*\Z",
    "Use small letters, figures and single hyphens, such as “swale”.",
)


def refuse_reserved(slug):
    if slug in RESERVED_SLUGS:
        raise ValidationError(f"“{slug}” is an address of the portal itself. Choose another.")


def refuse_pale_colour(colour):
    """White text stands on the colour: WCAG 2.2 (1.4.3) asks for a contrast of 4.5 to 1."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValidationError("Enter a colour as # and six figures or letters, such as #10495a.")
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    contrast = 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    if contrast < 4.5:
        raise ValidationError(
            f"White text on this colour is too faint ({contrast:.1f} to 1; 4.5 to 1 is needed). "
            "Choose a darker one."
        )


class Marking(models.TextChoices):
    """Government security marking of an item (Government Security Classifications Policy)."""

    OFFICIAL = "official", "OFFICIAL"
    SENSITIVE = "official_sensitive", "OFFICIAL-SENSITIVE"


def dates_in_order(name):
    return models.CheckConstraint(
        condition=Q(ends_on__isnull=True)
        | Q(starts_on__isnull=True)
        | Q(ends_on__gte=F("starts_on")),
        name=name,
        violation_error_message="The end cannot be before the start.",
    )


class DatedQuerySet(models.QuerySet):
    """Rows with a first and a last day; an empty day means no limit."""

    def current(self, today):
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=today),
            Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        )

    def not_over(self, today):
        """Those of a day, and those that begin later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))


class RoundMonths(models.IntegerChoices):
    """How long a partnership's rounds are."""

    QUARTER = 3, "Quarters"
    FOUR = 4, "Four months"
    HALF_YEAR = 6, "Half-years"


MOST_REMINDER_DAYS, EARLIEST_REMINDER = 10, 90


def check_reminder_days(days: object) -> None:
    """A few whole numbers of days before the due date, or none."""
    if not isinstance(days, list) or not all(type(day) is int and day >= 0 for day in days):
        raise ValidationError("Enter whole numbers of days, such as 14, 7, 1, 0")
    if len(days) > MOST_REMINDER_DAYS:
        raise ValidationError(f"Enter no more than {MOST_REMINDER_DAYS} days")
    if max(days, default=0) > EARLIEST_REMINDER:
        raise ValidationError(f"Enter no more than {EARLIEST_REMINDER} days before")


def usual_reminder_days() -> list[int]:
    """Two weeks, one week and one day before the due date, and on it."""
    return [14, 7, 1, 0]


class Partnership(models.Model):
    """A Community Safety Partnership."""

    name = models.CharField(max_length=200)
    slug = models.CharField(
        "address",
        max_length=60,
        unique=True,
        validators=[slug_rule, refuse_reserved],
        help_text="First part of every page's address. It cannot be changed later.",
        error_messages={"unique": "Another partnership has this address."},
    )
    national_code = models.CharField(
        "ONS code", max_length=20, blank=True, help_text="Such as E22000183. Leave empty if none."
    )
    brand_colour = models.CharField(
        "colour",
        max_length=7,
        default="#10495a",
        validators=[refuse_pale_colour],
        help_text="Of the header and the buttons, such as #10495a.",
    )
    help_email = models.EmailField("email address for help", blank=True)
    help_telephone = models.CharField("telephone for help", max_length=60, blank=True)
    report_to = models.CharField(
        "reports are to", max_length=200, default="Community Safety Partnership Executive"
    )
    report_introduction = models.TextField(
        "introduction of reports",
        blank=True,
        help_text="First paragraphs of each report, unless the plan has its own.",
    )
    report_standing_text = models.TextField(
        "standing text of reports", blank=True, help_text="Printed at the end of each report."
    )
    round_months = models.PositiveSmallIntegerField(
        "months in a round",
        choices=RoundMonths,
        default=RoundMonths.QUARTER,
    )
    small_base = models.PositiveIntegerField(
        default=20,
        help_text="Below this previous figure no percentage is printed, only the count.",
    )
    small_number_threshold = models.PositiveIntegerField(
        default=5,
        help_text="Counts from 1 to one below this are not shown to the public.",
    )
    default_marking = models.CharField(
        "marking of new texts", max_length=20, choices=Marking, default=Marking.OFFICIAL
    )
    publishes_reports = models.BooleanField(
        "show released reports to everybody",
        default=False,
        help_text="While this is off, the public pages of the partnership do not exist.",
    )
    prints_on_behalf = models.BooleanField(
        "print who gave an answer on a lead's behalf", default=False
    )
    asks_key_issues = models.BooleanField("ask each lead for key issues", default=True)
    asks_groups = models.BooleanField("ask each lead for the updates of groups", default=True)
    asks_themes = models.BooleanField("ask each lead about cross-cutting themes", default=True)
    asking_text = models.TextField(
        "words of the message that asks leads",
        blank=True,
        help_text="Stand in it after the dates.",
    )
    reminder_days = models.JSONField(
        "days of reminders",
        default=usual_reminder_days,
        blank=True,
        validators=[check_reminder_days],
        help_text="How many days before the due date; 0 is the due date itself.",
    )
    rag_meanings = models.JSONField(
        default=dict, blank=True, help_text="By code; what is not here has its usual wording."
    )
    progress_labels = models.JSONField(
        default=dict, blank=True, help_text="By code; what is not here has its usual wording."
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["national_code"],
                condition=~Q(national_code=""),
                name="partnership_one_per_code",
                violation_error_message="Another partnership has this ONS code.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("rounds:home", args=[self.slug])

    @property
    def brand(self) -> str:
        """Its colour as the address of its style sheet has it: "10495a"."""
        return self.brand_colour.removeprefix("#").lower()


class OwnedQuerySet(models.QuerySet):
    """What a partnership owns."""

    def of(self, partnership):
        return self.filter(partnership=partnership)

    def visible_to(self, access):
        """The plan, its figures and its people: for those who may read the plan."""
        from_here = self.of(access.partnership)
        return from_here if access.reads_plan else from_here.none()


class Owned(models.Model):
    """Something one partnership owns, and no other ever sees.

    `owner` names the field whose partnership this row shares.
    """

    owner = ""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        self.take_partnership()

    def take_partnership(self):
        """Take the partnership of the row this one belongs to."""
        if self.owner:
            parent = getattr(self, self.owner, None)
            if parent is not None:
                self.partnership_id = parent.partnership_id

    def refuse_foreign(self, **fields):
        """Refuse what another partnership owns: refuse_foreign(source="an organisation")."""
        for name, what in fields.items():
            chosen = getattr(self, name, None)
            if (
                chosen is not None
                and self.partnership_id is not None
                and chosen.partnership_id != self.partnership_id
            ):
                raise ValidationError({name: f"Choose {what} of the same partnership."})


class Alias(models.Model):
    """A name that something had until a day."""

    name = models.CharField(max_length=200)
    used_until = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-used_until", "name"]

    def __str__(self):
        return self.name


class PartnershipAlias(Alias):
    """An earlier name of a partnership."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="aliases")
    history = HistoricalRecords()

    class Meta(Alias.Meta):
        verbose_name = "earlier name of a partnership"
        verbose_name_plural = "earlier names of partnerships"


class DatedOwnedQuerySet(OwnedQuerySet, DatedQuerySet):
    """Dated rows of a partnership."""


class Organisation(Owned):
    """A council, police force, charity or other body that works in the partnership."""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="organisations"
    )
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60, blank=True)
    national_code = models.CharField(max_length=20, blank=True)
    starts_on = models.DateField("from", null=True, blank=True)
    ends_on = models.DateField("until", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )

    objects = DatedOwnedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "name"],
                name="organisation_one_per_name",
                violation_error_message="This partnership has an organisation of that name.",
            ),
            dates_in_order("organisation_dates_in_order"),
        ]

    def __str__(self):
        return self.name


class OrganisationAlias(Owned, Alias):
    """An earlier name of an organisation."""

    owner = "organisation"
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="aliases")
    history = HistoricalRecords()

    class Meta(Alias.Meta):
        verbose_name = "earlier name of an organisation"
        verbose_name_plural = "earlier names of organisations"


class Group(Owned):
    """A sub-group, panel or forum that reports to the partnership."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=200)
    short_name = models.CharField(
        max_length=40, blank=True, help_text="For narrow places, such as the board."
    )
    reports_to = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sub_groups",
        help_text="Left empty, it reports to the partnership's Executive.",
    )
    starts_on = models.DateField("from", null=True, blank=True)
    ends_on = models.DateField("until", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )

    objects = DatedOwnedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "name"],
                name="group_one_per_name",
                violation_error_message="This partnership has a group of that name.",
            ),
            dates_in_order("group_dates_in_order"),
        ]

    def __str__(self):
        return self.name


class GroupAlias(Owned, Alias):
    """An earlier name of a group."""

    owner = "group"
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="aliases")
    history = HistoricalRecords()

    class Meta(Alias.Meta):
        verbose_name = "earlier name of a group"
        verbose_name_plural = "earlier names of groups"


class Role(models.TextChoices):
    """What a person is in a partnership; `permissions.py` says what each may do."""

    GUEST = "guest", "Guest"
    MEMBER = "member", "Member"
    COORDINATOR = "coordinator", "Coordinator"
    ADMINISTRATOR = "administrator", "Administrator"


class Membership(Owned):
    """A person in a partnership: their post, role and dates there."""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name="person",
    )
    post = models.CharField(max_length=200, help_text="Such as “Strategic lead, Domestic abuse”.")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role, default=Role.MEMBER)
    loads_figures = models.BooleanField("may enter figures", default=False)
    reads_sensitive = models.BooleanField("may read OFFICIAL-SENSITIVE", default=False)
    releases_reports = models.BooleanField(
        "may release reports", default=False, help_text="Counts for coordinators alone."
    )
    starts_on = models.DateField("from", null=True, blank=True)
    ends_on = models.DateField("until", null=True, blank=True)

    objects = DatedOwnedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["post"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "user", "role"],
                condition=Q(ends_on__isnull=True),
                name="membership_one_per_role",
                violation_error_message="This person has this role in the partnership already.",
            ),
            dates_in_order("membership_dates_in_order"),
        ]

    def __str__(self):
        return f"{self.post}, {self.organisation}" if self.organisation else self.post

    def get_absolute_url(self):
        return reverse("administration:person", args=[self.partnership.slug, self.user_id])

    def clean(self):
        super().clean()
        self.refuse_foreign(organisation="an organisation")


class InvitationQuerySet(OwnedQuerySet):
    def waiting(self):
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)


class Invitation(Owned):
    """A message that asks a person to take up their membership; of its link only a hash is kept."""

    owner = "membership"

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="invitations")
    sent_to = models.EmailField(help_text="Opens nothing once the person has another address.")
    token_hash = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")),
                name="invitation_expires_after_sending",
                violation_error_message="An invitation cannot expire before it is sent.",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_accepted_or_withdrawn",
                violation_error_message="An invitation that was accepted cannot be withdrawn.",
            ),
            models.UniqueConstraint(
                fields=["token_hash"],
                name="invitation_one_per_link",
                violation_error_message="Another invitation has this link.",
            ),
        ]

    def __str__(self):
        return f"Invitation of {self.membership}"

    @property
    def message_key(self):
        """What its message is called in the outbox."""
        return f"invitation:{self.pk}"
