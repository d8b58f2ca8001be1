"""How the command line refuses: one line on stderr that names the value, and exit status 2."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import click

USAGE: Final = 2
INTERRUPTED: Final = 130  # what a shell reports for Ctrl-C


class OneLineErrors(click.Command):
    """Says what is wrong with a command line in one line on stderr, and exits with 2."""

    def __call__(self, args: Sequence[str] | None = None, prog_name: str | None = None) -> NoReturn:
        """Run as a program: ends the process with what the command returned."""
        try:
            sys.exit(self.main(args, prog_name, standalone_mode=False))
        except click.ClickException as error:
            refuse(error.format_message().replace("\n", " "), error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            refuse("interrupted", INTERRUPTED)


class Program(OneLineErrors, click.Group):
    """The commands; none of them is mistyped without a hint."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            raise click.UsageError(
                f"give a command: {' or '.join(self.list_commands(ctx))}; --help says more"
            )
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        from paytwice.wording import nearest

        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            commands = self.list_commands(ctx)
            raise click.UsageError(f"there is no command {args[0]!r}{nearest(args[0], commands)}")
        return super().resolve_command(ctx, args)


def refuse(message: str, status: int = USAGE) -> NoReturn:
    """Say in one line why nothing is done, and end the process."""
    click.echo(f"paytwice: {message}", err=True)
    sys.exit(status)
