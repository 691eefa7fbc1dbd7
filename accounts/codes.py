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
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=user.email)
    return []
