"""Join leads of one organisation that go on for the same action, before that is refused."""

from django.db import migrations

from priorities.twice_linked import join_twice_linked


def join(apps, schema_editor):
    join_twice_linked(
        apps.get_model("actions", "ActionLead"),
        apps.get_model("actions", "HistoricalActionLead"),
        "action_id",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("actions", "0002_plan_and_people"),
    ]

    operations = [
        migrations.RunPython(join, migrations.RunPython.noop),
    ]
