# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # How long does a customer who paid twice wait for the money?
#
# The seed story, played over many seeds: WeChat hangs, Alipay is paid, WeChat's success arrives after all.
# For each run the ledger of the losing channel tells when the money was captured and when it was back.

# %%
from collections import Counter

from paytwice import Settings, simulate
from paytwice.channels import Ledger, MovementKind
from paytwice.story.scenario import load
from paytwice.wording import span

SEEDS = 200
story = load("late_wechat_after_alipay").story


# %%
def wait(ledger: Ledger) -> int | None:
    """Milliseconds from the capture to the return, where there was one."""
    at = {movement.kind: movement.at for movement in ledger.movements}
    if MovementKind.RETURNED not in at:
        return None
    return at[MovementKind.RETURNED] - at[MovementKind.CAPTURED]


def waits(profile: str) -> tuple[list[int], Counter[str]]:
    """How long customers waited under a fault profile, shortest first, and the verdicts."""
    found: list[int] = []
    verdicts: Counter[str] = Counter()
    for seed in range(SEEDS):
        run = simulate(story, seed=seed, settings=Settings(profile=profile))
        verdicts[run.outcome] += 1
        found += [ms for ledger in run.ledgers.values() if (ms := wait(ledger)) is not None]
    return sorted(found), verdicts


# %%
for profile in ("calm", "rough"):
    times, verdicts = waits(profile)
    middle, late = times[len(times) // 2], times[len(times) * 95 // 100]
    print(f"{profile}: half are back within {span(middle)}, 95 in 100 within {span(late)}; {dict(verdicts)}")

    assert middle < 10 * 60_000, "half of them within ten minutes, also where much goes wrong"
    assert not verdicts["violated"], "nobody loses money; it may stay open whether a refund arrived"
