"""Issuing a report: who may, what is stored, and that it stays as it was."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from mail.models import Message
from partnerships.models import Marking, Membership
from partnerships.refusals import Refused
from reports.content import Issue
from reports.editions import Edition
from reports.formats import FORMATS
from reports.issued_files import KINDS, contents_of, files_of, hash_of
from reports.layout import layout_of, words_of
from reports.models import IssuedReport, ReportFile
from reports.renderers import CannotPrint
from reports.services import ContentChanged, issue_report
from rounds.models import Answer, Round
from tests.factories import (
    NOW,
    DestructionFactory,
    MembershipFactory,
    ReleaseFactory,
    ReportFileFactory,
    WithdrawalFactory,
)
from tests.pages import Fields, send
from tests.reporting import quarter_with_everything, shut
from tests.scenes import (
    close,
    closed_round_scene,
    give_back,
    open_round_scene,
    submit,
    write,
)
from tests.test_headers import offences

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=14)


@pytest.fixture(scope="module")
def made(kept):
    return closed_round_scene(now=NOW, slug="swale")


def fresh(scene):
    return Round.objects.select_related("plan", "partnership").get(pk=scene.round.pk)


def issue(scene, **given):
    looked_at = hash_of(contents_of(fresh(scene), now=LATER))
    given = {"looked_at": looked_at, "now": LATER, "by": scene.access(scene.coordinator)} | given
    return issue_report(round=scene.round, **given)


def address(name, pk, slug="swale"):
    return reverse(f"reports:{name}", args=[slug, pk])


def get(client, person, name, pk, slug="swale", **headers):
    client.force_login(person)
    return client.get(address(name, pk, slug), headers=headers)


def post(client, scene, **typed):
    """Look at the page that asks, then press its button."""
    page = get(client, scene.coordinator, "issue", scene.round.pk)
    return client.post(page.request["PATH_INFO"], Fields(page.text).found | typed)


def stored():
    return {file.pk: (bytes(file.content), file.sha256) for file in ReportFile.objects.all()}


# Issuing --------------------------------------------------------------------------------------


def test_issuing_stores_every_edition_as_every_kind_of_file_with_its_hash(client, scene):
    response = post(client, scene)

    report = IssuedReport.objects.get()
    assert response["Location"] == address("issued", report.pk)
    assert (report.version, report.reason, report.marking) == (1, "", "official")
    assert (report.issued_by, report.post) == (
        scene.coordinator,
        str(scene.memberships["coordinator"]),
    )
    files = ReportFile.objects.all()
    assert {(file.edition, file.format) for file in files} == {
        *((edition, kind) for edition in Edition for kind in KINDS),
        ("withheld", "html"),
    }
    for file in files:
        assert file.sha256 == sha256(file.content).hexdigest()
        assert file.size == len(file.content) > 500
        assert file.name == f"swale-{scene.round.slug}-{file.edition}-v1.{file.format}"


def test_who_issues_is_led_to_the_check_and_to_the_public_edition_first(client, scene):
    page = get(client, scene.coordinator, "issue", scene.round.pk).text

    for name in ("report", "public"):
        assert f'href="{address(name, scene.round.pk)}"' in page
    check = address("remarks", scene.round.pk)
    assert f'href="{check}#gaps">Gaps</a>: ' in page
    assert "#small" not in page

    Answer.objects.filter(kind=Answer.Kind.KEY_ISSUES).update(
        text="<p>Two victims of one family. Burglary fell by 21%.</p>"
    )

    page = get(client, scene.coordinator, "issue", scene.round.pk).text
    assert f'<a class="govuk-link" href="{check}#small">Small numbers of people</a>: 2</li>' in page
    assert f'<a class="govuk-link" href="{check}#percentages">Percentages in texts</a>: 1<' in page


def test_what_is_stored_says_when_and_by_whom_it_was_issued_and_is_no_draft(scene):
    issue(scene)

    post = scene.memberships["coordinator"].post
    for kind in ("html", "json"):
        said = bytes(ReportFile.objects.get(edition="full", format=kind).content).decode()
        assert f"Issued on Friday 3 November 2023 at 10:00 by {post}" in said
        assert "DRAFT" not in said.replace('content: "DRAFT', "")
        assert "version" not in said.partition("</head>")[2]


def test_an_issued_report_is_the_same_bytes_whenever_it_is_rendered(scene):
    round, now = fresh(scene), LATER
    told = Issue(1, now, "Coordinator")

    first, second = (
        list(files_of(round, contents_of(round, now=now, issue=told), version=1)) for _ in range(2)
    )

    assert [file.sha256 for file in first] == [file.sha256 for file in second]


def test_the_web_page_and_the_layout_of_an_issued_report_say_the_same(db):
    round = quarter_with_everything().round
    shut(round)
    report = contents_of(round, now=LATER, issue=Issue(2, LATER, "Coordinator", "A figure"))

    layout = layout_of(report[Edition.FULL])

    words = " ".join(words_of(layout))
    why = "version 2, and replaces version 1. Why it was corrected: A figure. Answers closed"
    assert why in words
    assert (layout.state, layout.title[:9]) == ("", "Strategic")


def test_everybody_who_may_read_it_is_told_with_a_link_and_nothing_of_its_content(scene, settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    gone = MembershipFactory(partnership=scene.partnership, member=True, ends_on=NOW.date())
    MembershipFactory(member=True)
    report = issue(scene)
    told = {each.to: each for each in Message.objects.filter(subject__contains="issued")}
    readers = (scene.lead, scene.deputy, scene.administrator, scene.member)
    assert sorted(told) == sorted(person.email for person in readers)
    assert gone.user.email not in told
    message = told[scene.member.email]
    assert message.subject == f"The report of {fresh(scene).full_label} has been issued"
    assert f"https://portal.example.org{report.get_absolute_url()}" in message.text
    assert scene.actions[0].title not in message.text
    issue(scene, reason="A figure was wrong on Canary Lane.")
    second = Message.objects.filter(to=scene.member.email).latest("pk")
    assert "version 2, a correction" in second.text
    assert "Canary" not in second.text


def test_of_a_sensitive_report_nobody_is_told_who_may_not_read_it(scene):
    Answer.objects.filter(kind="key_issues").update(marking=Marking.SENSITIVE)
    # Another post of the same person may be what lets them read it; the guest's alone does not.
    granted = {"partnership": scene.partnership, "guest": True, "reads_sensitive": True}
    MembershipFactory(user=scene.member, **granted)
    MembershipFactory(**granted)

    issue(scene)

    told = Message.objects.filter(subject__contains="issued").values_list("to", flat=True)
    assert list(told) == [scene.member.email]


def test_only_a_closed_round_is_issued(client):
    scene = open_round_scene(now=NOW, slug="downland")

    response = get(client, scene.coordinator, "issue", scene.round.pk, "downland")
    assert response["Location"] == address("report", scene.round.pk, "downland")
    assert "Issue this report" not in client.get(response["Location"]).text
    with pytest.raises(Refused, match="is not closed"):
        issue(scene, looked_at="")
    assert not IssuedReport.objects.exists()


def test_a_member_cannot_issue(scene):
    with pytest.raises(PermissionDenied):
        issue(scene, by=scene.access(scene.member))


def test_what_changed_since_it_was_looked_at_is_shown_again_and_not_issued(client, scene):
    page = get(client, scene.coordinator, "issue", scene.round.pk)
    Answer.objects.filter(kind="key_issues").update(text="<p>Changed meanwhile.</p>")

    response = client.post(page.request["PATH_INFO"], Fields(page.text).found)

    assert response.status_code == 409
    assert "Something in the report has changed since you looked at it." in response.text
    assert not IssuedReport.objects.exists()

    again = client.post(page.request["PATH_INFO"], Fields(response.text).found)
    assert again.status_code == 302
    assert (
        "Changed meanwhile."
        in bytes(ReportFile.objects.get(edition="full", format="html").content).decode()
    )


def test_a_change_is_not_lost_behind_a_missing_reason(client, scene):
    issue(scene)
    page = get(client, scene.coordinator, "issue", scene.round.pk)
    Answer.objects.filter(kind="key_issues").update(text="<p>Changed meanwhile.</p>")

    refused = client.post(page.request["PATH_INFO"], Fields(page.text).found | {"reason": ""})
    told = client.post(
        page.request["PATH_INFO"], Fields(refused.text).found | {"reason": "It was wrong."}
    )

    assert told.status_code == 409
    assert "It was wrong." in told.text
    assert IssuedReport.objects.count() == 1


def test_the_service_wants_to_know_what_was_looked_at(scene):
    with pytest.raises(ContentChanged):
        issue(scene, looked_at="")


def test_the_page_before_issuing_counts_the_gaps(client):
    scene = open_round_scene(now=NOW, slug="downland")
    write(scene, scene.action_answers[0])
    submit(scene)
    give_back(scene, scene.action_answers[0])
    close(scene)

    page = get(client, scene.coordinator, "issue", scene.round.pk, "downland").text

    asked = Answer.objects.filter(update__round=scene.round).count()
    assert f"{asked} of {asked} sections print without an answer, 1 of them as “Returned" in page


def test_a_text_that_cannot_be_printed_is_named_and_nothing_is_stored(client, scene, monkeypatch):
    def refuse(layout):
        raise CannotPrint("Priority 1, action 1.1 cannot be printed.")

    monkeypatch.setitem(FORMATS, "pdf", replace(FORMATS["pdf"], render=refuse))

    response = post(client, scene)

    assert response.status_code == 422
    assert "Priority 1, action 1.1 cannot be printed." in response.text
    assert not IssuedReport.objects.exists()


# Corrections ----------------------------------------------------------------------------------


def test_a_correction_is_a_second_version_with_a_reason_and_the_first_stays(client, scene):
    client.force_login(scene.coordinator)
    home = client.get(reverse("rounds:home", args=["swale"])).text
    assert "<dd>Not issued yet</dd>" in home
    issue(scene)
    before = stored()

    refused = post(client, scene, reason=" ")
    assert "Say what is corrected" in refused.text
    refused = post(client, scene, reason="long" * 126)
    assert "Shorten this to 500 characters: it has 504" in refused.text
    assert "long" * 126 in refused.text
    refused = post(client, scene, reason="It named Jane Roe of ME10 3HT.")
    for told in (
        "“Jane Roe” looks like a person",
        "; “ME10 3HT” looks like a postcode. The reason",
    ):
        assert told in refused.text
    assert "It named Jane Roe of ME10 3HT." in refused.text
    assert IssuedReport.objects.count() == 1

    post(client, scene, reason="The figure for damage was wrong.")

    first, second = IssuedReport.objects.order_by("version")
    assert (second.version, second.reason) == (2, "The figure for damage was wrong.")
    assert before.items() <= stored().items()
    for where in ("board", "home"):
        arguments = [scene.round.pk] if where == "board" else []
        page = client.get(reverse(f"rounds:{where}", args=["swale", *arguments])).text
        assert "Its report was issued" in page
        assert f'href="{second.get_absolute_url()}"' in page
        assert "(version 2)." in page
    page = bytes(second.files.get(edition="full", format="html").content).decode()
    assert "Why it was corrected: The figure for damage was wrong." in page
    told = get(client, scene.member, "issued", first.pk).text
    assert "This version was replaced" in told
    assert second.get_absolute_url() in told
    assert "This version was replaced" not in get(client, scene.member, "issued", second.pk).text


def test_who_presses_twice_issues_one_version_and_is_led_to_it(client, scene):
    for typed in ({}, {"reason": "The figure for damage."}):
        page = get(client, scene.coordinator, "issue", scene.round.pk)
        pressed = Fields(page.text).found | typed
        first, second = (client.post(page.request["PATH_INFO"], pressed) for _ in "12")

        assert first["Location"] == second["Location"]
        assert "issued once, not twice" in client.get(second["Location"]).text
    assert [report.version for report in IssuedReport.objects.order_by("pk")] == [1, 2]


def test_two_people_who_issue_at_once_make_one_version(client, scene):
    page = get(client, scene.coordinator, "issue", scene.round.pk)
    issue(scene)
    other = MembershipFactory(coordinator=True, partnership=scene.partnership, post="Deputy")
    by = scene.access(other.user)
    issue(scene, by=by, reason="Their reason")

    for typed in ({}, {"reason": "My reason"}):
        response = client.post(page.request["PATH_INFO"], Fields(page.text).found | typed)
        assert response.status_code == 409
        assert "Version 2 has been issued since you looked at it." in response.text
        assert "Issue version 3" in response.text
        assert typed.get("reason", "") in response.text
    assert IssuedReport.objects.count() == 2

    assert client.post(page.request["PATH_INFO"], Fields(response.text).found).status_code == 302
    assert IssuedReport.objects.latest("version").reason == "My reason"


def test_why_it_was_corrected_is_not_for_the_public(scene):
    issue(scene)
    issue(scene, reason="It named somebody.")

    for file in ReportFile.objects.filter(edition="public"):
        if file.format in ("html", "json"):
            assert b"It named somebody." not in bytes(file.content)
            assert (b"This is version 2" in bytes(file.content)) == (file.report.version == 2)


def test_a_plan_that_is_sensitive_itself_has_no_public_edition(client, scene):
    scene.plan.marking = Marking.SENSITIVE
    scene.plan.save()

    page = get(client, scene.coordinator, "issue", scene.round.pk).text
    report = issue(scene)

    assert "Public edition" not in page
    assert address("public", scene.round.pk) not in page
    assert {file.edition for file in report.files.all()} == {"full"}


# Nothing changes it ---------------------------------------------------------------------------


def test_changing_or_deleting_any_source_changes_not_one_byte(client, scene):
    report = issue(scene)
    before = stored()
    served = {pk: get(client, scene.coordinator, "issued_file", pk).content for pk in before}
    words = {"title": "Another title", "name": "Another name", "brand_colour": "#5a1049"}

    for changed in (
        *(scene.partnership, scene.plan, scene.priority, *scene.actions, scene.indicator),
        *(scene.member, *Answer.objects.all()),
    ):
        for name in {"title", "name", "brand_colour", "text"} & set(vars(changed)):
            setattr(changed, name, words.get(name, "<p>Rewritten.</p>"))
        changed.save()
    scene.indicator.readings.all().delete()
    scene.partnership.report_standing_text = "Something new."
    scene.partnership.save()

    assert stored() == before
    assert served == {
        pk: get(client, scene.coordinator, "issued_file", pk).content for pk in before
    }
    assert report.files.count() == len(before)
    assert hash_of(contents_of(fresh(scene), now=LATER)) != report.content_hash


def test_what_people_change_on_pages_afterwards_changes_not_one_byte(client, scene):
    issue(scene)
    before = stored()
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    changes = [
        (scene.coordinator, "rounds:answer", answer.pk, {"text": "Rewritten."}),
        (scene.coordinator, "rounds:recommendations", scene.round.pk, {"text": "Agree to it."}),
        (scene.administrator, "administration:edit_action", scene.actions[0].pk, {"title": "New"}),
        (scene.administrator, "administration:edit_priority", scene.priority.pk, {"title": "New"}),
        (
            *(scene.administrator, "administration:settings_details", None),
            {"name": "Another name", "brand_colour": "#5a1049"},
        ),
    ]

    for person, page, pk, typed in changes:
        client.force_login(person)
        said = send(client, reverse(page, args=["swale", *([pk] if pk else [])]), typed)
        assert said.status_code == 200
        assert "There is a problem" not in said.text

    assert hash_of(contents_of(fresh(scene), now=LATER)) != IssuedReport.objects.get().content_hash
    assert fresh(scene).partnership.name == "Another name"
    assert stored() == before
    for pk, (content, _) in before.items():
        assert get(client, scene.coordinator, "issued_file", pk).content == content


def test_new_templates_and_styles_change_not_one_byte(client, scene, monkeypatch):
    issue(scene)
    file = ReportFile.objects.get(edition="full", format="html")

    monkeypatch.setattr("reports.as_html.render_to_string", lambda *a: "New looks.")
    monkeypatch.setattr("reports.layout.VERSION", 99)

    assert get(client, scene.coordinator, "issued_file", file.pk).content == bytes(file.content)


# Reading it -----------------------------------------------------------------------------------


def test_a_member_finds_it_in_the_list_and_reads_it(client, scene):
    client.force_login(scene.member)
    listed = reverse("reports:reports", args=["swale"])
    assert "No report yet" in client.get(listed).text

    report = issue(scene)

    assert report.get_absolute_url() in client.get(listed).text
    page = client.get(report.get_absolute_url()).text
    for file in report.files.filter(edition="full"):
        assert address("issued_file", file.pk) in page
        assert file.sha256 in page


def test_the_public_edition_is_for_coordinators_until_it_is_released(client, scene):
    file = ReportFileFactory(
        report__round=scene.round, partnership=scene.partnership, edition="public"
    )
    released = ReportFileFactory(
        report__round=scene.round, report__version=2, edition="public", format="pdf"
    )
    ReleaseFactory(report=released.report)

    assert get(client, scene.coordinator, "issued_file", file.pk).status_code == 200
    assert get(client, scene.member, "issued_file", file.pk).status_code == 404
    assert get(client, scene.member, "issued_file", released.pk).status_code == 200
    WithdrawalFactory(report=released.report)
    assert get(client, scene.member, "issued_file", released.pk).status_code == 404


def test_a_sensitive_report_offers_nothing_without_the_grant(client, scene):
    Answer.objects.filter(kind="key_issues").update(marking=Marking.SENSITIVE)
    report = issue(scene)
    corrected = issue(scene, reason="It named somebody.")
    file = report.files.get(edition="full", format="html")
    assert report.is_sensitive

    page = get(client, scene.member, "issued", corrected.pk).text
    assert "You cannot read this report" in page
    assert "It named somebody." not in page
    assert "/reports/issued/files/" not in page
    assert get(client, scene.member, "issued_file", file.pk).status_code == 404

    Membership.objects.filter(user=scene.member).update(reads_sensitive=True)
    assert address("issued_file", file.pk) in get(client, scene.member, "issued", report.pk).text
    assert get(client, scene.member, "issued_file", file.pk).status_code == 200


# Serving it -----------------------------------------------------------------------------------


@pytest.fixture
def files(scene):
    return {file.format: file for file in issue(scene).files.filter(edition="full")}


def test_a_file_is_served_as_what_it_is(client, scene, files):
    for kind, file in files.items():
        response = get(client, scene.member, "issued_file", file.pk)

        assert response.content == bytes(file.content)
        assert response["Content-Type"] == KINDS[kind].content_type
        assert response["ETag"] == f'"{file.sha256}"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "private, no-cache"
        shown = "inline" if kind == "html" else "attachment"
        assert response["Content-Disposition"] == f'{shown}; filename="{file.name}"'


def test_the_page_is_in_a_sandbox_where_its_own_looks_work_and_no_script(client, scene, files):
    policy = get(client, scene.member, "issued_file", files["html"].pk)["Content-Security-Policy"]

    parts = {part.split()[0]: part.split()[1:] for part in policy.split(";")}
    assert parts["sandbox"] == []
    assert parts["style-src"] == ["'unsafe-inline'"]
    assert parts["default-src"] == ["'none'"]
    assert "script-src" not in parts


def test_what_the_browser_has_already_is_not_sent_again(
    client, scene, files, django_assert_num_queries
):
    file = files["html"]
    client.force_login(scene.member)
    where = address("issued_file", file.pk)
    tag = client.get(where)["ETag"]

    # Session, person, posts, file; and its bytes where they are sent.
    with django_assert_num_queries(4):
        response = client.get(where, headers={"If-None-Match": tag})
    assert (response.status_code, response.content) == (304, b"")
    assert "sandbox" in response["Content-Security-Policy"]
    with django_assert_num_queries(5):
        assert client.get(where, headers={"If-None-Match": '"another"'}).status_code == 200


def test_what_was_destroyed_is_gone_and_says_so(client, scene, files):
    file = files["html"]
    DestructionFactory(report=file.report)

    response = get(
        client, scene.member, "issued_file", file.pk, **{"If-None-Match": f'"{file.sha256}"'}
    )

    assert response.status_code == 410
    assert "Its files were destroyed" in response.text
    assert "/reports/issued/files/" not in response.text


def test_pages_ask_the_database_little(
    client, scene, files, django_assert_num_queries, django_assert_max_num_queries
):
    where = files["html"].report.get_absolute_url()
    issue(scene, reason="Again.")
    client.force_login(scene.member)
    # Session, person, posts; report, versions, files; whether one is for the public.
    with django_assert_num_queries(7):
        client.get(where)
    # Session, person, posts; rounds: count, page, their reports.
    with django_assert_num_queries(6):
        client.get(reverse("reports:reports", args=["swale"]))
    client.force_login(scene.coordinator)
    # Session, person, posts; round, last version, answers; what each edition asks, and the check.
    with django_assert_max_num_queries(6 + 10 + 14 + 10):
        page = client.get(address("issue", scene.round.pk))
    assert offences(page) == []
    typed = Fields(page.text).found | {"reason": "Once more."}
    # The round twice more, the last version, the new one, a savepoint's two; the files; and
    # what the public edition leaves out.
    with django_assert_max_num_queries(5 + 6 + 10 + 14 + 2 * len(KINDS) + 16):
        assert client.post(address("issue", scene.round.pk), typed).status_code == 302
