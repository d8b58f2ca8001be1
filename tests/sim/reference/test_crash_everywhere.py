"""The reference merchant survives a crash at every single access to anything around it."""

from __future__ import annotations

import pytest

from paytwice.merchant.process import Faults
from paytwice.story.scenario import Scenario, load

SCENARIOS = (
    "late_wechat_after_alipay",
    "wechat_captured_after_alipay",
    "two_attempts_same_channel",
    "success_after_close",
    "close_races_with_payment",
    "refund_times_out_but_happened",
)


class FateAtAccess:
    """Counts the accesses of a run, and lets something happen at one of them."""

    def __init__(self, which: int | None = None, fate: str = "") -> None:
        self.count = 0
        self.which = which
        self.fate = fate

    def at_access(self, _faults: Faults, _place: str, *, store: bool) -> str | None:
        self.count += 1
        hit = self.count == self.which and (store or self.fate.startswith("crash"))
        return self.fate if hit else None


def accesses(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> int:
    counting = FateAtAccess()
    monkeypatch.setattr(Faults, "at_access", lambda *a, **k: counting.at_access(*a, **k))
    assert scenario.play().as_declared
    return counting.count


@pytest.mark.parametrize("fate", ["crash 0", "crash 5000", "crash 600000", "fail"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_money_is_right_whatever_happens_at_any_one_access(
    name: str, fate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = load(name)
    for which in range(1, accesses(scenario, monkeypatch) + 1):
        hitting = FateAtAccess(which, fate)
        monkeypatch.setattr(Faults, "at_access", lambda *a, h=hitting, **k: h.at_access(*a, **k))

        run = scenario.play().run

        assert run.ok, f"{fate} at access {which}:\n{run.explain()}"


def test_the_sweep_reaches_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load("late_wechat_after_alipay")
    total = accesses(scenario, monkeypatch)
    digests = []
    for which in range(1, total + 1):
        hitting = FateAtAccess(which, "crash 5000")
        monkeypatch.setattr(Faults, "at_access", lambda *a, h=hitting, **k: h.at_access(*a, **k))
        digests.append(scenario.play().run.digest)

    assert total > 100
    assert len(dict.fromkeys(digests)) > total * 0.9, "a crash at another access is another run"
