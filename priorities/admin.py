"""Plans, priorities and their leads in the site administration.

The apps above add what they know of a priority: its actions, its indicators.
"""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError

from partnerships.admin_base import OwnedAdmin, WholeForm, WholeInline

from .closed import PlanClosed, plan_of
from .models import GroupHeading, Plan, Priority, PriorityLead


class InPlanForm(WholeForm):
    """Something of a plan, which nothing is added to once its year is closed."""

    def _post_clean(self):
        super()._post_clean()
        if _closed(self.instance):
            self._update_errors(ValidationError(str(PlanClosed(plan_of(self.instance)))))


class InPlanAdmin(OwnedAdmin):
    """A plan, or what belongs to one: once its year is closed it is only read, as on the pages."""

    form = InPlanForm

    def has_change_permission(self, request, obj=None):
        return not _closed(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return not _closed(obj) and super().has_delete_permission(request, obj)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if _closed(obj):
            messages.warning(request, str(PlanClosed(plan_of(obj))))
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def _closed(row):
    plan = row and plan_of(row)
    return plan is not None and plan.closed_at is not None


class PriorityInline(WholeInline):
    model = Priority
    fields = ("order", "kind", "reference", "title", "lead_text")


@admin.register(Plan)
class PlanAdmin(InPlanAdmin):
    list_display = ("title", "year_label", "partnership", "kind", "starts_on", "ends_on")
    list_filter = ("partnership", "kind", "year_label")
    search_fields = ("title", "year_label", "strategy")
    inlines = (PriorityInline,)


class PriorityLeadInline(WholeInline):
    model = PriorityLead
    fields = ("membership", "organisation", "group", "is_deputy", "starts_on", "ends_on")
    autocomplete_fields = ("membership", "organisation", "group")
    show_change_link = False


class GroupHeadingForm(InPlanForm):
    """A heading with its groups, all of one partnership."""

    def clean(self):
        cleaned = super().clean()
        priority = cleaned.get("priority") or getattr(self.instance, "priority", None)
        if priority is not None and any(
            group.partnership_id != priority.partnership_id for group in cleaned.get("groups", ())
        ):
            self.add_error("groups", "Choose groups of the same partnership.")
        return cleaned


class GroupHeadingInline(WholeInline):
    model = GroupHeading
    form = GroupHeadingForm
    fields = ("order", "heading", "groups")
    autocomplete_fields = ("groups",)
    show_change_link = False


@admin.register(Priority)
class PriorityAdmin(InPlanAdmin):
    list_display = ("label", "title", "plan", "lead_text", "partnership")
    list_filter = ("partnership", "kind", "plan__year_label")
    named_by = ("plan",)
    search_fields = ("title", "reference", "lead_text", "plan__title")
    fixed_fields = ("plan",)
    inlines = [PriorityLeadInline, GroupHeadingInline]


@admin.register(PriorityLead)
class PriorityLeadAdmin(InPlanAdmin):
    list_display = ("__str__", "priority", "is_deputy", "starts_on", "ends_on", "partnership")
    list_filter = ("partnership", "is_deputy", ("ends_on", admin.EmptyFieldListFilter))
    named_by = ("priority", "membership__organisation", "organisation", "group")
    search_fields = (
        "membership__post",
        "membership__user__email",
        "organisation__name",
        "group__name",
        "priority__title",
    )
    autocomplete_fields = ("priority", "membership", "organisation", "group")
    fixed_fields = ("priority",)


@admin.register(GroupHeading)
class GroupHeadingAdmin(InPlanAdmin):
    form = GroupHeadingForm
    list_display = ("heading", "priority", "order", "partnership")
    list_filter = ("partnership",)
    named_by = ("priority",)
    search_fields = ("heading", "groups__name", "priority__title")
    autocomplete_fields = ("priority", "groups")
    fixed_fields = ("priority",)
