from django.apps import AppConfig


class MailboxesConfig(AppConfig):
    name = "mailboxes"

    def ready(self) -> None:
        from accounts.contacts import rule
        from mailboxes import checks  # noqa: F401  (registers them)
        from mailboxes.models import Mailbox

        rule.learn_own(Mailbox.is_of)
