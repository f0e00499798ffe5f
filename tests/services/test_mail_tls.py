"""doveadm on another machine is asked by TLS: with a certificate that is vouched for, and still in time."""

import ssl
from pathlib import Path

import pytest

from mailboxes.provisioning.stores import StoreUnavailable
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.doveadm import Doveadm
from tests.unit.mailboxes.test_dovecot_faults import SHORT, Talk, drop_by_drop, hanging, http, listening

COMMAND = ("kick", {"mask": ["hsiaoming@mx.nthu.edu.tw"]})


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # OpenSSL's own variable


@pytest.mark.usefixtures("trusted")
def test_it_is_asked_by_tls(context: ssl.SSLContext) -> None:
    with listening(http([["doveadmResponse", [{"result": "1"}], "0"]]), context) as place:
        [answer] = Doveadm(place, "secret-key").ask(Deadline(30), COMMAND)
    assert answer.expect() == [{"result": "1"}]


def test_a_certificate_has_to_be_vouched_for(context: ssl.SSLContext) -> None:
    with listening(http([]), context) as place, pytest.raises(StoreUnavailable, match="certificate verify failed"):
        Doveadm(place, "secret-key").ask(Deadline(30), COMMAND)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("talk", [hanging, drop_by_drop])
def test_it_has_no_more_time_than_without(talk: Talk, context: ssl.SSLContext) -> None:
    with listening(talk, context) as place, pytest.raises(StoreUnavailable, match=r"timed out|no answer in time"):
        Doveadm(place, "secret-key").ask(Deadline(SHORT), COMMAND)
