"""The rich-text editor by keyboard and with a paste, and the pages of writing as they are seen."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from documents.richtext import clean
from rounds.models import Answer
from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.scenes import close, open_round_scene, write
from tests.test_richtext import WORD_LIST
from tests.writing import address

PASTE = """([html]) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    data.setData("text/plain", "plain");
    document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<style><!-- p {color: red} --></style></head><body><!--StartFragment-->
<p class=MsoNormal style='color:red'>We <b style='mso-bidi-font-weight:normal'>met</b>
<a style='mso-comment-reference:A_1'>shops</a><span class=MsoCommentReference>
<a class=msocomanchor id="_anchor_1" href="#_msocom_1">[A1]</a></span>.<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·
<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;</span></span>Two visits<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·
<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;</span></span>One letter<o:p></o:p></p>
<p class=MsoNormal><a href="javascript:alert(1)">Bad</a> <img src="file:///C:/x.png"></p>
<div style='mso-element:comment-list'><div style='mso-element:comment'><p class=MsoCommentText>
Not for you</p></div></div><!--EndFragment--></body></html>"""


@pytest.fixture
def scene(transactional_db):
    return open_round_scene()


@pytest.fixture
def answer(scene):
    return scene.action_answers[0]


def sign_in(context, base_url, user):
    client = Client()
    client.force_login(user)
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "domain": urlsplit(base_url).hostname,
                "path": "/",
            }
        ]
    )


@pytest.fixture
def lead(page, base_url, scene):
    """The lead's page; whatever its console complains of fails the test."""
    sign_in(page.context, base_url, scene.lead)
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        # The browser itself notes pages that are answered with 409 or 422.
        lambda message: (
            message.type in ("error", "warning")
            and "status of 4" not in message.text
            and complaints.append(message.text)
        ),
    )
    yield page
    assert not complaints, complaints


@pytest.fixture
def without_script(browser, browser_context_args, base_url, scene):
    context = browser.new_context(
        **browser_context_args | {"java_script_enabled": False, "base_url": base_url}
    )
    sign_in(context, base_url, scene.lead)
    yield context.new_page()
    context.close()


def open_box(page, scene, answer):
    """The editor of an answer, ready to be written in."""
    visit(page, address(scene, answer))
    found = page.get_by_role("textbox", name="What has happened since July?")
    expect(found).to_be_visible()
    found.focus()
    # The editor puts its own caret a moment after it is entered; a key before that is undone.
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    return found


@pytest.fixture
def box(lead, scene, answer):
    return open_box(lead, scene, answer)


def save(page):
    page.get_by_role("radio", name="In progress").check()
    page.get_by_role("radio", name="Green").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("Saved: 1.1")).to_be_visible()


def kept(answer):
    return Answer.objects.get(pk=answer.pk).text


def test_bold_italic_and_lists_by_keyboard(lead, box, answer):
    keys = lead.keyboard
    keys.type("We ")
    keys.press("Control+b")
    keys.type("met")
    keys.press("Control+b")
    keys.type(" and ")
    keys.press("Control+i")
    keys.type("talked")
    keys.press("Enter")
    keys.type("- One")
    keys.press("Enter")
    keys.type("Two")
    save(lead)

    assert kept(answer) == (
        "<p>We <strong>met</strong> and <em>talked</em></p><ul><li>One</li><li>Two</li></ul>"
    )


def test_the_buttons_work_by_keyboard_and_say_whether_they_are_on(lead, box, answer):
    lead.keyboard.press("Shift+Tab")
    numbers = lead.get_by_role("button", name="Numbered list")
    for _ in range(3):
        lead.keyboard.press("ArrowRight")
    expect(numbers).to_be_focused()
    expect(numbers).to_have_attribute("aria-pressed", "false")

    lead.keyboard.press("Enter")

    expect(box).to_be_focused()
    expect(numbers).to_have_attribute("aria-pressed", "true")
    lead.keyboard.type("First")
    save(lead)
    assert kept(answer) == "<ol><li>First</li></ol>"


