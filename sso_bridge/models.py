from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class SpentToken(models.Model):
    """The ledger that makes a token good for one sign-in: whoever inserts the row first has won."""

    issuer = models.CharField(_("issuer"), max_length=200)
    jti = models.CharField(_("token"), max_length=64)
    expires_at = models.DateTimeField(_("may be forgotten after"), db_index=True)

    class Meta:
        verbose_name = _("spent token")
        verbose_name_plural = _("spent tokens")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="token_spent_once", fields=["issuer", "jti"]),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.jti}"


class Refusal(models.Model):
    """A hand-off that was refused, under the reference number on the visitor's page, for the helpdesk to look up."""

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    code = models.CharField(_("code"), max_length=32)
    address = models.GenericIPAddressField(_("visitor's address"), null=True)
    # Only what a good signature vouched for; empty for a token that could have been anybody's.
    issuer = models.CharField(_("issuer"), max_length=200, blank=True)
    subject = models.CharField(_("number"), max_length=32, blank=True)
    happened_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("refused hand-off")
        verbose_name_plural = _("refused hand-offs")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.reference} {self.code}"
