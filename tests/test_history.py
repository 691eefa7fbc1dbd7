"""Every write leaves who, when, before and after; nothing reported is ever taken away."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import PROTECT, ProtectedError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from actions.models import Action, ActionLead, ActionLink, Milestone
from partnerships.history import write_with_history
from partnerships.models import (
    Group,
    GroupAlias,
    Invitation,
    Membership,
    Organisation,
    OrganisationAlias,
    Owned,
    Partnership,
    PartnershipAlias,
)
from performance.models import Indicator, IndicatorAlias, PriorityIndicator, Reading
from priorities.models import GroupHeading, Plan, Priority, PriorityLead
from reports import frozen
from reports.models import DestructionRequest, TriedLink
from rounds.board import choice_of
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
from rounds.services import open_round
from tests.factories import (
    ActionFactory,
    ActionLeadFactory,
    GroupFactory,
    GroupHeadingFactory,
    IndicatorFactory,
    MembershipFactory,
    MilestoneFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    ReadingFactory,
    RoundFactory,
    UserFactory,
)
from tests.pages import Fields, admin_address, send
from tests.scenes import closed_round_scene, open_round_scene, write

pytestmark = pytest.mark.django_db

OURS = ("accounts", "partnerships", "priorities", "actions", "performance", "rounds", "reports")
MODELS = [
    model
    for app in OURS
    for model in apps.get_app_config(app).get_models()
    if not hasattr(model, "instance_type")
    # What was issued never changes: tests/test_frozen.py.
    and model._meta.db_table not in frozen.TABLES
    # Written once and never changed, written over every few seconds, or by nobody.
    and model not in (Opened, Draft, TriedLink)
]


def names(models):
    return [model._meta.model_name for model in models]


# What is kept ------------------------------------------------------------------------


# Secrets and what says nothing of a person; what an answer takes from its round for good.
LEFT_OUT = {
    User: {"password", "last_login", "calendar_key"},
    Answer: {"period_ends_on"},
    WordUpload: {"content"},  # Bytes that go for good when they are emptied.
}


@pytest.mark.parametrize("model", MODELS, ids=names(MODELS))
def test_every_model_keeps_the_history_of_every_field(model):
    kept = {field.name for field in model.history.model.tracked_fields}
    left_out = {field.name for field in model._meta.fields} - kept

    assert left_out == LEFT_OUT.get(model, set())


def test_the_groups_of_a_heading_are_kept_with_it():
    heading = GroupHeadingFactory()

    heading.groups.add(GroupFactory(partnership=heading.partnership))

    assert heading.history.latest().groups.count() == 1
    assert heading.history.earliest().groups.count() == 0


# Who, when, before and after, through the front door -------------------------------------


def alias_of(model, field, owner):
    return model.objects.create(
        partnership=owner.partnership, **{field: owner}, name="Earlier name"
    )


def a_link():
    earlier, later = ActionFactory(), ActionFactory()
    return ActionLink.objects.create(partnership=earlier.partnership, earlier=earlier, later=later)


# By the site administration: the row, its field, what it was, what is typed, what it then is.
ADMINISTERED = {
    User: (UserFactory, "full_name", "", "Sam", "Sam"),
    Partnership: (lambda: PartnershipFactory(name="Old"), "name", "Old", "New", "New"),
    PartnershipAlias: (
        lambda: PartnershipAlias.objects.create(partnership=PartnershipFactory(), name="Old"),
        *("name", "Old", "New", "New"),
    ),
    Organisation: (lambda: OrganisationFactory(name="Old"), "name", "Old", "New", "New"),
    OrganisationAlias: (
        lambda: alias_of(OrganisationAlias, "organisation", OrganisationFactory()),
        *("name", "Earlier name", "New", "New"),
    ),
    Group: (lambda: GroupFactory(name="Old"), "name", "Old", "New", "New"),
    GroupAlias: (
        lambda: alias_of(GroupAlias, "group", GroupFactory()),
        *("name", "Earlier name", "New", "New"),
    ),
    Membership: (lambda: MembershipFactory(post="Old"), "post", "Old", "New", "New"),
    Plan: (lambda: PlanFactory(title="Old"), "title", "Old", "New", "New"),
    Priority: (lambda: PriorityFactory(title="Old"), "title", "Old", "New", "New"),
    ActionLead: (
        ActionLeadFactory,
        *("ends_on", None, "2024-03-31", date(2024, 3, 31)),
    ),
    PriorityLead: (
        PriorityLeadFactory,
        *("ends_on", None, "2024-03-31", date(2024, 3, 31)),
    ),
    GroupHeading: (
        lambda: GroupHeadingFactory(heading="Old"),
        *("heading", "Old", "New", "New"),
    ),
    Action: (lambda: ActionFactory(title="Old"), "title", "Old", "New", "New"),
    Milestone: (lambda: MilestoneFactory(title="Old"), "title", "Old", "New", "New"),
    Indicator: (lambda: IndicatorFactory(name="Old"), "name", "Old", "New", "New"),
    IndicatorAlias: (
        lambda: alias_of(IndicatorAlias, "indicator", IndicatorFactory()),
        *("name", "Earlier name", "New", "New"),
    ),
    PriorityIndicator: (
        lambda: PriorityIndicatorFactory(order=10),
        *("order", 10, "20", 20),
    ),
    Round: (lambda: RoundFactory(label="Old"), "label", "Old", "New", "New"),
}
# By the portal's own pages, in the tests below; a link between actions is made anew.
ELSEWHERE = {
    *(Reading, LeadUpdate, Answer, FigureEntry, MilestoneDone, RoundFigure),
    *(Meeting, MeetingItem, Notice, Delegation, WordForm, WordUpload, ActionLink, Invitation),
    DestructionRequest,  # tests/test_destroying.py
}


def test_every_model_is_written_through_a_page_in_these_tests():
    assert set(ADMINISTERED) | ELSEWHERE == set(MODELS)


def is_told(row, *, by, field, before, after, since):
    """Assert that the last write of a row says who, when, before and after."""
    last = row.history.latest()
    assert last.history_type == "~"
    assert last.history_user == by
    assert since <= last.history_date <= timezone.now()
    assert getattr(last.prev_record, field) == before
    assert getattr(last, field) == after
    if isinstance(row, Owned):
        assert last.partnership_id == last.prev_record.partnership_id == row.partnership_id


@pytest.mark.parametrize("model", ADMINISTERED, ids=names(ADMINISTERED))
def test_a_change_by_the_administration_is_told(client, model):
    make, field, before, typed, after = ADMINISTERED[model]
    row, administrator, since = make(), site_administrator(client), timezone.now()

    send(client, admin_address(model, "change", row.pk), {field: typed})

    is_told(row, by=administrator, field=field, before=before, after=after, since=since)


def site_administrator(client):
    person = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


def test_a_revised_reading_tells_when_it_was_superseded_and_who_gave_the_new_one(client):
    old, administrator, since = ReadingFactory(), site_administrator(client), timezone.now()

    send(client, admin_address(Reading, "change", old.pk), {"value": "4760"})

    new = Reading.objects.current().get()
    old.refresh_from_db()
    is_told(
        old,
        by=administrator,
        field="superseded_at",
        before=None,
        after=old.superseded_at,
        since=since,
    )
    assert (new.value, new.entered_by) == (Decimal(4760), administrator)
    assert new.history.get().history_user == administrator


def test_an_answer_tells_who_gave_it_and_what_it_was_before(client):
    scene, since = open_round_scene(), timezone.now()
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    client.force_login(scene.lead)
    address = reverse("rounds:quick", args=[scene.partnership.slug, answer.pk])

    client.post(address, {"response": "nothing", "version": answer.version})

    is_told(
        answer,
        by=scene.lead,
        field="response",
        before=Answer.Response.NONE,
        after=Answer.Response.NOTHING,
        since=since,
    )


def test_submitting_tells_of_the_update_its_answers_and_their_actions(client):
    scene = open_round_scene(actions=1)
    answer = scene.answer(Answer.Kind.ACTION)
    write(scene, answer)
    client.force_login(scene.lead)
    since = timezone.now()

    client.post(reverse("rounds:submit", args=[scene.partnership.slug, scene.update.pk]))

    told = {"by": scene.lead, "since": since}
    after = scene.update.submitted_at
    is_told(scene.update, field="submitted_at", before=None, after=after, **told)
    is_told(answer, field="state", before="draft", after="submitted", **told)
    is_told(scene.actions[0], field="progress", before="not_started", after="in_progress", **told)


def test_accepting_tells_who_accepted(client):
    scene = open_round_scene(actions=1)
    answer = scene.answer(Answer.Kind.ACTION)
    write(scene, answer)
    client.force_login(scene.lead)
    client.post(reverse("rounds:submit", args=[scene.partnership.slug, scene.update.pk]))
    client.force_login(scene.coordinator)
    answer.refresh_from_db()
    since = timezone.now()

    client.post(
        reverse("rounds:accept", args=[scene.partnership.slug, scene.round.pk]),
        {"answer": [choice_of(answer)]},
    )

    is_told(
        answer,
        by=scene.coordinator,
        field="state",
        before="submitted",
        after="accepted",
        since=since,
    )


def test_a_figure_typed_and_taken_back_is_told(client):
    scene = open_round_scene()
    figures = scene.answer(Answer.Kind.FIGURES)
    client.force_login(scene.coordinator)
    address = reverse("rounds:answer", args=[scene.partnership.slug, figures.pk])
    name = next(name for name in Fields(client.get(address).text).found if name.endswith("value"))
    source = name.removesuffix("value") + "source"

    since = timezone.now()
    send(client, address, {name: "12", source: "Kent Police"})
    send(client, address, {name: "13", source: "Kent Police"})

    entry = FigureEntry.objects.get()
    told = {"by": scene.coordinator, "since": since}
    is_told(entry, field="value", before=Decimal(12), after=Decimal(13), **told)


def test_a_link_between_actions_tells_who_made_it(client):
    link, administrator = a_link(), site_administrator(client)

    client.post(admin_address(ActionLink, "delete", link.pk), {"post": "yes"})

    [deleted, _] = ActionLink.history.filter(id=link.pk)
    assert deleted.history_type == "-"
    assert deleted.history_user == administrator


def test_opening_a_round_tells_of_every_row_it_makes(client):
    scene = open_round_scene(opened=False)
    client.force_login(scene.coordinator)
    since = timezone.now()

    client.post(reverse("rounds:open", args=[scene.partnership.slug, scene.round.pk]))

    rows = [*LeadUpdate.objects.all(), *Answer.objects.all()]
    assert len(rows) > 5
    for row in rows:
        made = row.history.get()
        assert made.history_type == "+"
        assert made.history_user == scene.coordinator
        assert made.history_date >= since
        assert made.partnership_id == scene.partnership.pk
    is_told(
        scene.round,
        by=scene.coordinator,
        field="state",
        before="planned",
        after="open",
        since=since,
    )


def test_opening_a_round_without_a_page_tells_of_the_person_it_was_given():
    scene = open_round_scene(opened=False)

    open_round(round=scene.round, by=scene.coordinator, now=scene.now)

    written = LeadUpdate.history.all(), Answer.history.all()
    assert {row.history_user for rows in written for row in rows} == {scene.coordinator}


def test_closing_a_round_tells_what_it_writes_down(client):
    scene = open_round_scene()
    client.force_login(scene.coordinator)

    client.post(reverse("rounds:close", args=[scene.partnership.slug, scene.round.pk]))

    made = RoundFigure.objects.get().history.get()
    assert (made.history_type, made.history_user) == ("+", scene.coordinator)
    last = scene.update.history.latest()
    assert (last.history_type, last.history_user) == ("~", scene.coordinator)
    assert last.prev_record.linked is None
    assert last.linked["names"] == ["Strategic lead"]


def written_together(changed, new, gone, person, key):
    rows = {"changed": changed, "new": [new], "gone": [gone]}
    write_with_history(Organisation, **rows, fields=["short_name"], key=key, by=person)


def written_alone(changed, new, gone, person, key):
    for row in (*changed, new, gone):
        row._history_user = person
    for row in (*changed, new):
        row.save()
    gone.delete()


@pytest.mark.parametrize("tells_numbers", [True, False])
@pytest.mark.parametrize("key", [("partnership", "name"), ()])
def test_rows_written_together_are_told_as_if_each_were_saved(monkeypatch, key, tells_numbers):
    """Whether or not the database tells the numbers of many new rows, as SQLite does since 3.35."""
    features = type(connection.features)
    monkeypatch.setattr(features, "can_return_rows_from_bulk_insert", tells_numbers)
    person, since, found = UserFactory(), timezone.now(), []
    for written in (written_alone, written_together):
        owner = PartnershipFactory()
        *changed, gone = (OrganisationFactory(partnership=owner, name=name) for name in "ABC")
        for row in changed:
            row.short_name = row.name.lower()
        new = Organisation(partnership=owner, name="D", short_name="d")
        written(changed, new, gone, person, key)

        lines = Organisation.history.filter(partnership_id=owner.pk, history_user=person)
        lines = lines.order_by("name")
        assert all(since <= line.history_date <= timezone.now() for line in lines)
        assert lines.get(name="D").id == Organisation.objects.get(partnership=owner, name="D").pk
        names = {each.attname for each in lines.model._meta.fields}
        names -= {"history_id", "history_date", "id", "partnership_id"}
        left = Organisation.objects.filter(partnership=owner).values_list("name", "short_name")
        found.append((list(lines.values_list("name", *sorted(names))), sorted(left)))
    assert found[0] == found[1]
    assert [line[0] for line in found[0][0]] == list("ABCD")


# Nothing reported is ever taken away -------------------------------------------------------


CASCADES = {PartnershipAlias, OrganisationAlias, GroupAlias, IndicatorAlias}
# What was ticked keeps the title of a milestone that the plan has removed.
OUTLIVES = {MilestoneDone: {"milestone"}}


@pytest.mark.parametrize("model", MODELS, ids=names(MODELS))
def test_what_a_row_points_at_is_protected(model):
    """Only an earlier name goes with what it named; its history stays like any other.

    What outlives the thing it points at is named above.
    """
    loose = {
        field.name
        for field in model._meta.fields
        if field.is_relation and field.remote_field.on_delete is not PROTECT
    }

    owner = getattr(model, "owner", "") or "partnership"
    assert loose == ({owner} if model in CASCADES else OUTLIVES.get(model, set()))


def test_nothing_that_was_reported_about_can_be_deleted():
    scene = closed_round_scene()
    reported = [
        scene.partnership,
        scene.plan,
        scene.priority,
        scene.actions[0],
        scene.heading,
        scene.indicator,
        scene.round,
        scene.update,
        scene.memberships["lead"],
        scene.lead,
    ]
    before = {type(row): row.history.count() for row in reported}

    for row in reported:
        with pytest.raises(ProtectedError), transaction.atomic():
            row.delete()
        with pytest.raises(ProtectedError), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).delete()

    assert {type(row): row.history.count() for row in reported} == before


@pytest.mark.parametrize(
    "make", [ActionFactory, GroupFactory, MembershipFactory, IndicatorFactory, ReadingFactory]
)
def test_a_deleted_row_leaves_its_history_and_says_who_deleted_it(client, make):
    row, administrator = make(), site_administrator(client)
    model, key = type(row), row.pk

    client.post(admin_address(model, "delete", key), {"post": "yes"})

    assert not model.objects.filter(pk=key).exists()
    [deleted, made] = model.history.filter(id=key)
    assert (made.history_type, deleted.history_type) == ("+", "-")
    assert deleted.history_user == administrator
    assert deleted.partnership_id == row.partnership_id


def test_several_rows_deleted_at_once_leave_their_history(client):
    plan = PlanFactory()
    actions = [ActionFactory(priority__plan=plan) for _ in range(3)]
    administrator = site_administrator(client)

    client.post(
        admin_address(Action, "changelist"),
        {
            "action": "delete_selected",
            "_selected_action": [action.pk for action in actions],
            "post": "yes",
        },
    )

    assert not Action.objects.exists()
    deleted = Action.history.filter(history_type="-")
    assert {row.id for row in deleted} == {action.pk for action in actions}
    assert {row.history_user for row in deleted} == {administrator}


def test_an_earlier_name_that_goes_with_its_group_leaves_its_history():
    group = GroupFactory()
    alias = alias_of(GroupAlias, "group", group)

    group.delete()

    assert [row.history_type for row in GroupAlias.history.filter(id=alias.pk)] == ["-", "+"]
