"""Who may do what, over every address there is: route × method × person × own or other partnership.

The expectations are written by hand from section 6 of the design, not recorded from a run. A
route of the URLconf without a row here fails.
"""

import re
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from partnerships.models import Membership
from reports.models import ReportFile
from rounds.models import Answer, LeadUpdate, MeetingItem
from tests.factories import (
    ActionLeadFactory,
    DelegationFactory,
    DestructionRequestFactory,
    IndicatorAliasFactory,
    InvitationFactory,
    MeetingItemFactory,
    MembershipFactory,
    OrganisationFactory,
    PriorityFactory,
    PriorityLeadFactory,
    ReadingFactory,
    ReleaseFactory,
    ReportFileFactory,
    UserFactory,
)
from tests.scenes import open_round_scene, submit, write
from tests.word_forms import bring_back, taken_form

pytestmark = pytest.mark.django_db

OK = "a page"
GO = "a redirect to another page"
DONE = "taken, or answered with what is wrong in it"
REFUSED = "403 or 404"
UNKNOWN = "404: not even that it exists"
NO_METHOD = "405: not asked for in this way"
SIGN_IN = "a redirect to the sign-in page"
KEPT = "403, with what was posted given back"

MEANS = {
    OK: {200},
    GO: {302},
    DONE: {200, 302, 409, 422},
    REFUSED: {403, 404},
    UNKNOWN: {404},
    NO_METHOD: {405},
    SIGN_IN: {302},
    KEPT: {403},
}

# The people of one partnership, from section 6. "other_lead" leads another priority, and
# "former_lead" led this one until last year; "delegate" is a guest who was given one section to
# write, whose number stands in the addresses of answers. The last two are no members of the
# partnership.
PEOPLE = (
    "guest",
    "delegate",
    "member",
    "administrator",
    "lead",
    "deputy",
    "former_lead",
    "other_lead",
    "coordinator",
    "stranger",
    "site_administrator",
)
OUTSIDE = {"stranger", "site_administrator"}
DELEGATE = {"delegate"}
READERS = set(PEOPLE) - OUTSIDE - {"guest"} - DELEGATE
LEADS = {"lead", "deputy"}
WRITERS = LEADS | {"coordinator"}
COORDINATOR = {"coordinator"}
ADMINISTRATOR = {"administrator"}
EVERYBODY = set(PEOPLE) - OUTSIDE


@dataclass(frozen=True)
class Row:
    """What a route answers to those who may, by method; all other members are refused."""

    may: set
    get: str
    post: str
    key: str = ""
    # Those who may post, where it is not everybody who may get.
    posts: frozenset = frozenset()

    def people(self, method):
        return self.posts if method == "post" and self.posts else self.may


