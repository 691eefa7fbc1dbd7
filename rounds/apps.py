from datetime import datetime
from typing import Any

from django.apps import AppConfig

from mail.signals import about_to_send


class RoundsConfig(AppConfig):
    name = "rounds"

    def ready(self) -> None:
        about_to_send.connect(_before_sending)


def _before_sending(now: datetime, **kwargs: Any) -> None:
    # Models cannot be imported before all apps are ready.
    from .services import look_again_at_waiting

    look_again_at_waiting(now=now)
