"""What is typed of a plan: its year, and its priorities."""

from datetime import date, timedelta
from typing import ClassVar

from django import forms
from django.db.models import Max, Min
from django.utils.text import slugify

from documents.forms import PlainTextField
from partnerships.forms import PortalForm, PortalModelForm, Radios
from partnerships.markers import marker_of_fields
from partnerships.quarters import FIRST_MONTH_OF_FINANCIAL_YEAR, financial_year_of
from priorities.models import Plan, Priority
from priorities.services import marker_of_priority

FACTS_OF_PLAN = ("year_label", "title", "starts_on", "ends_on", "kind", "strategy", "introduction")
EMPTY = "empty"
COPIED = (
    "Copies its priorities and themes in order, with their present leads and deputies, group "
    "headings and figures. What was withdrawn is not copied. Actions are carried forward "
    "afterwards, once its year is closed."
)


class MarkerMixin(forms.Form):
    """Carries the mark of what the person started from."""

    marker = forms.CharField(widget=forms.HiddenInput, required=False)


def next_year(before, today):
    """The first and last day of the year after a plan; without one, of the year it is now."""
    if before is not None:
        starts_on = before.ends_on + timedelta(days=1)
    else:
        starts_on = date(financial_year_of(today), FIRST_MONTH_OF_FINANCIAL_YEAR, 1)
    year = starts_on.year + 1
    leap_day = (starts_on.month, starts_on.day) == (2, 29)
    until = date(year, 3, 1) if leap_day else starts_on.replace(year=year)
    return starts_on, until - timedelta(days=1)


def label_of_year(starts_on, ends_on):
    """As in "2023/24", or "2024" where both days are in it."""
    if starts_on.year == ends_on.year:
        return str(starts_on.year)
    return f"{starts_on.year}/{ends_on.year % 100:02}"


class PlanForm(MarkerMixin, PortalModelForm):
    """A plan's year, title and dates."""

    introduction = PlainTextField(
        label="Introduction",
        help_text="First paragraph of each report. Left empty, the partnership's own is used.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    submit_text = "Save the plan"
    label_size = "s"
    required_text: ClassVar = {
        "year_label": "Enter the year, such as 2023/24",
        "title": "Enter the title of the plan",
        "starts_on": "Enter the first day of the plan",
        "ends_on": "Enter the last day of the plan",
    }

    class Meta:
        model = Plan
        fields = FACTS_OF_PLAN
        widgets: ClassVar = {"kind": Radios(css_class="govuk-radios--small")}
        labels: ClassVar = {
            "year_label": "Year",
            "starts_on": "From",
            "ends_on": "Until",
            "strategy": "Strategy",
        }

    def __init__(self, *args, partnership, **kwargs):
        super().__init__(*args, **kwargs)
        self.partnership = partnership
        self.initial["marker"] = marker_of_fields(self.instance, FACTS_OF_PLAN)

    def clean(self):
        data = super().clean()
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The plan cannot end before it starts")
        elif starts_on and ends_on and self.instance.pk:
            self._keep_rounds_inside(starts_on, ends_on)
        if not self.instance.pk and data.get("year_label"):
            self._take_slug(data["year_label"])
        return data

    def _keep_rounds_inside(self, starts_on, ends_on):
        held = self.instance.rounds.aggregate(
            first=Min("period_starts_on"), last=Max("period_ends_on")
        )
        if held["first"] and held["first"] < starts_on:
            self.add_error("starts_on", "A round of this plan begins before that day")
        if held["last"] and held["last"] > ends_on:
            self.add_error("ends_on", "A round of this plan ends after that day")

    def _take_slug(self, year_label):
        """The address is made of the year: 2023/24 is at 2023-24."""
        slug = slugify(year_label.replace("/", "-"))
        other = Plan.objects.of(self.partnership).filter(slug=slug).first()
        if not slug or len(slug) > 40:
            self.add_error("year_label", "Enter the year in letters and figures, such as 2023/24")
        elif other:
            self.add_error(
                "year_label",
                f"“{other.title}” is already the plan of {other.year_label}: write the year "
                "differently, such as 2023/24 county",
            )
        self.instance.partnership = self.partnership
        self.instance.slug = slug


class NewPlanForm(PlanForm):
    """A plan to be made: what it starts from, where there is a plan before, then its year."""

    start_from = forms.ChoiceField(label="Start from")
    required_text: ClassVar = {
        **PlanForm.required_text,
        "start_from": "Choose what the plan starts from",
    }

    def __init__(self, *args, before, **kwargs):
        self.before = before
        super().__init__(*args, **kwargs)
        if before is None:
            del self.fields["start_from"]
            return
        asked = self.fields["start_from"]
        asked.widget = Radios(hints={str(before.pk): COPIED}, css_class="govuk-radios--small")
        asked.choices = [(str(before.pk), before.title), (EMPTY, "An empty plan")]
        self.initial["start_from"] = str(before.pk)
        self.order_fields(["start_from"])

    @property
    def starts_from(self):
        """The plan to copy from; nothing for an empty one."""
        chosen = self.cleaned_data.get("start_from", EMPTY)
        return None if chosen == EMPTY else self.before


class PriorityForm(MarkerMixin, PortalModelForm):
    """The words of a priority or theme, as the plan has them."""

    summary = PlainTextField(
        label="Summary",
        help_text="Why it is in the plan. Leave a line empty between paragraphs.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    activities = PlainTextField(
        label="Activities",
        help_text="What is done already and what will be, beside the actions, one on a line.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    submit_text = "Save"
    label_size = "s"
    required_text: ClassVar = {"title": "Enter the title"}

    class Meta:
        model = Priority
        fields = ("reference", "title", "lead_text", "summary", "activities")
        labels: ClassVar = {"lead_text": "Lead"}
        widgets: ClassVar = {
            "reference": forms.TextInput(attrs={"class": "govuk-input--width-5"}),
            "title": forms.TextInput,
        }
        help_texts: ClassVar = {
            "reference": "As the plan has it, such as 1. Leave it empty where there is none.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["marker"] = marker_of_priority(self.instance)


class WithdrawForm(PortalForm):
    """Why something is taken out of the plan."""

    reason = PlainTextField(
        label="Why is it withdrawn?",
        help_text="Everybody who reads the plan sees this.",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=True,
    )
    submit_text = "Withdraw it"
    label_size = "s"
    required_text: ClassVar = {"reason": "Say why it is withdrawn"}
