"""The board: who has answered, accepting, asking, and how many queries it takes."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import Progress
from priorities.leads import linked_to
from priorities.models import PriorityLead
from rounds.models import Answer, LeadUpdate, Rag, Round
from rounds.services import open_round
from tests.factories import (
    ActionFactory,
    GroupFactory,
    GroupHeadingFactory,
    MilestoneFactory,
    OrganisationFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    RoundFactory,
)
from tests.scenes import (
    accept,
    all_figures,
    close,
    give_back,
    open_round_scene,
    submit,
    write,
    write_all,
)
from tests.writing import asked

pytestmark = pytest.mark.django_db
State = Answer.State


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


@pytest.fixture
def scene(client, scene):
    client.force_login(scene.coordinator)
    return scene


def address(scene, name="board", round=None):
    return reverse(f"rounds:{name}", args=[scene.partnership.slug, (round or scene.round).pk])


def page(client, scene):
    response = client.get(address(scene))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def chosen(*answers):
    return {"answer": [f"{answer.pk}-{answer.version}" for answer in answers]}


def state_of(answer):
    return Answer.objects.get(pk=answer.pk).state


def test_every_section_is_a_tile_that_leads_to_its_answer(client, scene):
    board = page(client, scene)

    for answer in scene.answers:
        assert f'href="{reverse("rounds:read", args=[scene.partnership.slug, answer.pk])}"' in board
    for name in ("1.1", "1.2", "1.3", "Figures", "Issues", "Streets", "Themes"):
        assert f'<span class="cell__top">{name} <svg' in board


def test_the_four_counts_hold_every_section_once(client, scene):
    first, second, third = scene.action_answers
    write(scene, first)
    write(scene, second)
    submit(scene)
    give_back(scene, second)
    accept(scene)
    write(scene, third)
    write(scene, scene.answer("group"))
    submit(scene)
    write(scene, scene.answer("themes"))

    board = page(client, scene)

    counts = re.search('<dl class="counts">.*?</dl>', board).group()
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", re.sub("</?a.*?>", "", counts)) == [
        ("submitted, for you to read", "2"),
        ("accepted", "1"),
        ("returned, waiting for the lead", "1"),
        ("of 7 not sent yet", "3"),
    ]
    # The counts of what somebody is waited for lead to their lists, past every tile.
    leads_to = re.findall('href="#(.*?)"', counts)
    assert leads_to == ["read", "waiting", "waiting"]
    assert all(board.count(f'id="{place}"') == 1 for place in leads_to)


def test_a_count_of_nothing_leads_nowhere(client, scene):
    counts = re.search('<dl class="counts">.*?</dl>', page(client, scene)).group()

    assert "<dt>submitted, for you to read</dt><dd>0</dd>" in counts
    assert re.findall('href="(.*?)"', counts) == ["#waiting"]


def test_a_row_says_who_it_waits_for_and_when_something_was_saved(client, scene):
    write(scene, scene.answers[1])
    board = page(client, scene)

    assert "Priority 1: Safer streets" in board
    assert ">Strategic lead<br>Deputy lead (deputy)<br>Last saved today" in board


def test_a_priority_without_a_linked_person_is_for_the_coordinator_to_answer(client, scene):
    PriorityLead.objects.all().delete()

    assert "No person is linked: answer for them" in page(client, scene)


def stands(client, scene):
    """What the board says of the update as a whole."""
    row = page(client, scene).split("<tbody", 1)[1].split("</th>", 1)[0]
    (tag,) = re.findall(r'<span class="state state--(\w+)">.*?</svg>([^<]+)</span>', row)
    return tag


def test_a_rows_state_is_made_of_all_its_sections(client, scene):
    assert stands(client, scene) == ("todo", "Not started")
    first, second, _ = scene.action_answers
    write(scene, first)
    assert stands(client, scene) == ("draft", "Draft")
    submit(scene)
    assert stands(client, scene) == ("partly", "Partly sent")
    accept(scene)
    assert stands(client, scene) == ("partly", "Partly sent")
    for answer in scene.answers:
        if not answer.is_accepted:
            write(scene, answer)
    submit(scene)
    assert stands(client, scene) == ("submitted", "Submitted")
    accept(scene)
    assert stands(client, scene) == ("accepted", "Accepted")
    back = give_back(scene, second)
    assert stands(client, scene) == ("returned", "Returned")
    write(scene, back)
    assert stands(client, scene) == ("returned", "Returned")
    submit(scene)
    assert stands(client, scene) == ("submitted", "Submitted")


def test_the_legend_explains_every_state_a_row_can_have(client, scene):
    legend = page(client, scene).split('<ul class="legend"', 1)[1].split("</ul>", 1)[0]

    assert re.findall(r"</svg>([^<]+)</span>", legend) == [
        "Accepted",
        "Submitted",
        "Partly sent",
        "Returned",
        "Draft",
        "Not started",
    ]


def test_a_person_whose_membership_has_ended_is_not_waited_for(client, scene):
    deputy = scene.memberships["deputy"]
    deputy.ends_on = scene.now.date() - timedelta(days=1)
    deputy.save()

    board = page(client, scene)

    assert "Deputy lead" not in board
    assert ">Strategic lead<br>Nothing saved yet<" in board


def leads_said(client, scene):
    """What the board says under the priority's title, a line each."""
    row = page(client, scene).split('<span class="board__lead">', 1)[1].split("</span>", 1)[0]
    return row.split("<br>")[:-1]


