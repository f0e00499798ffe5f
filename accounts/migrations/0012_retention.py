"""How long events are kept has a floor and a ceiling, and the database lets none go before: ``audit.pruned`` alone, which
anybody may insert who may write events at all, no longer opens the way for events of any age.

A later migration that makes accounts_retention, accounts_auditevent or accounts_auditlink anew on SQLite has to take the
trigger away before and put it back after.
"""

from importlib import import_module

from django.db import migrations, models


LEAST, MOST = 30, 36500  # days
before = import_module('accounts.migrations.0007_audit_chain')
# As before; and its own time, which Retention says, must be over. The hour is for clocks that differ.
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION accounts_audit_goes_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.kind <> 'audit' AND EXISTS (SELECT FROM accounts_auditlink WHERE event = OLD.id)
        AND OLD.happened_at < ({before.BEFORE.format(before="(details->>'before')::timestamptz", events="details->>'events'")})
        AND OLD.happened_at < now() + interval '1 hour'
            - make_interval(days => (SELECT days FROM accounts_retention WHERE verb = OLD.verb))
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'accounts_auditevent: {before.STAYS}' USING ERRCODE = 'restrict_violation';
END $$"""
SQLITE = f"""
CREATE TRIGGER accounts_audit_event_delete BEFORE DELETE ON {before.EVENTS}
WHEN OLD.kind = 'audit' OR NOT EXISTS (SELECT 1 FROM accounts_auditlink WHERE event = OLD.id)
    OR NOT coalesce(julianday(OLD.happened_at) < julianday((
        {before.BEFORE.format(before="json_extract(details, '$.before')", events="json_extract(details, '$.events')")})), 0)
    OR NOT coalesce(julianday(OLD.happened_at) < julianday('now', '+1 hour')
        - (SELECT days FROM accounts_retention WHERE verb = OLD.verb), 0)
BEGIN SELECT RAISE(ABORT, 'accounts_auditevent: {before.STAYS}'); END"""
UNGUARD = 'DROP TRIGGER IF EXISTS accounts_audit_event_delete'


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute(POSTGRESQL, None)
    else:
        schema_editor.execute(UNGUARD, None)
        schema_editor.execute(SQLITE, None)


def guard_as_before(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        function = next(each for each in before.POSTGRESQL if 'accounts_audit_goes_in_time() RETURNS' in each)
        schema_editor.execute(function.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'), None)
    else:
        schema_editor.execute(UNGUARD, None)
        schema_editor.execute(next(each for each in before.SQLITE if 'accounts_audit_event_delete' in each), None)


def bring_in(apps, schema_editor):
    retention, event = (apps.get_model('accounts', name) for name in ('Retention', 'AuditEvent'))
    for row in retention.objects.exclude(days__range=(LEAST, MOST)):
        days = min(max(row.days, LEAST), MOST)
        said = {'thing': 'accounts.retention', 'id': str(row.pk), 'name': f'{row.verb}: {days}', 'what': 'changed'}
        event.objects.create(
            verb='audit.retention-changed', details={**said, 'before': {'days': row.days}, 'after': {'days': days}}
        )
        row.days = days
        row.save()


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0011_looks"),
    ]

    operations = [
        migrations.RunPython(bring_in, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='retention',
            name='events_are_kept_a_day',
        ),
        migrations.AddConstraint(
            model_name='retention',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 30), ('days__lte', 36500)), name='events_are_kept_for_days', violation_error_message='Events are kept for 30 days at least, and for a hundred years (36500) at most.'),
        ),
        migrations.RunPython(guard, guard_as_before),
    ]
