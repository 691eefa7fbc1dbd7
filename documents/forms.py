"""Form fields for texts: the canonical one, in an editor or plain, and short plain ones."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from documents.characters import (
    has_direction_marks,
    has_invisible_characters,
    in_lines,
    one_line,
)
from documents.left_out import LeftOut, in_words
from documents.richtext import CleanText, clean, from_plain, to_plain

MOST_CHARACTERS = 100_000
"""Of the cleaned text. A long answer has 4,000; the limit keeps one from stopping a report."""
MOST_PLAIN_CHARACTERS = 5_000
"""Of a short text, such as the reason for a rating."""


class Typed(NamedTuple):
    """What a browser sent: HTML from the editor, or plain lines."""

    raw: str
    is_html: bool


class RichTextWidget(forms.Textarea):
    """A plain box that `static/editor.js` turns into the editor.

    The editor sends its HTML under `<name>_html` and takes the box's own name away, so that
    the two are never confused.
    """

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        if f"{name}_html" in data:
            return Typed(data[f"{name}_html"], is_html=True)
        return Typed(data.get(name, ""), is_html=False)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_html" not in data

    def format_value(self, value: Any) -> str:
        if isinstance(value, Typed) and not value.is_html:
            return value.raw
        return to_plain(_html_of(value))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-html"] = _html_of(value)
        return context


def _html_of(value: Any) -> str:
    """Canonical HTML of what was typed, or of a kept text."""
    if not isinstance(value, Typed):
        return value or ""
    return clean(value.raw).html if value.is_html else from_plain(value.raw)


class RichTextField(forms.Field):
    """Gives a CleanText: the canonical HTML, and phrases for what was left out of it."""

    widget = RichTextWidget

    def to_python(self, value: Any) -> CleanText:
        if isinstance(value, Typed):
            text = clean(value.raw) if value.is_html else _clean_plain(value.raw)
        else:
            text = CleanText(value or "", ())
        if len(text.html) > MOST_CHARACTERS:
            raise ValidationError(
                f"Shorten the text to {MOST_CHARACTERS:,} characters: it has {len(text.html):,}",
                code="max_length",
            )
        return text

    def validate(self, value: CleanText) -> None:
        if self.required and not value.html:
            raise ValidationError(self.error_messages["required"], code="required")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _html_of(initial) != _html_of(data)


def _clean_plain(raw: str) -> CleanText:
    """Plain lines as canonical text; only what nobody can see is left out of them."""
    found = Counter[LeftOut]()
    found[LeftOut.DIRECTION] += has_direction_marks(raw)
    found[LeftOut.INVISIBLE] += has_invisible_characters(raw)
    return CleanText(from_plain(raw), in_words(found))


class PlainTextField(forms.CharField):
    """A few plain lines, with nothing invisible in them. Not required unless asked for."""

    widget = forms.Textarea(attrs={"rows": 2})

    def __init__(
        self, *, required: bool = False, most: int = MOST_PLAIN_CHARACTERS, **kwargs: Any
    ) -> None:
        super().__init__(required=required, **kwargs)
        self.validators.append(
            MaxLengthValidator(most, f"Shorten this to {most:,} characters: it has %(show_value)d")
        )

    def to_python(self, value: Any) -> str:
        return in_lines(super().to_python(value) or "")


class TidyTexts:
    """For forms: nothing invisible gets in by a box for a plain text; see documents.characters.

    A box of several lines keeps its lines, any other has one. Two names or references that
    look the same are then the same, and what nobody can see counts as empty.
    """

    fields: dict[str, forms.Field]

    def full_clean(self) -> None:
        # Here, not at the start: some forms add their fields later.
        for field in self.fields.values():
            if isinstance(field, forms.JSONField) or isinstance(field.widget, _AS_SENT):
                continue
            if isinstance(field, forms.CharField):
                field.to_python = _tidied(field)  # type: ignore[method-assign, assignment]
        super().full_clean()  # type: ignore[misc]


_AS_SENT = (forms.HiddenInput, forms.PasswordInput)


def _tidied(field: forms.CharField) -> Callable[[Any], Any]:
    tidy = in_lines if isinstance(field.widget, forms.Textarea) else one_line
    to_python = type(field).to_python

    def tidied(value: Any) -> Any:
        text = to_python(field, value)
        return (tidy(text) or field.empty_value) if text else text

    return tidied
