from django.db import migrations, models


def use_roles(apps, schema_editor):
    """Rights in the administration belong to local accounts, and come from roles; ``post_migrate`` gives the role its rights."""
    person, group = apps.get_model("accounts", "Person"), apps.get_model("auth", "Group")
    administrator, _ = group.objects.get_or_create(name="administrator")
    for one in person.objects.filter(is_superuser=True, is_staff=True, source="local"):
        one.groups.add(administrator)
    person.objects.filter(is_superuser=True).update(is_superuser=False)
    person.objects.exclude(source="local").filter(is_staff=True).update(is_staff=False)


class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length"), ("accounts", "0005_search")]
    operations = [
        migrations.CreateModel(
            name="Staff",
            fields=[],
            options={
                "verbose_name": "staff account",
                "verbose_name_plural": "staff accounts",
                "ordering": ("username",),
                "proxy": True,
                "default_permissions": ("add", "change", "view"),
                "indexes": [],
                "constraints": [],
            },
            bases=("accounts.person",),
        ),
        migrations.RunPython(use_roles, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_staff", False), ("source", "local"), _connector="OR"), name="staff_are_local"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(condition=models.Q(("is_superuser", False)), name="nobody_is_superuser"),
        ),
    ]
