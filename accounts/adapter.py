"""How allauth behaves here: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignUpAdapter(DefaultAccountAdapter):
    """People are added by a partnership; the sign-up page says so."""

    def is_open_for_signup(self, request):
        return False
