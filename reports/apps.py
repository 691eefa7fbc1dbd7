from django.apps import AppConfig
from django.core import checks


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self):
        from .checks import triggers_in_place

        checks.register(triggers_in_place, checks.Tags.database)
