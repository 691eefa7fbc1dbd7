"""The people of a partnership on pages: listed, invited, given posts, and kept from harm."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from partnerships.models import Invitation, Membership, Partnership, Role
from partnerships.people import (
    Post,
    add_post,
    administered_until,
    change_post,
    correct_address,
    end_post,
    post_marker,
)
from partnerships.permissions import GRANTS, in_words
from partnerships.refusals import Refused
from tests.factories import (
    NOW,
    ActionFactory,
    ActionLeadFactory,
    IndicatorFactory,
    InvitationFactory,
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityLeadFactory,
    UserFactory,
)
from tests.pages import Fields
from tests.smtp import mail_server, send_to_a_mail_server
from tests.writing import words

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


PORTAL = "https://portal.example.org"


@pytest.fixture(autouse=True)
def the_portal(settings):
    """Links in messages begin with its address, whatever host a request names."""
    settings.PORTAL_ADDRESS = PORTAL


@pytest.fixture(autouse=True)
def on_a_friday():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Swale CSP", slug="swale")


@pytest.fixture
def own(partnership):
    """The post of the administrator who is signed in."""
    return MembershipFactory(
        partnership=partnership, administrator=True, user__email="keeper@example.org"
    )


@pytest.fixture
def client(client, own):
    client.force_login(own.user)
    return client


def at(name, *args):
    return reverse(f"administration:{name}", args=["swale", *args])


def text_of(page, status=200):
    assert page.status_code == status
    return page.content.decode()


def filled(client, address, **changes):
    """Send a form as a browser does: what is on it, but for what is changed."""
    found = Fields(text_of(client.get(address))).found
    return client.post(address, found | changes)


def day(name, given):
    parts = (given.day, given.month, given.year) if given else ("", "", "")
    return dict(zip((f"{name}_day", f"{name}_month", f"{name}_year"), parts, strict=True))


INVITED = {"email": "new@example.org", "post": "Housing manager", "role": "member"}


# The list --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("show", "seen", "unseen"),
    [
        ("", {"Now", "Coming"}, {"Gone"}),
        ("?show=ended", {"Gone"}, {"Now", "Coming"}),
        ("?show=all", {"Now", "Coming", "Gone"}, set()),
    ],
)
def test_the_list_shows_who_is_here_who_has_gone_or_all(client, partnership, show, seen, unseen):
    for post, dates in (
        ("Now", {"ends_on": TODAY}),
        ("Coming", {"starts_on": TOMORROW}),
        ("Gone", {"ends_on": YESTERDAY}),
    ):
        MembershipFactory(partnership=partnership, post=f"{post} post", **dates)
    MembershipFactory(post="Post elsewhere")

    text = text_of(client.get(at("people") + show))

    assert {post for post in ("Now", "Coming", "Gone") if f"{post} post" in text} == seen
    assert "Post elsewhere" not in text


def test_the_list_says_how_each_post_stands(client, partnership):
    def waiting(email, **dates):
        user = UserFactory(email=email, is_active=False)
        membership = MembershipFactory(partnership=partnership, user=user)
        InvitationFactory(membership=membership, **dates)

    waiting("waits@example.org")
    waiting("late@example.org", sent_at=NOW - timedelta(days=20), expires_at=NOW)
    off = UserFactory(email="off@example.org")
    off.is_active = False
    off.save()
    MembershipFactory(partnership=partnership, user=off, starts_on=TOMORROW)

    text = text_of(client.get(at("people")))

    for said in (
        "Invited, until 3 November",
        "Invitation expired",
        "Account switched off",
        "From 21 October",
        "Here now",
    ):
        assert said in text, said


def test_the_list_asks_as_many_queries_for_many_as_for_few(
    client, partnership, django_assert_max_num_queries
):
    for number in range(60):
        membership = MembershipFactory(
            partnership=partnership, organisation=OrganisationFactory(partnership=partnership)
        )
        InvitationFactory(membership=membership, token_hash=f"{number:064d}")

    with django_assert_max_num_queries(8):
        text = text_of(client.get(at("people")))
    assert "?page=2" in text
    assert "?show=all&amp;page=2" in text_of(client.get(at("people") + "?show=all"))


# Inviting --------------------------------------------------------------------------------


def test_somebody_new_is_invited_by_email_and_cannot_sign_in_before_accepting(client, partnership):
    police = OrganisationFactory(partnership=partnership, name="Kent Police")

    page = client.post(
        at("invite"),
        INVITED
        | {"full_name": "Alex Newcomer", "organisation": police.pk, "besides": ["loads_figures"]}
        | day("starts_on", TOMORROW)
        | day("ends_on", date(2024, 3, 31)),
        follow=True,
    )

    membership = Membership.objects.get(user__email="new@example.org")
    assert page.redirect_chain == [(at("person", membership.user.pk), 302)]
    assert (membership.post, membership.organisation) == ("Housing manager", police)
    assert (membership.loads_figures, membership.reads_sensitive) == (True, False)
    assert (membership.starts_on, membership.ends_on) == (TOMORROW, date(2024, 3, 31))
    assert not membership.user.is_active
    assert not membership.user.has_usable_password()
    assert membership.user.full_name == "Alex Newcomer"
    [sent] = mail.outbox
    assert sent.to == ["new@example.org"]
    assert sent.subject == "You are invited to Swale CSP"
    assert sent.reply_to == [partnership.help_email]
    assert sent.body.count(f"{PORTAL}/invitations/") == 1
    for said in ("keeper@example.org", "Housing manager, Kent Police", "3 November 2023"):
        assert said in sent.body
    assert "An invitation is on its way to new@example.org" in page.content.decode()


def test_the_link_in_the_email_lets_the_person_in(client):
    client.post(at("invite"), INVITED)
    [link] = [word for word in mail.outbox[0].body.split() if "/invitations/" in word]
    client.logout()

    assert client.post(link.removeprefix(PORTAL)).status_code == 302

    assert client.get("/swale/").status_code == 200
    assert User.objects.get(email="new@example.org").is_active


def test_one_who_has_an_account_is_told_and_belongs_at_once(client):
    known = MembershipFactory(user__email="known@example.org").user

    client.post(at("invite"), INVITED | {"email": "Known@Example.org", "full_name": "Wrong Name"})

    [sent] = mail.outbox
    assert sent.to == ["known@example.org"]
    assert sent.subject == "You have been added to Swale CSP"
    assert f"{PORTAL}/swale/\n" in sent.body
    assert "/invitations/" not in sent.body
    known.refresh_from_db()
    assert (known.full_name, known.is_active) == ("", True)
    client.force_login(known)
    assert client.get("/swale/").status_code == 200


def test_one_whose_account_was_switched_off_is_not_invited(client):
    off = UserFactory(email="off@example.org")
    off.is_active = False
    off.save()

    text = text_of(client.post(at("invite"), INVITED | {"email": "off@example.org"}))

    assert "The account of off@example.org was switched off" in text
    assert not mail.outbox
    assert not Membership.objects.filter(user=off).exists()


def test_no_name_can_begin_a_header_of_its_own(client, partnership):
    Partnership.objects.filter(pk=partnership.pk).update(name="Swale\nBcc: all@example.org")

    client.post(at("invite"), INVITED | {"post": "Chair\r\nBcc: all@example.org"})

    [sent] = mail.outbox
    assert sent.recipients() == ["new@example.org"]
    assert sent.message()["Bcc"] is None
    assert Membership.objects.get(user__email="new@example.org").post == (
        "Chair Bcc: all@example.org"
    )


@pytest.mark.parametrize("email", ["", "nobody", "a@example.org\nBcc: b@example.org"])
def test_what_is_no_address_is_asked_for_again_and_the_rest_kept(client, email):
    text = text_of(client.post(at("invite"), INVITED | {"email": email}))

    assert "Enter an email address" in text
    assert "Housing manager" in text
    assert not mail.outbox


def test_while_the_mail_server_is_away_an_invitation_waits_and_can_be_sent_again(client, settings):
    send_to_a_mail_server(settings)
    page = text_of(client.post(at("invite"), INVITED, follow=True))
    assert "is made, but it has not gone yet. It is tried again for four hours." in page
    assert "Invited, not sent yet" in text_of(client.get(at("people")))

    membership = Membership.objects.get(user__email="new@example.org")
    with mail_server(settings) as server:
        client.post(at("invite_again", membership.pk))
        with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
            call_command("send_messages")
    # The first, whose link has stopped working, does not come after it.
    assert server.addresses == ["new@example.org"]
    waiting = Invitation.objects.waiting()
    assert (waiting.count(), Invitation.objects.count()) == (1, 2)
    assert "Invited, until" in text_of(client.get(at("people")))


def test_an_invitation_that_is_refused_says_so_at_once_and_on_the_persons_page(client, settings):
    send_to_a_mail_server(settings)
    with mail_server(settings) as server:
        server.refused["new@example.org"] = "550 5.1.1 No such user"
        page = text_of(client.post(at("invite"), INVITED, follow=True))
    assert "new@example.org was refused: “550 5.1.1 No such user”" in page
    assert "Invited, not delivered" in text_of(client.get(at("people")))
    person = User.objects.get(email="new@example.org")
    assert "The mail server said: “550 5.1.1 No such user”" in text_of(
        client.get(at("person", person.pk))
    )


def test_nobody_is_invited_twice_to_the_same_role(client):
    client.post(at("invite"), INVITED)
    text = text_of(client.post(at("invite"), INVITED))

    assert "is here as member already" in text
    assert Membership.objects.filter(user__email="new@example.org").count() == 1


def test_the_form_says_what_each_role_may_from_the_one_table(client):
    text = text_of(client.get(at("invite")))

    for granted in GRANTS.values():
        assert in_words(granted).replace("'", "&#x27;") in text


def test_another_partnerships_organisation_cannot_be_chosen(client):
    foreign = OrganisationFactory()

    text = text_of(client.post(at("invite"), INVITED | {"organisation": foreign.pk}))

    assert "Choose one of the answers shown" in text
    assert not mail.outbox


def test_inviting_asks_a_bounded_number_of_queries(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        client.get(at("invite"))
    # Rows more than most: the account and its invitation, each with its history, the message;
    # and which sections they were given, which the invitation names.
    with django_assert_max_num_queries(31):
        client.post(at("invite"), INVITED)


# Changing --------------------------------------------------------------------------------


def test_a_post_is_changed(client, partnership):
    membership = MembershipFactory(partnership=partnership, post="Deputy", member=True)

    page = filled(
        client,
        at("change_post", membership.pk),
        post="Head of housing",
        role="coordinator",
        besides=["reads_sensitive"],
        **day("starts_on", YESTERDAY),
    )

    assert page.status_code == 302
    membership.refresh_from_db()
    assert (membership.post, membership.role) == ("Head of housing", Role.COORDINATOR)
    assert (membership.loads_figures, membership.reads_sensitive) == (False, True)
    assert (membership.starts_on, membership.ends_on) == (YESTERDAY, None)
    assert membership.history.count() == 2


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(client, partnership):
    membership = MembershipFactory(partnership=partnership, post="Deputy", member=True)
    found = Fields(text_of(client.get(at("change_post", membership.pk)))).found
    membership.role = Role.GUEST
    membership.save()

    page = client.post(at("change_post", membership.pk), found | {"post": "Head"})

    text = text_of(page, 409)
    assert "Someone else changed this" in text
    assert 'value="Head"' in text
    membership.refresh_from_db()
    assert (membership.post, membership.role) == ("Deputy", Role.GUEST)
    again = Fields(text).found
    assert client.post(at("change_post", membership.pk), again).status_code == 302
    membership.refresh_from_db()
    assert membership.post == "Head"


def test_an_end_that_is_set_may_be_moved_back_but_not_brought_forward(partnership, own):
    membership = MembershipFactory(partnership=partnership, ends_on=TOMORROW)

    def changed(ends_on):
        saved = Membership.objects.get(pk=membership.pk)
        change_post(
            membership=saved,
            post=Post(saved.post, None, saved.role, ends_on=ends_on),
            marker=post_marker(saved),
            by=own.user,
            today=TODAY,
        )

    changed(TOMORROW + timedelta(days=7))
    with pytest.raises(Refused, match="End this post"):
        changed(TOMORROW)
    changed(None)
    with pytest.raises(Refused, match="End this post"):
        changed(TOMORROW)


def test_a_person_has_several_posts_here(client, partnership):
    membership = MembershipFactory(partnership=partnership, member=True, post="Head of housing")

    filled(client, at("add_post", membership.user.pk), post="Analyst", role="guest")

    posts = membership.user.memberships.values_list("post", flat=True)
    assert sorted(posts) == ["Analyst", "Head of housing"]
    text = text_of(client.get(at("person", membership.user.pk)))
    assert text.index("Analyst") < text.index("What they lead")


def test_two_posts_of_one_name_are_told_apart_and_the_header_says_the_name_once(
    client, partnership, own
):
    second = MembershipFactory(
        partnership=partnership, user=own.user, post=own.post, organisation=own.organisation
    )

    page = client.get(at("person", own.user.pk))

    text = words(page)
    assert f"Change the post {own}, administrator, No dates" in text
    assert f"Change the post {second}, {second.get_role_display().lower()}, No dates" in text
    assert page.context["access"].post == str(own)


OF_A_PERSON = ("person", "add_post", "change_name", "change_address", "person_changes")


@pytest.mark.parametrize("name", [*OF_A_PERSON, "change_post", "end_post", "invite_again"])
def test_a_person_of_another_partnership_is_not_found(client, name):
    foreign = MembershipFactory(user__is_active=False)
    number = foreign.user.pk if name in OF_A_PERSON else foreign.pk
    send = client.post if name == "invite_again" else client.get

    assert send(at(name, number)).status_code == 404


# The last administrator ------------------------------------------------------------------


def test_the_last_administrator_cannot_take_another_role(client, own):
    text = text_of(filled(client, at("change_post", own.pk), role="member"), 409)

    assert "Nobody else administers Swale CSP" in text
    own.refresh_from_db()
    assert own.role == Role.ADMINISTRATOR


@pytest.mark.parametrize("last_day", [TODAY, TODAY + timedelta(days=90)])
def test_the_last_administrator_cannot_end_now_or_later(client, own, last_day):
    page = filled(client, at("end_post", own.pk), **day("last_day", last_day))

    assert "Nobody else administers Swale CSP" in text_of(page, 409)
    own.refresh_from_db()
    assert own.ends_on is None


def test_the_last_administrator_cannot_begin_later(client, own):
    page = filled(client, at("change_post", own.pk), **day("starts_on", TOMORROW))

    assert "Nobody else administers" in text_of(page, 409)


@pytest.mark.parametrize("what", ["invited", "ended", "elsewhere", "coordinator"])
def test_who_cannot_administer_does_not_count(client, partnership, own, what):
    if what == "invited":
        user = UserFactory(is_active=False)
        MembershipFactory(partnership=partnership, administrator=True, user=user)
    elif what == "ended":
        MembershipFactory(partnership=partnership, administrator=True, ends_on=YESTERDAY)
    elif what == "elsewhere":
        MembershipFactory(administrator=True)
    else:
        MembershipFactory(partnership=partnership, coordinator=True)

    page = filled(client, at("change_post", own.pk), role="member")

    assert "Nobody else administers" in text_of(page, 409)


def test_two_administrators_cannot_both_leave_by_pages_opened_before(partnership, own):
    """As when both press at once: whoever comes second finds the first gone."""
    other = MembershipFactory(partnership=partnership, administrator=True)
    pages = [Membership.objects.get(pk=each.pk) for each in (own, other)]

    def end(membership):
        end_post(
            membership=membership,
            last_day=TODAY,
            marker=post_marker(membership),
            by=membership.user,
            now=NOW,
            meant=True,
        )

    end(pages[0])
    with pytest.raises(Refused, match="Nobody else administers Swale CSP after 20 October"):
        end(pages[1])


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_leave_at_the_same_moment_do_not_both_go():
    partnership = PartnershipFactory()
    both = [MembershipFactory(partnership=partnership, administrator=True) for _ in range(2)]
    ready, refused = Barrier(2, timeout=20), []

    def leave(number):
        membership = Membership.objects.get(pk=number)
        ready.wait()
        try:
            end_post(
                membership=membership,
                last_day=TODAY,
                marker=post_marker(membership),
                by=membership.user,
                now=NOW,
                meant=True,
            )
        except Refused as reason:
            refused.append(str(reason))
        finally:
            connection.close()

    threads = [Thread(target=leave, args=[membership.pk]) for membership in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert "Nobody else administers" in refused[0]
    assert Membership.objects.filter(ends_on__isnull=True).count() == 1


def test_each_change_of_a_post_holds_the_row_of_its_partnership(
    client, partnership, own, monkeypatch
):
    """SQLite takes no locks of rows; there the transaction itself holds the whole database."""
    held = []
    asked = Partnership.objects.all().__class__.select_for_update
    monkeypatch.setattr(
        "django.db.models.query.QuerySet.select_for_update",
        lambda rows, *args, **kwargs: held.append(rows.model) or asked(rows, *args, **kwargs),
    )
    membership = MembershipFactory(partnership=partnership)

    filled(client, at("change_post", membership.pk), post="Another")
    assert held == [Partnership]
    filled(client, at("end_post", membership.pk))
    assert held == [Partnership, Partnership]


def test_one_who_gives_up_their_own_administration_is_asked_once_more(client, partnership, own):
    MembershipFactory(partnership=partnership, administrator=True)

    text = text_of(filled(client, at("change_post", own.pk), role="member"))
    assert "You would no longer administer this partnership" in text
    own.refresh_from_db()
    assert own.role == Role.ADMINISTRATOR

    again = Fields(text).found | {"meant": "on"}
    page = client.post(at("change_post", own.pk), again, follow=True)
    assert page.redirect_chain == [("/", 302), ("/swale/", 302)]
    own.refresh_from_db()
    assert own.role == Role.MEMBER


def test_one_who_ends_their_own_administration_is_asked_once_more(client, partnership, own):
    MembershipFactory(partnership=partnership, administrator=True)

    text = text_of(filled(client, at("end_post", own.pk)))
    assert "You would no longer administer this partnership" in text

    client.post(at("end_post", own.pk), Fields(text).found | {"meant": "on"})
    own.refresh_from_db()
    assert own.ends_on == TODAY


@pytest.mark.parametrize(
    ("spans", "until"),
    [
        ([], YESTERDAY),
        ([(None, None)], date.max),
        ([(None, YESTERDAY)], YESTERDAY),
        ([(TOMORROW, None)], YESTERDAY),
        ([(None, TODAY), (TOMORROW, None)], date.max),
        ([(TOMORROW, date(2024, 1, 1)), (None, TODAY)], date(2024, 1, 1)),
        ([(None, TODAY), (TOMORROW + timedelta(days=1), None)], TODAY),
    ],
)
def test_how_long_a_partnership_is_administered_without_a_gap(spans, until):
    keepers = [Membership(starts_on=first, ends_on=last) for first, last in spans]

    assert administered_until(keepers, TODAY) == until


# A person's page ---------------------------------------------------------------------------


def test_a_persons_page_says_what_they_lead_supply_see_and_do(client, partnership):
    plan = PlanFactory(partnership=partnership)
    priority = PriorityFactory(plan=plan, reference="1", title="Safer streets")
    membership = MembershipFactory(partnership=partnership, member=True, loads_figures=True)
    PriorityLeadFactory(priority=priority, membership=membership)
    ActionLeadFactory(
        action=ActionFactory(priority=priority, reference="1.2", title="Light the park"),
        membership=membership,
        is_deputy=True,
    )
    IndicatorFactory(partnership=partnership, name="Burglaries", supplier=membership)

    text = text_of(client.get(at("person", membership.user.pk)))

    for said in (
        "Priority 1: Safer streets",
        "Action 1.2 Light the park",
        "Deputy, 2023/24",
        "Burglaries",
        "Read the plan and its figures",
        "(as member)",
        "(granted besides)",
        "Answer and send the updates of Priority 1: Safer streets",
        "(as lead)",
    ):
        assert said in text, said
    may_not = text.partition("What they may not")[2]
    assert "Run rounds and read their draft reports" in may_not
    assert "Enter figures" not in may_not


def test_what_is_said_of_a_persons_rights_is_true_for_today(client, partnership, own, on_a_friday):
    membership = MembershipFactory(partnership=partnership, coordinator=True, starts_on=TOMORROW)
    address = at("person", membership.user.pk)

    text = text_of(client.get(address))
    assert "They see nothing of this partnership today" in text
    assert "(as coordinator)" not in text
    on_a_friday.move_to(NOW + timedelta(days=1))
    client.force_login(own.user)
    text = text_of(client.get(address))
    assert "They see nothing" not in text
    assert "(as coordinator)" in text


def test_of_one_who_has_not_accepted_the_page_says_that_they_see_nothing_yet(client):
    client.post(at("invite"), INVITED)
    person = User.objects.get(email="new@example.org")

    text = text_of(client.get(at("person", person.pk)))

    assert "the invitation has not been accepted" in text
    assert "Send the invitation again" in text


def test_a_sensitive_figure_is_not_named_to_those_who_may_not_read_it(client, partnership, own):
    membership = MembershipFactory(partnership=partnership)
    IndicatorFactory(
        partnership=partnership,
        name="Secret count",
        marking="official_sensitive",
        supplier=membership,
    )
    address = at("person", membership.user.pk)

    assert "Secret count" not in text_of(client.get(address))
    own.reads_sensitive = True
    own.save()
    assert "Secret count" in text_of(client.get(address))


def test_a_persons_page_asks_as_many_queries_for_much_as_for_little(
    client, partnership, django_assert_max_num_queries
):
    plan = PlanFactory(partnership=partnership)
    membership = MembershipFactory(partnership=partnership)
    for _ in range(5):
        priority = PriorityFactory(plan=plan)
        PriorityLeadFactory(priority=priority, membership=membership)
        for _ in range(3):
            ActionLeadFactory(action=ActionFactory(priority=priority), membership=membership)
        IndicatorFactory(partnership=partnership, supplier=membership)
    MembershipFactory(partnership=partnership, user=membership.user, guest=True)

    with django_assert_max_num_queries(10):
        client.get(at("person", membership.user.pk))
    with django_assert_max_num_queries(11):
        client.get(at("end_post", membership.pk))


def test_what_changed_about_a_person_is_told_in_words(client, on_a_friday):
    client.post(at("invite"), INVITED)
    membership = Membership.objects.get(user__email="new@example.org")
    on_a_friday.shift(60)
    filled(client, at("change_post", membership.pk), role="coordinator", besides=["loads_figures"])
    on_a_friday.shift(60)
    filled(client, at("end_post", membership.pk))

    text = text_of(client.get(at("person_changes", membership.user.pk)))

    for said in (
        "Added the post “Housing manager”",
        "Sent an invitation to new@example.org",
        "Changed the role of the post “Housing manager” from “Member” to “Coordinator”",
        "Set the last day of the post “Housing manager” to 19 October 2023",
        "Withdrew the invitation",
    ):
        assert said in text, said
    assert at("person_changes", membership.user.pk) in text_of(
        client.get(at("person", membership.user.pk))
    )


# Names and addresses put right ---------------------------------------------------------------


def waiting(client, email="wrong@example.org"):
    client.post(at("invite"), INVITED | {"email": email})
    return User.objects.get(email=email)


def token_in(sent):
    return next(line for line in sent.body.splitlines() if "/invitations/" in line)


def test_a_name_is_corrected_and_the_history_says_by_whom(client, partnership, own, on_a_friday):
    user = MembershipFactory(partnership=partnership, user__full_name="Alex Wrogn").user
    on_a_friday.shift(60)
    address = at("change_name", user.pk)
    assert "Enter the name" in text_of(filled(client, address, full_name=" "))

    filled(client, address, full_name="Alex Wrong")

    user.refresh_from_db()
    assert (user.full_name, user.history.latest().history_user) == ("Alex Wrong", own.user)
    told = text_of(client.get(at("person_changes", user.pk)))
    assert "Changed the name from “Alex Wrogn” to “Alex Wrong”" in told
    assert address in text_of(client.get(at("person", user.pk)))


def test_a_name_that_somebody_else_corrected_meanwhile_is_not_overwritten(client, partnership):
    user = MembershipFactory(partnership=partnership, user__full_name="First").user
    opened = Fields(text_of(client.get(at("change_name", user.pk)))).found
    filled(client, at("change_name", user.pk), full_name="Second")

    page = client.post(at("change_name", user.pk), opened | {"full_name": "Third"})

    found = Fields(text_of(page, 409)).found
    assert found["full_name"] == "Third"
    assert User.objects.get(pk=user.pk).full_name == "Second"
    client.post(at("change_name", user.pk), found)
    assert User.objects.get(pk=user.pk).full_name == "Third"


def test_the_address_of_one_who_has_not_accepted_is_corrected_and_the_old_link_dies(
    client, partnership, on_a_friday
):
    user = waiting(client)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    old = token_in(mail.outbox[-1])
    on_a_friday.shift(60)
    address = at("change_address", user.pk)
    assert address in text_of(client.get(at("person", user.pk)))

    filled(client, address, email="Right@example.org")

    user.refresh_from_db()
    assert user.email == "right@example.org"
    assert not EmailAddress.objects.filter(user=user).exists()
    assert mail.outbox[-1].to == ["right@example.org"]
    told = text_of(client.get(at("person_changes", user.pk)))
    assert "email address from “wrong@example.org” to “right@example.org”" in told
    client.logout()
    assert client.post(old).status_code == 410
    assert client.post(token_in(mail.outbox[-1])).status_code == 302
    user.refresh_from_db()
    assert user.is_active


def test_nobodys_account_is_handed_to_another_mailbox(client, partnership, own):
    """Of one who signs in, one whom another partnership invited too, and one switched off."""
    active = MembershipFactory(partnership=partnership).user
    shared = waiting(client, "shared@example.org")
    MembershipFactory(user=shared)
    off = MembershipFactory(partnership=partnership).user
    off.is_active = False
    off.save()

    for user, said in (
        (active, "alone can change it: under “Your details”"),
        (shared, "Another partnership has invited this address too"),
        (off, "Only a site administrator can change the address"),
    ):
        page = text_of(client.get(at("person", user.pk)))
        assert said in page
        assert at("change_address", user.pk) not in page
        new = {"email": "mine@example.org", "was": user.email}
        assert client.get(at("change_address", user.pk)).status_code == 302
        client.post(at("change_address", user.pk), new)
        with pytest.raises(Refused, match=said):
            correct_address(partnership=partnership, user=user, by=own.user, now=NOW, **new)
        assert not User.objects.filter(email="mine@example.org").exists()


def test_an_address_that_somebody_has_is_refused_and_so_is_the_same(client):
    user = waiting(client)
    UserFactory(email="taken@example.org")

    taken = text_of(filled(client, at("change_address", user.pk), email="TAKEN@example.org"))
    same = text_of(filled(client, at("change_address", user.pk), email="Wrong@example.org"))

    assert "has an account already" in taken
    assert "This is the address as it is" in same
    assert len(mail.outbox) == 1


def test_an_invitation_for_an_address_corrected_at_that_moment_is_refused(partnership, own):
    """Another partnership invites an address while the first one corrects it."""
    opened = UserFactory(email="wrong@example.org", is_active=False)
    User.objects.filter(pk=opened.pk).update(email="right@example.org")

    with pytest.raises(Refused, match="changed a moment ago"):
        add_post(
            partnership=partnership,
            user=opened,
            post=Post(post="Manager", organisation=None, role=Role.MEMBER),
            by=own.user,
            now=NOW,
        )


def test_of_one_who_has_left_nothing_is_corrected(client, partnership):
    user = MembershipFactory(partnership=partnership, ends_on=YESTERDAY).user

    assert at("change_name", user.pk) not in text_of(client.get(at("person", user.pk)))
    for name in ("change_name", "change_address"):
        assert client.get(at(name, user.pk)).status_code == 404


def test_what_became_of_an_account_before_its_person_came_is_not_told(client, partnership):
    with time_machine.travel(NOW - timedelta(days=30), tick=False):
        user = UserFactory(full_name="Secret", email="former@example.org")
    with time_machine.travel(NOW - timedelta(days=20), tick=False):
        user.full_name, user.email = "Known", "known@example.org"
        user.save()
    MembershipFactory(partnership=partnership, user=user)

    told = text_of(client.get(at("person_changes", user.pk)))

    assert "Secret" not in told
    assert "former@example.org" not in told


def test_correcting_asks_a_bounded_number_of_queries(client, django_assert_max_num_queries):
    user = waiting(client)
    with django_assert_max_num_queries(10):
        client.get(at("change_address", user.pk))
    # The page, what it sends, and an invitation to the right address in place of the wrong one.
    with django_assert_max_num_queries(43):
        filled(client, at("change_address", user.pk), email="right@example.org")
    with django_assert_max_num_queries(16):
        filled(client, at("change_name", user.pk), full_name="Alex Right")
