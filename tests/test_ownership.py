"""Every row has the partnership of what it belongs to, and so has its history."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db.models import F

from actions.models import Action, ActionLink, Milestone
from partnerships.models import Group, GroupAlias, Owned, Partnership
from performance.models import Indicator, IndicatorAlias
from reports import frozen
from reports.models import TriedLink
from rounds.models import Answer, Draft, Opened
from rounds.services import Figure
from tests.factories import (
    ActionLeadFactory,
    DelegationFactory,
    DestructionFactory,
    DestructionRequestFactory,
    DraftFactory,
    InvitationFactory,
    MeetingItemFactory,
    MilestoneFactory,
    OpenedFactory,
    OrganisationFactory,
    PartnershipFactory,
    ReleaseFactory,
    ReportFileFactory,
    TriedLinkFactory,
    WithdrawalFactory,
    WordUploadFactory,
)
from tests.scenes import open_round_scene, write

OWNED = [model for model in apps.get_models() if issubclass(model, Owned)]
# What was issued never changes, so that it has no history. Neither has what is written once, every
# few seconds, or by nobody.
CHANGING = [
    model
    for model in OWNED
    if model._meta.db_table not in frozen.TABLES and model not in (Opened, Draft, TriedLink)
]

pytestmark = pytest.mark.django_db


def subjects(model):
    """The fields that lead from a row to others that a partnership owns."""
    related = [*model._meta.fields, *model._meta.many_to_many]
    return [
        field.name
        for field in related
        if field.is_relation and issubclass(field.related_model, Owned)
    ]


def strays(model):
    """Rows whose partnership is not that of something they belong to."""
    return [
        (field, row.pk)
        for field in subjects(model)
        for row in model._base_manager.filter(**{f"{field}__isnull": False}).exclude(
            **{f"{field}__partnership": F("partnership")}
        )
    ]


def stray_history(model):
    """Rows of history that another partnership would find."""
    owners = dict(model._base_manager.values_list("pk", "partnership"))
    return [
        row.history_id
        for row in model.history.filter(pk__isnull=False)
        if owners[row.instance.pk] != row.partnership_id
    ]


@pytest.fixture(scope="module")
def everything(example):
    """The example, and rows of what it has none of."""
    for group in Group.objects.all():
        alias = GroupAlias(group=group, name="Earlier")
        alias.take_partnership()
        alias.save()
    for indicator in Indicator.objects.all():
        alias = IndicatorAlias(indicator=indicator, name="Earlier")
        alias.take_partnership()
        alias.save()
    for partnership in Partnership.objects.all():
        earlier = Action.objects.filter(partnership=partnership).first()
        later = Action.objects.create(
            partnership=partnership, plan=earlier.plan, priority=earlier.priority, title="Later"
        )
        link = ActionLink(earlier=earlier, later=later)
        link.take_partnership()
        link.save()
    scene = open_round_scene()
    ActionLeadFactory(
        action=scene.actions[0],
        membership=None,
        organisation=OrganisationFactory(partnership=scene.partnership),
    )
    InvitationFactory(membership=scene.memberships["guest"])
    DelegationFactory(answer=scene.action_answers[1], membership=scene.memberships["guest"])
    figure = Figure(scene.indicator.pk, scene.round.period, Decimal(4), "Police", False)
    write(scene, scene.answer(Answer.Kind.FIGURES), "", figures=[figure])
    milestone = MilestoneFactory(action=scene.actions[0])
    write(scene, scene.action_answers[0], done=frozenset({milestone.pk}))
    MeetingItemFactory(meeting__round=scene.round, update=scene.update)
    issued = ReportFileFactory(report__round=scene.round).report
    about = (ReleaseFactory, WithdrawalFactory, DestructionFactory, DestructionRequestFactory)
    for factory in about:
        factory(report=issued)
    DraftFactory(answer=scene.action_answers[0])
    OpenedFactory(answer=scene.action_answers[0])
    WordUploadFactory(update=scene.update, form__update=scene.update)
    TriedLinkFactory()


def test_every_row_has_the_partnership_of_what_it_belongs_to(everything):
    assert [model for model in OWNED if not model._base_manager.exists()] == []
    assert {model: strays(model) for model in OWNED if strays(model)} == {}


def test_every_row_of_history_has_the_partnership_of_its_row(everything):
    assert [model for model in CHANGING if not model.history.exists()] == []
    assert {model: stray_history(model) for model in CHANGING if stray_history(model)} == {}


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_a_row_cannot_be_without_a_partnership(model):
    assert not model._meta.get_field("partnership").null


def test_what_owns_a_row_is_one_of_its_own_fields():
    assert [model for model in OWNED if model.owner and model.owner not in subjects(model)] == []


def test_a_row_that_strays_is_found(everything):
    milestone = Milestone.objects.first()
    Milestone.objects.filter(pk=milestone.pk).update(partnership=PartnershipFactory())

    assert strays(Milestone) == [("action", milestone.pk)]
    assert stray_history(Milestone) == [milestone.history.get().history_id]
