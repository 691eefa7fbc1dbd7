from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0003_spell_email'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='sent_to',
            field=models.EmailField(default='', help_text='Opens nothing once the person has another address.', max_length=254),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='historicalinvitation',
            name='sent_to',
            field=models.EmailField(default='', help_text='Opens nothing once the person has another address.', max_length=254),
            preserve_default=False,
        ),
    ]
