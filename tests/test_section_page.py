"""The page of one section: what a lead finds there, types, and gets back when it cannot be kept."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.models import Action, ActionLink, Milestone, Progress
from documents.forms import MOST_CHARACTERS
from documents.richtext import plain_words
from partnerships.models import Marking
from rounds.models import Answer, Round
from rounds.services import open_round
from tests.factories import (
    ActionFactory,
    MilestoneFactory,
    PlanFactory,
    PriorityFactory,
    RoundFactory,
)
from tests.scenes import accept, close, give_back, open_round_scene, submit, write, write_all
from tests.writing import WRITTEN, address, asked, boxes, fill, press, problems, said, words

pytestmark = pytest.mark.django_db

CLEAN = "<p>We met with shops.</p><ul><li>Two visits</li><li>One letter</li></ul>"


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


@pytest.fixture
def lead(client, scene):
    client.force_login(scene.lead)
    return client


@pytest.fixture
def answer(scene):
    return scene.action_answers[0]


def kept(answer):
    return Answer.objects.get(pk=answer.pk)


# What one finds ----------------------------------------------------------------------


def test_a_fresh_answer_has_no_rating_or_progress_chosen(lead, scene, answer):
    found = boxes(lead.get(address(scene, answer)))

    assert "rag" not in found
    assert "progress" not in found
    assert (found["response"], found["moved"], found["text"]) == ("written", "no", "")


def withdraw(answer, reason="The money ended."):
    Action.objects.filter(pk=answer.action_id).update(
        progress=Progress.WITHDRAWN, withdrawn_reason=reason
    )


@pytest.mark.parametrize("who", ["lead", "coordinator"])
def test_an_action_is_withdrawn_in_the_plan_and_not_in_an_answer(client, scene, answer, who):
    client.force_login(getattr(scene, who))

    page = client.get(address(scene, answer))
    refused = fill(client, address(scene, answer), **WRITTEN | {"progress": "withdrawn"})

    assert "If it should be withdrawn, say so in your update" in words(page)
    assert 'value="withdrawn"' not in page.text
    assert refused.status_code == 422
    assert list(problems(refused)) == ["id_progress"]
    assert kept(answer).progress == ""
    assert Action.objects.get(pk=answer.action_id).progress == Progress.NOT_STARTED


def test_a_draft_that_withdraws_its_action_is_not_sent(lead, scene, answer):
    write(scene, answer, progress=Progress.WITHDRAWN)
    write(scene, scene.action_answers[1])
    submit(scene)

    page = words(lead.get(address(scene, answer)))

    assert kept(answer).state == "draft"
    assert kept(scene.action_answers[1]).state == "submitted"
    assert Action.objects.get(pk=answer.action_id).progress == Progress.NOT_STARTED
    assert "The work goes on." in page


def test_an_answer_about_a_withdrawn_action_leaves_it_withdrawn(lead, scene, answer):
    write(scene, answer)
    withdraw(answer)

    page = lead.get(address(scene, answer))
    press(lead, address(scene, answer), page)
    submit(scene)

    assert "The action has been withdrawn. The money ended." in words(page)
    assert boxes(page)["progress"] == "withdrawn"
    assert 'value="in_progress"' not in page.text
    assert kept(answer).state == "submitted"
    assert Action.objects.get(pk=answer.action_id).progress == Progress.WITHDRAWN


def test_each_colour_says_what_it_means(lead, scene, answer):
    page = words(lead.get(address(scene, answer)))

    assert "Green On course. What was promised will be done" in page
    assert "Red Off course. It will be late or fall short" in page
    assert "What has happened since July?" in page


def test_what_was_said_last_round_stands_beside_the_box(lead, scene):
    write(scene, scene.action_answers[0], "<p>Said in July.</p>", rag="amber", rag_reason="Snow",
          way_back="Spring")  # fmt: skip
    submit(scene)
    answer = next_round(scene)

    page = words(lead.get(address(scene, answer)))

    assert "Amber In progress Said in July. Why amber: Snow Way back: Spring" in page
    assert "rag" not in boxes(lead.get(address(scene, answer)))


def test_an_unsent_answer_of_last_round_is_not_shown_as_said(lead, scene):
    write(scene, scene.action_answers[0], "<p>Never sent.</p>")
    answer = next_round(scene)

    page = words(lead.get(address(scene, answer)))

    assert "Never sent" not in page
    assert "Nothing was sent about this before." in page


def test_an_action_is_followed_into_last_years_plan_by_its_link(lead, scene):
    write(scene, scene.action_answers[0], "<p>Said last year.</p>")
    submit(scene)
    close(scene)
    plan = PlanFactory(partnership=scene.partnership, slug="next", year_label="2024/25",
                       starts_on=date(2024, 4, 1), ends_on=date(2025, 3, 31))  # fmt: skip
    priority = PriorityFactory(plan=plan, title="Safer streets")
    priority.leads.create(membership=scene.memberships["lead"], partnership=scene.partnership)
    action = ActionFactory(priority=priority, reference="9.9")
    ActionLink.objects.create(partnership=scene.partnership, earlier=scene.actions[0], later=action)
    round = RoundFactory(plan=plan, slug="next-q1", period_starts_on=date(2024, 4, 1),
                         period_ends_on=date(2024, 6, 30), today=timezone.localdate())  # fmt: skip
    open_round(round=round, by=scene.coordinator, now=scene.now)

    page = words(lead.get(address(scene, Answer.objects.get(action=action))))

    assert "Said last year." in page


def next_round(scene):
    """The first action's answer in the round after, with this one closed."""
    close(scene)
    round = RoundFactory(plan=scene.plan, slug="q3", label="Quarter 3",
                         period_starts_on=date(2023, 10, 1), period_ends_on=date(2023, 12, 31),
                         today=timezone.localdate())  # fmt: skip
    open_round(round=round, by=scene.coordinator, now=scene.now)
    return Answer.objects.get(update__round=round, action=scene.actions[0])


