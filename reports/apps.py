from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self):
        from .checks import triggers_in_place

        checks.register(triggers_in_place, checks.Tags.database)
        post_migrate.connect(_freeze_again, sender=self)


def _freeze_again(using, **kwargs):
    """Every migration leaves issued reports frozen, whatever it did to their tables."""
    from . import frozen

    connection = connections[using]
    if frozen.has_tables(connection) and frozen.missing(connection):
        frozen.freeze(connection)
