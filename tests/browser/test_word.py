"""A lead's update by Word in a browser: the form is taken, brought back, looked at and saved."""

from playwright.sync_api import expect

from rounds.models import Answer
from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.scenes import open_round_scene, write
from tests.word_forms import KEY_ISSUES, KNOW, SENSITIVE, Filled, address


def look_over(page):
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_no_sideways_scroll(page)
        check_axe(page)


def test_a_lead_takes_the_form_and_brings_it_back(page, sign_in, transactional_db, tmp_path):
    scene = open_round_scene()
    sign_in(page.context, scene.lead)
    visit(page, address("word", scene))
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look_over(page)

    with page.expect_download() as taken:
        page.get_by_role("button", name="Download the Word form").press("Enter")
    form = Filled(taken.value.path().read_bytes())
    form.type("1.1", form.table("1.1").rows[2].cells[0].paragraphs[0].text, "Walks. " * 40)
    form.choose("1.1", SENSITIVE, "Yes").type(KEY_ISSUES, KNOW, f"Theft{'x' * 90}")
    form.document.add_paragraph("By the way.")
    write(scene, scene.action_answers[0], f"<p>{'Patrols. ' * 40}</p>", by=scene.deputy)
    filled = tmp_path / "filled.docx"
    filled.write_bytes(form.content)
    page.get_by_label("The Word file that you have filled in").set_input_files(filled)
    page.get_by_role("button", name="Read the file").press("Enter")

    expect(page.get_by_role("heading", name="What the Word file says")).to_be_visible()
    look_over(page)
    expect(page.get_by_label("Save 1.1 as the file has it")).not_to_be_checked()
    page.get_by_label("Save 1.1 as the file has it").press("Space")
    page.get_by_role("button", name="Save what is ticked").press("Enter")
    expect(page.get_by_text("Saved from the Word file: 2 sections.")).to_be_visible()
    assert scene.answer(Answer.Kind.ACTION).text.startswith("<p>Walks.")
