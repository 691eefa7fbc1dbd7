"""The example that `make run` loads is true to the paper, and half-way through Quarter 3."""

import dataclasses
from datetime import date, datetime

import pytest
from django.db.models import Model
from django.urls import reverse

from accounts.models import User
from actions.models import Action, Progress
from documents.richtext import clean
from partnerships.models import Membership
from performance.figures import figure_rows
from performance.models import Indicator, Reading
from reports.example.files import read
from rounds.models import Answer, MeetingItem, Rag, Round
from tests.example import answers, load, swale_round
from tests.reporting import report_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]

REFERENCES = [
    *("1.1", "1.2", "1.3", "1.4", "1.5", "2.1", "2.2", "2.3"),
    *("3.1", "3.2", "3.3", "3.4", "3.5", "4.1", "4.2", "4.3", "4.4"),
]


def name(answer):
    return answer.reference or answer.title


# True to the paper -----------------------------------------------------------------------


def test_the_plan_has_the_seventeen_actions_of_the_paper_in_order():
    actions = Action.objects.filter(partnership__slug="swale")

    assert [action.reference for action in actions] == REFERENCES
    assert [action.title for action in actions] == [
        of_action["title"]
        for of_priority in read("swale", "plan")["priorities"]
        for of_action in of_priority.get("actions", [])
    ]


def test_the_eight_figures_of_the_paper_come_out_right():
    indicators = Indicator.objects.filter(partnership__slug="swale").order_by(
        "priority_indicators__priority__order", "priority_indicators__order"
    )

    rows = figure_rows(indicators, swale_round("q2").period, small_base=20)

    assert [row.change.printed_percentage for row in rows] == [
        *("−10.6%", "−10.5%", "−6.0%", "−2.8%", "+59.6%"),
        *("+2.8%", "+46.3%", "+44.3%"),
    ]


def test_no_better_or_worse_is_said_of_reports_that_may_mean_trust():
    unjudged = Indicator.objects.filter(
        partnership__slug="swale", polarity=Indicator.Polarity.NONE
    ).values_list("name", flat=True)

    assert set(unjudged) == {
        "No. of Domestic Abuse incidents across the Borough of Swale (Kent Police).",
        "Vulnerable/repeatedly targeted callers (Kent Police)",
    }


def test_quarter_2_is_answered_as_in_the_paper():
    round = swale_round("q2")
    given = {}
    for answer in answers("q2"):
        given.setdefault(answer.response, set()).add(name(answer))

    assert round.is_closed
    assert round.meets_on == date(2023, 11, 3)
    assert given.pop("verbal") == {"3.2", "3.3", "District Contextual Safeguarding Meeting"}
    assert given.pop("nothing") == {
        "Serious and Organised Crime Panel",
        "Key issues and emerging trends",
    }
    assert given.pop("none") == {"Cross-cutting themes"}
    assert answers("q2").filter(response="none").get().update.label == "Priority 1"
    assert answers("q2").filter(response="nothing", kind="key_issues").get().update.label == (
        "Priority 4"
    )
    assert answers("q2").exclude(response="none").exclude(state="accepted").count() == 0
    assert answers("q2").count() == 35


def test_quarter_2_has_the_progress_of_the_paper_and_no_rating():
    of_actions = answers("q2").filter(kind=Answer.Kind.ACTION)
    not_started = of_actions.filter(progress=Progress.NOT_STARTED)

    assert [answer.reference for answer in not_started] == ["3.3"]
    assert of_actions.filter(progress=Progress.IN_PROGRESS).count() == 16
    assert of_actions.filter(rag=Rag.NOT_RATED).count() == 17


def test_history_says_who_did_what_in_2023():
    past = answers("q2").get(reference="4.3").history.order_by("history_date")

    assert [(row.history_date.date(), row.history_user.email, row.state) for row in past] == [
        (date(2023, 10, 2), "coordinator@example.org", "not_started"),
        (date(2023, 10, 26), "lead.vulnerable@example.org", "draft"),
        (date(2023, 10, 27), "lead.vulnerable@example.org", "submitted"),
        (date(2023, 10, 30), "coordinator@example.org", "accepted"),
    ]


