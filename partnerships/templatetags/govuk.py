"""The form parts of govuk-frontend: what each piece in `templates/govuk/` is shown with.

Crispy renders a field through `govuk/field.html`, which is one call of `govuk_field`. Ids
follow Django's own: `id_name`, `id_name_helptext`, `id_name_error`, so that Django ties the
hint and the error to the control. The first of several options takes the bare id, so that a
link from the error summary lands on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from partnerships.dates import PARTS, DayMonthYearWidget

register = template.Library()


@dataclass(frozen=True)
class Option:
    """One radio or checkbox, and the fields that are asked when it is chosen."""

    id: str
    value: str
    label: str
    hint: str
    checked: bool
    disabled: bool
    revealed: tuple[BoundField, ...] = ()
    revealed_when: str = ""
    revealed_now: bool = False


@dataclass(frozen=True)
class DateBox:
    """One of the three boxes of a date."""

    id: str
    name: str
    label: str
    value: str
    is_wrong: bool
    is_year: bool


@dataclass(frozen=True)
class Problem:
    """One line of the error summary; without a target it is not a link."""

    text: str
    target: str


@register.inclusion_tag("govuk/_field.html")
def govuk_field(field: BoundField, revealed: bool = False) -> dict[str, Any]:
    """A field with its label, hint, error and control. Use `{% crispy form %}` for a form."""
    kind = _kind(field)
    return {
        "field": field,
        "kind": kind,
        "piece": f"govuk/_{kind}.html",
        "is_group": kind in ("options", "date"),
        "label_size": "" if revealed else getattr(field.form, "label_size", ""),
        "says_optional": _says_optional(field, revealed),
        "name": field.html_name,
        "limit": getattr(field.field, "max_length", None),
        "control": _control(field, kind),
        "options": _options(field) if kind == "options" else (),
        "option_kind": "checkboxes" if _is_checkboxes(field) else "radios",
        "css_class": getattr(field.field.widget, "css_class", ""),
        "boxes": _date_boxes(field) if kind == "date" else (),
    }


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(*forms_or_formsets: Any, first: str = "") -> dict[str, Any]:
    """What is wrong with one or more forms, formsets or lists of forms, each line a link.

    `first` is a line before the list, such as "Everything you wrote has been kept".
    """
    return {
        "first": first,
        "problems": [
            problem for shown in forms_or_formsets if shown for problem in _problems(shown)
        ],
    }


@register.inclusion_tag("govuk/_button.html")
def button(text: str, name: str = "", value: str = "", kind: str = "") -> dict[str, str]:
    """A button that sends its form once, however often it is pressed. kind: secondary, warning."""
    return {"text": text, "name": name, "value": value, "kind": kind}


def _kind(field: BoundField) -> str:
    """The name of the piece that draws the control."""
    widget = field.field.widget
    # CheckboxSelectMultiple is a RadioSelect too.
    if isinstance(widget, forms.RadioSelect):
        return "options"
    if isinstance(widget, DayMonthYearWidget):
        return "date"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.PasswordInput):
        return "password"
    if isinstance(widget, forms.Textarea) and getattr(field.field, "max_length", None):
        return "counted"
    return "control"


def _is_checkboxes(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple)


def _says_optional(field: BoundField, revealed: bool) -> bool:
    form = field.form
    return not (
        field.field.required
        or revealed
        or isinstance(field.field.widget, forms.CheckboxInput)
        or field.name in getattr(form, "not_optional", ())
        or not getattr(form, "marks_optional", True)
    )


def _control(field: BoundField, kind: str) -> SafeString:
    """The input, select or textarea of a field that has a single one."""
    if kind in ("options", "date"):
        return SafeString("")
    widget = field.field.widget
    classes = [_control_class(widget)]
    attrs: dict[str, Any] = {}
    if kind == "checkbox":
        classes = ["govuk-checkboxes__input"]
    elif field.errors:
        classes.append(f"{classes[0]}--error")
    if kind == "password":
        classes += ["govuk-password-input__input", "govuk-js-password-input-input"]
        attrs |= {"spellcheck": "false", "autocapitalize": "none"}
    if kind == "counted":
        classes.append("govuk-js-character-count")
        count = f"{field.auto_id}-info"
        attrs["aria-describedby"] = " ".join(filter(None, [field.aria_describedby, count]))
    classes.append(widget.attrs.get("class", ""))
    return field.as_widget(attrs=attrs | {"class": " ".join(filter(None, classes))})


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.Select):
        return "govuk-select"
    if isinstance(widget, forms.Textarea):
        return "govuk-textarea"
    if isinstance(widget, forms.FileInput):
        return "govuk-file-upload"
    return "govuk-input"


def _options(field: BoundField) -> list[Option]:
    drawn = [sub.data for sub in field.subwidgets if not _is_dashes(sub.data)]
    hints = getattr(field.field.widget, "hints", {})
    panels = _panels(field, [str(option["value"]) for option in drawn])
    chosen = {str(option["value"]) for option in drawn if option["selected"]}
    options = []
    for index, option in enumerate(drawn):
        value = str(option["value"])
        when, names = panels.get(value, ((), ()))
        options.append(
            Option(
                id=field.auto_id if index == 0 else f"{field.auto_id}_{index}",
                value=value,
                label=option["label"],
                hint=hints.get(value, ""),
                checked=bool(option["selected"]),
                disabled=bool(option["attrs"].get("disabled")),
                revealed=tuple(field.form[name] for name in names),
                revealed_when=" ".join(when),
                revealed_now=not chosen.isdisjoint(when),
            )
        )
    return options


def _is_dashes(option: dict[str, Any]) -> bool:
    """The empty choice that Django gives a select; as a radio it would mean nothing."""
    return option["value"] in ("", None) and not option["label"].strip("-")


def _panels(
    field: BoundField, values: list[str]
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """What is revealed under which option: under the last of those that ask for it."""
    reveals = getattr(field.field.widget, "reveals", {})
    return {
        max((value for value in when if value in values), key=values.index): (when, names)
        for when, names in reveals.items()
        if set(when) & set(values)
    }


def _date_boxes(field: BoundField) -> list[DateBox]:
    wrong = _wrong_parts(field)
    return [
        DateBox(
            id=box["attrs"].get("id", ""),
            name=box["name"],
            label=box["part"].capitalize(),
            value=box["value"] or "",
            is_wrong=box["part"] in wrong,
            is_year=box["part"] == "year",
        )
        for box in field.subwidgets[0].data["subwidgets"]
    ]


def _wrong_parts(field: BoundField) -> list[str]:
    """The boxes of a date that its errors concern: all three unless they say which."""
    wrong: set[str] = set()
    for error in field.errors.as_data():
        wrong |= set((error.params or {}).get("parts", PARTS))
    return [part for part in PARTS if part in wrong]


def _problems(form_or_formset: Any) -> Iterable[Problem]:
    if isinstance(form_or_formset, list):
        for form in form_or_formset:
            yield from _problems(form)
        return
    if isinstance(form_or_formset, forms.BaseFormSet):
        for text in form_or_formset.non_form_errors():
            yield Problem(str(text), "")
        for form in form_or_formset.forms:
            yield from _problems(form)
        return
    for text in form_or_formset.non_field_errors():
        yield Problem(str(text), "")
    for field in form_or_formset:
        for text in field.errors:
            yield Problem(str(text), _target(field))


def _target(field: BoundField) -> str:
    """The id of the control that an error leads to."""
    if field.is_hidden:
        return ""
    kind = _kind(field)
    if kind == "date":
        return f"{field.auto_id}_{_wrong_parts(field)[0]}"
    if kind == "options":
        return field.auto_id
    return field.id_for_label