# Routes under a partnership. `key` names what the number in the address is.
PARTNERSHIP_ROUTES = {
    "rounds:home": Row(EVERYBODY, OK, NO_METHOD),
    "rounds:plans": Row(READERS, GO, NO_METHOD),
    "rounds:plan": Row(READERS, OK, NO_METHOD, "plan"),
    "rounds:action": Row(READERS, OK, NO_METHOD, "action"),
    "performance:indicators": Row(READERS, OK, NO_METHOD),
    "performance:indicator": Row(READERS, OK, NO_METHOD, "indicator"),
    "performance:add": Row(ADMINISTRATOR, OK, DONE),
    "performance:edit": Row(ADMINISTRATOR, OK, DONE, "indicator"),
    "performance:publication": Row(ADMINISTRATOR | COORDINATOR, OK, DONE, "indicator"),
    "performance:rename": Row(ADMINISTRATOR, OK, DONE, "indicator"),
    "performance:earlier_names": Row(ADMINISTRATOR, OK, DONE, "indicator"),
    "performance:remove_earlier_name": Row(ADMINISTRATOR, NO_METHOD, DONE, "earlier_name"),
    "performance:enter": Row(COORDINATOR, OK, DONE, "indicator"),
    "performance:enter_year": Row(COORDINATOR, OK, DONE, "indicator"),
    "performance:correct": Row(COORDINATOR, OK, DONE, "reading"),
    "performance:take_back": Row(COORDINATOR, OK, DONE, "reading"),
    "performance:changes": Row(READERS, OK, NO_METHOD, "indicator"),
    "performance:changes_former": Row(READERS, OK, DONE, "former definition", ADMINISTRATOR),
    "rounds:plan_changes": Row(READERS, OK, NO_METHOD, "plan"),
    "rounds:plan_changes_former": Row(READERS, OK, DONE, "former plan", ADMINISTRATOR),
    "rounds:priority_changes": Row(READERS, OK, NO_METHOD, "priority"),
    "rounds:priority_changes_former": Row(READERS, OK, DONE, "former priority", ADMINISTRATOR),
    "rounds:action_changes": Row(READERS, OK, NO_METHOD, "action"),
    "rounds:action_changes_former": Row(READERS, OK, DONE, "former action", ADMINISTRATOR),
    "rounds:answer_changes": Row(WRITERS, OK, NO_METHOD, "answer"),
    "rounds:answer_changes_former": Row(WRITERS, OK, DONE, "former answer"),
    "rounds:update": Row(WRITERS, OK, NO_METHOD, "update"),
    "reports:check": Row(WRITERS, OK, NO_METHOD, "update"),
    "rounds:submit": Row({"lead", "deputy"}, NO_METHOD, DONE, "update"),
    "rounds:sent": Row(WRITERS, OK, NO_METHOD, "update"),
    "rounds:word": Row(WRITERS | DELEGATE, OK, DONE, "update"),
    "rounds:word_form": Row(WRITERS | DELEGATE, NO_METHOD, DONE, "update"),
    "rounds:word_upload": Row(WRITERS, OK, DONE, "word_upload"),
    "rounds:answer": Row(WRITERS | DELEGATE, OK, DONE, "answer"),
    "rounds:quick": Row(WRITERS | DELEGATE, NO_METHOD, DONE, "answer"),
    "rounds:resolve": Row(WRITERS | DELEGATE, NO_METHOD, DONE, "answer"),
    "rounds:finish": Row(DELEGATE, OK, DONE, "answer"),
    "rounds:give": Row(WRITERS, OK, DONE, "update"),
    "rounds:take_back": Row(WRITERS, OK, DONE, "delegation"),
    "rounds:draft": Row(WRITERS | DELEGATE, NO_METHOD, DONE, "answer"),
    "rounds:throw_away": Row(WRITERS | DELEGATE, DONE, DONE, "answer"),
    "rounds:rounds": Row(COORDINATOR, OK, NO_METHOD),
    "rounds:make": Row(COORDINATOR, NO_METHOD, DONE),
    "rounds:board": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "rounds:accept": Row(COORDINATOR, NO_METHOD, DONE, "round"),
    "rounds:ask": Row(COORDINATOR, NO_METHOD, DONE, "round"),
    "rounds:dates": Row(COORDINATOR, OK, DONE, "round"),
    "rounds:message": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "rounds:round_record": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "rounds:section_record": Row(WRITERS, OK, NO_METHOD, "answer"),
    "rounds:rates": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "reports:rates_xlsx": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "reports:rates_csv": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "reports:record_xlsx": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "reports:record_csv": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "rounds:remind": Row(COORDINATOR, OK, DONE, "round"),
    "rounds:send_again": Row(COORDINATOR, NO_METHOD, DONE, "round"),
    "rounds:open": Row(COORDINATOR, DONE, DONE, "round"),
    "rounds:close": Row(COORDINATOR, OK, DONE, "round"),
    "rounds:reopen": Row(COORDINATOR, DONE, DONE, "round"),
    "rounds:drafts": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "rounds:meeting": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "rounds:meeting_sheet": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "rounds:meeting_details": Row(COORDINATOR, OK, DONE, "round"),
    "rounds:meeting_add": Row(COORDINATOR, OK, DONE, "round"),
    "rounds:meeting_item": Row(COORDINATOR, OK, DONE, "meeting_item"),
    "rounds:meeting_remove": Row(COORDINATOR, OK, DONE, "meeting_item"),
    "rounds:recommendations": Row(COORDINATOR, OK, DONE, "round"),
    "rounds:recommendations_publication": Row(COORDINATOR, OK, DONE, "round"),
    "rounds:answer_publication": Row(WRITERS, OK, DONE, "answer"),
    "rounds:title_publication": Row(ADMINISTRATOR | COORDINATOR, OK, DONE, "action"),
    "rounds:read": Row(COORDINATOR, OK, NO_METHOD, "answer"),
    "rounds:return": Row(COORDINATOR, OK, DONE, "sent_answer"),
    "rounds:let_in": Row(COORDINATOR, GO, GO, "answer"),
    "rounds:let_in_no_more": Row(COORDINATOR, GO, GO, "answer"),
    "rounds:take_in": Row(COORDINATOR, NO_METHOD, DONE, "answer"),
    "search:search": Row(READERS, OK, NO_METHOD),
    "search:today": Row(READERS, GO, NO_METHOD),
    "search:actions": Row(READERS, OK, NO_METHOD, "plan"),
    "search:actions_file": Row(READERS, OK, NO_METHOD, "plan"),
    "search:milestones_file": Row(READERS, OK, NO_METHOD, "plan"),
    "administration:index": Row(ADMINISTRATOR | COORDINATOR, OK, NO_METHOD),
    "administration:new_plan": Row(ADMINISTRATOR, OK, DONE),
    "administration:edit_plan": Row(ADMINISTRATOR, OK, NO_METHOD, "plan"),
    "administration:plan_details": Row(ADMINISTRATOR, OK, DONE, "plan"),
    "administration:new_priority": Row(ADMINISTRATOR, OK, DONE, "plan"),
    "administration:new_theme": Row(ADMINISTRATOR, OK, DONE, "plan"),
    "administration:edit_priority": Row(ADMINISTRATOR, OK, DONE, "priority"),
    "administration:move_priority": Row(ADMINISTRATOR, NO_METHOD, DONE, "priority"),
    "administration:withdraw_priority": Row(ADMINISTRATOR, OK, DONE, "priority"),
    "administration:restore_priority": Row(ADMINISTRATOR, NO_METHOD, DONE, "priority"),
    "administration:new_action": Row(ADMINISTRATOR, OK, DONE, "priority"),
    "administration:edit_action": Row(ADMINISTRATOR, OK, DONE, "action"),
    "administration:move_action": Row(ADMINISTRATOR, NO_METHOD, DONE, "action"),
    "administration:withdraw_action": Row(ADMINISTRATOR, OK, DONE, "action"),
    "administration:restore_action": Row(ADMINISTRATOR, NO_METHOD, DONE, "action"),
    "administration:new_priority_lead": Row(ADMINISTRATOR, OK, DONE, "priority"),
    "administration:priority_lead": Row(ADMINISTRATOR, OK, DONE, "priority_lead"),
    "administration:new_action_lead": Row(ADMINISTRATOR, OK, DONE, "action"),
    "administration:action_lead": Row(ADMINISTRATOR, OK, DONE, "action_lead"),
    "administration:new_heading": Row(ADMINISTRATOR, OK, DONE, "priority"),
    "administration:heading": Row(ADMINISTRATOR, OK, DONE, "heading"),
    "administration:move_heading": Row(ADMINISTRATOR, NO_METHOD, DONE, "heading"),
    "administration:remove_heading": Row(ADMINISTRATOR, OK, DONE, "heading"),
    "administration:new_place": Row(ADMINISTRATOR, OK, DONE, "priority"),
    "administration:move_place": Row(ADMINISTRATOR, NO_METHOD, DONE, "place"),
    "administration:remove_place": Row(ADMINISTRATOR, OK, DONE, "place"),
    "administration:settings": Row(ADMINISTRATOR, OK, NO_METHOD),
    "administration:closing": Row(ADMINISTRATOR, OK, DONE, "plan"),
    "administration:close_plan": Row(ADMINISTRATOR, DONE, DONE, "plan"),
    "administration:reopen_plan": Row(ADMINISTRATOR, DONE, DONE, "plan"),
    "administration:carry": Row(ADMINISTRATOR, DONE, DONE, "plan"),
    "administration:settings_details": Row(ADMINISTRATOR, OK, DONE),
    "administration:settings_reports": Row(ADMINISTRATOR, OK, DONE),
    "administration:settings_public": Row(ADMINISTRATOR, OK, DONE),
    "administration:settings_messages": Row(ADMINISTRATOR, OK, DONE),
    "administration:settings_rounds": Row(ADMINISTRATOR, OK, DONE),
    "administration:settings_wording": Row(ADMINISTRATOR, OK, DONE),
    "administration:organisations": Row(ADMINISTRATOR, OK, NO_METHOD),
    "administration:organisations_proposed": Row(ADMINISTRATOR, OK, DONE),
    "administration:organisation_add": Row(ADMINISTRATOR, OK, DONE),
    "administration:organisation": Row(ADMINISTRATOR, OK, NO_METHOD, "organisation"),
    "administration:organisation_change": Row(ADMINISTRATOR, OK, DONE, "organisation"),
    "administration:organisation_rename": Row(ADMINISTRATOR, OK, DONE, "organisation"),
    "administration:organisation_end": Row(ADMINISTRATOR, OK, DONE, "organisation"),
    "administration:organisation_merge": Row(ADMINISTRATOR, OK, DONE, "organisation"),
    "administration:groups": Row(ADMINISTRATOR, OK, NO_METHOD),
    "administration:group_add": Row(ADMINISTRATOR, OK, DONE),
    "administration:group": Row(ADMINISTRATOR, OK, NO_METHOD, "group"),
    "administration:group_change": Row(ADMINISTRATOR, OK, DONE, "group"),
    "administration:group_rename": Row(ADMINISTRATOR, OK, DONE, "group"),
    "administration:group_end": Row(ADMINISTRATOR, OK, DONE, "group"),
    "administration:group_merge": Row(ADMINISTRATOR, OK, DONE, "group"),
    "administration:people": Row(ADMINISTRATOR, OK, NO_METHOD),
    "administration:invite": Row(ADMINISTRATOR, OK, DONE),
    "administration:person": Row(ADMINISTRATOR, OK, NO_METHOD, "person"),
    "administration:change_name": Row(ADMINISTRATOR, OK, DONE, "person"),
    # The person of the world signs in: the page of the address says so and leads back.
    "administration:change_address": Row(ADMINISTRATOR, GO, GO, "person"),
    "administration:person_changes": Row(ADMINISTRATOR, OK, NO_METHOD, "person"),
    "administration:add_post": Row(ADMINISTRATOR, OK, DONE, "person"),
    "administration:change_post": Row(ADMINISTRATOR, OK, DONE, "membership"),
    "administration:end_post": Row(ADMINISTRATOR, OK, DONE, "membership"),
    "administration:invite_again": Row(ADMINISTRATOR, NO_METHOD, DONE, "membership"),
    "reports:reports": Row(READERS, OK, NO_METHOD),
    "reports:report": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "reports:public": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "reports:report_file": Row(COORDINATOR, OK, NO_METHOD, "file of round"),
    "reports:remarks": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "reports:try_links": Row(COORDINATOR, NO_METHOD, GO, "round"),
    "reports:workbook": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "reports:actions_table": Row(COORDINATOR, OK, NO_METHOD, "round"),
    "reports:figures_table": Row(COORDINATOR, OK, NO_METHOD, "round"),
    # Of a closed round; of this open one it leads back to the report.
    "reports:issue": Row(COORDINATOR, GO, GO, "round"),
    "reports:issued": Row(READERS, OK, NO_METHOD, "issued_report"),
    "reports:issued_file": Row(READERS, OK, NO_METHOD, "issued_file"),
    # For a coordinator with the right; what has been released leads back to its page.
    "reports:release": Row(COORDINATOR, GO, GO, "issued_report"),
    "reports:withdraw": Row(COORDINATOR, OK, DONE, "issued_report"),
}

