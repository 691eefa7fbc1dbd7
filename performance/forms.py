"""What is typed of an indicator: what it is, and what it was called."""

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Q

from documents.forms import PlainTextField
from partnerships.dates import DayMonthYearField
from partnerships.forms import PortalForm, PortalModelForm, Radios
from partnerships.models import Marking, Membership, Organisation
from partnerships.permissions import Access, Permission

from .explained import EXPLAINED, has_fractions, what_changes
from .keeping import marker_of_indicator
from .models import Indicator

TRUST = re.compile(
    r"domestic abuse|domestic violence|hate crime|hate incident|modern slavery", re.I
)
"""Where more reports may mean more trust: no judgement, unless somebody decides otherwise."""
TRUSTED = (
    f"{EXPLAINED[Indicator.Polarity.NONE]} So it is for domestic abuse, hate crime and modern "
    "slavery, unless you choose otherwise."
)


class MarkedMixin(forms.Form):
    """Carries the mark of the indicator as it stood when the page was opened."""

    marker = forms.CharField(widget=forms.HiddenInput, required=False)

    def catch_up(self, saved: Indicator) -> list[tuple[str, str]]:
        """Take the mark of what somebody else has saved, and say where that differs, in words."""
        self.data = self.data.copy()
        self.data["marker"] = marker_of_indicator(saved)
        return [
            (self.fields[name].label, _in_words(saved, name))
            for name in self.fields
            if hasattr(saved, name) and self.cleaned_data.get(name) != getattr(saved, name)
        ]


def _in_words(indicator: Indicator, name: str) -> str:
    if name == "is_headline":
        return "Headline" if indicator.is_headline else "Supporting"
    display = getattr(indicator, f"get_{name}_display", None)
    value = display() if display else getattr(indicator, name)
    return "nothing" if value in (None, "") else str(value)


class SupplierField(forms.ModelChoiceField):
    def label_from_instance(self, membership):
        return f"{membership} ({membership.user})"


class CountField(forms.ModelChoiceField):
    """The total that a figure is part of, or the count that it is worked out from."""

    def label_from_instance(self, indicator):
        return indicator.name


class IndicatorForm(MarkedMixin, PortalModelForm):
    """What an indicator is; the name of one that is there has its own page."""

    name = forms.CharField(
        max_length=300,
        label="Name",
        help_text="As it is printed, such as “Antisocial behaviour incidents”.",
    )
    definition = PlainTextField(
        label="Definition",
        help_text="What is counted and what is not, so that two people would count the same.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    supplier = SupplierField(
        Membership.objects.none(),
        label="Supplier",
        help_text="The person who is asked for the figure.",
        empty_label="Nobody yet",
        required=False,
    )
    is_headline = forms.TypedChoiceField(
        label="Headline or supporting",
        choices=[("True", "Headline"), ("False", "Supporting")],
        coerce=lambda value: value == "True",
        widget=Radios(
            hints={
                "True": "One of the few that the priority is judged by.",
                "False": "Printed with the others, and marked as supporting them.",
            }
        ),
    )
    part_of = CountField(
        Indicator.objects.none(),
        label="Part of",
        help_text=(
            "For a count: the total in which all of it is counted too, as burglaries are in all "
            "crime. The parts of one total must not overlap. What a public report does not show of "
            "one of them then does not follow from the others."
        ),
        empty_label="No other figure",
        required=False,
    )
    worked_out_from = CountField(
        Indicator.objects.none(),
        label="Worked out from",
        help_text=(
            "For a rate or a percentage: the count that can be worked out from it. Where a public "
            "report does not show that count, it does not show this either."
        ),
        empty_label="No other figure",
        required=False,
    )
    is_meant = forms.BooleanField(label="Change it all the same", required=False)

    label_size = "s"
    field_order = (
        "name",
        "definition",
        "unit",
        "kind",
        "polarity",
        "is_meant",
        "is_headline",
        "source",
        "supplier",
        "received_by",
        "small_base",
        "national_code",
        "part_of",
        "worked_out_from",
        "marking",
        "marker",
    )
    required_text: ClassVar = {"name": "Enter the name of the figure"}

    class Meta:
        model = Indicator
        fields = (
            "name",
            "definition",
            "unit",
            "kind",
            "polarity",
            "is_headline",
            "source",
            "supplier",
            "received_by",
            "small_base",
            "national_code",
            "part_of",
            "worked_out_from",
            "marking",
        )
        labels: ClassVar = {
            "kind": "What kind of figure is it?",
            "polarity": "What does a change mean?",
            "source": "Source organisation",
            "received_by": "Who receives it",
            "small_base": "Small base",
            "national_code": "National code",
            "marking": "Marking",
        }
        help_texts: ClassVar = {
            "received_by": "Such as “CSP Executive, quarterly”.",
            "polarity": "It decides what is called better or worse beside each change.",
            "source": "Whose figures they are.",
            "national_code": "If it has one.",
        }
        widgets: ClassVar = {
            "unit": forms.TextInput(attrs={"class": "govuk-input--width-20"}),
            "kind": Radios(hints=EXPLAINED),
            "polarity": Radios(hints=EXPLAINED | {Indicator.Polarity.NONE: TRUSTED}),
            "national_code": forms.TextInput(attrs={"class": "govuk-input--width-20"}),
            "small_base": forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
            "marking": Radios(),
        }

    def __init__(self, *args, access: Access, **kwargs):
        super().__init__(*args, **kwargs)
        self.access = access
        self.before = Indicator.objects.get(pk=self.instance.pk) if self.instance.pk else None
        self.initial["marker"] = marker_of_indicator(self.instance)
        self._offer_bodies()
        self._offer_counts()
        self.fields["small_base"].help_text = (
            "Where the previous year is below it no percentage is printed. "
            f"Left empty, it is the partnership's: {access.partnership.small_base}."
        )
        if self.before:
            del self.fields["name"]
        else:
            # To be decided, and not passed over.
            self.fields["polarity"].required = False
            self.initial["polarity"] = ""
        if not self.is_bound:
            del self.fields["is_meant"]

    not_optional: ClassVar = ("polarity",)

    def _offer_bodies(self) -> None:
        """Those of today, and the one that was chosen before."""
        partnership, today = self.access.partnership, self.access.today
        for name, rows in (
            ("source", Organisation.objects.all()),
            ("supplier", Membership.objects.select_related("user", "organisation")),
        ):
            chosen = getattr(self.instance, f"{name}_id")
            current = rows.of(partnership).current(today).values("pk")
            self.fields[name].queryset = rows.of(partnership).filter(
                Q(pk__in=current) | Q(pk=chosen)
            )
        self.fields["source"].empty_label = "Not said"

    def _offer_counts(self) -> None:
        """The counts that this person may see; no choice where they may not see the present one.

        Which of both a figure has depends on its kind.
        """
        seen = Indicator.objects.visible_to(self.access).exclude(pk=self.instance.pk)
        of_another_kind = None
        if self.before:
            of_another_kind = "worked_out_from" if self.before.is_summed else "part_of"
        for name in ("part_of", "worked_out_from"):
            chosen = getattr(self.before, f"{name}_id", None)
            if name == of_another_kind or (chosen and not seen.filter(pk=chosen).exists()):
                del self.fields[name]
                continue
            self.fields[name].queryset = seen.filter(
                Q(kind=Indicator.Kind.COUNT) | Q(pk=chosen)
            ).order_by("name", "pk")

    @property
    def submit_text(self) -> str:
        return "Save" if self.before else "Add the figure"

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by field."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}

    def clean_marking(self):
        marking = self.cleaned_data["marking"]
        if marking == Marking.SENSITIVE and not self.access.can(Permission.READ_SENSITIVE):
            raise forms.ValidationError(
                "You may not read what is OFFICIAL-SENSITIVE, and would not find it again: "
                "ask the coordinator to mark it"
            )
        return marking

    def clean(self):
        data = super().clean()
        if self.before is None and not data.get("polarity") and "polarity" not in self.errors:
            self._take_polarity(data)
        self._ask_whether_meant(data)
        return data

    def _post_clean(self):
        """Nobody is asked whether a kind is meant that the figure cannot have."""
        super()._post_clean()
        if "kind" in self.errors and "is_meant" in self.fields:
            self.errors.pop("is_meant", None)
            del self.fields["is_meant"]

    def _take_polarity(self, data) -> None:
        if TRUST.search(data.get("name", "")):
            data["polarity"] = Indicator.Polarity.NONE
        else:
            self.add_error("polarity", "Choose what a change means")

    def _ask_whether_meant(self, data) -> None:
        """Kind and polarity decide what stands in reports that have been read already."""
        said = ""
        if self.before and data.get("kind") == Indicator.Kind.COUNT and has_fractions(self.before):
            self.add_error("kind", "Readings of it have decimals: a count has none")
        elif self.before and {"kind", "polarity"} <= data.keys():
            said = what_changes(self.before, kind=data["kind"], polarity=data["polarity"])
        if not said:
            del self.fields["is_meant"]
            return
        if not data.get("is_meant"):
            self.add_error("is_meant", f"{said} Tick the box if you mean it")


