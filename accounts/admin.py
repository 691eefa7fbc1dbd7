"""People in the site administration."""

import allauth.account.admin  # noqa: F401 - registers what is taken away below
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group

from documents.forms import TidyTexts

from .admin_base import HistoryAdmin
from .models import User

# Who may do what follows from memberships; "group" means a sub-group of a partnership here.
admin.site.unregister(Group)
# A person has one address, that of their row.
admin.site.unregister(EmailAddress)


class AddPersonForm(TidyTexts, AdminUserCreationForm):
    """A new person, with a password or without: a code sent by email lets them in too."""

    usable_password = AdminUserCreationForm.create_usable_password_field(
        "Without a password the person signs in with a code sent to the email address."
    )

    class Meta:
        model = User
        fields = ("email", "full_name")


class PersonForm(TidyTexts, UserChangeForm):
    class Meta:
        model = User
        fields = ("email", "full_name", "password", "is_active", "is_staff", "is_superuser")
        help_texts = {
            "is_superuser": "Together with “site administrator”: may change everything there."
        }


@admin.register(User)
class UserAdmin(HistoryAdmin, DjangoUserAdmin):
    form = PersonForm
    add_form = AddPersonForm
    list_display = ("email", "full_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "full_name", "password")}),
        ("May", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "full_name", "usable_password", "password1", "password2"),
            },
        ),
    )

    def has_delete_permission(self, request, obj=None):
        """Deleting a person would take their name from the history of all they wrote."""
        return False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        # A former address must not let anybody in.
        EmailAddress.objects.filter(user=obj).exclude(email__iexact=obj.email).delete()
