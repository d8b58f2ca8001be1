"""The journal is the one record of a run: it tells causes, has one digest everywhere, and reads as JSON."""

from __future__ import annotations

import json

import attrs
from hypothesis import given
from hypothesis import strategies as st

from paytwice.journal import NOBODY, Entry, Journal, What

entries = st.tuples(
    st.integers(0, 10**12),
    st.integers(-1, 100),
    st.sampled_from(What),
    st.text(max_size=8),
    st.text(max_size=8),
    st.text(max_size=8),
    st.text(max_size=8),
    st.integers(-(10**12), 10**12),
)


def a_journal() -> Journal:
    journal = Journal()
    sent = journal.note(0, NOBODY, What.SENT, "merchant", "wechat", "trade.query", "P1-1")
    journal.note(1, NOBODY, What.DID, "customer", "", "confirms", "P1", 9_900)
    arrived = journal.note(40, sent, What.ARRIVED, "wechat", "merchant", "trade.query", "P1-1")
    journal.note(40, arrived, What.ALARM, "merchant", "", "金额不符 → look", "P1")
    return journal


def test_the_digest_is_the_same_on_every_machine_and_version() -> None:
    assert a_journal().digest() == GOLDEN
    assert Journal().digest() == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"  # of "[]"


GOLDEN = "828c474be93ec94b31771c0b85736280dd7939c585d48e8f2073d86a445549f1"


@given(st.lists(entries, max_size=5), st.lists(entries, max_size=5))
def test_digests_are_equal_for_equal_journals_and_for_no_others(
    one: list[tuple[int, int, What, str, str, str, str, int]],
    other: list[tuple[int, int, What, str, str, str, str, int]],
) -> None:
    journals = Journal(), Journal()
    for journal, rows in zip(journals, (one, other), strict=True):
        for row in rows:
            journal.note(*row)

    assert (journals[0].digest() == journals[1].digest()) == (one == other)


def test_names_cannot_be_shifted_between_columns() -> None:
    one, other = Journal(), Journal()
    one.note(0, NOBODY, What.DID, "a\x1fb", "c")
    other.note(0, NOBODY, What.DID, "a", "b\x1fc")

    assert one.digest() != other.digest()


def test_a_chain_leads_from_the_first_cause_to_the_entry() -> None:
    assert [*a_journal().chain(3)] == [3, 2, 0]
    assert [*a_journal().chain(1)] == [1]


def test_entries_are_read_by_index_and_in_order() -> None:
    journal = a_journal()

    assert len(journal) == 4
    assert journal[1] == Entry(1, 1, NOBODY, What.DID, "customer", "", "confirms", "P1", 9_900)
    assert list(journal) == [journal[i] for i in range(4)]


def test_every_line_of_jsonl_is_an_entry() -> None:
    journal = a_journal()
    lines = [json.loads(line) for line in journal.jsonl()]

    assert [Entry(**{**line, "what": What(line["what"])}) for line in lines] == list(journal)
    assert lines[3]["subject"] == "金额不符 → look"
    assert list(lines[0]) == [field.name for field in attrs.fields(Entry)]