# Saving ------------------------------------------------------------------------------


def test_plain_lines_are_kept_as_clean_html_and_come_back_as_lines(lead, scene, answer):
    response = fill(lead, address(scene, answer), **WRITTEN)

    assert response.status_code == 302
    assert kept(answer).text == CLEAN
    assert (kept(answer).state, kept(answer).saved_by) == ("draft", scene.lead)
    assert boxes(lead.get(address(scene, answer)))["text"] == WRITTEN["text"]


def test_save_and_continue_goes_to_the_next_unfinished_section(lead, scene):
    first, second, third = scene.action_answers
    write(scene, second)

    response = fill(lead, address(scene, first), **WRITTEN)

    assert response["Location"] == address(scene, third)


def test_after_the_last_section_it_returns_to_one_before_and_then_to_the_check(lead, scene):
    first, *rest = scene.answers
    for answer in rest[:-1]:
        write(scene, answer)
    last = rest[-1]

    assert fill(lead, address(scene, last), text="Said.")["Location"] == address(scene, first)
    write(scene, first)
    response = fill(lead, address(scene, last), text="Said again.")
    assert response["Location"] == reverse(
        "reports:check", args=[scene.partnership.slug, scene.update.pk]
    )


def test_save_and_go_back_keeps_half_an_answer_as_a_draft(lead, scene, answer):
    response = fill(
        lead, address(scene, answer), then="list", text="Half a", rag="amber", rag_reason="Snow"
    )

    listed = reverse("rounds:update", args=[scene.partnership.slug, scene.update.pk])
    assert response["Location"] == f"{listed}#answer-{answer.pk}"
    found = kept(answer)
    assert (found.state, found.text, found.progress) == ("draft", "<p>Half a</p>", "")
    assert (found.rag, found.rag_reason) == ("amber", "Snow")


def test_a_draft_without_a_rating_keeps_the_reasons_already_typed(lead, scene, answer):
    fill(lead, address(scene, answer), then="list", rag_reason="Snow", way_back="Spring")

    found = boxes(lead.get(address(scene, answer)))
    assert (found["rag_reason"], found["way_back"]) == ("Snow", "Spring")


