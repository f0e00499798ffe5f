"""Settings for mail programs: Thunderbird's autoconfig, Apple's profile, a QR code that carries it to a telephone."""

import plistlib
import uuid
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import segno

from mailboxes.models import Mailbox, MailService

PROTOCOLS = ("imap", "pop3", "smtp")


def rows(service: MailService) -> list[dict[str, Any]]:
    """What a person types in by hand: one row a protocol."""
    return [
        {"protocol": protocol.upper(), **service.mail_settings[protocol]}
        for protocol in PROTOCOLS
        if protocol in service.mail_settings
    ]


def autoconfig(service: MailService, domain: str) -> bytes:
    """Thunderbird's config-v1.1.xml. It speaks of the domain only, so nobody learns from it which addresses exist."""
    root = ElementTree.Element("clientConfig", version="1.1")
    provider = ElementTree.SubElement(root, "emailProvider", id=domain)
    ElementTree.SubElement(provider, "domain").text = domain
    ElementTree.SubElement(provider, "displayName").text = service.name_en
    ElementTree.SubElement(provider, "displayShortName").text = service.name_en
    for protocol in PROTOCOLS:
        if one := service.mail_settings.get(protocol):
            tag = "outgoingServer" if protocol == "smtp" else "incomingServer"
            server = ElementTree.SubElement(provider, tag, type=protocol)
            ElementTree.SubElement(server, "hostname").text = one["host"]
            ElementTree.SubElement(server, "port").text = str(one["port"])
            ElementTree.SubElement(server, "socketType").text = {"ssl": "SSL", "starttls": "STARTTLS"}[one["security"]]
            ElementTree.SubElement(server, "authentication").text = "password-cleartext"  # inside TLS
            ElementTree.SubElement(server, "username").text = "%EMAILADDRESS%"
    xml: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def mobileconfig(mailbox: Mailbox) -> bytes:
    """Apple's profile for one address, without a password: the device asks for it. Same mailbox, same identifiers."""
    service = mailbox.service
    imap, smtp = service.mail_settings["imap"], service.mail_settings["smtp"]
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{mailbox.address}")
    account = {
        "PayloadType": "com.apple.mail.managed",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{mailbox.domain}.mail.{mailbox.local_part}.account",
        "PayloadUUID": str(uuid.uuid5(identity, "account")),
        "PayloadDisplayName": mailbox.address,
        "EmailAccountType": "EmailTypeIMAP",
        "EmailAccountDescription": mailbox.address,
        "EmailAccountName": mailbox.person.name,
        "EmailAddress": mailbox.address,
        "IncomingMailServerAuthentication": "EmailAuthPassword",
        "IncomingMailServerHostName": imap["host"],
        "IncomingMailServerPortNumber": imap["port"],
        "IncomingMailServerUseSSL": True,
        "IncomingMailServerUsername": mailbox.address,
        "OutgoingMailServerAuthentication": "EmailAuthPassword",
        "OutgoingMailServerHostName": smtp["host"],
        "OutgoingMailServerPortNumber": smtp["port"],
        "OutgoingMailServerUseSSL": True,
        "OutgoingMailServerUsername": mailbox.address,
        "OutgoingPasswordSameAsIncomingPassword": True,
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{mailbox.domain}.mail.{mailbox.local_part}",
        "PayloadUUID": str(identity),
        "PayloadDisplayName": mailbox.address,
        "PayloadOrganization": service.name,
        "PayloadContent": [account],
    }
    return plistlib.dumps(profile)


def has_profile(service: MailService) -> bool:
    """Whether there is enough to write Apple's profile: it needs IMAP and SMTP."""
    return {"imap", "smtp"} <= set(service.mail_settings)


def qr_svg(address: str) -> bytes:
    """The web address as an SVG image, dark on light also in a dark page."""
    image = BytesIO()
    segno.make(address, error="m", micro=False).save(
        image, kind="svg", scale=4, border=3, dark="#000", light="#fff", omitsize=True, xmldecl=False
    )
    return image.getvalue()
