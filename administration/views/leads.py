"""Who is linked to a priority or an action as its lead or deputy, and from when until when."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from actions.models import Action, ActionLead
from administration.fetch import crumbs_of_action, crumbs_of_priority, found_or_404
from administration.forms.leads import LeadForm
from partnerships.access import in_partnership
from priorities.models import Priority, PriorityLead

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
    """Link a person or an organisation that leads."""
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
    is_new = lead.pk is None
    form = LeadForm(request.POST or None, lead=lead, today=access.today)
    if request.method == "POST" and form.is_valid():
        lead.save()
        messages.success(request, f"{lead} is linked." if is_new else f"{lead} is saved.")
        return redirect(reverse(of.editor, args=[access.partnership.slug, owner.pk]) + "#leads")
    found = {
        "section": "plan",
        "crumbs": of.crumbs(access, owner),
        "owner": owner,
        "is_new": is_new,
        "form": form,
        "back": reverse(of.editor, args=[access.partnership.slug, owner.pk]) + "#leads",
    }
    return render(request, "administration/lead.html", found)
