"""What the site administration of every app shares: forms, inlines and admin classes."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import UniqueConstraint, Value

from accounts.admin_base import HistoryAdmin
from documents.forms import TidyTexts


class WholeForm(TidyTexts, forms.ModelForm):
    """A form that checks every constraint of its row.

    Django leaves out constraints on fields that a form lacks, such as the plan that an action
    takes from its priority; the database would then refuse the row with an error page.
    """

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self._update_errors(error)


class WholeFormSet(forms.BaseInlineFormSet):
    """Rows under one parent that also keep the unique constraints among themselves."""

    def clean(self):
        super().clean()
        rows = [
            form.instance
            for form in self.forms
            if not self._should_delete_form(form) and (form.instance.pk or form.has_changed())
        ]
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.fields:
                self._refuse_repeats(constraint, rows)

    def _refuse_repeats(self, constraint, rows):
        seen = {}
        for row in rows:
            values = tuple(
                self._value(row, name) for name in constraint.fields if name != self.fk.name
            )
            if None in values:
                continue
            if values in seen and _holds_for(constraint, seen[values], row):
                raise ValidationError(constraint.get_violation_error_message())
            seen[values] = row

    def _value(self, row, name):
        return getattr(row, self.model._meta.get_field(name).attname)


def _holds_for(constraint, *rows):
    """Whether a conditional constraint is about these rows at all."""
    return constraint.condition is None or all(
        constraint.condition.check(
            {field.name: Value(getattr(row, field.attname), field) for field in row._meta.fields}
        )
        for row in rows
    )


class PortalAdmin(HistoryAdmin):
    """A model with its history; the site administrator reads all partnerships."""

    form = WholeForm
    save_on_top = True
    list_per_page = 50
    # Fields that are chosen once, when the row is made.
    fixed_fields = ()

    def get_readonly_fields(self, request, obj=None):
        fixed = self.fixed_fields if obj else ()
        return (*super().get_readonly_fields(request, obj), *fixed)


class OwnedAdmin(PortalAdmin):
    """A model that a partnership owns; the row stays with the partnership it was made for."""

    fixed_fields = ("partnership",)
    # What a row is named by, besides its partnership: for lists and for choices alike.
    named_by = ()

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("partnership", *self.named_by)

    def get_deleted_objects(self, objs, request):
        """What points at a row by a list of many, such as a heading at its groups, protects it."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        for relation in self.opts.related_objects:
            if relation.many_to_many and relation.through._meta.auto_created:
                pointing = relation.related_model._default_manager.filter(
                    **{f"{relation.field.name}__in": objs}
                )
                protected += [f"{row._meta.verbose_name}: {row}" for row in pointing.distinct()]
        # What is protected is the reason to give, not that nobody may delete an answer here.
        return deleted, counts, set() if protected else lacking, protected


class OnlyRead:
    """Rows that the portal's own pages write; here they are found and read."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyAdmin(OnlyRead, OwnedAdmin):
    """What a partnership owns and its own pages write."""


class FrozenAdmin(OnlyRead, admin.ModelAdmin):
    """What never changes once it is there, and so has no history."""

    view_on_site = False
    list_per_page = 50


class WholeInline(admin.TabularInline):
    """Rows of the parent, shown on its page."""

    form = WholeForm
    formset = WholeFormSet
    extra = 0
    show_change_link = True
    view_on_site = False
