"""A merchant's application at Alipay, and the keys that sign for both sides."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.wire.crypto import Signer, Verifier
from paytwice.wire.keyring import Keyring

APP_ID: Final = "2021000000000001"
SELLER_ID: Final = "2088000000000001"
MERCHANT: Final = "merchant"  # Alipay knows its keys by the app, and their signatures carry no serial
ALIPAY: Final = "alipay"


@attrs.frozen(kw_only=True)
class AlipayAccount:
    """What Alipay has: its own key, the public key of the application, and a stranger's for forgeries."""

    app_id: str
    seller_id: str
    merchant: Verifier
    alipay: Signer
    stranger: Signer

    @property
    def public(self) -> Verifier:
        """The key by which the merchant knows Alipay."""
        return Verifier({ALIPAY: self.alipay.key.public_key()})


@attrs.frozen
class AlipayKeys:
    """An account and the merchant's own private key, which Alipay does not know."""

    account: AlipayAccount
    merchant: Signer


def alipay_keys(keyring: Keyring, *, app_id: str = APP_ID, seller_id: str = SELLER_ID) -> AlipayKeys:
    """Test keys for an application, in the mode with bare public keys."""
    merchant = keyring.private_key("alipay-merchant")
    account = AlipayAccount(
        app_id=app_id,
        seller_id=seller_id,
        merchant=Verifier({MERCHANT: merchant.public_key()}),
        alipay=Signer(ALIPAY, keyring.private_key("alipay-platform")),
        stranger=Signer(ALIPAY, keyring.private_key("stranger")),
    )
    return AlipayKeys(account, Signer(MERCHANT, merchant))
