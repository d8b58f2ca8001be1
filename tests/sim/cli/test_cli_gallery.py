"""`paytwice gallery`: merchants that lose money, as a list, as JSON and one by one."""

from __future__ import annotations

import json

import pytest
from tests.sim.cli.commanding import Commands

from paytwice.gallery.collection import gallery


def test_the_list_has_every_exhibit_under_its_rooms_title(paytwice: Commands) -> None:
    answer = paytwice("gallery")

    assert answer.status == 0
    assert "\n  last_writer_wins " in answer.out
    assert answer.out.startswith("Room 1, who won")
    assert f"{len(gallery())} merchants, each with one mistake" in answer.out


def test_as_json_it_is_a_list_of_what_programs_ask_for(paytwice: Commands) -> None:
    found = json.loads(paytwice("gallery", "--json").out)

    assert [one["name"] for one in found] == list(gallery())
    assert {"name", "summary", "invariant", "seen_at"} <= set(found[0])
    assert all(all(one[key] for key in ("name", "summary", "invariant", "seen_at")) for one in found)


def test_one_of_them_is_played_and_explained(paytwice: Commands) -> None:
    answer = paytwice("gallery", "swallows_the_second")

    assert answer.status == 0
    assert "seen in   macrozheng" in answer.out
    assert "S4 no stranded money: BROKEN" in answer.out
    assert "It costs up to ¥99.00 an order." in answer.out
    assert "This one keeps ¥99.00 of order P1 that the reference merchant returned." in answer.out


def test_one_of_them_as_json_has_both_runs(paytwice: Commands) -> None:
    found = json.loads(paytwice("gallery", "last_writer_wins", "--json").out)

    assert found["is_caught"] is True
    assert (found["right"]["verdict"], found["wrong"]["verdict"]) == ("ok", "violated")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["last_writer_win"], "the gallery has no 'last_writer_win': did you mean last_writer_wins"),
        (["zzz"], "`paytwice gallery` lists what hangs there"),
        (["last_writer_wins", "--seed", "3"], "No such option"),
    ],
)
def test_a_wrong_word_is_refused_in_a_line(paytwice: Commands, words: list[str], says: str) -> None:
    answer = paytwice("gallery", *words)

    assert answer.status == 2
    assert says in answer.err
    assert len(answer.err.splitlines()) == 1
