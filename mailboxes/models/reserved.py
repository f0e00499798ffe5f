import re

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReservedName(models.Model):
    """A word that no account may have as its whole name or as a part of it; the roles of RFC 2142 need no row."""

    word = models.CharField(_("word"), max_length=64, unique=True, help_text=_("Lower case, without separators."))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("reserved name")
        verbose_name_plural = _("reserved names")
        ordering = ("word",)

    def __str__(self) -> str:
        return self.word

    def clean(self) -> None:
        """Names are compared in lower case and without separators, so a word written otherwise would never match."""
        self.word = re.sub(r"[._-]", "", self.word.lower())
