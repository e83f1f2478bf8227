"""Whether one formula entails another: a search for a project that shows the contrary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from taxonomy_api.crosswalk.formula import MET, NOT_MET, OPEN, Formula, evaluate

#: Steps of one search; a step evaluates both formulas once. Beyond it nothing is said.
MOST_STEPS = 4000


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search: the places of the answers that were found (None: there are none), the number
    of steps, and whether the search came to its end."""

    answers: tuple[int, ...] | None
    steps: int
    finished: bool = True


class _TooMuch(Exception):
    """The search was given up."""


@dataclass(slots=True)
class Search:
    """Looks for answers under which `second` falls short of `first`.

    By the order *not met* < *open* < *met* a project's outcome under `second` must not be lower than under
    `first`. `surely`: only a project that meets `first` and does not meet `second` counts. `sizes` are the
    numbers of answers by question. Parts are decided as soon as no further answer can change them.
    """

    first: Formula
    second: Formula
    sizes: Sequence[int]
    surely: bool = False
    most_steps: int = MOST_STEPS
    steps: int = 0

    def run(self) -> Found:
        answers = [OPEN] * len(self.sizes)
        try:
            found = self._from(answers)
        except _TooMuch:
            return Found(None, self.steps, finished=False)
        return Found(tuple(answers) if found else None, self.steps)

    def _from(self, answers: list[int]) -> bool:
        """Whether these answers can be completed so that `second` falls short; then `answers` are those."""
        self.steps += 1
        if self.steps > self.most_steps:
            raise _TooMuch
        first, asked_first = evaluate(self.first, answers)
        second, asked_second = evaluate(self.second, answers)
        if not self._possible(first, second):
            return False
        question = asked_first if asked_first != OPEN else asked_second
        if question == OPEN:
            return self._falls_short(first, second)
        for place in range(self.sizes[question]):
            answers[question] = place
            if self._from(answers):
                return True
        answers[question] = OPEN
        return False

    def _possible(self, first: int, second: int) -> bool:
        if self.surely:
            return bool(first & MET and second & NOT_MET)
        return bool(first & MET and second != MET) or bool(second & NOT_MET and first != NOT_MET)

    def _falls_short(self, first: int, second: int) -> bool:
        if self.surely:
            return first == MET and second == NOT_MET
        return (first == MET and second != MET) or (second == NOT_MET and first != NOT_MET)
