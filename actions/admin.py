"""Actions, milestones and links between plans in the site administration."""

from django.contrib import admin, messages
from django.forms import ValidationError

from partnerships.admin_base import WholeInline
from priorities.admin import InPlanAdmin, InPlanForm, PriorityAdmin

from .models import Action, ActionLead, ActionLink, Milestone, Progress


class ActionInline(WholeInline):
    """The actions of a priority; how far they have got is said on each one's own page."""

    model = Action
    fields = ("order", "reference", "title", "lead_text", "due_on")


# A priority's page shows its actions, which the priorities themselves know nothing of.
PriorityAdmin.inlines.append(ActionInline)


class MilestoneForm(InPlanForm):
    """A milestone whose timescale is read again when it is written anew."""

    def clean(self):
        cleaned = super().clean()
        changed = set(self.changed_data)
        if "timescale" in changed and not changed & {"timescale_kind", "due_on"}:
            cleaned["timescale_kind"] = Milestone.Timescale.UNKNOWN
            cleaned["due_on"] = None
        return cleaned


def tell_timescale(request, milestone):
    """Say how a timescale was understood, and where it cannot be right."""
    if not milestone.timescale:
        return
    written = f"“{milestone.timescale}” ({milestone.title})"
    if milestone.timescale_kind == Milestone.Timescale.UNKNOWN:
        messages.warning(request, f"{written} is not understood: it stays as it is written.")
        return
    understood = milestone.understood_as
    if milestone.is_outside(milestone.action.plan.period):
        messages.warning(
            request, f"{written} is understood as: {understood}. That is outside the plan's year."
        )
    else:
        messages.info(request, f"{written} is understood as: {understood}.")


class MilestoneInline(WholeInline):
    model = Milestone
    form = MilestoneForm
    fields = ("order", "title", "timescale", "timescale_kind", "due_on", "completed_on")


class CameFromInline(WholeInline):
    model = ActionLink
    fk_name = "later"
    fields = ("earlier", "kind")
    autocomplete_fields = ("earlier",)
    show_change_link = False
    verbose_name = "action of an earlier plan that this one came from"
    verbose_name_plural = "came from"


class ActionForm(InPlanForm):
    def clean(self):
        cleaned = super().clean()
        withdrawn = cleaned.get("progress") == Progress.WITHDRAWN
        if withdrawn and not cleaned.get("withdrawn_reason"):
            self.add_error("withdrawn_reason", ValidationError("Say why the action is withdrawn."))
        return cleaned


@admin.register(Action)
class ActionAdmin(InPlanAdmin):
    form = ActionForm
    list_display = ("reference", "title", "priority", "progress", "due_on", "partnership")
    list_display_links = ("reference", "title")
    list_filter = ("partnership", "progress", "plan__year_label")
    named_by = ("priority", "plan")
    search_fields = ("reference", "title", "lead_text", "plan__title")
    autocomplete_fields = ("priority",)
    inlines = (MilestoneInline, CameFromInline)

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        if formset.model is Milestone:
            for milestone_form in formset.forms:
                milestone = milestone_form.instance
                if milestone.pk and "timescale" in milestone_form.changed_data:
                    tell_timescale(request, milestone)


@admin.register(Milestone)
class MilestoneAdmin(InPlanAdmin):
    form = MilestoneForm
    list_display = (
        "title",
        "action",
        "timescale",
        "timescale_kind",
        "due_on",
        "completed_on",
        "partnership",
    )
    list_filter = (
        "partnership",
        "timescale_kind",
        ("completed_on", admin.EmptyFieldListFilter),
    )
    named_by = ("action",)
    search_fields = ("title", "timescale", "action__reference", "action__title")
    autocomplete_fields = ("action",)
    fixed_fields = ("action",)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "timescale" in form.changed_data:
            tell_timescale(request, obj)


@admin.register(ActionLead)
class ActionLeadAdmin(InPlanAdmin):
    list_display = ("__str__", "action", "is_deputy", "starts_on", "ends_on", "partnership")
    list_filter = ("partnership", "is_deputy", ("ends_on", admin.EmptyFieldListFilter))
    named_by = ("action", "membership__organisation", "organisation", "group")
    search_fields = (
        "membership__post",
        "membership__user__email",
        "organisation__name",
        "group__name",
        "action__title",
    )
    autocomplete_fields = ("action", "membership", "organisation", "group")
    fixed_fields = ("action",)


@admin.register(ActionLink)
class ActionLinkAdmin(InPlanAdmin):
    list_display = ("earlier", "later", "kind", "partnership")
    list_filter = ("partnership", "kind")
    named_by = ("earlier", "later")
    search_fields = ("earlier__reference", "earlier__title", "later__reference", "later__title")
    autocomplete_fields = ("earlier", "later")
    fixed_fields = ("earlier", "later")
