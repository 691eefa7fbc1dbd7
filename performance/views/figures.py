"""The partnership's figures: all of them with their change, and each with its readings."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from performance.explained import EXPLAINED
from performance.figures import figure_rows
from performance.models import Indicator
from performance.pages import (
    ends_of_readings,
    figures_by_priority,
    places_in_plan,
    quarter_to_show,
    reading_rows,
)

ENDS_ON_A_PAGE = 24
"""Months in which periods end: two years where readings are monthly."""


@require_safe
@in_partnership
def indicators(request, access):
    """Every figure of the partnership, by the priority it stands under."""
    access.require(Permission.READ_PLAN)
    found = list(Indicator.objects.visible_to(access).with_last_reading())
    quarter = quarter_to_show(found, access.today)
    return render(
        request,
        "performance/indicators.html",
        {
            "section": "figures",
            "quarter": quarter,
            "has_readings": any(each.last_reading_on for each in found),
            "sections": figures_by_priority(found, quarter, access),
        },
    )


@require_safe
@in_partnership
def indicator(request, access, pk):
    """One figure: what it is, both rolling years, and the readings they are made of."""
    indicators = Indicator.objects.visible_to(access).select_related(
        "source", "supplier__organisation"
    )
    found = list(indicators.with_last_reading())
    indicator = next((each for each in found if each.pk == pk), None)
    if indicator is None:
        raise Http404
    quarter = quarter_to_show(found, access.today)
    [figure] = figure_rows([indicator], quarter.period, small_base=access.partnership.small_base)
    places = [place for place in places_in_plan(access) if place.indicator_id == pk]
    ends = ends_of_readings(indicator, taken_back_too=access.enters_figures)
    page = Paginator(ends, ENDS_ON_A_PAGE).get_page(request.GET.get("page"))
    slug = access.partnership.slug
    return render(
        request,
        "performance/indicator.html",
        {
            "section": "figures",
            "crumbs": [("Figures", reverse("performance:indicators", args=[slug]))],
            "indicator": indicator,
            "figure": figure,
            "statements": [
                (year.year.short, year.statement)
                for year in (figure.current, figure.previous)
                if year.value is not None and year.statement
            ],
            "kind_explained": EXPLAINED[indicator.kind],
            "polarity_explained": EXPLAINED[indicator.polarity],
            "priorities": [place.priority for place in places],
            "aliases": indicator.aliases.order_by("-used_until", "name"),
            "page": page,
            "readings": reading_rows(
                indicator, page.object_list, taken_back_too=access.enters_figures
            ),
        },
    )
