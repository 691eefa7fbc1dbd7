"""Who reads what in a list of changes: nothing leaks, not of a time when it was marked otherwise.

Role by role and thing by thing; what each may read is written by hand from section 6 of the
design and docs/adr/0003.
"""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.models import Marking
from performance.models import IndicatorAlias, PriorityIndicator
from priorities.models import PriorityLead
from rounds.models import Answer, FigureEntry
from rounds.services import accept_answers, reopen_round
from tests.factories import (
    MembershipFactory,
    PriorityFactory,
    PriorityLeadFactory,
    ReadingFactory,
    UserFactory,
)
from tests.scenes import (
    Content,
    accept,
    all_figures,
    close,
    give_back,
    on_behalf,
    open_round_scene,
    submit,
    write,
)
from tests.writing import words

pytestmark = pytest.mark.django_db

# One word for each version: whatever is told of it, the word is whole.
DRAFTED, SENT, ACCEPTED, EDITED = "Bittern", "Curlew", "Dunlin", "Egret"
REASON = "Fulmar"


CLIENTS = {}


@pytest.fixture(autouse=True)
def nobody_yet():
    CLIENTS.clear()


def clients_of(scene):
    """Everybody of section 6, and a member with the grant for OFFICIAL-SENSITIVE, signed in."""
    if scene.partnership.pk not in CLIENTS:
        CLIENTS.clear()
        people = people_of(scene)
        CLIENTS[scene.partnership.pk] = {name: Client() for name in people}
        for name, client in CLIENTS[scene.partnership.pk].items():
            client.force_login(people[name])
    return CLIENTS[scene.partnership.pk]


def people_of(scene):
    partnership = scene.partnership
    former = MembershipFactory(partnership=partnership, member=True)
    PriorityLeadFactory(
        priority=scene.priority, membership=former, ends_on=date(scene.now.year - 1, 1, 1)
    )
    other = MembershipFactory(partnership=partnership, member=True)
    PriorityLeadFactory(priority=PriorityFactory(plan=scene.plan), membership=other)
    cleared = MembershipFactory(partnership=partnership, member=True, reads_sensitive=True)
    names = ("guest", "member", "administrator", "lead", "deputy", "coordinator")
    return {name: getattr(scene, name) for name in names} | {
        "former_lead": former.user,
        "other_lead": other.user,
        "cleared": cleared.user,
        "enters_figures": MembershipFactory(
            partnership=partnership, member=True, loads_figures=True
        ).user,
    }


WRITERS = {"lead", "deputy", "coordinator"}
READERS = {
    "member",
    "administrator",
    "former_lead",
    "other_lead",
    "cleared",
    "enters_figures",
}


def asked(user, address):
    client = Client()
    client.force_login(user)
    return client.get(address)


def changes_of(page, scene, thing):
    return reverse(page, args=[scene.partnership.slug, thing.pk])


def pages_of(scene, *addresses):
    """By person, what each address says to them; nothing where there is no such page for them."""
    pages = {}
    for name, client in clients_of(scene).items():
        found = [client.get(address) for address in addresses]
        assert {page.status_code for page in found} <= {200, 404}
        pages[name] = [words(page) if page.status_code == 200 else None for page in found]
    return pages


def with_words(pages, text):
    return {name for name, said in pages.items() if any(text in page for page in said if page)}


def who_reads(scene, address, text):
    """Those who get the page with these words on it, and those who get the page at all."""
    pages = pages_of(scene, address)
    return with_words(pages, text), {name for name, (page,) in pages.items() if page is not None}


def former(scene, thing, page, key, field):
    """The addresses of every former text there could be of a thing."""
    return [
        reverse(f"{page}_former", args=[scene.partnership.slug, thing.pk, key, row, field])
        for row in thing.history.values_list("history_id", flat=True)
    ]


def who_reads_former(scene, addresses, text):
    return with_words(pages_of(scene, *addresses), text)


# Answers ------------------------------------------------------------------------------------


def revised(scene):
    """An answer drafted, sent, returned, written again, and sent."""
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    write(scene, answer, f"<p>{DRAFTED}</p>")
    answer.refresh_from_db()
    write(scene, answer, f"<p>{SENT}</p>")
    submit(scene)
    give_back(scene, answer, REASON)
    answer.refresh_from_db()
    write(scene, answer, f"<p>{ACCEPTED}</p>")
    submit(scene)
    answer.refresh_from_db()
    return answer


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(slug="here")


