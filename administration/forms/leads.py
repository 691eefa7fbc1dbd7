"""What is typed of leads, group headings and the figures under a priority."""

from typing import ClassVar

from django import forms
from django.db.models import Q

from administration.forms.plan import MarkerMixin
from partnerships.dates import DayMonthYearField
from partnerships.forms import Checkboxes, PortalForm, PortalModelForm
from partnerships.models import Group, Membership, Organisation
from performance.models import Indicator
from priorities.models import LEADERS, GroupHeading
from priorities.services import marker_of_heading, marker_of_lead


def not_over(queryset, today, *chosen):
    """Those that have not ended by today, and those that stand chosen already."""
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    return queryset.filter(still | Q(pk__in=[pk for pk in chosen if pk]))


class LeadForm(MarkerMixin, PortalForm):
    """Who leads a priority or an action, from when and until when."""

    who = forms.ChoiceField(label="Who leads it?")
    is_deputy = forms.BooleanField(label="As a deputy", required=False)
    starts_on = DayMonthYearField(
        label="From", required=False, help_text="Left empty, from the beginning of the plan."
    )
    ends_on = DayMonthYearField(
        label="Until",
        required=False,
        help_text="The last day. Leave it empty while nobody knows.",
    )
    submit_text = "Save"
    label_size = "s"
    required_text: ClassVar = {"who": "Choose a person, an organisation or a group"}

    def __init__(self, *args, lead, today, **kwargs):
        initial = {
            "who": self._value(lead),
            "marker": marker_of_lead(lead),
            "is_deputy": lead.is_deputy,
            "starts_on": lead.starts_on if lead.pk else self._first_day(lead, today),
            "ends_on": lead.ends_on,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.lead = lead
        self.fields["who"].choices = self._choices(today)

    @staticmethod
    def _first_day(lead, today):
        """Today while the plan runs; of another year, the beginning of the plan, left empty."""
        return today if getattr(lead, lead.owner).plan.period.contains(today) else None

    @staticmethod
    def _value(lead):
        return next((f"{name}-{pk}" for name in LEADERS if (pk := getattr(lead, f"{name}_id"))), "")

    def _choices(self, today):
        here = {"partnership": self.lead.partnership_id}
        people = Membership.objects.filter(**here).select_related("user", "organisation")
        rows = {
            "People": people,
            "Organisations": Organisation.objects.filter(**here),
            "Groups": Group.objects.filter(**here),
        }
        choices = [("", "Choose")]
        for name, (label, every) in zip(LEADERS, rows.items(), strict=True):
            offered = not_over(every, today, getattr(self.lead, f"{name}_id"))
            choices.append((label, [(f"{name}-{each.pk}", _called(each)) for each in offered]))
        return [choice for choice in choices if choice[1]]

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        kind, _, number = data["who"].partition("-")
        for name in LEADERS:
            setattr(self.lead, f"{name}_id", int(number) if name == kind else None)
        for name in ("is_deputy", "starts_on", "ends_on"):
            setattr(self.lead, name, data[name])
        if data["starts_on"] and data["ends_on"] and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "The end cannot be before the start")
        return data


def _called(one):
    """A person by name and post, an organisation or group by its name."""
    return f"{one.user}: {one}" if isinstance(one, Membership) else str(one)


class HeadingForm(MarkerMixin, PortalModelForm):
    """A heading under which one group, or several, report in each round."""

    submit_text = "Save the heading"
    label_size = "s"

    class Meta:
        model = GroupHeading
        fields = ("groups", "heading")
        widgets: ClassVar = {
            "groups": Checkboxes(css_class="govuk-checkboxes--small"),
            "heading": forms.TextInput,
        }
        labels: ClassVar = {"groups": "Which groups report under it?"}
        help_texts: ClassVar = {
            "groups": "One, or several that report together.",
            "heading": (
                "As it prints. Left empty, it is made of the groups' names, and follows them."
            ),
        }

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = self.instance.groups.values_list("pk", flat=True) if self.instance.pk else ()
        groups = Group.objects.filter(partnership=self.instance.priority.partnership_id)
        self.fields["groups"].queryset = not_over(groups, today, *chosen)
        self.fields["heading"].required = False
        if self.instance.pk:
            self.initial["marker"] = marker_of_heading(self.instance)

    def clean(self):
        data = super().clean()
        if "heading" in data and not data["heading"]:
            names = [group.name for group in data.get("groups", ())]
            if not names:
                self.add_error("heading", "Enter the heading, or choose a group")
            data["heading"] = GroupHeading.made_of(names)
        return data


class PlaceForm(PortalForm):
    """A figure that is to stand under a priority."""

    indicator = forms.ModelChoiceField(
        label="Which figure?", queryset=Indicator.objects.none(), empty_label="Choose"
    )
    submit_text = "Put it under this priority"
    label_size = "s"
    required_text: ClassVar = {"indicator": "Choose a figure"}

    def __init__(self, *args, priority, access, **kwargs):
        super().__init__(*args, **kwargs)
        others = Indicator.objects.visible_to(access)
        self.fields["indicator"].queryset = others.exclude(priority_indicators__priority=priority)
