from django.utils.translation import gettext_lazy as _

from accounts.models import Person


class HelpdeskCase(Person):
    """A person as the helpdesk sees them: a page and rights of its own in the administration.

    To view one is to find them and to look; to change one is to check a caller and to let a held application go on.
    """

    class Meta:
        proxy = True
        default_permissions = ("view", "change")
        verbose_name = _("person at the helpdesk")
        verbose_name_plural = _("helpdesk")