# Pages of site administrators: what each person who is signed in gets, by method.
SITE_ROUTES = {
    "site:partnerships": {"get": OK, "post": NO_METHOD},
    "site:find": {"get": OK, "post": NO_METHOD},
    "site:new": {"get": OK, "post": DONE},
    # Of a partnership whose first administrator has not accepted.
    "site:first": {"get": OK, "post": DONE},
    "site:again": {"get": NO_METHOD, "post": DONE},
    "site:withdraw": {"get": OK, "post": DONE},
    "destroying:waiting": {"get": OK, "post": NO_METHOD},
    "destroying:reports": {"get": OK, "post": NO_METHOD},
    "destroying:ask": {"get": OK, "post": DONE},
    "destroying:request": {"get": OK, "post": DONE},
}

# Routes of the portal itself: what somebody signed out and somebody signed in get, by method.
OPEN_ROUTES = {
    "home": ({"get": SIGN_IN, "post": NO_METHOD}, {"get": DONE, "post": NO_METHOD}),
    "partnerships:accessibility": ({"get": OK, "post": NO_METHOD},) * 2,
    "partnerships:privacy": ({"get": OK, "post": NO_METHOD},) * 2,
    "partnerships:cookies": ({"get": OK, "post": NO_METHOD},) * 2,
    "partnerships:brand": ({"get": OK, "post": NO_METHOD},) * 2,
    "public:unknown": ({"get": UNKNOWN, "post": NO_METHOD},) * 2,
    "calendar": ({"get": UNKNOWN, "post": NO_METHOD},) * 2,
    "asked": ({"get": UNKNOWN, "post": UNKNOWN},) * 2,
    "invitations:accept": ({"get": UNKNOWN, "post": UNKNOWN},) * 2,
    "account_login": ({"get": OK, "post": DONE}, {"get": GO, "post": GO}),
    "account_token": ({"get": OK, "post": NO_METHOD},) * 2,
    "account_logout": ({"get": GO, "post": GO}, {"get": OK, "post": GO}),
    "account_signup": ({"get": OK, "post": DONE}, {"get": GO, "post": GO}),
    "account_request_login_code": ({"get": OK, "post": DONE}, {"get": GO, "post": GO}),
    "account_confirm_login_code": ({"get": GO, "post": GO}, {"get": GO, "post": GO}),
    "account_reset_password": ({"get": OK, "post": DONE}, {"get": DONE, "post": DONE}),
    "account_reset_password_done": ({"get": OK, "post": NO_METHOD},) * 2,
    "account_reset_password_from_key": ({"get": OK, "post": DONE},) * 2,
    "account_reset_password_from_key_done": ({"get": OK, "post": NO_METHOD},) * 2,
    "account_change_password": ({"get": SIGN_IN, "post": SIGN_IN}, {"get": DONE, "post": DONE}),
    "account_set_password": ({"get": SIGN_IN, "post": SIGN_IN}, {"get": DONE, "post": DONE}),
    "account_reauthenticate": ({"get": SIGN_IN, "post": SIGN_IN}, {"get": DONE, "post": DONE}),
    "details:details": ({"get": SIGN_IN, "post": NO_METHOD}, {"get": OK, "post": NO_METHOD}),
    "details:calendar": ({"get": SIGN_IN, "post": KEPT}, {"get": OK, "post": DONE}),
    "details:name": ({"get": SIGN_IN, "post": KEPT}, {"get": OK, "post": DONE}),
    "details:address": ({"get": SIGN_IN, "post": KEPT}, {"get": OK, "post": DONE}),
    "details:code": ({"get": SIGN_IN, "post": KEPT}, {"get": GO, "post": GO}),
    "account_inactive": ({"get": OK, "post": NO_METHOD},) * 2,
}

