"""A new email address under way: a code was sent to it, and waits in the session to be entered."""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.core import ratelimit
from django.http import HttpRequest

from .models import User

SESSION_KEY = "new_address"


class NewAddress(AbstractCodeVerificationProcess):
    """As with a code for signing in: ten minutes, five attempts, one at a time.

    Whether the address belongs to another account is said only to who has its code.
    """

    def __init__(self, request: HttpRequest, state: dict[str, object]) -> None:
        self.request = request
        super().__init__(
            state=state,
            max_attempts=app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS,
            timeout=app_settings.LOGIN_BY_CODE_TIMEOUT,
        )

    @classmethod
    def begin(cls, request: HttpRequest, user: User, email: str) -> "NewAddress":
        """Make a code, to be kept with `persist` once it is on its way to the address."""
        begun = cls(request, cls.initial_state(user, email) | {"former": user.email})
        begun.state["code"] = get_adapter().generate_login_code()
        return begun

    @classmethod
    def resume(cls, request: HttpRequest) -> "NewAddress | None":
        """What this person has under way; nothing once it is too old or their address changed."""
        state = request.session.get(SESSION_KEY)
        if not state:
            return None
        found = cls(request, state)
        user = request.user
        if found.user != user or state["former"] != user.email or not found.is_valid():
            found.abort()
            return None
        return found

    @staticmethod
    def is_allowed(request: HttpRequest) -> bool:
        """Whether this person may ask for one more now: nobody's mailbox is to be flooded."""
        return bool(ratelimit.consume(request, action="manage_email", user=request.user))

    @property
    def email(self) -> str:
        return str(self.state["email"])

    def persist(self) -> None:
        self.request.session[SESSION_KEY] = self.state

    def send(self) -> None:
        raise NotImplementedError("The code is sent by whoever begins.")

    def abort(self) -> None:
        self.request.session.pop(SESSION_KEY, None)
