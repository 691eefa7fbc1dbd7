"""The people of a partnership: listed, invited, given posts, changed, and on leaving replaced."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from administration.forms.people import (
    AddPostForm,
    ChangePostForm,
    CorrectAddressForm,
    CorrectNameForm,
    EndPostForm,
    InviteForm,
)
from administration.leaving import heirs, holding_of, leave
from administration.people import SHOWS, post_rows, posts_in, rights_of
from administration.people_changes import story_of_person
from mail.delivery import send_now
from partnerships.access import in_partnership
from partnerships.former_texts import Thing, changes_page
from partnerships.mails import tell_of_place
from partnerships.models import Membership
from partnerships.people import (
    GivesUpAdministration,
    add_post,
    change_post,
    correct_address,
    correct_name,
    invite,
    invite_again,
    is_taken_back,
    why_address_is_theirs,
)
from partnerships.permissions import Permission
from partnerships.refusals import ChangedSince, Refused
from rounds.services import invite_to_write

ON_A_PAGE = 50
page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@in_partnership
def people(request, access):
    """Everybody with a post here, one line a post."""
    access.require(Permission.KEEP_PEOPLE)
    shown = next((each for each in SHOWS if each.name == request.GET.get("show")), SHOWS[0])
    found = Paginator(shown.of(posts_in(access), access.today), ON_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    return render(
        request,
        "administration/people.html",
        {
            "section": "administration",
            "crumbs": _crumbs(access)[:1],
            "shows": SHOWS,
            "shown": shown,
            "page": page,
            "rows": _rows(page, access),
        },
    )


@require_safe
@in_partnership
def person(request, access, pk):
    """One person here: posts, what they lead and supply, what they can see and do."""
    user, rows = _person(access, pk)
    holding = holding_of([row.membership.pk for row in rows], access, access.today)
    return render(
        request,
        "administration/person.html",
        {
            "section": "administration",
            "crumbs": _crumbs(access),
            "person": user,
            "rows": rows,
            "is_here": _is_here(rows),
            "why_address_is_theirs": why_address_is_theirs(
                partnership=access.partnership, user=user
            ),
            "holding": holding,
            "rights": rights_of(user, rows, holding, access),
        },
    )


@require_safe
@in_partnership
def changes(request, access, pk):
    """What changed about a person's posts, and what became of their invitations."""
    user, rows = _person(access, pk)
    thing = Thing(
        story_of_person(user, access),
        str(user),
        rows[0].membership.get_absolute_url(),
        user.pk,
        "administration:person_changes",
        False,
        "administration",
        _crumbs(access),
    )
    return changes_page(request, thing)


@page_or_form
@in_partnership
def name(request, access, pk):
    """The name of somebody who has a post here."""
    user = _somebody_here(access, pk)
    form = CorrectNameForm(request.POST or None, user=user)

    def save():
        correct_name(partnership=access.partnership, user=user, **form.cleaned_data)
        messages.success(request, "The name is saved.")

    return _corrected(request, access, pk, form, save, f"Correct the name of {user}")


@page_or_form
@in_partnership
def address(request, access, pk):
    """The address of somebody who has not accepted; others change it themselves, and are told."""
    user = _somebody_here(access, pk)
    why_not = why_address_is_theirs(partnership=access.partnership, user=user)
    if why_not:
        messages.warning(request, why_not)
        return redirect("administration:person", access.partnership.slug, pk)
    form = CorrectAddressForm(request.POST or None, user=user)

    def save():
        sent = correct_address(
            partnership=access.partnership,
            user=user,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        )
        for added in sent:
            _tell(request, added)

    return _corrected(request, access, pk, form, save, f"Correct the address of {user}")


def _corrected(request, access, pk, form, save, heading):
    """Ask with a form, save, and say what cannot be saved now; what was typed stays."""
    refusal, changed, status = "", False, 200
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except ChangedSince as refused:
            refusal, changed, status = str(refused), True, 409
            form.mark_again(refused.saved)
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            return redirect("administration:person", access.partnership.slug, pk)
    leave_address = reverse("administration:person", args=[access.partnership.slug, pk])
    found = {"form": form, "heading": heading, "refusal": refusal, "changed": changed}
    page = _found(access, leave=leave_address, **found)
    return render(request, "administration/post_form.html", page, status=status)


@page_or_form
@in_partnership
def invite_person(request, access):
    """Ask somebody in, by their email address."""
    access.require(Permission.KEEP_PEOPLE)
    form = InviteForm(request.POST or None, partnership=access.partnership, today=access.today)

    def save():
        return invite(
            partnership=access.partnership,
            email=form.cleaned_data["email"],
            full_name=form.cleaned_data["full_name"],
            post=form.given,
            by=request.user,
            now=timezone.now(),
        )

    leave_address = reverse("administration:people", args=[access.partnership.slug])
    return _added(request, access, form, save, "Invite somebody", leave_address)


@page_or_form
@in_partnership
def add(request, access, pk):
    """Another post of somebody who is here already."""
    user, rows = _person(access, pk)
    form = AddPostForm(request.POST or None, partnership=access.partnership, today=access.today)

    def save():
        return add_post(
            partnership=access.partnership,
            user=user,
            post=form.given,
            by=request.user,
            now=timezone.now(),
        )

    leave_address = rows[0].membership.get_absolute_url()
    return _added(request, access, form, save, f"Add a post of {user}", leave_address)


