from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailboxes", "0014_helpdesk"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="era",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
