from typing import ClassVar

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person
from mailboxes.models.service import MailService


class Mailbox(models.Model):
    """An address and whose it is. A row stays for ever, so that no address is ever given to anybody else again."""

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("mailbox", "Being opened")
        ACTIVE = "active", pgettext_lazy("mailbox", "In use")
        SUSPENDED = "suspended", pgettext_lazy("mailbox", "Suspended")
        LEAVING = "leaving", pgettext_lazy("mailbox", "In use, but ending")
        CLOSED = "closed", pgettext_lazy("mailbox", "Closed")
        CANCELLED = "cancelled", pgettext_lazy("mailbox", "Cancelled before it was opened")

    class Cause(models.TextChoices):
        """Why a mailbox is suspended, ending or closed. The first three are holds: somebody took it out of use."""

        THEFT = "theft", pgettext_lazy("cause", "Somebody else uses it")
        RULE = "rule", pgettext_lazy("cause", "A rule was broken")
        OWNER = "owner", pgettext_lazy("cause", "Its owner wanted it")
        LEAVING = "leaving", pgettext_lazy("cause", "Its owner’s condition")
        OFFICE = "office", pgettext_lazy("cause", "Closed by the administration")

    IN_USE = (State.ACTIVE, State.LEAVING)
    OPEN = (State.ACTIVE, State.LEAVING, State.SUSPENDED)
    LONGEST_REASON = 2000

    service = models.ForeignKey(MailService, on_delete=models.PROTECT, verbose_name=_("service"))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mailboxes", verbose_name=_("person"))
    local_part = models.CharField(_("local part"), max_length=64)
    domain = models.CharField(_("domain"), max_length=100)
    # The name without its separators, as letters and number: hm.wang2 is ("hmwang", 2) and hmwang is ("hmwang", 1).
    # Two names with the same pair are too alike for two people; the pair also finds the smallest free number by index.
    stem = models.CharField(max_length=64, editable=False)
    stem_number = models.PositiveBigIntegerField(editable=False)
    # That somebody has the next number, too: never false again, for rows stay. The search for the smallest free number skips
    # these rows, and is right but slower where ``mark_followed`` has not come by yet.
    followed = models.BooleanField(default=False, editable=False)
    # Stem and number again, of these ends of numbers alone: so PostgreSQL cannot take the index of all names instead, as its
    # statistics now and then have it do.
    end_stem = models.GeneratedField(
        expression=Case(When(followed=False, stem_number__gte=2, then=F("stem"))),
        output_field=models.CharField(max_length=64, null=True),
        db_persist=True,
    )
    end_number = models.GeneratedField(
        expression=Case(When(followed=False, stem_number__gte=2, then=F("stem_number"))),
        output_field=models.PositiveBigIntegerField(null=True),
        db_persist=True,
    )
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(_("reserved at"), auto_now_add=True)
    active_at = models.DateTimeField(_("in use since"), null=True, blank=True)

    # A session of the portal that was begun with this mailbox's password belongs to the era that was then, and ends with it.
    # A number: a time could not tell what happens at the same moment.
    era = models.PositiveIntegerField(default=0, editable=False)

    # Facts from which mailboxes.provisioning.life works out the state: who holds it, and what ends it at which time.
    hold = models.CharField(max_length=16, blank=True, choices=Cause, editable=False)  # it outlives a closing
    # That its owner has switched it off, also while the office holds it: after the lift it is off still.
    off_by_owner = models.BooleanField(default=False, editable=False)
    leaves_at = models.DateTimeField(_("in use until"), null=True, blank=True)  # where the condition ends it
    close_asked_at = models.DateTimeField(_("closing asked for at"), null=True, blank=True)  # by the owner
    # A condition, with its category, for which an administrator lets the mailbox stay.
    kept_for = models.CharField(_("stays in spite of"), max_length=40, blank=True)
    # What follows from them.
    cause = models.CharField(_("cause"), max_length=16, blank=True, choices=Cause)
    reason = models.TextField(_("reason that the owner reads"), max_length=LONGEST_REASON, blank=True)
    held_at = models.DateTimeField(_("suspended since"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closed from"), null=True, blank=True)
    warned_days = models.PositiveSmallIntegerField(null=True, editable=False)  # before the end, in the last letter about it
    next_at = models.DateTimeField(null=True, editable=False)  # of the next letter, or of the end itself
    # Differs after every change of the above: whoever read the row before that changes nothing.
    changed_at = models.DateTimeField(_("last changed"), null=True, editable=False)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        permissions = (("suspend_mailbox", "Can suspend, lift, keep, close and reopen a mailbox"),)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="mailbox_ends_of_numbers",
                fields=["domain", "end_stem", "end_number"],
                condition=Q(end_number__isnull=False),
            ),
            models.Index(name="mailboxes_by_state", fields=["service", "state"]),
            # Of PostgreSQL: for the beginning of a name, which an index in the order of a language does not find.
            models.Index(name="mailbox_ends_soon", fields=["next_at"], condition=Q(next_at__isnull=False)),
            models.Index(name="mailbox_name_begins", fields=["local_part"], opclasses=["varchar_pattern_ops"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="mailbox_address_taken",
                fields=["domain", "local_part"],
                violation_error_message=_("That address is taken."),
            ),
            models.UniqueConstraint(
                name="mailbox_name_too_alike",
                fields=["domain", "stem", "stem_number"],
                violation_error_message=_("That address is too much like one that somebody else has."),
            ),
            models.UniqueConstraint(
                name="mailbox_one_a_person_and_service",
                fields=["service", "person"],
                condition=~Q(state="cancelled"),
                violation_error_message=_("You have a mailbox of this service already."),
            ),
            models.CheckConstraint(
                name="mailbox_state_known",
                condition=Q(state__in=["pending", "active", "suspended", "leaving", "closed", "cancelled"]),
            ),
            models.CheckConstraint(
                name="mailbox_active_has_time", condition=~Q(state="active") | Q(active_at__isnull=False)
            ),
            models.CheckConstraint(
                name="mailbox_cause_of_state",
                condition=Q(state__in=["pending", "active", "cancelled"], cause="")
                | Q(state="suspended", cause__in=["theft", "rule", "owner", "leaving"])
                | Q(state="leaving", cause__in=["owner", "leaving"])
                | Q(state="closed", cause__in=["owner", "leaving", "office"]),
            ),
            models.CheckConstraint(
                name="mailbox_hold_known",
                condition=Q(hold="") | Q(hold__in=["theft", "rule", "owner"], state__in=["suspended", "closed"]),
            ),
            models.CheckConstraint(
                name="mailbox_off_by_owner_is_held",
                condition=Q(off_by_owner=False) & ~Q(hold="owner")
                | Q(off_by_owner=True, hold__in=["theft", "rule", "owner"]),
            ),
            models.CheckConstraint(
                name="mailbox_office_ends_asking",
                condition=~Q(hold__in=["theft", "rule"]) | Q(close_asked_at=None),
            ),
            models.CheckConstraint(
                name="mailbox_suspended_by_hold_or_time",
                condition=~Q(state="suspended") | Q(cause=F("hold")) | Q(cause="leaving", hold="", leaves_at__isnull=False),
            ),
            models.CheckConstraint(name="mailbox_held_has_time", condition=~Q(state="suspended") | Q(held_at__isnull=False)),
            models.CheckConstraint(
                name="mailbox_end_has_origin",
                condition=Q(state="closed", closes_at__isnull=False, leaves_at=None, close_asked_at=None)
                | Q(~Q(state="closed"), closes_at=None, leaves_at=None, close_asked_at=None)
                | Q(
                    Q(leaves_at__isnull=False) | Q(close_asked_at__isnull=False),
                    state__in=["suspended", "leaving"],
                    closes_at__isnull=False,
                    next_at__isnull=False,
                    warned_days__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="mailbox_leaving_has_end", condition=~Q(state="leaving") | Q(closes_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def get_absolute_url(self) -> str:
        return reverse("mailbox", args=[self.service.slug])

    @classmethod
    def mark_followed(cls) -> int:
        """Keep the search for free numbers fast: to be called now and then and after an import. Returns the rows changed."""
        following = cls.objects.filter(
            domain=OuterRef("domain"), stem=OuterRef("stem"), stem_number=OuterRef("stem_number") + 1
        )
        # A value and not Exists(), of which PostgreSQL makes a join that compares every number with every other.
        rows = cls.objects.alias(following=Subquery(following.values("pk")))
        return rows.filter(following__isnull=False, stem_number__gte=2, followed=False).update(followed=True)

    @classmethod
    def is_of(cls, person: Person, address: str) -> bool:
        """Whether the address is a mailbox that this person has, or is about to have."""
        local_part, _at, domain = address.lower().rpartition("@")
        return cls.objects.filter(person=person, local_part=local_part, domain=domain).exclude(state="cancelled").exists()

    @classmethod
    def addresses_of(cls, person: Person) -> list[str]:
        """Those of the person's mailboxes to which letters come."""
        return [mailbox.address for mailbox in cls.objects.filter(person=person, state__in=cls.OPEN).order_by("pk")]

    def begin_era(self) -> None:
        """End the portal's sessions that were begun with this mailbox's password; inside a transaction."""
        type(self).objects.filter(pk=self.pk).update(era=F("era") + 1)

    @property
    def is_in_use(self) -> bool:
        """Whether its owner can sign in to it and set it."""
        return self.state in self.IN_USE

    @property
    def address(self) -> str:
        return f"{self.local_part}@{self.domain}"
