"""The board of a round: who has answered, and reading, accepting and returning answers."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.models import Action
from partnerships.access import in_partnership
from rounds import services
from rounds.board import LEGEND, board_of, choice_of
from rounds.coordinator_forms import ReturnForm
from rounds.earlier import last_answer
from rounds.milestones import milestones_of
from rounds.models import Answer
from rounds.sections import missing_parts
from rounds.standing import MARKS
from rounds.typed_figures import missing_figures, rows_of_answers

from .fetch import answer_to_run, crumbs_to, posted_number, round_to_run


@require_safe
@in_partnership
def board(request, access, pk):
    """Who has answered, what is to be read, and who is waited for."""
    round = round_to_run(access, pk, with_issued=True)
    found = {"section": "rounds", "crumbs": crumbs_to(access), "round": round}
    if round.is_planned:
        return render(request, "rounds/planned.html", found)
    found |= {
        "board": board_of(round, access.today),
        "legend": LEGEND,
        "takes_answers": round.takes_answers(timezone.now()),
    }
    return render(request, "rounds/board.html", found)


@require_POST
@in_partnership
def accept(request, access, pk):
    """Accept what was chosen, each in the version that was read."""
    round = round_to_run(access, pk)
    versions = _chosen(request.POST.getlist("answer"))
    chosen = Answer.objects.visible_to(access).filter(update__round=round, pk__in=versions)
    answers = list(chosen.select_related("update"))
    now_accepted = services.accept_answers(answers=answers, versions=versions, now=timezone.now())
    accepted = [each for each in answers if each in now_accepted]
    left = [each for each in answers if each not in accepted and not each.is_accepted]
    if accepted:
        messages.success(request, f"Accepted: {_named(accepted)}.")
    if left:
        messages.warning(
            request,
            f"Not accepted: {_named(left)}, changed or returned since you opened the page. "
            "Read what there is now.",
        )
    if not answers:
        messages.warning(request, "Choose the answers to accept: none was chosen.")
    following = posted_number(request.POST.get("then", ""))
    if following and not left:
        answer = Answer.objects.visible_to(access).filter(update__round=round, pk=following)
        if answer.exists():
            return redirect("rounds:read", access.partnership.slug, following)
    return redirect("rounds:board", access.partnership.slug, round.pk)


@require_POST
@in_partnership
def ask(request, access, pk):
    """Ask in this round for an action that came into the plan after it was opened."""
    round = round_to_run(access, pk)
    number = posted_number(request.POST.get("action", ""))
    if number is None:
        messages.warning(request, "Choose the action to ask for.")
        return redirect("rounds:board", access.partnership.slug, round.pk)
    actions = Action.objects.visible_to(access).filter(plan=round.plan)
    action = get_object_or_404(actions, pk=number)
    try:
        services.ask_for_action(round=round, action=action)
    except services.Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"{round.full_label} now asks for {action}.")
    return redirect("rounds:board", access.partnership.slug, round.pk)


@require_safe
@in_partnership
def drafts(request, access, pk):
    """Every draft that its lead has not sent, as it would print."""
    round = round_to_run(access, pk)
    found = list(
        Answer.objects.visible_to(access)
        .filter(update__round=round, state=Answer.State.DRAFT)
        .select_related("update__round", "action", "saved_by", "edited_by", "taken_in_by")
        .order_by("update__order", "update", "order", "pk")
    )
    figures = rows_of_answers(found, round, small_base=access.partnership.small_base)
    milestones = milestones_of(round, found, printing={answer.pk for answer in found})
    return render(
        request,
        "rounds/drafts.html",
        {
            "section": "rounds",
            "crumbs": crumbs_to(access, round),
            "round": round,
            "takes_answers": round.takes_answers(timezone.now()),
            "drafts": [
                (
                    answer,
                    figures.get(answer.pk),
                    missing_figures(answer, figures.get(answer.pk, ())),
                    list(missing_parts(answer).values()),
                    milestones.get(answer.pk),
                )
                for answer in found
            ],
        },
    )


@require_safe
@in_partnership
def read(request, access, pk):
    """One answer in full, with what was said last time beside it."""
    answer = answer_to_run(access, pk)
    return render(request, "rounds/read.html", reading_of(access, answer))


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
@transaction.atomic
def return_(request, access, pk):
    """Put an answer back on its writer's list, with the reason."""
    answer = answer_to_run(access, pk, holds=request.method == "POST")
    form = ReturnForm(request.POST or None, initial={"version": answer.version})
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.return_held_answer(
                answer=answer, by=access.user, now=timezone.now(), **form.cleaned_data
            )
        except services.Conflict:
            refusal = "The answer has changed since you opened it. Read it as it is now."
        except services.Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, f"{_with_priority(answer)}, is back on its writer's list.")
            return redirect("rounds:board", access.partnership.slug, answer.update.round_id)
        form = ReturnForm(initial=form.cleaned_data | {"version": answer.version})
    found = reading_of(access, answer) | {"form": form, "refusal": refusal}
    return render(request, "rounds/return.html", found, status=409 if refusal else 200)


