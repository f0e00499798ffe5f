from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.models.person import Person


class Staff(Person):
    """Whoever looks after this portal: the same rows, with rights and pages of their own."""

    class Meta:
        proxy = True
        verbose_name = _("staff account")
        verbose_name_plural = _("staff accounts")
        default_permissions = ("add", "change", "view")
        ordering: ClassVar[tuple[str, ...]] = ("username",)
