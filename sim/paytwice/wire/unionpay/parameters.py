"""Fields as UnionPay signs and sends them.

The signature is made over the lower-case hexadecimal SHA-256 of the fields, sorted by name and joined by &,
all but `signature` itself: SHA256withRSA of that text, so that SHA-256 is taken twice. Requests and
notifications are forms; a response is not: it has the same shape, and nothing in it is percent-encoded. The
official client (`SDKUtil.parseQString`) reads it with an eye on { and [, in which an & is part of a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl, urlencode

from paytwice.wire.crypto import Signer
from paytwice.wire.strict_json import LARGEST_BODY

SIGNATURE: Final = "signature"
CERTIFICATE: Final = "signPubKeyCert"
MOST_FIELDS: Final = 200
CLOSED_BY: Final = {"{": "}", "[": "]"}


def digest(fields: Mapping[str, str]) -> bytes:
    """What RSA signs."""
    kept = sorted((name, value) for name, value in fields.items() if name != SIGNATURE)
    text = "&".join(f"{name}={value}" for name, value in kept)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest().encode()


def signed(fields: Mapping[str, str], signer: Signer) -> dict[str, str]:
    """The fields and their signature, blank ones left out, as the official client does."""
    said = {name: value for name, value in fields.items() if value}
    return {**said, SIGNATURE: signer.sign(digest(said))}


def form(fields: Mapping[str, str]) -> bytes:
    """Fields as a request or a notification carries them."""
    return urlencode(dict(sorted(fields.items())), errors="surrogatepass").encode("ascii")


def form_of(body: bytes) -> dict[str, str] | None:
    """The fields of a form; None if it is none: too long, not UTF-8, a name said twice."""
    if len(body) > LARGEST_BODY:
        return None
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return None
    return _once(pairs)


def plain(fields: Mapping[str, str]) -> bytes:
    """Fields as a response carries them: certificate and signature come last."""
    last = [name for name in (CERTIFICATE, SIGNATURE) if name in fields]
    names = [*sorted(fields.keys() - set(last)), *last]
    return "&".join(f"{name}={fields[name]}" for name in names).encode()


def plain_of(body: bytes) -> dict[str, str] | None:
    """The fields of a response; None if it is none. It may have a file in it, and so any length."""
    try:
        text = body.decode("utf-8")
    except ValueError:
        return None
    pairs = [part.partition("=") for part in _parts(text)]
    return _once([(name, value) for name, equals, value in pairs]) if all(one[1] for one in pairs) else None


def _parts(text: str) -> Iterator[str]:
    """The pieces between the &s which are not in brackets; brackets of one kind do not nest."""
    begin, closing, in_value = 0, "", False
    for n, character in enumerate(text):
        if closing:
            closing = "" if character == closing else closing
        elif character == "&":
            yield text[begin:n]
            begin, in_value = n + 1, False
        elif in_value:
            closing = CLOSED_BY.get(character, "")
        elif character == "=":
            in_value = True
    yield text[begin:]


def _once(pairs: list[tuple[str, str]]) -> dict[str, str] | None:
    return dict(pairs) if len(dict(pairs)) == len(pairs) else None
