"""Give every answer the end of its round's period, so that the latest is found by an index."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def take_from_the_round(apps, schema_editor):
    Answer = apps.get_model("rounds", "Answer")
    LeadUpdate = apps.get_model("rounds", "LeadUpdate")
    of_round = LeadUpdate.objects.filter(pk=OuterRef("update")).values("round__period_ends_on")
    Answer.objects.update(period_ends_on=Subquery(of_round))


class Migration(migrations.Migration):

    dependencies = [
        ("rounds", "0009_not_for_publication"),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="period_ends_on",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.RunPython(take_from_the_round, migrations.RunPython.noop),
    ]
