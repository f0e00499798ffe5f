"""What each role of the staff may do. The table is the rule: ``migrate`` brings the four groups in step with it.

Nobody is a superuser, for a superuser's rights stand in no table and in no event. Groups of other names are an
administrator's own and stay as they are.
"""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed

ADMINISTRATOR = "administrator"
REVIEWER = "reviewer"
HELPDESK = "helpdesk"
AUDITOR = "auditor"
ROLES = (ADMINISTRATOR, REVIEWER, HELPDESK, AUDITOR)

# Each right with the roles that have it besides the administrator, who has all of them and so may give any role. Whoever may
# see a list may export it. The auditor sees everything and changes nothing.
RIGHTS: dict[str, tuple[str, ...]] = {
    "accounts.view_auditevent": (AUDITOR,),
    "accounts.view_consent": (AUDITOR,),
    "accounts.view_contactaddress": (AUDITOR,),
    "accounts.view_letter": (AUDITOR,),
    "accounts.change_letter": (HELPDESK,),  # to send one again, from the page of the person; the list is another matter
    "accounts.view_peopleimport": (AUDITOR,),
    "accounts.add_peopleimport": (),
    "accounts.view_person": (AUDITOR,),
    "accounts.view_policy": (AUDITOR,),
    "accounts.add_policy": (),
    "accounts.change_policy": (),
    "accounts.view_policyversion": (AUDITOR,),
    "accounts.add_policyversion": (),
    "accounts.change_policyversion": (),
    "accounts.delete_policyversion": (),
    "accounts.view_retention": (AUDITOR,),
    "accounts.add_retention": (),
    "accounts.change_retention": (),
    "accounts.delete_retention": (),
    "accounts.view_staff": (AUDITOR,),
    "accounts.add_staff": (),
    "accounts.change_staff": (),
    "auth.view_group": (AUDITOR,),
    "socialaccount.view_socialaccount": (AUDITOR,),
    "sso_bridge.view_refusal": (AUDITOR,),
    "sso_bridge.view_spenttoken": (AUDITOR,),
    "mailboxes.view_application": (AUDITOR,),
    "mailboxes.view_cautionname": (AUDITOR,),
    "mailboxes.add_cautionname": (),
    "mailboxes.change_cautionname": (),
    "mailboxes.delete_cautionname": (),
    "mailboxes.view_delegation": (AUDITOR,),
    "mailboxes.view_figure": (REVIEWER, AUDITOR),
    "mailboxes.view_finding": (AUDITOR,),
    "mailboxes.change_finding": (),
    "mailboxes.view_forward": (AUDITOR,),
    "mailboxes.view_forwardrefusal": (AUDITOR,),
    "mailboxes.delete_forwardrefusal": (),
    "mailboxes.view_helpdeskcase": (HELPDESK, AUDITOR),
    "mailboxes.change_helpdeskcase": (HELPDESK,),
    "mailboxes.view_job": (AUDITOR,),
    "mailboxes.view_mailbox": (AUDITOR,),
    "mailboxes.suspend_mailbox": (),
    "mailboxes.view_mailservice": (AUDITOR,),
    "mailboxes.add_mailservice": (),
    "mailboxes.change_mailservice": (),
    "mailboxes.view_notice": (AUDITOR,),
    "mailboxes.add_notice": (),
    "mailboxes.change_notice": (),
    "mailboxes.delete_notice": (),
    "mailboxes.view_reasontemplate": (AUDITOR,),
    "mailboxes.add_reasontemplate": (),
    "mailboxes.change_reasontemplate": (),
    "mailboxes.delete_reasontemplate": (),
    "mailboxes.view_remark": (AUDITOR,),
    "mailboxes.view_reservedname": (AUDITOR,),
    "mailboxes.add_reservedname": (),
    "mailboxes.change_reservedname": (),
    "mailboxes.delete_reservedname": (),
    "mailboxes.view_reviewcase": (REVIEWER, AUDITOR),
    "mailboxes.change_reviewcase": (REVIEWER,),
}


def rights_of(role: str) -> set[str]:
    """As Django writes them, ``app.codename``."""
    return {right for right, roles in RIGHTS.items() if role == ADMINISTRATOR or role in roles}


def keep_in_step(*, sender: AppConfig, apps: Any = installed, using: str = "default", **more: Any) -> None:
    """For ``post_migrate``, which comes once for each app: the rights are there when the last one has had its turn."""
    if sender.label != [config.label for config in installed.get_app_configs() if config.models_module][-1]:
        return
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    rows = permission.objects.using(using).select_related("content_type")
    known = {f"{row.content_type.app_label}.{row.codename}": row for row in rows}
    for role in ROLES:
        # After a step back of the migrations some are not there; a test sees to it that no name in the table is wrong.
        rights = [known[right] for right in rights_of(role) if right in known]
        group.objects.using(using).get_or_create(name=role)[0].permissions.set(rights)
