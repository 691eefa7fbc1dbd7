"""What is typed when a report is issued, and ticked when it is released."""

from typing import ClassVar

from django import forms

from documents.forms import PlainTextField
from partnerships.forms import PortalForm

from .reasons import names_nobody
from .services.issuing import MOST_OF_REASON


class IssueForm(PortalForm):
    """Which content was looked at; and why it is corrected, where a version was issued before."""

    reason = PlainTextField(
        label="Why is it corrected?",
        help_text="Printed at the top of the new version, and not in a copy for the public. "
        "It stays for good: name nobody.",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=True,
        most=MOST_OF_REASON,
        validators=[names_nobody],
    )
    looked_at = forms.CharField(widget=forms.HiddenInput, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)
    label_size = "s"
    required_text: ClassVar = {"reason": "Say what is corrected, such as “The figure for burglary”"}

    def __init__(self, *args, last=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.submit_text = f"Issue version {last.version + 1}" if last else "Issue this report"
        self.last_version = last.version if last else 0
        self.initial["after"] = self.last_version
        if last is None:
            del self.fields["reason"]

    @property
    def is_overtaken(self):
        """Whether a version has been issued since the form was shown; once it was validated."""
        return self.cleaned_data.get("after") not in (None, self.last_version)

    def looking_at(self, content_hash):
        """The same form for the content that is shown with it now."""
        if self.is_bound:
            self.data = self.data.copy()
            self.data["looked_at"] = content_hash
            self.data["after"] = self.last_version
        self.initial["looked_at"] = content_hash
        return self


class ReleaseForm(PortalForm):
    """That somebody has read the whole of what they put on the web."""

    has_read = forms.BooleanField(
        label="I have read the whole public edition, and it names nobody who must not be named"
    )
    looked_at = forms.CharField(widget=forms.HiddenInput, required=False)
    required_text: ClassVar = {"has_read": "Read the edition above, then tick the box"}
    submit_text = "Release it"

    def __init__(self, *args, page, **kwargs):
        super().__init__(*args, **kwargs)
        self._sha256 = page.sha256
        self.initial["looked_at"] = page.sha256
        if self.is_bound:
            self.data = self.data.copy()
            self._looked_at = self.data.get("looked_at")
            self.data["looked_at"] = page.sha256

    def clean_has_read(self):
        """It comes from the page on which exactly this edition stands, or counts for nothing."""
        if self._looked_at != self._sha256:
            self.data["has_read"] = ""
            raise forms.ValidationError(self.required_text["has_read"])
        return self.cleaned_data["has_read"]