# Public pages, of a partnership that has turned them on: by what a released report adds.
PUBLIC_ROUTES = {
    "public:reports": (),
    "public:feed": (),
    "public:report": ("round", "version"),
    "public:file": ("round", "version", "file"),
}


def all_routes(patterns=None, prefix="", namespaces=()):
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join((*namespaces, str(pattern.name))), prefix + str(pattern.pattern)
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from all_routes(pattern.url_patterns, prefix + str(pattern.pattern), inner)


def addresses_in(namespace_of_admin):
    return [
        (name, route)
        for name, route in all_routes()
        if name.startswith("admin:") == namespace_of_admin
    ]


def test_every_route_has_a_row():
    routes = {name for name, _ in addresses_in(False)}
    rows = set(PARTNERSHIP_ROUTES) | set(SITE_ROUTES) | set(OPEN_ROUTES) | set(PUBLIC_ROUTES)

    assert routes - rows == set(), "routes without a row"
    assert rows - routes == set(), "rows without a route"


@dataclass
class World:
    """The same scene in two partnerships, and everybody who could come along."""

    here: object
    elsewhere: object
    users: dict
    clients: dict
    numbers: dict = field(default_factory=dict)

    def address(self, name, scene, slug=None):
        row = PARTNERSHIP_ROUTES[name]
        args = [slug or scene.partnership.slug]
        if row.key.startswith("former "):
            args += former_text(row.key, scene)
        elif row.key == "file of round":
            args += [scene.round.pk, "docx"]
        elif row.key:
            if scene.partnership.pk not in self.numbers:
                self.numbers[scene.partnership.pk] = numbers_of(scene)
            args.append(self.numbers[scene.partnership.pk][row.key])
        return reverse(name, args=args)


