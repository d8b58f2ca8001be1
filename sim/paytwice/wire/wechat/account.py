"""Who talks to whom, with which keys: a merchant's account at WeChat Pay, as both sides know it."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.wire.crypto import Signer, Verifier, certificate_pem, serial_of
from paytwice.wire.keyring import Keyring

APP_ID: Final = "wx0000000000000001"
MCH_ID: Final = "1900000001"
ISSUED_TO: Final = "paytwice test key, no real money"


def _is_32_bytes(_account: object, _field: object, key: str) -> None:
    if len(key.encode()) != 32:
        raise ValueError(f"an APIv3 key has 32 bytes, and this one has {len(key.encode())}")


@attrs.frozen(kw_only=True)
class WechatAccount:
    """A merchant's account; `merchants` are the public keys whose requests the channel takes.

    WeChat signs either with a platform certificate, which clients fetch from /v3/certificates, or with a key
    whose public half the merchant downloads once: then the serial number is `PUB_KEY_ID_…` and there is no
    `platform_certificate`. `stranger` is a key that nobody trusts, for forgeries.
    """

    app_id: str
    mch_id: str
    merchants: Verifier
    platform: Signer
    stranger: Signer
    api_v3_key: str = attrs.field(repr=False, validator=_is_32_bytes)
    platform_certificate: bytes | None = None

    @property
    def platforms(self) -> Verifier:
        """The keys by which the merchant knows WeChat."""
        return Verifier({self.platform.serial: self.platform.key.public_key()})


@attrs.frozen
class WechatKeys:
    """An account and the merchant's own private key, which the channel does not know."""

    account: WechatAccount
    merchant: Signer
    merchant_certificate: bytes


def wechat_keys(
    keyring: Keyring, *, app_id: str = APP_ID, mch_id: str = MCH_ID, by_public_key: bool = False
) -> WechatKeys:
    """Test keys for an account; `by_public_key` is the newer mode, without platform certificates."""
    merchant, platform = keyring.private_key("wechat-merchant"), keyring.private_key("wechat-platform")
    stranger = keyring.private_key("stranger")
    serial = serial_of(platform.public_key())
    number = f"{int(serial, 16) % 10**10:010d}"
    signer = Signer(serial_of(merchant.public_key()), merchant)
    platform_serial = f"PUB_KEY_ID_0{mch_id}{number}" if by_public_key else serial
    account = WechatAccount(
        app_id=app_id,
        mch_id=mch_id,
        merchants=Verifier({signer.serial: merchant.public_key()}),
        platform=Signer(platform_serial, platform),
        stranger=Signer(platform_serial, stranger),
        api_v3_key=keyring.secret("wechat-apiv3"),
        platform_certificate=None if by_public_key else certificate_pem(platform, ISSUED_TO),
    )
    return WechatKeys(account, signer, certificate_pem(merchant, ISSUED_TO))
