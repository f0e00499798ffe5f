from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.person import Person


class ContactAddress(models.Model):
    """Where a person can be reached besides their mailbox. A removed one stays for the days in which that can be undone."""

    MOST = 3  # of one person
    GOOD_FOR = timedelta(days=1)  # the link that confirms

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("person"))
    address = models.CharField(_("address"), max_length=254)
    # 1 to 3: so the database itself knows that nobody has more, whoever adds at the same moment.
    place = models.PositiveSmallIntegerField(editable=False)
    added_at = models.DateTimeField(_("added at"))
    asked_at = models.DateTimeField(_("last letter with the link"))
    verified_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact address")
        verbose_name_plural = _("contact addresses")
        ordering = ("pk",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "person",
                Lower("address"),
                name="contact_address_once",
                condition=Q(removed_at=None),
                violation_error_message=_("This address is among your contact addresses already."),
            ),
            models.UniqueConstraint(name="contact_place_once", fields=["person", "place"], condition=Q(removed_at=None)),
            models.CheckConstraint(name="contact_three_places", condition=Q(place__in=[1, 2, 3])),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def good_until(self) -> datetime:
        """When the link in the last letter ends."""
        return self.asked_at + self.GOOD_FOR
