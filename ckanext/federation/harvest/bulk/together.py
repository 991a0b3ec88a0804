"""What plugins would rather do once for many datasets than for each.

A hook finds the object in its context (``context.get("together")``), a listener of our signals in its arguments
(``together``). It says what it would do, and with what; it is called once with all that were said. Whoever does not look
for it is called for each dataset, as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Work = Callable[[list[Any]], None]


class Together:
    """``later``: once a batch, in its transaction. ``last``: once a run, when all is committed."""

    def __init__(self) -> None:
        self._later: dict[Work, list[Any]] = {}
        self._last: dict[Callable[[], None], None] = {}

    def later(self, work: Work, item: Any) -> None:
        """Call ``work`` with ``item`` and all others that were given for it, at the end of the batch's hooks."""
        self._later.setdefault(work, []).append(item)

    def last(self, work: Callable[[], None]) -> None:
        """Call ``work`` once, after the run's last batch. A run that dies does not come to it."""
        self._last[work] = None

    def do(self) -> None:
        """The batch's part."""
        left, self._later = self._later, {}
        for work, items in left.items():
            work(items)

    def forget(self) -> None:
        """The batch failed: what was left of it is void."""
        self._later = {}

    def end(self) -> None:
        """The run's part."""
        left, self._last = self._last, {}
        for work in left:
            work()