def numbers_of(scene):
    """The number of one thing of each key."""
    key_issues = scene.answer(Answer.Kind.KEY_ISSUES)
    found = {
        "answer": key_issues,
        "sent_answer": scene.answer(Answer.Kind.ACTION),
        "plan": scene.plan,
        "delegation": key_issues.given.first(),
        "priority_lead": scene.priority.leads.first(),
        "action_lead": scene.actions[0].leads.first(),
        "heading": scene.heading,
        "place": scene.priority.priority_indicators.first(),
        "priority": scene.priority,
        "round": scene.round,
        "action": scene.actions[0],
        "indicator": scene.indicator,
        "earlier_name": scene.indicator.aliases.first(),
        "reading": scene.indicator.readings.first(),
        "membership": scene.memberships["member"],
        "person": scene.member,
        "organisation": scene.partnership.organisations.first(),
        "group": scene.heading.groups.get(),
        "meeting_item": MeetingItem.objects.filter(meeting__round=scene.round).first(),
        "issued_report": scene.round.issued_reports.first(),
        "issued_file": ReportFile.objects.filter(report__round=scene.round).first(),
        "update": LeadUpdate.objects.get(round=scene.round, priority=scene.priority),
        "word_upload": scene.update.word_uploads.first(),
    }
    return {key: thing.pk for key, thing in found.items()}


