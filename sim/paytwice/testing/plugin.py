"""The pytest plugin: options, the mark `paytwice`, fixtures, what is told of failures and at the end.

pytest loads it in every project of an environment that has paytwice, so nothing of the simulation is imported
before a test asks for it. (PYTEST_DONT_REWRITE: there are no assertions in here.)
"""

from __future__ import annotations

import inspect
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, Final

import pytest

from paytwice.testing import options
from paytwice.testing.seeds import CALM, MARK, Seeds, parts, wish_of
from paytwice.testing.stories import FIXTURE, SIM, as_plain_test, is_story
from paytwice.testing.told import summary, tell

if TYPE_CHECKING:
    from paytwice.testing.fixture import PaytwiceFixture
    from paytwice.testing.terms import Merchant

SEEDS: Final = "_paytwice_seeds"
SAID: Final = (
    "paytwice(seeds=0, begin=0, profile='rough', chunk=None, settings=None, merchant=None, channels=None): "
    "play what a test plays, or a test that is a story, `async def test_…(sim)`, with so many seeds from "
    "`begin` on, each under a fault profile; calm without seeds"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tell pytest of the options."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that cannot be meant, and make the mark known."""
    config.addinivalue_line("markers", SAID)
    options.check(config)


# -- collecting ---------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> Any:
    """Put a plain test in the place of a story, so that it is everybody's idea of a test."""
    is_static = isinstance(obj, staticmethod)
    story = obj.__func__ if isinstance(obj, staticmethod) else obj
    if not (isinstance(collector, pytest.Module | pytest.Class) and is_story(collector, story)):
        return None
    if not collector.istestfunction(obj, name):
        return None
    plain: Any = as_plain_test(story)  # type: ignore[arg-type]  # it is a function: is_story has looked
    plain = staticmethod(plain) if is_static else plain
    setattr(collector.obj, name, plain)  # where pytest looks for it when it runs
    return collector.ihook.pytest_pycollect_makeitem(collector=collector, name=name, obj=plain)


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make items of the seeds that a test asks for."""
    asks = SEEDS in metafunc.fixturenames
    own = any(mark.name == MARK for mark in metafunc.definition.own_markers)
    marks = list(metafunc.definition.iter_markers(MARK)) if asks or own else []
    if marks and (not asks or inspect.iscoroutinefunction(metafunc.function)):
        pytest.fail(
            f"{metafunc.function.__name__} is marked paytwice, so it is a story, `async def` with an "
            f"argument `{SIM}`, or a plain test with an argument `paytwice`",
            pytrace=False,
        )
    if not asks:
        return
    if file := options.option(metafunc.config, "replay"):
        items = [Seeds(file=str(metafunc.config.invocation_params.dir / file))]
    else:
        items = list(_parts(metafunc, marks))
    if items:
        metafunc.parametrize(SEEDS, items, ids=[one.id for one in items], indirect=True)


def _parts(metafunc: pytest.Metafunc, marks: Sequence[pytest.Mark]) -> Sequence[Seeds]:
    try:
        return parts(metafunc.config, wish_of(marks)) if marks else []
    except ValueError as error:
        said = f"{metafunc.function.__name__}: {error}"
    pytest.fail(said, pytrace=False)


# -- fixtures -----------------------------------------------------------------------------------------------


@pytest.fixture
def paytwice_merchant(pytestconfig: pytest.Config) -> Merchant:
    """The merchant under test: a factory, or MODULE:FACTORY. Override it to make one of your own."""
    name: str = options.option(pytestconfig, "merchant")
    return name or None


@pytest.fixture(name=SEEDS)
def _seeds(request: pytest.FixtureRequest) -> Seeds:
    seeds: Seeds = getattr(request, "param", CALM)
    return seeds


@pytest.fixture(name=FIXTURE)
def _fixture(
    request: pytest.FixtureRequest, _paytwice_seeds: Seeds, paytwice_merchant: Merchant
) -> PaytwiceFixture:
    from paytwice.testing.making import make

    return make(request.node, _paytwice_seeds, paytwice_merchant)


@pytest.fixture
def paytwice(_paytwice: PaytwiceFixture) -> PaytwiceFixture:
    """Plays stories and scenarios with your merchant: `run = paytwice.play(story)`."""
    return _paytwice


# -- running and telling ------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Let a test be called for each of its seeds; one that plays none of them has tried nothing."""
    fixture: PaytwiceFixture | None = (getattr(item, "funcargs", None) or {}).get(FIXTURE)
    if fixture is None or not isinstance(item, pytest.Function):
        return (yield)
    test = item.obj
    item.obj = fixture.for_each_seed(test)
    try:
        result = yield
    finally:
        item.obj = test
    fixture.check_played()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what was played to the report of a test."""
    report = yield
    tell(item, report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was tried."""
    if line := summary(terminalreporter.stats):
        terminalreporter.write_line(line)
