"""Rows for tests, with fixed values: a row that belongs to another shares its partnership.

    action = ActionFactory(priority=priority, reference="2.7")
    coordinator = MembershipFactory(partnership=partnership, coordinator=True)

A year of a partnership whose round is open is one call in `tests/scenes.py`.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from zoneinfo import ZoneInfo

import factory
from factory import LazyAttribute, SelfAttribute, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from accounts.models import User
from actions.models import Action, ActionLead, Milestone
from mail.models import Message
from partnerships.models import (
    Group,
    Invitation,
    Membership,
    Organisation,
    Partnership,
    Role,
)
from performance.models import Indicator, IndicatorAlias, PriorityIndicator, Reading
from priorities.models import GroupHeading, Plan, Priority, PriorityLead
from reports.models import (
    Destruction,
    DestructionRequest,
    IssuedReport,
    Release,
    ReportFile,
    TriedLink,
    Withdrawal,
)
from rounds.models import (
    Delegation,
    Draft,
    Meeting,
    MeetingItem,
    Notice,
    Opened,
    Round,
    WordForm,
    WordUpload,
)

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2023, 10, 20, 10, 0, tzinfo=LONDON)
"""A Friday morning in the days when Quarter 2 of 2023/24 is answered."""

PASSWORD = "a long enough password"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = Sequence(lambda n: f"person{n}@example.org")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class PartnershipFactory(DjangoModelFactory):
    class Meta:
        model = Partnership

    name = Sequence(lambda n: f"Partnership {n}")
    slug = Sequence(lambda n: f"partnership-{n}")
    help_email = "help@example.org"
    help_telephone = "01632 960123"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    partnership = SubFactory(PartnershipFactory)
    name = Sequence(lambda n: f"Organisation {n}")


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group

    partnership = SubFactory(PartnershipFactory)
    name = Sequence(lambda n: f"Group {n}")


class MembershipFactory(DjangoModelFactory):
    """A member, unless asked for another: `MembershipFactory(coordinator=True)`."""

    class Meta:
        model = Membership

    class Params:
        member = Trait(role=Role.MEMBER, post="Member of the Executive")
        coordinator = Trait(role=Role.COORDINATOR, post="Coordinator")
        administrator = Trait(role=Role.ADMINISTRATOR, post="Administrator")
        guest = Trait(role=Role.GUEST, post="Guest")

    partnership = SubFactory(PartnershipFactory)
    user = SubFactory(UserFactory)
    role = Role.MEMBER
    post = "Member of the Executive"


class InvitationFactory(DjangoModelFactory):
    """An invitation that waits, sent on 20 October 2023 for fourteen days."""

    class Meta:
        model = Invitation

    partnership = SelfAttribute("membership.partnership")
    membership = SubFactory(MembershipFactory)
    sent_to = SelfAttribute("membership.user.email")
    token_hash = Sequence(lambda n: f"{n:064x}")
    sent_at = NOW
    sent_by = SubFactory(UserFactory)
    expires_at = NOW + timedelta(days=14)


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan

    partnership = SubFactory(PartnershipFactory)
    title = "Community Safety Plan 2023/24"
    year_label = "2023/24"
    slug = "2023-24"
    starts_on = date(2023, 4, 1)
    ends_on = date(2024, 3, 31)


class PriorityFactory(DjangoModelFactory):
    """A priority, or with `theme=True` a cross-cutting theme."""

    class Meta:
        model = Priority

    class Params:
        theme = Trait(kind=Priority.Kind.THEME, title=Sequence(lambda n: f"Theme {n}"))

    partnership = SelfAttribute("plan.partnership")
    plan = SubFactory(PlanFactory)
    kind = Priority.Kind.PRIORITY
    reference = Sequence(str)
    title = Sequence(lambda n: f"Title of priority {n}")
    lead_text = "Strategic lead"
    order = Sequence(lambda n: n * 10)


class PriorityLeadFactory(DjangoModelFactory):
    """A person who leads; `membership=None, organisation=…` for an organisation."""

    class Meta:
        model = PriorityLead

    partnership = SelfAttribute("priority.partnership")
    priority = SubFactory(PriorityFactory)
    membership = SubFactory(
        MembershipFactory, partnership=SelfAttribute("..partnership"), post="Strategic lead"
    )


class GroupHeadingFactory(DjangoModelFactory):
    """A heading; `groups=[…]` names the groups that report under it."""

    class Meta:
        model = GroupHeading
        skip_postgeneration_save = True

    partnership = SelfAttribute("priority.partnership")
    priority = SubFactory(PriorityFactory)
    heading = Sequence(lambda n: f"Group heading {n}")
    order = Sequence(lambda n: n * 10)

    @factory.post_generation
    def groups(self, create, extracted, **kwargs):
        if create and extracted:
            self.groups.set(extracted)


class ActionFactory(DjangoModelFactory):
    class Meta:
        model = Action

    partnership = SelfAttribute("priority.partnership")
    plan = SelfAttribute("priority.plan")
    priority = SubFactory(PriorityFactory)
    reference = Sequence(lambda n: f"1.{n}")
    title = Sequence(lambda n: f"Title of action {n}")
    order = Sequence(lambda n: n * 10)


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    partnership = SelfAttribute("action.partnership")
    action = SubFactory(ActionFactory)
    title = Sequence(lambda n: f"Milestone {n}")
    timescale = "As required"
    timescale_kind = Milestone.Timescale.AS_REQUIRED
    order = Sequence(lambda n: n * 10)


class ActionLeadFactory(DjangoModelFactory):
    """A person who leads an action; `membership=None, organisation=…` for an organisation."""

    class Meta:
        model = ActionLead

    partnership = SelfAttribute("action.partnership")
    action = SubFactory(ActionFactory)
    membership = SubFactory(
        MembershipFactory, partnership=SelfAttribute("..partnership"), post="Lead of an action"
    )


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = Indicator

    partnership = SubFactory(PartnershipFactory)
    name = Sequence(lambda n: f"Indicator {n}")
    unit = "incidents"
    polarity = Indicator.Polarity.LOWER


class IndicatorAliasFactory(DjangoModelFactory):
    class Meta:
        model = IndicatorAlias

    partnership = SelfAttribute("indicator.partnership")
    indicator = SubFactory(IndicatorFactory)
    name = Sequence(lambda n: f"Earlier name {n}")


class PriorityIndicatorFactory(DjangoModelFactory):
    class Meta:
        model = PriorityIndicator

    partnership = SelfAttribute("priority.partnership")
    priority = SubFactory(PriorityFactory)
    indicator = SubFactory(IndicatorFactory, partnership=SelfAttribute("..partnership"))
    order = Sequence(lambda n: n * 10)


class ReadingFactory(DjangoModelFactory):
    """The rolling year to September 2023, given whole, unless another period is asked for."""

    class Meta:
        model = Reading

    partnership = SelfAttribute("indicator.partnership")
    indicator = SubFactory(IndicatorFactory)
    period_starts_on = date(2022, 10, 1)
    period_ends_on = date(2023, 9, 30)
    value = Decimal("4759")
    source = "Kent Police"
    entered_at = NOW


class RoundFactory(DjangoModelFactory):
    """Quarter 2 of 2023/24, planned; `today=…` sets its dates around a day of your own.

    Open it with rounds.services.open_round, which makes its updates and answers.
    """

    class Meta:
        model = Round

    class Params:
        today = date(2023, 10, 20)

    partnership = SelfAttribute("plan.partnership")
    plan = SubFactory(PlanFactory)
    label = "Quarter 2"
    short_label = "Q2"
    slug = "2023-24-q2"
    period_starts_on = date(2023, 7, 1)
    period_ends_on = date(2023, 9, 30)
    opens_on = LazyAttribute(lambda round: round.today - timedelta(days=18))
    due_on = LazyAttribute(lambda round: round.today + timedelta(days=7))
    closes_at = LazyAttribute(
        lambda round: datetime.combine(round.today + timedelta(days=10), time(17), LONDON)
    )
    meets_on = LazyAttribute(lambda round: round.today + timedelta(days=14))


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting

    round = SubFactory(RoundFactory)
    partnership = SelfAttribute("round.partnership")
    held_on = date(2023, 11, 3)


class MeetingItemFactory(DjangoModelFactory):
    """A decision of the meeting as a whole, or with `agreed=True` an action."""

    class Meta:
        model = MeetingItem

    class Params:
        agreed = factory.Trait(
            kind=MeetingItem.Kind.ACTION,
            assigned_to="Community safety manager",
            due_on=date(2023, 12, 1),
        )

    meeting = SubFactory(MeetingFactory)
    partnership = SelfAttribute("meeting.partnership")
    kind = MeetingItem.Kind.DECISION
    text = "<p>The report was agreed.</p>"


class MessageFactory(DjangoModelFactory):
    """A message that waits."""

    class Meta:
        model = Message

    key = Sequence(lambda n: f"message-{n}")
    sender = "swale"
    to = Sequence(lambda n: f"person-{n}@example.org")
    subject = "Please answer"
    text = "The round is open."
    made_at = NOW
    next_try_at = NOW


class DraftFactory(DjangoModelFactory):
    """A lead had begun to write, and did not save."""

    class Meta:
        model = Draft

    partnership = SelfAttribute("answer.partnership")
    person = SubFactory(UserFactory)
    page = Sequence(lambda n: f"page-of-a-browser-{n:06d}")
    version = 0
    boxes = LazyAttribute(lambda _: {"text": ["We met with shops."]})
    kept_at = NOW


class NoticeFactory(DjangoModelFactory):
    """A person was asked."""

    class Meta:
        model = Notice

    round = SubFactory(RoundFactory)
    partnership = SelfAttribute("round.partnership")
    person = SubFactory(UserFactory)
    kind = Notice.Kind.ASKED
    day = NOW.date()
    message = SubFactory(MessageFactory)
    token_hash = Sequence(lambda n: f"{n:064x}")


class OpenedFactory(DjangoModelFactory):
    """A person opened a section; which one is given."""

    class Meta:
        model = Opened

    partnership = SelfAttribute("answer.partnership")
    person = SubFactory(UserFactory)
    at = NOW


class WordFormFactory(DjangoModelFactory):
    """A form that was made of an update; give it the update."""

    class Meta:
        model = WordForm

    partnership = SelfAttribute("update.partnership")
    key = Sequence(lambda n: f"FORM-{n:04}")
    made_at = NOW
    made_by = SubFactory(UserFactory)


class WordUploadFactory(DjangoModelFactory):
    """A file that came back for an update; give it the update, and the form's."""

    class Meta:
        model = WordUpload

    partnership = SelfAttribute("update.partnership")
    form = SubFactory(WordFormFactory)
    name = "priority-2.docx"
    content = b"PK"
    sha256 = "0" * 64
    size = 2
    uploaded_at = NOW
    uploaded_by = SubFactory(UserFactory)


