"""Organisations and groups: listed, added, changed, renamed, ended and merged.

Both are kept in the same way; `of` says which of them a page is about.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from administration.bodies import ORGANISATIONS, rest, tabs_of
from administration.forms.bodies import (
    EndForm,
    GroupForm,
    MergeForm,
    OrganisationForm,
    RenameForm,
)
from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.refusals import ChangedSince, Refused
from partnerships.services import change_body, end_body

ON_A_PAGE = 50
page_or_form = require_http_methods(["GET", "HEAD", "POST"])


def crumbs(access, of, body=None):
    slug = access.partnership.slug
    found = [("Administration", reverse("administration:index", args=[slug]))]
    if of is not None:
        found.append((of.title, of.list_address(slug)))
    if body is not None:
        found.append((str(body), of.address(slug, body)))
    return found


def _page(access, of, body=None, **found):
    """What every page is given; the crumbs lead back to what it is about."""
    return {
        "section": "administration",
        "of": of,
        "body": body,
        "crumbs": crumbs(access, of, body),
        **found,
    }


def _body(access, of, pk):
    access.require(Permission.KEEP_PEOPLE)
    bodies = of.model.objects.visible_to(access)
    related = ["partnership", "merged_into"]
    if of is not ORGANISATIONS:
        related.append("reports_to")
    return get_object_or_404(bodies.select_related(*related), pk=pk)


@require_safe
@in_partnership
def bodies(request, access, of):
    """Those of today, those that ended and those that were merged into another."""
    access.require(Permission.KEEP_PEOPLE)
    tabs = tabs_of(of, access)
    shown = next((tab for tab in tabs if tab.name == request.GET.get("show")), tabs[0])
    rows = of.model.objects.visible_to(access).filter(shown.condition).order_by("name")
    rows = rows.select_related("merged_into")
    if of is ORGANISATIONS:
        here = Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=access.today)
        rows = rows.annotate(people=Count("memberships__user", filter=here, distinct=True))
    else:
        rows = rows.select_related("reports_to")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    slug = access.partnership.slug
    found = {
        "tabs": tabs,
        "shown": shown,
        "page": page,
        "rows": [(row, of.address(slug, row)) for row in page],
        "add": reverse(f"administration:{of.one}_add", args=[slug]),
        "crumbs": crumbs(access, None),
    }
    return render(request, "administration/bodies.html", _page(access, of) | found)


@page_or_form
@in_partnership
def add(request, access, of):
    """A new organisation or group."""
    access.require(Permission.KEEP_PEOPLE)
    body = of.model(partnership=access.partnership)
    form = _form_class(of)(request.POST or None, instance=body, today=access.today)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"{body} is added.")
        return redirect(of.list_address(access.partnership.slug))
    found = _page(access, of, form=form, heading=f"Add {of.article}")
    return render(request, "administration/body_form.html", found)


@require_safe
@in_partnership
def body(request, access, of, pk):
    """One organisation or group: its facts, its earlier names, what points at it."""
    body = _body(access, of, pk)
    slug = access.partnership.slug
    found = {
        "aliases": body.aliases.all(),
        "merged_address": body.merged_into and of.address(slug, body.merged_into),
        "has_ended": body.ends_on is not None and body.ends_on < access.today,
        "pointing": rest(of.pointing(body, access.today)),
        "addresses": {
            page: of.address(slug, body, page) for page in ("change", "rename", "end", "merge")
        },
        "crumbs": crumbs(access, of),
    }
    return render(request, "administration/body.html", _page(access, of, body) | found)


@page_or_form
@in_partnership
def change(request, access, of, pk):
    """The facts that may be put right at any time."""
    body = _body(access, of, pk)
    form = _form_class(of)(request.POST or None, instance=body, today=access.today)

    def save():
        change_body(body=body, marker=form.marker, values=form.values)
        return f"{body} is saved."

    return _asked(request, access, of, body, form, save, heading=f"Change {body}")


@page_or_form
@in_partnership
def rename(request, access, of, pk):
    """A new name; the old one stays as an earlier name until its last day."""
    body = _body(access, of, pk)
    form = RenameForm(request.POST or None, body=body, today=access.today)

    def save():
        name = form.cleaned_data["name"]
        of.rename(body=body, marker=form.marker, name=name, used_until=form.kept_until)
        return f"{body} is now {name}."

    heading = f"Rename {body}"
    return _asked(request, access, of, body, form, save, heading=heading, explained=of.of_rename)


@page_or_form
@in_partnership
def end(request, access, of, pk):
    """The last day, with what still points there."""
    body = _body(access, of, pk)
    form = EndForm(request.POST or None, body=body, today=access.today)

    def save():
        ends_on = form.cleaned_data["ends_on"]
        end_body(body=body, marker=form.marker, ends_on=ends_on)
        return f"The last day of {body} is saved." if ends_on else f"{body} has not ended."

    pointing = rest(of.pointing(body, access.today))
    return _asked(
        request,
        access,
        of,
        body,
        form,
        save,
        heading=f"End {body}",
        pointing=pointing,
        pointing_heading="What still points at it",
        explained="It is no longer offered where something new is chosen. What points at it stays, "
        "and past rounds and reports are not changed.",
    )


def _asked(request, access, of, body, form, save, **found):
    """Ask with a form, save what it holds, and say what cannot be saved now."""
    refusal, changed, status = "", False, 200
    if request.method == "POST" and form.is_valid():
        try:
            done = save()
        except Refused as refused:
            refusal, status = str(refused), 409
            changed = isinstance(refused, ChangedSince)
            if changed:
                form.mark_again(refused.saved)
        else:
            messages.success(request, done)
            return redirect(of.address(access.partnership.slug, body))
    leave = of.address(access.partnership.slug, body)
    found |= {"form": form, "refusal": refusal, "changed": changed, "leave": leave}
    found = _page(access, of, body, **found)
    return render(request, "administration/body_form.html", found, status=status)


@page_or_form
@in_partnership
def merge(request, access, of, pk):
    """Choose the other one and which stays, see what will move, then merge them."""
    body = _body(access, of, pk)
    given = request.POST if request.method == "POST" else request.GET
    form = MergeForm(given or None, body=body)
    found = {"form": form, "refusal": "", "leave": of.address(access.partnership.slug, body)}
    if form.is_valid():
        gone, stays = form.gone_and_stays
        found |= {"gone": gone, "stays": stays}
        if request.method == "POST":
            try:
                of.merge(gone=gone, stays=stays, by=request.user, today=access.today)
            except Refused as refused:
                found["refusal"] = str(refused)
            else:
                messages.success(request, f"{gone} is now part of {stays}.")
                return redirect(of.address(access.partnership.slug, stays))
        found["pointing"] = rest(of.pointing(gone, None))
    status = 409 if found["refusal"] else 200
    found = _page(access, of, body, **found)
    return render(request, "administration/body_merge.html", found, status=status)


def _form_class(of):
    return OrganisationForm if of is ORGANISATIONS else GroupForm
