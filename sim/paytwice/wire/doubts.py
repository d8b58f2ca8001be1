"""What a merchant makes of a message that may be anybody's."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.wire.crypto import NotDecrypted
from paytwice.wire.strict_json import Malformed

# What reading a signed message can end with, if it is not what its sender has promised.
UNREADABLE: Final = (Malformed, NotDecrypted, AttributeError, KeyError, TypeError, ValueError)


@attrs.frozen
class NotAuthentic:
    """Why a message is not taken for the channel's: nothing may follow from it, not even a positive ack."""

    why: str
