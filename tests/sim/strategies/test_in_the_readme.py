"""The test that the README shows."""

from hypothesis import given, settings
from tests.sim.merchants.small import SmallMerchant

from paytwice import Run
from paytwice.strategies import register_profiles, runs

register_profiles()


@settings(settings.get_profile("paytwice-dev"))
@given(runs("late_wechat_after_alipay", merchant=SmallMerchant, profile="calm"))
def test_nobody_pays_twice(run: Run) -> None:
    run.check()
