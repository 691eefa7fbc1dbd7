"""What must always be true is held by the database, and said in plain English.

Each case makes a row that breaks one constraint. The database is given it past every check in
Python; the forms' check is given it and must answer with the constraint's own message.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import UniqueConstraint

from accounts.models import User
from actions.models import ActionLead, ActionLink, Closing, Milestone, Progress
from partnerships.models import Partnership, Role
from performance.models import PriorityIndicator, Reading
from priorities.models import Priority, PriorityLead
from reports import frozen
from rounds.models import (
    Answer,
    FigureEntry,
    LeadUpdate,
    MeetingItem,
    MilestoneDone,
    Rag,
    Round,
    RoundFigure,
)
from tests.factories import (
    NOW,
    ActionFactory,
    ActionLeadFactory,
    DelegationFactory,
    DestructionFactory,
    DestructionRequestFactory,
    DraftFactory,
    GroupFactory,
    GroupHeadingFactory,
    IndicatorFactory,
    InvitationFactory,
    IssuedReportFactory,
    MeetingFactory,
    MeetingItemFactory,
    MembershipFactory,
    MessageFactory,
    MilestoneFactory,
    NoticeFactory,
    OpenedFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    ReadingFactory,
    ReportFileFactory,
    RoundFactory,
    TriedLinkFactory,
    UserFactory,
    WithdrawalFactory,
    WordFormFactory,
)

pytestmark = pytest.mark.django_db

OURS = (
    *("accounts", "mail", "partnerships", "priorities", "actions", "performance"),
    *("rounds", "reports"),
)
BACKWARDS = {"starts_on": date(2023, 4, 2), "ends_on": date(2023, 4, 1)}
CASES = []


def breaks(name):
    """Put a case into the table: a function that returns a row breaking this constraint."""

    def keep(case):
        CASES.append(pytest.param(name, case, id=case.__name__))
        return case

    return keep


def all_constraints():
    return {
        constraint.name: (model, constraint)
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }


# People and partnerships ------------------------------------------------------------


@breaks("user_one_per_calendar")
def the_calendar_of_another_person():
    UserFactory(calendar_key="secret")
    return UserFactory.build(calendar_key="secret")


@breaks("user_one_per_email")
def an_address_in_other_letters():
    UserFactory(email="lead@example.org")
    return User(email="LEAD@example.org", password="x")


@breaks("partnership_one_per_code")
def a_partnership_with_the_code_of_another():
    PartnershipFactory(national_code="E22000146")
    return PartnershipFactory.build(national_code="E22000146")


@breaks("organisation_one_per_name")
def an_organisation_twice():
    known = OrganisationFactory()
    return OrganisationFactory.build(partnership=known.partnership, name=known.name)


@breaks("organisation_dates_in_order")
def an_organisation_that_ends_before_it_starts():
    return OrganisationFactory.build(partnership=PartnershipFactory(), **BACKWARDS)


@breaks("group_one_per_name")
def a_group_twice():
    known = GroupFactory()
    return GroupFactory.build(partnership=known.partnership, name=known.name)


@breaks("group_dates_in_order")
def a_group_that_ends_before_it_starts():
    return GroupFactory.build(partnership=PartnershipFactory(), **BACKWARDS)


@breaks("membership_one_per_role")
def a_person_twice_in_one_role():
    known = MembershipFactory(ends_on=None)
    return MembershipFactory.build(partnership=known.partnership, user=known.user)


@breaks("membership_dates_in_order")
def a_membership_that_ends_before_it_starts():
    return MembershipFactory.build(
        partnership=PartnershipFactory(), user=UserFactory(), **BACKWARDS
    )


# Plans ----------------------------------------------------------------------------------


@breaks("plan_one_per_slug")
def a_plan_at_the_address_of_another():
    return PlanFactory.build(partnership=PlanFactory(slug="2023-24").partnership)


@breaks("plan_dates_in_order")
def a_plan_that_ends_before_it_starts():
    return PlanFactory.build(partnership=PartnershipFactory(), **BACKWARDS)


@breaks("priority_one_per_reference")
def a_priority_of_a_taken_reference():
    known = PriorityFactory(reference="2")
    return PriorityFactory.build(plan=known.plan, reference="2")


def led_twice(factory, led, who, make):
    """A second lead of the same thing; neither has an end."""
    led_by = factory()
    same = {led: getattr(led_by, led), "membership": None}
    same[who] = make(partnership=led_by.partnership)
    factory(**same)
    return factory.build(**same, is_deputy=True)


@breaks("prioritylead_one_who_leads")
def a_lead_who_is_nobody():
    return PriorityLeadFactory.build(priority=PriorityFactory(), membership=None)


@breaks("prioritylead_one_who_leads")
def a_lead_who_is_a_person_and_an_organisation():
    known = PriorityLeadFactory()
    return PriorityLeadFactory.build(
        priority=known.priority,
        membership=MembershipFactory(partnership=known.partnership),
        organisation=OrganisationFactory(partnership=known.partnership),
    )


@breaks("prioritylead_one_who_leads")
def a_lead_who_is_all_three():
    # Three that are true are an odd number too: not what "either, or" may be made of.
    known = PriorityLeadFactory()
    return PriorityLeadFactory.build(
        priority=known.priority,
        membership=MembershipFactory(partnership=known.partnership),
        organisation=OrganisationFactory(partnership=known.partnership),
        group=GroupFactory(partnership=known.partnership),
    )


@breaks("prioritylead_one_per_person")
def a_person_who_leads_a_priority_twice():
    known = PriorityLeadFactory()
    return PriorityLeadFactory.build(
        priority=known.priority, membership=known.membership, is_deputy=True
    )


@breaks("prioritylead_one_per_organisation")
def an_organisation_that_leads_a_priority_twice():
    return led_twice(PriorityLeadFactory, "priority", "organisation", OrganisationFactory)


@breaks("prioritylead_one_per_group")
def a_group_that_leads_a_priority_twice():
    return led_twice(PriorityLeadFactory, "priority", "group", GroupFactory)


@breaks("prioritylead_dates_in_order")
def a_lead_that_ends_before_it_starts():
    known = PriorityLeadFactory()
    return PriorityLead(
        partnership=known.partnership,
        priority=known.priority,
        membership=known.membership,
        **BACKWARDS,
    )


@breaks("actionlead_one_who_leads")
def a_lead_of_an_action_who_is_nobody():
    return ActionLeadFactory.build(action=ActionFactory(), membership=None)


@breaks("actionlead_one_who_leads")
def a_lead_of_an_action_who_is_a_person_and_a_group():
    known = ActionLeadFactory()
    return ActionLeadFactory.build(
        action=known.action,
        membership=MembershipFactory(partnership=known.partnership),
        group=GroupFactory(partnership=known.partnership),
    )


@breaks("actionlead_one_per_person")
def a_person_who_leads_an_action_twice():
    known = ActionLeadFactory()
    return ActionLeadFactory.build(action=known.action, membership=known.membership, is_deputy=True)


@breaks("actionlead_one_per_organisation")
def an_organisation_that_leads_an_action_twice():
    return led_twice(ActionLeadFactory, "action", "organisation", OrganisationFactory)


@breaks("actionlead_one_per_group")
def a_group_that_leads_an_action_twice():
    return led_twice(ActionLeadFactory, "action", "group", GroupFactory)


@breaks("actionlead_dates_in_order")
def a_lead_of_an_action_that_ends_before_it_starts():
    known = ActionLeadFactory()
    return ActionLead(
        partnership=known.partnership,
        action=known.action,
        membership=known.membership,
        **BACKWARDS,
    )


@breaks("action_ended_has_reason")
def an_action_that_ended_without_a_reason():
    return ActionFactory.build(priority=PriorityFactory(), closing=Closing.ENDED)


@breaks("priority_withdrawn_has_reason")
def a_priority_withdrawn_without_a_reason():
    return PriorityFactory.build(plan=PlanFactory(), withdrawn_on=date(2023, 10, 2))


@breaks("priority_withdrawn_has_reason")
def a_reason_for_a_priority_that_is_not_withdrawn():
    return PriorityFactory.build(plan=PlanFactory(), withdrawn_reason="The money ended.")


def an_invitation(**facts):
    return InvitationFactory.build(membership=MembershipFactory(), sent_by=UserFactory(), **facts)


@breaks("invitation_expires_after_sending")
def an_invitation_that_is_too_old_at_once():
    return an_invitation(expires_at=NOW)


@breaks("invitation_accepted_or_withdrawn")
def an_invitation_that_is_accepted_and_withdrawn():
    return an_invitation(accepted_at=NOW, withdrawn_at=NOW)


@breaks("invitation_one_per_link")
def two_invitations_with_one_link():
    return an_invitation(token_hash=InvitationFactory().token_hash)


@breaks("groupheading_one_per_heading")
def a_heading_twice():
    known = GroupHeadingFactory()
    return GroupHeadingFactory.build(priority=known.priority, heading=known.heading)


# Actions ----------------------------------------------------------------------------------


@breaks("action_one_per_reference")
def an_action_of_a_reference_taken_under_another_priority():
    known = ActionFactory(reference="2.7")
    return ActionFactory.build(priority=PriorityFactory(plan=known.plan), reference="2.7")


@breaks("action_complete_has_date")
def a_complete_action_without_a_date():
    return ActionFactory.build(priority=PriorityFactory(), progress=Progress.COMPLETE)


@breaks("action_complete_has_date")
def an_unfinished_action_with_a_date_of_completion():
    return ActionFactory.build(priority=PriorityFactory(), completed_on=date(2023, 9, 1))


@breaks("milestone_dated_kind_has_date")
def a_milestone_by_a_date_without_the_date():
    return MilestoneFactory.build(
        action=ActionFactory(), timescale_kind=Milestone.Timescale.BY_DATE
    )


@breaks("milestone_dated_kind_has_date")
def a_milestone_in_a_month_without_the_date():
    return MilestoneFactory.build(
        action=ActionFactory(), timescale_kind=Milestone.Timescale.IN_MONTH
    )


@breaks("actionlink_one_per_pair")
def two_actions_linked_twice():
    earlier, later = ActionFactory(), ActionFactory()
    known = ActionLink.objects.create(partnership=earlier.partnership, earlier=earlier, later=later)
    return ActionLink(
        partnership=known.partnership, earlier=earlier, later=later, kind=ActionLink.Kind.MERGED
    )


@breaks("actionlink_two_actions")
def an_action_linked_to_itself():
    action = ActionFactory()
    return ActionLink(partnership=action.partnership, earlier=action, later=action)


# Figures ----------------------------------------------------------------------------------


@breaks("indicator_one_per_name")
def an_indicator_twice():
    known = IndicatorFactory()
    return IndicatorFactory.build(partnership=known.partnership, name=known.name)


@breaks("priorityindicator_once")
def an_indicator_twice_under_a_priority():
    known = PriorityIndicatorFactory()
    return PriorityIndicator(
        partnership=known.partnership, priority=known.priority, indicator=known.indicator
    )


@breaks("reading_one_current")
def two_current_readings_of_a_period():
    return ReadingFactory.build(indicator=ReadingFactory().indicator)


@breaks("reading_period_in_order")
def a_reading_that_ends_before_it_starts():
    return ReadingFactory.build(
        indicator=IndicatorFactory(),
        period_starts_on=date(2023, 7, 2),
        period_ends_on=date(2023, 7, 1),
    )


@breaks("reading_not_negative")
def a_reading_below_nought():
    return ReadingFactory.build(indicator=IndicatorFactory(), value=Decimal("-0.0001"))


@breaks("reading_taken_back_is_past")
def a_reading_that_stands_though_it_was_taken_back():
    return ReadingFactory.build(indicator=IndicatorFactory(), taken_back_reason="Counted twice.")


# Rounds -----------------------------------------------------------------------------------


def a_round(**fields):
    return RoundFactory.build(plan=PlanFactory(), **fields)


@breaks("round_one_per_slug")
def a_round_at_the_address_of_another():
    known = RoundFactory(slug="2023-24-q2")
    other = PlanFactory(partnership=known.partnership, slug="another")
    return RoundFactory.build(plan=other, slug="2023-24-q2")


@breaks("round_one_per_period")
def two_rounds_of_one_period():
    return RoundFactory.build(plan=RoundFactory().plan, slug="again")


@breaks("round_period_in_order")
def a_round_that_ends_before_it_starts():
    return a_round(period_starts_on=date(2023, 7, 2), period_ends_on=date(2023, 7, 1))


@breaks("round_due_not_before_opening")
def a_round_due_before_it_opens():
    return a_round(opens_on=date(2023, 10, 2), due_on=date(2023, 10, 1))


@breaks("round_closes_not_before_opening")
def a_round_that_closes_before_it_opened():
    return a_round(state=Round.State.OPEN, opened_at=NOW, closes_at=NOW - timedelta(minutes=1))


@breaks("round_opened_has_time")
def an_open_round_without_a_time():
    return a_round(state=Round.State.OPEN)


@breaks("round_opened_has_time")
def a_planned_round_with_a_time():
    return a_round(opened_at=NOW)


@breaks("round_closed_has_time")
def a_closed_round_without_a_time():
    return a_round(state=Round.State.CLOSED, opened_at=NOW)


@breaks("round_closed_has_time")
def an_open_round_with_a_time_of_closing():
    return a_round(state=Round.State.OPEN, opened_at=NOW, closed_at=NOW)


def an_update(**fields):
    """The update of a priority in an open round, not saved yet."""
    round = RoundFactory(state=Round.State.OPEN, opened_at=NOW)
    priority = PriorityFactory(plan=round.plan)
    return LeadUpdate(
        partnership=round.partnership, round=round, priority=priority, label="1", **fields
    )


def saved(row):
    row.save()
    return row


@breaks("leadupdate_one_per_priority")
def a_priority_asked_twice_in_a_round():
    known = saved(an_update())
    return LeadUpdate(
        partnership=known.partnership, round=known.round, priority=known.priority, label="1"
    )


@breaks("leadupdate_submission_whole")
def a_submission_by_nobody():
    return an_update(submitted_at=NOW)


@breaks("leadupdate_submission_whole")
def a_submission_without_a_time():
    return an_update(submitted_by=UserFactory())


# Answers ----------------------------------------------------------------------------------


def an_answer(update=None, **fields):
    """Key issues of an update, not saved yet, unless other fields are given."""
    update = update or saved(an_update())
    fields = {"kind": Answer.Kind.KEY_ISSUES, "title": "Key issues"} | fields
    return Answer(
        partnership=update.partnership,
        update=update,
        period_ends_on=update.round.period_ends_on,
        **fields,
    )


def an_action_answer(update=None, **fields):
    update = update or saved(an_update())
    action = ActionFactory(priority=update.priority)
    return an_answer(update, **{"kind": Answer.Kind.ACTION, "action": action} | fields)


SENT = {
    "state": Answer.State.SUBMITTED,
    "response": Answer.Response.WRITTEN,
    "text": "<p>Done.</p>",
    "submitted_at": NOW,
}


@breaks("answer_one_per_action")
def an_action_asked_twice():
    known = saved(an_action_answer())
    return an_action_answer(known.update, action=known.action)


@breaks("answer_one_per_group")
def a_group_asked_twice():
    update = saved(an_update())
    group = {"kind": Answer.Kind.GROUP}
    group["group_heading"] = GroupHeadingFactory(priority=update.priority)
    return an_answer(saved(an_answer(update, **group)).update, **group)


@breaks("answer_one_per_section")
def key_issues_asked_twice():
    return an_answer(saved(an_answer()).update)


@breaks("answer_subject_matches_kind")
def an_actions_answer_without_an_action():
    return an_answer(kind=Answer.Kind.ACTION)


@breaks("answer_subject_matches_kind")
def a_groups_answer_without_a_group():
    return an_answer(kind=Answer.Kind.GROUP)


@breaks("answer_subject_matches_kind")
def key_issues_of_an_action():
    return an_action_answer(kind=Answer.Kind.KEY_ISSUES)


@breaks("answer_subject_matches_kind")
def an_actions_answer_that_names_a_group():
    update = saved(an_update())
    return an_action_answer(update, group_heading=GroupHeadingFactory(priority=update.priority))


@breaks("answer_rating_on_actions_only")
def key_issues_with_a_rating():
    return an_answer(rag=Rag.GREEN)


@breaks("answer_rating_on_actions_only")
def key_issues_with_progress():
    return an_answer(progress=Progress.IN_PROGRESS)


@breaks("answer_rating_on_actions_only")
def key_issues_with_a_moved_date():
    return an_answer(new_due_on=date(2024, 3, 31), date_reason="The money came late.")


@breaks("answer_text_only_when_written")
def a_text_of_nothing_to_report():
    return an_answer(state=Answer.State.DRAFT, response=Answer.Response.NOTHING, text="<p>But…</p>")


@breaks("answer_sent_has_response")
def a_sent_answer_that_says_nothing():
    return an_answer(state=Answer.State.SUBMITTED, submitted_at=NOW)


@breaks("answer_sent_has_response")
def an_answer_that_says_something_and_is_not_started():
    return an_answer(response=Answer.Response.NOTHING)


@breaks("answer_sent_has_time")
def a_sent_answer_without_a_time():
    return an_answer(**SENT | {"submitted_at": None})


@breaks("answer_accepted_has_time")
def an_accepted_answer_without_a_time():
    return an_answer(**SENT | {"state": Answer.State.ACCEPTED})


@breaks("answer_accepted_has_time")
def a_sent_answer_with_a_time_of_acceptance():
    return an_answer(**SENT | {"accepted_at": NOW})


@breaks("answer_returned_has_reason")
def an_answer_returned_without_a_reason():
    return an_answer(**SENT | {"state": Answer.State.RETURNED})


@breaks("answer_moved_date_has_reason")
def a_moved_date_without_a_reason():
    return an_action_answer(state=Answer.State.DRAFT, new_due_on=date(2024, 3, 31))


@breaks("answer_red_or_amber_explained")
def red_without_a_reason():
    return an_action_answer(**SENT | {"rag": Rag.RED, "way_back": "More people."})


@breaks("answer_red_or_amber_explained")
def amber_without_a_way_back():
    return an_action_answer(**SENT | {"rag": Rag.AMBER, "rag_reason": "Too few people."})


@breaks("answer_withheld_has_reason")
def an_answer_withheld_without_a_reason():
    return an_answer(is_withheld=True)


@breaks("answer_let_in_has_reason")
def an_answer_let_in_late_without_a_reason():
    return an_answer(let_in_until=NOW)


@breaks("indicator_withheld_has_reason")
def a_figure_withheld_without_a_reason():
    return IndicatorFactory.build(partnership=PartnershipFactory(), is_withheld=True)


ITSELF = 1_000_000


@breaks("indicator_count_not_worked_out")
def a_count_that_is_worked_out_from_another():
    base = IndicatorFactory()
    return IndicatorFactory.build(partnership=base.partnership, worked_out_from=base)


@breaks("indicator_not_part_of_itself")
def a_figure_that_is_part_of_itself():
    partnership = PartnershipFactory()
    return IndicatorFactory.build(partnership=partnership, pk=ITSELF, part_of_id=ITSELF)


@breaks("action_title_withheld_has_reason")
def a_title_withheld_without_a_reason():
    priority = PriorityFactory()
    return ActionFactory.build(priority=priority, plan=priority.plan, title_is_withheld=True)


@breaks("round_recommendations_withheld_has_reason")
def recommendations_withheld_without_a_reason():
    return RoundFactory.build(plan=PlanFactory(), recommendations_are_withheld=True)


def a_figure(**fields):
    answer = saved(an_answer(kind=Answer.Kind.FIGURES))
    fields = {
        "answer": answer,
        "indicator": IndicatorFactory(partnership=answer.partnership),
        "period_starts_on": date(2023, 7, 1),
        "period_ends_on": date(2023, 7, 31),
        "value": 12,
        "source": "Kent Police",
    } | fields
    return FigureEntry(partnership=answer.partnership, **fields)


@breaks("figureentry_one_per_period")
def a_figure_typed_twice():
    known = saved(a_figure())
    return a_figure(answer=known.answer, indicator=known.indicator)


def a_tick(milestone, **fields):
    answer = saved(an_answer(kind=Answer.Kind.ACTION, action=milestone.action))
    return MilestoneDone(
        **{"partnership": answer.partnership, "answer": answer, "milestone": milestone} | fields
    )


@breaks("milestonedone_one_per_answer")
def the_same_milestone_ticked_twice_in_an_answer():
    earlier = saved(a_tick(MilestoneFactory()))
    return MilestoneDone(
        partnership=earlier.partnership, answer=earlier.answer, milestone=earlier.milestone
    )


def a_delegation(**fields):
    answer = fields.get("answer") or saved(an_answer())
    known = {
        "membership": MembershipFactory(partnership=answer.partnership, guest=True),
        "given_by": UserFactory(),
    }
    known |= {"answer": answer, "partnership": answer.partnership}
    return DelegationFactory.build(**known | fields)


@breaks("delegation_once_at_a_time")
def the_same_section_given_twice_to_a_person():
    earlier = DelegationFactory(answer=saved(an_answer()))
    return a_delegation(answer=earlier.answer, membership=earlier.membership)


@breaks("delegation_end_whole")
def a_section_taken_back_by_nobody():
    return a_delegation(ended_at=NOW)


@breaks("delegation_end_whole")
def a_section_taken_back_at_no_time():
    return a_delegation(ended_by=UserFactory())


def a_figure_of_a_round():
    update = saved(an_update())
    indicator = IndicatorFactory(partnership=update.partnership)
    return RoundFigure(partnership=update.partnership, update=update, indicator=indicator)


@breaks("roundfigure_once")
def a_figure_twice_in_an_update():
    known = saved(a_figure_of_a_round())
    return RoundFigure(
        partnership=known.partnership, update=known.update, indicator=known.indicator
    )


@breaks("figureentry_not_negative")
def a_figure_below_nought():
    return a_figure(value=Decimal("-1"))


# Meetings ---------------------------------------------------------------------------------


def an_item(**fields):
    return MeetingItemFactory.build(meeting=MeetingFactory(), **fields)


@breaks("meetingitem_has_text")
def a_decision_without_a_word():
    return an_item(text="")


@breaks("meetingitem_section_has_priority")
def something_of_a_section_and_of_no_priority():
    answer = saved(an_answer())
    return an_item(answer=answer)


@breaks("meetingitem_actions_have_owner_and_date")
def an_action_that_is_nobodys():
    return an_item(agreed=True, assigned_to="")


@breaks("meetingitem_actions_have_owner_and_date")
def an_action_for_no_day():
    return an_item(agreed=True, due_on=None)


@breaks("meetingitem_actions_have_owner_and_date")
def a_decision_that_was_done():
    return an_item(done_on=NOW.date())


@breaks("meetingitem_actions_have_owner_and_date")
def something_said_that_has_an_owner():
    return an_item(kind=MeetingItem.Kind.SAID, assigned_to="Chief Inspector")


# Issued reports --------------------------------------------------------------------------


@breaks("issuedreport_one_per_version")
def a_version_twice():
    known = IssuedReportFactory()
    return IssuedReportFactory.build(
        round=known.round, partnership=known.partnership, issued_by=known.issued_by
    )


def built_for_a_report(factory, **given):
    """A row about an issued report that is not saved; the people in it are."""
    report = IssuedReportFactory()
    people = {
        name: UserFactory()
        for name in factory._meta.declarations
        if name.endswith("_by") and name not in given
    }
    return factory.build(report=report, partnership=report.partnership, **people, **given)


@breaks("issuedreport_correction_has_reason")
def a_correction_without_a_reason():
    known = IssuedReportFactory()
    return IssuedReportFactory.build(
        round=known.round,
        partnership=known.partnership,
        issued_by=known.issued_by,
        version=2,
        reason="",
    )


@breaks("reportfile_one_per_format")
def a_file_twice():
    known = ReportFileFactory()
    return ReportFileFactory.build(report=known.report, partnership=known.partnership)


@breaks("reportfile_not_empty")
def a_file_without_bytes():
    return built_for_a_report(ReportFileFactory, size=0)


@breaks("withdrawal_has_reason")
def a_withdrawal_without_a_reason():
    return built_for_a_report(WithdrawalFactory, reason="")


@breaks("destruction_has_reason")
def a_destruction_without_a_reason():
    return built_for_a_report(DestructionFactory, reason="")


@breaks("destruction_by_two_people")
def a_destruction_by_one_person_alone():
    alone = UserFactory()
    return built_for_a_report(DestructionFactory, destroyed_by=alone, agreed_by=alone)


def a_request(**given):
    known = IssuedReportFactory()
    given = {"asked_by": UserFactory()} | given
    return DestructionRequestFactory.build(report=known, partnership=known.partnership, **given)


@breaks("destructionrequest_has_reason")
def a_request_without_a_reason():
    return a_request(reason="")


@breaks("destructionrequest_by_two_people")
def a_request_agreed_to_by_who_asked():
    alone = UserFactory()
    return a_request(asked_by=alone, agreed_by=alone, agreed_at=NOW)


@breaks("destructionrequest_ends_once")
def a_request_agreed_to_and_called_off():
    return a_request(agreed_at=NOW, called_off_at=NOW)


@breaks("triedlink_one_per_address")
def a_link_twice():
    return TriedLinkFactory.build(partnership=TriedLinkFactory().partnership)


# Messages ---------------------------------------------------------------------------------


def a_notice(**fields):
    known = {"round": RoundFactory(), "person": UserFactory(), "message": MessageFactory()} | fields
    return NoticeFactory.build(partnership=known["round"].partnership, **known)


@breaks("notice_once_a_day")
def a_person_told_the_same_twice_on_a_day():
    told = NoticeFactory()
    return a_notice(round=told.round, person=told.person)


@breaks("notice_one_per_link")
def the_link_of_another_notice():
    return a_notice(token_hash=NoticeFactory().token_hash)


@breaks("opened_once")
def a_section_opened_for_the_first_time_twice():
    first = OpenedFactory(answer=saved(an_answer()))
    return OpenedFactory.build(
        answer=first.answer, partnership=first.partnership, person=first.person
    )


@breaks("wordform_one_per_key")
def a_form_with_the_key_of_another():
    made = WordFormFactory(update=saved(an_update()))
    return WordFormFactory.build(
        update=made.update, partnership=made.partnership, made_by=made.made_by, key=made.key
    )


@breaks("draft_one_per_page")
def a_page_that_has_two_drafts():
    first = DraftFactory(answer=saved(an_answer()))
    same = {"answer": first.answer, "person": first.person, "page": first.page}
    return DraftFactory.build(partnership=first.partnership, **same)


@breaks("message_ended_when_not_waiting")
def a_message_that_waits_and_has_ended():
    return MessageFactory.build(ended_at=NOW)


@breaks("message_ended_when_not_waiting")
def a_message_that_was_sent_at_no_time():
    return MessageFactory.build(state="sent")


# The tests --------------------------------------------------------------------------------


def test_every_constraint_has_a_case():
    cases = {case.values[0] for case in CASES}

    assert set(all_constraints()) - cases == set(), "constraints without a case"
    assert cases - set(all_constraints()) == set(), "cases without a constraint"


@pytest.mark.parametrize("name", sorted(all_constraints()))
def test_a_constraint_is_named_for_its_model_and_says_what_is_wrong(name):
    model, constraint = all_constraints()[name]

    assert name.startswith(f"{model._meta.model_name}_")
    assert constraint.violation_error_message != constraint.default_violation_error_message
    assert constraint.violation_error_message.endswith(".")


@pytest.mark.parametrize(("name", "case"), CASES)
def test_the_database_refuses(name, case):
    broken = case()

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        type(broken)._default_manager.bulk_create([broken])

    told = str(refused.value)
    # On SQLite what is frozen is guarded first, so that no row is replaced by another.
    assert is_refused_by(all_constraints()[name][1], broken, told) or told == frozen_words(broken)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_the_database_refuses_a_change_to_it_too(name, case):
    """A row that was in order is made to break the rule by a raw update."""
    broken = case()
    model, constraint = all_constraints()[name]
    if model._meta.db_table in frozen.TABLES:
        return  # No change to it is taken at all: tests/test_frozen.py.
    row = in_order(model)
    changed = {
        field.attname: getattr(broken, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key
    }
    changed = {name: row.pk if value == ITSELF else value for name, value in changed.items()}

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        model._default_manager.filter(pk=row.pk).update(**changed)

    assert is_refused_by(constraint, broken, str(refused.value))


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_form_says_it_in_words(name, case):
    broken = case()

    with pytest.raises(ValidationError) as refused:
        broken.validate_constraints()

    assert all_constraints()[name][1].violation_error_message in refused.value.messages


def frozen_words(row):
    return f"{row._meta.db_table} {frozen.REFUSAL}"


def is_refused_by(constraint, row, told):
    """Whether the database's words are about this constraint; SQLite names columns for some."""
    if constraint.name in told:
        return True
    if connection.vendor != "sqlite" or not isinstance(constraint, UniqueConstraint):
        return False
    fields = [row._meta.get_field(name) for name in constraint.fields]
    return bool(fields) and all(f"{row._meta.db_table}.{field.column}" in told for field in fields)


