"""Trials: promises that show only when runs are compared, each tried by many runs that differ in one thing.

from paytwice.trials import Subject, try_all, try_one

for trial in try_all(Subject(story, merchant=MyMerchant)):
    assert trial.ok, trial.verdict.violations
"""

from paytwice.trials.subject import Subject as Subject
from paytwice.trials.table import TRIALS as TRIALS
from paytwice.trials.table import try_all as try_all
from paytwice.trials.table import try_one as try_one
from paytwice.trials.trial import Mode as Mode
from paytwice.trials.trial import Trial as Trial
from paytwice.trials.trial import variant_of as variant_of
