"""Signing in: allauth's views, where ours ask for a code first and lose no address on the way."""

from allauth.account import views as allauth
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.contrib import messages
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .forms import RequestCodeForm


class _AsksAnew:
    """Somebody whose code is under way may still ask for another, or take the password."""

    def _redirect_to_pending_stage(self, request, stage):
        return None


class SignIn(_AsksAnew, allauth.LoginView):
    """One field and "Email me a code"; with ?password, or when one is sent, the password."""

    def get_context_data(self, **kwargs):
        by_password = self.request.method == "POST" or "password" in self.request.GET
        return super().get_context_data(**kwargs) | {
            "by_password": by_password,
            "code_form": RequestCodeForm(),
        }


class RequestCode(_AsksAnew, allauth.RequestLoginCodeView):
    """Where the sign-in page sends its address; shown itself when something is wrong in it."""


class EnterCode(allauth.ConfirmLoginCodeView):
    """The code from the email; one that cannot be used any more leads back with a word why."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_anonymous and not self._is_code_under_way(request):
            messages.warning(request, "Your code is too old to be used. Ask for a new one.")
            return self._back_to_sign_in()
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        # Nobody has typed the address where a link has asked for the code.
        sent_to = self._process.state.get("sent_to")
        return super().get_context_data(**kwargs) | {"sent_to": sent_to}

    def form_invalid(self, form):
        response = super().form_invalid(form)
        return self._back_to_sign_in() if response.status_code == 302 else response

    @staticmethod
    def _is_code_under_way(request):
        stage = LoginStageController.enter(request, LoginByCodeStage.key)
        return stage and LoginCodeVerificationProcess.resume(stage)

    def _back_to_sign_in(self):
        return redirect(self.passthrough_next_url(reverse("account_login")))


@require_safe
@never_cache
def token(request):
    """Who is signed in by now, and the token of their forms: for a page that was left open."""
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})


sign_in = SignIn.as_view()
request_code = RequestCode.as_view()
enter_code = EnterCode.as_view()
