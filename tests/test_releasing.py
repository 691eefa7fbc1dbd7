"""Releasing a public edition: who may, what is refused, and what members are told of it."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from partnerships.models import Marking, Membership
from partnerships.refusals import Refused
from priorities.models import Plan
from reports.issued_files import contents_of, hash_of
from reports.models import IssuedReport, Release
from reports.services import issue_report
from reports.services.releasing import public_page_of, release_report
from reports.stored_page import report_in
from rounds.models import Answer, Round
from tests.factories import (
    NOW,
    DestructionFactory,
    IssuedReportFactory,
    ReleaseFactory,
    ReportFileFactory,
    RoundFactory,
    WithdrawalFactory,
)
from tests.pages import Fields, send
from tests.scenes import closed_round_scene

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=14)


@pytest.fixture(scope="module")
def scene(kept):
    """A closed round whose report is issued, and a coordinator who may release it."""
    scene = closed_round_scene(now=NOW, slug="swale")
    Membership.objects.filter(user=scene.coordinator).update(releases_reports=True)
    key_issues = Answer.objects.filter(kind=Answer.Kind.KEY_ISSUES)
    key_issues.update(text="<p>The house in Mill Lane.</p>")
    issue(scene)
    return scene


def issue(scene, **given):
    round = Round.objects.select_related("plan", "partnership").get(pk=scene.round.pk)
    looked_at = hash_of(contents_of(round, now=LATER))
    by = scene.access(scene.coordinator)
    return issue_report(round=round, by=by, now=LATER, looked_at=looked_at, **given)


def release(scene, report):
    return release_report(report=report, by=scene.access(scene.coordinator), now=LATER)


@pytest.fixture
def report(scene):
    return IssuedReport.objects.get(round=scene.round)


@pytest.fixture
def coordinator(client, scene):
    client.force_login(scene.coordinator)
    return client


def address(report):
    return reverse("reports:release", args=["swale", report.pk])


def test_the_page_shows_the_issued_public_edition_whole_and_what_it_leaves_out(
    coordinator, report, django_assert_max_num_queries
):
    Answer.objects.filter(kind=Answer.Kind.KEY_ISSUES).update(text="<p>Rewritten since.</p>")
    with django_assert_max_num_queries(40):
        page = coordinator.get(address(report)).text

    edition = report_in(report.files.get(edition="public", format="html"))
    assert edition in page
    assert page.index(edition) < page.index("I have read the whole public edition")
    assert "What it leaves out, and why" in page
    assert "Rewritten since." not in page
    assert "Something in the report has been changed since it was issued." in page
    assert "The public pages are turned off." in page


def test_what_was_left_out_is_listed_as_it_was_on_the_day_of_issue(client, coordinator, scene):
    written = Answer.objects.filter(kind=Answer.Kind.KEY_ISSUES)
    written.update(is_withheld=True, withheld_reason="It names a <house> of Keziah’s.")
    report = issue(scene, reason="A house was named.")
    written.update(withheld_reason="Another reason.")

    page = coordinator.get(address(report)).text
    assert "It names a &lt;house&gt; of Keziah’s." in page
    assert "As it was when the report was issued." in page
    assert "Another reason." not in page
    kept = report.files.get(edition="withheld")
    its_page = reverse("reports:issued_file", args=["swale", kept.pk])
    assert f'href="{its_page}"' in coordinator.get(report.get_absolute_url()).text
    stored = coordinator.get(its_page).text
    assert "It names a &lt;house&gt; of Keziah’s." in stored
    assert "href=" not in stored

    # It stays the coordinator's when the edition is everybody's.
    release(scene, report)
    scene.partnership.publishes_reports = True
    scene.partnership.save()
    public = reverse("public:file", args=["swale", scene.round.slug, 2, kept.name])
    assert client.get(public).status_code == 404
    assert kept.name not in client.get(report.public_address).text
    client.force_login(scene.member)
    assert client.get(its_page).status_code == 404
    assert its_page not in client.get(report.get_absolute_url()).text


def test_who_may_not_release_reads_whose_it_is_and_who_can_change_that(client, scene, report):
    Membership.objects.update(releases_reports=False)
    whose = "for a coordinator whose post says “Release the public editions of reports”"
    people = reverse("administration:people", args=["swale"])
    client.force_login(scene.coordinator)
    page = client.get(report.get_absolute_url()).text
    assert f"Releasing it is {whose}" in page
    assert "an administrator of the partnership can change that" in page
    ReleaseFactory(report=report)
    assert f"Withdrawing it is {whose}" in client.get(report.get_absolute_url()).text

    client.force_login(scene.memberships["administrator"].user)
    assert f'say so of a coordinator’s post, under <a class="govuk-link" href="{people}">' in (
        client.get(report.get_absolute_url()).text
    )
    client.force_login(scene.member)
    assert whose not in client.get(report.get_absolute_url()).text


def test_who_has_read_it_releases_it_once_and_everybody_is_told(
    coordinator, scene, report, django_assert_max_num_queries
):
    told = reverse("reports:reports", args=["swale"])
    assert "Not released" in coordinator.get(told).text
    assert f'href="{address(report)}"' in coordinator.get(report.get_absolute_url()).text
    page = coordinator.get(address(report))

    unread = coordinator.post(address(report), Fields(page.text).found)
    assert "Read the edition above, then tick the box" in unread.text
    assert not Release.objects.exists()

    with django_assert_max_num_queries(60):
        released = coordinator.post(address(report), Fields(page.text).found | {"has_read": "on"})
    assert released["Location"] == report.get_absolute_url()
    assert Release.objects.get().released_by == scene.coordinator

    again = coordinator.post(address(report), {"has_read": "on"}, follow=True)
    assert "It has been released already." in again.text
    assert Release.objects.count() == 1

    coordinator.force_login(scene.member)
    with django_assert_max_num_queries(12):
        page = coordinator.get(report.get_absolute_url()).text
    assert f"by {scene.memberships['coordinator']}" in page
    assert "Public edition" in page
    assert "The public pages are turned off" in page
    assert "Released" in coordinator.get(told).text
    assert address(report) not in page


def test_of_two_clicks_at_once_one_releases_and_the_other_says_that_it_is(
    coordinator, report, monkeypatch
):
    def just_before(**given):
        release_report(**given)
        return release_report(**given)

    monkeypatch.setattr("reports.releasing_views.release_report", just_before)

    ticked = {"has_read": "on", "looked_at": public_page_of(report).sha256}
    second = coordinator.post(address(report), ticked, follow=True)

    assert second.redirect_chain == [(report.get_absolute_url(), 302)]
    assert "It has been released already." in second.text
    assert "Nothing has been released" not in second.text


def test_only_a_coordinator_with_the_right_releases(client, scene, report):
    for person in ("coordinator", "administrator", "member"):
        posts = Membership.objects.filter(user=getattr(scene, person))
        posts.update(releases_reports=person != "coordinator")
        client.force_login(getattr(scene, person))
        assert client.get(address(report)).status_code == 403
        assert address(report) not in client.get(report.get_absolute_url()).text
        with pytest.raises(PermissionDenied):
            release_report(report=report, by=scene.access(getattr(scene, person)), now=LATER)
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("became", "why"),
    [
        (lambda report: DestructionFactory(report=report), "Its files were destroyed"),
        (lambda report: WithdrawalFactory(report=report), "It has been withdrawn"),
        (
            lambda report: IssuedReportFactory(round=report.round, version=2),
            "Version 2 has been issued since: release that one instead",
        ),
        (lambda report: ReleaseFactory(report=report), "It has been released already"),
        (
            lambda report: Plan.objects.update(marking=Marking.SENSITIVE),
            "The plan is marked OFFICIAL-SENSITIVE",
        ),
    ],
)
def test_what_is_destroyed_withdrawn_replaced_released_or_not_public_is_not_released(
    coordinator, scene, report, became, why
):
    became(report)

    with pytest.raises(Refused, match=why):
        release(scene, report)
    assert why in coordinator.get(address(report), follow=True).text
    assert address(report) not in coordinator.get(report.get_absolute_url()).text


def test_a_report_without_a_public_edition_cannot_be_released(coordinator, scene):
    sensitive = ReportFileFactory(
        report__round=scene.round, report__version=2, partnership=scene.partnership
    ).report

    page = coordinator.get(address(sensitive), follow=True).text

    assert "This report has no public edition." in page
    with pytest.raises(Refused, match="has no public edition"):
        release(scene, sensitive)


def test_what_was_withheld_since_it_was_issued_does_not_get_out(coordinator, scene, report):
    answers = Answer.objects.filter(kind=Answer.Kind.KEY_ISSUES)
    answers.update(is_withheld=True, withheld_reason="Names a house.")

    page = coordinator.get(address(report)).text
    assert "It cannot be released as it was issued." in page
    assert "“The house in Mill Lane.”" in page
    assert "Release it</button>" not in page
    looked_at = public_page_of(report).sha256
    refused = coordinator.post(address(report), {"has_read": "on", "looked_at": looked_at})
    assert refused.status_code == 422
    assert "Something in it has been withheld" in refused.text
    assert not Release.objects.exists()

    second = issue(scene, reason="A house was named.")
    assert release(scene, second).report == second


def test_who_releases_a_correction_is_told_that_the_version_before_stays(
    coordinator, scene, report
):
    release(scene, report)
    Answer.objects.filter(kind=Answer.Kind.KEY_ISSUES).update(
        is_withheld=True, withheld_reason="Names a house."
    )
    corrected = issue(scene, reason="It named a house.")
    to_withdraw = reverse("reports:withdraw", args=["swale", report.pk])

    page = coordinator.get(address(corrected)).text
    assert "Version 1 stays where everybody can read it,</strong>" in page
    assert f'href="{to_withdraw}"' in page

    release(scene, corrected)
    third = issue(scene, reason="It named a street.")
    page = coordinator.get(address(third)).text
    assert "2 earlier versions stay where everybody can read them,</strong>" in page
    assert page.count(">withdraw version ") == 2

    WithdrawalFactory(report=report)
    assert "where everybody can read" not in coordinator.get(address(corrected)).text


def test_a_figure_that_was_marked_sensitive_since_does_not_get_out(scene, report):
    scene.indicator.marking = Marking.SENSITIVE
    scene.indicator.save()

    with pytest.raises(Refused, match=scene.indicator.name):
        release(scene, report)


def test_a_figure_that_would_give_away_a_small_number_released_since_does_not_get_out(
    scene, report
):
    stored = json.loads(bytes(report.files.get(edition="public", format="json").content))
    name, previous = (
        stored["priorities"][0]["figures"][0][key] for key in ("indicator", "previous")
    )
    hidden, shown = ("Not shown: small number",) * 2, ("90", str(int(previous) - 2))
    # One shows the year before last; the other hides that the last differs from it by two.
    for year, (before, now) in ((2022, hidden), (2021, shown)):
        figures = [{"indicator": name, "previous": before, "current": now}]
        of_round = RoundFactory(
            plan=scene.plan,
            slug=f"in-{year}",
            period_starts_on=date(year, 7, 1),
            period_ends_on=date(year, 9, 30),
        )
        earlier = ReportFileFactory(
            report__round=of_round,
            edition="public",
            format="json",
            content=json.dumps({"priorities": [{"figures": figures}]}).encode(),
        )
        ReleaseFactory(report=earlier.report)

    with pytest.raises(Refused, match=f"is a small number, since it was issued: “{previous}”"):
        release(scene, report)


def test_only_coordinators_are_given_the_right_to_release(client, scene):
    client.force_login(scene.administrator)
    post, person = scene.memberships["member"], scene.member
    change = reverse("administration:change_post", args=["swale", post.pk])

    refused = send(client, change, {"besides": ["releases_reports"]})
    assert "Only a coordinator releases reports: choose that role too" in refused.text
    send(client, change, {"besides": ["releases_reports"], "role": "coordinator"})

    page = client.get(reverse("administration:person", args=["swale", person.pk])).text
    assert "Release the public editions of reports <span" in page
    Membership.objects.filter(pk=post.pk).update(role="member")
    page = client.get(reverse("administration:person", args=["swale", person.pk])).text
    assert "Release the public editions of reports <span" not in page


def test_an_administrator_turns_the_public_pages_on_and_off(client, scene):
    client.force_login(scene.administrator)
    settings = reverse("administration:settings_public", args=["swale"])

    assert client.get("/p/swale/").status_code == 404
    send(client, settings, {"publishes_reports": "True"})
    assert client.get("/p/swale/").status_code == 200
    send(client, settings, {"publishes_reports": "False"})
    assert client.get("/p/swale/").status_code == 404


def test_a_tick_from_elsewhere_than_the_page_of_the_edition_releases_nothing(coordinator, report):
    other = {"has_read": "on", "looked_at": "0" * 64}
    for posted in ({"has_read": "on"}, other):
        refused = coordinator.post(address(report), posted)
        assert "Read the edition above, then tick the box" in refused.text
        assert "checked" not in re.search("<input[^>]*has_read[^>]*>", refused.text).group()
        assert not Release.objects.exists()

    shown = Fields(refused.text).found
    assert coordinator.post(address(report), shown | {"has_read": "on"}).status_code == 302
    assert Release.objects.get().report == report


def test_what_was_left_out_is_not_offered_once_it_is_destroyed(coordinator, report):
    offered = "What the public edition leaves out"
    assert offered in coordinator.get(report.get_absolute_url()).text

    DestructionFactory(report=report)

    assert offered not in coordinator.get(report.get_absolute_url()).text
