"""An invitation's link: looking changes nothing, accepting lets the person in, once."""

from datetime import UTC, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from partnerships.models import Invitation, Membership, Role
from partnerships.people import Post, add_post, invite, invite_again
from tests.factories import NOW, MembershipFactory, OrganisationFactory, PartnershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_a_friday():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Swale CSP", slug="swale")


@pytest.fixture
def administrator(partnership):
    return MembershipFactory(partnership=partnership, administrator=True).user


def invited(partnership, by, email="new@example.org", **post):
    given = {"post": "Housing manager", "organisation": None, "role": Role.MEMBER} | post
    return invite(
        partnership=partnership,
        email=email,
        full_name="Alex Newcomer",
        post=Post(**given),
        by=by,
        now=timezone.now(),
    )


def link(added):
    return reverse("invitations:accept", args=[added.token])


def signed_in_user(client):
    return client.session.get("_auth_user_id")


def test_the_token_itself_is_kept_nowhere(partnership, administrator):
    added = invited(partnership, administrator)

    assert len(added.token) >= 40
    kept = [str(value) for value in Invitation.objects.values_list().get()]
    kept += [str(value) for value in Invitation.history.values_list().get()]
    assert not any(added.token in value for value in kept)


def test_looking_at_the_link_shows_who_invites_to_what_and_changes_nothing(
    client, partnership, administrator
):
    police = OrganisationFactory(partnership=partnership, name="Kent Police")
    added = invited(partnership, administrator, organisation=police)

    for _ in range(2):
        page = client.get(link(added))

    text = page.content.decode()
    assert page.status_code == 200
    for said in ("Swale CSP", str(administrator), "Housing manager, Kent Police"):
        assert said in text
    assert page["Cache-Control"].count("no-store")
    added.invitation.refresh_from_db()
    assert added.invitation.accepted_at is None
    assert not User.objects.get(email="new@example.org").is_active
    assert signed_in_user(client) is None


def test_accepting_lets_the_person_in_and_proves_their_address(client, partnership, administrator):
    added = invited(partnership, administrator)

    page = client.post(link(added), follow=True)

    person = User.objects.get(email="new@example.org")
    assert page.redirect_chain[-1][0] == "/swale/"
    assert page.status_code == 200
    assert "set a password" in page.content.decode()
    assert signed_in_user(client) == str(person.pk)
    assert person.is_active
    assert not person.has_usable_password()
    address = EmailAddress.objects.get(user=person)
    assert (address.email, address.verified, address.primary) == ("new@example.org", True, True)
    assert Invitation.objects.get().accepted_at == NOW
    assert person.history.latest().history_user == person
    assert client.get(reverse("account_set_password")).status_code == 200


def test_an_accepted_link_lets_nobody_in_again(client, partnership, administrator):
    added = invited(partnership, administrator)
    client.post(link(added))
    client.logout()

    for page in (client.get(link(added)), client.post(link(added))):
        assert page.status_code == 410
        assert "accepted already" in page.content.decode()
    assert signed_in_user(client) is None


@pytest.mark.parametrize(
    ("later", "status"), [(timedelta(days=14), 410), (timedelta(days=14, seconds=-1), 200)]
)
def test_a_link_works_for_fourteen_days(
    client, partnership, administrator, on_a_friday, later, status
):
    added = invited(partnership, administrator)
    # The clocks go back in between: days of 24 hours are meant.
    on_a_friday.move_to(NOW.astimezone(UTC) + later)

    assert client.get(link(added)).status_code == status
    posted = client.post(link(added))
    assert (posted.status_code == 410) == (status == 410)
    assert User.objects.get(email="new@example.org").is_active == (status == 200)


def test_sending_again_makes_a_new_link_and_the_old_one_stops(client, partnership, administrator):
    first = invited(partnership, administrator)
    second = invite_again(membership=first.membership, by=administrator, now=timezone.now())

    page = client.post(link(first))
    assert page.status_code == 410
    assert "Look for a later email" in page.content.decode()
    assert client.post(link(second)).status_code == 302
    assert User.objects.get(email="new@example.org").is_active


def test_an_unknown_link_says_what_to_do(client):
    for method in (client.get, client.post):
        page = method(reverse("invitations:accept", args=["x" * 43]))
        assert page.status_code == 404
        assert "Check that the whole link was copied" in page.content.decode()


def test_the_link_opens_nothing_once_the_person_has_another_address(
    client, partnership, administrator
):
    added = invited(partnership, administrator, email="wrong@example.org")
    person = added.membership.user
    person.email = "right@example.org"
    person.save()

    assert client.post(link(added)).status_code == 410
    person.refresh_from_db()
    assert not person.is_active


def test_a_link_to_a_post_that_has_ended_opens_nothing(client, partnership, administrator):
    added = invited(partnership, administrator)
    added.membership.ends_on = NOW.date() - timedelta(days=1)
    added.membership.save()

    assert client.post(link(added)).status_code == 410
    assert signed_in_user(client) is None


def test_nobody_comes_in_whose_account_was_switched_off(client, partnership, administrator):
    """The account waited, was taken up by way of another partnership, and then switched off."""
    added = invited(partnership, administrator)
    person = added.membership.user
    for is_active in (True, False):
        person.is_active = is_active
        person.save()

    page = client.post(link(added))

    assert page.status_code == 410
    assert "switched off" in page.content.decode()
    assert signed_in_user(client) is None
    person.refresh_from_db()
    assert not person.is_active


def test_a_link_does_not_sign_in_to_an_account_that_is_in_use(client, partnership, administrator):
    """Invited twice; the first accepted opens the account, the other is no key to it."""
    first = invited(partnership, administrator)
    second = add_post(
        partnership=partnership,
        user=first.membership.user,
        post=Post("Chair", None, Role.GUEST),
        by=administrator,
        now=timezone.now(),
    )
    client.post(link(first))
    client.logout()

    page = client.post(link(second), follow=True)

    assert page.redirect_chain[-1][0].startswith("/accounts/login/")
    assert signed_in_user(client) is None
    assert Invitation.objects.get(pk=second.invitation.pk).accepted_at == NOW


def test_somebody_signed_in_as_another_person_is_told(client, partnership, administrator):
    added = invited(partnership, administrator)
    client.force_login(administrator)

    for page in (client.get(link(added)), client.post(link(added))):
        assert page.status_code == 409
        text = page.content.decode()
        assert f"signed in as {administrator.email}" in text
        assert "new@example.org" not in text
    assert signed_in_user(client) == str(administrator.pk)
    assert Invitation.objects.get().accepted_at is None


def test_one_who_has_an_account_belongs_at_once_and_keeps_their_name(partnership, administrator):
    elsewhere = MembershipFactory(user__email="known@example.org")

    added = invited(partnership, administrator, email="KNOWN@example.org")

    assert added.membership.user == elsewhere.user
    assert (added.invitation, added.token) == (None, "")
    assert Membership.objects.get(pk=added.membership.pk).user.full_name == ""


def test_what_is_accepted_for_a_later_day_leads_home_all_the_same(
    client, partnership, administrator
):
    added = invited(partnership, administrator, starts_on=NOW.date() + timedelta(days=30))

    page = client.post(link(added), follow=True)

    assert page.status_code == 200
    assert page.redirect_chain[-1][0] == "/"


def test_accepting_asks_a_bounded_number_of_queries(
    client, partnership, administrator, django_assert_max_num_queries
):
    added = invited(partnership, administrator)

    with django_assert_max_num_queries(6):
        client.get(link(added))
    with django_assert_max_num_queries(26):
        client.post(link(added))
