"""The partnership's figures: all of them with their change, and each with its readings."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from performance.explained import EXPLAINED
from performance.models import Indicator, IndicatorAlias
from performance.pages import (
    YearsOfFigure,
    ends_of_readings,
    figures_by_priority,
    parts_of,
    places_in_plan,
    priorities_in_plan,
    quarter_to_show,
    reading_rows,
    who_enters_figures,
)

ENDS_ON_A_PAGE = 24
"""Months in which periods end: two years where readings are monthly."""


@require_safe
@in_partnership
def indicators(request, access):
    """Every figure of the partnership, by the priority it stands under."""
    access.require(Permission.READ_PLAN)
    indicators = Indicator.objects.visible_to(access).select_related("part_of")
    found = list(indicators.with_last_reading())
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
    years = _years(request, access, indicator, found)
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
            "years": years,
            "kind_explained": EXPLAINED[indicator.kind],
            "polarity_explained": EXPLAINED[indicator.polarity],
            "priorities": [place.priority for place in places],
            "places": priorities_in_plan(access) if access.keeps_plan and not places else [],
            "who_enters": who_enters_figures(access) if access.keeps_plan else None,
            "total": next((each for each in found if each.pk == indicator.part_of_id), None),
            "base": next((each for each in found if each.pk == indicator.worked_out_from_id), None),
            "parts": [each for each in found if each.part_of_id == pk],
            "rates": [each for each in found if each.worked_out_from_id == pk],
            "aliases": IndicatorAlias.objects.visible_to(access).of_indicator(indicator),
            "page": page,
            "readings": reading_rows(
                indicator, page.object_list, taken_back_too=access.enters_figures
            ),
        },
    )


def _years(request, access, indicator, all_figures):
    """The years that are asked for, or those to show; none without readings."""
    parts = parts_of(indicator)
    if not parts:
        return None
    years = YearsOfFigure(
        indicator,
        parts,
        of_list=quarter_to_show(all_figures, access.today),
        today=access.today,
        small_base=access.partnership.small_base,
    )
    if "to" in request.GET and not years.choose(request.GET["to"]):
        raise Http404("No page of ours asks for the years to the end of that quarter.")
    return years
