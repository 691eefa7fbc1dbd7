"""How allauth behaves here: nobody signs up by themselves, and it speaks plain words."""

from allauth.account.adapter import DefaultAccountAdapter
from django.shortcuts import resolve_url
from django.urls import reverse

from .links import full_address


class ClosedSignUpAdapter(DefaultAccountAdapter):
    """People are added by a partnership; the sign-up page says so."""

    # The same words whether or not the address is known.
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email address and the password do not belong together. "
        "Check both, or have a code emailed to you",
        "enter_current_password": "Enter the password you use now",
        "incorrect_code": "This is not the code we sent. Look in the latest email, and try again",
        "incorrect_password": "This is not your password. Check it, and try again",
        "too_many_login_attempts": "That was tried too often. "
        "Wait five minutes, then ask for a new code",
        "rate_limited": "That was tried too often. Wait five minutes, then try again",
    }

    def is_open_for_signup(self, request):
        return False

    def get_reset_password_from_key_url(self, key):
        user, _, token = key.partition("-")
        return full_address(reverse("account_reset_password_from_key", args=[user, token]))

    def get_password_change_redirect_url(self, request):
        return resolve_url("home")