def test_every_missing_part_is_named_with_a_link_and_what_was_typed_comes_back(lead, scene, answer):
    response = fill(lead, address(scene, answer), text="", rag="red", rag_reason="Snow <b>")

    assert response.status_code == 422
    assert problems(response) == {
        "id_text": "Write the update, or choose another kind of answer",
        "id_progress": "Choose how far the action has got",
        "id_way_back": "Say how it gets back to green, or what would help",
    }
    assert "Everything you wrote has been kept" in words(response)
    assert "<title>Error: " in response.content.decode()
    found = boxes(response)
    assert (found["rag"], found["rag_reason"]) == ("red", "Snow <b>")
    assert kept(answer).state == "not_started"


@pytest.mark.parametrize("colour", ["red", "amber"])
def test_red_and_amber_ask_for_the_reason_and_the_way_back(lead, scene, answer, colour):
    response = fill(lead, address(scene, answer), **WRITTEN | {"rag": colour})

    assert problems(response) == {
        "id_rag_reason": f"Say why the action is {colour}",
        "id_way_back": "Say how it gets back to green, or what would help",
    }
    assert boxes(response)["text"] == WRITTEN["text"]
    assert "press “Save and go back to the list” to keep it as it is" in words(response)


def test_a_section_without_an_action_asks_for_its_text_alone(lead, scene):
    answer = scene.answer(Answer.Kind.KEY_ISSUES)

    response = fill(lead, address(scene, answer), text="  ")

    assert problems(response) == {"id_text": "Write the update, or choose another kind of answer"}
    assert fill(lead, address(scene, answer), text="New.").status_code == 302
    assert kept(answer).text == "<p>New.</p>"


def test_a_reason_typed_under_green_is_given_back_in_words(lead, scene, answer):
    response = fill(lead, address(scene, answer), **WRITTEN, rag_reason="It snowed <b>a lot</b>")

    assert "Not kept, because the action is green: “It snowed <b>a lot</b>”" in said(lead, response)
    assert kept(answer).rag_reason == ""


# A changed date ----------------------------------------------------------------------


def moved(day="14", month="6", year="2024", **more):
    parts = {"new_due_on_day": day, "new_due_on_month": month, "new_due_on_year": year}
    return WRITTEN | {"moved": "yes"} | parts | more


@pytest.fixture
def due(scene):
    Action.objects.filter(pk=scene.actions[0].pk).update(due_on=date(2024, 3, 31))


def date_of(scene):
    return Action.objects.get(pk=scene.actions[0].pk).due_on


def test_31_june_is_refused_in_words_and_comes_back(lead, scene, answer):
    response = fill(lead, address(scene, answer), **moved(day="31", date_reason="Builder"))

    assert problems(response) == {"id_new_due_on_day": "June has 30 days: check the day"}
    found = boxes(response)
    assert found["new_due_on_day"] == "31"
    assert (found["date_reason"], found["text"]) == ("Builder", WRITTEN["text"])


def test_a_moved_date_needs_the_new_one_and_the_reason(lead, scene, answer):
    response = fill(lead, address(scene, answer), **moved(day="", month="", year=""))

    assert problems(response) == {
        "id_new_due_on_day": "Enter the new date",
        "id_date_reason": "Say why the date has changed",
    }


def test_the_date_of_the_plan_is_no_new_date(lead, scene, answer, due):
    response = fill(lead, address(scene, answer), **moved("31", "3", "2024", date_reason="Builder"))

    assert problems(response) == {
        "id_new_due_on_day": "This is the date in the plan: enter the new one"
    }


def test_a_new_date_reaches_the_action_only_on_sending(lead, scene, answer, due):
    fill(lead, address(scene, answer), **moved(date_reason="Builder"))
    assert date_of(scene) == date(2024, 3, 31)
    assert kept(answer).new_due_on == date(2024, 6, 14)

    submit(scene)

    assert date_of(scene) == date(2024, 6, 14)
    assert "The plan says 31 March 2024." in words(lead.get(address(scene, answer)))


@pytest.mark.parametrize("day", ["14", "31"])
def test_a_date_typed_under_no_is_given_back_in_words(lead, scene, answer, day):
    response = fill(lead, address(scene, answer), **moved(day, moved="no", date_reason="Builder"))

    page = said(lead, response)
    assert "Not kept, because you said that the date has not changed:" in page
    assert f"“{day} 6 2024”" in page
    assert "“Builder”" in page
    assert kept(answer).new_due_on is None


# Sent, accepted, returned, closed -----------------------------------------------------


