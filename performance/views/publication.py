"""A figure that is not for publication."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.publication_page import Subject, publication_page
from performance.models import Indicator


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def publication(request, access, pk):
    """For those who keep figures and those who make reports of them."""
    access.require(Permission.RUN_ROUNDS if access.runs_rounds else Permission.KEEP_PLAN)
    indicator = get_object_or_404(Indicator.objects.visible_to(access), pk=pk)
    sensitive = (
        "It is marked OFFICIAL-SENSITIVE: the public edition leaves it out, its name too, "
        "whatever is said here."
    )
    subject = Subject(
        row=indicator,
        name=indicator.name,
        prints="Where it is not published, its name stands in the public edition with “Not "
        "published” in place of both years and the change. The full edition prints them.",
        back=indicator.get_absolute_url(),
        section="figures",
        crumbs=[("Figures", reverse("performance:indicators", args=[access.partnership.slug]))],
        always=sensitive if indicator.is_sensitive else "",
    )
    return publication_page(request, subject)