def test_the_buttons_are_one_stop_and_the_arrows_go_round_them(lead, box):
    def focused(name):
        expect(lead.get_by_role("button", name=name, exact=True)).to_be_focused()

    lead.keyboard.press("Shift+Tab")
    focused("Bold")
    for key, name in [
        ("ArrowRight", "Italic"),
        ("ArrowLeft", "Bold"),
        ("ArrowLeft", "Link"),
        ("ArrowRight", "Bold"),
        ("End", "Link"),
        ("Home", "Bold"),
        ("ArrowRight", "Italic"),
        ("ArrowRight", "Bulleted list"),
    ]:
        lead.keyboard.press(key)
        focused(name)

    lead.keyboard.press("Tab")
    expect(box).to_be_focused()
    lead.keyboard.press("Shift+Tab")
    focused("Bulleted list")
    lead.keyboard.press("Shift+Tab")
    expect(lead.get_by_role("radio", name="In writing, here")).to_be_focused()


def test_the_button_that_was_clicked_is_the_stop(lead, box):
    lead.get_by_role("button", name="Italic").click()
    expect(box).to_be_focused()

    lead.keyboard.press("Shift+Tab")

    expect(lead.get_by_role("button", name="Italic")).to_be_focused()


def test_tab_leaves_the_box_also_from_a_list(lead, box):
    lead.keyboard.type("- One")
    lead.keyboard.press("Enter")
    lead.keyboard.type("Two")

    lead.keyboard.press("Tab")

    expect(box).not_to_be_focused()
    expect(lead.get_by_role("radio", name="Not yet started")).to_be_focused()
    expect(box.locator("li")).to_have_count(2)


def open_link_panel(page):
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    found = page.get_by_label("Address of the link")
    expect(found).to_be_focused()
    return found


def test_a_link_by_keyboard_and_an_address_that_is_none(lead, box, answer):
    lead.keyboard.type("Report")
    lead.keyboard.press("Control+a")
    where = open_link_panel(lead)
    where.fill("javascript:alert(1)")
    lead.keyboard.press("Enter")
    expect(lead.get_by_text("Begin the address with https://")).to_be_visible()
    expect(where).to_be_focused()
    expect(where).to_have_attribute("aria-invalid", "true")
    check_axe(lead)

    where.fill("https://example.org/a?b=1&c=2")
    lead.keyboard.press("Enter")

    expect(where).to_be_hidden()
    expect(box).to_be_focused()
    save(lead)
    assert kept(answer) == '<p><a href="https://example.org/a?b=1&amp;c=2">Report</a></p>'


def test_escape_closes_the_panel_and_changes_nothing(lead, box):
    lead.keyboard.type("Report")
    open_link_panel(lead)

    lead.keyboard.press("Escape")

    expect(lead.get_by_label("Address of the link")).to_be_hidden()
    expect(box).to_be_focused()
    expect(box.locator("a")).to_have_count(0)


def test_what_is_pasted_from_word_is_cleaned_and_told(lead, box, answer):
    lead.evaluate(PASTE, [WORD])

    told = lead.locator(".editor__foot [role=status]")
    expect(told).to_contain_text("Left out when pasting: 1 comment, 1 picture")
    expect(told).to_contain_text("1 link that did not begin with http or https")
    expect(told).to_contain_text("text colours and fonts")
    expect(box).not_to_contain_text("Not for you")
    save(lead)
    assert kept(answer) == (
        "<p>We <strong>met</strong> shops.</p>"
        "<ul><li>Two visits</li><li>One letter</li></ul><p>Bad</p>"
    )


