from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
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


class InForce(Exception):
    """The version is in force: it neither changes nor goes, for people have agreed to it as it is."""


class Versions(models.QuerySet["PolicyVersion"]):
    """Touches nothing that is in force, as ``PolicyVersion.save`` and ``delete`` do not."""

    def update(self, **values: Any) -> int:
        self.refuse_in_force()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self.refuse_in_force()
        return super().delete()

    def refuse_in_force(self) -> None:
        if found := self.filter(in_force_from__lte=timezone.now()).first():
            raise InForce(str(found))


class PolicyVersion(models.Model):
    """One text of a policy. The newest one in force is the one to be agreed to; a version once in force never changes."""

    LONGEST = 100 * 1024  # octets of each text in UTF-8; both in one form stay under DATA_UPLOAD_MAX_MEMORY_SIZE

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions", verbose_name=_("policy"))
    label = models.SlugField(_("version"), max_length=20, help_text=_("For example 2026-08."))
    text_zh = models.TextField(_("text (Chinese)"))
    text_en = models.TextField(_("text (English)"))
    in_force_from = models.DateTimeField(_("in force from"))

    text = Bilingual("text")
    objects = Versions.as_manager()

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ("policy", "-in_force_from")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="policy_version_label_once", fields=["policy", "label"]),
            # Of two from the same moment, nobody could say which one was in force.
            models.UniqueConstraint(name="policy_version_moment_once", fields=["policy", "in_force_from"]),
            models.CheckConstraint(name="policy_version_both_texts", condition=~Q(text_zh="") & ~Q(text_en="")),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """InForce if what is in the database is in force."""
        self._refuse_in_force()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("policy-text", args=[self.policy.slug, self.label])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """InForce if what is in the database is in force."""
        self._refuse_in_force()
        return super().delete(*args, **kwargs)

    def _refuse_in_force(self) -> None:
        if not self._state.adding:
            PolicyVersion.objects.filter(pk=self.pk).refuse_in_force()

    def is_in_force(self, now: datetime) -> bool:
        """Whether it may be agreed to, or might have been, where a later one has taken its place."""
        return self.in_force_from <= now

    @property
    def sha256_zh(self) -> str:
        """As ``sha256sum`` says of a file that holds the text in UTF-8."""
        return sha256(self.text_zh.encode()).hexdigest()

    @property
    def sha256_en(self) -> str:
        return sha256(self.text_en.encode()).hexdigest()


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
