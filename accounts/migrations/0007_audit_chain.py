"""Events that are only ever added: a chain over them, how long each kind is kept, and triggers that hold it.

A later migration that alters one of the two tables on SQLite makes it anew, and has to put its triggers back.
"""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.fields.json
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


EVENTS, LINKS = 'accounts_auditevent', 'accounts_auditlink'
STAYS = 'It is never changed, nor deleted before its time.'
# An event may go once it is sealed and an event audit.pruned says that those of its verb up to a later moment go.
BEFORE = "SELECT {before} FROM accounts_auditevent WHERE verb = 'audit.pruned' AND {events} = OLD.verb ORDER BY id DESC LIMIT 1"
POSTGRESQL = (
    f"""
CREATE FUNCTION accounts_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: {STAYS}', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$""",
    f"""
CREATE FUNCTION accounts_audit_goes_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.kind <> 'audit' AND EXISTS (SELECT FROM accounts_auditlink WHERE event = OLD.id)
        AND OLD.happened_at < ({BEFORE.format(before="(details->>'before')::timestamptz", events="details->>'events'")})
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'accounts_auditevent: {STAYS}' USING ERRCODE = 'restrict_violation';
END $$""",
    f'CREATE TRIGGER accounts_audit_update BEFORE UPDATE ON {EVENTS} FOR EACH ROW EXECUTE FUNCTION accounts_audit_stays()',
    f'CREATE TRIGGER accounts_audit_delete BEFORE DELETE ON {EVENTS} '
    'FOR EACH ROW EXECUTE FUNCTION accounts_audit_goes_in_time()',
    f'CREATE TRIGGER accounts_audit_truncate BEFORE TRUNCATE ON {EVENTS} EXECUTE FUNCTION accounts_audit_stays()',
    f'CREATE TRIGGER accounts_audit_update BEFORE UPDATE OR DELETE ON {LINKS} '
    'FOR EACH ROW EXECUTE FUNCTION accounts_audit_stays()',
    f'CREATE TRIGGER accounts_audit_truncate BEFORE TRUNCATE ON {LINKS} EXECUTE FUNCTION accounts_audit_stays()',
)
SQLITE = (
    f"""
CREATE TRIGGER accounts_audit_event_update BEFORE UPDATE ON {EVENTS}
BEGIN SELECT RAISE(ABORT, 'accounts_auditevent: {STAYS}'); END""",
    f"""
CREATE TRIGGER accounts_audit_event_delete BEFORE DELETE ON {EVENTS}
WHEN OLD.kind = 'audit' OR NOT EXISTS (SELECT 1 FROM accounts_auditlink WHERE event = OLD.id)
    OR NOT coalesce(julianday(OLD.happened_at) < julianday((
        {BEFORE.format(before="json_extract(details, '$.before')", events="json_extract(details, '$.events')")})), 0)
BEGIN SELECT RAISE(ABORT, 'accounts_auditevent: {STAYS}'); END""",
    f"""
CREATE TRIGGER accounts_audit_link_update BEFORE UPDATE ON {LINKS}
BEGIN SELECT RAISE(ABORT, 'accounts_auditlink: {STAYS}'); END""",
    f"""
CREATE TRIGGER accounts_audit_link_delete BEFORE DELETE ON {LINKS}
BEGIN SELECT RAISE(ABORT, 'accounts_auditlink: {STAYS}'); END""",
)
GONE = {
    'postgresql': (
        f'DROP TRIGGER accounts_audit_update ON {EVENTS}',
        f'DROP TRIGGER accounts_audit_delete ON {EVENTS}',
        f'DROP TRIGGER accounts_audit_truncate ON {EVENTS}',
        f'DROP TRIGGER accounts_audit_update ON {LINKS}',
        f'DROP TRIGGER accounts_audit_truncate ON {LINKS}',
        'DROP FUNCTION accounts_audit_stays()',
        'DROP FUNCTION accounts_audit_goes_in_time()',
    ),
    'sqlite': (
        'DROP TRIGGER accounts_audit_event_update',
        'DROP TRIGGER accounts_audit_event_delete',
        'DROP TRIGGER accounts_audit_link_update',
        'DROP TRIGGER accounts_audit_link_delete',
    ),
}
GUARDS = {'postgresql': POSTGRESQL, 'sqlite': SQLITE}
KEPT = {
    'handoff.signed-in': 365,
    'handoff.refused': 365,
    'county.signed-in': 365,
    'county.refused': 365,
    'mailbox.signed-in': 365,
    'mailbox.sign-in-failed': 365,
    'staff.signed-in': 365,
    'staff.sign-in-failed': 365,
    'helpdesk.searched': 730,
    'helpdesk.looked': 730,
    'helpdesk.checked': 730,
    'helpdesk.caller-right': 730,
    'helpdesk.caller-wrong': 730,
    'list.exported': 730,
}


def guard(apps, schema_editor):
    for statement in GUARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, None)


def unguard(apps, schema_editor):
    for statement in GONE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, None)


def keep(apps, schema_editor):
    retention = apps.get_model('accounts', 'Retention')
    retention.objects.bulk_create(retention(verb=verb, days=days) for verb, days in KEPT.items())


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0006_staff"),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditLink',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('event', models.BigIntegerField(unique=True)),
                ('verb', models.CharField(max_length=64)),
                ('happened_at', models.DateTimeField(db_index=True)),
                ('digest', models.BinaryField()),
                ('chain', models.BinaryField()),
                ('seal', models.BinaryField()),
                ('key', models.CharField(max_length=8)),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='Noticed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=250, unique=True)),
                ('digest', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Retention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(help_text='As the events show it: handoff.signed-in', max_length=64, unique=True, verbose_name='events')),
                ('days', models.PositiveIntegerField(help_text='Events older than this are deleted.', verbose_name='days')),
            ],
            options={
                'verbose_name': 'time for which events are kept',
                'verbose_name_plural': 'times for which events are kept',
                'ordering': ('verb',),
            },
        ),
        migrations.AddField(
            model_name='auditevent',
            name='kind',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Left('verb', django.db.models.expressions.CombinedExpression(django.db.models.functions.text.StrIndex('verb', models.Value('.')), '-', models.Value(1))), output_field=models.CharField(max_length=64, verbose_name='kind')),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='actor',
            field=models.ForeignKey(db_index=False, help_text='Empty: the system.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='person',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to=settings.AUTH_USER_MODEL, verbose_name='person concerned'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['actor', '-id'], name='events_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['kind', '-id'], name='events_of_a_kind'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['verb', '-id'], name='events_of_a_verb'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(condition=models.Q(('address__isnull', False)), fields=['address', '-id'], name='events_from_an_address'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['happened_at'], name='events_by_time'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(django.db.models.fields.json.KeyTransform('reference', 'details'), condition=models.Q(('details__has_key', 'reference')), name='events_with_a_reference'),
        ),
        migrations.AddConstraint(
            model_name='retention',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 1)), name='events_are_kept_a_day', violation_error_message='Events are kept for a day at least.'),
        ),
        migrations.AddConstraint(
            model_name='retention',
            constraint=models.CheckConstraint(condition=models.Q(('verb__startswith', 'audit.'), _negated=True), name='prunings_are_kept', violation_error_message='What is done with the events themselves stays on record for good.'),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
