"""In which order the activities of a PROV file were done (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .graph import Links


def in_order(steps: Sequence[Any], found: Links) -> list[Any]:
    """Steps by the time that they tell; what tells none stands after what made its inputs."""
    makers = {name: maker[0] for name, maker in found.makers.items()} | {name: name for name in found.loose}
    sources = {name: [old for old, _ in pairs] for name, pairs in found.loose.items()}
    by_name = {step.activity: step for step in steps}
    done: dict[str, Any] = {}
    for step in sorted(steps, key=lambda each: each.body.started or each.body.ended or "9"):
        stack = [step.activity]
        open_ = set()
        while stack:
            name = stack[-1]
            before = [makers[each] for each in (*found.inputs.get(name, ()), *sources.get(name, ())) if each in makers]
            waits = [
                each for each in before if each in by_name and each not in done and each not in open_ and each != name
            ]
            open_.add(name)
            if waits:
                stack += waits
            else:
                done.setdefault(name, by_name[name])
                stack.pop()
    return list(done.values())
