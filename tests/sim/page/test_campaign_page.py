"""The page of a campaign says what its results say, first of all the verdict."""

from __future__ import annotations

import re

import pytest
from tests.sim.chaos.made import result
from tests.sim.page.pages import ROUGH, Page, broken_run, kept

from paytwice.chaos.canary import Canary
from paytwice.chaos.coverage import PAIRS
from paytwice.chaos.reading import Kept
from paytwice.chaos.result import Broken
from paytwice.chaos.situations import NAMES
from paytwice.oracle import INVARIANTS
from paytwice.page.campaign import page
from paytwice.page.found import Failure
from paytwice.story.plot import Plot

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" id="found"><script>alert(1)</script></svg>'
FAILURE = Failure(
    "S4 no stranded money", "busy_shop", "S4 takes 1\n\nthe story", PICTURE, "paytwice replay x"
)


def verdict_of(markup: str) -> tuple[str, str]:
    """How the verdict is coloured, and what stands in it."""
    found = re.search(r'<div class="verdict (\w+)" role="status">(.*?)</div>', markup)
    assert found is not None
    return found[1], Page(found[2]).text


def test_where_nothing_broke_the_verdict_says_what_follows_from_it() -> None:
    colour, said = verdict_of(page(kept(*(result(n) for n in range(300))), "a.sqlite"))

    assert colour == "good"
    assert said.startswith("0 of 300 runs broke a promise 0 violations in 300 independent draws")
    assert "below 1.00% of this distribution" in said


def test_what_broke_stands_first_with_the_most_money_and_how_to_see_it() -> None:
    of_little = Broken("L2", "P2", 500, "¥5.00 was not noticed.")
    results = [result(1), broken_run(2), broken_run(3, broken=(of_little,)), broken_run(4)]
    markup = page(kept(*results), "a.sqlite", None, "name the merchant")
    colour, said = verdict_of(markup)

    assert colour == "bad"
    assert "3 of 4 runs broke a promise The worst is S4 no stranded money in busy_shop: ¥13.00" in said
    text = Page(markup).text
    assert text.index("S4 no stranded money up to ¥13.00 busy_shop: 2 of 4 runs (50.0 %)") < text.index(
        "L2 every capture is noticed up to ¥5.00"
    )
    assert "¥13.00 of the customer's money is stranded." in text
    assert "paytwice run busy_shop --seed 2 --set profile=rough --set schedule=portfolio" in text
    assert "name the merchant" in text


def test_a_campaign_that_has_not_ended_says_so() -> None:
    colour, said = verdict_of(page(kept(result(1), ended="", asked="500 runs"), "a.sqlite"))

    assert colour == "warn"
    assert "being played still, or was killed" in said
    assert "500 runs" in said
    assert verdict_of(page(kept(result(1), ended="played to its end"), "a.sqlite"))[0] == "good"


def test_a_file_that_does_not_say_how_it_ended_is_not_said_to_be_unfinished() -> None:
    assert verdict_of(page(kept(result(1), ended=None), "a.sqlite"))[0] == "good"


def _with(canary: Canary) -> Kept:
    made = kept(result(1), ended=None)
    made.census.canary = canary
    return made


def test_a_canary_that_was_not_caught_takes_the_green_away() -> None:
    colour, said = verdict_of(page(_with(Canary(200)), "a.sqlite"))

    assert (colour, "canary was NOT caught in 200 seeds" in said) == ("warn", True)


def test_a_canary_that_was_caught_is_told() -> None:
    assert "caught with seed 3" in Page(page(_with(Canary(25, 3)), "a.sqlite")).text


def test_runs_without_a_verdict_take_the_green_away_and_are_listed() -> None:
    lost = result(7, outcome="failed", digest="", failure="ZeroDivisionError: shop.py, line 9")
    markup = page(kept(result(1), lost, ended=None), "a.sqlite")

    assert verdict_of(markup)[0] == "warn"
    assert "ZeroDivisionError: shop.py, line 9" in Page(markup).text
    assert "paytwice run busy_shop --seed 7" in Page(markup).text


