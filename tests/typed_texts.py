"""All that somebody can write in what a report may come to read."""

from django.apps import apps
from django.db import models

APPS = ("partnerships", "priorities", "actions", "performance", "rounds")

MODELS = [
    model
    for app in APPS
    for model in apps.get_app_config(app).get_models()
    if not model.__name__.startswith("Historical")
]
RICH = {"Answer.text", "Round.recommendations", "MeetingItem.text"}
"""Texts with headings, lists and links, kept in their canonical form."""


def name_of(model, field):
    return f"{model.__name__}.{field.name}"


def texts_of(model):
    """The fields in which somebody can write."""
    for field in model._meta.fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        if is_text and not field.choices:
            yield field
