"""What is typed and chosen when a report is withdrawn or destroyed."""

from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from documents.forms import PlainTextField
from documents.removal import Words
from partnerships.forms import Checkboxes, PortalForm, Radios

from .places import DRAFTS, MESSAGES, SESSIONS, WORD_FILES, How
from .reasons import names_nobody
from .services.withdrawing import MOST_OF_REASON

MOST_WORDS = 20
LEAST_CHARACTERS = 3
LEAVE = (How.LEAVE.value, "Leave it as it is")
WAYS = [
    (How.WORDS.value, "Take the words out"),
    (How.WHOLE.value, "Take the whole text out"),
    LEAVE,
]
ONE_WAY = {
    SESSIONS: "Sign them out",
    MESSAGES: "Empty them",
    DRAFTS: "Throw them away",
    WORD_FILES: "Empty them",
}


def ways_of(key):
    """What can be done with a place, as choices; few can only be dealt with as a whole."""
    return [(How.WORDS.value, ONE_WAY[key]), LEAVE] if key in ONE_WAY else WAYS


class WithdrawForm(PortalForm):
    """Why a released report is taken back."""

    reason = PlainTextField(
        label="Why is it withdrawn?",
        help_text="Everybody who reads the plan sees this, for good: name nobody.",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=True,
        most=MOST_OF_REASON,
        validators=[names_nobody],
    )
    submit_text = "Withdraw it from the public"
    warns = True
    label_size = "s"
    required_text: ClassVar = {"reason": "Say why it is withdrawn"}


class WordsForm(PortalForm):
    """Which words must go, and why."""

    words = PlainTextField(
        label="Words that must go",
        help_text="Each on a line of its own, such as a name. Exactly these are looked for, in "
        "large or small letters: give every spelling, and a first name alone too.",
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        required=True,
    )
    reason = PlainTextField(
        label="Why is it destroyed?",
        help_text="Everybody in the partnership who reads the plan may see this, for good. "
        "Name nobody, as in “It named the victim of a crime”.",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=True,
        most=MOST_OF_REASON,
        validators=[names_nobody],
    )
    label_size = "s"
    required_text: ClassVar = {
        "words": "Give the words that must go, such as a name",
        "reason": "Say why it is destroyed",
    }

    def clean_words(self):
        lines = (" ".join(line.split()) for line in self.cleaned_data["words"].splitlines())
        words = list(dict.fromkeys(line for line in lines if line))
        if len(words) > MOST_WORDS:
            raise ValidationError(f"Give {MOST_WORDS} lines at most: there are {len(words)}")
        for word in words:
            if len(word) < LEAST_CHARACTERS:
                raise ValidationError(
                    f"“{word}” is too short: it would be found within other words. "
                    f"Give {LEAST_CHARACTERS} characters or more"
                )
        return words

    def clean(self):
        data = super().clean()
        words, reason = data.get("words"), data.get("reason")
        if words and reason and Words.of(words).stand_in(reason):
            self.add_error(
                "reason", "The reason stays for good: write it without the words that must go"
            )
        return data


class PurgeForm(PortalForm):
    """What becomes of each place where the words were found, and of each report with them."""

    looked_at = forms.CharField(widget=forms.HiddenInput, required=False)
    also = forms.TypedMultipleChoiceField(
        label="Destroy these as well",
        coerce=int,
        widget=Checkboxes,
        required=False,
    )
    label_size = "s"
    not_optional: ClassVar = ("also",)

    def __init__(self, data=None, *, findings):
        wanted = {"looked_at": findings.looked_at}
        if data is not None:
            # What has been found since is shown as it would be at first.
            data = data.copy()
            for place in findings.places:
                data.setdefault(place.key, How.WORDS.value)
        super().__init__(data, initial=wanted)
        self.findings = findings
        self.fields["also"].choices = [
            (other.pk, f"{other} (issued on {other.issued_at:%-d %B %Y})")
            for other in findings.others
        ]
        for place in findings.places:
            self.fields[place.key] = forms.ChoiceField(
                label=place.name,
                help_text=render_to_string("reports/destroying/_found.html", {"place": place}),
                choices=ways_of(place.key),
                initial=How.WORDS.value,
                widget=Radios(css_class="govuk-radios--small"),
            )

    @property
    def places(self):
        """The question about each place."""
        return [self[place.key] for place in self.findings.places]

    @property
    def chosen(self):
        return {
            "also": self.cleaned_data["also"],
            "looked_at": self.cleaned_data["looked_at"],
            "purges": {place.key: self.cleaned_data[place.key] for place in self.findings.places},
        }

    def looking_at(self, findings):
        """The same choices for what is found now."""
        data = self.data.copy()
        data["looked_at"] = findings.looked_at
        return type(self)(data, findings=findings)
