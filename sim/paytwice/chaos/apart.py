"""Plays chunks in processes apart, for workers that cannot play themselves.

A run is played under limits of its process: an alarm that only a main thread gets, a ceiling on memory, and
its death, which no thread survives. A task on a Dask worker, or of a pool of threads, runs in a thread. So
it hands its runs to a process that does nothing else (`playing.py`), one after the other, and hires another
when that one dies. A process is kept for the next chunk, of the same campaign only: what it has loaded it
does not look at again, and a merchant may be mended between two campaigns.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from multiprocessing.connection import wait
from typing import Final

import attrs

from paytwice.chaos.campaign import DIED
from paytwice.chaos.playing import Answer
from paytwice.chaos.result import Result
from paytwice.chaos.worker import Chunk
from paytwice.errors import PaytwiceError

SILENCE: Final = 30.0  # seconds beyond a run's own limit, for a start on a busy machine
_IDLE: Final[list[Player]] = []


class CannotPlay(PaytwiceError):
    """A worker cannot play what it was given: it does not find the scenario, say."""


class PlayerDied(Exception):
    """The process that played is gone."""


@attrs.frozen
class Terms:
    """What holds for all players of one campaign: a name that no other has, and the folder it began in."""

    campaign: str
    folder: str

    @classmethod
    def here(cls) -> Terms:
        """Terms for a campaign that begins in this process."""
        return cls(os.urandom(8).hex(), os.getcwd())


@attrs.frozen(eq=False)
class Player:
    """A process that plays what it is asked to."""

    terms: Terms
    process: subprocess.Popen[bytes]

    @classmethod
    def hired(cls, terms: Terms) -> Player:
        """Start one in the campaign's folder, if there is such a folder on this machine."""
        process = subprocess.Popen(
            [sys.executable, "-m", "paytwice.chaos.playing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=terms.folder if os.path.isdir(terms.folder) else None,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        return cls(terms, process)

    def play(self, chunk: Chunk) -> list[Result]:
        """Play a chunk. Raises PlayerDied, and CannotPlay where the chunk cannot even be loaded."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            pickle.dump(chunk, self.process.stdin)
            self.process.stdin.flush()
            # A run that Python cannot interrupt (in a library's C code) never answers.
            limit = chunk.seconds * len(chunk.origins) + SILENCE
            if not wait([self.process.stdout.fileno()], limit):
                raise PlayerDied(f"it took more than {limit:g} s and could not be interrupted")
            answer: Answer = pickle.load(self.process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise PlayerDied(DIED) from error
        if isinstance(answer, str):
            raise CannotPlay(answer)
        return answer

    def dismiss(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.communicate()


def play_apart(terms: Terms, chunk: Chunk) -> list[Result]:
    """Play all runs of a chunk in a process apart; may be called in any thread of any process."""
    player = _taken(terms)
    results: list[Result] = []
    try:
        for origin in chunk.origins:
            alone = attrs.evolve(chunk, origins=(origin,))
            try:
                played = player.play(alone)
            except PlayerDied:  # perhaps not by this run: again, with nothing played before
                player = _another(player)
                try:
                    played = player.play(alone)
                except PlayerDied as error:
                    player = _another(player)
                    played = [Result(origin, "failed", "", failure=str(error))]
            results += played
    except CannotPlay:
        _IDLE.append(player)
        raise
    except BaseException:
        player.dismiss()  # it may be about to answer, and the next to ask would take that for its own
        raise
    _IDLE.append(player)
    return results


def dismiss_idle() -> None:
    """End all players of this process that have nothing to do."""
    while _IDLE:
        _IDLE.pop().dismiss()


def _another(player: Player) -> Player:
    player.dismiss()
    return Player.hired(player.terms)


def _taken(terms: Terms) -> Player:
    """A player that waits for work of this campaign, else a new one; those of other campaigns may go."""
    while True:
        try:
            player = _IDLE.pop()
        except IndexError:
            return Player.hired(terms)
        if player.terms == terms:
            return player
        player.dismiss()
