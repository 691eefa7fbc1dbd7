"""The plan, its actions and the figures in a real browser: at 320 px, printed, and for axe."""

import re
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from actions.models import Progress
from partnerships.quarters import Period
from performance.services import record_reading
from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.factories import (
    ActionFactory,
    IndicatorFactory,
    MembershipFactory,
    MilestoneFactory,
    PlanFactory,
)
from tests.scenes import closed_round_scene


@pytest.fixture
def scene(transactional_db):
    """A closed round, and something of each kind that the pages tell of."""
    scene = closed_round_scene()
    action = scene.actions[0]
    MilestoneFactory(action=action, completed_on=date(2023, 8, 29))
    MilestoneFactory(action=action, timescale="By Mar 20", due_on=date(2020, 3, 31))
    ActionFactory(
        priority=scene.priority,
        reference="1.9",
        progress=Progress.WITHDRAWN,
        withdrawn_reason="The money ended.",
    )
    for year, value in ((2022, 50), (2022, 60)):
        record_reading(
            indicator=scene.indicator,
            period=Period.of_month(year, 9),
            value=value,
            source="Kent Police",
            is_provisional=True,
            by=scene.coordinator,
            now=scene.now,
        )
    return scene


@pytest.fixture
def member(page, sign_in, scene):
    """The browser of a member, signed in."""
    sign_in(page.context, scene.member)
    return page


def address(name, scene, *args):
    return reverse(name, args=[scene.partnership.slug, *args])


def look_over(page):
    for width in (320, 375, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_no_sideways_scroll(page)
        if width != 375:  # where the page is laid out as at 320
            check_axe(page)


def test_the_pages_have_no_faults_that_axe_can_find(member, scene):
    for where in (
        address("rounds:plan", scene, scene.plan.pk),
        address("rounds:action", scene, scene.actions[0].pk),
        address("performance:indicators", scene),
        address("performance:indicator", scene, scene.indicator.pk),
    ):
        visit(member, where)
        look_over(member)
        for summary in member.locator("summary").all():
            summary.press("Enter")
        look_over(member)


def test_the_empty_pages_have_no_faults_either(page, sign_in, transactional_db):
    membership = MembershipFactory()
    partnership = membership.partnership
    sign_in(page.context, membership.user)
    for name in ("rounds:plans", "performance:indicators"):
        visit(page, reverse(name, args=[partnership.slug]))
        look_over(page)

    action = ActionFactory(priority__plan=PlanFactory(partnership=partnership))
    empty_plan = PlanFactory(partnership=partnership, slug="empty")
    indicator = IndicatorFactory(partnership=partnership)
    for row in (action, empty_plan, indicator):
        visit(page, row.get_absolute_url())
        look_over(page)


def test_the_plan_leads_to_an_action_and_back_by_keyboard(member, scene):
    visit(member, address("rounds:plan", scene, scene.plan.pk))

    member.get_by_role("link", name=scene.actions[0].title).press("Enter")
    expect(member.get_by_role("heading", level=1)).to_contain_text(scene.actions[0].title)
    member.get_by_role("link", name="Priority 1", exact=True).press("Enter")

    expect(member).to_have_url(re.compile(rf"/plan/[0-9]+/#priority-{scene.priority.pk}$"))


def test_paper_shows_the_page_without_its_frame(member, scene):
    visit(member, address("rounds:plan", scene, scene.plan.pk))

    member.emulate_media(media="print")

    for frame in ("site-header", "site-nav", "site-footer", "jump"):
        expect(member.locator(f".{frame}")).to_be_hidden()
    expect(member.get_by_role("heading", level=1)).to_be_visible()
