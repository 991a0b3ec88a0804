"""What is found while a file is checked: counted in full, kept up to a limit of each rule (pure)."""

from collections import Counter
from collections.abc import Iterable

from . import rules
from .phrases import Phrase
from .types import Column, Problem

LONGEST = 200


def shorten(value: object) -> str | None:
    """A cell as a report shows it."""
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


class Findings:
    """The problems of one check. ``limit``: how many of each rule are kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.counts: Counter[str] = Counter()
        self.severities: Counter[str] = Counter()
        self._kept: dict[str, list[Problem]] = {}

    def room(self, rule: str) -> int:
        """How many more of a rule are kept."""
        return max(0, self.limit - len(self._kept.get(rule, ())))

    def count(self, rule: str, number: int, severity: str | None = None) -> None:
        """Count problems; ``keep`` says which they are."""
        self.counts[rule] += number
        self.severities[severity or rules.INFO[rule].severity] += number

    def keep(
        self,
        rule: str,
        line: int | None,
        column: Column | None,
        value: object,
        message: Phrase,
        fix: Phrase,
        severity: str | None = None,
    ) -> None:
        if not self.room(rule):
            return
        shown, header = shorten(value), column.header if column else None
        self._kept.setdefault(rule, []).append(
            Problem(
                rule=rule,
                severity=severity or rules.INFO[rule].severity,
                line=line,
                position=column.position if column else None,
                column=header,
                field=column.field if column else None,
                value=shown,
                message=message.told(shown, header),
                fix=fix.told(shown, header),
                said={"message": message.to_dict(), "fix": fix.to_dict()},
            )
        )

    def add(
        self,
        rule: str,
        message: Phrase,
        fix: Phrase,
        *,
        line: int | None = None,
        column: Column | None = None,
        value: object = None,
        severity: str | None = None,
    ) -> None:
        """One problem, counted and kept."""
        self.count(rule, 1, severity)
        self.keep(rule, line, column, value, message, fix, severity)

    def problems(self) -> tuple[Problem, ...]:
        """What was kept, in the order of the file."""
        every: Iterable[Problem] = (each for kept in self._kept.values() for each in kept)
        return tuple(sorted(every, key=lambda each: (each.line or 0, each.position or 0)))
