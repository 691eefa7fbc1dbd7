"""The meeting of a round: its sheet, what is recorded of it, and where that is shown."""

from datetime import date, datetime
from hashlib import sha256

import pytest
from django.urls import reverse
from time_machine import travel

from actions.models import ActionLink
from reports.models import ReportFile
from rounds.models import Answer, Meeting, MeetingItem, Round
from tests.factories import (
    LONDON,
    NOW,
    ActionFactory,
    MeetingFactory,
    MeetingItemFactory,
    PlanFactory,
    PriorityFactory,
    ReportFileFactory,
)
from tests.reporting import open_quarter, report_of, shut, tell, tell_section
from tests.scenes import open_round_scene
from tests.writing import boxes, fill, press, problems, said, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_the_quarters_days(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(scope="module")
def made(kept):
    """Two quarters: of the first one action is verbal, one missing, one red; it is closed."""
    with travel(NOW, tick=False):
        scene = open_round_scene(now=NOW, slug="swale", opened=False)
        scene.round.delete()
        scene.first = open_quarter(scene, "Q1 2023/24")
        silent = {"text": "", "rag": "", "progress": ""}
        tell(scene.first, "1.1", response="verbal", **silent)
        tell(scene.first, "1.3", "red", rag_reason="No money.", way_back="A grant.")
        tell_section(scene.first, "key_issues", "<p>Quiet.</p>")
        Round.objects.filter(pk=scene.first.pk).update(recommendations="<p>Agree it.</p>")
        shut(scene.first)
        scene.round = open_quarter(scene, "Q2 2023/24")
        return scene


@pytest.fixture
def coordinator(client, scene):
    client.force_login(scene.coordinator)
    return client


def page(name, number):
    return reverse(f"rounds:{name}", args=["swale", number])


def answer_of(round, reference):
    return Answer.objects.get(update__round=round, reference=reference)


def day(name, value):
    return {f"{name}_{part}": getattr(value, part) for part in ("day", "month", "year")}


# The sheet ---------------------------------------------------------------------------------


def test_the_sheet_has_what_a_meeting_speaks_of(coordinator, scene):
    earlier = MeetingFactory(round=scene.first, held_on=date(2023, 8, 4))
    MeetingItemFactory(meeting=earlier, agreed=True, text="<p>Buy lamps.</p>")
    MeetingItemFactory(meeting=earlier, agreed=True, text="<p>Mow.</p>", done_on=date(2023, 9, 1))

    said = words(coordinator.get(page("meeting_sheet", scene.first.pk)))
    verbal, missing, at_risk = (
        said.index(heading) for heading in ("Verbal at", "No update in writing", "Red and amber")
    )
    end = said.index("Recommendations Agree it.")
    assert verbal < said.index("1.1 Title of action 1.1") < missing
    assert missing < said.index("1.2 Title of action 1.2") < at_risk
    assert said.index("Why red: No money. Way back to green: A grant.") < end
    assert "Strategic lead" in said
    assert "Quiet." not in said
    assert "Buy lamps" not in said

    next_one = words(coordinator.get(page("meeting_sheet", scene.round.pk)))
    assert "Buy lamps. Community safety manager, by 1 December 2023. Not done yet" in next_one
    assert "Mow." not in next_one
    assert "OFFICIAL Meeting sheet" in next_one
    Answer.objects.filter(update__round=scene.round).update(marking="official_sensitive")
    assert "OFFICIAL-SENSITIVE Meeting" in words(
        coordinator.get(page("meeting_sheet", scene.round.pk))
    )


def test_board_and_report_lead_to_the_sheet_and_a_planned_round_has_none(coordinator, scene):
    sheet = page("meeting_sheet", scene.first.pk)
    report = reverse("reports:report", args=["swale", scene.first.pk])
    assert f'href="{sheet}"' in coordinator.get(page("board", scene.first.pk)).text
    assert f'href="{sheet}"' in coordinator.get(report).text

    Round.objects.filter(pk=scene.round.pk).update(state=Round.State.PLANNED, opened_at=None)
    for name in ("meeting", "meeting_sheet", "meeting_details", "meeting_add"):
        response = coordinator.get(page(name, scene.round.pk), follow=True)
        assert "Quarter 2, 2023/24 has not been opened yet." in words(response)


# Recording it ------------------------------------------------------------------------------


def test_a_coordinator_records_a_meeting(coordinator, scene):
    where = page("meeting", scene.first.pk)
    assert "Nothing has been recorded yet" in words(coordinator.get(where))
    first = coordinator.get(page("meeting_add", scene.first.pk))
    assert first["Location"] == page("meeting_details", scene.first.pk)

    details = page("meeting_details", scene.first.pk)
    wrong = fill(coordinator, details, **day("held_on", date(2023, 10, 21)), place="Town hall")
    assert wrong.status_code == 422
    assert "That day is still to come" in words(wrong)
    assert boxes(wrong)["place"] == "Town hall"
    said_so = fill(
        coordinator, details, **day("held_on", date(2023, 10, 19)), chaired_by="Chief Executive"
    )
    assert "In the chair Chief Executive" in said(coordinator, said_so)

    verbal = answer_of(scene.first, "1.1")
    add = page("meeting_add", scene.first.pk)
    spoken = fill(
        coordinator,
        f"{add}?kind=said&about=section-{verbal.pk}",
        text="- The bins were moved\n- The lamps were not",
    )
    assert "The bins were moved" in said(coordinator, spoken)
    fill(coordinator, f"{add}?kind=decision", text="The budget stands.")
    unowned = fill(coordinator, f"{add}?kind=action", text="Ask for lamps.")
    assert set(problems(unowned)) == {"id_assigned_to", "id_due_on_day"}
    assert boxes(unowned)["text"] == "Ask for lamps."
    owned = {
        "about": f"priority-{verbal.update_id}",
        "assigned_to": "Head of streets",
        **day("due_on", date(2023, 10, 18)),
    }
    agreed = press(coordinator, f"{add}?kind=action", unowned, **owned)
    second_click = press(coordinator, f"{add}?kind=action", unowned, **owned)
    assert second_click["Location"] == agreed["Location"]
    told = said(coordinator, agreed)
    assert "Ask for lamps. Head of streets, by 18 October 2023. Overdue" in told
    assert "The budget stands." in told

    found = list(MeetingItem.objects.values_list("kind", "text", "update", "answer"))
    assert found == [
        (
            "said",
            "<ul><li>The bins were moved</li><li>The lamps were not</li></ul>",
            verbal.update_id,
            verbal.pk,
        ),
        ("decision", "<p>The budget stands.</p>", None, None),
        ("action", "<p>Ask for lamps.</p>", verbal.update_id, None),
    ]
    assert MeetingItem.history.first().history_user == scene.coordinator
    assert coordinator.get(f"{add}?kind=rumour").status_code == 404


@pytest.fixture
def action(scene):
    update = answer_of(scene.first, "1.1").update
    meeting = MeetingFactory(round=scene.first, held_on=date(2023, 10, 19))
    return MeetingItemFactory(meeting=meeting, agreed=True, update=update, text="<p>Ask.</p>")


def test_an_action_is_done_changed_and_removed(coordinator, scene, action):
    where = page("meeting_item", action.pk)
    opened = coordinator.get(where)
    assert boxes(opened)["about"] == [f"priority-{action.update_id}"]
    wrong = fill(coordinator, where, **day("done_on", date(2023, 10, 21)))
    assert set(problems(wrong)) == {"id_done_on_day"}
    done = fill(coordinator, where, text="Ask twice.", **day("done_on", date(2023, 10, 20)))
    assert "Ask twice. Community safety manager, by 1 December 2023. Done on 20 October 2023" in (
        said(coordinator, done)
    )

    late = press(coordinator, where, opened, text="Ask thrice.")
    assert late.status_code == 409
    assert "You changed this in another window" in words(late)
    assert "Ask twice." in words(late)
    assert boxes(late)["text"] == "Ask thrice."
    action.refresh_from_db()
    assert action.text == "<p>Ask twice.</p>"
    said(coordinator, press(coordinator, where, late, text="Ask thrice."))
    action.refresh_from_db()
    assert action.text == "<p>Ask thrice.</p>"

    remove = page("meeting_remove", action.pk)
    assert "Ask thrice." in words(coordinator.get(remove))
    said(coordinator, coordinator.post(remove))
    assert not MeetingItem.objects.exists()
    assert [row.history_type for row in MeetingItem.history.all()] == ["-", "~", "~", "+"]


def test_date_and_place_changed_meanwhile_are_told(coordinator, scene, action):
    where = page("meeting_details", scene.first.pk)
    opened = coordinator.get(where)
    said(coordinator, press(coordinator, where, opened, place="Library"))

    late = press(coordinator, where, opened, place="Town hall")

    assert late.status_code == 409
    assert "What is saved now Held on 19 October 2023 Where: Library" in words(late)
    assert Meeting.objects.get().place == "Library"
    said(coordinator, press(coordinator, where, late, place="Town hall"))
    assert Meeting.objects.get().place == "Town hall"


# Beside the boxes of the next round ----------------------------------------------------------


def test_a_lead_sees_what_was_said_of_a_section_and_of_its_priority(client, scene, action):
    verbal, other = answer_of(scene.first, "1.1"), answer_of(scene.first, "1.2")
    same = {"meeting": action.meeting, "update": verbal.update}
    MeetingItemFactory(**same, kind="said", answer=verbal, text="<p>Bins moved.</p>")
    MeetingItemFactory(**same, answer=other, text="<p>Of another.</p>")
    MeetingItemFactory(meeting=action.meeting, text="<p>Of everything.</p>")
    client.force_login(scene.lead)

    told = words(client.get(page("answer", answer_of(scene.round, "1.1").pk)))

    assert "From the meeting on 19 October 2023" in told
    assert "Bins moved." in told
    assert "Ask. Community safety manager, by 1 December 2023. Not done yet" in told
    assert "Of another." not in told
    assert "Of everything." not in told
    figures = Answer.objects.get(update__round=scene.round, kind=Answer.Kind.FIGURES)
    assert "Ask. Community safety manager" in words(client.get(page("answer", figures.pk)))
    assert "From the meeting" not in words(client.get(page("answer", verbal.pk)))


def test_the_pages_ask_a_bounded_number_of_queries(
    coordinator, scene, action, django_assert_max_num_queries
):
    for _ in range(6):
        answer = answer_of(scene.first, "1.2")
        MeetingItemFactory(meeting=action.meeting, update=answer.update, answer=answer)
        MeetingItemFactory(meeting=action.meeting, agreed=True)
    for name, number, most in (
        ("meeting", scene.round.pk, 10),
        ("meeting", scene.first.pk, 10),
        ("meeting_sheet", scene.round.pk, 8),
        ("meeting_details", scene.first.pk, 6),
        ("meeting_add", scene.first.pk, 8),
        ("meeting_item", action.pk, 8),
        ("meeting_remove", action.pk, 6),
    ):
        with django_assert_max_num_queries(most):
            coordinator.get(page(name, number))
    opened = coordinator.get(page("meeting_item", action.pk))
    with django_assert_max_num_queries(14):
        press(coordinator, page("meeting_item", action.pk), opened, text="Again.")


# In the report of the next round -------------------------------------------------------------


def arising(report):
    """What prints, by the reference of the priority; what is of none under nothing."""
    tables = [("", report.matters), *((each.reference, each.matters) for each in report.priorities)]
    return {
        reference: [(row.about, row.text_html, row.state, row.agreed) for row in table.rows]
        for reference, table in tables
        if table
    }


def test_matters_print_under_their_priority_or_at_the_top(scene, action):
    verbal = answer_of(scene.first, "1.1")
    MeetingItemFactory(meeting=action.meeting, text="<p>Of everything.</p>")
    MeetingItemFactory(
        meeting=action.meeting, update=verbal.update, answer=verbal, text="<p>A.</p>"
    )

    report = report_of(scene.round)

    assert arising(report) == {
        "": [("The meeting as a whole", "<p>Of everything.</p>", "", "")],
        "1": [
            ("The priority as a whole", "<p>Ask.</p>", "Not done yet", ""),
            ("1.1 Title of action 1.1", "<p>A.</p>", "", ""),
        ],
    }
    assert report.matters.said == "From the meeting on 19 October 2023."
    assert not report.is_sensitive
    MeetingItem.objects.filter(answer=verbal).update(marking="official_sensitive")
    assert report_of(scene.round).is_sensitive
    assert arising(report_of(scene.first)) == {}


def test_matters_are_followed_into_another_plan_and_lost_ones_name_their_priority(scene, action):
    verbal, other = answer_of(scene.first, "1.1"), answer_of(scene.first, "1.2")
    for answer, text in ((verbal, "<p>Followed.</p>"), (other, "<p>Stays.</p>")):
        of = {"meeting": action.meeting, "update": answer.update, "answer": answer}
        MeetingItemFactory(**of, text=text)
    plan = PlanFactory(partnership=scene.partnership, slug="next")
    renamed = PriorityFactory(plan=plan, reference="7", title="Safer streets")
    new = ActionFactory(priority=PriorityFactory(plan=plan, reference="8"), reference="8.1")
    ActionLink.objects.create(partnership=scene.partnership, earlier=verbal.action, later=new)
    third = open_quarter(scene, "Q3 2023/24", plan=plan)

    def placed():
        return {
            where: [row[:2] for row in rows] for where, rows in arising(report_of(third)).items()
        }

    followed = [("1.1 Title of action 1.1", "<p>Followed.</p>")]
    assert placed() == {
        "7": [
            ("The priority as a whole", "<p>Ask.</p>"),
            ("1.2 Title of action 1.2", "<p>Stays.</p>"),
        ],
        "8": followed,
    }
    third.updates.filter(priority=renamed).update(title="Homes")
    assert placed() == {
        "": [
            ("Priority 1: Safer streets", "<p>Ask.</p>"),
            ("Priority 1: Safer streets, 1.2 Title of action 1.2", "<p>Stays.</p>"),
        ],
        "8": followed,
    }


def test_a_lead_checks_the_matters_as_they_will_print(
    client, scene, action, django_assert_max_num_queries
):
    verbal = answer_of(scene.first, "1.1")
    for _ in range(6):
        MeetingItemFactory(meeting=action.meeting, update=verbal.update, answer=verbal)
    MeetingItemFactory(meeting=action.meeting, text="<p>Of everything.</p>")
    update = scene.round.updates.get()
    client.force_login(scene.lead)

    with django_assert_max_num_queries(18):
        checked = client.get(reverse("reports:check", args=["swale", update.pk]))

    assert "From the meeting on 19 October 2023." in words(checked)
    assert "Ask. Community safety manager by 1 December 2023 Not done yet" in words(checked)
    assert "Of everything." not in words(checked)
    [printed] = report_of(scene.round).priorities
    assert checked.context["check"].section.matters == printed.matters


def test_matters_that_moved_to_another_priority_are_not_checked_under_the_old(
    client, scene, action
):
    verbal = answer_of(scene.first, "1.1")
    MeetingItemFactory(
        meeting=action.meeting, update=verbal.update, answer=verbal, text="<p>Followed.</p>"
    )
    plan = PlanFactory(partnership=scene.partnership, slug="next")
    PriorityFactory(plan=plan, reference="7", title="Safer streets")
    new = ActionFactory(priority=PriorityFactory(plan=plan, reference="8"), reference="8.1")
    ActionLink.objects.create(partnership=scene.partnership, earlier=verbal.action, later=new)
    third = open_quarter(scene, "Q3 2023/24", plan=plan)
    client.force_login(scene.coordinator)

    checked = {
        update.priority.reference: client.get(reverse("reports:check", args=["swale", update.pk]))
        for update in third.updates.all()
    }

    prints = {
        place: [text for text in ("Ask. Community", "Followed.") if text in words(found)]
        for place, found in checked.items()
    }
    assert prints == {"7": ["Ask. Community"], "8": ["Followed."]}


def test_an_open_action_stays_until_it_was_done_by_the_last_meeting(scene, action):
    third = open_quarter(scene, "Q3 2023/24")
    last = MeetingFactory(round=scene.round, held_on=date(2023, 10, 20))
    said = [
        (
            "The priority as a whole",
            "<p>Ask.</p>",
            "Overdue",
            "Agreed at the meeting on 19 October 2023",
        )
    ]
    MeetingItem.objects.update(due_on=date(2023, 10, 19))
    assert arising(report_of(third)) == {"1": said}

    MeetingItem.objects.update(done_on=last.held_on)
    assert arising(report_of(third)) == {}


def test_recording_changes_nothing_of_a_closed_round(coordinator, scene, action, time_machine):
    issued = ReportFileFactory(report__round=scene.first)
    answers = list(Answer.objects.filter(update__round=scene.first).values())
    action.save()  # At the very moment it was made: two rows of history of one time.
    shut(scene.round)
    time_machine.move_to(datetime(2023, 11, 6, 9, tzinfo=LONDON))
    before = report_of(scene.first), report_of(scene.round)
    coordinator.force_login(scene.coordinator)
    assert [row[2] for row in arising(before[1])["1"]] == ["Not done yet"]

    details = page("meeting_details", scene.first.pk)
    said(coordinator, fill(coordinator, details, **day("held_on", date(2023, 11, 1))))
    where = page("meeting_item", action.pk)
    done = fill(coordinator, where, text="Other.", **day("done_on", date(2023, 11, 5)))
    assert "Other." in said(coordinator, done)
    add = page("meeting_add", scene.first.pk)
    said(coordinator, fill(coordinator, f"{add}?kind=decision", text="Too late."))

    assert (report_of(scene.first), report_of(scene.round)) == before
    sheet = page("meeting_sheet", scene.round.pk)
    MeetingItem.objects.filter(pk=action.pk).update(done_on=None)
    assert "Other. Community safety manager" in words(coordinator.get(sheet))
    coordinator.post(page("meeting_remove", action.pk))
    assert "Still to be done" not in words(coordinator.get(sheet))
    assert (report_of(scene.first), report_of(scene.round)) == before
    assert list(Answer.objects.filter(update__round=scene.first).values()) == answers
    kept = ReportFile.objects.get(pk=issued.pk)
    assert sha256(kept.content).hexdigest() == issued.sha256


def test_the_check_before_issuing_reads_what_was_recorded(coordinator, scene, action):
    action.text = "<p>Ask Mr Bloggs.</p>"
    action.save()

    page_of_check = coordinator.get(reverse("reports:remarks", args=["swale", scene.round.pk]))

    assert "Matters arising: Priority 1: Safer streets" in words(page_of_check)
    assert "Ask <mark>Mr Bloggs</mark>" in page_of_check.text
    assert page("meeting_item", action.pk) in page_of_check.text

    shut(scene.round)
    page_of_check = coordinator.get(reverse("reports:remarks", args=["swale", scene.round.pk]))
    assert page("meeting_item", action.pk) not in page_of_check.text
    assert "reopen the round, and close it again." in words(page_of_check)