def test_why_a_section_came_back_stands_on_top(lead, scene, answer):
    write_all(scene)
    submit(scene)
    give_back(scene, answer, reason="Say how many came.")

    page = words(lead.get(address(scene, answer)))

    assert "Sent back to you" in page
    assert page.index("Say how many came.") < page.index("What has happened since July?")


def test_what_was_sent_is_replaced_at_once_and_must_be_whole(lead, scene, answer):
    write_all(scene)
    submit(scene)

    page = words(lead.get(address(scene, answer)))
    response = fill(lead, address(scene, answer), then="list", text="")

    assert "What you save here replaces it at once." in page
    assert response.status_code == 422
    assert fill(lead, address(scene, answer), text="Newer.").status_code == 302
    assert (kept(answer).state, kept(answer).text) == ("submitted", "<p>Newer.</p>")


def test_an_accepted_section_can_only_be_read(lead, scene, answer):
    write_all(scene)
    submit(scene)
    accept(scene)

    response = lead.get(address(scene, answer))

    assert "The coordinator has accepted this answer." in words(response)
    assert "<textarea" not in response.content.decode()
    assert "The work goes on." in words(response)


def test_a_closed_round_can_only_be_read(lead, scene, answer, milestone):
    write(scene, answer, done=frozenset({milestone.pk}))
    close(scene)

    response = lead.get(address(scene, answer))

    assert "Milestones done: Mapping exercise" in words(response)
    assert "Quarter 2, 2023/24 closed" in words(response)
    assert "<textarea" not in response.content.decode()


def test_a_round_that_is_not_open_yet_can_only_be_read(lead, scene, answer):
    Round.objects.update(state=Round.State.PLANNED, opened_at=None)

    response = lead.get(address(scene, answer))

    assert "Quarter 2, 2023/24 has not been opened yet." in words(response)
    assert "<textarea" not in response.content.decode()


def test_a_post_to_a_closed_round_gives_the_text_back(lead, scene, answer):
    page = lead.get(address(scene, answer))
    close(scene)

    response = press(lead, address(scene, answer), page, **WRITTEN)

    assert response.status_code == 409
    assert "Quarter 2, 2023/24 closed" in words(response)
    assert boxes(response)["text"] == WRITTEN["text"]
    assert kept(answer).text == ""


# The coordinator ----------------------------------------------------------------------


def test_a_coordinator_answers_for_the_lead_which_sends_it(client, scene, answer):
    client.force_login(scene.coordinator)

    page = words(client.get(address(scene, answer)))
    response = fill(client, address(scene, answer), **WRITTEN)

    assert "You are answering for Strategic lead." in page
    assert response["Location"] == address(scene, answer, "read")
    found = kept(answer)
    assert (found.state, found.given_for, found.saved_by) == (
        "submitted",
        "Strategic lead",
        scene.coordinator,
    )


def test_a_coordinator_reads_that_a_section_was_sent_back_to_its_lead(client, scene, answer):
    write(scene, answer)
    submit(scene)
    give_back(scene, answer, "Say how many people came.")
    client.force_login(scene.coordinator)

    page = words(client.get(address(scene, answer)))

    assert "Sent back to the lead today" in page
    assert "Say how many people came." in page
    assert "to you" not in page


def test_a_coordinator_cannot_send_half_an_answer(client, scene, answer):
    client.force_login(scene.coordinator)

    response = fill(client, address(scene, answer), then="list", text="Half")

    assert "id_progress" in problems(response)


def test_an_author_stays_the_author_when_the_coordinator_edits(client, scene, answer):
    write_all(scene)
    submit(scene)
    client.force_login(scene.coordinator)

    page = words(client.get(address(scene, answer)))
    fill(client, address(scene, answer), text="Shorter.")

    assert "Its author stays the author, and your edit is recorded." in page
    found = kept(answer)
    assert (found.text, found.saved_by, found.edited_by) == (
        "<p>Shorter.</p>",
        scene.lead,
        scene.coordinator,
    )


# Bad input ----------------------------------------------------------------------------


def save_html(client, scene, answer, html):
    changes = WRITTEN | {"text": None, "text_html": html}
    return fill(client, address(scene, answer), **changes)


