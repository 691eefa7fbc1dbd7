"""What happens in a round: every change that touches several rows, or must be recorded.

Each function is one transaction and takes the time as an argument. What it refuses it refuses
with a `Refused`, whose text is fit for the person who asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.models import User
from actions.models import Action, Progress
from partnerships.models import Marking
from partnerships.permissions import Access
from partnerships.quarters import Period, split_year
from performance.models import Reading
from performance.services import record_readings
from priorities.models import Plan, Priority

from .models import Answer, FigureEntry, LeadUpdate, Rag, Round
from .sections import missing_parts


class Refused(Exception):
    """Something that cannot be done now, with the reason in plain English."""


class RoundClosed(Refused):
    """The round takes no answers: not yet, or no longer."""


class AnswerAccepted(Refused):
    """The coordinator has accepted the answer; it can only be changed by them."""


class Conflict(Refused):
    """Somebody saved the same section since this person opened it."""

    def __init__(self, saved: Answer) -> None:
        super().__init__("Someone else saved this section while you were writing.")
        self.saved = saved


class RecommendationsChanged(Refused):
    """Somebody wrote other recommendations since this person opened them."""

    def __init__(self, saved: Round) -> None:
        super().__init__("Someone else changed the recommendations while you were writing.")
        self.saved = saved


# Making and opening rounds ----------------------------------------------------


@transaction.atomic
def make_rounds(*, plan: Plan, months_each: int = 3) -> list[Round]:
    """Make the planned rounds of the plan's year, for the months that no round covers yet.

    Dates are proposed as the printed papers have them: opened on the first weekday after the
    period, due 25 days later, closed the Monday after at 17:00, met on that week's Friday.
    """
    name, letter = {3: ("Quarter", "Q"), 6: ("Half-year", "H")}.get(months_each, ("Round", "R"))
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    covered = [round.period for round in plan.rounds.all()]
    made = []
    for number, period in enumerate(split_year(plan.starts_on, plan.ends_on, months_each), start=1):
        if any(period.overlaps(other) for other in covered):
            continue
        opens_on = _weekday_after(period.ends_on)
        due_on = opens_on + timedelta(days=25)
        closes_on = due_on + timedelta(days=7 - due_on.weekday())
        made.append(
            Round.objects.create(
                partnership_id=plan.partnership_id,
                plan=plan,
                label=f"{name} {number}",
                short_label=f"{letter}{number}",
                slug=f"{plan.slug}-{letter.lower()}{number}",
                period_starts_on=period.starts_on,
                period_ends_on=period.ends_on,
                opens_on=opens_on,
                due_on=due_on,
                closes_at=timezone.make_aware(datetime.combine(closes_on, time(17))),
                meets_on=closes_on + timedelta(days=4),
            )
        )
    return made


def _weekday_after(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


@transaction.atomic
def open_round(*, round: Round, by: User, now: datetime) -> None:
    """Open the round and make the row of every section: this decides what is in the report."""
    round = _locked_round(round)
    if not round.is_planned:
        raise Refused(f"{round.full_label} has been opened already.")
    if round.closes_at is None or round.due_on is None:
        raise Refused("Set the due date and the closing time before opening the round.")
    if round.closes_at <= now:
        raise Refused("The closing time has passed: set a later one before opening the round.")
    asked, has_themes = _priorities_to_ask(round)
    if not asked:
        raise Refused("The plan has no priorities yet, so nobody would be asked.")

    round.state = Round.State.OPEN
    round.opened_at = now
    round.save()
    updates = bulk_create_with_history(
        [
            LeadUpdate(
                partnership_id=round.partnership_id,
                round=round,
                priority=priority,
                label=priority.label,
                title=priority.title,
                lead_text=priority.lead_text,
                order=order,
            )
            for order, priority in enumerate(asked)
        ],
        LeadUpdate,
        default_user=by,
    )
    # Found again by what is unique, since a database need not give back keys of many rows.
    updates = LeadUpdate.objects.filter(round=round).select_related("priority")
    by_priority = {update.priority_id: update for update in updates}
    sections = [
        section
        for priority in asked
        for section in _sections(by_priority[priority.pk], priority, has_themes)
    ]
    bulk_create_with_history(sections, Answer, default_user=by)


def sections_to_ask(round: Round) -> list[tuple[Priority, list[Answer]]]:
    """What opening the round would ask for now, by priority: answers that are not in the table."""
    asked, has_themes = _priorities_to_ask(round)
    update = LeadUpdate(partnership_id=round.partnership_id, round=round)
    return [(priority, _sections(update, priority, has_themes)) for priority in asked]


def _priorities_to_ask(round: Round) -> tuple[list[Priority], bool]:
    """The priorities and themes of which a lead is asked, and whether the plan has themes."""
    priorities = list(
        round.plan.priorities.prefetch_related("actions", "group_headings", "priority_indicators")
    )
    has_themes = any(priority.kind == Priority.Kind.THEME for priority in priorities)
    asked = [
        priority
        for priority in priorities
        if priority.kind == Priority.Kind.PRIORITY or priority.actions.all()
    ]
    return asked, has_themes


def _sections(update: LeadUpdate, priority: Priority, has_themes: bool) -> list[Answer]:
    """The unsaved answers of an update, in the printed paper's order."""

    def section(kind: Answer.Kind, title: str, **subject: object) -> Answer:
        return Answer(
            partnership_id=update.partnership_id, update=update, kind=kind, title=title, **subject
        )

    found = []
    if priority.priority_indicators.all():
        found.append(section(Answer.Kind.FIGURES, Answer.Kind.FIGURES.label))
    for action in priority.actions.all():
        if action.progress != Progress.WITHDRAWN:
            found.append(_section_of_action(update, action))
    found.append(section(Answer.Kind.KEY_ISSUES, Answer.Kind.KEY_ISSUES.label))
    for heading in priority.group_headings.all():
        found.append(section(Answer.Kind.GROUP, heading.heading, group_heading=heading))
    if has_themes and priority.kind == Priority.Kind.PRIORITY:
        found.append(section(Answer.Kind.THEMES, Answer.Kind.THEMES.label))
    for order, answer in enumerate(found):
        answer.order = order * 10
    return found


