"""A closed round stays as it was, whatever becomes of the plan; what closing writes down."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from time_machine import travel

from priorities.models import PriorityLead
from reports.content import build_report
from rounds.models import LeadUpdate, Round, RoundFigure
from rounds.services import reopen_round
from tests.factories import (
    NOW,
    MembershipFactory,
    OrganisationFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
)
from tests.scenes import close, open_round_scene, submit, write_all
from tests.writing import words

pytestmark = pytest.mark.django_db

YEAR_LATER = NOW + timedelta(days=366)


@pytest.fixture(autouse=True)
def in_the_quarters_days(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(scope="module")
def made(kept):
    """A round that takes answers, all of them sent."""
    with travel(NOW, tick=False):
        scene = open_round_scene(now=NOW, slug="swale")
        write_all(scene)
        submit(scene)
        return scene


def change_the_plan(scene):
    """Another lead, another title of the theme and one theme more, another figure."""
    PriorityLead.objects.filter(membership=scene.memberships["lead"]).update(ends_on=NOW.date())
    new = MembershipFactory(partnership=scene.partnership, post="New lead")
    PriorityLeadFactory(priority=scene.priority, membership=new, starts_on=date(2023, 10, 21))
    scene.theme.title = "Learning together"
    scene.theme.save()
    PriorityFactory(plan=scene.plan, theme=True, reference="2", title="Later theme", order=30)
    scene.priority.priority_indicators.get().delete()
    PriorityIndicatorFactory(priority=scene.priority, indicator__name="Glass broken")


def board_of(client, scene):
    client.force_login(scene.coordinator)
    return words(client.get(reverse("rounds:board", args=["swale", scene.round.pk])))


def printed():
    """The figures and the themes of the report, as its page prints them."""
    [section] = build_report(Round.objects.get(), now=NOW).priorities
    return [row.name for row in section.figures.rows], section.themes


def test_a_closed_round_shows_the_leads_themes_and_figures_of_its_closing(
    client, scene, time_machine
):
    LeadUpdate.objects.update(lead_text="")
    close(scene)
    before = printed()
    assert before == (["Reports of damage"], ("Training",))

    time_machine.move_to(YEAR_LATER, tick=False)
    change_the_plan(scene)

    assert printed() == before
    board = board_of(client, scene)
    assert "Strategic lead" in board
    assert "New lead" not in board
    report = words(client.get(reverse("reports:report", args=["swale", scene.round.pk])))
    check = words(client.get(reverse("reports:check", args=["swale", scene.update.pk])))
    for page in (report, check):
        assert "Training" in page
        assert "Learning together" not in page
        assert "Reports of damage" in page
        assert "Glass broken" not in page


def test_a_round_that_takes_answers_shows_those_of_today(client, scene, time_machine):
    time_machine.move_to(NOW + timedelta(days=2), tick=False)
    change_the_plan(scene)

    assert printed() == (["Glass broken"], ("Learning together", "Later theme"))
    assert "New lead" in board_of(client, scene)


def test_a_reopened_round_waits_for_todays_leads_and_asks_for_what_it_asked(
    client, scene, time_machine
):
    close(scene)
    before = printed()
    time_machine.move_to(YEAR_LATER, tick=False)
    change_the_plan(scene)
    reopen_round(
        round=scene.round,
        reason="One answer was late.",
        closes_at=YEAR_LATER + timedelta(days=3),
        now=YEAR_LATER,
    )

    assert "New lead" in board_of(client, scene)
    assert printed() == before

    scene.now = YEAR_LATER
    close(scene)
    assert printed() == before
    assert scene.update.linked == {
        "people": ["New lead", "Deputy lead (deputy)"],
        "names": ["New lead"],
        "organisations": [],
    }
    assert RoundFigure.objects.count() == 1


def test_a_lead_who_had_not_accepted_is_told_so_on_the_board_of_the_closed_round(client, scene):
    scene.lead.is_active = False
    scene.lead.save()
    close(scene)
    scene.lead.is_active = True
    scene.lead.save()

    assert "Strategic lead, who has not accepted the invitation yet" in board_of(client, scene)


def test_rounds_closed_before_get_what_closing_writes_down_now(scene, time_machine):
    lead = scene.memberships["lead"]
    lead.organisation = OrganisationFactory(partnership=scene.partnership, name="Kent Police")
    lead.save()
    close(scene)
    assert scene.update.linked["organisations"] == ["Kent Police"]
    written = (scene.update.linked, Round.objects.get().themes, figures_kept())
    Round.objects.update(themes=None)
    LeadUpdate.objects.update(linked=None)
    RoundFigure.objects.all().delete()
    time_machine.move_to(YEAR_LATER, tick=False)
    change_the_plan(scene)

    fill = import_module("rounds.migrations.0007_fill_what_closed_rounds_show")
    fill.fill_what_closed_rounds_show(apps, None)
    organisations = import_module("rounds.migrations.0024_organisations_of_closed_rounds")
    organisations.fill_organisations(apps, None)

    assert (scene.update.linked, Round.objects.get().themes, figures_kept()) == written
    fill.fill_what_closed_rounds_show(apps, None)
    assert figures_kept() == written[2]


def figures_kept():
    return list(RoundFigure.objects.values_list("update", "indicator", "partnership", "order"))
