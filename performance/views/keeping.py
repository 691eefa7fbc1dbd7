"""What the partnership counts: added, changed, renamed."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.refusals import ChangedSince, Refused
from performance.forms import EarlierNameForm, IndicatorForm, RenameForm
from performance.keeping import (
    NameTaken,
    WrongRelation,
    add_earlier_name,
    add_indicator,
    change_indicator,
    rename_indicator,
)
from performance.models import Indicator, IndicatorAlias
from performance.pages import who_enters_figures

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@page_or_form
@in_partnership
def add(request, access):
    """Say what is counted, before any figure comes in."""
    access.require(Permission.KEEP_PLAN)
    new = Indicator(partnership=access.partnership)
    form = IndicatorForm(request.POST or None, instance=new, access=access)

    def save():
        add_indicator(indicator=new)
        messages.success(request, f"{new} is added.")
        return redirect(new)

    who = who_enters_figures(access)
    return _asked(request, access, None, form, save, template="indicator_form", who_enters=who)


@page_or_form
@in_partnership
def edit(request, access, pk):
    """What it is, who gives it and who receives it."""
    indicator = _indicator(access, pk)
    form = IndicatorForm(request.POST or None, instance=indicator, access=access)

    def save():
        change_indicator(
            indicator=indicator, marker=form.cleaned_data["marker"], values=form.values
        )
        messages.success(request, f"{indicator} is saved.")
        return redirect(indicator)

    return _asked(request, access, indicator, form, save, template="indicator_form")


@page_or_form
@in_partnership
def rename(request, access, pk):
    """A new name; the old one stays as an earlier name."""
    indicator = _indicator(access, pk)
    form = RenameForm(request.POST or None, indicator=indicator, today=access.today)

    def save():
        data = form.cleaned_data
        rename_indicator(
            indicator=indicator,
            marker=data["marker"],
            name=data["name"],
            keep_earlier=form.keeps_earlier,
            used_until=data["used_until"],
        )
        messages.success(request, f"{indicator} is now {data['name']}.")
        return redirect(indicator)

    return _asked(request, access, indicator, form, save, template="indicator_rename")


@page_or_form
@in_partnership
def earlier_names(request, access, pk):
    """What it was called before: all of it, and one more."""
    indicator = _indicator(access, pk)
    form = EarlierNameForm(request.POST or None, today=access.today)

    def save():
        name, used_until = form.cleaned_data["name"], form.cleaned_data["used_until"]
        add_earlier_name(indicator=indicator, name=name, used_until=used_until)
        messages.success(request, f"“{name}” is kept as an earlier name.")
        return redirect("performance:earlier_names", access.partnership.slug, indicator.pk)

    aliases = IndicatorAlias.objects.visible_to(access).of_indicator(indicator)
    return _asked(request, access, indicator, form, save, template="earlier_names", aliases=aliases)


@require_POST
@in_partnership
def remove_earlier_name(request, access, pk):
    """Take an earlier name away that it never had."""
    access.require(Permission.KEEP_PLAN)
    aliases = IndicatorAlias.objects.visible_to(access)
    alias = get_object_or_404(aliases, pk=pk)
    alias.delete()
    messages.success(request, f"“{alias.name}” is no longer an earlier name.")
    return redirect("performance:earlier_names", access.partnership.slug, alias.indicator_id)


def _indicator(access, pk):
    access.require(Permission.KEEP_PLAN)
    indicators = Indicator.objects.visible_to(access).select_related("partnership")
    return get_object_or_404(indicators, pk=pk)


def _asked(request, access, indicator, form, save, *, template, **found):
    """Ask with a form, save what it holds, and say what cannot be saved now."""
    found |= {"form": form, "indicator": indicator, "section": "figures"}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return save()
        except NameTaken as refused:
            status = 409
            form.add_error("name", str(refused).removesuffix("."))
            seen = Indicator.objects.visible_to(access)
            found["other"] = seen.filter(pk=refused.other.pk).first()
        except ChangedSince as refused:
            status = 409
            found |= {"refusal": str(refused), "saved": form.catch_up(refused.saved)}
        except WrongRelation as refused:
            status = 409
            form.add_error(refused.field, str(refused).removesuffix("."))
        except Refused as refused:
            status = 409
            form.add_error("name", str(refused).removesuffix("."))
    slug = access.partnership.slug
    found["crumbs"] = [("Figures", reverse("performance:indicators", args=[slug]))]
    if indicator is not None:
        found["crumbs"].append((indicator.name, indicator.get_absolute_url()))
    return render(request, f"performance/{template}.html", found, status=status)