def begun_scene(slug):
    """A round with one section sent and one in draft."""
    scene = open_round_scene(slug=slug, publishes_reports=True)
    write(scene, scene.answer(Answer.Kind.ACTION))
    submit(scene)
    write(scene, scene.answer(Answer.Kind.KEY_ISSUES))
    write(scene, scene.answer(Answer.Kind.KEY_ISSUES), "<p>The same in other words.</p>")
    reword(scene)
    release(scene)
    DelegationFactory(answer=scene.answer(Answer.Kind.KEY_ISSUES))
    OrganisationFactory(partnership=scene.partnership)
    IndicatorAliasFactory(indicator=scene.indicator)
    ReadingFactory(indicator=scene.indicator)
    ActionLeadFactory(action=scene.actions[0], membership=scene.memberships["lead"])
    bring_back(scene, taken_form(scene))
    return scene


def release(scene):
    """A report of the round was issued, and its public edition released, by one who may."""
    Membership.objects.filter(user=scene.coordinator).update(releases_reports=True)
    MeetingItemFactory(meeting__round=scene.round)
    report = ReportFileFactory(report__round=scene.round).report
    page = b'<main class="site-main">For everybody.</main>'
    ReportFileFactory(report=report, edition="public", name="public.html", content=page)
    ReleaseFactory(report=report)


def reword(scene):
    """Give each thing of the plan a former text."""
    for thing in (scene.plan, scene.priority, scene.actions[0]):
        thing.title = f"{thing.title}, reworded"
        thing.save()
    for definition in ("Reports to the police.", "Reports to the police and the council."):
        scene.indicator.definition = definition
        scene.indicator.save()


