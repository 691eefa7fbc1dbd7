"""Giving sections away, bringing back a Word form, and what is told of a round, in a browser."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.scenes import close, open_round_scene, submit, write
from tests.word_forms import Filled

PART = "1.2 Title of action 1.2"


@pytest.fixture
def scene(transactional_db):
    return open_round_scene()


def address(scene, name, number):
    return reverse(f"rounds:{name}", args=[scene.partnership.slug, number])


def look_over(page):
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_no_sideways_scroll(page)
        check_axe(page)


def reach(page, role, name):
    """Tab until the focus is on it, as somebody without a mouse does."""
    goal = page.get_by_role(role, name=name).first
    for _ in range(150):
        page.keyboard.press("Tab")
        if goal.evaluate("each => each === document.activeElement"):
            return goal
    raise AssertionError(f"{role} {name} cannot be reached by keyboard on {page.url}")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_section_is_given_written_and_finished_by_keyboard(
    browser, sign_in, base_url, scene, script
):
    context = browser.new_context(base_url=base_url, java_script_enabled=script)
    sign_in(context, scene.lead)
    page = context.new_page()
    visit(page, address(scene, "update", scene.update.pk))
    reach(page, "link", re.compile(f"Give to someone.*{PART}")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Give sections to someone")
    expect(page.get_by_role("checkbox", name=PART)).to_be_checked()
    reach(page, "combobox", "Who writes them?").press("M")
    reach(page, "button", "Give these sections").press("Enter")
    expect(page.get_by_text("They are told by email")).to_be_visible()
    context.close()

    context = browser.new_context(base_url=base_url, java_script_enabled=script)
    sign_in(context, scene.member)
    page = context.new_page()
    visit(page, scene.partnership.get_absolute_url())
    reach(page, "link", PART).press("Enter")
    reach(page, "radio", "In writing, here").press("ArrowUp")
    expect(page.get_by_role("radio", name="Nothing to report this time")).to_be_checked()
    reach(page, "button", "Save and continue").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Have you finished?")
    reach(page, "button", "I have finished").press("Enter")
    expect(page.get_by_text("Finished", exact=True)).to_be_visible()
    context.close()


def test_the_pages_of_sharing_out_have_no_faults_that_axe_can_find(page, sign_in, scene):
    sign_in(page.context, scene.lead)
    visit(page, address(scene, "give", scene.update.pk))
    look_over(page)
    page.get_by_role("button", name="Give these sections").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look_over(page)
    page.get_by_role("checkbox", name=PART).check()
    page.get_by_label("Who writes them?").select_option(index=1)
    page.get_by_role("button", name="Give these sections").click()
    look_over(page)
    page.get_by_role("link", name="Take it back").first.click()
    look_over(page)

    visit(page, address(scene, "word", scene.update.pk))
    look_over(page)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look_over(page)
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="Download the Word form").click()
    form = Filled(downloaded.value.path().read_bytes()).answer("1.1", "Six patrols.")
    page.get_by_label("The Word file that you have filled in").set_input_files(
        {"name": "form.docx", "mimeType": "application/msword", "buffer": form.content}
    )
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    look_over(page)
    page.get_by_role("button", name="Save what is ticked").click()
    expect(page.get_by_text("Six patrols.").or_(page.get_by_text("1 of"))).to_be_visible()


def test_what_is_told_of_a_round_has_no_faults_that_axe_can_find(page, sign_in, scene):
    write(scene, scene.action_answers[0])
    submit(scene)
    close(scene)
    sign_in(page.context, scene.coordinator)
    for name, number in [
        ("round_record", scene.round.pk),
        ("rates", scene.round.pk),
        ("section_record", scene.action_answers[0].pk),
        ("let_in", scene.action_answers[1].pk),
    ]:
        visit(page, address(scene, name, number))
        look_over(page)
