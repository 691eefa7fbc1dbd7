"""The public pages: everybody reads what was released, nothing else, and no one is looked at."""

import json
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from partnerships.models import Partnership
from reports.models import IssuedReport, ReportFile
from reports.public_pages import REPORTS_ON_A_PAGE
from reports.small_numbers import NOT_SHOWN
from tests.factories import (
    NOW,
    DestructionFactory,
    IssuedReportFactory,
    PartnershipFactory,
    PlanFactory,
    ReleaseFactory,
    ReportFileFactory,
    RoundFactory,
    WithdrawalFactory,
)
from tests.test_headers import offences

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
PAGE = (
    '<html lang="en-GB"><body><div><main class="site-main"><article class="report">'
    "<h1>The {name} report</h1></article></main></div></body></html>"
)

DATA = {
    "priorities": [
        {
            "actions": [{"rag": rag} for rag in ("Red", "Amber", "Amber", "Not rated", "", "")],
            "figures": [
                {"indicator": name, "percentage": percentage, "current": current}
                for name, percentage, current in (
                    ("Shoplifting", "+59.6%", "1,704"),
                    ("Burglary", "−6.0%", "172"),
                    ("Noise <b>.", "−1,200.5%", "2"),
                    ("Fires", "0.0%", "7"),
                    ("Arson", "n/a (was 0)", "9"),
                    ("Deaths", NOT_SHOWN, NOT_SHOWN),
                    ("Damage", "−2.8%", "1,830"),
                )
            ],
        }
    ]
}


def publish(round, version=1, *, name, released_at=NOW, released=True):
    """A version with its files, as issuing stores them; released unless said otherwise."""
    report = IssuedReportFactory(round=round, version=version)
    contents = {
        "html": PAGE.format(name=name),
        "pdf": f"%PDF {name}",
        "docx": f"PK {name}",
        "json": json.dumps(DATA),
    }
    for edition in ("public", "full"):
        for kind, content in contents.items():
            ReportFileFactory(
                report=report,
                edition=edition,
                format=kind,
                name=f"{round.slug}-{edition}-v{version}.{kind}",
                content=(content if edition == "public" else f"secret {content}").encode(),
            )
    if released:
        ReleaseFactory(report=report, released_at=released_at)
    return report


def quarter(plan, number, *, slug):
    """From April on; numbers may go on into later years."""
    year, month = divmod(3 * number, 12)
    starts_on = date(2023 + year, month + 1, 1)
    return RoundFactory(
        plan=plan,
        label=f"Quarter {number}",
        slug=slug,
        period_starts_on=starts_on,
        period_ends_on=starts_on.replace(month=month + 3, day=30 if month in (3, 6) else 31),
    )


@pytest.fixture(scope="module")
def world(kept):
    """Three rounds: one corrected, one released once, one issued and not released."""
    partnership = PartnershipFactory(
        slug="swale", name="Swale CSP", brand_colour="#5A1049", publishes_reports=True
    )
    plan = PlanFactory(partnership=partnership)
    rounds = [quarter(plan, n, slug=f"q{n}") for n in (1, 2, 3)]
    publish(rounds[0], name="first")
    publish(rounds[1], name="wrong", released_at=NOW)
    publish(rounds[1], 2, name="corrected", released_at=NOW + timedelta(days=3))
    publish(rounds[2], name="unreleased", released=False)
    return partnership


@pytest.fixture
def reader():
    """Somebody with a browser that nobody knows; every answer is looked at for cookies."""

    class Reader(Client):
        def request(self, **request):
            response = super().request(**request)
            assert not response.cookies
            assert "Cookie" not in response.get("Vary", "")
            return response

    return Reader()


def at(round, version=1, file=None):
    arguments = ["swale", f"q{round}", version]
    if file is None:
        return reverse("public:report", args=arguments)
    return reverse(
        "public:file", args=[*arguments, f"q{round}-{file.replace('.', f'-v{version}.')}"]
    )


LIST, FEED = "/p/swale/", "/p/swale/feed.xml"
PAGES = (LIST, FEED, "/p/swale/q1/v1/", "/p/swale/q1/v1/q1-public-v1.pdf")


def test_the_list_has_the_latest_released_version_of_each_round_with_its_files(
    world, reader, django_assert_max_num_queries
):
    with django_assert_max_num_queries(4):
        page = reader.get(LIST).text

    assert page.index("Quarter 2") < page.index("Quarter 1")
    assert "Quarter 3" not in page
    for address in (at(1), at(2, 2), at(1, 1, "public.pdf"), at(2, 2, "public.docx")):
        assert f'href="{address}"' in page
    assert f'href="{at(2, 1)}"' not in page
    assert "Published 20 October 2023</p>" in page
    assert "Published 23 October 2023. Version 2, a correction</p>" in page
    assert "/brand/5a1049.css" in page
    assert "Swale CSP" in page
    assert f'href="{FEED}"' in page


