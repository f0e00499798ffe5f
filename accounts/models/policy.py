from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.bilingual import Bilingual
from accounts.models.person import Person


class Policy(models.Model):
    """A set of rules that people agree to; its text lives in versions."""

    slug = models.SlugField(_("short name"), unique=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=100)
    title_en = models.CharField(_("title (English)"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    title = Bilingual("title")

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ("position", "slug")

    def __str__(self) -> str:
        return self.title


class PolicyVersion(models.Model):
    """One text of a policy. The newest one in force is the one to be agreed to; a version once in force never changes."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions", verbose_name=_("policy"))
    label = models.SlugField(_("version"), max_length=20, help_text=_("For example 2026-08."))
    text_zh = models.TextField(_("text (Chinese)"))
    text_en = models.TextField(_("text (English)"))
    in_force_from = models.DateTimeField(_("in force from"))

    text = Bilingual("text")

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ("policy", "-in_force_from")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="policy_version_label_once", fields=["policy", "label"]),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("policy-text", args=[self.policy.slug, self.label])


class Consent(models.Model):
    """The evidence that a person agreed: who, to which version, when, from which address."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents", verbose_name=_("person"))
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, verbose_name=_("version"))
    given_at = models.DateTimeField(_("given at"))
    address = models.GenericIPAddressField(_("from address"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="consent_once_a_version", fields=["person", "version"]),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.version}"