def _section_of_action(update: LeadUpdate, action: Action) -> Answer:
    return Answer(
        partnership_id=update.partnership_id,
        update=update,
        kind=Answer.Kind.ACTION,
        action=action,
        reference=action.reference,
        title=action.title,
    )


@transaction.atomic
def ask_for_action(*, round: Round, action: Action) -> Answer:
    """Ask for an action that came into the plan after the round had been opened."""
    updates = LeadUpdate.objects.select_for_update()
    update = updates.filter(round=round, priority=action.priority_id).first()
    if update is None:
        raise Refused("This round does not ask for that action's priority.")
    if action.progress == Progress.WITHDRAWN:
        raise Refused(f"{action} has been withdrawn from the plan.")
    if update.answers.filter(action=action).exists():
        raise Refused(f"{round.full_label} asks for {action} already.")
    earlier = update.answers.filter(kind=Answer.Kind.ACTION).order_by("order").last()
    answer = _section_of_action(update, action)
    answer.order = earlier.order + 1 if earlier else 1
    answer.save()
    return answer


# Answering ----------------------------------------------------------------------


@dataclass(frozen=True)
class Content:
    """What a person has written in a section."""

    response: str
    text: str = ""
    progress: str = ""
    rag: str = ""
    rag_reason: str = ""
    way_back: str = ""
    new_due_on: date | None = None
    date_reason: str = ""
    marking: str = Marking.OFFICIAL

    @classmethod
    def of(cls, answer: Answer) -> "Content":
        return cls(**{name: getattr(answer, name) for name in cls.__dataclass_fields__})

    @property
    def has_use_for_reasons(self) -> bool:
        """Red and amber are explained; a rating still to be chosen may yet be one of them."""
        is_to_be_rated = not self.rag and self.response == Answer.Response.WRITTEN
        return is_to_be_rated or self.rag in (Rag.RED, Rag.AMBER)

    def settled(self) -> "Content":
        """Without what the chosen kind of answer and rating have no use for."""
        content = self
        if content.response != Answer.Response.WRITTEN:
            content = replace(content, text="")
        if not content.has_use_for_reasons:
            content = replace(content, rag_reason="", way_back="")
        if content.new_due_on is None:
            content = replace(content, date_reason="")
        return content


