"""The one base of the portal's forms, and the choices it can draw.

A form is a declaration: fields, labels, hints and error text. The look comes from the crispy
template pack in `templates/govuk/`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.forms.utils import ErrorDict, pretty_name

from documents.forms import TidyTexts
from partnerships.dates import DayMonthYearField

# Values of a choice, and the fields that are asked when one of them is chosen.
Reveals = Mapping[str | tuple[str, ...], Sequence[str]]


class _OptionsMixin:
    """Options with a hint each, and fields that are asked only after some of them.

    `reveals={("amber", "red"): ("reason", "way_back")}` draws the two fields under the last
    of those options, and hides them while neither is chosen. Without script they are open.
    """

    def __init__(
        self,
        *args: Any,
        hints: Mapping[str, str] | None = None,
        reveals: Reveals | None = None,
        css_class: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.hints = dict(hints or {})
        self.reveals = {
            (when,) if isinstance(when, str) else tuple(when): tuple(names)
            for when, names in (reveals or {}).items()
        }
        self.css_class = css_class


class Radios(_OptionsMixin, forms.RadioSelect):
    """One choice of a few."""


class Checkboxes(_OptionsMixin, forms.CheckboxSelectMultiple):
    """Any number of choices."""


class PortalFormMixin(TidyTexts):
    """What all forms of the portal share; use PortalForm or PortalModelForm."""

    use_required_attribute = False

    # The text of the button; the form then writes its own <form> tag.
    submit_text = ""
    # Whether what it does cannot be undone.
    warns = False
    # Without a button, the page writes the <form> tag unless this is set.
    form_tag = False
    # "s" or "m" for questions in bold.
    label_size = ""
    # What to say when a field is left empty: {"progress": "Choose how far the action has got"}.
    required_text: ClassVar[Mapping[str, str]] = {}
    # Fields with required=False that clean() may still ask for: no "(optional)" beside them.
    not_optional: ClassVar[Sequence[str]] = ()
    # False for filters, where nothing is ever required.
    marks_optional = True
    # An order or grouping of its own: Layout(Fieldset("Dates", "starts_on", "ends_on"), "name").
    layout: Layout | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if type(field) is forms.DateField:
                field = self.fields[name] = _in_three_boxes(field)
            _set_plain_input(field)
            _set_error_text(
                field, self.required_text.get(name) or _default_required_text(name, field)
            )

    def as_left(self) -> Self:
        """As its writer left it: nothing is said of errors until it is sent."""
        self.full_clean()
        self._errors = ErrorDict()
        return self

    @property
    def revealed(self) -> frozenset[str]:
        """Names of the fields drawn under an option of another field."""
        return frozenset(
            name
            for field in self.fields.values()
            for names in getattr(field.widget, "reveals", {}).values()
            for name in names
        )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = self.form_tag or bool(self.submit_text)
        helper.attrs = {"novalidate": True}
        helper.render_hidden_fields = True
        helper.layout = self.layout or Layout(
            *(name for name in self.fields if name not in self.revealed)
        )
        if self.submit_text:
            kind = "warning" if self.warns else ""
            helper.add_input(Submit("", self.submit_text, css_class=kind))
        return helper


class PortalForm(PortalFormMixin, forms.Form):
    """Base of forms without a model."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Base of forms that write one row."""


def _in_three_boxes(field: forms.DateField) -> DayMonthYearField:
    boxes = DayMonthYearField(
        required=field.required,
        label=field.label,
        help_text=field.help_text,
        initial=field.initial,
        disabled=field.disabled,
        validators=field.validators,
    )
    if not _says(field, "required", forms.Field.default_error_messages["required"]):
        boxes.error_messages["required"] = field.error_messages["required"]
    return boxes


def _set_plain_input(field: forms.Field) -> None:
    """Text boxes that keep what is typed or pasted into them.

    A browser cuts a paste short at maxlength without a word, and changes a number box when
    the page is scrolled over it.
    """
    widget = field.widget
    widget.attrs.pop("maxlength", None)
    if isinstance(widget, forms.NumberInput):
        for attribute in ("min", "max", "step"):
            widget.attrs.pop(attribute, None)
        widget.input_type = "text"
        whole = type(field) is forms.IntegerField
        widget.attrs.setdefault("inputmode", "numeric" if whole else "decimal")


def _set_error_text(field: forms.Field, required_text: str) -> None:
    """Say what to do, never "This field is required"; what the field itself declares wins."""
    texts = {
        "required": required_text,
        "max_length": "Shorten this to %(limit_value)d characters: it has %(show_value)d",
    }
    if isinstance(field, forms.EmailField):
        texts["invalid"] = "Enter an email address such as name@example.org"
    elif isinstance(field, forms.IntegerField | forms.DecimalField):
        texts["invalid"] = "Enter a number, in figures"
        texts["min_value"] = "Enter %(limit_value)s or more"
        texts["max_value"] = "Enter %(limit_value)s or less"
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        texts["invalid_choice"] = "Choose one of the answers shown"

    defaults = _default_error_texts(type(field))
    for code, text in texts.items():
        if code not in field.error_messages or _says(field, code, defaults.get(code)):
            field.error_messages[code] = text


def _default_required_text(name: str, field: forms.Field) -> str:
    if isinstance(field, DayMonthYearField):
        return str(DayMonthYearField.default_error_messages["required"])
    label = field.label or pretty_name(name)
    verb = "Choose an answer to" if hasattr(field, "choices") else "Fill in"
    return f"{verb} “{label}”"


def _default_error_texts(field_class: type[forms.Field]) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    for ancestor in reversed(field_class.__mro__):
        texts.update(getattr(ancestor, "default_error_messages", {}))
    return texts


def _says(field: forms.Field, code: str, text: Any) -> bool:
    return bool(field.error_messages.get(code) == text)
