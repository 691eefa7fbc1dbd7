"""A quarter from end to end in a real browser, with script and without.

With script the journey starts from a partnership and a plan typed into the site administration,
without from the same rows made at once; everything else goes through the portal's own pages: no
row is made and no service called by the test.
"""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.checks import check_axe, check_no_sideways_scroll
from tests.browser.site_admin import add
from tests.factories import (
    PASSWORD,
    ActionFactory,
    GroupHeadingFactory,
    MembershipFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
)

ACTIONS = (("1.1", "Light the station path"), ("1.2", "Walk the high street"))


def sign_in(page, email):
    """With a code from the e-mail that the portal sends."""
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Email me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    code = re.search(r"^\s*([A-Z0-9]{6})\s*$", mail.outbox[-1].body, re.MULTILINE)[1]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def made_in_admin(page, transactional_db):
    """A partnership with a lead, a coordinator, a plan and a figure, typed into the admin."""
    User.objects.create_superuser("site@example.org", PASSWORD)
    page.goto("/admin/")
    sign_in(page, "site@example.org")

    here = {"partnership": "Downland Partnership"}
    add(page, "partnerships/partnership", name="Downland Partnership", slug="downland")
    add(page, "partnerships/organisation", **here, name="Downland Police")
    add(page, "partnerships/group", **here, name="Streets Group")
    for email, post, role in (
        ("lead@example.org", "Strategic lead", "Member"),
        ("coordinator@example.org", "Coordinator", "Coordinator"),
    ):
        add(page, "accounts/user", email=email, password1=PASSWORD, password2=PASSWORD)
        add(
            page,
            "partnerships/membership",
            **here,
            user=email,
            post=post,
            organisation="Downland Police",
            role=role,
        )
    add(
        page,
        "priorities/plan",
        **here,
        title="Downland Plan 2023/24",
        year_label="2023/24",
        slug="2023-24",
        starts_on="2023-04-01",
        ends_on="2024-03-31",
    )
    plan = {"plan": "Downland Plan 2023/24"}
    add(page, "priorities/priority", **plan, reference="1", title="Safer streets")
    add(page, "priorities/priority", **plan, kind="Cross-cutting theme", title="Training")
    add(page, "priorities/prioritylead", priority="Safer streets", membership="Strategic lead")
    add(page, "priorities/groupheading", priority="Safer streets", heading="Streets Group")
    for reference, title in ACTIONS:
        add(page, "actions/action", priority="Safer streets", reference=reference, title=title)
    add(
        page,
        "performance/indicator",
        **here,
        name="Offences in the street",
        unit="offences",
        polarity="Lower is better",
    )
    add(
        page,
        "performance/priorityindicator",
        priority="Safer streets",
        indicator="Offences in the street",
    )


