"""What is typed of an action: its own facts, and its milestones in rows on the same page.

A row of the page is known by its key: a milestone's number, or "new1" and so on. The rows come in
the order in which they are typed, and that is the order of the milestones.
"""

import re
from typing import ClassVar

from django import forms

from actions.models import Action, Milestone
from actions.services import marker_of_action
from actions.timescales import understand
from documents.forms import PlainTextField
from partnerships.dates import DayMonthYearField
from partnerships.forms import PortalForm, PortalModelForm
from partnerships.ordering import moved
from priorities.models import Priority

Timescale = Milestone.Timescale
DATED = (Timescale.BY_DATE, Timescale.IN_MONTH)
EMPTY_ROWS = 3
MOST_ROWS = 100
KEY = re.compile(r"[0-9]{1,18}|new[0-9]{1,3}")


class ActionForm(PortalModelForm):
    """An action's reference, title, outcome, lead, end and priority."""

    desired_outcome = PlainTextField(
        label="Desired outcome", widget=forms.Textarea(attrs={"rows": 3})
    )
    marker = forms.CharField(widget=forms.HiddenInput, required=False)
    label_size = "s"
    required_text: ClassVar = {
        "title": "Enter the title of the action",
        "priority": "Choose a priority or theme of this plan",
    }

    class Meta:
        model = Action
        fields = ("reference", "title", "desired_outcome", "lead_text", "due_on", "priority")
        labels: ClassVar = {"lead_text": "Lead", "due_on": "Ends on", "priority": "Under"}
        widgets: ClassVar = {
            "reference": forms.TextInput(attrs={"class": "govuk-input--width-5"}),
            "title": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts: ClassVar = {
            "reference": "As the plan has it, such as 2.7 or 4.10. Leave it empty where there "
            "is none.",
            "lead_text": "As the plan has it: a group, a post, an organisation, or several.",
            "due_on": "Where the plan gives the action itself a date.",
        }

    def __init__(self, *args, milestones=(), **kwargs):
        super().__init__(*args, **kwargs)
        # A textarea with a limit would be drawn with a counter; the limit itself stays.
        self.fields["title"].max_length = None
        plan_id = self.instance.plan_id or self.instance.priority.plan_id
        self.fields["priority"].queryset = Priority.objects.filter(plan=plan_id)
        self.fields["priority"].empty_label = None
        if self.instance.pk:
            self.initial["marker"] = marker_of_action(self.instance, milestones)


class MilestoneForm(PortalForm):
    """One milestone: what it is, its timescale as written, and what that was understood as."""

    title = forms.CharField(
        label="Milestone", max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    timescale = forms.CharField(
        label="Timescale, as the plan has it",
        max_length=100,
        required=False,
    )
    kind = forms.ChoiceField(
        label="Understood as",
        choices=[("", "Work it out from the timescale"), *Timescale.choices],
        required=False,
    )
    due_on = DayMonthYearField(label="By", required=False)
    completed_on = DayMonthYearField(label="Completed on", required=False)
    remove = forms.BooleanField(label="Remove this milestone", required=False)
    marks_optional = False

    def __init__(self, *args, key, number, milestone, plan_period, today, **kwargs):
        initial = {
            "title": milestone.title,
            "timescale": milestone.timescale,
            "kind": milestone.timescale_kind if milestone.pk else "",
            "due_on": milestone.due_on,
            "completed_on": milestone.completed_on,
        }
        super().__init__(*args, prefix=f"m-{key}", initial=initial, **kwargs)
        self.key, self.number, self.milestone = key, number, milestone
        self.is_saved = milestone.pk is not None
        self.is_first = self.is_last = False
        self.plan_period, self.today = plan_period, today
        # A textarea with a limit would be drawn with a counter.
        self.fields["title"].max_length = None
        if not milestone.pk:
            del self.fields["remove"]

    @property
    def is_open(self):
        """Whether what is folded away has to be seen: something in it is wrong, or doubtful."""
        folded = {"kind", "due_on", "completed_on", "remove"}
        return bool(folded & set(self.errors)) or (self.is_saved and not self.is_understood)

    @property
    def is_understood(self):
        return self.milestone.timescale_kind != Timescale.UNKNOWN or not self.milestone.timescale

    @property
    def is_outside(self):
        return self.is_saved and self.milestone.is_outside(self.plan_period)

    @property
    def typed_nothing(self):
        return not self.is_saved and not self.has_changed()

    @property
    def is_removed(self):
        return bool(self.cleaned_data.get("remove"))

    def clean(self):
        data = super().clean()
        if self.typed_nothing or data.get("remove"):
            return data
        if not data.get("title") and "title" not in self.errors:
            what = "or tick “Remove this milestone”" if self.is_saved else "or empty its row"
            self.add_error("title", f"Write what milestone {self.number} is, {what}")
        if data.get("completed_on") and data["completed_on"] > self.today:
            self.add_error("completed_on", "This day is still to come: enter the day it was done")
        if not self.errors:
            self._understand(data)
        return data

    def _understand(self, data):
        """Take what was chosen by hand; else work the kind and date out from the timescale."""
        by_hand = bool({"kind", "due_on"} & set(self.changed_data))
        is_reworded = "timescale" in self.changed_data
        if not data["kind"] or (is_reworded and not by_hand):
            found = understand(data["timescale"], self.plan_period)
            typed = data["due_on"] if "due_on" in self.changed_data else None
            data["kind"] = found.kind.value
            data["due_on"] = typed or found.due_on
        elif self._is_no_longer_dated(data):
            data["due_on"] = None
        if data["due_on"] and data["kind"] == Timescale.UNKNOWN and by_hand:
            data["kind"] = Timescale.BY_DATE
        if data["kind"] in DATED and not data["due_on"]:
            self.add_error("due_on", "Enter the date that the timescale stands for")

    def _is_no_longer_dated(self, data):
        """Whether another kind was chosen, and the date came with the one before."""
        changed = self.changed_data
        return "kind" in changed and "due_on" not in changed and data["kind"] not in DATED

    def typed(self):
        """The milestone as it was typed, not saved yet."""
        data, milestone = self.cleaned_data, self.milestone
        milestone.title, milestone.timescale = data["title"], data["timescale"]
        milestone.timescale_kind = Timescale(data["kind"])
        milestone.due_on, milestone.completed_on = data["due_on"], data["completed_on"]
        return milestone


class ActionSheet:
    """The form of an action and the rows of its milestones, checked and saved together."""

    def __init__(self, action, *, plan, today, data=None):
        self.action, self.plan, self.today, self.data = action, plan, today, data
        self.saved = list(action.milestones.all()) if action.pk else []
        self.form = ActionForm(data, instance=action, milestones=self.saved)
        self.rows = [self._row(number, key) for number, key in enumerate(self._keys(), start=1)]
        of_saved = [row for row in self.rows if row.is_saved]
        for row in of_saved:
            row.is_first, row.is_last = row is of_saved[0], row is of_saved[-1]

    def _keys(self):
        """The rows as they were sent, then those that came since, then empty ones."""
        sent = self.data.getlist("row") if self.data is not None else []
        keys = [key for key in dict.fromkeys(sent) if KEY.fullmatch(key)][:MOST_ROWS]
        keys += [key for key in (str(each.pk) for each in self.saved) if key not in keys]
        if self.data is None:
            keys += [f"new{number}" for number in range(1, EMPTY_ROWS + 1)]
        return keys

    def _row(self, number, key):
        milestone = next((each for each in self.saved if str(each.pk) == key), Milestone())
        data = self.data if self.data is not None and f"m-{key}-title" in self.data else None
        return MilestoneForm(
            data,
            key=key,
            number=number,
            milestone=milestone,
            plan_period=self.plan.period,
            today=self.today,
        )

    def is_valid(self):
        return all([self.form.is_valid(), *(row.is_valid() for row in self.typed_rows)])

    @property
    def has_errors(self):
        return bool(self.form.errors) or any(row.errors for row in self.rows)

    @property
    def typed_rows(self):
        return [row for row in self.rows if row.is_bound]

    @property
    def milestones(self):
        """In the order of the page, without those that are removed or were left empty."""
        return [
            row.typed() if row.is_bound else row.milestone
            for row in self.rows
            if not self._is_gone(row) and (row.is_saved or row.is_bound)
        ]

    @property
    def removed(self):
        return [row.milestone for row in self.typed_rows if row.is_saved and row.is_removed]

    def move(self, key, *, up):
        """Put a row a place further up or down; the row, or None where there is none."""
        row = next((row for row in self.rows if row.key == key), None)
        if row:
            self.rows = moved(self.rows, row, up=up)
        return row

    @property
    def doubts(self):
        """What is flagged, never corrected: dates outside the plan's year, texts not understood."""
        said = []
        for number, milestone in enumerate(self.milestones, start=1):
            if milestone.is_outside(self.plan.period):
                said.append(f"the date of milestone {number} is outside the year of this plan")
            elif milestone.timescale and milestone.timescale_kind == Timescale.UNKNOWN:
                said.append(f"the timescale of milestone {number} was not understood")
        return said

    @staticmethod
    def _is_gone(row):
        return row.is_bound and (row.typed_nothing or row.is_removed)

    @property
    def marker(self):
        return self.form.cleaned_data["marker"]

    def start_again(self, saved):
        """The same typed words over what somebody else saved since; the next saving keeps them."""
        data = self.data.copy()
        data["marker"] = marker_of_action(saved, list(saved.milestones.all()))
        return ActionSheet(self.action, plan=self.plan, today=self.today, data=data)