def test_what_the_plan_calls_the_lead_stands_before_who_is_linked(client, scene):
    LeadUpdate.objects.update(lead_text="Kent Police")

    assert leads_said(client, scene) == ["Kent Police", "Strategic lead", "Deputy lead (deputy)"]


def test_who_is_linked_stands_in_for_a_lead_that_the_plan_does_not_name(client, scene):
    LeadUpdate.objects.update(lead_text="")
    write_all(scene)
    submit(scene)

    board = page(client, scene)

    assert "to be confirmed" not in board.split("Sections answered")[0]
    assert leads_said(client, scene) == ["Strategic lead", "Deputy lead (deputy)"]
    assert '<span class="soft">Strategic lead. Sent today' in board


@pytest.mark.parametrize(
    ("who", "factory"), [("organisation", OrganisationFactory), ("group", GroupFactory)]
)
def test_an_organisation_or_group_that_is_linked_stands_in_too(client, scene, who, factory):
    LeadUpdate.objects.update(lead_text="")
    body = factory(partnership=scene.partnership, name="Kent Police")
    PriorityLeadFactory(priority=scene.priority, membership=None, **{who: body})

    assert leads_said(client, scene) == [
        "Strategic lead; Kent Police",
        "Strategic lead",
        "Deputy lead (deputy)",
    ]
    PriorityLead.objects.filter(membership__isnull=False).delete()
    assert leads_said(client, scene) == ["Kent Police", "No person is linked: answer for them"]


def test_a_lead_who_is_named_nowhere_is_to_be_confirmed(client, scene):
    LeadUpdate.objects.update(lead_text="")
    yesterday = scene.now.date() - timedelta(days=1)
    PriorityLead.objects.update(ends_on=yesterday)

    assert leads_said(client, scene) == [
        "Lead to be confirmed",
        "No person is linked: answer for them",
    ]


def test_only_as_many_names_stand_in_as_a_leads_text_takes(scene):
    LeadUpdate.objects.update(lead_text="")
    PriorityLead.objects.all().delete()
    for letter in "abc":
        body = OrganisationFactory(partnership=scene.partnership, name=letter * 140)
        PriorityLeadFactory(priority=scene.priority, membership=None, organisation=body)

    said = linked_to([scene.priority.pk], scene.now.date())[scene.priority.pk].in_words

    assert said == f"{'a' * 140}; {'b' * 140}"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ({"response": "nothing", "text": ""}, "Draft: nil"),
        ({"response": "verbal", "text": ""}, "Draft: verbal"),
        ({}, "Draft"),
    ],
)
def test_a_tile_says_what_kind_of_answer_it_is(client, scene, content, word):
    write(scene, scene.answer("group"), **content)

    assert f"</svg></span><span>{word}<span" in page(client, scene)


def to_read(client, scene, answer):
    """What the list to read and accept says of one answer."""
    (row,) = re.findall(rf'id="pick-{answer.pk}".*?</tr>', page(client, scene))
    return " ".join(re.sub(r"<[^>]+>", " ", row.split("<td", 1)[1]).split())


