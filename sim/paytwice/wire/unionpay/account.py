"""A merchant's account at UnionPay, and the keys and certificates on both sides."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.wire.crypto import PrivateKey, Signer, Verifier
from paytwice.wire.keyring import Keyring
from paytwice.wire.unionpay.certificates import OWNER, Authority, Trust, as_sent, cert_id

MER_ID: Final = "777290000000001"
ROOT: Final = "paytwice test root, no real money"
MIDDLE: Final = "paytwice test authority, no real money"


@attrs.frozen
class Certified:
    """A private key under its certId, and the certificate of its public half as messages carry it."""

    signer: Signer
    certificate: str


@attrs.frozen(kw_only=True)
class UnionpayAccount:
    """What UnionPay has: its own key, the merchant's public ones by certId, and a stranger's for forgeries.

    The stranger's certificate has UnionPay's name on it, and the stranger has issued it to himself.
    """

    mer_id: str
    merchants: Verifier
    unionpay: Certified
    stranger: Certified


@attrs.frozen
class UnionpayKeys:
    """An account, the merchant's own key, which UnionPay does not know, and whom the merchant trusts."""

    account: UnionpayAccount
    merchant: Certified
    trust: Trust


def unionpay_keys(keyring: Keyring, *, mer_id: str = MER_ID) -> UnionpayKeys:
    """Test keys, and certificates of a test root that is made with them; all follow from the keyring."""
    root = Authority(ROOT, keyring.private_key("unionpay-root"))
    middle = Authority(MIDDLE, keyring.private_key("unionpay-middle"))
    merchant = _certified(middle, keyring.private_key("unionpay-merchant"), f"041@{mer_id}@paytwice@00000001")
    impostor = Authority(MIDDLE, keyring.private_key("stranger"))
    account = UnionpayAccount(
        mer_id=mer_id,
        merchants=Verifier({merchant.signer.serial: merchant.signer.key.public_key()}),
        unionpay=_certified(middle, keyring.private_key("unionpay-platform"), OWNER),
        stranger=_certified(impostor, impostor.key, OWNER),
    )
    trust = Trust(
        root.issues(root.key.public_key(), ROOT, for_issuing=True),
        root.issues(middle.key.public_key(), MIDDLE, for_issuing=True),
    )
    return UnionpayKeys(account, merchant, trust)


def _certified(issuer: Authority, key: PrivateKey, owner: str) -> Certified:
    certificate = issuer.issues(key.public_key(), owner)
    return Certified(Signer(cert_id(certificate), key), as_sent(certificate))
