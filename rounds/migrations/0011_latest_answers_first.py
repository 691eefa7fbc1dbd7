"""Require of every answer the end of its period, and find the latest of an action by it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("rounds", "0010_periods_of_answers"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='answer',
            name='answer_by_action',
        ),
        migrations.AlterField(
            model_name='answer',
            name='period_ends_on',
            field=models.DateField(editable=False, help_text='As its round has it, for good: the latest answer of many is found by it.'),
        ),
        migrations.AddIndex(
            model_name='answer',
            index=models.Index(fields=['action', '-period_ends_on', '-id'], name='answer_latest_first'),
        ),
    ]
