"""The plan editor in a real browser: without JavaScript, by keyboard, at 320 px, and under axe."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from actions.models import Action
from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.factories import (
    ActionLeadFactory,
    GroupFactory,
    GroupHeadingFactory,
    IndicatorFactory,
    MilestoneFactory,
    PriorityIndicatorFactory,
)
from tests.scenes import open_round_scene

LONG = "A very long name of a thing that has to be read on a narrow telephone " * 3


@pytest.fixture
def scene(transactional_db):
    """A plan with everything in it, something withdrawn, and something long."""
    scene = open_round_scene(slug="swale")
    first, second, third = scene.actions
    second.progress, second.withdrawn_reason = "withdrawn", "The money ended."
    second.save()
    third.title = LONG
    third.save()
    for timescale, kind in (("Quarterly", "recurring"), ("Who knows", "unknown")):
        MilestoneFactory(action=first, timescale=timescale, timescale_kind=kind, title=LONG)
    ActionLeadFactory(action=first, membership=scene.memberships["lead"])
    GroupHeadingFactory(priority=scene.priority, heading=LONG[:200])
    GroupFactory(partnership=scene.partnership, name=LONG[:150])
    PriorityIndicatorFactory(priority=scene.priority)
    IndicatorFactory(partnership=scene.partnership)
    return scene


@pytest.fixture
def administrator(page, sign_in, scene):
    sign_in(page.context, scene.administrator)
    return page


def address(name, row):
    return reverse(f"administration:{name}", args=["swale", row.pk])


def look_over(page):
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_no_sideways_scroll(page)
        check_axe(page)


def test_the_pages_of_the_editor_have_no_faults_that_axe_can_find(administrator, scene):
    action, priority = scene.actions[0], scene.priority
    for name, row, button in (
        ("edit_plan", scene.plan, None),
        ("plan_details", scene.plan, None),
        ("new_theme", scene.plan, "Save"),
        ("edit_priority", priority, None),
        ("edit_action", action, None),
        ("new_action", priority, "Save and add more milestones"),
        ("withdraw_priority", priority, "Withdraw it"),
        ("new_priority_lead", priority, "Save"),
        ("new_heading", priority, "Save the heading"),
        ("new_place", priority, "Put it under this priority"),
        ("remove_heading", scene.heading, None),
    ):
        visit(administrator, address(name, row))
        if button:
            administrator.get_by_role("button", name=button).first.click()
            expect(administrator.get_by_text("There is a problem")).to_be_visible()
        look_over(administrator)


def test_the_focus_follows_a_row_that_is_moved_by_the_keyboard(administrator, scene):
    third = scene.actions[2]
    visit(administrator, address("edit_plan", scene.plan))

    administrator.get_by_role("button", name=re.compile("Move up.*1[.]3 A very long")).focus()
    administrator.keyboard.press("Enter")
    administrator.wait_for_url("**/edit/#action-*")

    assert administrator.evaluate("document.activeElement.id") == f"action-{third.pk}"
    in_order = Action.objects.filter(priority=scene.priority).values_list("reference", flat=True)
    assert list(in_order) == ["1.1", "1.3", "1.2"]


def test_an_action_is_typed_without_javascript_at_320_px(browser, sign_in, base_url, scene):
    context = browser.new_context(
        java_script_enabled=False, base_url=base_url, viewport={"width": 320, "height": 600}
    )
    sign_in(context, scene.administrator)
    page = context.new_page()
    visit(page, address("new_action", scene.priority))

    page.get_by_label("Reference").fill("1.10")
    page.get_by_label("Title").fill("Street lights")
    rows = page.get_by_role("group", name="Milestone")
    for number in range(3):
        rows.nth(number).get_by_label("Milestone", exact=True).fill(f"Step {number}")
        rows.nth(number).get_by_label("Timescale").fill("By Mar 24")
    page.get_by_role("button", name="Save and add more milestones").click()
    page.locator("[name=m-new1-title]").fill("Step 3")
    page.locator("[name=m-new1-timescale]").fill("As required")
    page.locator("[name=m-new1-timescale]").press("Enter")

    expect(page.get_by_text("Understood as: by a date, 31 March 2024.")).to_have_count(3)
    assert "#" not in page.url  # it begins at what was saved, not at the rows asked for
    action = Action.objects.get(reference="1.10")
    assert [each.title for each in action.milestones.all()] == [f"Step {n}" for n in range(4)]
    context.close()
