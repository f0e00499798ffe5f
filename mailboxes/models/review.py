import re
import unicodedata
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.bilingual import Bilingual
from accounts.models import Person
from mailboxes.models.application import Application


class ReviewCase(Application):
    """An application as the desk sees it: a page and rights of its own in the administration. To change one is to decide."""

    class Meta:
        proxy = True
        verbose_name = _("application to review")
        verbose_name_plural = _("applications to review")


class Remark(models.Model):
    """What the office decided, asked or offered, or what the applicant answered, with the words. Rows are only added."""

    class Kind(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("remark", "Approved")
        REJECTED = "rejected", pgettext_lazy("remark", "Rejected")
        ASKED = "asked", pgettext_lazy("remark", "Asked")
        ANSWERED = "answered", pgettext_lazy("remark", "Answered")
        OFFERED = "offered", pgettext_lazy("remark", "Other names offered")
        GIVEN_BACK = "given-back", pgettext_lazy("remark", "Given back")

    LONGEST = 2000

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="remarks", verbose_name=_("application")
    )
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    text = models.TextField(_("text"), max_length=LONGEST, blank=True)
    written_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ("pk",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="remark_kind_known",
                condition=Q(kind__in=["approved", "rejected", "asked", "answered", "offered", "given-back"]),
            ),
            models.CheckConstraint(name="remark_has_words", condition=Q(kind="approved") | ~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.application}"


class ReasonTemplate(models.Model):
    """A reason to begin with, edited before it is sent."""

    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title_zh = models.CharField(_("title (Chinese)"), max_length=60)
    title_en = models.CharField(_("title (English)"), max_length=60)
    text_zh = models.TextField(_("text (Chinese)"), max_length=Remark.LONGEST)
    text_en = models.TextField(_("text (English)"), max_length=Remark.LONGEST)

    title = Bilingual("title")
    text = Bilingual("text")

    class Meta:
        verbose_name = _("template of a reason")
        verbose_name_plural = _("templates of reasons")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title


class CautionName(models.Model):
    """A name, Chinese or of a passport, whose bearers' applications a reviewer looks at."""

    name = models.CharField(_("name"), max_length=100)
    why = models.CharField(_("why"), max_length=200, blank=True)
    key = models.CharField(max_length=100, unique=True, editable=False)

    class Meta:
        verbose_name = _("name of the caution list")
        verbose_name_plural = _("caution list")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = self.key_of(self.name)
        super().save(*args, **kwargs)

    @staticmethod
    def key_of(name: str) -> str:
        """What is compared: letters and digits alone, whatever the signs, spaces, case and full-width forms."""
        return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name).casefold())[:100]
