"""The forms of signing in: allauth's own, with our labels, hints and error texts."""

from allauth.account import forms as allauth
from django.forms import EmailField

WRONG_ADDRESS = "Enter an email address such as name@example.org"
NEW_PASSWORD = {
    "label": "New password",
    "hint": "At least 8 characters, not only digits, not a common password and not like your name. "
    "Three words that do not belong together are easy to remember.",
    "required": "Enter a new password",
}
AGAIN = {
    "label": "New password, once more",
    "required": "Enter the new password once more",
}


class PlainWords:
    """Labels, hints and errors as `words` says; no placeholder, which vanishes on typing."""

    label_size = "s"
    use_required_attribute = False
    words = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for name, words in self.words.items():
            field = self.fields[name]
            field.label = words["label"]
            field.help_text = words.get("hint", "")
            field.error_messages["required"] = words["required"]
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = words.get("css_class", "govuk-!-width-two-thirds")
            if isinstance(field, EmailField):
                field.error_messages["invalid"] = WRONG_ADDRESS
            field.widget.attrs |= {"spellcheck": "false", "autocapitalize": "none"}


class RequestCodeForm(PlainWords, allauth.RequestLoginCodeForm):
    words = {
        "email": {
            "label": "Email address",
            "hint": "The work address your partnership has for you. We will email you a code.",
            "required": "Enter your email address",
        }
    }


class EnterCodeForm(PlainWords, allauth.ConfirmLoginCodeForm):
    words = {
        "code": {
            "label": "Code",
            "hint": "Six letters, such as BCDFGH. Capitals do not matter.",
            "required": "Enter the code from the email",
            "css_class": "code-input",
        }
    }


class PasswordSignInForm(PlainWords, allauth.LoginForm):
    words = {
        "login": {"label": "Email address", "required": "Enter your email address"},
        "password": {"label": "Password", "required": "Enter your password"},
    }


class AskForPasswordForm(PlainWords, allauth.ResetPasswordForm):
    words = {"email": {"label": "Email address", "required": "Enter your email address"}}


class _NewPassword(PlainWords):
    """A new password, typed twice."""

    words = {"password1": NEW_PASSWORD, "password2": AGAIN}


class NewPasswordFromMailForm(_NewPassword, allauth.ResetPasswordKeyForm):
    pass


class FirstPasswordForm(_NewPassword, allauth.SetPasswordForm):
    pass


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):
    words = {
        "oldpassword": {
            "label": "The password you use now",
            "required": "Enter the password you use now",
        },
        **_NewPassword.words,
    }


class ProveItIsYouForm(PlainWords, allauth.ReauthenticateForm):
    words = {"password": {"label": "Password", "required": "Enter your password"}}
