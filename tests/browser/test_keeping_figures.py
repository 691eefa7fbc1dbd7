"""Defining figures and entering readings in a real browser: by keyboard, at 320 px, for axe."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.factories import NOW, IndicatorAliasFactory, ReadingFactory
from tests.scenes import open_round_scene


@pytest.fixture
def scene(transactional_db):
    scene = open_round_scene(slug="swale")
    scene.indicator.name = "Reports of damage to shops, stations and shelters in the town centre"
    scene.indicator.save()
    IndicatorAliasFactory(indicator=scene.indicator, used_until=date(2019, 3, 31))
    ReadingFactory(
        indicator=scene.indicator,
        value=12,
        superseded_at=NOW,
        taken_back_reason="It was another district's.",
        taken_back_by=scene.coordinator,
    )
    ReadingFactory(indicator=scene.indicator, value=400)
    return scene


def address(name, row=None):
    return reverse(f"performance:{name}", args=["swale", *([row.pk] if row else [])])


def look_over(page):
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_no_sideways_scroll(page)
        check_axe(page)


def save(page):
    page.locator("main form[novalidate] button[type=submit]").last.press("Enter")


def test_pages_of_readings_have_no_faults_and_a_year_is_typed_by_keyboard(page, sign_in, scene):
    sign_in(page.context, scene.coordinator)
    reading = scene.indicator.readings.current().get()
    visit(page, scene.indicator.get_absolute_url())
    for summary in page.locator("summary").all():
        summary.press("Enter")
    look_over(page)
    for where in (address("correct", reading), address("take_back", reading)):
        visit(page, where)
        save(page)
        expect(page.get_by_role("alert")).to_be_visible()
        look_over(page)

    visit(page, address("enter", scene.indicator))
    look_over(page)
    page.get_by_label("Twelve months").check()
    page.get_by_label("Month", exact=True).fill("9")
    page.get_by_label("Year", exact=True).fill("2022")
    page.get_by_role("textbox", name="Reports", exact=True).fill("40")
    page.get_by_label("Where does it come from?").fill("Kent Police")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("40 is less than half of the 400")
    look_over(page)
    page.get_by_label("Yes, this is right").check()
    save(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(scene.indicator.name)

    visit(page, address("enter_year", scene.indicator) + "?year=2021")
    look_over(page)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Enter or change at least one figure")
    look_over(page)
    page.get_by_label("April to June 2021").focus()
    for figure in ("100", "110", "120", "130"):
        page.keyboard.type(figure)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
    page.keyboard.type("Kent Police")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("4 figures are saved for 2021/22.")


def test_pages_of_definitions_have_no_faults(page, sign_in, scene):
    sign_in(page.context, scene.administrator)
    for where in (reverse("performance:indicators", args=["swale"]), address("add")):
        visit(page, where)
        look_over(page)
    page.get_by_label("Name", exact=True).fill(scene.indicator.name.upper())
    page.get_by_label("Lower is better").check()
    save(page)
    expect(page.get_by_role("link", name=scene.indicator.name)).to_be_visible()
    look_over(page)

    visit(page, address("edit", scene.indicator))
    page.get_by_label("Higher is better").check()
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("reports of past rounds are worked out")
    look_over(page)
    for name in ("rename", "earlier_names"):
        visit(page, address(name, scene.indicator))
        save(page)
        expect(page.get_by_role("alert")).to_be_visible()
        look_over(page)
