"""Codes that are sent to somebody who has not asked for one on the sign-in page."""

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess

from .forms import RequestCodeForm


def send_code(request, user):
    """Begin signing this person in by a code to their address; say what stands in the way of it.

    It counts to the same limit as the codes asked for on the sign-in page, and is entered on the
    same page.
    """
    form = RequestCodeForm({"email": user.email})
    if not form.is_valid():
        return [problem for problems in form.errors.values() for problem in problems]
    begun = LoginCodeVerificationProcess.initiate(request=request, user=user, email=user.email)
    begun.state["sent_to"] = masked(user.email)
    begun.persist()
    return []


def masked(email: str) -> str:
    """As in "l…@e…": enough to know oneself by, for a link may have been passed on."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain[:1]}…"
