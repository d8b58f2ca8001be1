"""No two messages share a nonce, and the same message has the same one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paytwice.wire.moments import Stamp, Stamps

MESSAGES = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "a", "b", "a\n1", "a 1"])), max_size=30)


@given(messages=MESSAGES)
def test_no_two_messages_share_a_nonce(messages: list[tuple[int, str]]) -> None:
    here, there = Stamps("wechat"), Stamps("merchant")

    nonces = [stamps.next(at, key).nonce for at, key in messages for stamps in (here, there)]
    sealed = [Stamp(0, nonce).derived("resource", 12) for nonce in nonces]

    assert len(set(nonces)) == len(set(sealed)) == len(nonces)
    assert all(len(nonce) == 32 and nonce.isalnum() for nonce in nonces)
    assert all(len(nonce) == 12 and nonce.isalnum() for nonce in sealed)


def test_a_message_keeps_its_nonce_whatever_else_is_sent() -> None:
    alone, busy = Stamps("wechat"), Stamps("wechat")
    busy.next(0, "another")

    assert alone.next(5, "paid") == busy.next(5, "paid")


def test_lists_of_words_are_not_their_text() -> None:
    assert Stamp.named(0, "a", "b") != Stamp.named(0, "a\nb")
    assert Stamp.named(0, "a", "") != Stamp.named(0, "a")
