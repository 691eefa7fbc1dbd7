"""The services of an answer: saving, sending, accepting, returning, taking in."""

from datetime import timedelta

import pytest

from actions.models import Progress
from rounds.models import Answer, Rag
from rounds.services import (
    AnswerAccepted,
    Conflict,
    Content,
    Refused,
    RoundClosed,
    accept_answers,
    answer_in_one_click,
    held,
    return_answer,
    save_held_answer,
    submit_update,
    take_in,
)
from tests.factories import NOW
from tests.scenes import (
    accept,
    all_figures,
    close,
    give_back,
    on_behalf,
    open_round_scene,
    submit,
    write,
    write_all,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(now=NOW)


def states(scene):
    return {answer.state for answer in scene.answers}


def test_a_leads_save_is_a_draft_that_says_who_saved_it_and_as_what(scene):
    saved = write(scene, scene.answers[1], "<p>Six patrols.</p>")

    assert (saved.state, saved.text, saved.version) == ("draft", "<p>Six patrols.</p>", 1)
    assert (saved.saved_by, saved.saved_as, saved.saved_at) == (scene.lead, "Strategic lead", NOW)


def test_submitting_sends_what_is_complete_and_leaves_the_rest_with_the_lead(scene):
    first, second, _ = scene.action_answers
    write(scene, first)
    write(scene, second, rag=Rag.RED)

    sent = submit_update(update=scene.update, by=scene.lead, now=LATER)

    assert sent == [first]
    assert [answer.state for answer in scene.action_answers] == [
        "submitted",
        "draft",
        "not_started",
    ]
    assert (scene.update.submitted_at, scene.update.submitted_by) == (LATER, scene.lead)


@pytest.mark.parametrize("rag", [Rag.RED, Rag.AMBER])
def test_red_and_amber_are_sent_only_with_a_reason_and_a_way_back(scene, rag):
    answer = scene.action_answers[0]
    content = {"response": "written", "text": "<p>Late.</p>", "progress": "in_progress", "rag": rag}

    for missing in ({"rag_reason": "No staff"}, {"way_back": "Hire"}):
        with pytest.raises(Refused, match="Before it can be sent: Say "):
            on_behalf(scene, answer, Content(**content, **missing))
    whole = Content(**content, rag_reason="No staff", way_back="Hire")

    assert on_behalf(scene, answer, whole).state == "submitted"


def test_two_leads_at_once_conflict_and_nothing_is_written_over(scene):
    opened = scene.answers[1]
    write(scene, opened, "<p>First.</p>")

    with pytest.raises(Conflict) as conflict:
        write(scene, opened, "<p>Second.</p>", by=scene.deputy)

    assert conflict.value.saved.text == "<p>First.</p>"
    opened.refresh_from_db()
    assert opened.text == "<p>First.</p>"


def test_saving_the_same_words_twice_is_no_conflict(scene):
    opened = scene.answers[1]
    write(scene, opened, "<p>Same.</p>")

    assert write(scene, opened, "<p>Same.</p>").version == 2


def test_what_the_coordinator_writes_is_sent_and_says_for_whom(scene):
    answer = on_behalf(scene, scene.answer("group"), Content(response="nothing"))

    assert answer.state == "submitted"
    assert answer.given_for == "Strategic lead"
    assert (answer.saved_by, answer.saved_as) == (scene.coordinator, "Coordinator")


def test_the_coordinators_edit_of_a_sent_answer_leaves_its_author(scene):
    write_all(scene)
    submit(scene)
    edited = on_behalf(scene, scene.answer("group"), Content(response="written", text="<p>B</p>"))

    assert (edited.saved_by, edited.edited_by, edited.given_for) == (
        scene.lead,
        scene.coordinator,
        "",
    )
    assert edited.state == "submitted"


@pytest.mark.parametrize("response", ["nothing", "verbal"])
def test_one_click_says_nothing_of_progress_and_the_plan_keeps_its_own(scene, response):
    scene.actions[0].progress = Progress.IN_PROGRESS
    scene.actions[0].save()
    clicked = {"by": scene.access(scene.lead), "now": NOW, "version": 0, "on_behalf": False}

    answer = answer_in_one_click(answer=scene.action_answers[0], response=response, **clicked)

    assert (answer.response, answer.progress, answer.state) == (response, "", "draft")
    submit(scene)
    scene.actions[0].refresh_from_db()
    assert scene.actions[0].progress == Progress.IN_PROGRESS
    with pytest.raises(Refused, match="Choose"):
        answer_in_one_click(answer=scene.action_answers[1], response="written", **clicked)


def test_what_is_refused_of_a_held_answer_has_written_nothing(scene):
    figures = scene.answer("figures")

    with pytest.raises(Refused, match="Choose how you are answering"):
        save_held_answer(
            answer=held(Answer.objects.filter(pk=figures.pk)).get(),
            asked=(),
            content=Content(response=Answer.Response.NONE),
            version=0,
            by=scene.access(scene.coordinator),
            now=NOW,
            figures=all_figures(scene),
            on_behalf=True,
        )

    assert not figures.figure_entries.exists()


def test_accepting_takes_what_was_sent_and_leaves_drafts(scene):
    write_all(scene)
    submit(scene)
    draft = give_back(scene, scene.answer("themes"))
    accepted = accept_answers(answers=scene.answers, now=LATER)

    assert len(accepted) == len(scene.answers) - 1
    assert draft.pk not in [answer.pk for answer in accepted]
    first = scene.answers[0]
    assert (first.state, first.accepted_at) == ("accepted", LATER)
    assert first.history.latest().state == "accepted"


def test_an_answer_that_changed_after_it_was_read_is_not_accepted(scene):
    write_all(scene)
    submit(scene)
    read = {answer.pk: answer.version for answer in scene.answers}
    changed = write(scene, scene.answer("group"), "<p>Something else.</p>")

    accepted = accept_answers(answers=scene.answers, now=LATER, versions=read)

    assert changed not in accepted
    assert len(accepted) == len(read) - 1
    assert scene.answer("group").state == "submitted"


def test_a_lead_cannot_change_an_accepted_answer_until_it_is_returned(scene):
    write_all(scene)
    submit(scene)
    accept(scene)
    answer = scene.answer("group")

    with pytest.raises(AnswerAccepted, match="Ask them to return it"):
        write(scene, answer, "<p>New.</p>")
    returned = give_back(scene, answer, reason="Which group?")

    assert (returned.state, returned.return_reason) == ("returned", "Which group?")
    assert returned.accepted_at is None
    revised = write(scene, returned, "<p>New.</p>")
    assert revised.is_awaiting_revision
    submit(scene)
    assert scene.answer("group").state == "submitted"


def test_only_the_sent_answer_that_was_read_is_returned_and_only_in_an_open_round(scene):
    answer = scene.answer("group")
    giving = {"reason": "Why?", "by": scene.coordinator, "now": LATER}
    with pytest.raises(Refused, match="Only an answer that was sent"):
        return_answer(answer=answer, version=0, **giving)
    write_all(scene)
    submit(scene)
    with pytest.raises(Conflict):
        return_answer(answer=answer, version=0, **giving)
    close(scene)
    with pytest.raises(Refused, match="Reopen it to return"):
        return_answer(answer=answer, version=1, **giving)

    assert states(scene) == {"submitted"}


def test_a_draft_is_taken_in_after_closing_and_says_by_whom(scene):
    draft = write(scene, scene.action_answers[0], progress=Progress.IN_PROGRESS)
    close(scene)

    taken = take_in(answer=draft, version=1, by=scene.coordinator, now=LATER)

    assert (taken.state, taken.taken_in_by) == ("submitted", scene.coordinator)
    assert taken.saved_by == scene.lead
    scene.actions[0].refresh_from_db()
    assert scene.actions[0].progress == Progress.IN_PROGRESS


def test_only_a_complete_draft_that_was_read_is_taken_in_and_not_while_its_lead_can_send(scene):
    draft = write(scene, scene.action_answers[0], rag=Rag.RED)
    taking = {"by": scene.coordinator, "now": LATER}
    with pytest.raises(Refused, match="Its lead can still send it"):
        take_in(answer=draft, version=1, **taking)
    close(scene)
    with pytest.raises(Conflict):
        take_in(answer=draft, version=0, **taking)
    with pytest.raises(Refused, match="Say why the action is red"):
        take_in(answer=draft, version=1, **taking)
    with pytest.raises(Refused, match="Only a draft"):
        take_in(answer=scene.answer("group"), version=0, **taking)


def test_an_answer_that_its_lead_sends_later_is_no_longer_taken_in(scene):
    draft = write(scene, scene.answer("group"))
    Answer.objects.filter(pk=draft.pk).update(taken_in_by=scene.coordinator)

    submit(scene)

    assert scene.answer("group").taken_in_by is None


def test_a_closed_round_takes_nothing_from_a_lead_but_from_the_coordinator(scene):
    close(scene)
    with pytest.raises(RoundClosed, match="closed on 20 October 2023 at 10:00"):
        write(scene, scene.answer("group"))
    with pytest.raises(RoundClosed):
        submit(scene)

    assert on_behalf(scene, scene.answer("group"), Content(response="verbal")).is_sent


def test_a_round_that_is_past_its_closing_time_takes_nothing_from_a_lead(scene):
    scene.now = scene.round.closes_at

    with pytest.raises(RoundClosed, match="closed on 30 October 2023 at 17:00"):
        write(scene, scene.answer("group"))
