"""People who sign in, known by their email address."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords


class UserManager(BaseUserManager):
    """Makes people; addresses are matched without regard to case."""

    def create_user(self, email, password=None, **fields):
        if not email:
            raise ValueError("A person needs an email address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, in whatever partnerships they work; the email address is the name."""

    email = models.EmailField(
        "email address",
        max_length=254,
        unique=True,
        error_messages={"unique": "Somebody with this email address is here already."},
    )
    full_name = models.CharField(
        "name", max_length=200, blank=True, help_text="Left empty, the post is shown alone."
    )
    is_active = models.BooleanField(
        "may sign in", default=True, help_text="Take this away instead of deleting the person."
    )
    is_staff = models.BooleanField(
        "site administrator", default=False, help_text="May use the site administration."
    )
    calendar_key = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Opens the person's own calendar."
    )
    date_joined = models.DateTimeField("added", default=timezone.now)

    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login", "calendar_key"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_one_per_email",
                violation_error_message="Somebody with this email address is here already.",
            ),
            models.UniqueConstraint(
                fields=["calendar_key"],
                condition=~Q(calendar_key=""),
                name="user_one_per_calendar",
                violation_error_message="This calendar is another person's.",
            ),
        ]

    def __str__(self):
        return self.full_name or self.email

    def clean(self):
        self.email = type(self).objects.normalize_email(self.email).lower()