IN_ORDER = {
    "partnership": PartnershipFactory,
    "user": UserFactory,
    "organisation": OrganisationFactory,
    "group": GroupFactory,
    "membership": MembershipFactory,
    "plan": PlanFactory,
    "priority": PriorityFactory,
    "prioritylead": PriorityLeadFactory,
    "groupheading": GroupHeadingFactory,
    "action": ActionFactory,
    "milestone": MilestoneFactory,
    "indicator": IndicatorFactory,
    "actionlead": ActionLeadFactory,
    "invitation": InvitationFactory,
    "priorityindicator": PriorityIndicatorFactory,
    "reading": ReadingFactory,
    "round": RoundFactory,
    "leadupdate": lambda: saved(an_update()),
    "answer": lambda: saved(an_answer()),
    "figureentry": lambda: saved(a_figure()),
    "milestonedone": lambda: saved(a_tick(MilestoneFactory())),
    "delegation": lambda: DelegationFactory(answer=saved(an_answer())),
    "roundfigure": lambda: saved(a_figure_of_a_round()),
    "meetingitem": MeetingItemFactory,
    "destructionrequest": DestructionRequestFactory,
    "triedlink": lambda: TriedLinkFactory(address="https://other.example.org"),
    "notice": NoticeFactory,
    "opened": lambda: OpenedFactory(answer=saved(an_answer())),
    "wordform": lambda: WordFormFactory(update=saved(an_update())),
    "draft": lambda: DraftFactory(answer=saved(an_answer())),
    "message": MessageFactory,
}


