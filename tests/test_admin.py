"""The site administration: every model can be found, and a partnership made, by it alone."""

import re
from datetime import date
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from actions.models import Action, ActionLink, Milestone, Progress
from partnerships.models import (
    Group,
    GroupAlias,
    Invitation,
    Membership,
    Organisation,
    OrganisationAlias,
    Partnership,
    PartnershipAlias,
    Role,
)
from performance.models import Indicator, IndicatorAlias, PriorityIndicator, Reading
from priorities.models import GroupHeading, Plan, Priority, PriorityLead
from reports import frozen
from reports.models import DestructionRequest, TriedLink
from rounds.models import (
    Answer,
    Delegation,
    Draft,
    FigureEntry,
    LeadUpdate,
    Meeting,
    MeetingItem,
    MilestoneDone,
    Notice,
    Opened,
    Round,
    RoundFigure,
    WordForm,
    WordUpload,
)
from tests.factories import (
    NOW,
    ActionFactory,
    ActionLeadFactory,
    DelegationFactory,
    DestructionFactory,
    DestructionRequestFactory,
    DraftFactory,
    GroupFactory,
    GroupHeadingFactory,
    IndicatorFactory,
    InvitationFactory,
    MeetingItemFactory,
    MembershipFactory,
    MilestoneFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    ReadingFactory,
    ReleaseFactory,
    ReportFileFactory,
    TriedLinkFactory,
    UserFactory,
    WithdrawalFactory,
    WordUploadFactory,
)
from tests.pages import admin_address as address
from tests.pages import rows, send
from tests.scenes import closed_round_scene

pytestmark = pytest.mark.django_db

OURS = ("accounts", "partnerships", "priorities", "actions", "performance", "rounds", "reports")
MODELS = [
    model
    for app in OURS
    for model in apps.get_app_config(app).get_models()
    if not hasattr(model, "instance_type")
]
IDS = [model._meta.label_lower for model in MODELS]
FROZEN = {model for model in MODELS if model._meta.db_table in frozen.TABLES}
FROZEN |= {Opened, Draft, TriedLink}
READ_ONLY = FROZEN | {
    *(LeadUpdate, Answer, FigureEntry, MilestoneDone, RoundFigure, Invitation),
    *(Meeting, MeetingItem, Notice, Delegation, WordForm, WordUpload),
    DestructionRequest,
}


@pytest.fixture
def site(client):
    """The browser of a site administrator who belongs to no partnership."""
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def errors(response):
    """Every message of the form and of the rows under it."""
    context = response.context
    if "adminform" not in context:
        return []
    found = [text for texts in context["adminform"].form.errors.values() for text in texts]
    for inline in context["inline_admin_formsets"]:
        found += inline.formset.non_form_errors()
        for form_errors in inline.formset.errors:
            found += [text for texts in form_errors.values() for text in texts]
    return found


def make(client, model, **fields):
    """Make a row by its page, assert that it was taken, and return it."""
    before = set(model.objects.values_list("pk", flat=True))
    response = send(client, address(model, "add"), fields)
    assert errors(response) == []
    return model.objects.exclude(pk__in=before).get()


# Every model ---------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_every_model_can_be_searched_and_filtered(model):
    registered = admin.site.get_model_admin(model)

    assert registered.search_fields
    assert registered.list_filter
    assert len(registered.list_display) > 1


