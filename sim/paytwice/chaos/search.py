"""What is played of one plot: seeds, and mutations of the runs that reached something new.

Seeds go in rounds. The mutations of a round are chosen when all of the round before it is known, whoever
played it and in whatever order it came back: so one worker or many play the same runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs

from paytwice.chaos.corpus import Corpus
from paytwice.chaos.result import Result
from paytwice.story.plot import Origin, Plot

ROUND: Final = 100  # seeds

Reached = tuple[str, ...]


@attrs.define(eq=False)
class Search:
    """The runs of one plot, handed out in chunks; `known` are those that have been played before."""

    plot: Plot
    seeds: range
    chunk: int
    mutations: int  # for each round of seeds
    known: Mapping[Origin, Reached]
    _rounds: list[dict[Origin, Reached | None]] = attrs.field(init=False, factory=list)
    _learnt: int = attrs.field(init=False, default=0)  # rounds
    _corpus: Corpus = attrs.field(init=False, factory=Corpus)
    _parts: Iterator[tuple[Origin, ...] | None] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._parts = self._planned()

    def next(self) -> tuple[Origin, ...] | None:
        """The next chunk; empty where one has to wait for results, None where nothing is left."""
        return next(self._parts, None)

    def take(self, results: Iterable[Result]) -> None:
        """Hear what came of some runs that were handed out."""
        if self.mutations:
            for one in results:
                self._hear(one.origin, one.reached)

    def _planned(self) -> Iterator[tuple[Origin, ...]]:
        rounds = [self.seeds[begin : begin + ROUND] for begin in range(0, len(self.seeds), ROUND)]
        for number, seeds in enumerate(rounds):
            yield from self._handed_out(number, [(seed,) for seed in seeds])
            if number and self.mutations:
                yield from self._mutated(number, len(rounds[number - 1]))
        if self.mutations:
            yield from self._mutated(len(rounds), len(rounds[-1]))

    def _mutated(self, number: int, seeds: int) -> Iterator[tuple[Origin, ...]]:
        """The mutations that belong to a round, when all of the round before it is known."""
        while not self._knows(number - 1):
            yield ()
        yield from self._handed_out(number, self._corpus.breed(self.mutations * seeds // ROUND))

    def _handed_out(self, number: int, origins: Sequence[Origin]) -> Iterator[tuple[Origin, ...]]:
        if number == len(self._rounds):
            self._rounds.append({})
        if self.mutations:
            self._rounds[number].update(dict.fromkeys(origins))
        fresh = [origin for origin in origins if origin not in self.known]
        if self.mutations and len(fresh) < len(origins):
            for origin in origins:
                if origin in self.known:
                    self._hear(origin, self.known[origin])
        for begin in range(0, len(fresh), self.chunk):
            yield tuple(fresh[begin : begin + self.chunk])

    def _hear(self, origin: Origin, reached: Reached) -> None:
        for one in self._rounds[self._learnt :]:
            if origin in one:
                one[origin] = reached

    def _knows(self, number: int) -> bool:
        """Whether a round is over; what it reached is learnt then, in the order in which it was planned."""
        while self._learnt <= number:
            told = self._rounds[self._learnt]
            if None in told.values():
                return False
            for origin, reached in told.items():
                self._corpus.learn(origin, reached or ())
            told.clear()
            self._learnt += 1
        return True
