"""New partnerships, made by site administrators, and the organisations proposed for one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from administration.first_administrator import standing_of_each, with_keepers
from administration.forms.partnerships import (
    FindAreaForm,
    FirstAdministratorForm,
    NewPartnershipForm,
    ProposedOrganisationsForm,
    partnership_with,
)
from partnerships.access import for_site_administrators, in_partnership
from partnerships.mails import tell_of_place
from partnerships.models import Partnership
from partnerships.ons import area_of, search
from partnerships.people import end_post, invite_again, post_marker
from partnerships.permissions import Permission
from partnerships.refusals import Refused
from partnerships.services import add_organisations, invite_administrator, make_partnership

ON_A_PAGE = 50
AREAS_SHOWN = 20
CRUMBS = ("Partnerships", "site:partnerships"), ("New partnership", "site:find")
page_or_form = require_http_methods(["GET", "HEAD", "POST"])


def _crumbs(many):
    return [(label, reverse(name)) for label, name in CRUMBS[:many]]


@require_safe
@for_site_administrators
def partnerships(request):
    """Every partnership of the portal."""
    every = with_keepers(Partnership.objects.order_by("name"))
    page = Paginator(every, ON_A_PAGE).get_page(request.GET.get("page"))
    found = {"page": page, "rows": standing_of_each(page, timezone.now())}
    return render(request, "administration/partnerships.html", found)


@page_or_form
@for_site_administrators
def first(request, slug):
    """Who is to administer a partnership while nobody does: invite somebody, or look who waits."""
    found = _without_administrator(slug)
    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST" and found.waiting is None and form.is_valid():
        try:
            added = invite_administrator(
                partnership=found.partnership,
                by=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            _told(request, added)
            return redirect("site:partnerships")
    page = {"crumbs": _crumbs(1), "found": found, "form": form}
    return render(request, "administration/partnership_first.html", page)


@require_POST
@for_site_administrators
def again(request, slug):
    """Send the first administrator a new link, since the one before has ended or was lost."""
    membership = _waiting(slug).membership
    try:
        added = invite_again(membership=membership, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        _told(request, added)
    return redirect("site:partnerships")


@page_or_form
@for_site_administrators
def withdraw(request, slug):
    """Take the invitation back, after asking; somebody else can be invited then."""
    waiting = _waiting(slug)
    membership = waiting.membership
    if request.method == "POST":
        now = timezone.now()
        try:
            end_post(
                membership=membership,
                last_day=waiting.today,
                marker=request.POST.get("marker", ""),
                by=request.user,
                now=now,
            )
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, f"The invitation of {membership.user.email} is withdrawn.")
        return redirect("site:first", slug)
    page = {"crumbs": _crumbs(1), "membership": membership, "marker": post_marker(membership)}
    return render(request, "administration/partnership_withdraw.html", page)


def _without_administrator(slug):
    """A partnership that nobody administers; who administers one keeps its people themselves."""
    partnership = get_object_or_404(with_keepers(Partnership.objects.all()), slug=slug)
    (found,) = standing_of_each([partnership], timezone.now())
    if found.is_administered:
        raise Http404("This partnership has an administrator.")
    return found


def _waiting(slug):
    waiting = _without_administrator(slug).waiting
    if waiting is None:
        raise Http404("No invitation to administer it waits.")
    return waiting


def _told(request, added):
    """Write to the administrator, and say here whether that went."""
    user = added.membership.user
    if tell_of_place(added, request.user, clock=timezone.now).is_sent:
        messages.success(request, f"{user.email} has been told by email.")
    else:
        failed = f"The email to {user.email} has not gone yet. It is tried again for four hours."
        messages.warning(request, failed)


@require_safe
@for_site_administrators
def find(request):
    """Choose the area from the list of the Office for National Statistics, or none of it."""
    words = request.GET.get("q", "").strip()
    areas = search(words)
    codes = [area.code for area in areas[:AREAS_SHOWN]]
    taken = {
        partnership.national_code: partnership
        for partnership in Partnership.objects.filter(national_code__in=codes)
    }
    found = {
        "crumbs": _crumbs(1),
        "form": FindAreaForm(initial={"q": words}),
        "words": words,
        "areas": [(area, taken.get(area.code)) for area in areas[:AREAS_SHOWN]],
        "further": max(0, len(areas) - AREAS_SHOWN),
    }
    return render(request, "administration/partnership_find.html", found)


@page_or_form
@for_site_administrators
def new(request):
    """The partnership itself, and who administers it first."""
    code = request.GET.get("code", "")
    area = area_of(code)
    if code and area is None:
        raise Http404("The list has no such code.")
    form = NewPartnershipForm(request.POST or None, area=area)
    if request.method == "POST" and form.is_valid():
        try:
            added = make_partnership(
                partnership=form.instance,
                email=form.cleaned_data["email"],
                full_name=form.cleaned_data["full_name"],
                post=form.cleaned_data["post"],
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            return _made(request, form.instance, added)
    other = partnership_with(area) if request.method != "POST" else None
    found = {"crumbs": _crumbs(2), "form": form, "area": area, "other": other}
    return render(request, "administration/partnership_new.html", found)


def _made(request, partnership, added):
    """Tell the first administrator, and lead on whoever is that themselves."""
    user = added.membership.user
    if user == request.user:
        messages.success(request, f"{partnership} is made. Here is what comes next.")
        return redirect("administration:index", partnership.slug)
    if tell_of_place(added, request.user, clock=timezone.now).is_sent:
        told = f"{user.email} has been told by email and sets it up."
        messages.success(request, f"{partnership} is made. {told}")
    else:
        told = f"The email to {user.email} has not gone yet. It is tried again for four hours."
        messages.warning(request, f"{partnership} is made. {told}")
    return redirect("site:partnerships")


@page_or_form
@in_partnership
def proposed_organisations(request, access):
    """The responsible authorities of the area, and others, added at once."""
    access.require(Permission.KEEP_PEOPLE)
    form = ProposedOrganisationsForm(request.POST or None, partnership=access.partnership)
    if request.method == "POST" and form.is_valid():
        found = form.organisations
        try:
            add_organisations(partnership=access.partnership, organisations=found, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            many = "1 organisation is" if len(found) == 1 else f"{len(found)} organisations are"
            messages.success(request, f"{many} added.")
            return redirect("administration:organisations", access.partnership.slug)
    slug = access.partnership.slug
    crumbs = [
        ("Administration", reverse("administration:index", args=[slug])),
        ("Organisations", reverse("administration:organisations", args=[slug])),
    ]
    found = {"section": "administration", "crumbs": crumbs, "form": form}
    return render(request, "administration/organisations_proposed.html", found)