def former_text(key, scene):
    """The number of a thing, and which of its former texts is asked for."""
    thing, name, field = {
        "former plan": (scene.plan, "plan", "title"),
        "former priority": (scene.priority, "priority", "title"),
        "former action": (scene.actions[0], "action", "title"),
        "former definition": (scene.indicator, "figure", "definition"),
        "former answer": (scene.answer(Answer.Kind.KEY_ISSUES), "answer", "text"),
    }[key]
    return [thing.pk, name, thing.history.first().history_id, field]


@pytest.fixture(scope="module")
def world(kept):
    """Made once for all of these tests, in a transaction that is undone after the last."""
    return make_world()


def make_world():
    here, elsewhere = begun_scene("here"), begun_scene("elsewhere")
    former = MembershipFactory(partnership=here.partnership, member=True)
    PriorityLeadFactory(
        priority=here.priority,
        membership=former,
        ends_on=here.now.date().replace(year=here.now.year - 1, day=1),
    )
    other = MembershipFactory(partnership=here.partnership, member=True)
    PriorityLeadFactory(priority=PriorityFactory(plan=here.plan, reference="2"), membership=other)
    users = {
        name: getattr(here, name)
        for name in ("guest", "member", "administrator", "lead", "deputy", "coordinator")
    }
    users |= {
        "delegate": here.answer(Answer.Kind.KEY_ISSUES).given.get().membership.user,
        "former_lead": former.user,
        "other_lead": other.user,
        "stranger": elsewhere.coordinator,
        "site_administrator": UserFactory(is_staff=True, is_superuser=True),
    }
    assert set(users) == set(PEOPLE)
    clients = {name: client_of(user) for name, user in users.items()}
    return World(here, elsewhere, users, clients)


def asked(client, method, address):
    """The answer's status; what was done is undone."""
    with transaction.atomic():
        status = getattr(client, method)(address).status_code
        transaction.set_rollback(True)
    return status


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def expected(row, method, person):
    if getattr(row, method) == NO_METHOD:
        return NO_METHOD
    if person in OUTSIDE:
        return UNKNOWN
    return getattr(row, method) if person in row.people(method) else REFUSED