def test_html_of_the_editor_is_cleaned_and_what_went_is_told(lead, scene, answer):
    response = save_html(
        lead, scene, answer,
        '<p onclick="x()">Fine <b>words</b><img src="x" onerror="x()"></p><script>x()</script>',
    )  # fmt: skip

    assert kept(answer).text == "<p>Fine <strong>words</strong></p>"
    assert "Left out of your text: 1 picture, 1 script." in said(lead, response)


def test_what_went_is_told_too_when_something_else_is_missing(lead, scene, answer):
    changes = {"text": None, "text_html": '<p>Words<img src="x"></p>', "response": "written"}

    response = fill(lead, address(scene, answer), **changes)

    assert response.status_code == 422
    assert "Left out of your text: 1 picture." in words(response)


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "//evil.example/", " JaVaScRiPt:x", "data:x"]
)
def test_a_script_in_a_link_goes_and_its_words_stay(lead, scene, answer, href):
    response = save_html(lead, scene, answer, f'<p>See <a href="{href}">the page</a>.</p>')

    assert kept(answer).text == "<p>See the page.</p>"
    assert "1 link that did not begin with http or https" in said(lead, response)


def test_tags_typed_as_plain_text_stay_text(lead, scene, answer):
    fill(lead, address(scene, answer), **WRITTEN | {"text": "<script>alert(1)</script> & more"})

    assert kept(answer).text == "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; more</p>"
    assert "<script>alert" not in lead.get(address(scene, answer)).content.decode()


def test_emoji_are_kept_and_direction_marks_and_nul_are_told(lead, scene, answer):
    response = fill(
        lead, address(scene, answer), **WRITTEN | {"text": "Well done 👍🏽 a\u202eb\u2066c\x00d"}
    )

    assert kept(answer).text == "<p>Well done 👍🏽 abcd</p>"
    assert "Left out of your text: invisible direction marks, invisible characters." in said(
        lead, response
    )


def test_emoji_in_the_reasons_are_kept_and_what_is_invisible_is_not(lead, scene, answer):
    changes = WRITTEN | {"rag": "amber", "rag_reason": "Sn\x00o\u202ew", "way_back": "Spring 🌱"}

    assert fill(lead, address(scene, answer), **changes).status_code == 302

    assert (kept(answer).rag_reason, kept(answer).way_back) == ("Snow", "Spring 🌱")


def word_paste(words_in_it):
    """What Word puts on the clipboard: styles, office tags, comments, and the words."""
    noise = 'class="MsoNormal" style="mso-margin-top-alt:auto;color:red;font-family:Calibri"'
    paragraphs = "".join(
        f"<p {noise}><span lang='EN-GB' style='font-size:11.0pt'>{each}<o:p></o:p></span></p>"
        for each in words_in_it
    )
    comment = '<div style="mso-element:comment"><p>Sack him</p></div>'
    style = "<style>p {color: red}</style>"
    return f"<html><head>{style}</head><body>{paragraphs}{comment}</body></html>"


def test_100_000_characters_of_word_are_saved_with_every_word(lead, scene, answer):
    typed = [f"Sentence {n} of a long paper goes on for a while here." for n in range(560)]
    html = word_paste(typed)
    assert len(html) > 100_000

    response = save_html(lead, scene, answer, html)

    assert "text colours and fonts" in said(lead, response)
    assert plain_words(kept(answer).text) == " ".join(typed)


def test_a_text_over_the_limit_comes_back_whole_with_the_limit_told(lead, scene, answer):
    typed = [f"Sentence {n} of a long paper goes on for a while here." for n in range(2000)]

    response = save_html(lead, scene, answer, word_paste(typed))

    assert response.status_code == 422
    assert f"Shorten the text to {MOST_CHARACTERS:,} characters" in problems(response)["id_text"]
    assert boxes(response)["text"].split("\n\n") == typed
    assert kept(answer).text == ""


def test_verbal_with_a_written_text_is_refused_and_nothing_is_lost(lead, scene, answer):
    response = fill(lead, address(scene, answer), **WRITTEN | {"response": "verbal"})

    assert "You have written an update" in problems(response)["id_response"]
    assert boxes(response)["text"] == WRITTEN["text"]
    assert boxes(response)["response"] == "verbal"


