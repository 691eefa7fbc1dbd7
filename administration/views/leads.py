"""Who is linked to a priority or an action as its lead or deputy, and from when until when."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from actions.models import Action, ActionLead
from administration.fetch import crumbs_of_action, crumbs_of_priority, found_or_404
from administration.forms.leads import LeadForm
from administration.priority_page import LinkedLead
from partnerships.access import in_partnership
from partnerships.refusals import ChangedSince, Refused
from priorities.models import Priority, PriorityLead
from priorities.services import keep_lead, marker_of_lead

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class LedBy:
    """One kind of thing that is led: the model of its leads, and its pages."""

    name: str
    model: type
    lead: type

    @property
    def editor(self):
        return f"administration:edit_{self.name}"

    def crumbs(self, access, owner):
        return (crumbs_of_action if self.model is Action else crumbs_of_priority)(access, owner)


OF_PRIORITY = LedBy("priority", Priority, PriorityLead)
OF_ACTION = LedBy("action", Action, ActionLead)


@page_or_form
@in_partnership
def new(request, access, pk, of):
    """Link a person, an organisation or a group that leads."""
    owner = found_or_404(of.model.objects, access, pk, "plan")
    lead = of.lead(partnership_id=owner.partnership_id, **{of.name: owner})
    return _kept(request, access, of, owner, lead)


@page_or_form
@in_partnership
def edit(request, access, pk, of):
    """Correct a link, or end it."""
    lead = found_or_404(of.lead.objects, access, pk, f"{of.name}__plan")
    return _kept(request, access, of, getattr(lead, of.name), lead)


def _kept(request, access, of, owner, lead):
    is_new, newer = lead.pk is None, None
    back = reverse(of.editor, args=[access.partnership.slug, owner.pk]) + "#leads"
    form = LeadForm(request.POST or None, lead=lead, today=access.today)
    if request.method == "POST" and form.is_valid():
        try:
            keep_lead(lead=lead, marker=form.cleaned_data["marker"])
        except ChangedSince as refused:
            newer = LinkedLead(refused.saved, access.today)
            typed = request.POST.copy()
            typed["marker"] = marker_of_lead(refused.saved)
            form = LeadForm(typed, lead=lead, today=access.today)
        except Refused as refused:
            form.add_error("who", str(refused))
        else:
            messages.success(request, f"{lead} is linked." if is_new else f"{lead} is saved.")
            return redirect(back)
    found = {
        "section": "plan",
        "crumbs": of.crumbs(access, owner),
        "owner": owner,
        "is_new": is_new,
        "form": form,
        "newer": newer,
        "back": back,
    }
    return render(request, "administration/lead.html", found, status=409 if newer else 200)