def test_a_draft_is_for_its_writers_alone(scene):
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    write(scene, answer, f"<p>{DRAFTED}</p>")
    address = changes_of("rounds:answer_changes", scene, answer)

    assert who_reads(scene, address, DRAFTED) == (WRITERS, WRITERS)


def test_an_answer_that_was_sent_is_not_yet_for_readers(scene):
    answer = revised(scene)
    accept(scene)
    address = changes_of("rounds:answer_changes", scene, answer)

    assert who_reads(scene, address, SENT) == (WRITERS, WRITERS)


def test_readers_never_see_what_an_accepted_answer_said_before(scene):
    answer = revised(scene)
    accept(scene)
    close(scene)
    address = changes_of("rounds:answer_changes", scene, answer)
    addresses = former(scene, answer, "rounds:answer_changes", "answer", "text")

    pages = pages_of(scene, address)
    assert {name for name, (page,) in pages.items() if page} == WRITERS | READERS
    for text in (DRAFTED, SENT, ACCEPTED, REASON):
        assert with_words(pages, text) == WRITERS, text
    assert who_reads_former(scene, addresses, SENT) == WRITERS


def edited(scene, answer, text=EDITED, **content):
    answer.refresh_from_db()
    content = {"response": Answer.Response.WRITTEN, "text": f"<p>{text}</p>"} | content
    on_behalf(scene, answer, Content(**content))
    answer.refresh_from_db()
    return answer


def test_readers_see_what_was_edited_after_it_was_open_to_them(scene):
    answer = revised(scene)
    accept(scene)
    close(scene)
    edited(scene, answer)
    address = changes_of("rounds:answer_changes", scene, answer)
    addresses = former(scene, answer, "rounds:answer_changes", "answer", "text")

    assert who_reads(scene, address, EDITED)[0] == WRITERS | READERS
    pages = pages_of(scene, *addresses)
    assert with_words(pages, ACCEPTED) == WRITERS | READERS
    assert with_words(pages, DRAFTED) == WRITERS


def test_what_was_edited_between_accepting_and_closing_is_not_for_readers(scene):
    answer = revised(scene)
    accept(scene)
    edited(scene, answer)
    close(scene)
    address = changes_of("rounds:answer_changes", scene, answer)

    pages = pages_of(scene, address)
    assert with_words(pages, ACCEPTED) == with_words(pages, EDITED) == WRITERS


def test_a_reopened_round_takes_its_answers_history_from_readers_again(scene):
    answer = revised(scene)
    accept(scene)
    close(scene)
    edited(scene, answer)
    later = scene.now + timedelta(days=30)
    reopen_round(round=scene.round, reason="Late figures", closes_at=later, now=scene.now)
    address = changes_of("rounds:answer_changes", scene, answer)

    assert who_reads(scene, address, EDITED) == (WRITERS, WRITERS)

    scene.round.refresh_from_db()
    edited(scene, answer, "Gannet")
    close(scene)

    pages = pages_of(scene, address)
    assert with_words(pages, "Gannet") == with_words(pages, EDITED) == WRITERS


def test_an_answer_marked_sensitive_is_for_those_with_the_grant(scene):
    answer = revised(scene)
    accept(scene)
    close(scene)
    edited(scene, answer)
    edited(scene, answer, "Heron", marking=Marking.SENSITIVE)
    address = changes_of("rounds:answer_changes", scene, answer)

    readers = WRITERS | {"cleared"}
    assert who_reads(scene, address, "Heron") == (readers, readers)
    assert who_reads(scene, address, EDITED) == (readers, readers)


def test_what_was_said_while_it_was_marked_sensitive_stays_with_the_grant(scene):
    answer = revised(scene)
    accept(scene)
    close(scene)
    edited(scene, answer, "Heron", marking=Marking.SENSITIVE)
    edited(scene, answer, "Ibis")
    edited(scene, answer, "Jackdaw")
    address = changes_of("rounds:answer_changes", scene, answer)
    addresses = former(scene, answer, "rounds:answer_changes", "answer", "text")

    pages = pages_of(scene, address)
    assert with_words(pages, "Heron") == WRITERS | {"cleared"}
    assert with_words(pages, "OFFICIAL-SENSITIVE") == WRITERS | {"cleared"}
    assert with_words(pages, "Jackdaw") == WRITERS | READERS
    assert who_reads_former(scene, addresses, "Heron") == WRITERS | {"cleared"}