def test_a_version_is_read_at_an_address_that_stays_and_says_that_it_was_corrected(
    world, reader, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        corrected = reader.get(at(2, 1))
    latest = reader.get(at(2, 2)).text

    assert "<h1>The wrong report</h1>" in corrected.text
    assert "This report was corrected</strong> on 23 October 2023" in corrected.text
    assert f'href="{at(2, 2)}"' in corrected.text
    assert "<h1>The corrected report</h1>" in latest
    assert "This report was corrected" not in latest
    assert '<h2 class="govuk-heading-m" id="summary">The report in four lines</h2>' in latest
    assert re.findall("<li>(.*?)</li>", latest.partition("summary")[2].partition("</ul>")[0]) == [
        "1 action is red, 2 are amber, 1 is not rated.",
        "Noise &lt;b&gt; fell by 1,200.5% in the year to 30 September 2023, to 2.",
        "Shoplifting rose by 59.6%, to 1,704.",
        "Burglary fell by 6.0%, to 172.",
    ]
    assert not offences(corrected)
    assert not offences(reader.get(LIST))
    assert not offences(reader.get("/p/nowhere/"))


def test_files_are_the_stored_bytes_with_their_type_and_may_do_nothing(
    world, reader, django_assert_max_num_queries
):
    for kind, content_type, shown in (
        ("html", "text/html; charset=utf-8", "inline"),
        ("pdf", "application/pdf", "attachment"),
    ):
        stored = ReportFile.objects.get(name=f"q1-public-v1.{kind}")
        with django_assert_max_num_queries(4):
            file = reader.get(at(1, 1, f"public.{kind}"))
        assert file.content == bytes(stored.content)
        assert file["Content-Type"] == content_type
        assert file["Content-Disposition"] == f'{shown}; filename="{stored.name}"'
        assert file["ETag"] == f'"{stored.sha256}"'
        assert file["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert file["X-Content-Type-Options"] == "nosniff"

        head = reader.head(at(1, 1, f"public.{kind}"))
        assert (head.status_code, head.content) == (200, b"")
        assert head["Content-Length"] == str(stored.size)


@pytest.mark.parametrize("address", PAGES)
def test_what_a_browser_has_already_is_not_sent_again_and_always_asked_about(
    world, reader, address
):
    first = reader.get(address)

    assert first["Cache-Control"] == "public, no-cache"
    assert "Last-Modified" not in first
    assert first["ETag"].startswith('"')
    again = reader.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "public, no-cache"
    assert reader.head(address)["ETag"] == first["ETag"]
    assert reader.post(address).status_code == 405


def test_nothing_of_who_asks_is_looked_at(world, reader, client, django_user_model):
    client.force_login(django_user_model.objects.create_user(email="person@example.org"))

    for address in (*PAGES, "/p/swale/q3/v1/"):
        unknown, known = reader.get(address), client.get(address)
        assert known.content == unknown.content
        assert not known.cookies
        assert "Cookie" not in known.get("Vary", "")


def test_an_address_that_fits_no_page_gets_the_public_404_or_its_last_slash(
    world, reader, client, django_user_model
):
    client.force_login(django_user_model.objects.create_user(email="person@example.org"))

    for address in ("/p/", "/p/swale/q1/", "/p/swale/no/such/page/", "/p/actions/3/", "/p/%00"):
        unknown, known = reader.get(address), client.get(address)
        assert (unknown.status_code, known.content) == (404, unknown.content), address
        assert not known.cookies
        assert known["Cache-Control"] == "public, no-cache"
        assert "Sign out" not in known.text
    assert "See the reports that are published" in reader.get("/p/swale/no/such/page/").text
    for address in ("/p/swale", "/p/swale/q1/v1"):
        assert reader.get(address)["Location"] == f"{address}/"


def test_what_was_not_released_is_not_there_nor_is_any_full_edition(world, reader):
    for address in (
        at(3),
        at(3, 1, "public.pdf"),
        at(1, 1, "full.pdf"),
        at(1, 2),
        "/p/swale/q9/v1/",
    ):
        answer = reader.get(address)
        assert answer.status_code == 404, address
        assert "secret" not in answer.text
        assert "unreleased" not in answer.text


def test_while_the_pages_are_off_there_is_nothing_at_all(world, reader):
    elsewhere = reader.get("/p/nowhere/")
    Partnership.objects.filter(slug="swale").update(publishes_reports=False)

    for address in PAGES:
        answer = reader.get(address)
        assert answer.status_code == 404
        assert answer.content == elsewhere.content
        assert "Swale" not in answer.text


@pytest.mark.parametrize("taken_back", [WithdrawalFactory, DestructionFactory])
def test_what_was_taken_back_is_gone_at_once_and_leaves_list_and_feed(world, reader, taken_back):
    before = {address: reader.get(address)["ETag"] for address in (LIST, at(2, 2))}
    taken_back(report=IssuedReport.objects.get(round__slug="q2", version=2))

    for address in (at(2, 2), at(2, 2, "public.html"), at(2, 2, "public.pdf")):
        gone = reader.get(address, headers={"if-none-match": before[at(2, 2)]})
        assert gone.status_code == 410
        assert "This report has been withdrawn" in gone.text
        assert "on 20 October 2023" in gone.text
        assert "The corrected report" not in gone.text
        assert "It was the wrong one" not in gone.text
        assert "It named somebody" not in gone.text
        assert gone["Cache-Control"] == "public, no-cache"
        assert not offences(gone)
    # What it corrected does not come back in its place, and warns who has its address.
    listed = reader.get(LIST, headers={"if-none-match": before[LIST]})
    assert listed.status_code == 200
    assert "Quarter 2" not in listed.text
    assert "Quarter 2" not in reader.get(FEED).text
    assert "the corrected version has been withdrawn" in reader.get(at(2, 1)).text


def test_a_corrected_version_is_named_where_the_first_was_taken_back(world, reader):
    WithdrawalFactory(report=IssuedReport.objects.get(round__slug="q2", version=1))

    assert f'href="{at(2, 2)}">read version 2' in reader.get(at(2, 1)).text
    assert "Quarter 2" in reader.get(LIST).text


def test_the_feed_has_the_latest_first_under_ids_that_no_move_changes(
    world, reader, settings, django_assert_max_num_queries
):
    settings.ALLOWED_HOSTS = ["*"]
    with django_assert_max_num_queries(4):
        here = etree.fromstring(reader.get(FEED).content)
    moved = etree.fromstring(reader.get(FEED, headers={"host": "other.example"}).content)

    def told(feed, name):
        return [feed.findtext(f"{ATOM}{name}")] + [
            each.findtext(f"{ATOM}{name}") for each in feed.iter(f"{ATOM}entry")
        ]

    assert reader.get(FEED)["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert told(here, "title")[1:] == [
        f"Strategic Leads Update Report, Quarter {n}, 2023/24" for n in (2, 1)
    ]
    assert told(here, "id") == told(moved, "id")
    assert len(set(told(here, "id"))) == 3
    assert all(each.startswith("urn:uuid:") for each in told(here, "id"))
    assert told(here, "updated")[0] == "2023-10-23T09:00:00+00:00"
    links = [each.find(f"{ATOM}link").get("href") for each in moved.iter(f"{ATOM}entry")]
    assert links == [f"http://other.example{at(2, 2)}", f"http://other.example{at(1)}"]
    # Something has changed when an entry is taken back too: its time goes on, never back.
    WithdrawalFactory(
        report=IssuedReport.objects.get(round__slug="q2", version=2),
        withdrawn_at=NOW + timedelta(days=4),
    )
    after = etree.fromstring(reader.get(FEED).content)
    assert told(after, "updated") == ["2023-10-24T09:00:00+00:00", told(here, "updated")[2]]


def test_a_partnership_without_a_report_says_so(reader):
    PartnershipFactory(slug="new", publishes_reports=True)

    assert "No report at the moment" in reader.get("/p/new/").text
    feed = reader.get("/p/new/feed.xml")
    assert feed.status_code == 200
    assert reader.get("/p/new/feed.xml", headers={"if-none-match": feed["ETag"]}).status_code == 304


def test_a_long_list_comes_in_pages(world, reader, django_assert_max_num_queries):
    plan = PlanFactory(partnership=world, slug="other", year_label="2024/25")
    for number in range(REPORTS_ON_A_PAGE):
        round = quarter(plan, number + 4, slug=f"r{number}")
        ReleaseFactory(report=IssuedReportFactory(round=round))

    with django_assert_max_num_queries(4):
        first = reader.get(LIST).text
    assert "Page 1 of 2" in first
    assert "Quarter 1, 2023/24" not in first
    assert 'href="?page=2"' in first
    assert "Quarter 1, 2023/24" in reader.get(f"{LIST}?page=2").text