def test_coverage_is_what_was_reached_and_what_never_was() -> None:
    first = PAIRS[0]
    machine = first.split()[0]
    of = sum(name.startswith(f"{machine} ") for name in PAIRS)
    told = Page(
        page(kept(result(1, core=1, situations=("a link hung",), chance={"lost": 9})), "a.sqlite")
    ).text

    assert f"{machine} 1 of {of}" in told
    assert "a link hung 1" in told
    assert f"1 of {len(NAMES)} situations came up" in told
    assert "lost 1" in told, "in how many runs, not how often"


def test_promises_say_in_how_many_runs_they_were_checked_and_which_never_were() -> None:
    name = next(iter(INVARIANTS))
    told = Page(page(kept(result(1, checked=(name,)), result(2, vacuous=(name, "L10"))), "a.sqlite")).text

    assert f"{name} {INVARIANTS[name].title} 1 1 0" in told
    assert "Nothing happened in any run that could break L10:" in told


def test_schedules_say_which_found_what() -> None:
    told = Page(page(kept(broken_run(1), result(2, schedule="pos")), "a.sqlite")).text

    assert "pct 1 S4 of busy_shop ×1" in told
    assert "pos 1 none" in told


def test_what_files_and_runs_say_is_shown_and_does_nothing() -> None:
    says = Broken(EVIL, EVIL, 100, EVIL)
    lost = result(9, outcome="failed", failure=EVIL)
    made = kept(
        broken_run(1, broken=(says,), schedule=EVIL, chance={EVIL: 1}, situations=(EVIL,)),
        lost,
        plot=Plot(EVIL, {**ROUGH, "profile": EVIL}, EVIL),
        ended=EVIL,
        asked=EVIL,
    )
    failure = Failure(EVIL, EVIL, f"{EVIL}\n\n{EVIL}", PICTURE, EVIL)

    for shown in (page(made, EVIL, failure), page(made, EVIL, None, EVIL)):
        told = Page(shown)
        assert told.tags.count("script") == 0
        assert told.tags.count("img") == (shown.count("data:image/svg+xml;base64,") > 0)
        assert not [name for name, _ in told.attributes if name.startswith("on")]
        assert EVIL in told.text


def test_the_page_fetches_nothing_and_is_told_not_to() -> None:
    told = Page(page(kept(broken_run(1)), "a.sqlite", FAILURE))
    links = [value for name, value in told.attributes if name in ("src", "href", "srcset", "data", "action")]

    assert [one for one in links if not one.startswith(("#", "data:image/"))] == []
    assert any(value.startswith("default-src 'none'") for name, value in told.attributes if name == "content")
    assert not {"script", "link", "iframe", "object"} & set(told.tags)


def test_ids_are_told_apart_and_every_link_leads_somewhere() -> None:
    told = Page(page(kept(broken_run(1), result(2)), "a.sqlite", FAILURE))

    assert len(set(told.ids)) == len(told.ids) > 4
    assert {value for name, value in told.attributes if name == "href"} == {f"#{one}" for one in told.ids}


def test_the_same_results_give_the_same_page_in_whatever_order_they_came() -> None:
    results = [broken_run(1), result(2, schedule="pos"), broken_run(3), result(4)]

    assert page(kept(*results), "a.sqlite") == page(kept(*reversed(results)), "a.sqlite")


@pytest.mark.parametrize("picture", [None, PICTURE])
def test_the_worst_failure_has_its_story_and_its_picture_or_why_there_is_none(picture: str | None) -> None:
    failure = Failure(
        "S4", "busy_shop", "S4 takes 1\n\nthe story", picture, "paytwice replay x", "install it"
    )
    told = Page(page(kept(broken_run(1)), "a.sqlite", failure))

    assert "S4 takes 1" in told.text
    assert "the story" in told.text
    assert "paytwice replay x" in told.text
    assert ("img" in told.tags) == (picture is not None)
    assert ("install it" in told.text) == (picture is None)


def test_the_command_of_the_campaign_is_one_that_plays_it_again() -> None:
    plot = Plot("busy_shop", ROUGH, "shop.payments:make")
    told = Page(page(kept(result(5), result(9), result(7, origin=(7, 1)), plot=plot), "a.sqlite")).text

    assert "paytwice chaos busy_shop --seeds 5 --from 5 --set profile=rough" in told
    assert "--merchant shop.payments:make --out failures" in told
    assert "1 of the runs are mutations" in told
