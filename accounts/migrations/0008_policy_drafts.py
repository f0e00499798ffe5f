from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_audit_chain")]

    operations = [
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(fields=("policy", "in_force_from"), name="policy_version_moment_once"),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("text_zh", ""), _negated=True) & models.Q(("text_en", ""), _negated=True),
                name="policy_version_both_texts",
            ),
        ),
    ]