def _added(request, access, form, save, heading, leave_address):
    """Ask with a form, save the new post, and write to its person."""
    if request.method == "POST" and form.is_valid():
        try:
            added = save()
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            _tell(request, added)
            return redirect(added.membership)
    found = {"form": form, "heading": heading, "leave": leave_address}
    return render(request, "administration/post_form.html", _found(access, **found))


@require_POST
@in_partnership
def again(request, access, pk):
    """Send a new link, since the one before has expired or was lost."""
    membership = _membership(access, pk)
    try:
        added = invite_again(membership=membership, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        _tell(request, added)
    return redirect(membership)


@page_or_form
@in_partnership
def change(request, access, pk):
    """What a post says and grants."""
    membership = _membership(access, pk)
    form = ChangePostForm(
        request.POST or None,
        partnership=access.partnership,
        today=access.today,
        membership=membership,
    )

    def save():
        change_post(
            membership=membership,
            post=form.given,
            marker=form.cleaned_data["marker"],
            by=request.user,
            today=access.today,
            meant=form.meant,
        )
        return f"The post of {membership.user} is saved."

    found = {"heading": f"Change a post of {membership.user}"}
    return _changed(request, access, membership, form, save, "administration/post_form.html", found)


@page_or_form
@in_partnership
def end(request, access, pk):
    """The last day, and who takes over what the person leads."""
    membership = _membership(access, pk)
    holding = holding_of([membership.pk], access, access.today)
    taken_back = is_taken_back(membership, access.today)
    form = EndPostForm(
        request.POST or None,
        membership=membership,
        held=holding.everything,
        heirs=list(heirs(access, membership)),
        today=access.today,
        is_taken_back=taken_back,
    )

    def save():
        leave(
            membership=membership,
            last_day=form.cleaned_data.get("last_day", access.today),
            given=form.given,
            marker=form.cleaned_data["marker"],
            access=access,
            by=request.user,
            now=timezone.now(),
            meant=form.meant,
        )
        return f"The end of the post is saved: {membership.user}, {membership}."

    heading = f"Take back: {membership}" if taken_back else f"End the post: {membership}"
    found = {"holding": holding, "is_taken_back": taken_back, "heading": heading}
    return _changed(request, access, membership, form, save, "administration/post_end.html", found)


def _changed(request, access, membership, form, save, template, found):
    """Ask with a form, save, and say what cannot be saved now; what was typed stays."""
    refusal, changed, status = "", False, 200
    if request.method == "POST" and form.is_valid():
        try:
            done = save()
        except GivesUpAdministration as refused:
            form.ask_whether_meant(str(refused))
        except ChangedSince as refused:
            refusal, changed, status = str(refused), True, 409
            form.mark_again(refused.saved)
        except Refused as refused:
            refusal, status = str(refused), 409
        else:
            messages.success(request, done)
            # Somebody who has given these pages up is led home.
            return redirect("home") if form.meant else redirect(membership)
    found |= {"form": form, "refusal": refusal, "changed": changed, "membership": membership}
    found["leave"] = membership.get_absolute_url()
    return render(request, template, _found(access, **found), status=status)


def _tell(request, added):
    """Write to the person, and say to the administrator what has happened."""
    membership = added.membership
    user = membership.user
    if added.invitation is not None:
        message = invite_to_write(
            invitation=added.invitation, token=added.token, now=timezone.now()
        )
        message = send_now(message, timezone.now)
        done = f"An invitation is on its way to {user.email}. Its link works for 14 days."
        later = f"The invitation to {user.email} is made, but it has not gone yet."
    else:
        message = tell_of_place(added, request.user, clock=timezone.now)
        done = f"{user} has the post, and is told so by email. They sign in as ever."
        later = f"{user} has the post, but the email about it has not gone yet."
    if message.is_sent:
        messages.success(request, done)
    elif message.is_failed:
        messages.warning(
            request, f"The email to {user.email} was refused: “{message.problem}”. Is it right?"
        )
    else:
        messages.warning(request, f"{later} It is tried again for four hours.")


def _person(access, pk):
    """A person with a post here, once or now, and their posts: those that go on first."""
    access.require(Permission.KEEP_PEOPLE)
    rows = _rows(posts_in(access).filter(user=pk), access)
    if not rows:
        raise Http404("Nobody of this partnership has this address.")
    return rows[0].membership.user, sorted(rows, key=lambda row: row.has_ended)


def _is_here(rows):
    """Whether they have a post that has not ended: of those who left nothing is changed here."""
    return any(not row.has_ended for row in rows)


def _somebody_here(access, pk):
    """A person with a post that has not ended; of others nothing is put right here."""
    access.require(Permission.KEEP_PEOPLE)
    posts = Membership.objects.of(access.partnership).exclude(ends_on__lt=access.today)
    post = posts.filter(user=pk).select_related("user", "partnership").first()
    if post is None:
        raise Http404("Nobody who is in this partnership now has this address.")
    return post.user


def _membership(access, pk):
    access.require(Permission.KEEP_PEOPLE)
    posts = Membership.objects.of(access.partnership)
    return get_object_or_404(posts.select_related("user", "partnership", "organisation"), pk=pk)


def _rows(memberships, access):
    return post_rows(memberships, access.today, timezone.now())


def _crumbs(access):
    slug = access.partnership.slug
    return [
        ("Administration", reverse("administration:index", args=[slug])),
        ("People", reverse("administration:people", args=[slug])),
    ]


def _found(access, **found):
    return {"section": "administration", "crumbs": _crumbs(access), **found}
