"""Write down for rounds that closed before what closing writes down now, as it was on that day.

The titles of the themes, and which figures stood under a priority, come from their history; who
was linked as lead from the dates of the links.
"""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

NOT_YET = "who has not accepted the invitation yet"


def fill_what_closed_rounds_show(apps, schema_editor):
    rounds = apps.get_model("rounds", "Round").objects
    for round in rounds.filter(state="closed", themes__isnull=True):
        closed_on = timezone.localdate(round.closed_at)
        for update in round.updates.all():
            update.linked = who_was_linked(apps, update.priority_id, closed_on)
            update.save()
            if update.answers.filter(kind="figures").exists():
                write_down_figures(apps, update, round.closed_at)
        round.themes = themes_on_closing(apps, round)
        round.save()


def dated(day, at=""):
    return Q(**{f"{at}starts_on": None}) | Q(**{f"{at}starts_on__lte": day}), (
        Q(**{f"{at}ends_on": None}) | Q(**{f"{at}ends_on__gte": day})
    )


def who_was_linked(apps, priority, day):
    begun, not_over = dated(day)
    held, not_left = dated(day, "membership__")
    links = (
        apps.get_model("priorities", "PriorityLead")
        .objects.filter(begun, not_over, priority=priority)
        .filter(Q(membership=None) | held & not_left)
        .select_related("membership__organisation", "membership__user", "organisation", "group")
        .order_by("is_deputy", "pk")
    )
    people = [
        name_of(link) + ("" if link.membership.user.is_active else f", {NOT_YET}")
        for link in links
        if link.membership_id
    ]
    leads = [name_of(link) for link in links if not link.is_deputy]
    return {"people": people, "names": leads or [name_of(link) for link in links]}


def name_of(link):
    deputy = " (deputy)" if link.is_deputy else ""
    if not link.membership_id:
        return f"{(link.organisation or link.group).name}{deputy}"
    held = link.membership
    at = f", {held.organisation.name}" if held.organisation_id else ""
    return f"{held.post}{at}{deputy}"


def themes_on_closing(apps, round):
    opened_on = timezone.localdate(round.opened_at)
    themes = (
        apps.get_model("priorities", "Priority")
        .objects.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=opened_on))
        .filter(plan=round.plan_id, kind="theme")
        .order_by("order", "pk")
    )
    past = apps.get_model("priorities", "HistoricalPriority").objects
    titles = []
    for theme in themes:
        rows = past.filter(id=theme.pk)
        before = rows.filter(history_date__lte=round.closed_at)
        last = before.order_by("-history_date", "-history_id").first()
        if last or not rows.filter(history_type="+").exists():
            titles.append(last.title if last else theme.title)
    return titles


def write_down_figures(apps, update, closed_at):
    standing = apps.get_model("performance", "PriorityIndicator").objects
    past = apps.get_model("performance", "HistoricalPriorityIndicator").objects
    later = past.filter(priority_id=update.priority_id, history_date__gt=closed_at)
    added = set(later.filter(history_type="+").values_list("id", flat=True))
    removed = later.filter(history_type="-").exclude(indicator_id=None)
    kept = apps.get_model("performance", "Indicator").objects
    places = [
        *standing.filter(priority=update.priority_id).order_by("order", "pk"),
        *removed.filter(indicator_id__in=kept.values("pk")).order_by("order", "id"),
    ]
    then = {place.indicator_id: place for place in reversed(places) if place.id not in added}
    in_order = sorted(then.values(), key=lambda place: (place.order, place.id))
    for order, place in enumerate(in_order):
        update.figures.get_or_create(
            indicator_id=place.indicator_id,
            defaults={"partnership_id": update.partnership_id, "order": order},
        )


class Migration(migrations.Migration):
    dependencies = [
        ("performance", "0003_keep_what_was_taken_back"),
        ("priorities", "0005_groups_lead"),
        ("rounds", "0006_keep_what_a_closed_round_shows"),
    ]

    operations = [
        migrations.RunPython(fill_what_closed_rounds_show, migrations.RunPython.noop),
    ]