def test_the_list_to_read_says_what_kind_of_answer_each_is(client, scene):
    write_all(scene)
    write(scene, scene.answer("themes"), "", response="verbal")
    submit(scene)

    assert "Figures entered" in to_read(client, scene, scene.answer("figures"))
    assert "Written" not in to_read(client, scene, scene.answer("figures"))
    assert "Green Written" in to_read(client, scene, scene.action_answers[0])
    assert "Verbal" in to_read(client, scene, scene.answer("themes"))


def test_figures_that_have_nothing_to_report_say_so(client, scene):
    write(scene, scene.answer("figures"), "", response="nothing")
    submit(scene)

    assert "Nothing to report" in to_read(client, scene, scene.answer("figures"))


def test_figures_given_with_some_missing_say_so_before_they_are_accepted(client, scene):
    figures = scene.answer("figures")
    write(scene, figures, "", figures=all_figures(scene)[:1])
    assert "</svg></span><span>Draft, 1 missing<span" in page(client, scene)

    submit(scene)
    assert "</svg></span><span>Submitted, 1 missing<span" in page(client, scene)
    assert (
        "Missing: Reports of damage for Oct 2022 to Sep 2023"
        in page(client, scene).split('id="read"')[1]
    )
    read = client.get(address(scene, "read", figures)).content.decode()
    assert "<strong>1 missing:</strong> Reports of damage for Oct 2022" in read

    accept(scene)
    assert "</svg></span><span>Accepted, 1 missing<span" in page(client, scene)


def test_the_chosen_answers_are_accepted_and_the_others_wait(client, scene):
    write_all(scene)
    submit(scene)
    first, second, *others = scene.answers

    response = client.post(address(scene, "accept"), chosen(first, second), follow=True)

    assert "Accepted: 2 answers." in response.content.decode()
    assert (state_of(first), state_of(second)) == (State.ACCEPTED, State.ACCEPTED)
    assert {state_of(answer) for answer in others} == {State.SUBMITTED}


def test_everything_can_be_accepted_at_once(client, scene):
    write_all(scene)
    submit(scene)
    board = page(client, scene)
    assert "Accept all 7</button>" in board

    client.post(address(scene, "accept"), chosen(*scene.answers))

    assert {answer.state for answer in scene.answers} == {State.ACCEPTED}
    assert "Everything has been accepted." in page(client, scene)


def test_an_answer_changed_after_the_page_was_opened_is_not_accepted_unread(client, scene):
    write_all(scene)
    submit(scene)
    opened = chosen(*scene.answers)
    changed = write(scene, scene.answer("group"), "<p>Quite different.</p>")

    response = client.post(address(scene, "accept"), opened, follow=True)

    assert state_of(changed) == State.SUBMITTED
    told = response.content.decode()
    assert "Not accepted: Streets Group, Priority 1, changed or returned" in told


def test_accepting_what_is_accepted_already_changes_nothing_and_warns_of_nothing(client, scene):
    write_all(scene)
    submit(scene)
    posted = chosen(*scene.answers)
    client.post(address(scene, "accept"), posted)

    again = client.post(address(scene, "accept"), posted, follow=True)

    assert "Not accepted" not in again.content.decode()
    assert {answer.history.filter(state=State.ACCEPTED).count() for answer in scene.answers} == {1}


@pytest.mark.parametrize(
    "posted", [{}, {"answer": ["", "x-1", "1-x", "12", "-", "9" * 30 + "-1", "1-" + "9" * 5000]}]
)
def test_accepting_nothing_is_said_in_words(client, scene, posted):
    response = client.post(address(scene, "accept"), posted, follow=True)

    assert "none was chosen" in response.content.decode()


def test_answers_of_another_round_or_partnership_are_not_accepted_here(client, scene):
    elsewhere = open_round_scene()
    write_all(elsewhere)
    submit(elsewhere)
    earlier = Answer.objects.filter(update__round=earlier_round(scene))
    put_in_state(earlier, State.SUBMITTED, scene.now)

    client.post(address(scene, "accept"), chosen(*elsewhere.answers, *earlier.all()))

    for answer in (*elsewhere.answers, *earlier.all()):
        assert answer.state == State.SUBMITTED


def test_what_is_still_to_come_leads_to_answering_for_them(client, scene):
    write(scene, scene.action_answers[0])
    submit(scene)
    give_back(scene, scene.action_answers[0], reason="Which schools?")

    board = page(client, scene)

    assert "Waiting for" in board
    assert "“Which schools?”" in board
    missing = reverse("rounds:answer", args=[scene.partnership.slug, scene.action_answers[1].pk])
    assert f'href="{missing}"' in board


