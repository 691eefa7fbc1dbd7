"""The rounds of a partnership: making, dating, opening, closing and reopening them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.access import in_partnership
from partnerships.markers import changed_meanwhile
from partnerships.permissions import Permission
from priorities.models import Plan
from rounds.coordinator_forms import (
    DATES,
    DatesForm,
    MakeRoundsForm,
    RecommendationsForm,
    ReopenForm,
)
from rounds.letters import letter_of_asking
from rounds.models import Answer
from rounds.plan_years import plan_years, still_to_open
from rounds.preview import asked_of, hindrance, request_for_all
from rounds.services import (
    RecommendationsChanged,
    Refused,
    close_round,
    make_rounds,
    open_round,
    reopen_round,
    unsaved_sections,
    write_recommendations,
)
from rounds.unfinished import unfinished_before

from .fetch import crumbs_to, posted_number, round_to_run

PLANS_ON_A_PAGE = 5
page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@in_partnership
def rounds(request, access):
    """Every round by plan year, the latest first."""
    access.require(Permission.RUN_ROUNDS)
    plans = Plan.objects.visible_to(access).latest_first()
    page = Paginator(plans, PLANS_ON_A_PAGE).get_page(request.GET.get("page"))
    years = plan_years(page)
    # What is open, or opens next, stands above the latest years only.
    found = [round for year in years for round in year.rounds] if page.number == 1 else []
    return render(
        request,
        "rounds/rounds.html",
        {
            "section": "rounds",
            "page": page,
            "years": [(year, _form_to_make(year, access.partnership)) for year in years],
            "open_rounds": [round for round in found if round.is_open],
            "next_round": next(iter(still_to_open(found, timezone.now())), None),
        },
    )


def _form_to_make(year, partnership):
    """Proposes the length that the partnership's rounds have."""
    proposed = {"months_each": partnership.round_months}
    return MakeRoundsForm(initial=proposed, auto_id=f"plan-{year.plan.pk}-%s")


@require_POST
@in_partnership
def make(request, access):
    """Make the rounds of a plan year that are not there yet."""
    access.require(Permission.RUN_ROUNDS)
    form = MakeRoundsForm(request.POST)
    number = posted_number(request.POST.get("plan", ""))
    if not form.is_valid() or number is None:
        messages.warning(request, "Choose how long each round is, then make the rounds again.")
        return redirect("rounds:rounds", access.partnership.slug)
    plan = get_object_or_404(Plan.objects.visible_to(access), pk=number)
    try:
        made = make_rounds(plan=plan, months_each=form.cleaned_data["months_each"])
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect("rounds:rounds", access.partnership.slug)
    if made:
        names = ", ".join(round.label for round in made)
        messages.success(request, f"Made for {plan.year_label}: {names}. Check their dates.")
    else:
        messages.warning(request, f"Every month of {plan.year_label} has a round already.")
    return redirect("rounds:rounds", access.partnership.slug)


@page_or_form
@in_partnership
def dates(request, access, pk):
    """When the round opens, is due and closes, and when the Executive meets."""
    round, newer = round_to_run(access, pk), None
    form = DatesForm(request.POST or None, instance=round, now=timezone.now())
    if request.method == "POST" and form.is_valid() and form.is_outdated:
        newer = round_to_run(access, pk)
        typed = request.POST.copy()
        typed["marker"] = form.as_saved
        form = DatesForm(typed, instance=round_to_run(access, pk), now=timezone.now())
    elif request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"The dates of {round.full_label} are saved.")
        return redirect("rounds:board", access.partnership.slug, round.pk)
    found = _of_round(access, round, form=form, newer=newer)
    found["changed"] = newer and changed_meanwhile(newer, DATES, request.user)
    return render(request, "rounds/dates.html", found, status=409 if newer else 200)


