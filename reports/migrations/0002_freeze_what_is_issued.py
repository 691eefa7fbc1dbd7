"""The triggers by which the database refuses to change or delete what was issued."""

from django.db import migrations

from reports import frozen


def freeze(apps, schema_editor):
    frozen.freeze(schema_editor.connection)


def thaw(apps, schema_editor):
    frozen.thaw(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(freeze, thaw),
    ]
