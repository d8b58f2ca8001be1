"""Certificates that a test authority of ours issues, and what a merchant makes of the one in a message.

UnionPay sends its signing certificate along with every message. So a signature that fits says nothing by
itself: whoever makes a certificate can sign with it. What counts is who has issued it, for whom, and when:
the official client checks it against a middle and a root certificate on its own disk, looks at the dates, and
at the third part of the owner's name (`CertUtil.verifyCertificate`).
"""

from __future__ import annotations

import warnings
from datetime import datetime
from hashlib import sha256
from typing import Final

import attrs
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning

from paytwice.wire.crypto import VALID_FROM, VALID_UNTIL, PrivateKey, PublicKey

UNIONPAY: Final = "中国银联股份有限公司"
OWNER: Final = f"041@8310000000083040@{UNIONPAY}@00000001"  # the third part is what clients look at
LARGEST: Final = 16 * 1024  # bytes of a certificate, far more than one has

# What reading a stranger's certificate can end with; some oddities are warnings today and errors tomorrow.
UNREADABLE: Final = (
    *(ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion),
    CryptographyDeprecationWarning,
)


@attrs.frozen
class Authority:
    """Somebody who issues certificates in a name; for the root, the name of its own."""

    name: str
    key: PrivateKey = attrs.field(repr=False)

    def issues(self, key: PublicKey, owner: str, *, for_issuing: bool = False) -> x509.Certificate:
        """A certificate: the same keys and names give the same bytes, for nothing in it is drawn."""
        return (
            x509.CertificateBuilder()
            .subject_name(_name(owner))
            .issuer_name(_name(self.name))
            .public_key(key)
            .serial_number(_serial(key))
            .not_valid_before(VALID_FROM)
            .not_valid_after(VALID_UNTIL)
            .add_extension(x509.BasicConstraints(ca=for_issuing, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )


def cert_id(certificate: x509.Certificate) -> str:
    """How a request names the certificate it is signed with: its serial number, in decimal."""
    return str(certificate.serial_number)


def as_sent(certificate: x509.Certificate) -> str:
    """A certificate as messages carry it: PEM with line ends of Windows, and none after the last line."""
    return certificate.public_bytes(Encoding.PEM).decode("ascii").strip().replace("\n", "\r\n")


@attrs.frozen(auto_exc=True)
class NotTrusted(Exception):  # it is what the certificate is
    """Why a certificate proves nothing."""

    why: str


@attrs.frozen
class Trust:
    """The certificates that a merchant has on its disk: acp_root.cer and acp_middle.cer."""

    root: x509.Certificate
    middle: x509.Certificate

    def key_of(self, sent: str, moment: datetime) -> PublicKey:
        """The key in a certificate that is UnionPay's at a moment; NotTrusted for every other."""
        try:
            certificate = _read(sent)
            certificate.verify_directly_issued_by(self.middle)
            self.middle.verify_directly_issued_by(self.root)
            key = certificate.public_key()
            owner = _owner_of(certificate)
        except InvalidSignature as error:
            raise NotTrusted("another authority has issued the certificate") from error
        except UNREADABLE as error:
            raise NotTrusted("the certificate cannot be read, or names another issuer") from error
        if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
            raise NotTrusted("the certificate is not valid now")
        if owner != UNIONPAY:
            raise NotTrusted(f"the certificate is that of {owner}")
        if not isinstance(key, PublicKey):
            raise NotTrusted("the certificate has no RSA key")
        return key


def _read(sent: str) -> x509.Certificate:
    with warnings.catch_warnings():
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        return x509.load_pem_x509_certificate(sent.encode("ascii")[:LARGEST])


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, text)])


def _owner_of(certificate: x509.Certificate) -> str:
    """The third part of the name; all of it where it has fewer."""
    names = certificate.subject.get_attributes_for_oid(x509.oid.NameOID.COMMON_NAME)
    name = str(names[0].value) if names else ""
    parts = name.split("@")
    return parts[2] if len(parts) > 2 else name


def _serial(key: PublicKey) -> int:
    """A number of eleven digits, as the test certificates have, which follows from the key."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return 0x1000000000 + int.from_bytes(sha256(der).digest()[:4])
