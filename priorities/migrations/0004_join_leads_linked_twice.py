"""Join leads of one organisation that go on for the same priority, before that is refused."""

from django.db import migrations

from priorities.twice_linked import join_twice_linked


def join(apps, schema_editor):
    join_twice_linked(
        apps.get_model("priorities", "PriorityLead"),
        apps.get_model("priorities", "HistoricalPriorityLead"),
        "priority_id",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("priorities", "0003_group_headings_end"),
    ]

    operations = [
        migrations.RunPython(join, migrations.RunPython.noop),
    ]