def test_an_action_that_came_later_is_asked_for_from_the_board(client, scene):
    late = ActionFactory(priority=scene.priority, reference="1.9", title="A late promise")
    ActionFactory(priority=scene.priority, reference="1.8", progress=Progress.WITHDRAWN)
    board = page(client, scene)
    assert "1.9 A late promise" in board
    assert "1.8 Title" not in board

    response = client.post(address(scene, "ask"), {"action": late.pk}, follow=True)

    assert "now asks for 1.9 A late promise" in response.content.decode()
    assert Answer.objects.get(action=late).update == scene.update
    again = client.post(address(scene, "ask"), {"action": late.pk}, follow=True)
    assert "asks for 1.9 A late promise already" in again.content.decode()


def test_an_action_of_a_priority_that_came_later_waits_for_the_next_round(client, scene):
    newer = PriorityFactory(plan=scene.plan, reference="8")
    action = ActionFactory(priority=newer, reference="8.1")
    board = page(client, scene)

    assert "Its priority came after opening" in board
    response = client.post(address(scene, "ask"), {"action": action.pk}, follow=True)
    assert "does not ask for that action&#x27;s priority" in response.content.decode()
    assert client.post(address(scene, "ask"), {"action": "x"}).status_code == 302
    assert client.post(address(scene, "ask"), {"action": "9" * 18}).status_code == 404


def test_an_action_of_another_partnership_is_not_found(client, scene):
    elsewhere = ActionFactory()

    assert client.post(address(scene, "ask"), {"action": elsewhere.pk}).status_code == 404


def test_a_round_past_its_closing_time_says_so_and_offers_to_close(client, scene):
    Round.objects.update(
        opened_at=scene.now - timedelta(days=9), closes_at=scene.now - timedelta(minutes=1)
    )
    board = page(client, scene)

    assert "The closing time has passed." in board
    assert address(scene, "close") in board


def test_a_closed_round_offers_its_drafts_and_reopening_and_no_returning(client, scene):
    write_all(scene)
    submit(scene)
    Answer.objects.filter(pk=scene.answer("group").pk).update(state=State.DRAFT)
    close(scene)
    ActionFactory(priority=scene.priority, reference="late")

    board = page(client, scene)

    assert "not asked for in this round" not in board
    assert "1 draft was not sent and is not in the report." in board
    assert address(scene, "drafts") in board
    assert address(scene, "reopen") in board
    assert address(scene, "close") not in board
    assert "/return/" not in board


def test_a_planned_round_shows_its_dates_and_how_to_open_it(client):
    scene = open_round_scene(opened=False)
    client.force_login(scene.coordinator)
    board = page(client, scene)

    assert "Nobody has been asked yet" in board
    assert address(scene, "open") in board
    assert address(scene, "dates") in board


def test_the_last_rounds_show_how_much_each_organisation_answered(client):
    scene = open_round_scene(opened=False)
    silent = PriorityFactory(plan=scene.plan, reference="2", lead_text="Silent lead")
    earlier = earlier_round(scene)
    theirs = Answer.objects.filter(update__round=earlier, update__priority=silent)
    theirs.update(state=State.DRAFT, accepted_at=None)
    open_round(round=scene.round, by=scene.coordinator, now=scene.now)
    client.force_login(scene.coordinator)

    board = page(client, scene)

    assert "Return rates by organisation" in board
    table = re.sub(r"<[^>]+>", " ", board.split('id="rates"', 1)[1].split("</table>", 1)[0])
    said = " ".join(table.split())
    assert "(last 2 rounds)" in said
    silent_first = "Q1 2023/24 Q2 2023/24 so far Silent lead 0 of 2 0 of 2"
    assert f"Organisation {silent_first} Strategic lead 7 of 7 0 of 7" in said
    assert board.count("Quarter 1, 2023/24, in full") == 1
    assert board.count("Not in the last rounds") == 1


def earlier_round(scene):
    """Quarter 1, every section of it accepted."""
    round = RoundFactory(
        plan=scene.plan,
        label="Quarter 1",
        short_label="Q1",
        slug="2023-24-q1",
        period_starts_on=date(2023, 4, 1),
        period_ends_on=date(2023, 6, 30),
        today=scene.now.date(),
    )
    open_round(round=round, by=scene.coordinator, now=scene.now)
    put_in_state(Answer.objects.filter(update__round=round), State.ACCEPTED, scene.now)
    Round.objects.filter(pk=round.pk).update(state=Round.State.CLOSED, closed_at=scene.now)
    return round


