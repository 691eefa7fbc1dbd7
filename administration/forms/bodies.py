"""What an administrator types about organisations and groups."""

from datetime import date
from typing import ClassVar

from django import forms

from partnerships.dates import DayMonthYearField
from partnerships.days import long_day
from partnerships.forms import PortalForm, PortalModelForm, Radios
from partnerships.models import Group, Organisation
from partnerships.refusals import Refused
from partnerships.services import marker_of_body, refuse_circle


def refuse_name_taken(body, name, today):
    """Refuse a name that another row of the partnership has, and say which."""
    same = (
        type(body)
        .objects.filter(partnership_id=body.partnership_id, name__iexact=name)
        .exclude(pk=body.pk)
        .select_related("merged_into")
        .first()
    )
    if same is None:
        return
    what = same._meta.verbose_name
    if same.merged_into:
        state = f" It was merged into {same.merged_into}."
    elif same.ends_on and same.ends_on < today:
        state = f" It ended on {long_day(same.ends_on, today)}, and can be brought back there."
    else:
        state = ""
    raise forms.ValidationError(f"There is {_article(what)} {what} with this name already.{state}")


def _article(word):
    return "an" if word[0] in "aeiou" else "a"


class MarkedMixin:
    """Carries the mark of the row as it stood when the page was opened."""

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def mark(self, body):
        self.fields["marker"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=marker_of_body(body)
        )

    def mark_again(self, body):
        """Let the same form be sent again, now knowingly over what somebody else saved."""
        self.data = self.data.copy()
        self.data["marker"] = marker_of_body(body)

    @property
    def marker(self) -> str:
        return self.cleaned_data["marker"]


class BodyForm(MarkedMixin, PortalModelForm):
    """The facts of an organisation or group; the name of one that is there has its own page."""

    label_size = "s"
    required_text: ClassVar = {"name": "Enter the name"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].label = "Since"
        self.fields["starts_on"].help_text = "Leave empty if it has always been there."
        if self.instance.pk:
            del self.fields["name"]
            self.mark(self.instance)

    @property
    def submit_text(self):
        return "Save" if self.instance.pk else f"Add the {self.instance._meta.verbose_name}"

    def clean_name(self):
        name = self.cleaned_data["name"]
        refuse_name_taken(self.instance, name, self.today)
        return name

    def clean_starts_on(self):
        starts_on, ends_on = self.cleaned_data["starts_on"], self.instance.ends_on
        if starts_on and ends_on and starts_on > ends_on:
            raise forms.ValidationError(
                f"It ended on {long_day(ends_on, self.today)}: enter an earlier date"
            )
        return starts_on

    @property
    def values(self) -> dict:
        """What was typed, by field."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}


class OrganisationForm(BodyForm):
    class Meta:
        model = Organisation
        fields = ("name", "short_name", "national_code", "starts_on")
        labels: ClassVar = {"national_code": "National code"}
        help_texts: ClassVar = {
            "name": "In full, as it is printed.",
            "short_name": "For narrow places, such as “KFRS”.",
            "national_code": "If it has one, such as E07000113 for a district.",
        }


class GroupForm(BodyForm):
    class Meta:
        model = Group
        fields = ("name", "short_name", "reports_to", "starts_on")
        labels: ClassVar = {"reports_to": "Reports to"}
        help_texts: ClassVar = {"name": "In full, as it is printed."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["reports_to"]
        group = self.instance
        field.queryset = (
            Group.objects.of(group.partnership)
            .current(self.today)
            .filter(merged_into=None)
            .exclude(pk=group.pk)
        )
        if group.reports_to_id:
            # One that has ended since is kept until another is chosen.
            field.queryset |= Group.objects.of(group.partnership).filter(pk=group.reports_to_id)
        field.empty_label = "The partnership's Executive"
        field.help_text = ""

    def clean_reports_to(self):
        reports_to = self.cleaned_data["reports_to"]
        try:
            refuse_circle(self.instance, reports_to)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return reports_to


class RenameForm(MarkedMixin, PortalForm):
    """A new name, and whether the old one was right in its day."""

    NEW, MISTAKE = "new", "mistake"

    name = forms.CharField(label="New name", max_length=200)
    why = forms.ChoiceField(
        label="Why does the name change?",
        choices=[(NEW, "It has a new name"), (MISTAKE, "It was written wrongly")],
        widget=Radios(
            hints={
                NEW: "The old name is kept with its last day, and past reports go on saying it.",
                MISTAKE: "The old spelling is not kept as an earlier name.",
            },
            reveals={NEW: ("used_until",)},
        ),
    )
    used_until = DayMonthYearField(label="Last day of the old name", required=False)
    submit_text = "Save the name"
    label_size = "s"
    required_text: ClassVar = {
        "name": "Enter the new name",
        "why": "Choose why the name changes",
    }

    def __init__(self, *args, body, **kwargs):
        super().__init__(*args, **kwargs)
        self.body = body
        self.fields["name"].initial = body.name
        self.fields["used_until"].initial = self.today
        self.mark(body)

    def clean_name(self):
        name = self.cleaned_data["name"]
        if name == self.body.name:
            raise forms.ValidationError("This is the name it has. Enter another one")
        refuse_name_taken(self.body, name, self.today)
        return name

    def clean(self):
        data = super().clean()
        used_until = data.get("used_until")
        if data.get("why") == self.NEW and "used_until" in data:
            if not used_until:
                self.add_error("used_until", "Enter the last day of the old name")
            elif used_until > self.today:
                self.add_error(
                    "used_until", "Rename it when the day has come: enter today or earlier"
                )
            elif self.body.starts_on and used_until < self.body.starts_on:
                self.add_error("used_until", "It had not begun then: enter a later date")
        return data

    @property
    def kept_until(self) -> date | None:
        """The last day of the old name; none where it was a mistake."""
        data = self.cleaned_data
        return data["used_until"] if data["why"] == self.NEW else None


class EndForm(MarkedMixin, PortalForm):
    """The last day; of what has ended it can be taken away again."""

    ends_on = DayMonthYearField(label="Last day")
    label_size = "s"
    required_text: ClassVar = {"ends_on": "Enter the last day"}

    def __init__(self, *args, body, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["ends_on"]
        field.initial = body.ends_on or self.today
        if body.ends_on:
            field.required = False
            field.help_text = "Leave empty if it has not ended after all."
        self.submit_text = "Save the last day" if body.ends_on else f"End {body._meta.verbose_name}"
        self.mark(body)


class MergeForm(PortalForm):
    """Which other one is the same, and which of the two stays."""

    THIS, OTHER = "this", "other"

    other = forms.ModelChoiceField(Organisation.objects.none(), label="Which is the same?")
    stays = forms.ChoiceField(label="Which one stays?", widget=Radios())
    label_size = "s"
    marks_optional = False
    required_text: ClassVar = {
        "other": "Choose the one that is the same",
        "stays": "Choose which one stays",
    }

    def __init__(self, *args, body, **kwargs):
        super().__init__(*args, **kwargs)
        self.body = body
        what = body._meta.verbose_name
        field = self.fields["other"]
        field.queryset = (
            type(body).objects.of(body.partnership).filter(merged_into=None).exclude(pk=body.pk)
        )
        field.empty_label = f"Choose {_article(what)} {what}"
        self.fields["stays"].choices = [
            (self.THIS, str(body)),
            (self.OTHER, "The one chosen above"),
        ]

    @property
    def gone_and_stays(self) -> tuple:
        other = self.cleaned_data["other"]
        if self.cleaned_data["stays"] == self.THIS:
            return other, self.body
        return self.body, other
