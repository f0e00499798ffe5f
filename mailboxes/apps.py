from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailboxesConfig(AppConfig):
    name = "mailboxes"
    verbose_name = _("Mailboxes and applications")

    def ready(self) -> None:
        from accounts import contacts
        from accounts.contacts import rule
        from mailboxes import checks  # noqa: F401  (registers them)
        from mailboxes.models import Mailbox

        rule.learn_own(Mailbox.is_of)
        contacts.learn_mailboxes(Mailbox.addresses_of)