class DelegationFactory(DjangoModelFactory):
    """A section (give `answer`) that a guest was given to write."""

    class Meta:
        model = Delegation

    partnership = SelfAttribute("answer.partnership")
    membership = SubFactory(
        MembershipFactory, guest=True, partnership=SelfAttribute("..partnership")
    )
    given_at = NOW
    given_by = SubFactory(UserFactory)
    given_as = "Strategic lead"


class IssuedReportFactory(DjangoModelFactory):
    class Meta:
        model = IssuedReport

    round = SubFactory(RoundFactory)
    partnership = SelfAttribute("round.partnership")
    version = 1
    reason = LazyAttribute(lambda report: "" if report.version == 1 else "A figure was wrong.")
    layout_version = 1
    issued_at = NOW
    issued_by = SubFactory(UserFactory)
    post = "Coordinator"
    marking = "official"
    content_hash = "0" * 64


class ReportFileFactory(DjangoModelFactory):
    class Meta:
        model = ReportFile

    report = SubFactory(IssuedReportFactory)
    partnership = SelfAttribute("report.partnership")
    edition = "full"
    format = "html"
    name = LazyAttribute(lambda file: f"report.{file.format}")
    content = b"As it was issued."
    sha256 = LazyAttribute(lambda file: sha256(file.content).hexdigest())
    size = LazyAttribute(lambda file: len(file.content))