@pytest.fixture
def filled_site(site):
    scene = closed_round_scene(actions=8)
    milestone = MilestoneFactory(action=scene.actions[0])
    ActionLeadFactory(action=scene.actions[0])
    InvitationFactory(membership=scene.memberships["guest"])
    MeetingItemFactory(meeting__round=scene.round)
    WordUploadFactory(update=scene.update, form__update=scene.update)
    DelegationFactory(answer=scene.action_answers[0])
    report = ReportFileFactory(report__round=scene.round).report
    about = (ReleaseFactory, WithdrawalFactory, DestructionFactory, DestructionRequestFactory)
    for of_report in about:
        of_report(report=report)
    TriedLinkFactory(partnership=scene.partnership)
    owner = {"partnership": scene.partnership}
    PartnershipAlias.objects.create(**owner, name="Safer Together")
    OrganisationAlias.objects.create(
        **owner, organisation=OrganisationFactory(**owner), name="Optivo"
    )
    GroupAlias.objects.create(**owner, group=scene.heading.groups.get(), name="Walkers")
    IndicatorAlias.objects.create(**owner, indicator=scene.indicator, name="Broken windows")
    ActionLink.objects.create(**owner, earlier=scene.actions[0], later=scene.actions[1])
    MilestoneDone.objects.create(
        **owner, answer=scene.action_answers[0], milestone=milestone, title=milestone.title
    )
    DraftFactory(answer=scene.action_answers[0], boxes={"text": ["Words of a lead."]})
    Opened.objects.create(**owner, answer=scene.action_answers[0], person=scene.lead, at=NOW)
    FigureEntry.objects.create(
        **owner,
        answer=scene.answer(Answer.Kind.FIGURES),
        indicator=scene.indicator,
        period_starts_on=date(2023, 7, 1),
        period_ends_on=date(2023, 7, 31),
        value=12,
        source="Kent Police",
    )
    return site


def queries_of(client, where, data=None):
    """How many queries a page takes, where the kinds of things are known from other pages."""
    ContentType.objects.get_for_models(*apps.get_models())
    with CaptureQueriesContext(connection) as captured:
        response = client.get(where, data)
    assert response.status_code == 200, where
    return len(captured)


def test_a_list_is_searched_in_few_queries_and_no_more_for_many_rows(filled_site):
    lists = [(address(model, "changelist"), {"q": "safer"}) for model in MODELS]
    unsearched = [(where, {}) for where, _ in lists]
    few = {where: queries_of(filled_site, where, data) for where, data in lists + unsearched}
    closed_round_scene(actions=30)

    many = {where: queries_of(filled_site, where, data) for where, data in lists + unsearched}

    assert {where: count for where, count in many.items() if count > 14} == {}
    assert {where: count for where, count in many.items() if count > few[where]} == {}


def test_a_row_is_added_by_its_page_or_by_the_portals_pages_alone(filled_site):
    for model in set(MODELS) - READ_ONLY:
        assert queries_of(filled_site, address(model, "add")) <= 14, model
    for model in READ_ONLY:
        assert filled_site.get(address(model, "add")).status_code == 403


def test_a_row_and_its_history_can_be_opened(filled_site):
    for model in MODELS:
        for page in ("change",) if model in FROZEN else ("change", "history"):
            response = filled_site.get(address(model, page, model.objects.first().pk))
            assert response.status_code == 200, (model, page)
            # The Content-Security-Policy would block it.
            assert "Words of a lead." not in response.text, "a draft is its writer's alone"
            assert not re.search(r" style=|<style|<script>| on\w+=", response.text), (model, page)


# A partnership and its year, made by the administration alone ------------------------


