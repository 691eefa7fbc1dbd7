"""Drafts as they are kept by the script: told once, tried again, and given back after a reload."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from rounds.models import Answer, Draft
from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.scenes import open_round_scene
from tests.writing import address

AWAY = {"status": 503, "headers": {"Retry-After": "1"}, "body": "The portal is busy."}


@pytest.fixture
def scene(transactional_db):
    return open_round_scene()


def typed(page, words, *, opens=None):
    """The editor by keyboard, with these words at its end."""
    if opens:
        visit(page, opens)
    box = page.get_by_role("textbox", name="What has happened since July?")
    expect(box).to_be_visible()
    box.focus()
    # The editor puts its own caret a moment after it is entered; a key before that is undone.
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    page.keyboard.press("Control+End")
    page.keyboard.type(words)
    return box


def spoken(page):
    """What a screen reader is told, each time once."""
    page.evaluate(
        """() => {
            window.said = [];
            const region = document.querySelector("form > [role=status]");
            new MutationObserver(() => window.said.push(region.textContent))
                .observe(region, {childList: true, characterData: true, subtree: true});
        }"""
    )
    return lambda: page.evaluate("() => window.said")


def test_a_draft_is_kept_told_and_given_back_whatever_is_away(
    page, scene, sign_in, context, base_url
):
    answer = scene.action_answers[0]
    here = address(scene, answer)
    sign_in(context, scene.lead)
    box = typed(page, "We met", opens=here)
    told = spoken(page)
    note = page.locator(".draft-note")
    expect(note).to_contain_text("Draft kept at", timeout=10_000)
    first = note.text_content()
    assert told() == [first]
    assert Draft.objects.get().boxes["text_html"] == ["<p>We met</p>"]

    # Kept again, and not told again.
    with page.expect_response("**/draft/"):
        typed(page, " shops")
    assert told() == [first]

    # The server is away: told, shown, and tried again until it is back.
    page.route("**/draft/", lambda route: route.fulfill(**AWAY))
    typed(page, ", pubs")
    expect(note).to_contain_text("Not kept. The portal cannot be reached", timeout=10_000)
    check_axe(page)
    page.set_viewport_size({"width": 320, "height": 640})
    check_no_sideways_scroll(page)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.unroute("**/draft/")
    expect(note).to_contain_text("Draft kept at", timeout=10_000)
    assert [each[:10] for each in told()] == ["Draft kept", "Not kept. ", "Draft kept"]

    # So is the network, and the page is opened anew meanwhile: the tab had the words.
    page.route("**/draft/", lambda route: route.abort())
    typed(page, " and clubs")
    expect(note).to_contain_text("Not kept", timeout=10_000)
    page.unroute("**/draft/")
    page.reload()
    expect(page.get_by_text("You had not saved this")).to_be_visible()
    expect(box).to_have_text("We met shops, pubs and clubs")
    check_axe(page)

    # Left without a pause.
    typed(page, ", too")
    visit(page, here)
    expect(box).to_have_text("We met shops, pubs and clubs, too")

    # Signed out, and in again in another tab, which changes the token of every form.
    context.clear_cookies()
    typed(page, ".")
    expect(note).to_contain_text("You are signed out", timeout=10_000)
    sign_in(context, scene.lead)
    token = {"name": settings.CSRF_COOKIE_NAME, "value": "a" * 32, "url": base_url}
    context.add_cookies([token])
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(note).to_contain_text("Draft kept at", timeout=10_000)

    # So once more, with nothing to keep: one press saves all the same.
    context.add_cookies([token | {"value": "b" * 32}])
    page.evaluate("() => window.dispatchEvent(new Event('blur'))")
    page.get_by_role("button", name="Save and go back to the list").press("Enter")
    expect(page.get_by_text(f"Saved: {answer.heading}")).to_be_visible()
    assert Answer.objects.get(pk=answer.pk).text == "<p>We met shops, pubs and clubs, too.</p>"
    visit(page, here)
    expect(page.get_by_text("You had not saved this")).to_be_hidden()
    expect(box).to_have_text("We met shops, pubs and clubs, too.")
    assert not Draft.objects.live().exists()


def test_a_page_that_is_open_when_its_round_closes_says_so(page, scene, sign_in, context):
    sign_in(context, scene.lead)
    page.add_init_script("Math.random = () => 0;")
    scene.round.closes_at = timezone.now() + timedelta(seconds=2)
    scene.round.save()
    typed(page, "We met", opens=address(scene, scene.action_answers[0]))

    note = page.locator(".draft-note")

    expect(note).to_contain_text("closed on", timeout=10_000)
    expect(note).to_contain_text("What you typed is kept as a draft")
    expect(note).to_contain_text("but not sent")
    expect(page.get_by_role("status").filter(has_text="but not sent")).to_have_count(1)
    page.set_viewport_size({"width": 320, "height": 640})
    check_no_sideways_scroll(page)
