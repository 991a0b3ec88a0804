"""The tests of one column, which look at nothing but its cells (pure).

Most columns repeat: a council has few departments and pays the same suppliers. Of such a column each text is judged once in a
file. Of another one a test that has a ``screen`` sees only the rows that it fits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

import polars as pl

from . import rules, values
from .rules import Context, Test

REPEATS = 3  # times that a text stands in a part of the file, on average, where its column repeats
REMEMBERED = 50_000  # texts of a column that were judged


Reader = Callable[[pl.Series], pl.Series]
Wheres = Mapping[int, pl.Expr]  # true where a test finds something, by the test's number


class Alone:
    """The tests that look at one column alone, and what they said of its texts so far.

    ``repeats``: whether its texts do, as far as was seen; ``read``: what makes its values, where a test looks at them.
    """

    def __init__(self, key: str, read: Reader | None, tests: Mapping[int, Test]):
        self.key, self.read = key, read
        self.repeats: bool | None = None
        self.wheres = wheres(tests)
        self.screened = {number: self.wheres[number] for number, each in tests.items() if each.screen}
        self.others = {number: each for number, each in self.wheres.items() if number not in self.screened}
        screens = sorted({each.screen for each in tests.values() if each.screen})
        self.screen = pl.col(key).str.contains("|".join(f"(?:{each})" for each in screens))
        self.clean: set[str | None] = set()
        self.bad: dict[str | None, tuple[int, ...]] = {}

    def remember(self, texts: list[str | None]) -> dict[int, list[str | None]]:
        """The texts that a test finds, by its number; those that are new are judged."""
        if len(self.clean) + len(self.bad) > REMEMBERED:
            self.clean.clear()
            self.bad.clear()
        left = [each for each in texts if each not in self.clean]
        fresh = [each for each in left if each not in self.bad]
        for text, numbers in zip(fresh, self._judge(fresh) if fresh else (), strict=True):
            if numbers:
                self.bad[text] = numbers
            else:
                self.clean.add(text)
        found: dict[int, list[str | None]] = defaultdict(list)
        for text in left:
            for number in self.bad.get(text, ()):
                found[number].append(text)
        return found

    def _judge(self, texts: list[str | None]) -> Iterator[tuple[int, ...]]:
        frame = pl.DataFrame({self.key: pl.Series(self.key, texts, dtype=pl.String)})
        if self.read:
            frame = frame.with_columns(self.read(frame[self.key]).alias(rules.value_key(self.key)))
        said = frame.select(each.alias(str(number)) for number, each in self.wheres.items())
        numbers = list(self.wheres)
        return (tuple(number for number, hit in zip(numbers, row, strict=True) if hit) for row in said.iter_rows())


def wheres(tests: Mapping[int, Test]) -> dict[int, pl.Expr]:
    return {number: each.where.fill_null(False) for number, each in tests.items()}


def grouped(context: Context, tests: list[Test]) -> tuple[list[Alone], dict[int, pl.Expr]]:
    """The tests by the column that they look at alone (its text, its value), and what the others ask, by their number."""
    alone: dict[str, dict[int, Test]] = defaultdict(dict)
    together: dict[int, Test] = {}
    typed: set[str] = set()
    for number, test in enumerate(tests):
        names = set(test.where.meta.root_names())
        if test.key and {name.removesuffix("::value") for name in names} == {test.key}:
            alone[test.key][number] = test
            if rules.value_key(test.key) in names:
                typed.add(test.key)
        else:
            together[number] = test
    readers = {each.name: values.reader(each.type, each.spellings) for each in context.fields() if each.name in typed}
    return [Alone(key, readers.get(key), of) for key, of in alone.items()], wheres(together)
