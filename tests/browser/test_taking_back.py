"""Withdrawing and destroying a report in a real browser: by keyboard, at 320 px, under axe."""

from django.urls import reverse
from playwright.sync_api import expect

from partnerships.models import Membership
from rounds.models import Answer
from tests.browser.checks import visit
from tests.browser.test_issued import look_over, press
from tests.factories import ReleaseFactory, ReportFileFactory, UserFactory
from tests.scenes import closed_round_scene


def test_a_report_is_withdrawn_and_then_destroyed_by_two(page, sign_in, transactional_db):
    scene = closed_round_scene(slug="swale")
    Membership.objects.filter(user=scene.coordinator).update(releases_reports=True)
    Answer.objects.filter(kind="key_issues").update(text="<p>Keziah Quill was hurt.</p>")
    content = b"<!DOCTYPE html><p>Keziah Quill</p>"
    report = ReportFileFactory(report__round=scene.round, content=content).report
    ReportFileFactory(report=report, edition="public")
    ReleaseFactory(report=report)
    first, second = (UserFactory(is_staff=True, is_superuser=True) for _ in range(2))

    sign_in(page.context, scene.coordinator)
    visit(page, report.get_absolute_url())
    press(page, "link", "Withdraw it")
    press(page, "button", "Withdraw it from the public")
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look_over(page)
    page.get_by_label("Why is it withdrawn?").fill("It names somebody.")
    press(page, "button", "Withdraw it from the public")
    expect(page.get_by_text("Withdrawn from the public")).to_be_visible()

    sign_in(page.context, first)
    visit(page, reverse("destroying:reports", args=["swale"]))
    press(page, "link", "Ask to destroy")
    page.get_by_label("Words that must go").fill("Keziah Quill")
    page.get_by_label("Why is it destroyed?").fill("It names the victim of a crime.")
    press(page, "button", "Look for the words")
    expect(page.get_by_role("group", name="Key issues")).to_be_visible()
    look_over(page)
    press(page, "button", "Ask a second person to agree")
    expect(page.get_by_text("another site administrator has to agree")).to_be_visible()

    sign_in(page.context, second)
    page.reload()
    look_over(page)
    press(page, "button", "Agree and destroy")
    expect(page.get_by_text("The files are destroyed")).to_be_visible()
    sign_in(page.context, scene.coordinator)
    visit(page, report.get_absolute_url())
    page.get_by_text("The SHA-256 of each file").click()
    look_over(page)
