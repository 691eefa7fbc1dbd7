

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0003_find_what_the_plan_said"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalround",
            name="progress_labels",
            field=models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="As on the day of opening, by code.",
            ),
        ),
        migrations.AddField(
            model_name="historicalround",
            name="rag_meanings",
            field=models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="As on the day of opening, by code.",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="progress_labels",
            field=models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="As on the day of opening, by code.",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="rag_meanings",
            field=models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="As on the day of opening, by code.",
            ),
        ),
    ]