class ReleaseFactory(DjangoModelFactory):
    class Meta:
        model = Release

    report = SubFactory(IssuedReportFactory)
    partnership = SelfAttribute("report.partnership")
    released_at = NOW
    released_by = SubFactory(UserFactory)


class WithdrawalFactory(DjangoModelFactory):
    class Meta:
        model = Withdrawal

    report = SubFactory(IssuedReportFactory)
    partnership = SelfAttribute("report.partnership")
    withdrawn_at = NOW
    withdrawn_by = SubFactory(UserFactory)
    reason = "It was the wrong one."


class DestructionFactory(DjangoModelFactory):
    class Meta:
        model = Destruction

    report = SubFactory(IssuedReportFactory)
    partnership = SelfAttribute("report.partnership")
    destroyed_at = NOW
    destroyed_by = SubFactory(UserFactory)
    agreed_by = SubFactory(UserFactory)
    reason = "It named somebody."
    hashes = factory.Dict({})


class TriedLinkFactory(DjangoModelFactory):
    class Meta:
        model = TriedLink

    partnership = SubFactory(PartnershipFactory)
    address = "https://council.example.org/plan"
    address_hash = LazyAttribute(lambda link: sha256(link.address.encode()).hexdigest())
    outcome = "answers"
    status = 200
    tried_at = NOW


class DestructionRequestFactory(DjangoModelFactory):
    class Meta:
        model = DestructionRequest

    report = SubFactory(IssuedReportFactory)
    partnership = SelfAttribute("report.partnership")
    reason = "It named somebody."
    asked_at = NOW
    asked_by = SubFactory(UserFactory)
