"""The coordinator's pages in a real browser: by keyboard, at 320 px, and as axe sees them."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rounds.models import Answer
from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.factories import MeetingItemFactory
from tests.scenes import accept, close, give_back, open_round_scene, submit, write, write_all

# Address, whether its number is the round's or an answer's, and a button that asks for errors.
PAGES = [
    ("rounds", None, None),
    ("board", "round", None),
    ("dates", "round", None),
    ("close", "round", None),
    ("remind", "round", None),
    ("drafts", "round", None),
    ("recommendations", "round", None),
    ("meeting", "round", None),
    ("meeting_sheet", "round", None),
    ("meeting_add", "round", "Save"),
    ("read", "answer", None),
    ("return", "answer", "Return it"),
    ("answer_publication", "answer", "Do not publish it"),
]


@pytest.fixture
def scene(transactional_db):
    """A round with something in every state."""
    scene = open_round_scene()
    first, second, third = scene.action_answers
    write(scene, first)
    write(scene, second, rag="red", rag_reason="Late", way_back="Hire")
    submit(scene)
    accept(scene)
    give_back(scene, first)
    write_all_but_actions(scene)
    submit(scene)
    write(scene, third)
    MeetingItemFactory(meeting__round=scene.round, update=scene.update, agreed=True)
    return scene


def write_all_but_actions(scene):
    for answer in scene.answers:
        if not answer.is_action:
            write(scene, answer)


@pytest.fixture
def coordinator(page, sign_in, scene):
    """The browser of the coordinator, signed in."""
    sign_in(page.context, scene.coordinator)
    return page


def address(scene, name, number=None):
    return reverse(f"rounds:{name}", args=[scene.partnership.slug, *([number] if number else [])])


def look_over(page):
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_no_sideways_scroll(page)
        check_axe(page)


def test_the_pages_of_an_open_round_have_no_faults_that_axe_can_find(coordinator, scene):
    numbers = {None: None, "round": scene.round.pk, "answer": scene.answer("group").pk}
    for name, of, button in PAGES:
        visit(coordinator, address(scene, name, numbers[of]))
        look_over(coordinator)

        if button:
            coordinator.get_by_role("button", name=button).click()
            expect(coordinator.get_by_text("There is a problem")).to_be_visible()
            look_over(coordinator)


def test_the_preview_of_the_public_edition_has_no_faults_either(coordinator, scene):
    Answer.objects.filter(rag="red").update(is_withheld=True, withheld_reason="Names a family.")
    visit(coordinator, reverse("reports:public", args=[scene.partnership.slug, scene.round.pk]))

    expect(coordinator.get_by_text("Names a family.")).to_be_visible()
    look_over(coordinator)


def test_the_pages_of_a_closed_round_have_no_faults_either(coordinator, scene):
    close(scene)
    for name in ("board", "drafts", "reopen"):
        visit(coordinator, address(scene, name, scene.round.pk))
        look_over(coordinator)


def test_the_pages_of_a_planned_round_have_no_faults_either(page, sign_in, transactional_db):
    scene = open_round_scene(opened=False)
    sign_in(page.context, scene.coordinator)
    for name in ("board", "open"):
        visit(page, address(scene, name, scene.round.pk))
        look_over(page)


def test_answers_are_chosen_and_accepted_by_keyboard(coordinator, scene):
    visit(coordinator, address(scene, "board", scene.round.pk))
    boxes = coordinator.get_by_role("checkbox")
    button = coordinator.get_by_role("button", name="Accept the")
    expect(button).to_have_text("Accept the chosen")

    boxes.nth(0).focus()
    coordinator.keyboard.press("Space")
    boxes.nth(1).focus()
    coordinator.keyboard.press("Space")
    expect(button).to_have_text("Accept the 2 chosen")
    button.focus()
    coordinator.keyboard.press("Enter")

    expect(coordinator.get_by_text("Accepted: 2 answers.")).to_be_visible()
    assert sum(answer.is_accepted for answer in scene.answers) == 3


def test_everything_is_accepted_without_script(browser, sign_in, base_url, transactional_db):
    scene = open_round_scene()
    write_all(scene)
    submit(scene)
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    sign_in(context, scene.coordinator)
    page = context.new_page()
    visit(page, address(scene, "board", scene.round.pk))

    page.get_by_role("button", name="Accept all 7").click()

    expect(page.get_by_text("Accepted: 7 answers.")).to_be_visible()
    context.close()
    assert {answer.state for answer in scene.answers} == {Answer.State.ACCEPTED}