@dataclass(frozen=True)
class Figure:
    """A figure as a person has typed it for a period."""

    indicator_id: int
    period: Period
    value: Decimal | None
    source: str
    is_provisional: bool

    @property
    def says(self) -> tuple[Decimal | None, str, bool]:
        return self.value, self.source, self.is_provisional


def why_not_writable(answer: Answer, now: datetime, *, on_behalf: bool) -> Refused | None:
    """Why a section cannot be written now, or None; a coordinator may also after closing."""
    round = answer.update.round
    if round.is_planned or not (on_behalf or round.takes_answers(now)):
        return RoundClosed(_why_closed(round))
    if answer.is_accepted and not on_behalf:
        return AnswerAccepted(
            "The coordinator has accepted this answer. Ask them to return it to you to change it."
        )
    return None


@transaction.atomic
def save_answer(
    *,
    answer: Answer,
    content: Content,
    version: int,
    by: Access,
    now: datetime,
    figures: Iterable[Figure] = (),
    on_behalf: bool = False,
) -> Answer:
    """Save a section, as its lead or (on_behalf) as the coordinator for the lead.

    version is the one the person started from; a newer text that says something else raises
    Conflict. A lead's save of an unsent section is a draft; a section that was sent stays sent.
    A coordinator's save of an unsent section sends it, recorded as given for the lead; of a sent
    one it is an edit, and the author stays the author.
    """
    answer = _locked(answer)
    content = content.settled()
    figures = list(figures)
    refusal = why_not_writable(answer, now, on_behalf=on_behalf)
    if refusal:
        raise refusal
    if answer.version != version and (Content.of(answer) != content or figures):
        raise Conflict(answer)

    _write(answer, content)
    _write_figures(answer, figures, by.user)
    answer.version += 1
    if on_behalf and answer.is_sent:
        answer.edited_at, answer.edited_by, answer.edited_as = now, by.user, by.post[:300]
    else:
        answer.saved_at, answer.saved_by, answer.saved_as = now, by.user, by.post[:300]
        answer.edited_at, answer.edited_by, answer.edited_as = None, None, ""
        answer.given_for = (answer.update.lead_text or "the lead") if on_behalf else ""
    if answer.is_sent:
        _check_complete(answer)
        _tell_the_plan([answer], by=by.user, now=now)
    elif on_behalf:
        _check_complete(answer)
        _send([answer], by=by.user, now=now)
    else:
        answer.state = Answer.State.DRAFT
    answer.save()
    return answer


def answer_in_one_click(
    *, answer: Answer, response: str, version: int, by: Access, now: datetime, on_behalf: bool
) -> Answer:
    """ "Nothing to report" or "verbal at the meeting"; the action's progress stays as it is."""
    if response not in (Answer.Response.NOTHING, Answer.Response.VERBAL):
        raise Refused("Choose “Nothing to report” or “Verbal at the meeting”.")
    if answer.text:
        raise Refused("There is a text in this section. Open it to answer in another way.")
    progress = answer.action.progress if answer.action else ""
    return save_answer(
        answer=answer,
        content=Content(response=response, progress=progress, marking=answer.marking),
        version=version,
        by=by,
        now=now,
        on_behalf=on_behalf,
    )


@transaction.atomic
def submit_update(*, update: LeadUpdate, by: User, now: datetime) -> list[Answer]:
    """Send every complete section to the coordinator; return those now sent.

    Sections without an answer, and drafts that lack something, stay with the lead. Sent again
    with nothing new in it, an update stays as it was.
    """
    update = (
        LeadUpdate.objects.select_related("round__plan")
        .select_for_update(of=("self",))
        .get(pk=update.pk)
    )
    if not update.round.takes_answers(now):
        raise RoundClosed(_why_closed(update.round))
    drafts = (
        update.answers.filter(state=Answer.State.DRAFT)
        .select_related("update__round", "action")
        .select_for_update(of=("self",))
    )
    ready = [answer for answer in drafts if not missing_parts(answer)]
    if not ready:
        if update.submitted_at:
            return []
        raise Refused("Nothing is ready to be sent yet. Answer at least one section first.")
    _send(ready, by=by, now=now)
    bulk_update_with_history(
        ready, Answer, ["state", "submitted_at", "taken_in_by", "old_due_on"], default_user=by
    )
    update.submitted_at = now
    update.submitted_by = by
    update.save()
    return ready


