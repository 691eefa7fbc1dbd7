"""Give answers that were sent already what the plan said before them, from its history.

Then returning one of them takes its progress back too. Where the history does not reach back
that far, an answer stays as it is, and returning it leaves the plan alone.
"""

from django.db import migrations


def find_what_the_plan_said(apps, schema_editor):
    Answer = apps.get_model("rounds", "Answer")
    past_actions = apps.get_model("actions", "HistoricalAction").objects
    for answer in Answer.objects.filter(kind="action", state__in=["submitted", "accepted"]):
        before = (
            past_actions.filter(id=answer.action_id, history_date__lt=answer.submitted_at)
            .order_by("-history_date", "-history_id")
            .first()
        )
        if before:
            answer.old_progress = before.progress
            answer.old_completed_on = before.completed_on
            answer.save()


class Migration(migrations.Migration):

    dependencies = [
        ("actions", "0001_initial"),
        ("rounds", "0002_keep_what_the_plan_said"),
    ]

    operations = [
        migrations.RunPython(find_what_the_plan_said, migrations.RunPython.noop),
    ]
