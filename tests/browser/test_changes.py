"""The lists of changes and a former text in a real browser: at 320 px, by keyboard, under axe."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rounds.models import Answer
from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.scenes import open_round_scene, write

LONG = "A very long name of a thing that has to be read on a narrow telephone " * 3


@pytest.fixture
def scene(transactional_db):
    """An answer written twice, an action renamed, and a reason nobody can break."""
    scene = open_round_scene(slug="swale")
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    write(scene, answer, f"<p>{LONG}</p><ul><li>Two visits</li></ul>")
    answer.refresh_from_db()
    write(scene, answer, f"<p>{LONG}</p><ul><li>Three {'visits' * 20}</li></ul>")
    scene.actions[0].title = LONG
    scene.actions[0].save()
    return scene


def test_what_changed_is_read_and_a_text_restored_without_a_mouse(page, sign_in, scene):
    sign_in(page.context, scene.lead)
    action, answer = scene.actions[0], scene.answer(Answer.Kind.KEY_ISSUES)
    for name, row in (("action", action), ("answer", answer)):
        visit(page, reverse(f"rounds:{name}_changes", args=["swale", row.pk]))
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            check_no_sideways_scroll(page)
            check_axe(page)

    page.get_by_role("link", name="Former text").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The text, as it was")
    check_axe(page)
    page.set_viewport_size({"width": 320, "height": 900})
    check_no_sideways_scroll(page)
    page.get_by_role("button", name="Restore the former text").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("What changed")
    expect(page.get_by_text("The text is as it was before")).to_be_visible()
    answer.refresh_from_db()
    assert "Two visits" in answer.text
