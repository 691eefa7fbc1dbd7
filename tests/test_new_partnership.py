"""A new partnership: found in the ONS list, made with its first administrator, and filled."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from partnerships.authorities import responsible_authorities
from partnerships.models import Membership, Organisation, Partnership, Role
from partnerships.ons import area_of, areas, search
from tests.factories import (
    NOW,
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.pages import Fields

SWALE = "E22000146"
FIND, NEW = reverse("site:find"), reverse("site:new")


@pytest.fixture
def site_administrator(client, db, settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    client.force_login(UserFactory(email="site@example.org", is_staff=True, is_superuser=True))
    return client


def make(client, code=SWALE, **typed):
    sent = {
        "name": "Swale Community Safety Partnership",
        "slug": "swale",
        "brand_colour": "#10495a",
        "email": "new@example.org",
        "post": "Administrator",
    }
    return client.post(f"{NEW}?code={code}" if code else NEW, sent | typed)


# The list ------------------------------------------------------------------------------------


def test_the_list_holds_every_partnership_of_december_2024_once():
    assert len(areas()) == len({area.code for area in areas()}) == 314
    assert sum(len(area.districts) for area in areas()) == 332
    assert all(len(area.districts) == len(area.district_codes) for area in areas())


def test_an_area_is_found_by_its_name_its_districts_its_force_and_its_code():
    assert [area.code for area in search("swale")] == [SWALE]
    assert [area.name for area in search("hythe folkestone")] == ["Shepway"]
    assert len(search("kent")) == 12
    assert [area.name for area in search(SWALE.lower())] == ["Swale"]
    assert search("  ") == []
    assert search("nowhere at all") == []


def test_names_that_begin_with_the_word_come_first():
    assert search("dover")[0].name == "Dover"


# The responsible authorities -----------------------------------------------------------------


def test_the_authorities_of_a_district_are_named_as_far_as_the_list_knows():
    found = [(each.what, each.name) for each in responsible_authorities(area_of(SWALE))]

    assert found == [
        ("District or borough council", "Swale Council"),
        ("County council", ""),
        ("Police force", "Kent Police"),
        ("Fire and rescue authority", ""),
        ("Integrated care board", ""),
        ("Provider of probation services", "Probation Service"),
    ]


@pytest.mark.parametrize(
    ("words", "some", "county"),
    [
        ("medway", {"Medway Council", "Kent Police"}, False),
        ("south nottinghamshire", {"Broxtowe Council", "Gedling Council"}, True),
        ("cwm taf", {"Merthyr Tydfil Council", "South Wales Police"}, False),
        ("camden", {"Metropolitan Police Service"}, False),
    ],
)
def test_other_areas_have_their_own_authorities(words, some, county):
    [area] = search(words)
    found = responsible_authorities(area)

    assert some <= {each.name for each in found}
    assert any(each.key == "county" for each in found) == county
    boards = [each.what for each in found if each.key == "health"]
    assert boards == ["Local health board" if area.is_in_wales else "Integrated care board"]


# Making one ----------------------------------------------------------------------------------


def test_an_area_is_chosen_by_searching_without_a_script(site_administrator):
    PartnershipFactory(name="Dover Partnership", national_code="E22000140")

    page = site_administrator.get(FIND, {"q": "kent"}).content.decode()

    assert f"{NEW}?code={SWALE}" in page
    assert "Here already: Dover Partnership" in page
    assert f"{NEW}?code=E22000140" not in page
    assert "No area was found" in site_administrator.get(FIND, {"q": "x9"}).content.decode()
    assert (
        "more: enter more of the name" in site_administrator.get(FIND, {"q": "a"}).content.decode()
    )


def test_the_form_proposes_name_and_address(site_administrator):
    page = site_administrator.get(NEW, {"code": "E22000366"}).content.decode()

    assert 'value="South Nottinghamshire Community Safety Partnership"' in page
    assert 'value="south-nottinghamshire"' in page
    assert site_administrator.get(NEW, {"code": "E99"}).status_code == 404


def test_a_partnership_is_made_with_its_first_administrator_who_is_invited(site_administrator):
    done = make(site_administrator, help_email="help@example.org", full_name="A Person")

    made = Partnership.objects.get()
    membership = made.memberships.get()
    assert done["Location"] == reverse("site:partnerships")
    assert (made.slug, made.national_code) == ("swale", SWALE)
    assert (membership.user.email, membership.role) == ("new@example.org", Role.ADMINISTRATOR)
    assert not membership.user.is_active
    assert mail.outbox[0].to == ["new@example.org"]
    assert made.history.get().history_user.email == "site@example.org"


def test_who_makes_it_for_themselves_is_led_to_what_comes_next(site_administrator):
    done = make(site_administrator, email="SITE@example.org")

    assert done["Location"] == "/swale/administration/"
    assert site_administrator.get(done["Location"]).status_code == 200
    assert not mail.outbox


def test_a_county_partnership_needs_no_code(site_administrator):
    make(site_administrator, code="", name="Kent", slug="kent")
    make(site_administrator, code="", name="Surrey", slug="surrey")

    assert [each.national_code for each in Partnership.objects.all()] == ["", ""]


def test_a_code_in_use_is_refused_naming_the_other(site_administrator):
    PartnershipFactory(name="Swale of old", national_code=SWALE)

    refused = make(site_administrator).content.decode()

    assert "Swale of old has the code E22000146 already" in refused
    assert Partnership.objects.count() == 1
    page = site_administrator.get(NEW, {"code": SWALE}).content.decode()
    assert "Swale of old has the code" in page
    assert "Make the partnership" not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"slug": "admin"}, "is an address of the portal itself"),
        ({"slug": "partnerships"}, "is an address of the portal itself"),
        ({"slug": "taken"}, "Another partnership has this address"),
        ({"slug": "Not an address"}, "Use small letters, figures and single hyphens"),
        ({"brand_colour": "#ffcc00"}, "White text on this colour is too faint"),
        ({"email": "nobody"}, "Enter an email address such as name@example.org"),
        ({"email": ""}, "Enter the email address of the first administrator"),
        ({"name": ""}, "Enter the partnership"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(site_administrator, typed, said):
    PartnershipFactory(slug="taken")

    page = make(site_administrator, full_name="Kept name", **typed).content.decode()

    assert said in page
    assert "Kept name" in page
    assert Partnership.objects.count() == 1


def test_nothing_is_made_for_somebody_whose_account_was_switched_off(site_administrator):
    user = UserFactory(email="off@example.org")
    user.is_active = False
    user.save()

    page = make(site_administrator, email="off@example.org").content.decode()

    assert "was switched off" in page
    assert not Partnership.objects.exists()


# Its first administrator ----------------------------------------------------------------------

FIRST, AGAIN, WITHDRAW = (
    reverse(f"site:{name}", args=["swale"]) for name in ("first", "again", "withdraw")
)


def list_of(browser):
    return browser.get(reverse("site:partnerships")).content.decode()


def link_in(sent):
    [link] = re.findall(r"https://portal\.example\.org(/invitations/\S+)", sent.body)
    return link


def test_the_list_says_that_the_first_administrator_has_not_accepted(site_administrator):
    with time_machine.travel(NOW, tick=False) as traveller:
        make(site_administrator)
        said = "The first administrator has not yet accepted; the invitation"
        assert f"{said} works until 3 November" in list_of(site_administrator)
        traveller.shift(timedelta(days=15))
        assert f"{said} ended on 3 November" in list_of(site_administrator)

        site_administrator.post(AGAIN)

        assert f"{said} works until 18 November" in list_of(site_administrator)
        assert [sent.to for sent in mail.outbox] == [["new@example.org"]] * 2
        old, new = map(link_in, mail.outbox)
        assert Client().post(old).status_code == 410
        assert Client().post(new).status_code == 302
        assert "has not yet accepted" not in list_of(site_administrator)
        assert [site_administrator.get(each).status_code for each in (FIRST, WITHDRAW)] == [404] * 2


def test_the_first_invitation_is_withdrawn_and_somebody_else_invited(site_administrator):
    make(site_administrator, email="wrong@example.org")
    asks = Fields(site_administrator.get(WITHDRAW).content.decode()).found
    assert Membership.objects.get().ends_on is None

    site_administrator.post(WITHDRAW, asks)

    assert Client().post(link_in(mail.outbox[0])).status_code == 410
    assert "Nobody administers it" in list_of(site_administrator)
    assert site_administrator.post(AGAIN).status_code == 404
    wrong = site_administrator.post(FIRST, {"email": "nobody", "post": ""}).content.decode()
    assert "Enter the first administrator&#x27;s post" in wrong
    site_administrator.post(FIRST, {"email": "right@example.org", "post": "Administrator"})
    right = Membership.objects.get(user__email="right@example.org")
    assert right.role == Role.ADMINISTRATOR
    assert mail.outbox[-1].to == ["right@example.org"]


# Its organisations ---------------------------------------------------------------------------


@pytest.fixture
def administrator(client, db):
    """The browser of the administrator of Swale, which has no organisation yet."""
    partnership = PartnershipFactory(slug="swale", national_code=SWALE)
    client.force_login(MembershipFactory(partnership=partnership, administrator=True).user)
    return client


PROPOSED = "/swale/administration/organisations/proposed/"
TYPED = {
    "authorities": ["council_1", "county", "police"],
    "council_1": "Swale Borough Council",
    "county": "Kent County Council",
    "police": "Kent Police",
    "fire": "Not ticked",
    "others": "Southern Housing\n\n  SATEDA  ",
}


def test_the_responsible_authorities_are_ticked_with_their_names(administrator):
    form = administrator.get(PROPOSED).context["form"]

    assert form["authorities"].initial == [
        "council_1",
        "county",
        "police",
        "fire",
        "health",
        "probation",
    ]
    assert form["police"].initial == "Kent Police"


def test_what_is_ticked_is_added_under_the_name_that_was_corrected(administrator):
    done = administrator.post(PROPOSED, TYPED)

    assert done.status_code == 302
    rows = {each.name: each.national_code for each in Organisation.objects.all()}
    assert rows == {
        "Swale Borough Council": "E07000113",
        "Kent County Council": "",
        "Kent Police": "",
        "Southern Housing": "",
        "SATEDA": "",
    }
    assert all(each.history.get().history_user for each in Organisation.objects.all())


def test_what_is_here_already_is_not_proposed_again(administrator):
    administrator.post(PROPOSED, TYPED)

    form = administrator.get(PROPOSED).context["form"]

    assert [key for key, _ in form.fields["authorities"].choices] == [
        "county",
        "fire",
        "health",
        "probation",
    ]
    assert not form["authorities"].initial


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"county": ""}, "Enter the name of the county council, or untick it"),
        ({"others": "kent police"}, "kent police is here already, or twice on this page"),
        ({"others": "Trust"}, "Trust is here already"),
        ({"county": "x" * 201}, "Shorten this to 200 characters"),
        ({"others": "x" * 201}, "to 200 characters"),
        ({"authorities": [], "others": ""}, "Choose at least one"),
    ],
)
def test_all_are_added_or_none(administrator, typed, said):
    OrganisationFactory(partnership=Partnership.objects.get(), name="Trust")

    page = administrator.post(PROPOSED, TYPED | typed).content.decode()

    assert said in page
    assert Organisation.objects.count() == 1


def test_the_pages_ask_the_database_a_bounded_number_of_times(
    administrator, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10):
        administrator.get(PROPOSED)
    with django_assert_max_num_queries(14):
        administrator.post(PROPOSED, TYPED)


def test_the_site_pages_ask_the_database_a_bounded_number_of_times(
    site_administrator, django_assert_max_num_queries
):
    PartnershipFactory.create_batch(30)
    for address in (reverse("site:partnerships"), f"{FIND}?q=kent", f"{NEW}?code={SWALE}"):
        with django_assert_max_num_queries(8):
            site_administrator.get(address)
