"""New partnerships, made by site administrators, and the organisations proposed for one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from administration.forms.partnerships import (
    FindAreaForm,
    NewPartnershipForm,
    ProposedOrganisationsForm,
    partnership_with,
)
from partnerships.access import for_site_administrators, in_partnership
from partnerships.mails import added_mail, invitation_mail, was_sent
from partnerships.models import Partnership
from partnerships.ons import area_of, search
from partnerships.permissions import Permission
from partnerships.refusals import Refused
from partnerships.services import add_organisations, make_partnership

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
    page = Paginator(Partnership.objects.order_by("name"), ON_A_PAGE)
    found = {"page": page.get_page(request.GET.get("page"))}
    return render(request, "administration/partnerships.html", found)


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
    if added.invitation:
        link = reverse("invitations:accept", args=[added.token])
        mail = invitation_mail(added.invitation, request.build_absolute_uri(link))
    else:
        home = request.build_absolute_uri(partnership.get_absolute_url())
        mail = added_mail(added.membership, request.user, home)
    if was_sent(mail):
        told = f"{user.email} has been told by email and sets it up."
        messages.success(request, f"{partnership} is made. {told}")
    else:
        told = f"The email to {user.email} could not be sent: tell them yourself."
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
