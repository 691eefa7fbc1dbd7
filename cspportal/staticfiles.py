"""How static files are named and packed in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Files named by their content and packed once, so that browsers may keep them for good.

    Imports between ES modules are rewritten too: `site.js` imports the vendored
    govuk-frontend by a relative path, which would otherwise lead to the unhashed name.
    """

    support_js_module_import_aggregation = True
