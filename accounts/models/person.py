from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import roles


class PersonManager(BaseUserManager["Person"]):
    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "Person":
        """A local administrator by their role, for nobody is a superuser; ``manage.py createsuperuser`` calls this."""
        person = self.model(source=Person.LOCAL, subject=username, username=username, is_staff=True, **fields)
        person.set_password(password)
        person.save(using=self._db)
        person.groups.add(Group.objects.get(name=roles.ADMINISTRATOR))
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in. ``source`` says who vouches for them and ``subject`` is their identifier there."""

    CAMPUS = "campus"
    LOCAL = "local"

    class Category(models.TextChoices):
        STAFF = "staff", pgettext_lazy("category", "Staff")
        STUDENT = "student", pgettext_lazy("category", "Student")

    source = models.CharField(_("source"), max_length=32)
    subject = models.CharField(_("subject"), max_length=255)
    # The sign-in name of Django's own machinery: the subject of a local administrator, "source:subject" of anybody else.
    username = models.CharField(_("user name"), max_length=300, unique=True)
    number = models.CharField(_("number"), max_length=32, blank=True, db_index=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    passport_name = models.CharField(_("passport name"), max_length=100, blank=True)
    category = models.CharField(_("category"), max_length=16, choices=Category, blank=True)
    condition = models.CharField(_("condition"), max_length=16, blank=True)
    unit = models.CharField(_("unit"), max_length=100, blank=True)
    entry_year = models.PositiveSmallIntegerField(_("entry year"), null=True, blank=True)
    # What a county's provider says besides, of its own people and of whoever has linked an account there.
    guid = models.CharField(_("GUID"), max_length=64, blank=True, db_index=True)
    school_code = models.CharField(_("school code"), max_length=16, blank=True)
    roles = models.JSONField(_("roles"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the administration"), default=False)
    # Only of somebody whom a file of people brought, before any door did.
    imported_at = models.DateTimeField(_("imported at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last brought up to date"), auto_now=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="person_once_a_source", fields=["source", "subject"]),
            # So no door of the campus or of a county signs anybody in with rights in the administration.
            models.CheckConstraint(name="staff_are_local", condition=Q(is_staff=False) | Q(source="local")),
            models.CheckConstraint(name="nobody_is_superuser", condition=Q(is_superuser=False)),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.subject} ({self.number or self.source})"
