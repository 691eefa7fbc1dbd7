"""Partnerships, their organisations, groups and people in the site administration."""

from collections import defaultdict

from django.contrib import admin
from django.utils import timezone

from accounts.admin import PersonForm, UserAdmin

from .admin_base import OwnedAdmin, PortalAdmin, ReadOnlyAdmin, WholeForm, WholeInline
from .models import (
    Group,
    GroupAlias,
    Invitation,
    Membership,
    Organisation,
    OrganisationAlias,
    Partnership,
    PartnershipAlias,
)
from .people import LastAdministrator, refuse_unadministered


class AliasInline(WholeInline):
    fields = ("name", "used_until")
    show_change_link = False
    verbose_name_plural = "earlier names"


class PartnershipAliasInline(AliasInline):
    model = PartnershipAlias


class OrganisationAliasInline(AliasInline):
    model = OrganisationAlias


class GroupAliasInline(AliasInline):
    model = GroupAlias


@admin.register(Partnership)
class PartnershipAdmin(PortalAdmin):
    list_display = ("name", "slug", "national_code", "help_email")
    list_filter = (("national_code", admin.EmptyFieldListFilter),)
    search_fields = ("name", "slug", "national_code", "aliases__name")
    fixed_fields = ("slug",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (PartnershipAliasInline,)

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields


class NamedAdmin(OwnedAdmin):
    """What a partnership names and dates: an organisation or a group."""

    list_display = ("name", "short_name", "partnership", "starts_on", "ends_on")
    list_filter = ("partnership", ("ends_on", admin.EmptyFieldListFilter))
    search_fields = ("name", "short_name", "aliases__name")


@admin.register(Organisation)
class OrganisationAdmin(NamedAdmin):
    inlines = (OrganisationAliasInline,)


@admin.register(Group)
class GroupAdmin(NamedAdmin):
    inlines = (GroupAliasInline,)


def whoever_is_lacking(posts, instead=None):
    """In which partnerships nobody would administer without these posts, in a sentence each."""
    taken = defaultdict(list)
    for post in posts:
        taken[post.partnership].append(post)
    said = []
    for partnership, without in taken.items():
        try:
            refuse_unadministered(
                partnership=partnership,
                without=without,
                instead=instead,
                today=timezone.localdate(),
            )
        except LastAdministrator as refused:
            said.append(str(refused))
    return said


class MembershipForm(WholeForm):
    """A post, which stays while nobody else administers the partnership."""

    def _post_clean(self):
        super()._post_clean()
        if self.instance.pk and not self.errors:
            for refusal in whoever_is_lacking([self.instance], instead=self.instance):
                self.add_error(None, refusal)


class KeptPersonForm(PersonForm):
    """A person, who can be kept from signing in once somebody else administers in their place."""

    def clean(self):
        cleaned = super().clean()
        if self.initial.get("is_active") and not cleaned.get("is_active"):
            posts = self.instance.memberships.select_related("partnership")
            for refusal in whoever_is_lacking(posts):
                self.add_error("is_active", refusal)
        return cleaned


# Which posts a person holds, those below know nothing of.
UserAdmin.form = KeptPersonForm


@admin.register(Membership)
class MembershipAdmin(OwnedAdmin):
    form = MembershipForm
    list_display = (
        "post",
        "organisation",
        "user",
        "role",
        "loads_figures",
        "reads_sensitive",
        "releases_reports",
        "partnership",
        "starts_on",
        "ends_on",
    )
    list_filter = ("partnership", "role", ("ends_on", admin.EmptyFieldListFilter))
    named_by = ("user", "organisation")
    search_fields = ("post", "user__email", "user__full_name", "organisation__name")
    autocomplete_fields = ("user", "organisation")
    fixed_fields = ("partnership", "user")

    def get_deleted_objects(self, objs, request):
        """The last who administer a partnership stay, however many are chosen at once."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        protected += whoever_is_lacking(objs)
        return deleted, counts, set() if protected else lacking, protected


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations that were sent; they are sent, and sent again, on a person's own page."""

    list_display = ("membership", "sent_at", "expires_at", "accepted_at", "partnership")
    list_filter = ("partnership", ("accepted_at", admin.EmptyFieldListFilter))
    named_by = ("membership__organisation",)
    search_fields = ("membership__post", "membership__user__email")
    exclude = ("token_hash",)


class OwnedAliasAdmin(OwnedAdmin):
    """Earlier names, found without knowing whose they are."""

    list_filter = ("partnership",)
    fixed_fields = ()


@admin.register(PartnershipAlias)
class PartnershipAliasAdmin(PortalAdmin):
    list_display = ("name", "partnership", "used_until")
    list_filter = ("partnership",)
    list_select_related = ("partnership",)
    search_fields = ("name", "partnership__name")
    autocomplete_fields = ("partnership",)
    fixed_fields = ("partnership",)


@admin.register(OrganisationAlias)
class OrganisationAliasAdmin(OwnedAliasAdmin):
    list_display = ("name", "organisation", "used_until", "partnership")
    named_by = ("organisation",)
    search_fields = ("name", "organisation__name")
    autocomplete_fields = ("organisation",)
    fixed_fields = ("organisation",)


@admin.register(GroupAlias)
class GroupAliasAdmin(OwnedAliasAdmin):
    list_display = ("name", "group", "used_until", "partnership")
    named_by = ("group",)
    search_fields = ("name", "group__name")
    autocomplete_fields = ("group",)
    fixed_fields = ("group",)