def test_a_partnership_a_plan_and_its_people_are_made_from_nothing(site):
    swale = make(
        site,
        Partnership,
        name="Swale Community Safety Partnership",
        slug="swale",
        **rows("aliases", {"name": "Swale Crime Reduction Partnership"}),
    )
    police = make(site, Organisation, partnership=swale.pk, name="Kent Police")
    panel = make(site, Group, partnership=swale.pk, name="Vulnerability Panel")
    person = make(
        site,
        User,
        email="Lead@Example.org",
        usable_password="false",
    )
    lead = make(
        site,
        Membership,
        partnership=swale.pk,
        user=person.pk,
        post="Strategic lead",
        organisation=police.pk,
        role=Role.MEMBER,
    )
    plan = make(
        site,
        Plan,
        partnership=swale.pk,
        title="Community Safety Plan 2023/24",
        year_label="2023/24",
        slug="2023-24",
        starts_on="2023-04-01",
        ends_on="2024-03-31",
        **rows("priorities", {"kind": "theme", "title": "Reducing Reoffending", "order": "20"}),
    )
    indicator = make(
        site, Indicator, partnership=swale.pk, name="Burglary", unit="offences", source=police.pk
    )
    priority = make(
        site,
        Priority,
        plan=plan.pk,
        reference="2",
        title="Crime and Serious Violence",
        lead_text="Strategic lead, Kent Police",
        **rows("leads", {"membership": lead.pk}),
        **rows("group_headings", {"heading": "Vulnerability Panel", "groups": panel.pk}),
        **rows("priority_indicators", {"indicator": indicator.pk}),
        **rows(
            "actions",
            {"reference": "2.1", "title": "Respond to serious violence"},
            {"reference": "2.10", "title": "Respond to burglary"},
        ),
    )

    assert person.email == "lead@example.org"
    assert not person.has_usable_password()
    assert swale.aliases.get().name == "Swale Crime Reduction Partnership"
    assert priority.partnership == swale
    assert PriorityLead.objects.get(priority=priority, membership=lead).partnership == swale
    assert GroupHeading.objects.get(priority=priority).groups.get() == panel
    assert PriorityIndicator.objects.get(priority=priority).partnership == swale
    actions = Action.objects.filter(plan=plan, priority=priority, partnership=swale)
    assert {action.reference for action in actions} == {"2.1", "2.10"}
    assert Priority.objects.get(kind=Priority.Kind.THEME).partnership == swale
    assert actions.first().history.get().history_user.is_staff


def test_a_person_is_added_with_a_password_and_signs_in(site, client):
    make(
        site,
        User,
        email="coordinator@example.org",
        usable_password="true",
        password1="correct horse battery",
        password2="correct horse battery",
    )

    assert client.login(email="coordinator@example.org", password="correct horse battery")


def test_a_person_cannot_be_deleted_only_kept_from_signing_in(site):
    person = UserFactory()

    assert site.post(address(User, "delete", person.pk), {"post": "yes"}).status_code == 403


def test_names_have_nothing_in_them_that_nobody_can_see(site):
    person, group = UserFactory(), GroupFactory()

    send(site, address(User, "change", person.pk), {"full_name": "Kim\u202e\u00a0Swale\u200b"})
    send(site, address(Group, "change", group.pk), {"name": "CSP\u00a0Executive\ufeff"})

    person.refresh_from_db()
    group.refresh_from_db()
    assert (person.full_name, group.name) == ("Kim Swale", "CSP Executive")


def test_a_former_address_of_a_person_lets_nobody_in(site):
    person = UserFactory(email="old@example.org")
    EmailAddress.objects.create(user=person, email="old@example.org", verified=True)

    send(site, address(User, "change", person.pk), {"email": "new@example.org"})

    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert not EmailAddress.objects.exists()


def test_signing_in_to_the_administration_goes_by_the_portals_own_page(client):
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


def test_the_address_of_a_partnership_cannot_be_changed_later(site):
    swale = PartnershipFactory(slug="swale")

    send(site, address(Partnership, "change", swale.pk), {"slug": "medway", "name": "Medway"})

    swale.refresh_from_db()
    assert (swale.slug, swale.name) == ("swale", "Medway")


def test_a_plan_stays_with_its_partnership(site):
    plan = PlanFactory()

    send(site, address(Plan, "change", plan.pk), {"partnership": PartnershipFactory().pk})

    assert Plan.objects.get().partnership == plan.partnership


# What is refused, in words ---------------------------------------------------------


def test_a_second_action_of_the_same_reference_is_refused_in_words(site):
    action = ActionFactory(reference="2.7")

    response = send(
        site,
        address(Action, "add"),
        {"priority": action.priority.pk, "reference": "2.7", "title": "Another"},
    )

    assert errors(response) == ["Another action of this plan has that reference."]