# The coordinator ------------------------------------------------------------------


@transaction.atomic
def accept_answers(
    *, answers: Iterable[Answer], now: datetime, versions: Mapping[int, int] | None = None
) -> list[Answer]:
    """Accept those that are submitted; return them.

    versions are those that were read, by the answer's number: an answer that its lead has
    changed since is left, for nobody has read it.
    """
    chosen = Answer.objects.select_for_update().filter(
        pk__in=[answer.pk for answer in answers], state=Answer.State.SUBMITTED
    )
    accepted = [
        answer for answer in chosen if versions is None or versions.get(answer.pk) == answer.version
    ]
    for answer in accepted:
        answer.state = Answer.State.ACCEPTED
        answer.accepted_at = now
    bulk_update_with_history(accepted, Answer, ["state", "accepted_at"])
    return accepted


@transaction.atomic
def return_answer(*, answer: Answer, reason: str, version: int, now: datetime) -> Answer:
    """Put a sent answer back on its writer's list, with the reason."""
    answer = _locked(answer)
    if not answer.is_sent:
        raise Refused("Only an answer that was sent can be returned.")
    if not answer.update.round.is_open:
        raise Refused("The round is closed. Reopen it to return an answer, or edit it yourself.")
    if answer.version != version:
        raise Conflict(answer)
    answer.state = Answer.State.RETURNED
    answer.returned_at = now
    answer.return_reason = reason
    answer.accepted_at = None
    answer.save()
    return answer


@transaction.atomic
def take_in(*, answer: Answer, version: int | None, by: User, now: datetime) -> Answer:
    """Take a draft that its lead never sent into the report, recorded as taken in by whom."""
    answer = _locked(answer)
    if answer.state != Answer.State.DRAFT:
        raise Refused("Only a draft that was not sent can be taken in.")
    if answer.update.round.takes_answers(now):
        raise Refused("Its lead can still send it: the round has not closed.")
    if answer.version != version:
        raise Conflict(answer)
    _check_complete(answer)
    _send([answer], by=by, now=now)
    answer.taken_in_by = by
    answer.save()
    return answer


@transaction.atomic
def close_round(*, round: Round, now: datetime) -> None:
    """Stop taking answers. Drafts stay drafts until the coordinator takes them in."""
    round = _locked_round(round)
    if not round.is_open:
        raise Refused(f"{round.full_label} is not open.")
    round.state = Round.State.CLOSED
    round.closed_at = now
    round.save()


@transaction.atomic
def reopen_round(*, round: Round, reason: str, closes_at: datetime, now: datetime) -> None:
    """Take answers again until a new closing time, with the reason kept."""
    round = _locked_round(round)
    if not round.is_closed:
        raise Refused(f"{round.full_label} is not closed.")
    if closes_at <= now:
        raise Refused("Choose a closing time that is still to come.")
    round.state = Round.State.OPEN
    round.closed_at = None
    round.closes_at = closes_at
    round.reopened_reason = reason
    round._change_reason = f"Reopened: {reason}"[:100]  # type: ignore[attr-defined] # for its history
    round.save()


@transaction.atomic
def write_recommendations(*, round: Round, text: str, marker: str) -> None:
    """Set the recommendations to the Executive; `marker` is of the text the person started from."""
    round = _locked_round(round)
    if round.recommendations_marker != marker and round.recommendations != text:
        raise RecommendationsChanged(round)
    round.recommendations = text
    round.save()


# Pieces -----------------------------------------------------------------------------


def _locked_round(round: Round) -> Round:
    """The round as it stands now, held until the transaction ends."""
    found: Round = (
        Round.objects.select_related("plan").select_for_update(of=("self",)).get(pk=round.pk)
    )
    return found


def _locked(answer: Answer) -> Answer:
    """The answer as it stands now, held until the transaction ends."""
    found: Answer = (
        Answer.objects.select_related("update__round__plan", "action")
        .select_for_update(of=("self",))
        .get(pk=answer.pk)
    )
    return found


