"""The staff of the demo, one account a role, with one password and one key for codes: python bin/_demostaff.py

Both come by the environment, which has the portal's settings too. What is there already begins anew.
"""

import os
import sys
from pathlib import Path

import django

NAMES = {"admin": "administrator", "reviewer": "reviewer", "helpdesk": "helpdesk", "auditor": "auditor"}


def main(password: str, key: str) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    django.setup()
    from allauth.mfa.totp.internal.auth import TOTP
    from django.contrib.auth.models import Group
    from django.db import transaction

    from accounts.models import Person
    from accounts.staff import services

    with transaction.atomic():
        for name, role in NAMES.items():
            person = Person.objects.filter(username=name).first()
            if person:
                services.begin_anew(person, actor=None, password=password)
            else:
                groups = [Group.objects.get(name=role)]
                person = services.make(actor=None, username=name, name=name, password=password, groups=groups)
            TOTP.activate(person, key)


if __name__ == "__main__":
    main(os.environ["DEMO_STAFF_PASSWORD"], os.environ["DEMO_STAFF_KEY"])