@pytest.fixture
def made_at_once(transactional_db):
    """The same partnership, without the typing."""
    partnership = PartnershipFactory(name="Downland Partnership", slug="downland")
    lead = MembershipFactory(partnership=partnership, user__email="lead@example.org", member=True)
    MembershipFactory(
        partnership=partnership, user__email="coordinator@example.org", coordinator=True
    )
    plan = PlanFactory(partnership=partnership)
    priority = PriorityFactory(plan=plan, reference="1", title="Safer streets")
    PriorityFactory(plan=plan, theme=True, title="Training")
    PriorityLeadFactory(priority=priority, membership=lead)
    GroupHeadingFactory(priority=priority, heading="Streets Group")
    for reference, title in ACTIONS:
        ActionFactory(priority=priority, reference=reference, title=title)
    PriorityIndicatorFactory(priority=priority, indicator__name="Offences in the street")


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def visitor(request, browser, base_url):
    """Opens a browser of its own for a person and signs them in."""
    request.getfixturevalue("made_in_admin" if request.param else "made_at_once")
    contexts = []

    def visit_as(email):
        context = browser.new_context(
            base_url=base_url,
            java_script_enabled=request.param,
            locale="en-GB",
            viewport={"width": 1280, "height": 900},
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        sign_in(page, email)
        page.has_script = request.param
        return page

    yield visit_as
    for context in contexts:
        context.close()


def look_over(page):
    """What must hold on every page on the way; it takes script to find out."""
    if page.has_script:
        page.set_viewport_size({"width": 320, "height": 800})
        check_no_sideways_scroll(page)
        page.set_viewport_size({"width": 1280, "height": 900})
        check_axe(page)


def press(page, name):
    page.get_by_role("button", name=name).first.click()


def follow(page, name):
    """Through the page's own link of this name, before one of the navigation's."""
    link = page.locator("main").get_by_role("link", name=name)
    (link if link.count() else page.get_by_role("link", name=name)).first.click()


def fill_date(page, name, day):
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.fill(f"#id_{name}_{part}", str(value))


def open_the_second_quarter(page):
    follow(page, "Rounds")
    press(page, "Make the rounds of 2023/24")
    follow(page, "Quarter 2")
    follow(page, "Change the dates")
    today = timezone.localdate()
    fill_date(page, "opens_on", today)
    fill_date(page, "due_on", today + timedelta(days=7))
    fill_date(page, "closes_on", today + timedelta(days=10))
    fill_date(page, "meets_on", today + timedelta(days=14))
    look_over(page)
    press(page, "Save the dates")
    follow(page, "Open Quarter 2")
    look_over(page)
    press(page, "Open Quarter 2")
    expect(page.locator("h1")).to_have_text("Quarter 2, 2023/24")
    look_over(page)


def answer_as_lead(page):
    expect(page.locator("main")).to_contain_text("Priority 1: Safer streets")
    look_over(page)
    follow(page, "Start your update")
    look_over(page)
    follow(page, "1.1 Light the station path")
    press(page, "Save and continue")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Write the update")
    look_over(page)
    page.locator("#id_text").fill("Twelve lamps stand along the path.")
    page.get_by_label("In progress").check()
    page.get_by_role("radio", name="Amber").check()
    page.get_by_label("Why is it red or amber?").fill("The bridge is still dark.")
    page.get_by_label("What is the way back to green?").fill("Lamps on the bridge by May.")
    press(page, "Save and continue")

    expect(page.locator("h1")).to_contain_text("1.2 Walk the high street")
    page.locator(".govuk-breadcrumbs__link").last.click()
    press(page, re.compile("Nothing to report.*1.2 Walk"))
    press(page, re.compile("Verbal at the meeting.*Streets Group"))
    follow(page, re.compile("figure for the twelve months"))
    values = page.locator('input[name$="value"]')
    values.nth(0).fill("5,326")
    values.nth(1).fill("4,759")
    for source in page.locator('input[name$="source"]').all():
        source.fill("Downland Police")
    press(page, "Save and go back to the list")
    look_over(page)
    follow(page, "Check and submit")
    expect(page.locator("main")).to_contain_text("−10.6%")
    expect(page.locator("main")).to_contain_text("Twelve lamps stand along the path.")
    look_over(page)
    press(page, re.compile("Submit with 2 gaps"))
    expect(page.locator("h1")).to_have_text("Update submitted")
    look_over(page)


def test_a_quarter_from_opening_to_the_compiled_report(visitor):
    coordinator = visitor("coordinator@example.org")
    open_the_second_quarter(coordinator)

    lead = visitor("lead@example.org")
    answer_as_lead(lead)

    # The board shows what came in; one answer goes back with a reason.
    coordinator.reload()
    expect(coordinator.locator("main")).to_contain_text("To read and accept (4)")
    follow(coordinator, "1.1 Light the station path")
    look_over(coordinator)
    follow(coordinator, "Return to the lead")
    coordinator.get_by_label("What should change?").fill("Say which bridge.")
    look_over(coordinator)
    press(coordinator, "Return it")

    # It is back on the lead's list, is revised and sent again.
    lead.goto("/downland/")
    follow(lead, "Continue your update")
    expect(lead.locator("main")).to_contain_text("Say which bridge.")
    follow(lead, "1.1 Light the station path")
    lead.locator("#id_text").fill("Twelve lamps stand along the path up to the mill bridge.")
    press(lead, "Save and go back to the list")
    follow(lead, "Check and submit")
    press(lead, re.compile("Submit"))

    # Everything is accepted, a gap is filled for the lead, and the round is closed.
    coordinator.goto("/downland/rounds/")
    follow(coordinator, "Quarter 2")
    press(coordinator, re.compile("Accept all"))
    follow(coordinator, "Answer for them")
    look_over(coordinator)
    coordinator.get_by_label("Nothing to report this time").check()
    press(coordinator, "Save and send")
    follow(coordinator, "Back to the board")
    follow(coordinator, "Close the round")
    press(coordinator, "Close Quarter 2")

    # The report is compiled, with every figure computed.
    coordinator.goto("/downland/reports/")
    look_over(coordinator)
    follow(coordinator, re.compile("Quarter 2"))
    report = coordinator.locator("main")
    expect(report).to_contain_text("DRAFT")
    expect(report).to_contain_text("up to the mill bridge")
    expect(report).to_contain_text("The bridge is still dark.")
    expect(report).to_contain_text("5,326")
    expect(report).to_contain_text("−10.6%")
    expect(report).to_contain_text("Verbal update at the meeting")
    expect(report).to_contain_text("No update received")
    look_over(coordinator)
