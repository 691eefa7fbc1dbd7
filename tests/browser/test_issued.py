"""Issuing a report in a real browser: by keyboard, at 320 px, under axe, and in its sandbox."""

import re
from io import BytesIO

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pypdf import PdfReader

from partnerships.models import Membership
from reports.models import IssuedReport, ReportFile
from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.factories import WithdrawalFactory
from tests.scenes import closed_round_scene


@pytest.fixture
def scene(transactional_db):
    scene = closed_round_scene(publishes_reports=True)
    Membership.objects.filter(user=scene.coordinator).update(releases_reports=True)
    return scene


def look_over(page):
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_no_sideways_scroll(page)
        check_axe(page)


def press(page, role, name):
    page.get_by_role(role, name=name).press("Enter")


def test_a_report_is_issued_corrected_and_read_by_keyboard(page, sign_in, scene):
    sign_in(page.context, scene.coordinator)
    visit(page, reverse("reports:report", args=[scene.partnership.slug, scene.round.pk]))
    look_over(page)

    press(page, "link", "Issue this report")
    look_over(page)
    press(page, "button", "Issue this report")
    expect(page.get_by_text(f"The report of {scene.round.full_label} is issued.")).to_be_visible()
    look_over(page)

    press(page, "link", "See the report as it stands today")
    press(page, "link", "Issue a correction")
    press(page, "button", "Issue version 2")
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look_over(page)
    page.get_by_label("Why is it corrected?").fill("A figure was wrong.")
    press(page, "button", "Issue version 2")
    expect(page.get_by_role("heading", name="version 2")).to_be_visible()
    press(page, "link", "Version 1")
    expect(page.get_by_text("This version was replaced")).to_be_visible()
    look_over(page)

    visit(page, reverse("reports:reports", args=[scene.partnership.slug]))
    look_over(page)
    release_and_withdraw(page, scene, IssuedReport.objects.get(version=2))


def release_and_withdraw(page, scene, report):
    """The public edition is released; somebody unknown reads it until it is withdrawn."""
    visit(page, report.get_absolute_url())
    press(page, "link", "Read and release the public edition")
    press(page, "button", "Release it")
    expect(page.get_by_text("Read the edition above, then tick the box").first).to_be_visible()
    look_over(page)
    page.get_by_label("I have read the whole public edition").focus()
    page.keyboard.press("Space")
    press(page, "button", "Release it")
    expect(page.get_by_text("Everybody can read it at")).to_be_visible()

    page.context.clear_cookies()
    visit(page, reverse("public:reports", args=[scene.partnership.slug]))
    look_over(page)
    page.get_by_role("link", name=scene.round.full_label, exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Strategic Leads Update Report")).to_be_visible()
    look_over(page)
    assert page.context.cookies() == []
    WithdrawalFactory(report=report)
    # From what the browser kept nothing is shown.
    visit(page, page.url, status=410)
    look_over(page)


def test_a_stored_page_has_its_looks_and_cannot_do_anything(page, sign_in, scene):
    sign_in(page.context, scene.coordinator)
    visit(page, reverse("reports:issue", args=[scene.partnership.slug, scene.round.pk]))
    page.get_by_role("button", name="Issue this report").click()
    told = []
    page.on("console", lambda message: told.append(message.text))

    page.get_by_role("link", name="Read: Web page of the full edition").click()
    heading = page.get_by_role("heading", name="Strategic Leads Update Report")
    expect(heading).to_be_visible()
    expect(heading).to_have_css("font-weight", "700")
    page.reload()
    expect(heading).to_have_css("font-weight", "700")
    # Its own looks are let through, and nothing was fetched that would be refused.
    assert told == []


def test_paper_names_the_marking_of_the_full_edition_and_none_of_the_public(page, sign_in, scene):
    sign_in(page.context, scene.coordinator)
    visit(page, reverse("reports:issue", args=[scene.partnership.slug, scene.round.pk]))
    page.get_by_role("button", name="Issue this report").click()
    files = ReportFile.objects.filter(format="html")

    def printed(edition):
        page.set_content(bytes(files.get(edition=edition).content).decode())
        paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
        return "\n".join(each.extract_text() for each in paper.pages)

    assert "OFFICIAL" in printed("full")
    assert "Safer streets" in printed("public")
    assert "OFFICIAL" not in printed("public")
    assert b"OFFICIAL" not in bytes(files.get(edition="public").content)


def test_who_skipped_to_the_content_is_led_to_what_is_wrong(page, transactional_db):
    visit(page, reverse("account_login") + "?password")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))

    page.locator("[name=login]").fill("nobody@example.org")
    page.locator("[name=password]").fill("wrong")
    page.keyboard.press("Enter")

    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page).not_to_have_url(re.compile("#main$"))