def test_two_new_rows_of_the_same_reference_are_refused_in_words(site):
    priority = PriorityFactory()
    twice = {"reference": "2.7", "title": "An action"}

    response = send(site, address(Priority, "change", priority.pk), rows("actions", twice, twice))

    assert errors(response) == ["Another action of this plan has that reference."]


def test_any_number_of_new_rows_may_have_no_reference(site):
    priority = PriorityFactory()
    bare = {"reference": "", "title": "An action"}

    response = send(site, address(Priority, "change", priority.pk), rows("actions", bare, bare))

    assert errors(response) == []
    assert Action.objects.filter(priority=priority, reference="").count() == 2


def test_the_same_indicator_twice_under_a_new_priority_is_refused_in_words(site):
    indicator = IndicatorFactory()
    plan = PlanFactory(partnership=indicator.partnership)
    twice = {"indicator": indicator.pk}

    response = send(
        site,
        address(Priority, "add"),
        {"plan": plan.pk, "title": "A priority", **rows("priority_indicators", twice, twice)},
    )

    assert errors(response)[0] == "Please correct the duplicate data for indicator."


def test_a_row_without_its_parent_is_refused_and_not_an_error_page(site):
    response = send(
        site,
        address(Action, "add"),
        {"title": "No priority", **rows("milestones", {"title": "A step", "timescale": "May 23"})},
    )

    assert errors(response) == ["This field is required."]


def test_a_lead_of_another_partnership_is_refused(site):
    priority, stranger = PriorityFactory(), MembershipFactory()

    response = send(
        site,
        address(Priority, "change", priority.pk),
        rows("leads", {"membership": stranger.pk}),
    )

    assert errors(response) == ["Choose a person of the same partnership."]
    assert not PriorityLead.objects.exists()


def test_an_organisation_of_another_partnership_is_refused(site):
    priority, elsewhere = PriorityFactory(), OrganisationFactory()

    for where, sent in (
        (address(Priority, "change", priority.pk), rows("leads", {"organisation": elsewhere.pk})),
        (
            address(Membership, "add"),
            {
                "partnership": priority.partnership.pk,
                "user": UserFactory().pk,
                "post": "Lead",
                "organisation": elsewhere.pk,
            },
        ),
        (
            address(Indicator, "add"),
            {
                "partnership": priority.partnership.pk,
                "name": "Burglary",
                "source": elsewhere.pk,
            },
        ),
    ):
        response = send(site, where, sent)
        assert errors(response) == ["Choose an organisation of the same partnership."]


def test_an_indicator_of_another_partnership_is_refused(site):
    priority = PriorityFactory()

    response = send(
        site,
        address(Priority, "change", priority.pk),
        rows("priority_indicators", {"indicator": IndicatorFactory().pk}),
    )

    assert errors(response) == ["Choose an indicator of the same partnership."]


@pytest.mark.parametrize("form", ["inline", "own"])
def test_a_group_of_another_partnership_is_refused(site, form):
    heading = GroupHeadingFactory()
    foreign = GroupFactory().pk

    if form == "own":
        response = send(site, address(GroupHeading, "change", heading.pk), {"groups": foreign})
    else:
        response = send(
            site,
            address(Priority, "change", heading.priority.pk),
            {"group_headings-0-groups": foreign},
        )

    assert errors(response) == ["Choose groups of the same partnership."]


