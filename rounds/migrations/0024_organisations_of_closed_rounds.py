"""Write down for rounds that closed before whose organisations their leads were of on that day."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone


def fill_organisations(apps, schema_editor):
    updates = apps.get_model("rounds", "LeadUpdate").objects.select_related("round")
    for update in updates.filter(round__state="closed", linked__isnull=False):
        closed_on = timezone.localdate(update.round.closed_at)
        organisations = organisations_of(apps, update.priority_id, closed_on)
        update.linked = update.linked | {"organisations": organisations}
        update.save(update_fields=["linked"])


def dated(day, at=""):
    begun = Q(**{f"{at}starts_on": None}) | Q(**{f"{at}starts_on__lte": day})
    not_over = Q(**{f"{at}ends_on": None}) | Q(**{f"{at}ends_on__gte": day})
    return begun & not_over


def organisations_of(apps, priority, day):
    found = apps.get_model("priorities", "PriorityLead").objects.filter(priority=priority)
    links = list(
        found.filter(dated(day), Q(membership=None) | dated(day, "membership__"))
        .select_related("membership__organisation", "organisation", "group")
        .order_by("is_deputy", "pk")
    )
    links = [link for link in links if not link.is_deputy] or links
    bodies = (
        link.membership.organisation if link.membership_id else link.organisation or link.group
        for link in links
    )
    return list(dict.fromkeys(body.name for body in bodies if body is not None))


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0023_marks_of_drafts"),
        ("priorities", "0005_groups_lead"),
    ]
    operations = [migrations.RunPython(fill_organisations, migrations.RunPython.noop)]
