"""What an administrator types about people: whom to invite, their posts, and who takes over."""

from datetime import date
from typing import ClassVar

from django import forms
from django.db.models import Q

from administration.leaving import Held
from partnerships.dates import DayMonthYearField
from partnerships.days import long_day
from partnerships.forms import Checkboxes, PortalForm, Radios
from partnerships.models import Membership, Organisation, Partnership, Role
from partnerships.people import BESIDES, Post, post_marker
from partnerships.permissions import GRANTS, in_words


class MeantMixin:
    """Asks once more, by a box to tick, of a person who gives up their own administration."""

    def _add_meant(self):
        self.fields["meant"] = forms.BooleanField(
            label="I mean to give up my administration of this partnership", required=False
        )

    def ask_whether_meant(self, refusal):
        self._add_meant()
        self.add_error("meant", refusal)

    @property
    def meant(self) -> bool:
        return bool(self.cleaned_data.get("meant"))


class PostForm(MeantMixin, PortalForm):
    """What somebody is in the partnership: post, organisation, role and dates."""

    post = forms.CharField(
        max_length=200, help_text="As others know it, such as “Strategic lead, Domestic abuse”."
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), required=False, empty_label="None"
    )
    role = forms.ChoiceField(
        label="What may they do?",
        choices=Role.choices,
        widget=Radios(hints={role: in_words(granted) for role, granted in GRANTS.items()}),
        initial=Role.MEMBER,
    )
    besides = forms.MultipleChoiceField(
        label="What else may they do?",
        help_text="Beside what the role has already.",
        choices=[
            (name, f"{permission.value[0].upper()}{permission.value[1:]}")
            for name, permission in BESIDES.items()
        ],
        widget=Checkboxes(
            hints={
                "releases_reports": "Puts them on the web. Only for coordinators, as a second "
                "act after issuing."
            }
        ),
        required=False,
    )
    starts_on = DayMonthYearField(
        label="From", required=False, help_text="Left empty, from now on."
    )
    ends_on = DayMonthYearField(
        label="Until", required=False, help_text="The last day, if it is known."
    )
    label_size = "s"
    not_optional: ClassVar = ("besides",)
    required_text: ClassVar = {"post": "Enter the post", "role": "Choose what they may do"}

    def __init__(
        self,
        *args,
        partnership: Partnership,
        today: date,
        membership: Membership | None = None,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.membership = membership
        bodies = Organisation.objects.of(partnership)
        going_on = Q(pk__in=bodies.current(today).filter(merged_into=None))
        if membership is not None:
            # One that has ended since is kept until another is chosen.
            going_on |= Q(pk=membership.organisation_id)
            self._start_from(membership)
        self.fields["organisation"].queryset = bodies.filter(going_on)

    def _start_from(self, membership):
        self.initial |= {
            name: getattr(membership, name) for name in ("post", "role", "starts_on", "ends_on")
        }
        self.initial["organisation"] = membership.organisation_id
        self.initial["besides"] = [name for name in BESIDES if getattr(membership, name)]

    def clean(self):
        data = super().clean()
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The end cannot be before the start")
        if "releases_reports" in data.get("besides", ()) and data.get("role") != Role.COORDINATOR:
            self.add_error("besides", "Only a coordinator releases reports: choose that role too")
        return data

    @property
    def given(self) -> Post:
        data = self.cleaned_data
        return Post(
            post=data["post"],
            organisation=data["organisation"],
            role=data["role"],
            starts_on=data["starts_on"],
            ends_on=data.get("ends_on"),
            **{name: name in data["besides"] for name in BESIDES},
        )


class InviteForm(PostForm):
    """Whom to invite, and to what."""

    email = forms.EmailField(
        label="Email address",
        help_text="Their own, at work. The invitation goes there, and they sign in with it.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    full_name = forms.CharField(
        label="Name",
        max_length=200,
        required=False,
        help_text="Left empty, the post is shown alone.",
    )
    field_order = ("email", "full_name")
    submit_text = "Invite"
    required_text: ClassVar = {**PostForm.required_text, "email": "Enter an email address"}


class CorrectionForm(PortalForm):
    """One fact of a person, and what it was when the page was opened."""

    corrects = ""
    label_size = "s"

    def __init__(self, *args, user, **kwargs):
        is_now = getattr(user, self.corrects)
        super().__init__(*args, initial={self.corrects: is_now, "was": is_now}, **kwargs)

    def mark_again(self, saved):
        """Let the same form be sent again, now knowingly over what somebody else saved."""
        self.data = self.data.copy()
        self.data["was"] = getattr(saved, self.corrects)


class CorrectNameForm(CorrectionForm):
    """The name of somebody who has a post here."""

    full_name = forms.CharField(
        label="Name",
        max_length=200,
        help_text="They see in their history that it was corrected, and by whom. Reports and "
        "answers of the past keep the name of their day.",
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False)
    corrects = "full_name"
    submit_text = "Save"
    required_text: ClassVar = {"full_name": "Enter the name"}


class CorrectAddressForm(CorrectionForm):
    """The address of somebody who has not accepted their invitation."""

    email = forms.EmailField(
        label="Email address",
        max_length=254,
        help_text="A new invitation goes to it. The link that was sent before stops working.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False)
    corrects = "email"
    submit_text = "Save and invite"
    required_text: ClassVar = {"email": "Enter the email address"}

    def clean(self):
        data = super().clean()
        if data.get("email", "").lower() == data.get("was", "").lower():
            self.add_error("email", "This is the address as it is. Enter the right one")
        return data


class AddPostForm(PostForm):
    """Another post of somebody who is here already."""

    submit_text = "Add the post"


class ChangePostForm(PostForm):
    """A post as it stands; its end is asked for only where it has one.

    To end it, or earlier, has a page of its own, where it is given on what the person leads.
    """

    marker = forms.CharField(widget=forms.HiddenInput, required=False)
    submit_text = "Save"

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, membership=membership, **kwargs)
        self.initial["marker"] = post_marker(membership)
        if membership.ends_on is None:
            del self.fields["ends_on"]
        else:
            self.fields["ends_on"].help_text = "A later day, or empty if it does not end."
        if "meant" in self.data:
            self._add_meant()

    def mark_again(self, saved: Membership):
        """Let the same form be sent again, now knowingly over what somebody else saved."""
        self.data = self.data.copy()
        self.data["marker"] = post_marker(saved)


NOBODY = "nobody"


class EndPostForm(MeantMixin, PortalForm):
    """The last day of a post, and for each thing its person holds who takes it over."""

    last_day = DayMonthYearField(label="Last day")
    everything = forms.ChoiceField(label="Who takes over?", required=False)
    marker = forms.CharField(widget=forms.HiddenInput, required=False)
    label_size = "s"
    required_text: ClassVar = {"last_day": "Enter the last day"}

    def __init__(
        self,
        *args,
        membership: Membership,
        held: list[Held],
        heirs: list[Membership],
        today: date,
        is_taken_back: bool,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.held, self.membership, self.today = held, membership, today
        self.heirs = {str(heir.pk): heir for heir in heirs}
        self.submit_text = "Take the post back" if is_taken_back else "End this post"
        self.initial["marker"] = post_marker(membership)
        if is_taken_back:
            del self.fields["last_day"]
        else:
            last = min(filter(None, (membership.ends_on, today)))
            self.initial["last_day"] = max(last, membership.starts_on or last)
        self._ask_for_each()
        if "meant" in self.data:
            self._add_meant()

    def _ask_for_each(self):
        people = [(NOBODY, "Nobody: the coordinator is asked instead")]
        people += [(key, f"{heir.user}: {heir}") for key, heir in self.heirs.items()]
        if len(self.held) > 1:
            each = [("", "Choose for each of them below"), *people]
            self.fields["everything"].choices = each
            self.fields["everything"].help_text = "One person for everything, unless said below."
        else:
            del self.fields["everything"]
        unsaid = "As chosen above" if len(self.held) > 1 else "Choose who takes over"
        for held in self.held:
            self.fields[held.name] = forms.ChoiceField(
                label=held.label,
                help_text=held.hint,
                choices=[("", unsaid), *people],
                required=False,
            )

    @property
    def not_optional(self):
        return ("everything", *(held.name for held in self.held))

    def clean_last_day(self):
        last_day = self.cleaned_data["last_day"]
        starts_on, ends_on = self.membership.starts_on, self.membership.ends_on
        if starts_on and last_day < starts_on:
            said = long_day(starts_on, self.today)
            raise forms.ValidationError(f"The post began on {said}: enter that day or a later one")
        if ends_on and last_day > ends_on:
            said = long_day(ends_on, self.today)
            raise forms.ValidationError(f"It ends on {said} as it is: enter an earlier day")
        return last_day

    def clean(self):
        data = super().clean()
        for held in self.held:
            if not (data.get(held.name) or data.get("everything")):
                self.add_error(held.name, f"Choose who takes over “{held.label}”")
        return data

    def mark_again(self, saved: Membership):
        """Let the same form be sent again, now knowingly over what somebody else saved."""
        self.data = self.data.copy()
        self.data["marker"] = post_marker(saved)

    @property
    def given(self) -> dict[str, Membership | None]:
        """Who takes over what; None where the coordinator is asked instead."""
        data = self.cleaned_data
        chosen = {held.name: data[held.name] or data.get("everything") for held in self.held}
        return {name: self.heirs.get(key) for name, key in chosen.items()}