def test_an_action_is_linked_to_one_of_an_earlier_plan_of_the_same_partnership(site):
    here = ActionFactory()
    last_year = PlanFactory(
        partnership=here.partnership,
        slug="2022-23",
        starts_on=date(2022, 4, 1),
        ends_on=date(2023, 3, 31),
    )
    earlier = ActionFactory(priority__plan=last_year)
    where = address(Action, "change", here.pk)

    foreign = send(site, where, rows("came_from", {"earlier": ActionFactory().pk}))
    same_year = send(
        site, where, rows("came_from", {"earlier": ActionFactory(priority=here.priority).pk})
    )
    taken = send(site, where, rows("came_from", {"earlier": earlier.pk, "kind": "carried"}))

    assert errors(foreign) == ["Choose two actions of the same partnership."]
    assert errors(same_year) == ["Choose an action of a plan and one of a later plan."]
    assert errors(taken) == []
    assert ActionLink.objects.get().earlier == earlier


def test_an_action_stays_in_its_plan(site):
    action = ActionFactory()
    elsewhere = PriorityFactory(
        plan__partnership=action.partnership, plan__slug="next", reference="9"
    )

    response = send(site, address(Action, "change", action.pk), {"priority": elsewhere.pk})

    assert errors(response) == ["Choose a priority of the same plan: an action stays in its plan."]


def test_a_withdrawn_action_has_a_reason(site):
    action = ActionFactory()
    where = address(Action, "change", action.pk)

    refused = send(site, where, {"progress": Progress.WITHDRAWN})
    taken = send(
        site, where, {"progress": Progress.WITHDRAWN, "withdrawn_reason": "The money ended."}
    )

    assert errors(refused) == ["Say why the action is withdrawn."]
    assert errors(taken) == []


@pytest.mark.parametrize("model", [Action, Group, Priority, Indicator, Membership])
def test_what_was_reported_about_is_protected(site, model):
    scene = closed_round_scene()
    row = {
        Action: scene.actions[0],
        Group: scene.heading.groups.get(),
        Priority: scene.priority,
        Indicator: scene.indicator,
        Membership: scene.memberships["lead"],
    }[model]

    page = site.get(address(model, "delete", row.pk))
    site.post(address(model, "delete", row.pk), {"post": "yes"})
    site.post(
        address(model, "changelist"),
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )

    assert "would require deleting the following protected related objects" in page.text
    assert model.objects.filter(pk=row.pk).exists()


# Timescales and readings ----------------------------------------------------------------


def test_a_timescale_is_understood_when_it_is_written(site):
    action = ActionFactory()

    response = send(
        site,
        address(Action, "change", action.pk),
        rows("milestones", {"title": "Hub reopens", "timescale": "By Dec 23"}),
    )

    milestone = Milestone.objects.get()
    assert milestone.timescale == "By Dec 23"
    assert milestone.timescale_kind == Milestone.Timescale.BY_DATE
    assert milestone.due_on == date(2023, 12, 31)
    assert "is understood as: by a date, 31 December 2023." in response.content.decode()


def test_a_timescale_written_anew_is_understood_anew(site):
    milestone = MilestoneFactory(
        timescale="By Dec 23",
        timescale_kind=Milestone.Timescale.BY_DATE,
        due_on=date(2023, 12, 31),
    )

    send(site, address(Milestone, "change", milestone.pk), {"timescale": "Quarterly"})

    milestone.refresh_from_db()
    assert milestone.timescale_kind == Milestone.Timescale.RECURRING
    assert milestone.due_on is None


def test_what_a_person_says_of_a_timescale_stands(site):
    milestone = MilestoneFactory()

    send(
        site,
        address(Milestone, "change", milestone.pk),
        {"timescale": "Before the fair", "timescale_kind": "by_date", "due_on": "2023-09-01"},
    )

    milestone.refresh_from_db()
    assert milestone.timescale_kind == Milestone.Timescale.BY_DATE
    assert milestone.due_on == date(2023, 9, 1)


def test_a_timescale_outside_the_plans_year_is_flagged_and_kept(site):
    milestone = MilestoneFactory()

    response = send(site, address(Milestone, "change", milestone.pk), {"timescale": "By Mar 20"})

    milestone.refresh_from_db()
    assert milestone.due_on == date(2020, 3, 31)
    assert "That is outside the plan&#x27;s year." in response.content.decode()


