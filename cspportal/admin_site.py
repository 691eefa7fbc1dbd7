"""The site administration: Django's own, entered through the portal's sign-in."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.utils.decorators import method_decorator


class TellingPartnership(AutocompleteJsonView):
    """Choices that say whose they are: two partnerships may both have a “Strategic lead”."""

    def serialize_result(self, obj, to_field_name):
        choice = super().serialize_result(obj, to_field_name)
        partnership = getattr(obj, "partnership", None)
        return choice | {"text": f"{obj} [{partnership}]"} if partnership else choice


class PortalAdminSite(AdminSite):
    site_header = "CSP Portal: site administration"
    site_title = "CSP Portal"
    index_title = "What the portal knows"

    # The portal's sign-in counts failed attempts, and lets people in by a code.
    @method_decorator(secure_admin_login)
    def login(self, request, extra_context=None):
        return super().login(request, extra_context)

    def autocomplete_view(self, request):
        return TellingPartnership.as_view(admin_site=self)(request)
