"""The Atom feed of a partnership's public list."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from .public_answers import for_everybody, kept
from .public_pages import as_public, changed_at, listed

MOST_ENTRIES = 20


def lasting_id(*place: object) -> str:
    """Of the feed or an entry: the same whatever host the portal moves to."""
    return uuid5(NAMESPACE_URL, "/".join(map(str, ("csp-portal", *place)))).urn


class Entries(Atom1Feed):
    """Dated by what was released or taken back last: Django dates an empty one by the clock."""

    def latest_post_date(self):
        return self.feed["changed_at"] or datetime(1970, 1, 1, tzinfo=UTC)


class ReportsFeed(Feed):
    """What was released last comes first; a correction is an entry of its own."""

    feed_type = Entries

    def get_object(self, request, partnership):
        return partnership

    def title(self, partnership):
        return f"Reports of {partnership}"

    def subtitle(self, partnership):
        return "The public editions of its reports, as they are released."

    def author_name(self, partnership):
        return partnership.name

    def link(self, partnership):
        return reverse("public:reports", args=[partnership.slug])

    def feed_url(self, partnership):
        return reverse("public:feed", args=[partnership.slug])

    def feed_guid(self, partnership):
        return lasting_id(partnership.slug)

    def feed_extra_kwargs(self, partnership):
        return {"changed_at": changed_at(partnership)}

    def items(self, partnership):
        found = listed(partnership).order_by("-release__released_at", "-pk")
        return [as_public(report) for report in found[:MOST_ENTRIES]]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return f"{item.period}. {item.published}."

    def item_link(self, item):
        return item.report.public_address

    def item_guid(self, item):
        report = item.report
        return lasting_id(report.partnership.slug, report.round.slug, report.version)

    def item_pubdate(self, item):
        return item.report.release.released_at

    item_updateddate = item_pubdate


_as_feed = ReportsFeed()


@for_everybody
def feed(request, partnership):
    response = _as_feed(request, partnership)
    # It is the latest entry's alone, and would go back when that is withdrawn.
    del response["Last-Modified"]
    return kept(request, response)
