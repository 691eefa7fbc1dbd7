"""Organisations and groups on pages: added, changed, renamed, ended, and two made into one."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.models import ActionLead
from administration.services import merge_groups, merge_organisations
from partnerships.models import Group, Organisation
from partnerships.refusals import Refused
from partnerships.services import marker_of_body
from priorities.models import PriorityLead
from rounds.services import open_round
from tests.factories import (
    ActionFactory,
    ActionLeadFactory,
    GroupFactory,
    GroupHeadingFactory,
    IndicatorFactory,
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityLeadFactory,
)
from tests.scenes import finish, open_round_scene

pytestmark = pytest.mark.django_db

TODAY, YESTERDAY = date(2023, 10, 20), date(2023, 10, 19)


@pytest.fixture
def partnership():
    return PartnershipFactory()


@pytest.fixture
def administrator(client, partnership):
    """The browser of an administrator, signed in."""
    client.force_login(MembershipFactory(partnership=partnership, administrator=True).user)
    return client


def address(body, page=""):
    name = f"administration:{body._meta.model_name}{'_' if page else ''}{page}"
    return reverse(name, args=[body.partnership.slug, body.pk])


def listed(partnership, many="organisations"):
    return reverse(f"administration:{many}", args=[partnership.slug])


def date_of(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def merge_two(gone, stays, by=None, today=TODAY):
    by = by or MembershipFactory(partnership=gone.partnership).user
    merge = merge_groups if isinstance(gone, Group) else merge_organisations
    merge(gone=gone, stays=stays, by=by, today=today)


# Lists -------------------------------------------------------------------------------------


def test_the_list_tells_current_ended_and_merged_ones_apart(administrator, partnership):
    stays = OrganisationFactory(partnership=partnership, name="Kent Police")
    OrganisationFactory(partnership=partnership, name="Ended Trust", ends_on=date(2020, 1, 1))
    OrganisationFactory(
        partnership=partnership, name="KP", ends_on=date(2020, 1, 1), merged_into=stays
    )

    def names(show):
        page = administrator.get(listed(partnership), {"show": show})
        return [row.name for row, _ in page.context["rows"]]

    assert names("") == names("current") == ["Kent Police"]
    assert names("ended") == ["Ended Trust"]
    assert names("merged") == ["KP"]


def test_a_long_list_pages_within_its_filter(administrator, partnership):
    for number in range(51):
        OrganisationFactory(
            partnership=partnership, name=f"Trust {number:02}", ends_on=date(2020, 1, 1)
        )

    first = administrator.get(listed(partnership), {"show": "ended"})
    second = administrator.get(listed(partnership), {"show": "ended", "page": "2"})

    assert "show=ended&amp;page=2" in first.content.decode()
    assert [row.name for row, _ in second.context["rows"]] == ["Trust 50"]


@pytest.mark.parametrize("many", ["organisations", "groups"])
def test_an_empty_list_offers_the_first_step(administrator, partnership, many):
    page = administrator.get(listed(partnership, many)).content.decode()

    assert f"There are no {many} yet" in page
    assert f"{listed(partnership, many)}add/" in page


@pytest.mark.parametrize(
    ("many", "factory"),
    [
        ("organisations", OrganisationFactory),
        ("groups", GroupFactory),
    ],
)
def test_a_list_asks_the_database_as_often_for_many_as_for_one(
    administrator, partnership, many, factory, django_assert_max_num_queries
):
    for _ in range(30):
        factory(partnership=partnership)

    with django_assert_max_num_queries(8):
        administrator.get(listed(partnership, many))


# Adding and changing -----------------------------------------------------------------------


def test_an_organisation_is_added_with_its_facts(administrator, partnership):
    administrator.post(
        reverse("administration:organisation_add", args=[partnership.slug]),
        {"name": "Kent Police", "short_name": "KP"} | date_of("starts_on", date(2000, 4, 1)),
    )

    added = Organisation.objects.get()
    assert (added.partnership, added.name, added.short_name) == (partnership, "Kent Police", "KP")
    assert added.starts_on == date(2000, 4, 1)
    assert added.history.get().history_user is not None


@pytest.mark.parametrize("typed", ["optivo", "Opt\u00adivo\u200b"])
def test_a_name_that_is_there_is_refused_and_the_other_one_named(administrator, partnership, typed):
    stays = OrganisationFactory(partnership=partnership, name="Southern Housing")
    OrganisationFactory(
        partnership=partnership, name="Optivo", merged_into=stays, ends_on=date(2022, 12, 15)
    )

    page = administrator.post(
        reverse("administration:organisation_add", args=[partnership.slug]),
        {"name": typed, "short_name": "Kept"},
    ).content.decode()

    assert "There is an organisation with this name already" in page
    assert "It was merged into Southern Housing" in page
    assert 'value="Kept"' in page


def test_another_partnerships_name_may_be_the_same(administrator, partnership):
    OrganisationFactory(name="Kent Police")

    administrator.post(
        reverse("administration:organisation_add", args=[partnership.slug]),
        {"name": "Kent Police"},
    )

    assert partnership.organisations.get().name == "Kent Police"


def test_a_change_over_somebody_elses_is_noticed_and_nothing_typed_is_lost(
    administrator, partnership
):
    body = OrganisationFactory(partnership=partnership, short_name="First")
    marker = marker_of_body(body)
    Organisation.objects.get(pk=body.pk).save()  # the same values: no change
    other = Organisation.objects.get(pk=body.pk)
    other.short_name = "Theirs"
    other.save()

    refused = administrator.post(address(body, "change"), {"short_name": "Mine", "marker": marker})
    body.refresh_from_db()

    assert refused.status_code == 409
    assert body.short_name == "Theirs"
    page = refused.content.decode()
    assert 'value="Mine"' in page
    assert "Someone else changed this" in page
    assert marker_of_body(body) in page


def test_an_unchanged_row_may_be_saved(administrator, partnership):
    body = OrganisationFactory(partnership=partnership)

    administrator.post(
        address(body, "change"), {"short_name": "KP", "marker": marker_of_body(body)}
    )

    body.refresh_from_db()
    assert body.short_name == "KP"


def test_a_group_reports_to_another_but_never_in_a_circle(administrator, partnership):
    top = GroupFactory(partnership=partnership, name="Top")
    middle = GroupFactory(partnership=partnership, name="Middle", reports_to=top)
    low = GroupFactory(partnership=partnership, name="Low", reports_to=middle)

    for below in (low, middle):
        page = administrator.post(
            address(top, "change"), {"reports_to": below.pk, "marker": marker_of_body(top)}
        ).content.decode()
        assert f"{below} reports to Top" in page
    top.refresh_from_db()
    assert top.reports_to is None

    administrator.post(
        address(low, "change"), {"reports_to": top.pk, "marker": marker_of_body(low)}
    )
    low.refresh_from_db()
    assert low.reports_to == top


def test_another_partnerships_group_cannot_be_chosen(administrator, partnership):
    group = GroupFactory(partnership=partnership)
    page = administrator.post(
        address(group, "change"),
        {"reports_to": GroupFactory().pk, "marker": marker_of_body(group)},
    ).content.decode()

    assert "Choose one of the answers shown" in page


# Renaming and ending -----------------------------------------------------------------------


def test_renaming_keeps_the_old_name_until_its_last_day(administrator, partnership):
    body = OrganisationFactory(partnership=partnership, name="Optivo")

    administrator.post(
        address(body, "rename"),
        {"name": "Southern Housing", "why": "new", "marker": marker_of_body(body)}
        | date_of("used_until", date(2022, 12, 15)),
    )

    body.refresh_from_db()
    alias = body.aliases.get()
    assert body.name == "Southern Housing"
    assert (alias.name, alias.used_until) == ("Optivo", date(2022, 12, 15))
    assert alias.partnership == partnership
    assert "Optivo" in administrator.get(address(body)).content.decode()


def test_a_mistake_in_a_name_leaves_no_earlier_name(administrator, partnership):
    body = GroupFactory(partnership=partnership, name="Vulnerabilty Panel")

    administrator.post(
        address(body, "rename"),
        {"name": "Vulnerability Panel", "why": "mistake", "marker": marker_of_body(body)},
    )

    body.refresh_from_db()
    assert body.name == "Vulnerability Panel"
    assert not body.aliases.exists()


def test_headings_made_of_the_names_of_their_groups_follow_a_new_name(administrator, partnership):
    body = GroupFactory(partnership=partnership, name="VAWC Group")
    other = GroupFactory(partnership=partnership, name="OSS Steering Group")
    priority = PriorityFactory(plan__partnership=partnership)
    past = PlanFactory(partnership=partnership, slug="past", closed_at=timezone.now())
    closed = PriorityFactory(plan=past)
    made, own, in_closed = (
        GroupHeadingFactory(priority=under, heading=words, groups=[body, other])
        for under, words in (
            (priority, "OSS Steering Group and VAWC Group"),
            (priority, "VAWC Group"),
            (closed, "OSS Steering Group and VAWC Group"),
        )
    )
    page = administrator.get(address(body, "rename")).content.decode()
    assert "follows the new name in every round opened from now on" in page

    administrator.post(
        address(body, "rename"),
        {"name": "VAWG Group", "why": "mistake", "marker": marker_of_body(body)},
    )

    for heading in (made, own, in_closed):
        heading.refresh_from_db()
    assert made.heading == "OSS Steering Group and VAWG Group"
    assert made.history.latest().prev_record.heading == "OSS Steering Group and VAWC Group"
    assert (own.heading, in_closed.heading) == ("VAWC Group", "OSS Steering Group and VAWC Group")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Enter the new name"),
        ({"name": "Optivo"}, "This is the name it has"),
        ({"name": "Taken"}, "There is an organisation with this name already"),
        ({"why": ""}, "Choose why the name changes"),
        ({"used_until_day": "", "used_until_month": "", "used_until_year": ""}, "the last day"),
        ({"used_until_year": "2101"}, "enter today or earlier"),
    ],
)
def test_a_name_that_cannot_be_is_refused(administrator, partnership, typed, said):
    body = OrganisationFactory(partnership=partnership, name="Optivo")
    OrganisationFactory(partnership=partnership, name="Taken")
    sent = {"name": "Southern Housing", "why": "new", "marker": marker_of_body(body)}

    page = administrator.post(
        address(body, "rename"), sent | date_of("used_until", date(2022, 12, 15)) | typed
    ).content.decode()

    assert said in page
    body.refresh_from_db()
    assert body.name == "Optivo"


def test_ending_says_what_still_points_there_and_keeps_it(administrator, partnership):
    body = OrganisationFactory(partnership=partnership, name="SATEDA")
    member = MembershipFactory(partnership=partnership, organisation=body, post="Head of service")
    IndicatorFactory(partnership=partnership, source=body, name="Referrals")

    page = administrator.get(address(body, "end")).content.decode()
    assert "1 person" in page
    assert "Head of service" in page
    assert "Referrals" in page

    administrator.post(
        address(body, "end"),
        {"marker": marker_of_body(body)} | date_of("ends_on", date(2023, 3, 31)),
    )
    body.refresh_from_db()
    member.refresh_from_db()
    assert body.ends_on == date(2023, 3, 31)
    assert member.organisation == body


def test_what_has_ended_can_be_brought_back(administrator, partnership):
    body = GroupFactory(partnership=partnership, ends_on=date(2023, 3, 31))

    administrator.post(
        address(body, "end"),
        {
            "marker": marker_of_body(body),
            "ends_on_day": "",
            "ends_on_month": "",
            "ends_on_year": "",
        },
    )

    body.refresh_from_db()
    assert body.ends_on is None


def test_nothing_ends_before_it_began(administrator, partnership):
    body = GroupFactory(partnership=partnership, starts_on=date(2022, 1, 1))

    refused = administrator.post(
        address(body, "end"),
        {"marker": marker_of_body(body)} | date_of("ends_on", date(2021, 3, 31)),
    )

    assert refused.status_code == 409
    assert "cannot end before it began" in refused.content.decode()


# Merging -----------------------------------------------------------------------------------


@pytest.fixture
def two(partnership):
    """An organisation that is here twice, with all that can point at one."""
    gone = OrganisationFactory(partnership=partnership, name="Optivo")
    stays = OrganisationFactory(partnership=partnership, name="Southern Housing")
    plan = PlanFactory(partnership=partnership)
    priority = PriorityFactory(plan=plan)
    MembershipFactory(partnership=partnership, organisation=gone)
    PriorityLeadFactory(priority=priority, membership=None, organisation=gone)
    ActionLeadFactory(action=ActionFactory(priority=priority), membership=None, organisation=gone)
    IndicatorFactory(partnership=partnership, source=gone)
    gone.aliases.create(partnership=partnership, name="AmicusHorizon", used_until=date(2017, 5, 1))
    OrganisationFactory(partnership=partnership, name="Hyde", merged_into=gone)
    return gone, stays


def test_every_relation_to_an_organisation_or_group_is_moved_in_a_merger(two, partnership):
    """Made from the models: whoever adds a relation adds it to the merger as well."""
    gone, stays = two
    group, other = GroupFactory.create_batch(2, partnership=partnership)
    [lead] = gone.leads.all()
    GroupHeadingFactory(priority=lead.priority, groups=[group])
    PriorityLeadFactory(priority=lead.priority, membership=None, group=group)
    action = gone.action_leads.get().action
    ActionLeadFactory(action=action, membership=None, group=group)
    GroupFactory(partnership=partnership, reports_to=group)
    GroupFactory(partnership=partnership, merged_into=group)
    group.aliases.create(partnership=partnership, name="Old panel")

    for one, remaining in ((gone, stays), (group, other)):
        relations = [each for each in one._meta.related_objects if not each.hidden]
        assert len(relations) >= 4
        before = {
            each.get_accessor_name(): getattr(one, each.get_accessor_name()).count()
            for each in relations
        }
        assert all(before.values()), "each relation has a row in this test"

        merge_two(one, remaining)

        one.refresh_from_db()
        for name, count in before.items():
            added = 1 if name in ("aliases", "merged") else 0
            assert getattr(remaining, name).count() == count + added, name
            assert getattr(one, name).count() == 0, name


def test_the_one_that_goes_is_ended_and_its_name_kept(two):
    gone, stays = two

    merge_two(gone, stays)

    gone.refresh_from_db()
    assert (gone.name, gone.ends_on, gone.merged_into) == ("Optivo", YESTERDAY, stays)
    names = {alias.name: alias.used_until for alias in stays.aliases.all()}
    assert names == {"Optivo": TODAY, "AmicusHorizon": date(2017, 5, 1)}


def test_a_merger_leaves_who_and_what_in_the_history(two, partnership):
    gone, stays = two
    by = MembershipFactory(partnership=partnership, administrator=True).user

    merge_two(gone, stays, by=by)

    for row in (
        stays.memberships.get(),
        stays.leads.get(),
        stays.action_leads.get(),
        stays.indicators.get(),
    ):
        latest = row.history.latest()
        assert latest.history_user == by
        assert latest.history_change_reason == "Merged"


@pytest.mark.parametrize("who", [OrganisationFactory, GroupFactory])
@pytest.mark.parametrize("model", [PriorityLead, ActionLead])
def test_two_leads_of_the_same_become_one_that_is_no_mere_deputy(partnership, model, who):
    gone, stays = who.create_batch(2, partnership=partnership)
    name = gone._meta.model_name
    action = ActionFactory(priority__plan__partnership=partnership)
    factory, led = (
        (ActionLeadFactory, {"action": action})
        if model is ActionLead
        else (PriorityLeadFactory, {"priority": action.priority})
    )
    factory(**led, membership=None, **{name: gone}, starts_on=date(2020, 1, 1))
    factory(**led, membership=None, **{name: stays}, starts_on=date(2022, 1, 1), is_deputy=True)
    factory(**led, membership=None, **{name: gone}, ends_on=date(2019, 1, 1))

    merge_two(gone, stays)

    now, past = model.objects.get(ends_on=None), model.objects.get(ends_on__isnull=False)
    assert (now.who, now.is_deputy, now.starts_on) == (stays, False, date(2020, 1, 1))
    assert past.who == stays


def test_a_merger_that_cannot_be_is_refused(partnership):
    one, other, gone, ended = OrganisationFactory.create_batch(4, partnership=partnership)
    merge_two(gone, one)
    ended.ends_on = date(2020, 1, 1)
    ended.save()

    for a, b, why in (
        (one, one, "cannot be merged into itself"),
        (one, OrganisationFactory(), "same partnership"),
        (gone, other, "merged into another one already"),
        (other, gone, "merged into another one already"),
        (other, ended, "has ended"),
    ):
        with pytest.raises(Refused, match=why):
            merge_two(a, b)
        b.refresh_from_db()
        assert not b.aliases.filter(name=a.name).exists()


def test_groups_that_stood_above_one_another_make_no_circle(partnership):
    top = GroupFactory(partnership=partnership)
    gone = GroupFactory(partnership=partnership, reports_to=top)
    between = GroupFactory(partnership=partnership, reports_to=gone)
    stays = GroupFactory(partnership=partnership, reports_to=between)

    merge_two(gone, stays)

    stays.refresh_from_db()
    between.refresh_from_db()
    assert stays.reports_to == top
    assert between.reports_to == stays


def test_merging_is_chosen_shown_and_then_done(administrator, two):
    gone, stays = two
    where = address(stays, "merge")

    chosen = administrator.get(where, {"other": gone.pk, "stays": "this"}).content.decode()
    assert "Merge Optivo into Southern Housing" in chosen
    for said in ("1 person", "1 lead of a priority", "1 lead of an action", "1 figure from it"):
        assert said in chosen
    gone.refresh_from_db()
    assert gone.merged_into is None

    done = administrator.post(where, {"other": gone.pk, "stays": "this"}, follow=True)
    gone.refresh_from_db()
    assert gone.merged_into == stays
    assert "Optivo is now part of Southern Housing" in done.content.decode()
    assert "Optivo" in administrator.get(address(stays)).content.decode()
    assert "Merged into" in administrator.get(address(gone)).content.decode()


def test_a_merger_with_nothing_chosen_says_what_to_do(administrator, partnership):
    body = GroupFactory(partnership=partnership)

    page = administrator.get(address(body, "merge"), {"other": "", "stays": ""}).content.decode()

    assert "Choose the one that is the same" in page
    assert "Choose which one stays" in page


def test_a_merger_refused_by_the_page_says_why(administrator, partnership):
    body, ended = OrganisationFactory.create_batch(2, partnership=partnership)
    ended.ends_on = date(2020, 1, 1)
    ended.save()

    refused = administrator.post(address(body, "merge"), {"other": ended.pk, "stays": "other"})

    assert refused.status_code == 409
    assert "has ended. Choose the one that goes on" in refused.content.decode()


def test_a_merger_asks_the_database_as_often_for_many_as_for_one(
    administrator, partnership, django_assert_max_num_queries
):
    gone, stays = OrganisationFactory.create_batch(2, partnership=partnership)
    plan = PlanFactory(partnership=partnership)
    for _ in range(5):
        MembershipFactory(partnership=partnership, organisation=gone)
        IndicatorFactory(partnership=partnership, source=gone)
        for body in (gone, stays):
            action = ActionFactory(priority=PriorityFactory(plan=plan), reference="")
            ActionLeadFactory(action=action, membership=None, organisation=body)
            PriorityLeadFactory(priority=action.priority, membership=None, organisation=body)
        # This action the other leads already: two leads are joined, in four queries for all five.
        ActionLeadFactory(action=action, membership=None, organisation=gone, is_deputy=True)

    with django_assert_max_num_queries(30):
        administrator.post(address(stays, "merge"), {"other": gone.pk, "stays": "this"})
    gone.refresh_from_db()
    assert gone.merged_into == stays


# What was printed stays as it was ------------------------------------------------------------


@pytest.fixture
def led_by_bodies():
    """A closed round of a plan whose leads are linked: an organisation, a group and its people."""
    scene = open_round_scene(opened=False)
    group = scene.heading.groups.get()
    body = OrganisationFactory(partnership=scene.partnership, name="Optivo")
    scene.memberships["lead"].organisation = body
    scene.memberships["lead"].save()
    scene.priority.lead_text = ""
    scene.priority.save()
    scene.indicator.source = body
    scene.indicator.save()
    for who in ({"organisation": body}, {"group": group}):
        PriorityLeadFactory(priority=scene.priority, membership=None, **who)
        ActionLeadFactory(action=scene.actions[0], membership=None, **who)
    open_round(round=scene.round, by=scene.coordinator, now=scene.now)
    finish(scene)
    return scene, body, group


def rename_and_merge(client, scene, bodies):
    """Give each a new name, then merge it into a twin that has a name of its own."""
    client.force_login(scene.administrator)
    for each, name in bodies.items():
        client.post(
            address(each, "rename"),
            {"name": name, "why": "new", "marker": marker_of_body(each)}
            | date_of("used_until", timezone.localdate()),
            follow=True,
        )
        twin = type(each).objects.create(partnership=scene.partnership, name=f"{name} twin")
        client.post(address(each, "merge"), {"other": twin.pk, "stays": "other"}, follow=True)
        each.refresh_from_db()
        assert (each.name, each.merged_into) == (name, twin)


def test_the_pages_of_a_closed_round_keep_the_names_of_their_day(client, led_by_bodies):
    scene, body, group = led_by_bodies
    [comment] = [answer for answer in scene.answers if answer.kind == answer.Kind.GROUP]
    where = [
        reverse(name, args=[scene.partnership.slug, thing.pk])
        for name, thing in (
            ("rounds:board", scene.round),
            ("reports:report", scene.round),
            ("reports:check", scene.update),
            ("rounds:update", scene.update),
            ("rounds:read", comment),
        )
    ]
    client.force_login(scene.coordinator)
    before = [_main(client.get(each).text) for each in where]
    assert "Optivo" in before[0]
    assert "Streets Group" in before[0]
    assert "Who could write here" in before[3]

    rename_and_merge(client, scene, {body: "Southern Housing", group: "Places Panel"})

    client.force_login(scene.coordinator)
    for each, shown in zip(where, before, strict=True):
        assert _main(client.get(each).text) == shown


def test_what_is_led_and_what_changed_tell_of_a_new_name_and_a_merger(client, led_by_bodies):
    scene, body, group = led_by_bodies
    rename_and_merge(client, scene, {body: "Southern Housing", group: "Places Panel"})

    client.force_login(scene.coordinator)
    plan = client.get(scene.plan.get_absolute_url()).text
    assert "Southern Housing twin; Places Panel twin" in plan
    for thing in (scene.priority, scene.actions[0]):
        name = f"rounds:{thing._meta.model_name}_changes"
        said = client.get(reverse(name, args=[scene.partnership.slug, thing.pk])).text
        for one in ("Southern Housing", "Places Panel"):
            assert f"hanged the lead from “{one}” to “{one} twin”" in said
        assert "Added the lead “Optivo”" in said
        assert "Saved it without a change" not in said


def _main(page):
    return page.partition("<main")[2].partition("</main>")[0]


# How often the database is asked -------------------------------------------------------------


def test_pages_about_one_ask_the_database_a_bounded_number_of_times(
    administrator, two, partnership, django_assert_max_num_queries
):
    gone, _ = two
    group = GroupFactory(partnership=partnership, reports_to=GroupFactory(partnership=partnership))
    for body in (gone, group):
        for page in ("", "change", "rename", "end", "merge"):
            with django_assert_max_num_queries(10):
                assert administrator.get(address(body, page)).status_code == 200
        marker = marker_of_body(type(body).objects.get(pk=body.pk))
        with django_assert_max_num_queries(14):
            sent = administrator.post(address(body, "change"), {"marker": marker})
        assert sent.status_code == 302
