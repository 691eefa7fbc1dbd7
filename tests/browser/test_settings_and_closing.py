"""The partnership's settings and the end of a year in a real browser: for axe, and at 320 px."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from actions.models import Progress
from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.factories import ActionFactory
from tests.scenes import closed_round_scene

LONG = "Antisocialbehaviourandcommunitysafetytogether " * 5


@pytest.fixture
def scene(transactional_db):
    scene = closed_round_scene()
    ActionFactory(
        priority=scene.priority,
        reference="1.9",
        progress=Progress.WITHDRAWN,
        withdrawn_reason="The money ended.",
    )
    scene.actions[2].title = LONG[:200]
    scene.actions[2].save()
    return scene


@pytest.fixture
def administrator(page, sign_in, scene):
    sign_in(page.context, scene.administrator)
    page.set_viewport_size({"width": 320, "height": 800})
    return page


def check(page):
    check_axe(page)
    check_no_sideways_scroll(page)


def test_settings_are_found_faultless_with_their_errors(administrator, scene):
    page = administrator
    slug = scene.partnership.slug
    visit(page, reverse("administration:settings", args=[slug]))
    check(page)

    for group, box, wrong in (
        ("details", "Colour", "#ffee00"),
        ("reports", "Small base", "few"),
        ("public", "", ""),
        ("rounds", "", ""),
        ("wording", "Instead of “In abeyance”", "In progress"),
    ):
        visit(page, reverse(f"administration:settings_{group}", args=[slug]))
        if box:
            page.get_by_label(box).fill(wrong)
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
        check(page)


def test_a_year_is_ended_and_its_end_printed(administrator, scene, sign_in):
    page = administrator
    slug = scene.partnership.slug
    visit(page, reverse("administration:closing", args=[slug, scene.plan.pk]))
    for action, closing in zip(
        scene.actions, ("Complete", "Carried forward", "Ended"), strict=True
    ):
        group = page.get_by_role("group", name=f"Where did {action.reference} end?")
        group.get_by_label(closing, exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Say why 1.3 ended")).to_be_visible()
    check(page)

    page.get_by_label("Why did 1.3 end?").fill(LONG)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="go on to close the plan").click()
    check(page)
    page.get_by_role("button", name="Close the plan").click()
    expect(page.get_by_role("heading", name="Carry actions forward")).to_be_visible()
    check(page)

    for route, status in (("rounds:plan", 200), ("administration:edit_plan", 409)):
        visit(page, reverse(route, args=[slug, scene.plan.pk]), status)
        check(page)
    visit(page, reverse("administration:reopen_plan", args=[slug, scene.plan.pk]))
    check(page)
    sign_in(page.context, scene.coordinator)
    visit(page, reverse("reports:report", args=[slug, scene.round.pk]))
    expect(page.get_by_role("heading", name="Where each action ended")).to_be_visible()
    check(page)
