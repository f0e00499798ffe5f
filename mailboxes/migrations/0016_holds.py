"""An owner's switch-off outlives a suspension by the office, and a closing asked for does not."""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone


def tell_apart(apps, schema_editor):
    """Who switched off a mailbox that the office holds now, nobody wrote down; what the office holds, its owner does not close."""
    boxes = apps.get_model("mailboxes", "Mailbox").objects
    boxes.filter(hold="owner").update(off_by_owner=True)
    asked = boxes.filter(hold__in=["theft", "rule"], close_asked_at__isnull=False)
    asked.filter(leaves_at=None).update(close_asked_at=None, closes_at=None, warned_days=None, next_at=None)
    now = timezone.now()
    for box in asked.select_related("service"):
        box.close_asked_at = None
        box.closes_at = box.leaves_at + timedelta(days=box.service.kept_days)
        end = box.leaves_at if now < box.leaves_at else box.closes_at
        # As if nothing were due of the letters before that end; the next round works out when one is.
        box.warned_days, box.next_at = max(-((now - end) // timedelta(days=1)), 0), now
        box.save(update_fields=["close_asked_at", "closes_at", "warned_days", "next_at"])


class Migration(migrations.Migration):
    dependencies = [("mailboxes", "0015_era")]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="off_by_owner",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="mailbox",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("off_by_owner", False), models.Q(("hold", "owner"), _negated=True)), models.Q(("hold__in", ["theft", "rule", "owner"]), ("off_by_owner", True)), _connector="OR"),
                name="mailbox_off_by_owner_is_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailbox",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("hold__in", ["theft", "rule"]), _negated=True), ("close_asked_at", None), _connector="OR"),
                name="mailbox_office_ends_asking",
            ),
        ),
    ]
