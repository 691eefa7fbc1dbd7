"""What `manage.py check --database default` says of issued reports."""

from django.core.checks import Error
from django.db import connections

from . import frozen


def triggers_in_place(app_configs, databases=None, **kwargs):
    """Every trigger that keeps issued reports is there, once their tables are."""
    return [
        Error(
            f"The trigger {name} on {table} is missing or altered, so the database "
            f"“{alias}” no longer refuses to change what was issued.",
            hint="docs/adr/0014-issued-reports-are-frozen.md says how to put it back.",
            id="reports.E001",
        )
        for alias in databases or ()
        if frozen.has_tables(connections[alias])
        for table, name in frozen.missing(connections[alias])
    ]
