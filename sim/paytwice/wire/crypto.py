"""RSA signatures and AES-256-GCM, as WeChat Pay and Alipay use them: a few lines over `cryptography`.

RSASSA-PKCS1-v1_5 needs no randomness, so the same key signs the same message the same way; the nonces of AES
come from outside. Nothing here draws, except that a new key is new.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import attrs

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ModuleNotFoundError as missing:  # pragma: no cover
    raise ImportError("the wire needs cryptography: pip install 'paytwice[wire]'") from missing

PrivateKey = rsa.RSAPrivateKey
PublicKey = rsa.RSAPublicKey

BITS: Final = 2048
# A certificate is made anew from its key whenever it is asked for, so its dates are not those of its making.
VALID_FROM: Final = datetime(2020, 1, 1, tzinfo=UTC)
VALID_UNTIL: Final = datetime(2120, 1, 1, tzinfo=UTC)


class NotDecrypted(ValueError):
    """A ciphertext is not what this key, nonce and associated data give."""


@attrs.frozen
class Signer:
    """A private key under the serial number by which others know its public half."""

    serial: str
    key: PrivateKey = attrs.field(repr=False)

    def sign(self, message: bytes) -> str:
        """SHA-256 with RSA, in base64."""
        return b64encode(self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


@attrs.frozen
class Verifier:
    """The public keys that somebody trusts, by serial number."""

    keys: Mapping[str, PublicKey]

    def knows(self, serial: str) -> bool:
        """Whether there is a key of this number."""
        return serial in self.keys

    def verifies(self, serial: str, message: bytes, signature: str) -> bool:
        """Whether the key of this number signed this message; False for whatever cannot be read."""
        key = self.keys.get(serial)
        if key is None:
            return False
        try:
            key.verify(b64decode(signature, validate=True), message, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):  # binascii.Error is a ValueError
            return False
        return True


def seal(key: str, nonce: str, associated: str, plain: bytes) -> str:
    """Encrypt with AES-GCM: base64 of the ciphertext and its tag of 16 bytes."""
    return b64encode(AESGCM(key.encode()).encrypt(nonce.encode(), plain, associated.encode())).decode()


def unseal(key: str, nonce: str, associated: str, sealed: str) -> bytes:
    """Decrypt what `seal` wrote; NotDecrypted for anything else."""
    try:
        return AESGCM(key.encode()).decrypt(
            nonce.encode(), b64decode(sealed, validate=True), associated.encode()
        )
    except (InvalidTag, ValueError) as error:  # ValueError: not base64, or a nonce of no length
        raise NotDecrypted("the ciphertext does not fit key, nonce and associated data") from error


def new_private_key() -> PrivateKey:
    """A fresh RSA key."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=BITS)


def private_pem(key: PrivateKey) -> bytes:
    """A private key as apiclient_key.pem has it: PKCS #8, not encrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(key: PublicKey) -> bytes:
    """A public key as pub_key.pem has it."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def private_key_of(pem: bytes) -> PrivateKey:
    """Read a private key; ValueError if it is none, or not RSA."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, PrivateKey):
        raise ValueError("this private key is not an RSA key, which is what the channels sign with")
    return key


def public_key_of(pem: bytes) -> PublicKey:
    """Read a public key, bare or in a certificate; ValueError if it is none, or not RSA."""
    if b"BEGIN CERTIFICATE" in pem:
        key = x509.load_pem_x509_certificate(pem).public_key()
    else:
        key = serialization.load_pem_public_key(pem)  # type: ignore[assignment]  # a wider union
    if not isinstance(key, PublicKey):
        raise ValueError("this public key is not an RSA key, which is what the channels sign with")
    return key


def serial_of(key: PublicKey) -> str:
    """The serial number of a key's certificate: 40 hexadecimal digits, which follow from the key."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"4{sha256(der).hexdigest()[:39]}".upper()


def certificate_pem(key: PrivateKey, name: str) -> bytes:
    """A certificate that a key signs for itself: the same key and name give the same bytes."""
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int(serial_of(key.public_key()), 16))
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
