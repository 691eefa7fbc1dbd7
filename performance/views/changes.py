"""The pages of what changed about a figure, and of putting its definition back."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.access import in_partnership
from partnerships.former_texts import Thing, changes_page, former_page, restore_text
from performance.changes import story_of_indicator
from performance.models import Indicator


@require_safe
@in_partnership
def changes(request, access, pk):
    return changes_page(request, _thing(access, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def former(request, access, pk, key, row, field):
    def restore(found, marker):
        restore_text(found=found, marker=marker)

    thing = _thing(access, pk)
    return former_page(request, thing, thing.story.find(key, row, field), restore)


def _thing(access, pk):
    indicators = Indicator.objects.visible_to(access).select_related("partnership")
    indicator = get_object_or_404(indicators, pk=pk)
    return Thing(
        story_of_indicator(indicator, access),
        indicator.name,
        indicator.get_absolute_url(),
        pk,
        "performance:changes",
        access.keeps_plan,
        "figures",
        [("Figures", reverse("performance:indicators", args=[access.partnership.slug]))],
    )
