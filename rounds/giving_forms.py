"""What a lead types to give sections of an update to somebody else."""

from typing import ClassVar

from crispy_forms.layout import Fieldset, Layout
from django import forms

from partnerships.forms import Checkboxes, PortalForm
from partnerships.models import Membership, Organisation

from .models import Answer, LeadUpdate
from .services import Guest

LONGEST_NOTE = 500


class GiveForm(PortalForm):
    """Which sections, to whom, and a line to them."""

    sections = forms.MultipleChoiceField(label="Which sections?", widget=Checkboxes)
    person = forms.ChoiceField(label="Who writes them?", required=False)
    email = forms.EmailField(label="Email address", required=False)
    post = forms.CharField(
        max_length=200,
        required=False,
        help_text="As others know it, such as “Manager, Open House”.",
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), required=False, empty_label="None of these"
    )
    note = forms.CharField(
        label="A line to them",
        max_length=LONGEST_NOTE,
        required=False,
        help_text="Such as what you would like them to cover. It stands in the email they get.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submit_text = "Give these sections"
    label_size = "s"
    required_text: ClassVar = {"sections": "Choose at least one section"}
    not_optional: ClassVar = ("person", "email", "post")
    layout = Layout(
        "sections",
        "person",
        Fieldset(
            "Or invite somebody who is not on the list",
            "email",
            "post",
            "organisation",
        ),
        "note",
    )

    def __init__(
        self,
        *args,
        update: LeadUpdate,
        sections: list[tuple[Answer, str]],
        people: list[Membership],
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people}
        self.fields["sections"].choices = [
            (str(answer.pk), answer.heading) for answer, _ in sections
        ]
        self.fields["sections"].widget.hints = {
            str(answer.pk): hint for answer, hint in sections if hint
        }
        self.fields["person"].choices = [
            ("", "Choose a person"),
            *((key, _named(each)) for key, each in self.people.items()),
        ]
        here = Organisation.objects.of(update.partnership).filter(merged_into__isnull=True)
        self.fields["organisation"].queryset = here

    def clean(self):
        data = super().clean()
        chosen, typed = data.get("person"), data.get("email") or "email" in self.errors
        if chosen and typed:
            self.add_error("person", "Choose a person or type an address, not both")
        elif not (chosen or typed):
            self.add_error("person", "Choose a person, or type the address of a guest")
        elif typed and not data.get("post"):
            self.add_error("post", "Say what their post is")
        return data

    @property
    def to(self) -> Membership | Guest:
        data = self.cleaned_data
        if data["person"]:
            return self.people[data["person"]]
        return Guest(data["email"], data["post"], data["organisation"])

    @property
    def chosen(self) -> list[int]:
        return [int(number) for number in self.cleaned_data["sections"]]


def _named(person: Membership) -> str:
    """By post, with the name where there is one; an address is for nobody else to read."""
    name = person.user.full_name
    return f"{person} ({name})" if name else str(person)
