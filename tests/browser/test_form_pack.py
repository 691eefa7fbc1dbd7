"""The form pack in a real browser, with its styles and script, without the rest of the portal."""

import pytest
from django.conf import settings
from django.template import Context, Template

from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.test_govuk_pack import ANSWERS, UpdateForm

STATIC = settings.BASE_DIR / "static"
PAGE = """{% load crispy_forms_tags govuk %}<!DOCTYPE html>
<html lang="en-GB" class="govuk-template">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Form pack</title>
  <link rel="stylesheet" href="/static/vendor/govuk-frontend/govuk-frontend.min.css">
  <link rel="stylesheet" href="/static/site.css">
  <script type="module" src="/static/site.js"></script>
</head>
<body class="govuk-template__body">
  <div class="govuk-width-container"><main class="govuk-main-wrapper">
    {% error_summary form first="Everything you wrote has been kept" %}
    <h1 class="govuk-heading-l">Form pack</h1>
    <form method="post" novalidate>{% crispy form %}{% button "Save" %}</form>
  </main></div>
</body>
</html>"""
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"


@pytest.fixture
def show(page):
    """Show a form in the browser; an error or warning on its console fails."""
    console = []
    page.on(
        "console",
        lambda message: message.type in ("error", "warning") and console.append(message.text),
    )
    page.on("pageerror", lambda error: console.append(str(error)))
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))

    def show(form):
        body = Template(PAGE).render(Context({"form": form}))
        page.route(
            "http://form.example/",
            lambda route: route.fulfill(
                body=body,
                headers={
                    "Content-Type": "text/html; charset=utf-8",
                    "Content-Security-Policy": POLICY,
                },
            ),
        )
        page.route(
            "http://form.example/static/**",
            lambda route: route.fulfill(path=STATIC / route.request.url.split("/static/")[1]),
        )
        visit(page, "http://form.example/")
        return page

    yield show
    assert console == []


@pytest.mark.parametrize("answers", [None, {"version": "1"}, ANSWERS])
def test_a_form_has_no_faults_that_axe_can_find(show, answers):
    page = show(UpdateForm(answers))
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_axe(page)
        check_no_sideways_scroll(page)


def test_a_line_of_the_error_summary_takes_the_keyboard_to_its_control(show):
    page = show(UpdateForm({"version": "1"}))
    for name in ("progress", "due_on_day", "title"):
        page.locator(f".govuk-error-summary a[href='#id_{name}']").click()

        assert page.evaluate("document.activeElement.id") == f"id_{name}"


def test_the_error_summary_has_the_focus_when_the_page_opens(show):
    page = show(UpdateForm({"version": "1"}))

    assert "govuk-error-summary" in page.evaluate("document.activeElement.className")


def test_questions_open_with_any_of_the_answers_that_ask_them(show):
    page = show(UpdateForm())
    reason = page.get_by_label("Why?")

    assert reason.is_hidden()
    for answer, is_asked in [("Amber", True), ("Red", True), ("Not rated", False)]:
        page.get_by_label(answer).check()
        assert reason.is_visible() is is_asked


def test_every_question_is_open_without_script(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route(
        "**/*",
        lambda route: (
            route.fulfill(path=STATIC / route.request.url.split("/static/")[1])
            if "/static/" in route.request.url
            else route.fulfill(
                body=Template(PAGE).render(Context({"form": UpdateForm()})),
                content_type="text/html; charset=utf-8",
            )
        ),
    )
    page.goto("http://form.example/")

    assert page.get_by_label("Why?").is_visible()
    context.close()


def test_a_password_can_be_shown(show):
    page = show(UpdateForm())
    page.get_by_role("button", name="Show password").click()

    assert page.locator("#id_secret").get_attribute("type") == "text"


def test_characters_left_are_counted(show):
    page = show(UpdateForm())
    page.locator("#id_text").fill("x" * 501)

    page.get_by_text("You have 1 character too many").first.wait_for()
