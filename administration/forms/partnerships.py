"""What is typed about a new partnership, and the organisations proposed for it."""

from copy import copy
from typing import ClassVar

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.text import slugify

from documents.forms import PlainTextField
from partnerships.authorities import responsible_authorities
from partnerships.forms import Checkboxes, PortalForm, PortalModelForm
from partnerships.models import Organisation, Partnership
from partnerships.ons import Area, area_of

LONGEST_NAME = Organisation._meta.get_field("name").max_length


class FindAreaForm(PortalForm):
    """Words of the area's name, of one of its districts, or its code."""

    q = forms.CharField(
        label="Name of the area, one of its districts, or its code",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    marks_optional = False
    label_size = "s"


class FirstAdministratorForm(PortalForm):
    """Who is to administer a partnership first."""

    email = forms.EmailField(
        label="Their email address",
        help_text="Yours, if you set the partnership up yourself.",
    )
    full_name = forms.CharField(label="Their name", max_length=200, required=False)
    post = forms.CharField(
        label="Their post", max_length=200, initial="Administrator of the partnership"
    )

    submit_text = "Invite"
    label_size = "s"
    required_text: ClassVar = {
        "email": "Enter the email address of the first administrator",
        "post": "Enter the first administrator's post",
    }


class NewPartnershipForm(PortalModelForm):
    """A partnership and its first administrator."""

    email, full_name, post = (
        copy(FirstAdministratorForm.base_fields[name]) for name in ("email", "full_name", "post")
    )

    class Meta:
        model = Partnership
        fields = ("name", "slug", "brand_colour", "help_email", "help_telephone")

    submit_text = "Make the partnership"
    label_size = "s"
    required_text: ClassVar = {
        "name": "Enter the partnership's name",
        "slug": "Enter an address, such as “swale”",
        "brand_colour": "Enter a colour, such as #10495a",
        **FirstAdministratorForm.required_text,
    }
    layout = Layout(
        "name",
        "slug",
        "brand_colour",
        "help_email",
        "help_telephone",
        Fieldset("First administrator", "email", "full_name", "post"),
    )

    def __init__(self, *args, area: Area | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.area = area
        if area is not None:
            self.instance.national_code = area.code
            self.initial |= {
                "name": f"{area.name} Community Safety Partnership",
                "slug": slugify(area.name),
            }
        self.fields["brand_colour"].label = "Colour"

    def clean(self):
        data = super().clean()
        other = partnership_with(self.area)
        if other is not None:
            self.add_error(None, f"{other} has the code {self.area.code} already.")
        return data


def partnership_with(area: Area | None) -> Partnership | None:
    """The partnership that has the area's code, if there is one."""
    if area is None:
        return None
    return Partnership.objects.filter(national_code__iexact=area.code).first()


class ProposedOrganisationsForm(PortalForm):
    """The responsible authorities of a partnership's area, each with a name to correct."""

    authorities = forms.MultipleChoiceField(
        label="Responsible authorities",
        help_text="Correct each name as it is to be printed.",
        required=False,
        widget=Checkboxes(),
    )
    others = PlainTextField(
        label="Other organisations",
        help_text="Such as housing associations and charities. One on each line.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    not_optional: ClassVar = ("authorities",)
    submit_text = "Add the organisations"
    label_size = "s"

    def __init__(self, *args, partnership: Partnership, **kwargs):
        rows = list(partnership.organisations.values_list("name", "national_code"))
        self.here = {name.casefold() for name, _ in rows}
        known = self.here | {code.casefold() for _, code in rows}
        self.proposed = [
            each
            for each in responsible_authorities(area_of(partnership.national_code))
            if {each.name.casefold(), each.code.casefold()}.isdisjoint(known - {""})
        ]
        # Before the form is made of them, so that they are treated as its others.
        self.base_fields = self.base_fields | {
            each.key: forms.CharField(
                label=f"Name of the {_small(each.what)}",
                initial=each.name,
                required=False,
                max_length=LONGEST_NAME,
            )
            for each in self.proposed
        }
        super().__init__(*args, **kwargs)
        field = self.fields["authorities"]
        field.choices = [(each.key, each.what) for each in self.proposed]
        field.widget.reveals = {(each.key,): (each.key,) for each in self.proposed}
        if not self.here:
            field.initial = [each.key for each in self.proposed]

    def clean(self):
        data = super().clean()
        self.organisations = []
        seen = set(self.here)
        for each in self.proposed:
            if each.key in data.get("authorities", ()) and not self.has_error(each.key):
                self._take(each.key, data.get(each.key, ""), each.code, seen, each.what)
        for line in data.get("others", "").splitlines():
            if line.strip():
                self._take("others", line.strip(), "", seen)
        if not self.organisations and not self.errors:
            self.add_error("authorities", "Choose at least one, or write one below")
        return data

    def _take(self, field: str, name: str, code: str, seen: set[str], what: str = "") -> None:
        if not name:
            self.add_error(field, f"Enter the name of the {_small(what)}, or untick it")
        elif len(name) > LONGEST_NAME:
            self.add_error(field, f"Shorten “{name[:40]}…” to {LONGEST_NAME} characters")
        elif name.casefold() in seen:
            self.add_error(field, f"{name} is here already, or twice on this page")
        else:
            seen.add(name.casefold())
            self.organisations.append((name, code))


def _small(what: str) -> str:
    return what[0].lower() + what[1:]
