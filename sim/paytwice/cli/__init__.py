"""The command line. Everything a command needs is imported when it runs, so that `--help` is quick."""

from __future__ import annotations

import click

from paytwice.cli.bench import bench
from paytwice.cli.chaos import chaos
from paytwice.cli.chart import chart
from paytwice.cli.compare import compare
from paytwice.cli.diff import diff
from paytwice.cli.explore import explore
from paytwice.cli.gallery import gallery
from paytwice.cli.invariants import invariants
from paytwice.cli.listing import list_scenarios
from paytwice.cli.replay import replay
from paytwice.cli.report import report
from paytwice.cli.run import run
from paytwice.cli.run import run_scenario as run_scenario
from paytwice.cli.sweep import sweep
from paytwice.cli.trial import trial
from paytwice.cli.usage import Program


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="paytwice", message="%(prog)s %(version)s")
def main() -> None:
    """Find the sequence of events that makes your customer pay twice."""


for command in (
    list_scenarios,
    run,
    chaos,
    explore,
    report,
    chart,
    replay,
    diff,
    compare,
    trial,
    sweep,
    gallery,
    bench,
    invariants,
):
    main.add_command(command)
