"""May this plan run by itself? pure.

A feed that is empty, cut or replaced looks like a node that deleted its datasets. Such a plan waits for a
steward; the reasons are what the steward reads.
"""

from __future__ import annotations

from dataclasses import dataclass

from .compare import Counts

ALWAYS_ALLOWED = 1
SMALLEST_FOR_SHARES = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """``withdrawn_share``: of the active datasets, how many may go at once; ``shrunk_share``: of the last feed's
    records, how many may be missing; ``licence_share``: of the active datasets, how many may change licence or publisher."""

    withdrawn_share: float = 0.2
    shrunk_share: float = 0.5
    licence_share: float = 0.3


def judge(counts: Counts, active: int, last_records: int, relicensed: int, limits: Limits) -> list[str]:
    """Reasons for which the plan must wait; none when it may run.

    ``active``: datasets of the node that are published now; ``last_records``: records of the feed last applied;
    ``relicensed``: updates that change the licence or the publisher.
    """
    reasons: list[str] = []
    if not counts.records and active and not counts.partial:
        reasons.append(f"The feed is empty, and {active} datasets are published from it.")
        return reasons
    if counts.withdraw > max(ALWAYS_ALLOWED, int(active * limits.withdrawn_share)):
        reasons.append(
            f"{counts.withdraw} of {active} datasets would be withdrawn "
            f"({counts.withdraw / active:.0%}; at most {limits.withdrawn_share:.0%} go without approval)."
        )
    missing = 0 if counts.partial else last_records - counts.records
    if counts.withdraw > ALWAYS_ALLOWED and last_records and missing > last_records * limits.shrunk_share:
        reasons.append(f"The feed has {counts.records} records; the last one had {last_records}.")
    if active >= SMALLEST_FOR_SHARES and relicensed > active * limits.licence_share:
        reasons.append(f"The licence or the publisher of {relicensed} of {active} datasets would change at once.")
    return reasons