def test_what_was_withheld_stays_with_its_writers(scene):
    answer = revised(scene)
    accept(scene)
    close(scene)
    answer.refresh_from_db()
    answer.is_withheld, answer.withheld_reason = True, "Names a family"
    answer.save()
    edited(scene, answer, "Kestrel")
    answer.is_withheld, answer.withheld_reason = False, ""
    answer.save()
    edited(scene, answer, "Lapwing")
    address = changes_of("rounds:answer_changes", scene, answer)
    addresses = former(scene, answer, "rounds:answer_changes", "answer", "text")

    pages = pages_of(scene, address)
    assert with_words(pages, "Names a family") == WRITERS
    assert with_words(pages, "Lapwing") == WRITERS | READERS
    assert who_reads_former(scene, addresses, ACCEPTED) == WRITERS


def test_figures_in_an_answer_are_for_those_who_write_them(scene):
    answer = scene.answer(Answer.Kind.FIGURES)
    write(scene, answer, "", figures=all_figures(scene))
    submit(scene)
    address = changes_of("rounds:answer_changes", scene, answer)
    writers = WRITERS | {"enters_figures"}

    assert who_reads(scene, address, "412") == (writers, writers)

    accept(scene)
    close(scene)
    entry = FigureEntry.objects.last()
    entry.value = 413
    entry.save()

    assert who_reads(scene, address, "413") == (writers, writers | READERS)


def test_another_partnerships_answer_is_not_even_there(scene):
    elsewhere = open_round_scene(slug="elsewhere")
    answer = elsewhere.answer(Answer.Kind.KEY_ISSUES)

    for slug in ("here", "elsewhere"):
        address = reverse("rounds:answer_changes", args=[slug, answer.pk])
        assert who_reads(scene, address, "") == (set(), set())


def test_a_text_of_another_thing_is_not_reached_through_this_one(scene):
    mine, other = scene.action_answers[:2]
    write(scene, other, f"<p>{DRAFTED}</p>")
    other.refresh_from_db()
    write(scene, other, f"<p>{SENT}</p>")
    row = Answer.history.filter(id=other.pk).first().history_id

    for answer, status in ((mine, 404), (other, 200)):
        args = ["here", answer.pk, "answer", row, "text"]
        address = reverse("rounds:answer_changes_former", args=args)
        assert asked(scene.coordinator, address).status_code == status


def test_a_field_that_is_not_told_is_not_reached(scene):
    answer = revised(scene)
    row = Answer.history.filter(id=answer.pk).first().history_id

    for field in ("saved_as", "return_reason", "withheld_reason", "saved_by", "id", "nothing"):
        args = ["here", answer.pk, "answer", row, field]
        address = reverse("rounds:answer_changes_former", args=args)
        assert asked(scene.coordinator, address).status_code == 404


# Figures --------------------------------------------------------------------------------------


PLAN_READERS = READERS | WRITERS
CLEARED = {"cleared", "coordinator"}


def test_a_sensitive_figures_changes_are_for_those_with_the_grant(scene):
    indicator = scene.indicator
    indicator.marking, indicator.definition = Marking.SENSITIVE, "Merlin"
    indicator.save()
    address = changes_of("performance:changes", scene, indicator)

    assert who_reads(scene, address, "Merlin") == (CLEARED, CLEARED)


def test_a_figures_time_as_sensitive_stays_with_the_grant(scene):
    indicator = scene.indicator
    indicator.marking, indicator.name = Marking.SENSITIVE, "A name not for all"
    indicator.save()
    indicator.definition = "Merlin"
    indicator.save()
    IndicatorAlias.objects.create(
        partnership=scene.partnership, indicator=indicator, name="Another name not for all"
    )
    ReadingFactory(indicator=indicator, value=7654)
    indicator.marking, indicator.name = Marking.OFFICIAL, "Reports"
    indicator.definition = "Plover"
    indicator.save()
    IndicatorAlias.objects.all().delete()
    indicator.definition = "Quail"
    indicator.save()
    address = changes_of("performance:changes", scene, indicator)
    page = "performance:changes"
    addresses = former(scene, indicator, page, "figure", "definition")

    assert who_reads(scene, address, "not for all") == (CLEARED, PLAN_READERS)
    pages = pages_of(scene, address)
    for text in ("Merlin", "7,654", "OFFICIAL"):
        assert with_words(pages, text) == CLEARED, text
    assert with_words(pages, "Quail") == PLAN_READERS
    pages = pages_of(scene, *addresses)
    assert with_words(pages, "Merlin") == CLEARED
    assert with_words(pages, "Plover") == PLAN_READERS


