"""The box for a Word file that comes back."""

from typing import ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile

from documents.guard import MEGABYTE, MOST_BYTES
from partnerships.forms import PortalForm


class WordFileForm(PortalForm):
    """One file; how large it is is looked at before it is read."""

    file = forms.FileField(
        label="The Word file that you have filled in",
        help_text=f"A Word document (.docx) of at most {MOST_BYTES // MEGABYTE} MB.",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        error_messages={"empty": "The file is empty. Choose the form as you saved it"},
    )

    label_size = "s"
    required_text: ClassVar = {"file": "Choose the Word file"}

    def clean_file(self) -> UploadedFile:
        given: UploadedFile = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {MOST_BYTES // MEGABYTE} MB. Take pictures out of it "
                "and try again"
            )
        return given

    def file_given(self) -> tuple[str, bytes]:
        """Its name and its bytes."""
        given = self.cleaned_data["file"]
        return given.name, given.read()
