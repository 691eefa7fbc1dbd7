"""A quarter from end to end in a real browser.

The journey starts from a partnership and a plan made in the site administration; everything else
goes through the portal's own pages.
"""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.site_admin import add

PASSWORD = "a long enough password"


@pytest.fixture
def made_in_admin(page, transactional_db):
    """A partnership with a lead, a coordinator, a plan and a figure, typed into the admin."""
    User.objects.create_superuser("site@example.org", PASSWORD)
    page.goto("/admin/")
    page.fill("#id_username", "site@example.org")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Log in").click()

    add(page, "partnerships/partnership", name="Downland Partnership", slug="downland")
    add(
        page,
        "partnerships/organisation",
        partnership="Downland Partnership",
        name="Downland Police",
    )
    add(page, "partnerships/group", partnership="Downland Partnership", name="Streets Group")
    for email, post, role in (
        ("lead@example.org", "Strategic lead", "Member"),
        ("coordinator@example.org", "Coordinator", "Coordinator"),
    ):
        add(page, "accounts/user", email=email, password1=PASSWORD, password2=PASSWORD)
        add(
            page,
            "partnerships/membership",
            partnership="Downland Partnership",
            user=email,
            post=post,
            organisation="Downland Police",
            role=role,
        )
    add(
        page,
        "priorities/plan",
        partnership="Downland Partnership",
        title="Downland Plan 2023/24",
        year_label="2023/24",
        slug="2023-24",
        starts_on="01/04/2023",
        ends_on="31/03/2024",
    )
    return page


def test_a_plan_can_be_made_in_the_site_administration(made_in_admin):
    expect(made_in_admin.locator("body")).to_contain_text("Downland Plan 2023/24")