def in_order(model):
    """A row of the model that breaks nothing."""
    if model is ActionLink:
        earlier, later = ActionFactory(), ActionFactory()
        return ActionLink.objects.create(
            partnership=earlier.partnership, earlier=earlier, later=later
        )
    return IN_ORDER[model._meta.model_name]()


# Fields that are unique by themselves ---------------------------------------------------------


def test_two_partnerships_cannot_share_an_address():
    PartnershipFactory(slug="swale")
    second = PartnershipFactory.build(slug="swale")

    with pytest.raises(ValidationError) as refused:
        second.validate_unique()
    with pytest.raises(IntegrityError), transaction.atomic():
        Partnership.objects.bulk_create([second])

    assert refused.value.messages == ["Another partnership has this address."]


def test_no_other_field_is_unique_by_itself():
    unique = {
        f"{model._meta.label}.{field.name}"
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.fields
        if field.unique and not field.primary_key
    }

    happens_once = {f"reports.{name}.report" for name in ("Release", "Withdrawal", "Destruction")}
    known = {"accounts.User.email", "partnerships.Partnership.slug"}
    happens_once |= {"rounds.Meeting.round", "mail.Message.key", "mail.Message.message_id"}
    assert unique == known | happens_once


# What the conditions leave free -----------------------------------------------------------------


def test_a_person_may_have_a_role_again_after_it_ended():
    ended = MembershipFactory(ends_on=date(2023, 3, 31))

    MembershipFactory(partnership=ended.partnership, user=ended.user)


def test_a_person_may_have_two_roles():
    member = MembershipFactory()

    MembershipFactory(partnership=member.partnership, user=member.user, role=Role.COORDINATOR)


def test_actions_and_priorities_without_a_reference_may_be_many():
    priority = PriorityFactory(reference="")
    PriorityFactory(plan=priority.plan, reference="")
    ActionFactory(priority=priority, reference="")

    ActionFactory(priority=priority, reference="")


def test_a_theme_may_have_the_reference_of_a_priority():
    priority = PriorityFactory(reference="1")

    PriorityFactory(plan=priority.plan, reference="1", kind=Priority.Kind.THEME)


def test_a_superseded_reading_leaves_room_for_another():
    old = ReadingFactory(superseded_at=NOW)

    ReadingFactory(indicator=old.indicator)

    assert Reading.objects.count() == 2