def _why_closed(round: Round) -> str:
    if round.is_planned:
        return f"{round.full_label} has not been opened yet."
    when = round.closed_at or round.closes_at
    local = timezone.localtime(when) if when else None
    moment = f" on {local.day} {local:%B %Y} at {local:%H:%M}" if local else ""
    return f"{round.full_label} closed{moment}. The coordinator can still add an answer for you."


def _check_complete(answer: Answer) -> None:
    missing = missing_parts(answer)
    if missing:
        raise Refused("Before it can be sent: " + "; ".join(missing.values()) + ".")


def _write(answer: Answer, content: Content) -> None:
    for name in Content.__dataclass_fields__:
        setattr(answer, name, getattr(content, name))


def _write_figures(answer: Answer, figures: Sequence[Figure], by: User) -> None:
    """Keep what was typed, take back what was emptied; what is as it was leaves no trace."""
    if not figures:
        return
    kept = {(each.indicator_id, each.period): each for each in answer.figure_entries.all()}
    new, changed = [], []
    for figure in figures:
        entry = kept.get((figure.indicator_id, figure.period))
        if figure.value is None:
            if entry:
                entry.delete()
        elif entry is None:
            new.append(
                FigureEntry(
                    partnership_id=answer.partnership_id,
                    answer=answer,
                    indicator_id=figure.indicator_id,
                    period_starts_on=figure.period.starts_on,
                    period_ends_on=figure.period.ends_on,
                    value=figure.value,
                    source=figure.source,
                    is_provisional=figure.is_provisional,
                )
            )
        elif figure.says != (entry.value, entry.source, entry.is_provisional):
            entry.value, entry.source, entry.is_provisional = figure.says
            changed.append(entry)
    if new:
        bulk_create_with_history(new, FigureEntry, default_user=by)
    if changed:
        fields = ["value", "source", "is_provisional"]
        bulk_update_with_history(changed, FigureEntry, fields, default_user=by)


def _send(answers: Sequence[Answer], *, by: User, now: datetime) -> None:
    """Mark answers of one round as sent, and tell the plan; the caller saves them."""
    for answer in answers:
        answer.state = Answer.State.SUBMITTED
        answer.submitted_at = now
        answer.taken_in_by = None
    _tell_the_plan(answers, by=by, now=now)


def _tell_the_plan(answers: Sequence[Answer], *, by: User, now: datetime) -> None:
    """What was sent reaches the plan: progress and date the actions, figures the readings.

    An answer of an earlier round says nothing about an action that a later one has spoken of.
    """
    overtaken = _overtaken(answers)
    moved = []
    for answer in answers:
        if answer.action is not None and answer.action_id not in overtaken:
            _move_on(answer.action, answer, now)
            moved.append(answer.action)
    bulk_update_with_history(moved, Action, ["progress", "completed_on", "due_on"], default_user=by)
    entries = FigureEntry.objects.filter(answer__in=[each for each in answers if each.is_figures])
    readings = [
        Reading(
            partnership_id=entry.partnership_id,
            indicator_id=entry.indicator_id,
            period_starts_on=entry.period_starts_on,
            period_ends_on=entry.period_ends_on,
            value=entry.value,
            source=entry.source,
            is_provisional=entry.is_provisional,
        )
        for entry in entries
    ]
    if readings:
        record_readings(readings, by=by, now=now)


def _overtaken(answers: Sequence[Answer]) -> set[int | None]:
    """Actions of which something was sent in a round later than that of these answers."""
    this_round = answers[0].update.round
    return set(
        Answer.objects.sent()
        .filter(
            action__in=[answer.action_id for answer in answers if answer.action_id],
            update__round__period_ends_on__gt=this_round.period_ends_on,
        )
        .values_list("action", flat=True)
    )


def _move_on(action: Action, answer: Answer, now: datetime) -> None:
    """Take the progress and the date of an answer; a date moved and taken back is restored."""
    action.progress = answer.progress or action.progress
    if action.progress != Progress.COMPLETE:
        action.completed_on = None
    elif action.completed_on is None:
        action.completed_on = timezone.localdate(now)
    if answer.new_due_on:
        if answer.old_due_on is None:
            answer.old_due_on = action.due_on
        action.due_on = answer.new_due_on
    elif answer.old_due_on:
        action.due_on, answer.old_due_on = answer.old_due_on, None