OTHER_PASTES = {
    "a list from Word": WORD_LIST,
    "a deeper list": """<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span
        style='mso-list:Ignore'>·&nbsp;</span>A</p><p class=MsoListParagraph
        style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>1.&nbsp;</span>A1</p>
        <p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span
        style='mso-list:Ignore'>·&nbsp;</span>B</p>""",
    "tracked changes": "<p>Kept <del>gone</del><ins>new</ins></p>",
    "hidden text": "<p>See <span style='display:none;mso-hide:all'>secret</span>me</p>",
    "underlining": "<p><u>Heading</u></p><p>Text <u>under</u> line</p>",
    "a table": "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td><p>2</p><p>3</p></td></tr>"
    "</table>",
    "a shared document": '<b style="font-weight:normal"><p>'
    '<span style="font-weight:700">Bold</span>'
    '<span style="font-style:italic"> it</span></p><ul><li><p>One</p></li></ul></b>',
    "raised letters": "<p>x<sup>2</sup> and H<sub>2</sub>O</p>",
    "links": "<a href='mailto:a@b.example'>a</a> <a href='//evil.example'>x</a> <a href='/r'>y</a>",
    "a web page": "<h2>News</h2><blockquote>Said</blockquote><hr><pre>one\ntwo</pre>",
}


def test_a_paste_is_kept_as_the_server_alone_would_keep_it(lead, scene, answer):
    for what, html in OTHER_PASTES.items():
        Answer.objects.filter(pk=answer.pk).update(text="")
        open_box(lead, scene, answer)
        lead.evaluate(PASTE, [html])
        told = lead.locator(".editor__foot [role=status]").inner_text()
        save(lead)

        by_server = clean(html)
        assert kept(answer) == by_server.html, what
        for phrase in by_server.dropped:
            assert phrase in told, what


def test_raised_letters_survive_the_editor(lead, scene, answer):
    write(scene, answer, "<p>x<sup>2</sup></p><h4>Then</h4><p>One<br>two</p>")
    open_box(lead, scene, answer)
    lead.keyboard.press("Control+End")
    lead.keyboard.type("!")
    save(lead)

    assert kept(answer) == "<p>x<sup>2</sup></p><h4>Then</h4><p>One<br>two!</p>"


def test_a_long_paste_from_word_is_saved_with_every_word(lead, box, answer):
    noise = "class=MsoNormal style='mso-margin-top-alt:auto;color:red'"
    sentences = [f"Sentence {n} of a long paper goes on." for n in range(1100)]
    html = "".join(f"<p {noise}>{each}<o:p></o:p></p>" for each in sentences)
    assert len(html) > 100_000

    lead.evaluate(PASTE, [html])
    save(lead)

    assert kept(answer) == "".join(f"<p>{each}</p>" for each in sentences)


def test_what_was_written_is_there_again_after_the_back_button(lead, box, scene, answer):
    lead.keyboard.type("We met ")
    lead.keyboard.press("Control+b")
    lead.keyboard.type("shops")
    lead.get_by_role("link", name="Home").first.click()
    expect(lead).not_to_have_url(address(scene, answer))
    lead.go_back()

    expect(lead.locator("#id_text strong")).to_have_text("shops")
    save(lead)
    assert kept(answer) == "<p>We met <strong>shops</strong></p>"


def test_what_comes_back_writes_over_nothing_that_was_saved_since(lead, box, scene, answer):
    lead.keyboard.type("Mine.")
    lead.get_by_role("link", name="Home").first.click()
    write(scene, answer, "<p>Theirs.</p>", by=scene.deputy)
    lead.go_back()

    said = "This section was saved after you began your draft"
    expect(lead.get_by_role("heading", name=said)).to_be_visible()
    expect(lead.get_by_role("region", name="Your draft")).to_contain_text("Mine.")
    assert kept(answer) == "<p>Theirs.</p>"


def test_lines_typed_before_the_script_arrives_stay_in_the_plain_box(lead, scene, answer):
    waiting = []
    lead.route("**/editor*.js", lambda route: waiting.append(route))
    lead.goto(address(scene, answer), wait_until="commit")
    lead.locator("textarea#id_text").fill("Typed early.\n\n- One")
    for route in waiting:
        route.continue_()
    lead.unroute("**/editor*.js")
    lead.wait_for_load_state("load")

    expect(lead.locator("textarea#id_text")).to_be_visible()
    save(lead)
    assert kept(answer) == "<p>Typed early.</p><ul><li>One</li></ul>"


