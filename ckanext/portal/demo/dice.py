"""Chance that is the same everywhere (pure).

Only ``Random.random`` is used, whose sequence Python keeps for a given seed; other methods of the
``random`` module have changed between releases, and would change the demo's files with them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of choices named by what it is for, so that one file's choices never move another's."""

    def __init__(self, *name: object) -> None:
        self.unit = Random("/".join(str(part) for part in name)).random  # noqa: S311 - data, not secrets

    def chance(self, probability: float) -> bool:
        return self.unit() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self.unit() * (high - low + 1))

    def about(self, mean: float, spread: float) -> float:
        """A number around ``mean``, at most ``spread`` away, mostly near."""
        return mean + spread * (self.unit() + self.unit() + self.unit() - 1.5) / 1.5

    def money(self, low: float, high: float) -> float:
        """Pounds between ``low`` and ``high``, small sums far more often than large ones."""
        drawn = self.unit()
        return round(low + (high - low) * drawn * drawn * drawn * drawn, 2)

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.unit() * len(options))]

    def weighted(self, options: Mapping[T, float]) -> T:
        left = self.unit() * sum(options.values())
        for option, weight in options.items():
            left -= weight
            if left < 0:
                return option
        return next(reversed(list(options)))

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """``count`` different options, in the order drawn."""
        left = list(options)
        return [left.pop(int(self.unit() * len(left))) for _ in range(min(count, len(left)))]

    def day(self, start: date, end: date) -> date:
        return start + timedelta(days=self.whole(0, (end - start).days))

    def weekday(self, start: date, end: date) -> date:
        """A day from Monday to Friday between the two, not Christmas nor New Year."""
        while (drawn := self.day(start, end)).weekday() > 4 or (drawn.month, drawn.day) in {(1, 1), (12, 25), (12, 26)}:
            pass
        return drawn