def test_a_sensitive_figure_is_not_named_in_its_prioritys_changes(scene):
    indicator = scene.indicator
    indicator.marking, indicator.name = Marking.SENSITIVE, "A name not for all"
    indicator.save()
    PriorityIndicator.objects.get().save()
    address = changes_of("rounds:priority_changes", scene, scene.priority)

    assert who_reads(scene, address, "A name not for all") == (CLEARED, PLAN_READERS)

    indicator.marking, indicator.name = Marking.OFFICIAL, "Named for all"
    indicator.save()

    pages = pages_of(scene, address)
    assert with_words(pages, "A name not for all") == set()
    assert with_words(pages, "Named for all") == PLAN_READERS


# The plan -------------------------------------------------------------------------------------


def test_a_guest_reads_no_changes_of_the_plan(scene):
    for page, thing in (
        ("rounds:plan_changes", scene.plan),
        ("rounds:priority_changes", scene.priority),
        ("rounds:action_changes", scene.actions[0]),
        ("performance:changes", scene.indicator),
    ):
        assert who_reads(scene, changes_of(page, scene, thing), "")[1] == PLAN_READERS


def test_the_introduction_of_reports_is_for_those_who_make_them(scene):
    plan = scene.plan
    for text in ("Redshank", "Swift"):
        plan.introduction = text
        plan.save()
    address = changes_of("rounds:plan_changes", scene, plan)
    addresses = former(scene, plan, "rounds:plan_changes", "plan", "introduction")

    makers = {"coordinator", "administrator"}
    pages = pages_of(scene, address)
    assert with_words(pages, "Swift") == makers
    assert with_words(pages, "Changed the introduction") == PLAN_READERS
    assert who_reads_former(scene, addresses, "Redshank") == makers


def test_an_introduction_once_marked_sensitive_is_for_those_with_the_grant(scene):
    plan = scene.plan
    plan.introduction, plan.marking = "Teal", Marking.SENSITIVE
    plan.save()
    plan.introduction, plan.marking = "Wigeon", Marking.OFFICIAL
    plan.save()
    address = changes_of("rounds:plan_changes", scene, plan)
    addresses = former(scene, plan, "rounds:plan_changes", "plan", "introduction")

    assert who_reads(scene, address, "Teal") == ({"coordinator"}, PLAN_READERS)
    assert who_reads_former(scene, addresses, "Teal") == {"coordinator"}


def test_nobodys_email_address_is_told(scene):
    client = Client()
    administrator = UserFactory(is_staff=True, is_superuser=True, email="secret@example.org")
    client.force_login(administrator)
    lead = PriorityLead.objects.first()
    type(lead).history.update(history_user=administrator)
    address = changes_of("rounds:priority_changes", scene, scene.priority)

    page = asked(scene.coordinator, address).content.decode()

    assert "Site administrator" in page
    assert "@example.org" not in page.replace("help@example.org", "").replace(
        scene.coordinator.email, ""
    )


# Restoring ------------------------------------------------------------------------------------


def restored_by(scene, address):
    """Who may press the button; what they do is not looked at."""
    found = set()
    for name, client in clients_of(scene).items():
        if client.post(address, {"marker": "of another text"}).status_code == 409:
            found.add(name)
    return found


def test_an_answers_text_is_restored_by_those_who_may_write_it_now(scene):
    answer = revised(scene)
    row = Answer.history.filter(id=answer.pk, text=f"<p>{SENT}</p>").last().history_id
    args = ["here", answer.pk, "answer", row, "text"]
    address = reverse("rounds:answer_changes_former", args=args)

    assert restored_by(scene, address) == WRITERS

    accept_answers(answers=[answer], now=scene.now)
    assert restored_by(scene, address) == {"coordinator"}


def test_a_title_is_restored_by_those_who_keep_the_plan(scene):
    action = scene.actions[0]
    action.title = "Another title"
    action.save()
    row = action.history.latest().history_id
    args = ["here", action.pk, "action", row, "title"]
    address = reverse("rounds:action_changes_former", args=args)

    assert restored_by(scene, address) == {"administrator"}

    scene.plan.closed_at = scene.now
    scene.plan.save()
    assert restored_by(scene, address) == set()
