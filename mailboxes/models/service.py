import re
from string import Formatter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.asking import NotAnswered
from accounts.bilingual import Bilingual
from accounts.models import Policy
from mailboxes import drive

PATTERN = RegexValidator(r"^[a-z0-9.{}_-]+\Z", _("Use lower-case letters, digits, dots and {number} or {entry_year}."))
PLACEHOLDERS: dict[str, set[str]] = {
    "domain": {"entry_year"},
    "older_domain": set(),
    "fixed_name": {"number", "entry_year"},
    "default_name": {"number", "suffix"},
}
MAIL_SETTINGS = {"imap", "pop3", "smtp"}


class MailService(models.Model):
    """A kind of mailbox. Everything in which one differs from another is data here, never code."""

    class Names(models.TextChoices):
        PASSPORT = "passport", _("chosen from the passport name")
        FIXED = "fixed", _("fixed by a pattern")
        TYPED = "typed", _("a default, or one’s own")

    class Review(models.TextChoices):
        NOBODY = "nobody", pgettext_lazy("review", "nobody")
        ALWAYS = "always", pgettext_lazy("review", "a reviewer, always")
        WARNING = "warning", pgettext_lazy("review", "a reviewer, where there is a warning")

    class Category(models.TextChoices):
        EMAIL = "email", _("Email services")

    slug = models.SlugField(_("short name"), unique=True)
    category = models.CharField(_("category in the menu"), max_length=16, choices=Category, default=Category.EMAIL)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60)
    about_zh = models.CharField(_("in a sentence (Chinese)"), max_length=200)
    about_en = models.CharField(_("in a sentence (English)"), max_length=200)
    is_open = models.BooleanField(_("open for applications"), default=True)

    domain = models.CharField(
        _("domain"), max_length=100, validators=[PATTERN], help_text=_("May hold {entry_year}: m{entry_year}.campus.example")
    )
    older_domain = models.CharField(_("domain of older entry years"), max_length=100, blank=True, validators=[PATTERN])
    older_until = models.PositiveSmallIntegerField(_("last entry year of the older domain"), null=True, blank=True)
    names = models.CharField(_("names"), max_length=16, choices=Names, default=Names.PASSPORT)
    fixed_name = models.CharField(
        _("pattern of fixed names"), max_length=64, blank=True, validators=[PATTERN], help_text=_("For example s{number}.")
    )
    default_name = models.CharField(
        _("pattern of default names"),
        max_length=64,
        blank=True,
        validators=[RegexValidator(PATTERN.regex, _("Use lower-case letters, digits, dots and {number} or {suffix}."))],
        help_text=_("For example {number}.{suffix}: the account and the county's suffix."),
    )
    suffixes = models.JSONField(
        _("suffixes of counties"),
        default=dict,
        blank=True,
        help_text=_('By county code, where it is not the code itself: {"kl": "keelung"}'),
    )
    separators = models.CharField(
        _("signs in typed names"),
        max_length=3,
        default="._-",
        validators=[RegexValidator(r"^[._-]+\Z", _("Write one or more of the signs . _ -"))],
    )
    shortest_name = models.PositiveSmallIntegerField(_("shortest name"), default=3)
    longest_name = models.PositiveSmallIntegerField(_("longest name"), default=20, validators=[MaxValueValidator(64)])
    eligible = models.JSONField(
        _("who may apply"),
        default=dict,
        help_text=_('Conditions by category: {"staff": ["一般", "退休"], "student": [], "county:staff": [""]}'),
    )
    open_to_appeal = models.JSONField(
        _("who may apply besides, with a warning"),
        default=dict,
        blank=True,
        help_text=_("Conditions by category, as above: a reviewer decides about each of these people."),
    )
    review = models.CharField(_("who reviews"), max_length=16, choices=Review, default=Review.NOBODY)
    reviewed_hours = models.PositiveSmallIntegerField(
        _("reviewed within (hours)"), default=48, validators=[MinValueValidator(1)]
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("How long a mailbox is still used after the condition of its owner has ended it."),
    )
    kept_days = models.PositiveSmallIntegerField(
        _("days suspended before it is closed"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("After the days of grace. A mailbox that is closed is never given to anybody else."),
    )
    policies = models.ManyToManyField(Policy, verbose_name=_("policies to agree to"), blank=True)

    least_score = models.PositiveSmallIntegerField(
        _("least password score"), default=3, validators=[MaxValueValidator(4)], help_text=_("0 to 4, as zxcvbn counts.")
    )
    least_length = models.PositiveSmallIntegerField(
        _("least password length"), default=10, validators=[MinValueValidator(8), MaxValueValidator(64)]
    )
    kinds = models.JSONField(
        _("kinds of characters required"), default=list, blank=True, help_text=_('Any of "digit", "upper", "lower".')
    )

    password_sign_in = models.BooleanField(
        _("sign-in with the mailbox’s own password"),
        default=False,
        help_text=_("On: whoever has such a mailbox may come in with its address and password, and nobody else."),
    )
    asks_backup_email = models.BooleanField(
        _("asks for a backup e-mail"),
        default=False,
        help_text=_("On the page of the password, optional; it becomes a contact address once it is confirmed."),
    )

    button_zh = models.CharField(_("button that applies (Chinese)"), max_length=30, default="確定申請")
    button_en = models.CharField(_("button that applies (English)"), max_length=30, default="Apply")

    store = models.CharField(_("mail store"), max_length=32, default="maildir")
    quota_mb = models.PositiveIntegerField(_("quota (MB)"), default=1000)
    largest_message_mb = models.PositiveIntegerField(_("largest message (MB)"), default=50)
    promised_minutes = models.PositiveSmallIntegerField(_("promised within (minutes)"), default=5)
    drive_url = models.CharField(
        _("address of the cloud drive"),
        max_length=200,
        blank=True,
        help_text=_(
            "Empty where there is none. Asked with ?address=… how full somebody’s is, it answers with octets as JSON, "
            '{"used": 1048576, "allowed": 5368709120}, or with 404 for somebody without a drive.'
        ),
    )
    mail_settings = models.JSONField(
        _("settings for mail programs"),
        default=dict,
        help_text=_('{"imap": {"host": "imap.campus.example", "port": 993, "security": "ssl"}, "pop3": …, "smtp": …}'),
    )

    name = Bilingual("name")
    about = Bilingual("about")
    button = Bilingual("button")

    class Meta:
        verbose_name = _("mail service")
        verbose_name_plural = _("mail services")
        ordering = ("position", "slug")

    def __str__(self) -> str:
        return self.name

    def domain_for(self, entry_year: int | None) -> str:
        """The mail domain of somebody who entered in ``entry_year`` (ROC calendar); None where it does not matter."""
        if self.older_domain and self.older_until is not None and entry_year is not None and entry_year <= self.older_until:
            return self.older_domain
        return self.domain.format(entry_year="" if entry_year is None else entry_year)

    def serves(self, domain: str) -> bool:
        """Whether addresses of that domain can belong to this service, for whatever entry year."""
        pattern = re.escape(self.domain).replace(re.escape("{entry_year}"), "[0-9]+")
        return bool(re.fullmatch(pattern, domain)) or (bool(self.older_domain) and domain == self.older_domain)

    def suffix_for(self, source: str) -> str:
        """What stands for the county in the names of people of a source such as ``county:kl``; empty for any other."""
        code = source.partition(":")[2]
        suffix: str = self.suffixes.get(code, code)
        return suffix

    @property
    def needs_entry_year(self) -> bool:
        return "{entry_year}" in self.domain

    @property
    def quota_bytes(self) -> int:
        return self.quota_mb * 1024 * 1024

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if self.names == self.Names.FIXED and not self.fixed_name:
            problems["fixed_name"] = _("A fixed name needs its pattern.")
        if self.names == self.Names.TYPED and not self.default_name:
            problems["default_name"] = _("A default name needs its pattern.")
        for field, known in PLACEHOLDERS.items():
            if not _placeholders(getattr(self, field)) <= known:
                problems[field] = _(
                    "Only {entry_year}, in fixed names {number}, in defaults {number} and {suffix} can stand in braces."
                )
        if not _is_table_of_suffixes(self.suffixes):
            problems["suffixes"] = _("Write an object of suffixes by county code, in lower-case letters and digits.")
        if not _is_table_of_words(self.eligible):
            problems["eligible"] = _("Write an object of lists, one for each category.")
        if not _is_table_of_words(self.open_to_appeal):
            problems["open_to_appeal"] = _("Write an object of lists, one for each category.")
        elif any(self.open_to_appeal.values()) and self.review == self.Review.NOBODY:
            problems["review"] = _("Somebody has to review where conditions are open to appeal.")
        if not isinstance(self.kinds, list) or set(self.kinds) - {"digit", "upper", "lower"}:
            problems["kinds"] = _('Write a list of "digit", "upper", "lower".')
        if self.drive_url and not _is_drive(self.drive_url):
            problems["drive_url"] = _("Write an address that begins with https://.")
        if not _is_mail_settings(self.mail_settings):
            problems["mail_settings"] = _(
                "Each of imap, pop3 and smtp needs a host, a port and a security (ssl or starttls)."
            )
        if problems:
            raise ValidationError(problems)


def _is_drive(url: str) -> bool:
    try:
        drive.checked(url)
    except NotAnswered:
        return False
    return True


def _placeholders(pattern: str) -> set[str]:
    """The names in braces, and "{" for braces that do not fit together."""
    try:
        return {name for _text, name, *_ in Formatter().parse(pattern) if name is not None}
    except ValueError:
        return {"{"}


def _is_table_of_words(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(words, list) and all(isinstance(word, str) for word in words) for words in value.values()
    )


def _is_table_of_suffixes(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(suffix, str) and re.fullmatch(r"[a-z0-9]+", suffix) for suffix in value.values()
    )


def _is_mail_settings(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= MAIL_SETTINGS
        and all(
            isinstance(one, dict)
            and isinstance(one.get("host"), str)
            and isinstance(one.get("port"), int)
            and one.get("security") in ("ssl", "starttls")
            for one in value.values()
        )
    )
