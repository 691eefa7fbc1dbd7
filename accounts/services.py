"""How an account comes to be, is taken up by its person, and is put right."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from .links import new_token
from .models import User


class AddressTaken(Exception):
    """Another account has this address."""


@transaction.atomic
def account_for(*, email: str, full_name: str = "") -> tuple[User, bool]:
    """The account with this address, and whether it was made: waiting, and without a password."""
    found = User.objects.filter(email__iexact=email).first()
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            made = User.objects.create_user(email, full_name=full_name, is_active=False)
    except IntegrityError:
        # Another partnership invited the same person at the same moment.
        return User.objects.get(email__iexact=email), False
    return made, True


def is_switched_off(*, user: User) -> bool:
    """Whether the account may not sign in and once could: one that waits never could."""
    return not user.is_active and user.history.filter(is_active=True).exists()


@transaction.atomic
def take_up_account(*, user: User) -> None:
    """Let a person in who has shown that the account's address is theirs."""
    user.is_active = True
    # Nobody is signed in yet: it is they who did it.
    user._history_user = user
    user.save(update_fields=["is_active"])
    _prove_address(user)


@transaction.atomic
def change_name(*, user: User, full_name: str) -> None:
    """Call a person by another name; what was printed under the former one stays as it was."""
    user.full_name = full_name
    user.save(update_fields=["full_name"])


@transaction.atomic
def change_address(*, user: User, email: str, proved: bool) -> str:
    """Give an account another address, and return the former one, which lets nobody in any more.

    proved: the person has shown that the new address is theirs.
    """
    email = User.objects.normalize_email(email).lower()
    user = User.objects.select_for_update().get(pk=user.pk)
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise AddressTaken
    former, user.email = user.email, email
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError:
        # Another account took it at the same moment.
        raise AddressTaken from None
    EmailAddress.objects.filter(user=user).delete()
    if proved:
        _prove_address(user)
    return former


def _prove_address(user: User) -> None:
    """The account's address is its person's own; no other one lets them in."""
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def renew_calendar(*, user: User) -> None:
    """Give a person's calendar a new secret address; the one before stops working."""
    user.calendar_key = new_token()
    user.save(update_fields=["calendar_key"])


def remove_calendar(*, user: User) -> None:
    """Take away the address of a person's calendar."""
    user.calendar_key = ""
    user.save(update_fields=["calendar_key"])
