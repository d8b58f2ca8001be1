"""Parameters as Alipay signs them: sorted, joined by &, neither quoted nor empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from paytwice.wire.http import HttpRequest

NOT_SIGNED_BY_MERCHANTS: Final = frozenset({"sign"})
NOT_SIGNED_BY_ALIPAY: Final = frozenset({"sign", "sign_type"})  # of a notification


def signed_string(parameters: Mapping[str, str], without: frozenset[str]) -> bytes:
    """The string that RSA2 signs; what is empty is not in it."""
    kept = sorted((name, value) for name, value in parameters.items() if value and name not in without)
    return "&".join(f"{name}={value}" for name, value in kept).encode("utf-8", "surrogatepass")


def parameters_of(request: HttpRequest) -> dict[str, str] | None:
    """The parameters of a request, in its address and its form; None if one is said twice, or no UTF-8."""
    try:
        form = request.body.decode("ascii")
        pairs = [
            pair
            for text in (request.query, form)
            for pair in parse_qsl(text, keep_blank_values=True, errors="strict")
        ]
    except ValueError:
        return None
    return dict(pairs) if len(dict(pairs)) == len(pairs) else None
