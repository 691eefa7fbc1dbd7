"""A person's own details: the name, the email address, and the way to the password."""

from typing import ClassVar

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import EnterCodeForm
from accounts.links import full_address
from accounts.new_address import NewAddress
from accounts.services import (
    AddressTaken,
    change_address,
    change_name,
    remove_calendar,
    renew_calendar,
)

from .access import accesses_of, signed_in
from .forms import PortalForm
from .mails import address_changed_mail, new_address_mail, was_sent

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


class NameForm(PortalForm):
    full_name = forms.CharField(
        label="Your name",
        max_length=200,
        help_text="As others write it. Reports and answers of the past keep the name of their day.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    submit_text = "Save"
    label_size = "s"
    required_text: ClassVar = {"full_name": "Enter your name"}


class AddressForm(PortalForm):
    email = forms.EmailField(
        label="New email address",
        help_text="We email a code to it. Until you have entered the code, nothing changes.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    submit_text = "Email me a code"
    label_size = "s"
    required_text: ClassVar = {"email": "Enter the new email address"}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if email == self.user.email.lower():
            raise forms.ValidationError("This is your address already. Enter the new one")
        return email


@require_safe
@signed_in
def details(request):
    """What the portal knows of the person themselves, each with the page that changes it."""
    found = {"accesses_here": accesses_of(request.user, timezone.localdate())}
    return render(request, "partnerships/details.html", found)


@never_cache
@page_or_form
@signed_in
def calendar(request):
    """The secret address of the person's own calendar: made, renewed, taken away."""
    if request.method == "POST":
        if "remove" in request.POST:
            remove_calendar(user=request.user)
            messages.success(request, "Your calendar has no address any more.")
        else:
            had_one = bool(request.user.calendar_key)
            renew_calendar(user=request.user)
            done = "The address before stopped working: give your calendar the new one."
            messages.success(request, done if had_one else "Your calendar has an address.")
        return redirect("details:calendar")
    key = request.user.calendar_key
    where = full_address(reverse("calendar", args=[key])) if key else ""
    return render(
        request, "partnerships/details_calendar.html", {"where": where, "crumbs": _crumbs()}
    )


@page_or_form
@signed_in
def name(request):
    form = NameForm(request.POST or None, initial={"full_name": request.user.full_name})
    if request.method == "POST" and form.is_valid():
        change_name(user=request.user, full_name=form.cleaned_data["full_name"])
        messages.success(request, "Your name is saved.")
        return redirect("details:details")
    return _form(request, form, "Change your name")


@page_or_form
@signed_in
def address(request):
    """Ask for the new address, and send a code to it."""
    form = AddressForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        begun = NewAddress.begin(request, request.user, form.cleaned_data["email"])
        if not NewAddress.is_allowed(request):
            form.add_error(None, "That was tried too often. Wait a minute, then try again")
        elif not was_sent(new_address_mail(begun.email, begun.code)):
            form.add_error("email", "The code could not be emailed. Check the address, or wait")
        else:
            begun.persist()
            return redirect("details:code")
    return _form(request, form, "Change your email address")


@never_cache
@page_or_form
@signed_in
def code(request):
    """The code from the email: with it the new address is the person's, and the old one is told."""
    under_way = NewAddress.resume(request)
    if under_way is None:
        messages.warning(request, "There is no code that you could enter. Ask for a new one.")
        return redirect("details:address")
    form = EnterCodeForm(request.POST or None, code=under_way.code)
    if request.method == "POST":
        if form.is_valid():
            return _changed(request, under_way)
        if "code" in form.data and not under_way.record_invalid_attempt():
            messages.warning(request, "Five codes were wrong. Ask for a new one.")
            return redirect("details:address")
    found = {"form": form, "email": under_way.email, "crumbs": _crumbs()}
    return render(request, "partnerships/details_code.html", found)


def _changed(request, under_way):
    under_way.abort()
    try:
        former = change_address(user=request.user, email=under_way.email, proved=True)
    except AddressTaken:
        messages.warning(
            request,
            f"Another account has the address {under_way.email}. Your own stays as it is. "
            "Ask the administrator of your partnership which of the two you should use.",
        )
    else:
        messages.success(request, f"From now on you sign in with {under_way.email}.")
        if not was_sent(address_changed_mail(former, under_way.email)):
            messages.warning(request, f"We could not tell {former}.")
    return redirect("details:details")


def _form(request, form, heading):
    found = {"form": form, "heading": heading, "crumbs": _crumbs()}
    return render(request, "partnerships/details_form.html", found)


def _crumbs():
    return [("Your details", reverse("details:details"))]