@page_or_form
@in_partnership
def open_(request, access, pk):
    """Say what opening does and who is asked for what, then open."""
    round = round_to_run(access, pk)
    refusal = ""
    if request.method == "POST":
        try:
            open_round(round=round, by=request.user, now=timezone.now())
        except Refused as refused:
            refusal = str(refused)
        else:
            asked = round.notices.count()
            people = f"{asked} {'person is' if asked == 1 else 'people are'}"
            messages.success(request, f"{round.full_label} is open. {people} asked by email.")
            return redirect("rounds:board", access.partnership.slug, round.pk)
    if not round.is_planned:
        messages.warning(request, f"{round.full_label} has been opened already.")
        return redirect("rounds:board", access.partnership.slug, round.pk)
    asked = asked_of(round, access.today)
    found = {
        "asked": asked,
        "sections": sum(each.sections for each in asked),
        "hindrance": hindrance(round, asked, timezone.now()),
        "refusal": refusal,
        "before": unfinished_before(round),
    }
    status = 409 if refusal else 200
    return render(request, "rounds/open.html", _of_round(access, round, **found), status=status)


@require_safe
@in_partnership
def message(request, access, pk):
    """The message that asks leads, with everything that the round asks for, and no link."""
    round = round_to_run(access, pk)
    letter = letter_of_asking(round, request_for_all(round, request.user), "")
    found = {
        "section": "rounds",
        "crumbs": crumbs_to(access, round),
        "round": round,
        "letter": letter,
        "changes_settings": access.changes_settings,
    }
    return render(request, "rounds/message.html", found)


@page_or_form
@in_partnership
def close(request, access, pk):
    """Show what leads have not sent, then close."""
    round = round_to_run(access, pk)
    unsent = Answer.objects.filter(update__round=round, state__in=Answer.UNSENT)
    if request.method == "POST":
        try:
            close_round(round=round, now=timezone.now())
        except Refused as refused:
            messages.warning(request, str(refused))
            return redirect("rounds:board", access.partnership.slug, round.pk)
        messages.success(request, f"{round.full_label} is closed.")
        has_drafts = unsent.filter(state=Answer.State.DRAFT).exists()
        page = "rounds:drafts" if has_drafts else "rounds:board"
        return redirect(page, access.partnership.slug, round.pk)
    if not round.is_open:
        messages.warning(request, f"{round.full_label} is not open.")
        return redirect("rounds:board", access.partnership.slug, round.pk)
    answers = list(unsent.select_related("update").order_by("update__order", "order", "pk"))
    unsent = {state: [each for each in answers if each.state == state] for state in Answer.UNSENT}
    found = unsent | {"unsaved": unsaved_sections(round)}
    return render(request, "rounds/close.html", _of_round(access, round, **found))


@page_or_form
@in_partnership
def reopen(request, access, pk):
    """Take answers again, with a reason and a new closing time."""
    round = round_to_run(access, pk)
    now = timezone.now()
    form = ReopenForm(request.POST or None, now=now)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            reopen_round(round=round, reason=reason, closes_at=form.closes_at, now=now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{round.full_label} is open again.")
            return redirect("rounds:board", access.partnership.slug, round.pk)
    elif not round.is_closed and request.method != "POST":
        return redirect("rounds:board", access.partnership.slug, round.pk)
    return render(request, "rounds/reopen.html", _of_round(access, round, form=form))


@page_or_form
@in_partnership
def recommendations(request, access, pk):
    """What the Executive is asked to agree, printed at the end of the report."""
    round = round_to_run(access, pk)
    form = RecommendationsForm(request.POST or None, round=round)
    newer = None
    if request.method == "POST" and form.is_valid():
        text, left_out = form.cleaned_data["text"]
        try:
            write_recommendations(round=round, text=text, marker=form.cleaned_data["marker"])
        except RecommendationsChanged as refused:
            newer = refused.saved
            form = RecommendationsForm(round=newer, typed=text)
        else:
            messages.success(request, "The recommendations are saved.")
            if left_out:
                messages.warning(request, f"Left out or changed: {', '.join(left_out)}.")
            return redirect("rounds:board", access.partnership.slug, round.pk)
    found = _of_round(access, round, form=form, newer=newer)
    found["changed"] = newer and changed_meanwhile(newer, ["recommendations"], request.user)
    return render(request, "rounds/recommendations.html", found, status=409 if newer else 200)


def _of_round(access, round, **found):
    return {"section": "rounds", "crumbs": crumbs_to(access, round), "round": round, **found}
