"""The example has a past: its history says when each thing happened, and who did it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from partnerships.models import Owned, Partnership


@contextmanager
def happened(partnership: Partnership, at: datetime, by: User) -> Iterator[datetime]:
    """Date what is written inside to `at`, a moment that has passed, as the work of `by`.

    For the example alone: nothing else may ever touch a row of history.
    """
    began = timezone.now()
    filled: set[str] = set()

    def listen(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if sql.startswith("INSERT INTO "):
            filled.add(sql.split('"')[1])
        return execute(sql, *args)

    with connection.execute_wrapper(listen):
        yield at
    just_now = (began, timezone.now())
    for table in filled & histories().keys():
        written = histories()[table].objects.filter(
            partnership=partnership, history_date__range=just_now
        )
        written.update(history_date=at, history_user=by)


@cache
def histories() -> dict[str, type[Model]]:
    """The history of each model that a partnership owns, by its table."""
    models = [model.history.model for model in apps.get_models() if _is_kept(model)]
    return {history._meta.db_table: history for history in models}


def _is_kept(model: type[Model]) -> bool:
    return issubclass(model, Owned) and hasattr(model, "history")