def put_in_state(answers, state, now):
    """Many answers at once, as a service would leave them."""
    found = {"state": state}
    if state != State.NOT_STARTED:
        found |= {"response": "written", "text": "<p>Text.</p>", "saved_at": now}
    if state in (State.SUBMITTED, State.ACCEPTED, State.RETURNED):
        found["submitted_at"] = now
    found["accepted_at"] = now if state == State.ACCEPTED else None
    if state == State.RETURNED:
        found |= {"return_reason": "Say more.", "returned_at": now}
    Answer.objects.filter(pk__in=answers).update(**found)


def full_board(actions):
    """A board of which every part has something to show; it grows in every direction."""
    scene = open_round_scene(actions=actions, opened=False)
    for number in range(actions // 8):
        priority = PriorityFactory(plan=scene.plan, reference=f"p{number}")
        PriorityLeadFactory(priority=priority)
        PriorityIndicatorFactory(priority=priority)
        heading = GroupHeadingFactory(priority=priority)
        heading.groups.add(GroupFactory(partnership=scene.partnership))
    open_round(round=scene.round, by=scene.coordinator, now=scene.now)
    scene.round.refresh_from_db()
    earlier_round(scene)
    numbers = list(
        Answer.objects.filter(update__round=scene.round, kind="action").values_list("pk", flat=True)
    )
    for offset, state in enumerate(
        (State.SUBMITTED, State.ACCEPTED, State.RETURNED, State.DRAFT, State.NOT_STARTED)
    ):
        put_in_state(numbers[offset::5], state, scene.now)
    figures = Answer.objects.filter(update__round=scene.round, kind="figures")
    put_in_state(figures.values("pk"), State.SUBMITTED, scene.now)
    sent = Answer.objects.filter(pk__in=numbers, state__in=Answer.SENT)
    sent.update(rag=Rag.GREEN, progress="in_progress", given_for="Lead", edited_at=scene.now)
    ActionFactory(priority=scene.priority, reference="late")
    return scene


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_boards_queries_do_not_grow_with_the_plan(client):
    counts = {"board": {}, "close": {}, "drafts": {}}
    for actions in (8, 48, 480):
        scene = full_board(actions)
        client.force_login(scene.coordinator)
        for name, of_page in counts.items():
            if name == "drafts":
                close(scene)
            of_page[actions] = queries_of(client, address(scene, name))

    for of_page in counts.values():
        assert of_page[8] <= 12
        assert of_page == dict.fromkeys(of_page, of_page[8])


def test_a_second_round_that_is_open_costs_the_board_no_query(client):
    scene = full_board(8)
    earlier = Round.objects.get(plan=scene.plan, label="Quarter 1")
    Round.objects.filter(pk=earlier.pk).update(state=Round.State.OPEN, closed_at=None)
    client.force_login(scene.coordinator)

    assert queries_of(client, address(scene, "board")) <= 12
    assert queries_of(client, address(scene, "rates")) <= 8


def test_returning_what_told_the_plan_of_an_action_and_its_milestone_is_bounded(client, scene):
    answer = scene.action_answers[0]
    milestone = MilestoneFactory(action=answer.action)
    write(scene, answer, done=frozenset([milestone.pk]))
    submit(scene)
    milestone.refresh_from_db()
    assert milestone.completed_on is not None
    posted = {"reason": "Say more.", "version": Answer.objects.get(pk=answer.pk).version}
    with CaptureQueriesContext(connection) as captured:
        client.post(address(scene, "return", answer), posted)

    milestone.refresh_from_db()
    assert milestone.completed_on is None
    # Eleven write: the answer, action, milestone, tick and notice, each with its history, and the
    # message. Each is one however many there are, but more than saving may take otherwise.
    assert len(asked(captured)) <= 17


def test_accepting_many_takes_as_many_queries_as_accepting_one(client, scene):
    write_all(scene)
    submit(scene)
    counts = []
    for answers in (scene.answers[:1], scene.answers[1:]):
        with CaptureQueriesContext(connection) as captured:
            client.post(address(scene, "accept"), chosen(*answers))
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 14