def test_texts_are_canonical_and_those_of_quarter_3_say_that_they_are_examples():
    texts = Answer.objects.exclude(text="").values_list("text", flat=True)

    assert [text for text in texts if clean(text).html != text] == []
    assert [
        text
        for text in answers("q3").values_list("text", flat=True).exclude(text="")
        if not text.startswith("<p>Example:")
    ] == []


# Quarter 3 is half-way ----------------------------------------------------------------


def test_quarter_3_is_half_answered_in_every_state_and_without_figures():
    assert set(answers("q3").values_list("state", flat=True)) == set(Answer.State.values)
    assert set(answers("q3").values_list("response", flat=True)) == set(Answer.Response.values)
    figures = answers("q3").filter(kind=Answer.Kind.FIGURES)
    assert set(figures.values_list("state", flat=True)) == {Answer.State.NOT_STARTED}
    latest = Reading.objects.order_by("-period_ends_on").first()
    assert latest.period_ends_on == date(2023, 9, 30)


def test_quarter_3_says_what_its_file_says():
    told = {
        (of_update["priority"], of_answer["section"]): of_answer["becomes"]
        for of_update in read("swale", "quarter-3")["updates"]
        for of_answer in of_update["answers"]
    }
    names = {Answer.Kind.KEY_ISSUES: "key_issues", Answer.Kind.THEMES: "themes"}
    stands = {
        (answer.update.priority.reference, names.get(answer.kind, name(answer))): answer.state
        for answer in answers("q3").exclude(state=Answer.State.NOT_STARTED)
    }

    assert stands == told


def test_what_came_of_the_meeting_on_quarter_2_arises_in_quarter_3():
    items = MeetingItem.objects.filter(meeting__round=swale_round("q2")).order_by("pk")
    said = [(item.kind, clean(item.text).html == item.text) for item in items]
    done = items.get(assigned_to="Strategic lead, Domestic abuse")

    assert {kind for kind, _ in said} == set(MeetingItem.Kind.values)
    assert all(is_canonical for _, is_canonical in said)
    assert all(item.text.startswith("<p>Example:") for item in items)
    assert [row.history_date.date() for row in done.history.order_by("history_date")] == [
        date(2023, 11, 6),
        done.done_on,
    ]
    report = report_of(swale_round("q3"))
    arising = [report.matters, *(section.matters for section in report.priorities)]
    assert [len(table.rows) for table in arising] == [1, 1, 1, 1, 1]


# Its report ---------------------------------------------------------------------------------


def parts_of(value):
    """Every value in a tree of dataclasses, tuples and dictionaries."""
    yield value
    if dataclasses.is_dataclass(value):
        children = [getattr(value, field.name) for field in dataclasses.fields(value)]
    else:
        children = list(value) if isinstance(value, tuple) else []
    for child in children:
        yield from parts_of(child)


def test_the_report_is_plain_frozen_values_through_and_through():
    for value in parts_of(report_of(swale_round("q3"))):
        assert not isinstance(value, Model | list | dict | set)
        if dataclasses.is_dataclass(value):
            with pytest.raises(dataclasses.FrozenInstanceError):
                value.x = 1
        else:
            assert value is None or isinstance(value, str | int | bool | tuple | datetime)


def test_the_heading_of_the_report_says_what_to_whom_and_when():
    report = report_of(swale_round("q2"))

    assert report.title == "Strategic Leads Update Report"
    assert report.partnership == "Swale Community Safety Partnership"
    assert (report.state, report.marking) == ("DRAFT", "OFFICIAL")
    assert report.to == "Community Safety Partnership Executive"
    assert report.date == "Friday 3 November 2023"
    assert report.subject == "Quarter 2, 2023/24: Strategic Leads Update Report"
    assert report.compiled == "Friday 20 October 2023 at 10:00"
    assert report.answered.endswith("34 of 35 sections were answered.")