def test_a_timescale_that_is_not_understood_stays_as_written(site):
    milestone = MilestoneFactory()

    response = send(
        site, address(Milestone, "change", milestone.pk), {"timescale": "When the weather allows"}
    )

    milestone.refresh_from_db()
    assert milestone.timescale == "When the weather allows"
    assert milestone.timescale_kind == Milestone.Timescale.UNKNOWN
    assert "is not understood: it stays as it is written." in response.content.decode()


@pytest.mark.parametrize("form", ["indicator", "reading"])
def test_a_changed_reading_supersedes_the_old_one(site, form):
    old = ReadingFactory(value=Decimal(4759))

    if form == "reading":
        response = send(site, address(Reading, "change", old.pk), {"value": "4760"})
    else:
        response = send(
            site, address(Indicator, "change", old.indicator.pk), {"readings-2-0-value": "4760"}
        )

    assert errors(response) == []
    old.refresh_from_db()
    assert old.superseded_at is not None
    assert old.value == Decimal(4759)
    new = Reading.objects.current().get()
    assert new.value == Decimal(4760)
    assert new.entered_by.is_staff


def test_a_reading_is_added_on_its_indicators_page(site):
    indicator = IndicatorFactory()
    month = {
        "period_starts_on": "2023-07-01",
        "period_ends_on": "2023-07-31",
        "value": "12",
        "source": "Kent Police",
    }

    response = send(site, address(Indicator, "change", indicator.pk), rows("readings", month))

    assert errors(response) == []
    reading = Reading.objects.get()
    assert reading.partnership == indicator.partnership
    assert reading.entered_by.is_staff


def test_a_second_reading_of_a_period_is_refused_in_words(site):
    old = ReadingFactory()

    response = send(
        site,
        address(Reading, "add"),
        {
            "indicator": old.indicator.pk,
            "period_starts_on": old.period_starts_on.isoformat(),
            "period_ends_on": old.period_ends_on.isoformat(),
            "value": "12",
            "source": "Kent Police",
        },
    )

    assert errors(response) == ["There is a current reading for this period already."]


def test_a_superseded_reading_is_only_read(site):
    old = ReadingFactory(superseded_at="2023-11-01T10:00:00Z")

    response = site.post(address(Reading, "change", old.pk), {"value": "1"})

    assert response.status_code == 403
    assert Reading.objects.get().value == Decimal(4759)


def test_the_state_of_a_round_and_of_an_answer_is_not_set_here(site):
    scene = closed_round_scene()
    answer = scene.answers[0]

    send(site, address(Round, "change", scene.round.pk), {"state": "open", "label": "Summer"})
    send(site, address(Answer, "change", answer.pk), {"state": "draft", "text": "Other"})

    scene.round.refresh_from_db()
    assert (scene.round.state, scene.round.label) == (Round.State.CLOSED, "Summer")
    assert scene.answers[0].state == Answer.State.ACCEPTED
    assert scene.answers[0].text == answer.text


def test_an_answer_is_withheld_with_a_reason(site):
    answer = closed_round_scene().answers[0]
    where = address(Answer, "change", answer.pk)

    refused = send(site, where, {"is_withheld": "on"})
    taken = send(site, where, {"is_withheld": "on", "withheld_reason": "Names a family."})

    assert errors(refused) == ["Say why the answer is not for publication."]
    assert errors(taken) == []
    answer.refresh_from_db()
    assert answer.is_withheld


def test_choices_say_which_partnership_they_are_of(site):
    membership = MembershipFactory(post="Strategic lead", partnership__name="Swale")

    response = site.get(
        "/admin/autocomplete/",
        {
            "term": "strategic",
            "app_label": "priorities",
            "model_name": "prioritylead",
            "field_name": "membership",
        },
    )

    assert response.json()["results"] == [
        {"id": str(membership.pk), "text": "Strategic lead [Swale]"}
    ]
