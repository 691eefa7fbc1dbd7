from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's administration, under the portal's own name."""

    default_site = "cspportal.admin_site.PortalAdminSite"