@require_POST
@in_partnership
def take_in(request, access, pk):
    """Take a draft that its lead did not send into the report."""
    answer = answer_to_run(access, pk)
    version = posted_number(request.POST.get("version", ""))
    try:
        services.take_in(answer=answer, version=version, by=request.user, now=timezone.now())
    except services.Conflict:
        messages.warning(
            request,
            f"{_with_priority(answer)}, has changed since you opened it. Read it as it is now.",
        )
    except services.Refused as refused:
        messages.warning(request, f"{_with_priority(answer)}, was not taken in. {refused}")
    else:
        messages.success(request, f"{_with_priority(answer)}, is taken in.")
    return redirect("rounds:drafts", access.partnership.slug, answer.update.round_id)


def reading_of(access, answer):
    """What a page shows that has one answer on it in full."""
    round = answer.update.round
    figures = rows_of_answers([answer], round, small_base=access.partnership.small_base)
    last = last_answer(answer)
    before, after = _beside(answer)
    missing = list(missing_parts(answer).values())
    now = timezone.now()
    is_over = not (round.plan.closed_at or answer.can_be_answered(now))
    return {
        "section": "rounds",
        "crumbs": crumbs_to(access, round),
        "round": round,
        "answer": answer,
        "mark": (MARKS[answer.state], answer.get_state_display()),
        "figures": figures.get(answer.pk),
        "milestones": milestones_of(round, [answer], printing={answer.pk}).get(answer.pk),
        "lacks": missing_figures(answer, figures.get(answer.pk, ())),
        "missing": missing,
        "can_be_taken_in": answer.is_draft and not missing and is_over,
        "can_be_let_in": not (answer.is_sent or round.plan.closed_at or round.takes_answers(now)),
        "can_be_let_in_no_more": answer.can_be_let_in_no_more(now),
        "can_be_returned": answer.is_sent and (round.is_open or answer.is_let_in(now)),
        "last": last,
        "choice": choice_of(answer),
        "before": before,
        "after": after,
    }


def _beside(answer):
    """The answers to be read before and after this one, in the order of the report."""
    to_read = (
        Answer.objects.filter(update__round=answer.update.round_id, state=Answer.State.SUBMITTED)
        .exclude(pk=answer.pk)
        .select_related("update")
        .only("reference", "title", "order", "update__order", "update__label")
    )
    found = sorted(to_read, key=_place)
    here = _place(answer)
    before = [each for each in found if _place(each) < here]
    after = [each for each in found if _place(each) > here]
    return before[-1] if before else None, after[0] if after else None


def _place(answer):
    return answer.update.order, answer.update_id, answer.order, answer.pk


def _chosen(posted):
    """The versions that were read, by the number of the answer: "12-3" is version 3 of 12."""
    pairs = (choice.partition("-") for choice in posted)
    numbers = ((posted_number(number), posted_number(version)) for number, _, version in pairs)
    return {number: version for number, version in numbers if None not in (number, version)}


def _named(answers):
    """One answer by its heading and priority, several by their number."""
    return _with_priority(answers[0]) if len(answers) == 1 else f"{len(answers)} answers"


def _with_priority(answer):
    """As in "Figures, Priority 2": every priority has a section of that name."""
    return f"{answer.heading}, {answer.update.label}"
