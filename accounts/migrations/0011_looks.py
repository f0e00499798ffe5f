from django.db import migrations


def keep(apps, schema_editor):
    apps.get_model("accounts", "Retention").objects.get_or_create(verb="staff.looked", defaults={"days": 730})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_refusals"),
    ]

    operations = [
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