def test_the_eight_figures_of_the_paper_come_out_in_the_report():
    report = report_of(swale_round("q2"))

    percentages = [row.percentage for each in report.priorities for row in each.figures.rows]
    assert percentages == [
        *("−10.6%", "−10.5%", "−6.0%", "−2.8%"),
        *("+59.6%", "+2.8%", "+46.3%", "+44.3%"),
    ]
    assert report.priorities[0].figures.previous_year == "October 2021 to September 2022"
    assert report.priorities[0].figures.current_year == "October 2022 to September 2023"


def test_the_headings_of_the_report_are_those_of_the_printed_paper():
    report = report_of(swale_round("q2"))

    assert [section.heading for section in report.priorities] == [
        "Priority 1: Domestic Abuse",
        "Priority 2: Crime and Serious Violence",
        "Priority 3: ASB",
        "Priority 4: Supporting Vulnerable People",
    ]
    assert [entry.heading for entry in report.priorities[1].narratives] == [
        "Key Issues/Emerging Trends",
        "Serious and Organised Crime Panel – Key Updates",
        "District Contextual Safeguarding Meeting – Key Updates",
        "Cross Cutting Themes (Comments/Impact on priority/specific actions undertaken)",
    ]
    assert report.priorities[1].themes == (
        "Reducing Reoffending",
        "Communications and Training",
        "Cultural Awareness and Hate Crime",
    )


def test_the_page_of_the_report_shows_the_eight_figures_of_the_paper(client):
    client.force_login(User.objects.get(email="coordinator@example.org"))

    page = client.get(reverse("reports:report", args=["swale", swale_round("q2").pk])).text

    for printed in (
        *("−567 (−10.6%)", "−763 (−10.5%)", "−11 (−6.0%)", "−52 (−2.8%)"),
        *("+636 (+59.6%)", "+73 (+2.8%)", "+75 (+46.3%)", "+254 (+44.3%)"),
    ):
        assert printed in page
    assert "<title>DRAFT Strategic Leads Update Report, Quarter 2, 2023/24" in page
    assert page.count("<h1") == 1


# Who can sign in ---------------------------------------------------------------------------


def test_everybody_in_the_printed_table_can_sign_in_with_the_printed_password(client):
    lines = [line.split() for line in load().splitlines() if "@example.org" in line]

    assert {line[0] for line in lines} == set(User.objects.values_list("email", flat=True))
    for email, password, *_ in lines:
        assert client.login(username=email, password=password), email


def test_the_table_says_what_each_post_may_do():
    printed = " ".join(load().split())

    assert "Coordinator Community safety coordinator, Swale Borough Council" in printed
    assert "Member, lead of priority 2 Strategic lead, Crime and serious violence" in printed
    assert "Member, deputy of priority 1 Deputy lead, Domestic abuse, SATEDA" in printed
    assert "Member, may enter figures Performance analyst" in printed
    for email in ("site.administrator@example.org", "second.site.administrator@example.org"):
        assert f" {email} swale-example-2023 Site administrator" in printed


def test_the_second_partnership_is_not_there_for_people_of_the_first(client):
    client.force_login(User.objects.get(email="coordinator@example.org"))
    other = Round.objects.get(partnership__slug="example-vale")

    assert client.get(reverse("rounds:home", args=["swale"])).status_code == 200
    assert client.get(reverse("rounds:home", args=["example-vale"])).status_code == 404
    assert client.get(other.get_absolute_url()).status_code == 404


def test_the_county_analyst_belongs_to_both_partnerships():
    memberships = Membership.objects.filter(user__email="county.analyst@example.org")

    assert {each.partnership.slug for each in memberships} == {"swale", "example-vale"}