def test_a_section_can_be_marked_sensitive_and_unmarked(lead, scene, answer):
    fill(lead, address(scene, answer), **WRITTEN, is_sensitive="on")
    assert kept(answer).marking == Marking.SENSITIVE

    fill(lead, address(scene, answer), is_sensitive=None)
    assert kept(answer).marking == Marking.OFFICIAL


def test_what_the_plan_says_of_the_action_stands_beside_its_answer(lead, scene, answer):
    answer.action.desired_outcome = "Fewer victims"
    answer.action.save()
    MilestoneFactory(action=answer.action, title="Mapping exercise", timescale="By Mar 20")

    page = words(lead.get(address(scene, answer)))

    assert "What the plan says: 1 milestone" in page
    assert "Desired outcome Fewer victims" in page
    assert "Mapping exercise (By Mar 20)" in page


# Milestones --------------------------------------------------------------------------


@pytest.fixture
def milestone(answer):
    return MilestoneFactory(
        action=answer.action,
        title="Mapping exercise",
        timescale="By Mar 20",
        timescale_kind=Milestone.Timescale.BY_DATE,
        due_on=date(2020, 3, 31),
    )


def test_milestones_are_asked_for_that_can_be_done_and_are_not(lead, scene, answer, milestone):
    given = {"action": answer.action}
    MilestoneFactory(**given, title="Launch", timescale_kind="unknown", timescale="Before long")
    MilestoneFactory(
        **given, title="Signed", timescale_kind="unknown", completed_on=date(2023, 5, 9)
    )
    MilestoneFactory(**given, title="Meet", timescale_kind="recurring", timescale="Quarterly")

    page = lead.get(address(scene, answer))

    assert (
        "Milestones Tick those that have been done. These are not asked about: "
        "Signed: done 9 May 2023 Meet: Quarterly (every 3 months) "
        "Mapping exercise By Mar 20. Overdue Launch Before long How is it going?"
    ) in words(page)
    assert page.text.count('name="done"') == 2
    assert "The plan gives no date for the action itself, only for milestones." in words(page)


def test_an_action_without_milestones_is_not_asked_for_any(lead, scene, answer):
    page = lead.get(address(scene, answer))

    assert 'name="done"' not in page.text
    assert "Tick those" not in words(page)
    assert "The plan gives no date." in words(page)


def test_a_ticked_milestone_is_kept_and_can_be_unticked_after_sending(
    lead, scene, answer, milestone
):
    fill(lead, address(scene, answer), **WRITTEN, done=str(milestone.pk))
    submit(scene)
    page = lead.get(address(scene, answer))

    assert boxes(page)["done"] == str(milestone.pk)
    assert kept(answer).done == {milestone.pk}
    press(lead, address(scene, answer), page, done=None)
    assert kept(answer).done == frozenset()
    assert Milestone.objects.get().completed_on is None


def test_a_tick_comes_back_with_an_error(lead, scene, answer, milestone):
    response = fill(lead, address(scene, answer), **WRITTEN | {"rag": None}, done=str(milestone.pk))

    assert response.status_code == 422
    assert boxes(response)["done"] == str(milestone.pk)


def test_a_tick_for_what_the_plan_has_settled_meanwhile_is_no_error(lead, scene, answer, milestone):
    page = lead.get(address(scene, answer))
    Milestone.objects.update(completed_on=date(2023, 9, 30))

    press(lead, address(scene, answer), page, **WRITTEN, done=str(milestone.pk))

    assert kept(answer).state == "draft"
    assert kept(answer).done == frozenset()


# How much is asked of the database ------------------------------------------------------


def test_opening_and_saving_take_the_same_queries_however_many_actions(client):
    counts = []
    for actions in (8, 480):
        scene = open_round_scene(actions=actions)
        first = scene.action_answers[0]
        client.force_login(scene.lead)
        with CaptureQueriesContext(connection) as opening:
            page = client.get(address(scene, first))
        with CaptureQueriesContext(connection) as saving:
            saved = press(client, address(scene, first), page, **WRITTEN)
        assert saved.status_code == 302
        counts.append((len(opening), len(asked(saving))))

    assert counts[0] == counts[1]
    assert counts[0] <= (12, 8)
