"""People invited, changed and seen off in a real browser: at 320 px, by keyboard, and for axe."""

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from actions.models import Action
from tests.browser.checks import check_axe, check_no_sideways_scroll, visit
from tests.factories import ActionLeadFactory, MembershipFactory
from tests.scenes import open_round_scene

LONG = "Strategic lead for community safety, licensing, domestic abuse and rough sleeping"


@pytest.fixture
def scene(transactional_db):
    scene = open_round_scene(slug="swale")
    lead = scene.memberships["lead"]
    ActionLeadFactory(action=Action.objects.first(), membership=lead)
    MembershipFactory(partnership=scene.partnership, user=scene.lead, guest=True, post=LONG)
    return scene


@pytest.fixture
def administrator(page, sign_in, scene):
    sign_in(page.context, scene.administrator)
    return page


def at(name, *args):
    return reverse(f"administration:{name}", args=["swale", *args])


def look_over(page):
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_no_sideways_scroll(page)
        check_axe(page)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).press("Enter")


def test_somebody_is_invited_and_comes_in_by_the_link(administrator, scene, browser, base_url):
    page = administrator
    visit(page, at("people"))
    look_over(page)
    page.get_by_role("link", name="Invite somebody").press("Enter")
    press(page, "Invite")
    expect(page.get_by_role("link", name="Enter an email address")).to_be_visible()
    look_over(page)
    page.get_by_label("Email address").fill(f"{'a-very-long-name' * 3}@example.org")
    page.get_by_label("Post", exact=True).fill(LONG)
    press(page, "Invite")
    expect(page.get_by_text("An invitation is on its way to")).to_be_visible()
    look_over(page)

    [link] = [word for word in mail.outbox[-1].body.split() if "/invitations/" in word]
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    theirs = context.new_page()
    theirs.goto(link)
    expect(theirs.get_by_role("heading", level=1)).to_contain_text("You are invited to")
    press(theirs, "Accept and come in")
    expect(theirs.get_by_text("You can set a password")).to_be_visible()
    context.close()

    for address, status in ((link, 410), (link + "x/", 404)):
        visit(page, address, status)
        look_over(page)


def test_the_page_of_an_invitation_has_no_faults_that_axe_can_find(administrator, page, scene):
    visit(page, at("invite"))
    page.get_by_label("Email address").fill("new@example.org")
    page.get_by_label("Post", exact=True).fill(LONG)
    press(page, "Invite")
    expect(page.get_by_text("An invitation is on its way to")).to_be_visible()
    [link] = [word for word in mail.outbox[-1].body.split() if "/invitations/" in word]

    visit(page, link, 409)
    look_over(page)
    page.context.clear_cookies()
    visit(page, link)
    look_over(page)


def test_somebody_who_leaves_is_replaced(administrator, scene):
    page = administrator
    leaver = scene.memberships["lead"]
    visit(page, at("person", scene.lead.pk))
    page.get_by_text("What they may not").press("Enter")
    look_over(page)
    visit(page, at("change_post", leaver.pk))
    look_over(page)
    visit(page, at("end_post", leaver.pk))
    press(page, "End this post")
    expect(page.get_by_role("alert")).to_contain_text("Choose who takes over")
    look_over(page)
    page.get_by_label("Who takes over?").select_option(index=2)
    press(page, "End this post")
    expect(page.get_by_text("The end of the post is saved")).to_be_visible()
