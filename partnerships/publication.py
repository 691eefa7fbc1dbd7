"""Withholding something from the public: the form, and what stores it; a page each in its app."""

from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.db.models import Model

from documents.forms import PlainTextField

from .forms import PortalForm
from .refusals import ChangedSince


class WithholdForm(PortalForm):
    """Why something is not for publication, and what was said of that when the page was opened."""

    reason = PlainTextField(
        label="Why is it not for publication?",
        help_text="Everybody who reads the full edition can read it there: name nobody. "
        "The public edition never says it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=True,
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False)
    submit_text = "Do not publish it"
    label_size = "s"
    required_text: ClassVar = {"reason": "Say why it is not for publication"}

    def __init__(self, *args: Any, is_withheld: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_withheld:
            self.submit_text = "Save the reason"


@transaction.atomic
def withhold(*, row: Model, flag: str, why: str, reason: str, was: str) -> None:
    """Store in these two fields that the row is not for publication and why; with no reason it is.

    `was` is the reason that the person saw; where there is another by now, nothing is stored.
    """
    saved = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    stands = _one_line(getattr(saved, why))
    if stands != _one_line(was) and stands != _one_line(reason):
        raise ChangedSince(saved)
    setattr(saved, flag, bool(reason))
    setattr(saved, why, reason)
    saved.save()


def _one_line(text: str) -> str:
    """As it comes back from a hidden field, whatever the browser does to its lines."""
    return " ".join(text.split())
