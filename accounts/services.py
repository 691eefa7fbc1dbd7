"""How an account comes to be: made for somebody, and taken up by them."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from .models import User


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
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
