"""Readings typed on pages: one, a year's, a correction, and one that is taken back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.quarters import Quarter, financial_year_label
from partnerships.refusals import Refused
from performance.change import format_value
from performance.models import Indicator, Reading
from performance.reading_forms import (
    QUARTER,
    YEAR,
    CorrectionForm,
    ReadingForm,
    TakeBackForm,
)
from performance.services import (
    ReadingStands,
    correct_reading,
    enter_reading,
    enter_readings,
    take_back_reading,
)
from performance.year_forms import YearOfReadings

page_or_form = require_http_methods(["GET", "HEAD", "POST"])
FIRST_YEAR = 1990
_EXPLAINED = {
    (QUARTER, True): "Each is a quarter alone: the portal adds them up to years.",
    (QUARTER, False): "This figure is not added up: a year needs one of its own beside these.",
    (
        YEAR,
        True,
    ): "Each is the twelve months to the end of a quarter, where no parts are known.",
    (YEAR, False): "Each is the twelve months to the end of a quarter.",
}


@page_or_form
@in_partnership
def enter(request, access, pk):
    """Enter the figure of a month, a quarter or twelve months."""
    indicator = _indicator(access, pk)
    initial = {"source": str(indicator.source or ""), "length": _usual_length(indicator)}
    form = ReadingForm(
        request.POST or None, indicator=indicator, today=access.today, initial=initial
    )
    found = {}
    if request.method == "POST" and form.is_valid():
        try:
            saved = enter_reading(reading=form.reading(), by=request.user, now=timezone.now())
        except ReadingStands as refused:
            found = {"standing": refused.reading, "value": format_value(refused.reading.value)}
        else:
            said = f"Saved: {format_value(saved.value)} for {saved.period.long}."
            messages.success(request, said)
            return redirect(indicator)
    status = 409 if found else 200
    return _page(request, "reading_enter", indicator, status, form=form, **found)


@page_or_form
@in_partnership
def enter_year(request, access, pk):
    """Enter or correct the four quarters of a year, or the twelve months to each of their ends."""
    indicator = _indicator(access, pk)
    year, each = _asked_year(request, access, indicator)

    def typed(data):
        return YearOfReadings(data, indicator=indicator, year=year, each=each, today=access.today)

    forms, status = typed(request.POST or None), 200
    if request.method == "POST":
        if forms.is_behind:
            forms, status = typed(forms.brought_up()), 409
        elif forms.is_valid() and _save_year(request, indicator, forms):
            return redirect(indicator)
    found = {
        "forms": forms,
        "is_behind": status == 409,
        "years": [
            (each_year, financial_year_label(each_year))
            for each_year in range(_latest_year(access), FIRST_YEAR - 1, -1)
        ],
        "other": {QUARTER: YEAR, YEAR: QUARTER}[each],
        "explained": _EXPLAINED[each, indicator.is_summed],
    }
    return _page(request, "reading_year", indicator, status, **found)


def _save_year(request, indicator, forms):
    """Whether the figures are saved; what somebody else changed meanwhile is asked about."""
    readings = forms.readings()
    try:
        enter_readings(
            indicator=indicator,
            periods=forms.periods,
            readings=readings,
            marker=forms.head.cleaned_data["marker"],
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refused:
        forms.head.add_error(None, str(refused))
        return False
    count = len(readings)
    figures = "1 figure is" if count == 1 else f"{count} figures are"
    messages.success(request, f"{figures} saved for {forms.label}.")
    return True


@page_or_form
@in_partnership
def correct(request, access, pk):
    """Give another value for the same period, with a reason; the old one stays to be seen."""
    reading = _reading(access, pk)
    initial = {"value": request.GET["value"]} if request.GET.get("value") else {}
    form = CorrectionForm(request.POST or None, reading=reading, initial=initial)
    refusal = _gone(reading)
    if request.method == "POST" and not refusal and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("value", "source", "is_provisional")}
        try:
            correct_reading(
                reading=reading,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
                **data,
            )
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, f"{reading.period.long} is corrected.")
            return redirect(reading.indicator)
    return _of_reading(request, "reading_correct", reading, form, refusal)


@page_or_form
@in_partnership
def take_back(request, access, pk):
    """Say what taking back does, ask why, and take the reading back."""
    reading = _reading(access, pk)
    form = TakeBackForm(request.POST or None)
    refusal = _gone(reading)
    if request.method == "POST" and not refusal and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            take_back_reading(reading=reading, reason=reason, by=request.user, now=timezone.now())
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, f"The figure of {reading.period.long} is taken back.")
            return redirect(reading.indicator)
    return _of_reading(request, "reading_take_back", reading, form, refusal)


def _indicator(access, pk):
    access.require(Permission.ENTER_FIGURES)
    indicators = Indicator.objects.visible_to(access).select_related("source", "partnership")
    return get_object_or_404(indicators, pk=pk)


def _reading(access, pk):
    access.require(Permission.ENTER_FIGURES)
    readings = Reading.objects.visible_to(access)
    return get_object_or_404(readings.select_related("indicator__partnership"), pk=pk)


def _gone(reading):
    if reading.superseded_at is None:
        return ""
    how = "been taken back" if reading.taken_back_reason else "been corrected since"
    return f"This figure has {how}."


def _usual_length(indicator):
    return QUARTER if indicator.is_summed else YEAR


def _latest_year(access):
    """The financial year that the last quarter that is over belongs to."""
    return Quarter.containing(access.today).previous().year


def _asked_year(request, access, indicator):
    """Which year, and figures of which length; 404 for what no page of ours asks for."""
    year = request.GET.get("year", str(_latest_year(access)))
    each = request.GET.get("each", _usual_length(indicator))
    if each not in (QUARTER, YEAR) or not (year.isascii() and year.isdigit()):
        raise Http404
    if not FIRST_YEAR <= int(year) <= _latest_year(access):
        raise Http404
    return int(year), each


def _of_reading(request, template, reading, form, refusal):
    found = {
        "reading": reading,
        "value": format_value(reading.value),
        "form": form,
        "refusal": refusal,
    }
    return _page(request, template, reading.indicator, 409 if refusal else 200, **found)


def _page(request, template, indicator, status, **found):
    slug = request.access.partnership.slug
    frame = {
        "section": "figures",
        "indicator": indicator,
        "crumbs": [
            ("Figures", reverse("performance:indicators", args=[slug])),
            (indicator.name, indicator.get_absolute_url()),
        ],
    }
    return render(request, f"performance/{template}.html", frame | found, status=status)
