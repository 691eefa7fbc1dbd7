"""What `manage.py check --database default` says of issued reports."""

from django.core.checks import Error
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from . import frozen

FREEZING = ("reports", "0002_freeze_what_is_issued")


def triggers_in_place(app_configs, databases=None, **kwargs):
    """Every trigger that keeps issued reports is there, once its migration has been run."""
    return [
        Error(
            f"The trigger {name} on {table} is missing or altered, so the database "
            f"“{alias}” no longer refuses to change what was issued.",
            hint="docs/adr/0014-issued-reports-are-frozen.md says how to put it back.",
            id="reports.E001",
        )
        for alias in databases or ()
        if FREEZING in MigrationRecorder(connections[alias]).applied_migrations()
        for table, name in frozen.missing(connections[alias])
    ]