class RenameForm(MarkedMixin, PortalForm):
    """A new name, and whether the old one was right in its day."""

    NEW, MISTAKE = "new", "mistake"

    name = forms.CharField(max_length=300, label="New name")
    why = forms.ChoiceField(
        label="Why does the name change?",
        choices=[(NEW, "It has a new name"), (MISTAKE, "It was written wrongly")],
        widget=Radios(
            hints={
                NEW: "The old one is kept as an earlier name.",
                MISTAKE: "The old spelling is not kept as an earlier name.",
            },
            reveals={NEW: ("used_until",)},
        ),
    )
    used_until = DayMonthYearField(
        label="Last day of the old name", help_text="If you know it.", required=False
    )
    submit_text = "Save the name"
    label_size = "s"
    required_text: ClassVar = {
        "name": "Enter the new name",
        "why": "Choose why the name changes",
    }

    def __init__(self, *args, indicator: Indicator, today: date, **kwargs):
        self.indicator, self.today = indicator, today
        initial = {"name": indicator.name, "marker": marker_of_indicator(indicator)}
        super().__init__(*args, initial=initial, **kwargs)

    def clean_name(self):
        name = self.cleaned_data["name"]
        if name == self.indicator.name:
            raise forms.ValidationError("This is the name it has. Enter another one")
        return name

    def clean_used_until(self):
        return not_in_future(self.cleaned_data["used_until"], self.today)

    @property
    def keeps_earlier(self) -> bool:
        return self.cleaned_data["why"] == self.NEW


class EarlierNameForm(PortalForm):
    """A name that an indicator had once."""

    name = forms.CharField(max_length=300, label="Earlier name")
    used_until = DayMonthYearField(
        label="Last day it was used", help_text="If you know it.", required=False
    )
    submit_text = "Add the earlier name"
    label_size = "s"
    required_text: ClassVar = {"name": "Enter the earlier name"}

    def __init__(self, *args, today: date, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_used_until(self):
        return not_in_future(self.cleaned_data["used_until"], self.today)


def not_in_future(day: date | None, today: date) -> date | None:
    if day and day > today:
        raise forms.ValidationError("This day is still to come: enter today or an earlier one")
    return day
