"""The set-up, organisations and groups in a real browser: at 320 px, by keyboard, and for axe."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    UserFactory,
)

LONG = "Safeguarding, Contextual Harm and Vulnerability Partnership Board of East and West "


@pytest.fixture
def partnership(transactional_db):
    return PartnershipFactory(slug="swale", national_code="E22000146")


@pytest.fixture
def administrator(page, sign_in, partnership):
    """The browser of the administrator, signed in."""
    sign_in(page.context, MembershipFactory(partnership=partnership, administrator=True).user)
    return page


def look_over(page):
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_no_sideways_scroll(page)
        check_axe(page)


def look_over_with_errors(page, button):
    page.get_by_role("button", name=button).press("Enter")
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    look_over(page)


def test_organisations_and_groups_have_no_faults_that_axe_can_find(administrator, partnership):
    for factory, one in ((OrganisationFactory, "organisation"), (GroupFactory, "group")):
        visit(administrator, reverse(f"administration:{one}s", args=["swale"]))
        look_over(administrator)
        body = factory(partnership=partnership, name=f"{LONG}https://www.example.org/{'a' * 60}")
        body.aliases.create(partnership=partnership, name=LONG, used_until=date(2020, 1, 1))
        other = factory(partnership=partnership)
        for page in ("", "_change", "_rename", "_end", "_merge"):
            visit(administrator, reverse(f"administration:{one}{page}", args=["swale", body.pk]))
            look_over(administrator)
        look_over_with_errors(administrator, "Show what will move")
        administrator.get_by_label("Which is the same?").select_option(str(other.pk))
        administrator.get_by_label("The one chosen above").check()
        administrator.get_by_role("button", name="Show what will move").press("Enter")
        expect(administrator.get_by_role("button", name="Merge them")).to_be_visible()
        look_over(administrator)
        visit(administrator, reverse(f"administration:{one}_add", args=["swale"]))
        look_over_with_errors(administrator, f"Add the {one}")
        visit(administrator, reverse(f"administration:{one}s", args=["swale"]))
        look_over(administrator)


def test_the_set_up_has_no_faults_that_axe_can_find(administrator, partnership):
    where = reverse("administration:index", args=["swale"])
    visit(administrator, where)
    look_over(administrator)
    PriorityFactory(plan=PlanFactory(partnership=partnership), title=LONG * 2)
    visit(administrator, where)
    look_over(administrator)


def test_the_proposed_organisations_are_corrected_and_added_by_keyboard(administrator, partnership):
    visit(administrator, reverse("administration:index", args=["swale"]))
    administrator.get_by_role("link", name="Organisations").first.press("Enter")
    look_over(administrator)
    look_over_with_errors(administrator, "Add the organisations")

    administrator.get_by_label("Name of the district or borough council").fill("Swale Borough")
    for left_out in ("County council", "Fire and rescue authority", "Integrated care board"):
        administrator.get_by_role("checkbox", name=left_out).press("Space")
    administrator.get_by_label("Other organisations").fill("Southern Housing")
    administrator.get_by_role("button", name="Add the organisations").press("Enter")

    expect(administrator.get_by_text("4 organisations are added.")).to_be_visible()
    names = set(partnership.organisations.values_list("name", flat=True))
    assert names == {"Swale Borough", "Kent Police", "Probation Service", "Southern Housing"}


def test_a_partnership_is_made_without_a_script(browser, base_url, sign_in, transactional_db):
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    user = UserFactory(email="site@example.org", is_staff=True, is_superuser=True)
    sign_in(context, user)

    page.goto("/")
    page.get_by_role("link", name="partnerships of this portal").click()
    page.get_by_role("link", name="Add the first").click()
    page.get_by_label("Name of the area").fill("swale")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Swale", exact=True).click()
    page.get_by_label("Their email address").fill("site@example.org")
    page.get_by_role("button", name="Make the partnership").click()

    expect(page.get_by_role("heading", name="Before the first round opens")).to_be_visible()
    expect(page).to_have_url(f"{base_url}/swale/administration/")
    context.close()


def test_the_pages_of_a_new_partnership_have_no_faults_that_axe_can_find(
    page, sign_in, partnership
):
    sign_in(page.context, UserFactory(is_staff=True, is_superuser=True))
    for address in (
        reverse("site:partnerships"),
        reverse("site:find") + "?q=kent",
        reverse("site:new") + "?code=E22000146",
        reverse("site:new") + "?code=E22000140",
    ):
        visit(page, address)
        look_over(page)
    look_over_with_errors(page, "Make the partnership")