@pytest.mark.parametrize("name", sorted(PARTNERSHIP_ROUTES))
def test_each_person_gets_what_the_table_says_in_the_own_partnership(world, name):
    row = PARTNERSHIP_ROUTES[name]
    address = world.address(name, world.here)

    wrong = []
    for person, client in world.clients.items():
        for method in ("get", "post"):
            want, got = expected(row, method, person), asked(client, method, address)
            if got not in MEANS[want]:
                wrong.append(f"{person} {method} {address}: {got}, expected {want}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(PARTNERSHIP_ROUTES))
def test_nobody_reaches_another_partnership(world, name):
    row = PARTNERSHIP_ROUTES[name]
    addresses = [world.address(name, world.elsewhere)]
    if row.key:
        # Another partnership's thing under the own partnership's address.
        addresses.append(world.address(name, world.elsewhere, slug="here"))

    wrong = []
    for person, client in world.clients.items():
        if person == "stranger":
            continue
        for address in addresses:
            for method in ("get", "post"):
                want = NO_METHOD if getattr(row, method) == NO_METHOD else UNKNOWN
                got = asked(client, method, address)
                # Under the own address a right that is missing may be told before the thing.
                allowed = MEANS[want] | ({403} if address.startswith("/here/") else set())
                if got not in allowed:
                    wrong.append(f"{person} {method} {address}: {got}, expected {want}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(PARTNERSHIP_ROUTES))
def test_somebody_signed_out_is_asked_to_sign_in_and_keeps_what_was_typed(world, name):
    row = PARTNERSHIP_ROUTES[name]
    address = world.address(name, world.here)
    client = Client()

    got = client.get(address)
    if row.get == NO_METHOD:
        assert got.status_code == 405
    else:
        assert got.status_code == 302
        assert got["Location"].startswith("/accounts/login/?next=")

    posted = client.post(address, {"text": "Typed in vain, and given back."})
    if row.post == NO_METHOD:
        assert posted.status_code == 405
    else:
        # The script that asks this has the words on its page.
        is_asked_by_script = name == "rounds:draft"
        assert posted.status_code == (401 if is_asked_by_script else 403)
        assert is_asked_by_script or "Typed in vain, and given back." in posted.content.decode()


@pytest.mark.parametrize("name", sorted(OPEN_ROUTES))
def test_the_portals_own_routes_answer_as_the_table_says(world, name):
    arguments = {
        "partnerships:brand": ["10495a"],
        "public:unknown": ["example", "/no/such/page/"],
        "calendar": ["an-address-that-nobody-has"],
        "asked": ["a-link-that-nobody-was-sent"],
        "invitations:accept": ["a-link-that-nobody-was-sent"],
        "account_reset_password_from_key": ["1", "set-password"],
    }
    address = reverse(name, args=arguments.get(name, []))
    signed_out, signed_in = OPEN_ROUTES[name]

    wrong = []
    for who, client, row in (
        ("signed out", Client(), signed_out),
        ("signed in", client_of(world.users["lead"]), signed_in),
    ):
        for method, want in row.items():
            got = asked(client, method, address)
            if got not in MEANS[want]:
                wrong.append(f"{who} {method} {address}: {got}, expected {want}")
    assert not wrong, "\n".join(wrong)


def test_public_pages_are_for_everybody_to_read(world):
    scene = world.elsewhere
    adds = {"round": scene.round.slug, "version": 1, "file": "public.html"}
    clients = {"signed out": Client(), **world.clients}

    wrong = []
    for name, parts in PUBLIC_ROUTES.items():
        address = reverse(name, args=[scene.partnership.slug, *(adds[part] for part in parts)])
        for person, client in clients.items():
            for method, want in {"get": OK, "post": NO_METHOD}.items():
                got = asked(client, method, address)
                if got not in MEANS[want]:
                    wrong.append(f"{person} {method} {address}: {got}, expected {want}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(SITE_ROUTES))
def test_partnerships_are_made_by_site_administrators_alone(world, name):
    arguments = []
    if name in ("site:first", "site:again", "site:withdraw"):
        waiting = InvitationFactory(
            membership__administrator=True, membership__user__is_active=False
        )
        arguments = [waiting.partnership.slug]
    if name.startswith("destroying:") and name != "destroying:waiting":
        asked_for = DestructionRequestFactory()
        numbers = {"destroying:ask": [asked_for.report_id], "destroying:request": [asked_for.pk]}
        arguments = [asked_for.partnership.slug, *numbers.get(name, [])]
    address = reverse(name, args=arguments)

    wrong = []
    for person, client in world.clients.items():
        for method, allowed in SITE_ROUTES[name].items():
            want = allowed
            if person != "site_administrator" and allowed != NO_METHOD:
                want = REFUSED
            got = asked(client, method, address)
            if got not in MEANS[want]:
                wrong.append(f"{person} {method} {address}: {got}, expected {want}")
    assert not wrong, "\n".join(wrong)
    if SITE_ROUTES[name]["get"] != NO_METHOD:
        assert Client().get(address)["Location"].startswith("/accounts/login/?next=")


def test_the_site_administration_is_for_site_administrators_alone(world):
    routes = [route for name, route in addresses_in(True) if name != "admin:login"]
    assert len(routes) > 50

    wrong = []
    # Those nearest to it; nobody's membership counts there.
    clients = {person: world.clients[person] for person in ("administrator", "stranger")}
    clients["signed_out"] = Client()
    for route in routes:
        address = "/" + _filled(route)
        for person, client in clients.items():
            response = client.get(address)
            if response.status_code not in (302, 404) or "site administration" in str(
                response.content
            ):
                wrong.append(f"{person} {address}: {response.status_code}")
    assert not wrong, "\n".join(wrong)
    assert world.clients["site_administrator"].get("/admin/").status_code == 200


def _filled(route):
    """The route with something in the place of each argument."""
    return re.sub(r"<[^>]*>", "1", route).replace("^", "").replace("$", "").replace("\\Z", "")
