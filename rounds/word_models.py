"""Word forms that were made for those who will not sign in, and the files that came back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from partnerships.models import Owned, OwnedQuerySet


class WordForm(Owned):
    """A form made of one update: who made it when, and which version of each answer it holds.

    Its key stands in the file, for the program and for people, and finds it again.
    """

    owner = "update"

    update = models.ForeignKey(
        "rounds.LeadUpdate", on_delete=models.PROTECT, related_name="word_forms"
    )
    key = models.CharField(max_length=20, editable=False)
    versions = models.JSONField(
        default=dict, editable=False, help_text="The version of each answer, by its number."
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "Word form"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                name="wordform_one_per_key",
                violation_error_message="Another form has this key.",
            ),
        ]

    def __str__(self):
        return self.key

    @property
    def version_of(self) -> dict[int, int]:
        """The version of each answer when the form was made, by the answer's number."""
        return {int(pk): version for pk, version in self.versions.items()}


class WordUploadQuerySet(OwnedQuerySet):
    def visible_to(self, access):
        """For the lead or deputy of the update, coordinators, and whoever brought it back."""
        updates = self.model._meta.get_field("update").related_model
        theirs = Q(update__in=updates.objects.visible_to(access)) | Q(uploaded_by=access.user)
        return self.of(access.partnership).filter(theirs)

    def without_content(self):
        return self.defer("content")


class WordUpload(Owned):
    """A Word file that came back for an update, as it came; read whenever it is looked at."""

    owner = "update"

    update = models.ForeignKey(
        "rounds.LeadUpdate", on_delete=models.PROTECT, related_name="word_uploads"
    )
    form = models.ForeignKey(
        WordForm,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="uploads",
        help_text="The form it was made of; none where it does not say.",
    )
    name = models.CharField("name of the file", max_length=200)
    content = models.BinaryField(
        help_text="Empty 90 days after the round closed, or once words in it were destroyed."
    )
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="In bytes, as it came.")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    taken_in_at = models.DateTimeField(
        null=True, blank=True, help_text="When something of it was last saved as an answer."
    )
    emptied_at = models.DateTimeField(null=True, blank=True)

    objects = WordUploadQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["content"])

    class Meta:
        verbose_name = "Word file that came back"
        verbose_name_plural = "Word files that came back"
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("rounds:word_upload", args=[self.partnership.slug, self.pk])
