"""A person's own name and address, put right by themselves."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.new_address import SESSION_KEY
from accounts.services import AddressTaken, change_address
from tests.factories import NOW, MembershipFactory, UserFactory

DETAILS, NAME, ADDRESS, CODE = (
    reverse(f"details:{name}") for name in ("details", "name", "address", "code")
)


@pytest.fixture(autouse=True)
def on_a_friday(db):
    cache.clear()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
    cache.clear()


@pytest.fixture
def person(client):
    user = UserFactory(email="old@example.org", full_name="Alex Before")
    client.force_login(user)
    return user


def text_of(page):
    return page.content.decode()


def mailed_code():
    (code,) = re.findall(r"^ +([A-Z]{6})$", mail.outbox[-1].body, re.MULTILINE)
    return code


def said_after(client, address, typed):
    return text_of(client.post(address, typed, follow=True))


def test_the_page_is_reached_from_every_page_and_says_what_is_known(client, person):
    membership = MembershipFactory(user=person)

    home = text_of(client.get(membership.partnership.get_absolute_url()))
    page = text_of(client.get(DETAILS))

    assert f'href="{DETAILS}"' in home
    for said in ("Alex Before", "old@example.org", str(membership), NAME, ADDRESS):
        assert said in page


def test_a_person_changes_their_own_name(client, person):
    assert "Enter your name" in text_of(client.post(NAME, {"full_name": " \u200b"}))

    said = said_after(client, NAME, {"full_name": "Alex\u202e\nAfter\ufeff"})

    person.refresh_from_db()
    assert person.full_name == "Alex After"
    assert person.history.latest().history_user == person
    assert "Your name is saved." in said


def test_a_new_address_counts_once_its_code_was_entered_and_the_old_one_is_told(client, person):
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)

    asked = client.post(ADDRESS, {"email": "New@Example.org"})
    assert asked["Location"] == CODE
    assert mail.outbox[-1].to == ["new@example.org"]
    person.refresh_from_db()
    assert person.email == "old@example.org"
    said = said_after(client, CODE, {"code": mailed_code().lower()})

    person.refresh_from_db()
    assert "From now on you sign in with new@example.org" in said
    assert person.email == "new@example.org"
    assert person.history.latest().history_user == person
    kept = EmailAddress.objects.get()
    assert (kept.email, kept.verified, kept.primary) == ("new@example.org", True, True)
    assert mail.outbox[-1].to == ["old@example.org"]
    assert "new@example.org" in mail.outbox[-1].body
    assert client.get(CODE)["Location"] == ADDRESS


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter the new email address"),
        ("nobody", "Enter an email address such as name@example.org"),
        ("OLD@example.org", "This is your address already"),
    ],
)
def test_what_is_no_new_address_is_asked_for_again(client, person, typed, said):
    assert said in text_of(client.post(ADDRESS, {"email": typed}))
    assert not mail.outbox


def test_an_address_of_another_account_is_refused_to_who_has_its_code_only(client, person):
    UserFactory(email="taken@example.org")

    asked = said_after(client, ADDRESS, {"email": "Taken@example.org"})
    assert "Another account" not in asked
    said = said_after(client, CODE, {"code": mailed_code()})

    assert "Another account has the address taken@example.org" in said
    assert User.objects.filter(email="old@example.org").exists()
    assert len(mail.outbox) == 1
    assert client.get(CODE)["Location"] == ADDRESS


def test_an_address_that_another_account_takes_at_that_moment_is_refused(person, monkeypatch):
    UserFactory(email="taken@example.org")
    monkeypatch.setattr(QuerySet, "exists", lambda self: False)

    with pytest.raises(AddressTaken):
        change_address(user=person, email="Taken@example.org", proved=True)

    assert User.objects.get(pk=person.pk).email == "old@example.org"


def test_five_wrong_codes_and_ten_minutes_end_a_code(client, person, on_a_friday):
    client.post(ADDRESS, {"email": "new@example.org"})
    for _ in range(4):
        assert "This is not the code we sent" in text_of(client.post(CODE, {"code": "ZZZZZZ"}))
    assert "Five codes were wrong" in said_after(client, CODE, {"code": "ZZZZZZ"})
    assert client.post(CODE, {"code": mailed_code()})["Location"] == ADDRESS

    client.post(ADDRESS, {"email": "new@example.org"})
    on_a_friday.shift(timedelta(minutes=10, seconds=1))
    assert client.post(CODE, {"code": mailed_code()})["Location"] == ADDRESS

    person.refresh_from_db()
    assert person.email == "old@example.org"


def test_a_code_is_good_for_nobody_else(client, person):
    client.post(ADDRESS, {"email": "new@example.org"})
    under_way = client.session[SESSION_KEY]
    # Whose address is the same, so that nothing but the person tells them apart.
    User.objects.filter(pk=person.pk).update(email="former@example.org")
    other = UserFactory(email="old@example.org")
    client.force_login(other)
    session = client.session
    session[SESSION_KEY] = under_way
    session.save()

    assert client.post(CODE, {"code": mailed_code()})["Location"] == ADDRESS
    assert User.objects.get(pk=other.pk).email == "old@example.org"


def test_a_code_is_good_for_the_address_it_was_asked_from_only(client, person):
    client.post(ADDRESS, {"email": "new@example.org"})
    User.objects.filter(pk=person.pk).update(email="meanwhile@example.org")

    assert client.post(CODE, {"code": mailed_code()})["Location"] == ADDRESS
    assert User.objects.get(pk=person.pk).email == "meanwhile@example.org"


def test_nobodys_mailbox_is_flooded(client, person):
    for number in range(10):
        client.post(ADDRESS, {"email": f"new{number}@example.org"})

    assert "tried too often" in text_of(client.post(ADDRESS, {"email": "new@example.org"}))
    assert len(mail.outbox) == 10


def test_when_the_mail_server_is_away_nothing_changes(client, person, monkeypatch):
    def refuse(self, fail_silently=False):
        raise OSError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)

    assert "could not be emailed" in text_of(client.post(ADDRESS, {"email": "new@example.org"}))
    assert client.get(CODE)["Location"] == ADDRESS


def test_the_pages_ask_a_bounded_number_of_queries(client, person, django_assert_max_num_queries):
    MembershipFactory(user=person)
    for address in (DETAILS, NAME, ADDRESS):
        with django_assert_max_num_queries(6):
            client.get(address)
    client.post(ADDRESS, {"email": "new@example.org"})
    with django_assert_max_num_queries(18):
        client.post(CODE, {"code": mailed_code()})
    assert User.objects.get(pk=person.pk).email == "new@example.org"
