"""Hypothesis strategies: stories, fault plans, whole worlds, and runs whose every choice Hypothesis makes.

    @given(runs("late_wechat_after_alipay", merchant=my_merchant))
    def test_no_customer_pays_twice(run: Run) -> None:
        run.check()

What goes wrong in a run, and who is first where several things happen at once, are choices that Hypothesis
draws. So it looks for the run that breaks a promise, shrinks it to the few choices that matter, keeps it in
its database, and finds it again. Nothing else of paytwice needs Hypothesis, or imports this.
"""

try:
    import hypothesis as _hypothesis
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    raise ModuleNotFoundError(
        "paytwice.strategies needs Hypothesis: pip install 'paytwice[hypothesis]'", name="hypothesis"
    ) from None

from paytwice.story.acts import AskRefund as AskRefund
from paytwice.story.acts import AtOnce as AtOnce
from paytwice.story.acts import Cancel as Cancel
from paytwice.story.acts import Confirm as Confirm
from paytwice.story.acts import Look as Look
from paytwice.story.acts import Pay as Pay
from paytwice.story.acts import Scan as Scan
from paytwice.story.acts import ShopStory as ShopStory
from paytwice.story.acts import Start as Start
from paytwice.story.acts import Visit as Visit
from paytwice.story.acts import Wait as Wait
from paytwice.story.mishaps import Crash as Crash
from paytwice.story.mishaps import CrashBefore as CrashBefore
from paytwice.story.mishaps import Delay as Delay
from paytwice.story.mishaps import Duplicate as Duplicate
from paytwice.story.mishaps import FaultPlan as FaultPlan
from paytwice.story.mishaps import Hold as Hold
from paytwice.story.mishaps import Lose as Lose
from paytwice.story.mishaps import Partition as Partition
from paytwice.story.mishaps import RefundEnds as RefundEnds
from paytwice.story.mishaps import Unavailable as Unavailable
from paytwice.story.mishaps import UnderFaults as UnderFaults
from paytwice.strategies.budgets import register_profiles as register_profiles
from paytwice.strategies.drawn import DrawnWorld as DrawnWorld
from paytwice.strategies.drawn import choices as choices
from paytwice.strategies.drawn import runs as runs
from paytwice.strategies.drawn import worlds as worlds
from paytwice.strategies.luck import Luck as Luck
from paytwice.strategies.plans import fault_plans as fault_plans
from paytwice.strategies.scores import aim as aim
from paytwice.strategies.tales import stories as stories
from paytwice.strategies.weathers import fault_profiles as fault_profiles
from paytwice.strategies.weathers import only as only
from paytwice.strategies.weathers import policies as policies

del _hypothesis