def test_the_label_leads_into_the_box(lead, box):
    lead.get_by_role("radio", name="In progress").focus()

    lead.locator("label", has_text="What has happened since July?").click()

    expect(box).to_be_focused()


def test_a_line_of_the_error_summary_leads_into_the_editor(lead, box, scene):
    lead.get_by_role("button", name="Save and continue").click()
    expect(lead.locator(".govuk-error-summary")).to_be_focused()

    lead.get_by_role("link", name="Write the update, or choose another kind of answer").click()

    expect(lead.locator("#id_text")).to_be_focused()
    expect(lead.locator("#id_text")).to_have_attribute("aria-invalid", "true")
    expect(lead.get_by_role("textbox", name="What has happened since July?")).to_be_focused()


def test_red_and_amber_open_their_questions(lead, box):
    why = lead.get_by_label("Why is it red or amber?")
    expect(why).to_be_hidden()
    lead.get_by_role("radio", name="Amber").check()
    expect(why).to_be_visible()
    lead.get_by_role("radio", name="Green").check()
    expect(why).to_be_hidden()


def test_without_script_every_question_is_open_and_lines_are_saved(without_script, scene, answer):
    page = without_script
    visit(page, address(scene, answer))
    for label in ("Why is it red or amber?", "What is the way back to green?", "Why has it moved?"):
        expect(page.get_by_label(label)).to_be_visible()
    page.get_by_label("What has happened since July?").fill("We met.\n\n- Two visits\n- One letter")
    save(page)

    assert kept(answer) == "<p>We met.</p><ul><li>Two visits</li><li>One letter</li></ul>"


def test_without_script_two_versions_are_settled(without_script, scene, answer):
    page = without_script
    visit(page, address(scene, answer))
    write(scene, answer, "<p>Theirs.</p>", by=scene.deputy)
    page.get_by_label("What has happened since July?").fill("Mine.")
    page.get_by_role("radio", name="In progress").check()
    page.get_by_role("radio", name="Green").check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("radio", name="Put both in the box").check()
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_label("What has happened since July?")).to_have_value("Theirs.\n\nMine.")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("Saved: 1.1")).to_be_visible()
    assert kept(answer) == "<p>Theirs.</p><p>Mine.</p>"


# The pages as they are seen -------------------------------------------------------------------


def fresh(page, scene, answer):
    visit(page, address(scene, answer))


def wrong(page, scene, answer):
    visit(page, address(scene, answer))
    page.get_by_role("radio", name="Red").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()


def in_conflict(page, scene, answer):
    visit(page, address(scene, answer))
    write(scene, answer, f"<p>Theirs, {'a-very-long-word' * 12}.</p>", by=scene.deputy, rag="red",
          rag_reason="Snow", way_back="Spring")  # fmt: skip
    page.get_by_role("textbox", name="What has happened since July?").fill("Mine.")
    page.get_by_role("radio", name="In progress").check()
    page.get_by_role("radio", name="Green").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="Someone else saved this section")).to_be_visible()


def of_figures(page, scene, answer):
    visit(page, address(scene, scene.answer(Answer.Kind.FIGURES)))


def of_wrong_figures(page, scene, answer):
    of_figures(page, scene, answer)
    for box in page.get_by_role("textbox", name="Reports, October").all():
        box.fill("some")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()


def of_a_closed_round(page, scene, answer):
    write(scene, answer)
    close(scene)
    visit(page, address(scene, answer))


def given_back(page, scene, answer):
    visit(page, address(scene, answer))
    page.get_by_role("textbox", name="What has happened since July?").fill("Mine, at some length.")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="You have been signed out")).to_be_visible()


@pytest.mark.parametrize(
    "reach",
    [fresh, wrong, in_conflict, of_figures, of_wrong_figures, of_a_closed_round, given_back],
)
def test_each_page_of_writing_is_accessible_wide_and_narrow(lead, scene, answer, reach):
    reach(lead, scene, answer)
    for width in (1280, 320):
        lead.set_viewport_size({"width": width, "height": 900})
        check_axe(lead)
        check_no_sideways_scroll(lead)
    assert lead.get_by_role("heading", level=1).count() == 1
