"""How much Hypothesis tries: three profiles of its settings, for a desk, for CI, for a night."""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, Phase, settings

PREFIX: Final = "paytwice-"
EXAMPLES: Final = {"dev": 100, "ci": 500, "nightly": 20_000}


def register_profiles() -> tuple[str, ...]:
    """Register the settings `paytwice-dev`, `paytwice-ci` and `paytwice-nightly`, and say their names.

    In your conftest.py:

        register_profiles()
        settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "paytwice-dev"))

    Or `pytest --hypothesis-profile=paytwice-ci` after `register_profiles()`. They try 100, 500 and 20,000
    examples a test. `ci` tries the same ones each time (derandomize), so that a change is what turns it red;
    `nightly` never tries the same ones by intent. None has a deadline, for a run takes as long as its story;
    and as a run is played while it is drawn, none minds that drawing takes long. None looks for lines of code
    that only failing examples run (Phase.explain): in a simulation that is slow, and tells of the simulation.
    """
    slow = (HealthCheck.too_slow,)
    phases = tuple(phase for phase in Phase if phase is not Phase.explain)
    for name, examples in EXAMPLES.items():
        settings.register_profile(
            PREFIX + name,
            max_examples=examples,
            deadline=None,
            phases=phases,
            suppress_health_check=slow,
            derandomize=name == "ci",
            print_blob=name != "dev",
            report_multiple_bugs=name == "nightly",
        )
    return tuple(PREFIX + name for name in EXAMPLES)
